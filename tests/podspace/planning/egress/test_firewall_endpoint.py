"""Firewall endpoints: pods, the endpoint of their zone, the NAT gateway of their zone, and the same way back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.planning import Existing, PassedIn, Plan
from tests.mother import A_NEW_VPC, AN_IPV6_CLUSTER, Changes, a_plan
from tests.planning_errors import Error, errors, remarks
from tests.podspace.planning.egress.entries import ADDRESSES, NAT, SUBNETS, ZONES, egress, table

ENDPOINTS = dict(zip(ZONES, ("vpce-0000000a", "vpce-0000000b"), strict=True))
FIREWALL_TABLES = dict(zip(ZONES, ("rtb-0000000a", "rtb-0000000b"), strict=True))
NAT_TABLES = dict(zip(ZONES, ("rtb-0000001a", "rtb-0000001b"), strict=True))
TABLES = {"firewall_route_tables": FIREWALL_TABLES, "nat_route_tables": NAT_TABLES}
ALONE = {"to": "internet", "firewall_endpoints": ENDPOINTS}
EXISTING = {**ALONE, "nat_gateways": NAT}
NEW = {**ALONE, "new_nat_gateways": SUBNETS, **TABLES}


def path_of(plan: Plan, zone: str) -> tuple[str, str]:
    """The endpoint and the NAT gateway that traffic of a zone passes."""
    tables = {each.name: each for each in plan.pods.route_tables}
    (route,) = tables[zone].routes
    endpoint = plan.pods.gateway(route.gateway)
    return endpoint.name, endpoint.onward


@pytest.mark.parametrize("entry", [EXISTING, NEW], ids=["existing", "new"])
def test_traffic_of_a_zone_stays_in_the_zone(entry: dict[str, Any]) -> None:
    plan = a_plan(egress(entry))
    for zone in ZONES:
        assert path_of(plan, zone) == (f"firewall-{zone}", zone)
        assert plan.pods.gateway(f"firewall-{zone}").origin == Existing(ENDPOINTS[zone])


@given(count=st.integers(min_value=1, max_value=4))
def test_every_pod_subnet_has_a_way_back_through_the_endpoint_that_its_traffic_passes(count: int) -> None:
    blocks = [f"100.{64 + number}.0.0/16" for number in range(count)]
    plan = a_plan(egress(NEW, **{"pods.cidrs": blocks}))
    tables = {each.name: each for each in plan.pods.route_tables}
    for zone in ZONES:
        back = {route.destination: route.gateway for route in tables[NAT_TABLES[zone]].routes}
        pods = [str(subnet.cidr) for subnet in plan.pods.subnets if subnet.zone == zone]
        assert back == dict.fromkeys(pods, path_of(plan, zone)[0])
        there = {route.destination: route.gateway for route in tables[FIREWALL_TABLES[zone]].routes}
        assert there == {"0.0.0.0/0": path_of(plan, zone)[1]}


def test_existing_nat_gateways_get_no_route() -> None:
    plan = a_plan(egress(EXISTING))
    assert {each.of for each in plan.pods.route_tables} == {"pods"}
    found = {(each.id, each.subject) for each in plan.remarks if each.id == "firewall-return-route"}
    assert found == {("firewall-return-route", zone) for zone in ZONES}
    assert "firewall-return-route" not in remarks(egress(NEW))


def test_without_nat_gateways_the_route_tables_of_the_endpoints_decide() -> None:
    changes = egress({**ALONE, "to": "10.0.0.0/8"})
    assert table(changes, ZONES[0]) == {"10.0.0.0/8": f"firewall-{ZONES[0]}"}
    assert "firewall-onward-route" in remarks(changes)


def test_an_app_passes_in_endpoints_and_route_tables() -> None:
    words = {**ALONE, "firewall_endpoints": "per_zone", "new_nat_gateways": "per_zone", **dict.fromkeys(TABLES, "per_zone")}  # fmt: skip
    plan = a_plan(egress(words))
    assert {each.origin for each in plan.pods.gateways if each.kind == "firewall_endpoint"} == {
        PassedIn(f"firewall-{zone}") for zone in ZONES
    }
    names = {each.name for each in plan.pods.route_tables if each.of not in ("pods", "nodes")}
    assert names == {f"{of}-{zone}" for of in ("firewall", "nat") for zone in ZONES}


REGIONAL = {**ALONE, "regional_nat_gateway": "automatic"}
REFUSED: dict[str, tuple[Changes, list[Error]]] = {
    "a regional NAT gateway": (
        egress(REGIONAL),
        [("firewall-without-zonal-nat-gateway", "egress[0].regional_nat_gateway", "")],
    ),
    "a NAT gateway that zones share": (
        egress({**ALONE, "nat_gateways": "nat-0000000a"}),
        [("firewall-without-zonal-nat-gateway", "egress[0].nat_gateways", "")],
    ),
    "a prefix list": (
        egress({**EXISTING, "to": ["internet", {"prefix_list": "pl-0000000a", "max_entries": 2}]}),
        [("prefix-list-to-firewall", "egress[0].to[1]", "pl-0000000a")],
    ),
    "new NAT gateways without route tables": (
        egress({**ALONE, "new_nat_gateways": SUBNETS}),
        [("firewall-route-tables-missing", f"egress[0].{key}", "") for key in TABLES],
    ),
    "route tables of existing NAT gateways": (
        egress({**EXISTING, **TABLES}),
        [("firewall-route-tables-of-existing", f"egress[0].{key}", "") for key in TABLES],
    ),
    "route tables without firewall endpoints": (
        egress({"to": "internet", "new_nat_gateways": SUBNETS, **TABLES}),
        [("setting-of-other-kind", f"egress[0].{key}", "") for key in TABLES],
    ),
    "a NAT gateway in a node subnet": (
        egress({**NEW, "new_nat_gateways": {**SUBNETS, ZONES[0]: "subnet-0000000a"}}),
        [("firewall-nat-in-node-subnet", "egress[0].new_nat_gateways.eu-west-1a", "subnet-0000000a")],
    ),
    "a regional NAT gateway with route tables": (
        egress({**REGIONAL, **TABLES}),
        [("firewall-without-zonal-nat-gateway", "egress[0].regional_nat_gateway", "")],
    ),
    "two entries with the same route tables": (
        egress(NEW, {**NEW, "to": "10.128.0.0/9", "name": "two"}),
        [("route-table-twice", "egress[1].nat_route_tables", "100.64.0.0/18 on rtb-0000001a")],
    ),
    "an entry that swaps the route tables of another one": (
        egress(
            NEW,
            {
                **NEW,
                "to": "10.128.0.0/9",
                "name": "two",
                "firewall_route_tables": NAT_TABLES,
                "nat_route_tables": FIREWALL_TABLES,
            },
        ),
        [
            ("route-table-twice", f"egress[1].{key}", table)
            for zone in ZONES
            for key, table in (("firewall_route_tables", NAT_TABLES[zone]), ("nat_route_tables", FIREWALL_TABLES[zone]))
        ],
    ),
    "a destination past the firewall by the same NAT gateways": (
        egress(EXISTING, {"to": "203.0.113.0/24", "nat_gateways": NAT, "name": "direct"}),
        [("nat-gateway-beside-firewall", "egress[0].nat_gateways", ", ".join(NAT.values()))],
    ),
    "one route table for both zones": (
        egress({**NEW, "nat_route_tables": dict.fromkeys(ZONES, "rtb-0000001a")}),
        [("one-for-two-zones", "egress[0].nat_route_tables.eu-west-1b", "rtb-0000001a")],
    ),
    "one endpoint for both zones": (
        egress({**NEW, "firewall_endpoints": dict.fromkeys(ZONES, "vpce-0000000a")}),
        [("one-for-two-zones", "egress[0].firewall_endpoints.eu-west-1b", "vpce-0000000a")],
    ),
    "one route table for the firewall and the NAT gateway": (
        egress({**NEW, "nat_route_tables": {**NAT_TABLES, ZONES[0]: FIREWALL_TABLES[ZONES[0]]}}),
        [("firewall-subnet-is-nat-subnet", "egress[0].nat_route_tables.eu-west-1a", "rtb-0000000a")],
    ),
    "a zone without an endpoint": (
        egress({**NEW, "firewall_endpoints": {ZONES[0]: "vpce-0000000a"}}),
        [("zone-missing", "egress[0].firewall_endpoints", "eu-west-1b")],
    ),
    "a new VPC": (
        {**A_NEW_VPC, **egress({**ALONE, "new_nat_gateways": "per_zone", **TABLES})},
        [("gateway-of-new-vpc", "egress[0].firewall_endpoints", "")],
    ),
    "an IPv6 cluster": (
        {**AN_IPV6_CLUSTER, "egress": [{**ALONE, "to": "2001:db9::/32"}]},
        [("egress-without-ipv6", "egress[0].firewall_endpoints", "")],
    ),
    "an address that the NAT gateways cannot have": (
        egress({**NEW, "allocation_ids": {**ADDRESSES, ZONES[0]: []}}),
        [("no-address", "egress[0].allocation_ids.eu-west-1a", "")],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), REFUSED.values(), ids=REFUSED)
def test_a_firewall_that_would_not_see_both_directions_is_an_error(changes: Changes, expected: list[Error]) -> None:
    assert errors(changes) == expected
