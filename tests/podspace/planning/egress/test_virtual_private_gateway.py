"""Virtual private gateways: routes to them, and the routes that they propagate."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.planning import Existing, PassedIn, RouteTable
from podspace.planning.egress.gateway import PROPAGATED
from podspace.planning.inventory import Resource
from tests.mother import A_NEW_VPC, AN_IPV6_CLUSTER, Changes, a_plan
from tests.planning_errors import Error, errors, remarks
from tests.podspace.planning.egress.entries import INTERNET, UNIQUE, ZONES, egress, table

VPN = {"to": "192.168.0.0/16", "virtual_private_gateway": "vgw-0000000a"}
PROPAGATING = {"virtual_private_gateway": "vgw-0000000a", "propagate_routes": True}
OTHER = {"to": "172.16.0.0/12", "virtual_private_gateway": "vgw-0000000b"}
NEW_NAT = {"to": "internet", "new_nat_gateways": "per_zone"}


def propagation(changes: Changes) -> list[Resource]:
    return [each for each in a_plan(changes).resources() if each.type == "AWS::EC2::VPNGatewayRoutePropagation"]


def propagating(tables: tuple[RouteTable, ...]) -> dict[str, set[str]]:
    return {each.name: {route.gateway for route in each.propagated} for each in tables}


@pytest.mark.parametrize("zone", ZONES)
def test_every_zone_has_a_route_to_the_gateway(zone: str) -> None:
    changes = egress(INTERNET, VPN, {**VPN, "to": "172.16.0.0/12"}, **UNIQUE)
    assert table(changes, zone) == {
        "0.0.0.0/0": zone,
        "192.168.0.0/16": "vgw-0000000a",
        "172.16.0.0/12": "vgw-0000000a",
    }
    assert Existing("vgw-0000000a") in {gateway.origin for gateway in a_plan(changes).pods.gateways}


def test_a_gateway_that_an_app_passes_in_is_named_by_a_word() -> None:
    (gateway,) = a_plan(egress({**VPN, "virtual_private_gateway": "given"}, **UNIQUE)).pods.gateways
    assert gateway.origin == PassedIn("vpn-gateway")


def test_a_gateway_propagates_routes_only_on_request() -> None:
    assert propagation(egress(VPN, **UNIQUE)) == []
    assert propagation(egress({**VPN, "propagate_routes": False}, **UNIQUE)) == []
    assert propagating(a_plan(egress(VPN, **UNIQUE)).pods.route_tables) == {zone: set() for zone in ZONES}


@pytest.mark.parametrize("entries", [[INTERNET, PROPAGATING], [VPN, PROPAGATING], [{**VPN, **PROPAGATING}]])
def test_routes_are_propagated_to_the_pod_route_tables_and_to_no_others(entries: list[dict[str, Any]]) -> None:
    changes = egress(
        *entries, {"to": "10.128.0.0/9", "transit_gateway": "tgw-0000000a", "route_tables": ["rtb-0000000a"]}, **UNIQUE
    )
    tables = a_plan(changes).pods.route_tables
    assert propagating(tables) == {**{zone: {"vgw-0000000a"} for zone in ZONES}, "rtb-0000000a": set()}
    (resource,) = propagation(changes)
    assert resource.properties["RouteTableIds"] == tuple(each.value for each in tables if each.of == "pods")
    assert resource.properties["VpnGatewayId"] == "vgw-0000000a"


def test_a_new_zone_does_not_replace_the_propagation() -> None:
    before = propagation(egress(PROPAGATING, **UNIQUE, **{"pods.zones": list(ZONES[:1])}))
    after = propagation(egress(PROPAGATING, **UNIQUE))
    ((one,), (two,)) = (before, after)
    assert (one.logical_id, one.create_only) == (two.logical_id, two.create_only)
    old, new = (each.properties["RouteTableIds"] for each in (one, two))
    assert isinstance(old, tuple)
    assert isinstance(new, tuple)
    assert new[: len(old)] == old


@pytest.mark.parametrize(("policy", "used"), [("Disabled", True), ("Random", False)])
def test_propagated_routes_are_vital_if_pods_use_them(policy: str, used: bool) -> None:
    changes: Changes = {"egress": [PROPAGATING], **UNIQUE, "node_classes.0.snat_policy": policy}
    (resource,) = propagation(changes)
    (entry,) = a_plan(changes).pods.egress
    assert (resource.vital, entry.used, entry.to) == (used, used, (PROPAGATED,))


REFUSED: dict[str, tuple[Changes, list[Error]]] = {
    "pod addresses that are not unique": (
        egress(VPN),
        [("pods-not-unique", "egress[0].virtual_private_gateway", "100.64.0.0/16")],
    ),
    "a second gateway of the VPC": (
        egress(VPN, OTHER, **UNIQUE),
        [("second-virtual-private-gateway", "egress[1].virtual_private_gateway", "vgw-0000000b")],
    ),
    "no destination": (
        egress({"virtual_private_gateway": "vgw-0000000a"}, **UNIQUE),
        [("no-destination", "egress[0].to", "")],
    ),
    "propagation by another kind": (
        egress({**INTERNET, "propagate_routes": True}),
        [("setting-of-other-kind", "egress[0].propagate_routes", "")],
    ),
    "a new VPC": (
        {**A_NEW_VPC, **egress(VPN, NEW_NAT, **UNIQUE)},
        [("gateway-of-new-vpc", "egress[0].virtual_private_gateway", "")],
    ),
    "a destination in the VPC": (
        egress({**VPN, "to": "10.0.1.0/24"}, **UNIQUE),
        [("destination-in-vpc", "egress[0].to", "10.0.1.0/24")],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), REFUSED.values(), ids=REFUSED)
def test_what_a_virtual_private_gateway_does_not_carry_is_an_error(changes: Changes, expected: list[Error]) -> None:
    assert errors(changes) == expected


SIDE, UNKNOWN, LEARNED = "virtual-private-gateway-other-side", "other-side-unknown", "route-propagation"
IPV6 = {**AN_IPV6_CLUSTER, "egress": [{**VPN, "to": "2001:db9::/56"}]}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (egress(VPN, {**VPN, "to": "172.16.0.0/12"}, **UNIQUE), {SIDE, UNKNOWN}),
        (egress(PROPAGATING, **UNIQUE), {SIDE, LEARNED}),
        (egress({**VPN, **PROPAGATING}, **UNIQUE), {SIDE, UNKNOWN, LEARNED}),
        (IPV6, {SIDE, UNKNOWN, "virtual-private-gateway-ipv6"}),
    ],
)
def test_what_the_other_side_needs_and_what_is_not_known_of_it_is_reported(
    changes: Changes, expected: set[str]
) -> None:
    assert set(remarks(changes)) == expected


def test_networks_whose_routes_may_be_propagated_are_not_reported_as_missing() -> None:
    known = {"vpc.routes": ["172.16.0.0/12"]}
    assert "no-private-routes" in remarks(egress(VPN, **UNIQUE, **known))
    assert "no-private-routes" not in remarks(egress(PROPAGATING, **UNIQUE, **known))
    assert "no-egress" not in remarks(egress(PROPAGATING, **UNIQUE))
