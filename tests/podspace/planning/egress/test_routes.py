"""Routes: the gateway of each destination in each route table, and whether pods use it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.planning import Route
from tests.mother import A_NEW_VPC, AN_IPV6_CLUSTER, Changes, a_plan
from tests.planning_errors import remarks
from tests.podspace.planning.egress.entries import (
    CORPORATE,
    DISABLED,
    INTERNET,
    SUBNETS,
    TRANSIT,
    UNIQUE,
    ZONES,
    egress,
    table,
    to_internet,
)

KINDS = ["nat_gateways", "new_nat_gateways"]


def routed(changes: Changes) -> dict[str, list[tuple[str, str, bool]]]:
    """The destination, the gateway and the use of each route, by route table."""
    return {
        table.name: [(r.destination, r.gateway, bool(r.used)) for r in table.routes]
        for table in a_plan(changes).pods.route_tables
    }


@pytest.mark.parametrize("kind", KINDS)
def test_each_zone_leaves_through_its_own_gateto_internet(kind: str) -> None:
    assert routed({**to_internet(kind, "per_zone"), **DISABLED}) == {
        zone: [("0.0.0.0/0", zone, True)] for zone in ("eu-west-1a", "eu-west-1b")
    }


@pytest.mark.parametrize("kind", KINDS)
def test_one_gateway_may_serve_every_zone(kind: str) -> None:
    for gateways in ("shared", {"nat_gateways": "nat-00000001", "new_nat_gateways": "subnet-00000001"}[kind]):
        assert routed({**to_internet(kind, gateways), **DISABLED}) == {
            zone: [("0.0.0.0/0", "shared", True)] for zone in ("eu-west-1a", "eu-west-1b")
        }


def test_without_egress_there_is_no_route() -> None:
    assert routed({"egress": []}) == {"eu-west-1a": [], "eu-west-1b": []}


def test_pods_use_no_route_under_random_and_every_route_under_disabled() -> None:
    for policy, used in (("Random", False), ("Disabled", True)):
        routes = routed({"node_classes.0.snat_policy": policy}).values()
        assert {route[2] for table in routes for route in table} == {used}


def test_a_route_is_used_if_one_node_class_has_snat_policy_disabled() -> None:
    classes = [{"name": "random"}, {"name": "disabled", "snat_policy": "Disabled"}]
    assert all(r[2] for t in routed({"node_classes": classes, "node_pools": []}).values() for r in t)


def test_internet_and_private_destinations_have_gateways_of_their_own() -> None:
    plan = egress(INTERNET, {**CORPORATE, "transit_gateway": "tgw-0000000a", "route_tables": ["rtb-0000000a"]})
    for zone in ZONES:
        assert table(plan, zone) == {
            "0.0.0.0/0": zone,
            "10.128.0.0/9": f"private-{zone}",
            "pl-0000000a": f"private-{zone}",
        }
    assert table(plan, "rtb-0000000a") == dict.fromkeys(["10.128.0.0/9", "pl-0000000a"], "transit-gateway")


def test_route_tables_of_routable_subnets_get_routes_only_if_they_are_named() -> None:
    assert {t.name for t in a_plan(egress(CORPORATE)).pods.route_tables} == set(ZONES)


def test_entries_of_one_kind_differ_by_name() -> None:
    other = {"to": "10.128.0.0/9", "nat_gateways": "nat-0000000c", "name": "office"}
    assert table(egress(INTERNET, other), ZONES[0]) == {"0.0.0.0/0": ZONES[0], "10.128.0.0/9": "office-shared"}
    second = {"to": "10.128.0.0/9", "transit_gateway": "tgw-0000000b", "name": "office"}
    assert table(egress(TRANSIT, second, **UNIQUE), ZONES[0]) == {
        "0.0.0.0/0": "transit-gateway",
        "10.128.0.0/9": "office-transit-gateway",
    }


def test_nodes_of_a_new_vpc_leave_as_the_pods_do_but_straight_to_a_transit_gateto_internet() -> None:
    corporate = {
        **CORPORATE,
        "private_nat_gateways": "per_zone",
        "transit_gateway": "tgw-0000000a",
        "attachment_subnets": "per_zone",
    }
    plan = {**A_NEW_VPC, **egress({"to": "internet", "new_nat_gateways": "shared"}, corporate)}
    assert table(plan, "eu-west-1a") == {
        "0.0.0.0/0": "shared",
        "10.128.0.0/9": "private-eu-west-1a",
        "pl-0000000a": "private-eu-west-1a",
    }
    assert table(plan, "nodes-eu-west-1a") == {
        "0.0.0.0/0": "shared",
        "10.128.0.0/9": "transit-gateway",
        "pl-0000000a": "transit-gateway",
    }


def routes(changes: Changes) -> list[tuple[str, Route]]:
    return [(table.name, route) for table in a_plan(changes).pods.route_tables for route in table.routes]


def test_routes_of_node_subnets_are_used_under_every_snat_policy() -> None:
    changes = {**A_NEW_VPC, "egress": [{"to": "internet", "new_nat_gateways": "per_zone"}]}
    assert {(name.startswith("nodes-"), route.used) for name, route in routes(changes)} == {
        (True, True),
        (False, False),
    }
    assert "routes-not-used" not in remarks(changes)


def test_ipv6_traffic_uses_the_pod_route_table_under_every_snat_policy() -> None:
    for policy in ("Random", "Disabled"):
        changes = {
            **AN_IPV6_CLUSTER,
            "egress": [{"to": "internet", "egress_only_gateway": "new"}],
            "node_classes.0.snat_policy": policy,
        }
        assert {(r.destination, r.gateway, r.used) for _, r in routes(changes)} == {
            ("::/0", "egress-only-gateway", True)
        }


def test_in_the_network_account_the_use_of_routes_is_unknown() -> None:
    changes = {
        "vpc.shared_with": ["444455556666"],
        "node_classes": [],
        "node_pools": [],
        "cluster.security_group_id": None,
    }
    assert {route.used for _, route in routes(changes)} == {None}


ENTRIES: list[dict[str, Any]] = [
    INTERNET,
    {"to": "internet", "new_nat_gateways": SUBNETS},
    {"to": "internet", "regional_nat_gateway": "automatic"},
    {"to": "internet", **CORPORATE},
    TRANSIT,
]


@given(st.sampled_from(ENTRIES), st.sampled_from(["Random", "Disabled"]), st.integers(1, 4))
def test_every_zone_has_every_destination_once_and_only_gateways_of_the_plan(
    entry: dict[str, Any], policy: str, count: int
) -> None:
    destinations = [f"203.0.{n}.0/24" for n in range(count)]
    plan = a_plan({"egress": [{**entry, "to": destinations}], **UNIQUE, "node_classes.0.snat_policy": policy})
    names = {gateway.name for gateway in plan.pods.gateways}
    for zone in plan.pods.zones:
        (found,) = (table for table in plan.pods.route_tables if table.name == zone)
        assert [route.destination for route in found.routes] == destinations
        assert {route.gateway for route in found.routes} <= names
        assert {route.used for route in found.routes} == {policy == "Disabled"}
