"""Ways out: which gateway each zone leaves through, and what to know before paying for one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.planning import InputError, Route
from tests.mother import A_NEW_VPC, AN_IPV6_CLUSTER, Changes, a_plan

DISABLED = {"node_classes.0.snat_policy": "Disabled"}
KINDS = ["nat_gateways", "new_nat_gateways"]


def way(kind: str, gateways: Any) -> Changes:
    return {"egress": [{"to": "internet", kind: gateways}]}


def leads(changes: Changes) -> dict[str, list[tuple[str, str, bool]]]:
    return {
        table.name: [(r.destination, r.gateway, bool(r.carries_traffic)) for r in table.routes]
        for table in a_plan(changes).pods.route_tables
    }


@pytest.mark.parametrize("kind", KINDS)
def test_each_zone_leaves_through_its_own_gateway(kind: str) -> None:
    assert leads({**way(kind, "per_zone"), **DISABLED}) == {
        zone: [("0.0.0.0/0", zone, True)] for zone in ("eu-west-1a", "eu-west-1b")
    }


@pytest.mark.parametrize("kind", KINDS)
def test_one_gateway_may_serve_every_zone(kind: str) -> None:
    for gateways in ("shared", {"nat_gateways": "nat-00000001", "new_nat_gateways": "subnet-00000001"}[kind]):
        assert leads({**way(kind, gateways), **DISABLED}) == {
            zone: [("0.0.0.0/0", "shared", True)] for zone in ("eu-west-1a", "eu-west-1b")
        }


def test_no_egress_is_no_route() -> None:
    assert leads({"egress": []}) == {"eu-west-1a": [], "eu-west-1b": []}


def test_under_random_no_route_carries_traffic_and_under_disabled_every_one_does() -> None:
    for policy, carries in (("Random", False), ("Disabled", True)):
        routes = leads({"node_classes.0.snat_policy": policy}).values()
        assert {route[2] for table in routes for route in table} == {carries}


def test_one_node_class_with_its_own_addresses_is_enough_for_a_route_to_carry_traffic() -> None:
    classes = [{"name": "random"}, {"name": "disabled", "snat_policy": "Disabled"}]
    assert all(r[2] for t in leads({"node_classes": classes, "node_pools": []}).values() for r in t)


@pytest.mark.parametrize(
    ("kind", "ids"),
    [("nat_gateways", ["nat-00000001"] * 2), ("new_nat_gateways", ["subnet-00000001", "subnet-00000002"])],
)
def test_a_zone_without_a_gateway_or_a_gateway_without_a_zone_is_named(kind: str, ids: list[str]) -> None:
    with pytest.raises(InputError) as refusal:
        a_plan(way(kind, dict(zip(("eu-west-1a", "eu-west-1c"), ids, strict=True))))
    missing, superfluous = refusal.value.diagnostics
    assert (missing.location.path, missing.message.partition("has none for ")[2]) == (f"egress[0].{kind}", "eu-west-1b")
    assert superfluous.location.path == f"egress[0].{kind}.eu-west-1c"


def test_a_public_subnet_stands_for_one_zone() -> None:
    with pytest.raises(InputError, match="must be a public subnet in eu-west-1b, but stands for eu-west-1a already"):
        a_plan(way("new_nat_gateways", dict.fromkeys(("eu-west-1a", "eu-west-1b"), "subnet-00000001")))


def test_the_internet_is_led_to_once() -> None:
    with pytest.raises(InputError, match="must be led to once"):
        a_plan({"egress": [{"to": "internet", "nat_gateways": "shared"}] * 2})


def remarks(changes: Changes) -> dict[str, str]:
    return {remark.id: remark.severity for remark in a_plan(changes).remarks}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({**way("nat_gateways", "per_zone")}, {"idle-way-out": "note"}),
        ({**way("new_nat_gateways", "per_zone")}, {"idle-way-out": "warning", "nat-connections": "note"}),
        ({**way("new_nat_gateways", "per_zone"), **DISABLED}, {"nat-connections": "note"}),
        ({**way("nat_gateways", "per_zone"), **DISABLED}, {}),
        ({**way("nat_gateways", "shared"), **DISABLED}, {"shared-nat-gateway": "note"}),
        (
            {**way("nat_gateways", dict.fromkeys(("eu-west-1a", "eu-west-1b"), "nat-00000001")), **DISABLED},
            {"shared-nat-gateway": "note"},
        ),
        ({**way("nat_gateways", {"eu-west-1a": "nat-00000001", "eu-west-1b": "nat-00000002"}), **DISABLED}, {}),
        ({"egress": []}, {}),
        ({"egress": [], **DISABLED}, {"no-way-out": "note"}),
        ({**way("nat_gateways", "per_zone"), **DISABLED, "vpc.peers": ["10.60.0.0/16"]}, {"no-private-routes": "note"}),
        (
            {**way("nat_gateways", "per_zone"), **DISABLED, "vpc.routes": ["10.60.0.0/16"]},
            {"no-private-routes": "note"},
        ),
        ({"egress": [], "vpc.peers": ["10.60.0.0/16"]}, {}),
    ],
)
def test_what_a_way_out_is_worth_is_remarked(changes: Changes, expected: dict[str, str]) -> None:
    assert remarks(changes) == expected


ZONES = ("eu-west-1a", "eu-west-1b")
NAT = dict(zip(ZONES, ("nat-0000000a", "nat-0000000b"), strict=True))
SUBNETS = dict(zip(ZONES, ("subnet-0000001a", "subnet-0000001b"), strict=True))
ADDRESSES = {zone: [f"eipalloc-0000000{n}", f"eipalloc-0000001{n}"] for n, zone in enumerate(ZONES)}
INTERNET = {"to": "internet", "nat_gateways": NAT}
CORPORATE = {"to": ["10.128.0.0/9", "pl-0000000a"], "private_nat_gateways": SUBNETS}
TRANSIT = {"to": "internet", "transit_gateway": "tgw-0000000a"}
MAPPED: Changes = {
    "pods": {
        "cidrs": ["100.64.0.0/16"],
        "subnets": {"eu-west-1a": ["100.64.0.0/18"], "eu-west-1b": ["100.64.64.0/18"]},
    },
    "vpc.create": {
        "public": {"subnets": {"eu-west-1a": ["10.0.0.0/24"], "eu-west-1b": ["10.0.1.0/24"]}},
        "nodes": {"subnets": {"eu-west-1a": ["10.0.8.0/23"], "eu-west-1b": ["10.0.10.0/23"]}},
    },
}
UNIQUE = {"pods.cidrs": [{"cidr": "100.64.0.0/16", "unique": True}]}


def ways(*entries: dict[str, Any], **changes: Any) -> Changes:
    return {"egress": list(entries), **DISABLED, **changes}


def table(changes: Changes, name: str) -> dict[str, str]:
    (found,) = (table for table in a_plan(changes).pods.route_tables if table.name == name)
    return {route.destination: route.gateway for route in found.routes}


def test_internet_and_private_destinations_stand_beside_each_other() -> None:
    plan = ways(INTERNET, {**CORPORATE, "transit_gateway": "tgw-0000000a", "route_tables": ["rtb-0000000a"]})
    for zone in ZONES:
        assert table(plan, zone) == {
            "0.0.0.0/0": zone,
            "10.128.0.0/9": f"private-{zone}",
            "pl-0000000a": f"private-{zone}",
        }
    assert table(plan, "rtb-0000000a") == dict.fromkeys(["10.128.0.0/9", "pl-0000000a"], "transit-gateway")


def test_routes_of_routable_subnets_are_added_only_by_consent() -> None:
    assert {t.name for t in a_plan(ways(CORPORATE)).pods.route_tables} == set(ZONES)


def test_a_transit_gateway_of_several_entries_is_attached_once() -> None:
    attached = {**TRANSIT, "to": ["10.128.0.0/9"], "attachment_subnets": SUBNETS}
    plan = a_plan(ways(TRANSIT, attached, **UNIQUE))
    (gateway,) = plan.pods.gateways
    assert (gateway.new, gateway.zones) == (True, ZONES)


def test_an_attachment_keeps_its_name_when_another_entry_is_put_before_it() -> None:
    attached = {**TRANSIT, "attachment_subnets": SUBNETS}
    before = {**TRANSIT, "to": ["10.128.0.0/9"], "name": "office"}
    (alone,), (beside,) = (a_plan(ways(*way, **UNIQUE)).pods.gateways for way in ((attached,), (before, attached)))
    assert alone == beside


def test_entries_of_one_kind_are_told_apart_by_name() -> None:
    other = {"to": "10.128.0.0/9", "nat_gateways": "nat-0000000c", "name": "office"}
    assert table(ways(INTERNET, other), ZONES[0]) == {"0.0.0.0/0": ZONES[0], "10.128.0.0/9": "office-shared"}
    second = {"to": "10.128.0.0/9", "transit_gateway": "tgw-0000000b", "name": "office"}
    assert table(ways(TRANSIT, second, **UNIQUE), ZONES[0]) == {
        "0.0.0.0/0": "transit-gateway",
        "10.128.0.0/9": "office-transit-gateway",
    }


@pytest.mark.parametrize(
    ("entry", "connections"),
    [
        ({"new_nat_gateways": SUBNETS}, 55_000),
        ({"new_nat_gateways": SUBNETS, "addresses": 8}, 440_000),
        ({"new_nat_gateways": SUBNETS, "allocation_ids": ADDRESSES}, 110_000),
        ({"private_nat_gateways": SUBNETS, "addresses": 3, "to": "10.128.0.0/9"}, 165_000),
        ({"nat_gateways": NAT}, 0),
        ({"regional_nat_gateway": "automatic"}, 0),
    ],
)
def test_the_plan_says_how_many_connections_a_gateway_holds(entry: dict[str, Any], connections: int) -> None:
    plan = a_plan(ways({"to": "internet", **entry}))
    assert {gateway.connections for gateway in plan.pods.gateways} == {connections}
    said = [remark.message for remark in plan.remarks if remark.id == "nat-connections"]
    assert bool(said) == bool(connections)
    assert all(f"{connections:,}" in text for text in said)


def test_nodes_of_a_new_vpc_leave_as_the_pods_do_but_straight_to_a_transit_gateway() -> None:
    corporate = {
        **CORPORATE,
        "private_nat_gateways": "per_zone",
        "transit_gateway": "tgw-0000000a",
        "attachment_subnets": "per_zone",
    }
    plan = {**A_NEW_VPC, **ways({"to": "internet", "new_nat_gateways": "shared"}, corporate)}
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


def test_node_routes_carry_traffic_whatever_the_snat_policy() -> None:
    changes = {**A_NEW_VPC, "egress": [{"to": "internet", "new_nat_gateways": "per_zone"}]}
    assert {(name.startswith("nodes-"), route.carries_traffic) for name, route in routes(changes)} == {
        (True, True),
        (False, False),
    }
    assert "idle-way-out" not in remarks(changes)


def test_ipv6_traffic_takes_the_pod_route_table_whatever_the_snat_policy() -> None:
    for policy in ("Random", "Disabled"):
        changes = {
            **AN_IPV6_CLUSTER,
            "egress": [{"to": "internet", "egress_only_gateway": "new"}],
            "node_classes.0.snat_policy": policy,
        }
        assert {(r.destination, r.gateway, r.carries_traffic) for _, r in routes(changes)} == {
            ("::/0", "egress-only-gateway", True)
        }


def test_in_the_networks_half_nobody_knows_what_carries_traffic() -> None:
    changes = {
        "vpc.shared_with": ["444455556666"],
        "node_classes": [],
        "node_pools": [],
        "cluster.security_group_id": None,
    }
    assert {route.carries_traffic for _, route in routes(changes)} == {None}


REFUSED: dict[str, tuple[Changes, str]] = {
    "a destination twice in two entries": (
        ways(INTERNET, {**CORPORATE, "to": ["10.128.0.0/9", "internet"], "transit_gateway": "tgw-0000000a", "route_tables": ["rtb-0000000a"]}),
        "egress[1].to[1]: internet\n    must be led to once: an earlier entry leads there already",
    ),
    "a destination twice in one entry": (ways({**CORPORATE, "to": ["10.128.0.0/9"] * 2}), "egress[0].to[1]: 10.128.0.0/9\n    must be led to once"),
    "all of IPv6 as a CIDR": ({**AN_IPV6_CLUSTER, "egress": [{**TRANSIT, "to": "::/0"}]}, "egress[0].to: ::/0\n    must be written `internet`"),
    "more addresses of a regional gateway than it takes": (
        ways({"to": "internet", "regional_nat_gateway": {**ADDRESSES, ZONES[0]: [f"eipalloc-000001{n:02}" for n in range(33)]}}),
        "egress[0].regional_nat_gateway.eu-west-1a: 33 addresses\n    must be at most 32",
    ),
    "ids of node subnets for private gateways": (
        {**A_NEW_VPC, **ways({**CORPORATE, "transit_gateway": "tgw-0000000a", "attachment_subnets": "per_zone"})},
        "egress[0].private_nat_gateways\n    must be per_zone or shared: the subnets are made here",
    ),
    "ids of node subnets for an attachment": (
        {**A_NEW_VPC, **ways({**TRANSIT, "attachment_subnets": SUBNETS}, **UNIQUE)},
        "egress[0].attachment_subnets\n    must be per_zone: the subnets are made here",
    ),
    "an attachment in a zone without pods": (
        ways({**TRANSIT, "attachment_subnets": {**SUBNETS, "eu-west-1c": "subnet-0000001c"}}, **UNIQUE),
        "egress[0].attachment_subnets.eu-west-1c: subnet-0000001c\n    must be for a pod zone",
    ),
    "a destination inside the VPC": (ways({**CORPORATE, "to": "10.0.8.0/24"}), "egress[0].to: 10.0.8.0/24\n    must not lie inside 10.0.0.0/20"),
    "a destination that is the pods' block": (ways({**CORPORATE, "to": "100.64.0.0/16"}), "must not lie inside 100.64.0.0/16"),
    "the internet as a CIDR": (ways({**INTERNET, "to": "0.0.0.0/0"}), "egress[0].to: 0.0.0.0/0\n    must be written `internet`"),
    "an IPv6 destination in an IPv4 cluster": (ways({**CORPORATE, "to": "2001:db8::/32"}), "must be an IPv4 CIDR"),
    "two of a kind without names": (
        ways(INTERNET, {"to": "10.128.0.0/9", "nat_gateways": NAT}),
        "egress[1].name\n    must tell this entry from egress[0]: both would have a gateway eu-west-1a",
    ),
    "two transit gateways without names": (
        ways(TRANSIT, {"to": "10.128.0.0/9", "transit_gateway": "tgw-0000000b"}, **UNIQUE),
        "egress[1].name\n    must tell this entry from egress[0]: both would have a gateway transit-gateway",
    ),
    "an attachment twice": (
        ways({**TRANSIT, "attachment_subnets": SUBNETS}, {**TRANSIT, "to": "10.128.0.0/9", "attachment_subnets": SUBNETS}, **UNIQUE),
        "egress[1].attachment_subnets\n    must be given once: a VPC is attached to a transit gateway once",
    ),
    "a regional gateway for private ranges": (
        ways({"to": ["203.0.113.0/24", "10.128.0.0/9"], "regional_nat_gateway": "automatic"}),
        "egress[0].to: 10.128.0.0/9\n    must not be private addresses: a regional NAT gateway has no private connectivity",
    ),
    "a regional gateway for shared space": (ways({"to": "100.96.0.0/12", "regional_nat_gateway": "automatic"}), "must not be private addresses"),
    "the internet by private gateways": (
        ways({**CORPORATE, "to": "internet"}),
        "egress[0].to: internet\n    must not be the internet: traffic of a private NAT gateway is dropped",
    ),
    "a transit gateway for a block that is not unique": (
        ways(TRANSIT),
        "egress[0].transit_gateway: 100.64.0.0/16\n    must not carry pods.cidrs[0], which is not declared unique",
    ),
    "an egress-only gateway in an IPv4 cluster": (ways({"to": "internet", "egress_only_gateway": "new"}), "must be for an IPv6 cluster"),
    "a NAT gateway in an IPv6 cluster": (
        {**AN_IPV6_CLUSTER, "egress": [INTERNET]},
        "egress[0].nat_gateways\n    must be a way out that IPv6 traffic can take",
    ),
    "a gateway of another kind by the same name": (
        ways(INTERNET, {"to": "203.0.113.0/24", "regional_nat_gateway": "automatic", "name": "eu-west-1b"}),
        "egress[1].name: eu-west-1b\n    must tell this entry from egress[0]: both would have a gateway eu-west-1b",
    ),
    "a gateway named like a transit gateway": (
        ways({"to": "203.0.113.0/24", "regional_nat_gateway": "automatic", "name": "transit-gateway"}, TRANSIT, **UNIQUE),
        "both would have a gateway transit-gateway",
    ),
    "an address in two entries": (
        ways({"to": "internet", "new_nat_gateways": SUBNETS, "allocation_ids": ADDRESSES}, {"to": "203.0.113.0/24", "regional_nat_gateway": ADDRESSES}),
        "egress[1]: eipalloc-00000000\n    must be of one gateway, but is given in egress[0] too",
    ),
    "addresses no network has": (ways({**CORPORATE, "to": "169.254.0.0/16"}), "egress[0].to: 169.254.0.0/16\n    must stay out of 169.254.0.0/16"),
    "a public subnet that is another zone's": (
        ways({"to": "internet", "new_nat_gateways": {"eu-west-1a": "subnet-0000000b", "eu-west-1b": "subnet-0000001b"}}),
        "egress[0].new_nat_gateways.eu-west-1a: subnet-0000000b\n    must be a subnet in eu-west-1a, but vpc.node_subnets.eu-west-1b says",
    ),
    "an attachment subnet that is another zone's": (
        ways({**CORPORATE, "transit_gateway": "tgw-0000000a", "attachment_subnets": dict(zip(ZONES, reversed(list(SUBNETS.values())), strict=True))}),
        "egress[0].attachment_subnets.eu-west-1a: subnet-0000001b\n    must be a subnet in eu-west-1a, but egress[0].private_nat_gateways.eu-west-1b says",
    ),
    "private gateways that lead back": (
        {**A_NEW_VPC, **ways({**CORPORATE, "private_nat_gateways": "per_zone"}, {"to": "internet", "new_nat_gateways": "per_zone"})},
        "egress[0].transit_gateway\n    must be given beside private_nat_gateways",
    ),
    "a transit gateway that a new VPC is not attached to": (
        {**A_NEW_VPC, **ways(TRANSIT, **UNIQUE)},
        "egress[0].attachment_subnets\n    must be given: a VPC that is made here is attached to no transit gateway yet",
    ),
    "a shared gateway in a new VPC with maps": (
        {**A_NEW_VPC, **MAPPED, **ways({"to": "internet", "new_nat_gateways": "shared"})},
        "egress[0].new_nat_gateways: shared\n    must be per_zone: the zones of a map have no first one",
    ),
    "an IPv4 destination in an IPv6 cluster": (
        {**AN_IPV6_CLUSTER, "egress": [{**TRANSIT, "to": "10.128.0.0/9"}]},
        "egress[0].to: 10.128.0.0/9\n    must be an IPv6 CIDR",
    ),
    "an IPv6 destination inside the VPC": (
        {**AN_IPV6_CLUSTER, "egress": [{**TRANSIT, "to": "2001:db8:1:20::/60"}]},
        "must not lie inside 2001:db8:1::/56",
    ),
    "addresses for gateways that exist": (ways({**INTERNET, "addresses": 2}), "egress[0].addresses\n    must be left out"),
    "allocations for private gateways": (ways({**CORPORATE, "allocation_ids": ADDRESSES}), "egress[0].allocation_ids\n    must be left out"),
    "an attachment without a transit gateway": (ways({**INTERNET, "attachment_subnets": SUBNETS}), "egress[0].attachment_subnets\n    must be left out"),
    "route tables without a transit gateway": (ways({**INTERNET, "route_tables": ["rtb-0000000a"]}), "egress[0].route_tables\n    must be left out"),
    "addresses both counted and given": (
        ways({"to": "internet", "new_nat_gateways": SUBNETS, "allocation_ids": ADDRESSES, "addresses": 2}),
        "egress[0].addresses: 2\n    must be left out: the addresses are given",
    ),
    "nine addresses": (ways({"to": "internet", "new_nat_gateways": SUBNETS, "addresses": 9}), "egress[0].addresses: 9\n    must be at most 8"),
    "nine allocations": (
        ways({"to": "internet", "new_nat_gateways": "subnet-0000000c", "allocation_ids": {"shared": [f"eipalloc-0000000{n}" for n in range(9)]}}),
        "egress[0].allocation_ids.shared: 9 addresses\n    must be at most 8",
    ),
    "no allocation": (
        ways({"to": "internet", "new_nat_gateways": SUBNETS, "allocation_ids": {**ADDRESSES, ZONES[0]: []}}),
        "egress[0].allocation_ids.eu-west-1a\n    must name an Elastic IP address",
    ),
    "an allocation twice": (
        ways({"to": "internet", "regional_nat_gateway": {key: ["eipalloc-00000001"] for key in ZONES}}),
        "egress[0].regional_nat_gateway: eipalloc-00000001\n    must be named once",
    ),
    "a zone without an allocation": (
        ways({"to": "internet", "regional_nat_gateway": {ZONES[0]: ["eipalloc-00000001"]}}),
        "egress[0].regional_nat_gateway\n    must name an Elastic IP address for every pod zone, but has none for eu-west-1b",
    ),
    "allocations by zone for a shared gateway": (
        ways({"to": "internet", "new_nat_gateways": "subnet-0000000c", "allocation_ids": ADDRESSES}),
        "egress[0].allocation_ids\n    must name an Elastic IP address under `shared`, for the one gateway",
    ),
    "a routable subnet for two zones": (
        ways({**CORPORATE, "private_nat_gateways": dict.fromkeys(ZONES, "subnet-0000000c")}),
        "must be a routable subnet in eu-west-1b, but stands for eu-west-1a already",
    ),
    "an attachment that leaves a zone out": (
        ways({**TRANSIT, "attachment_subnets": {ZONES[0]: "subnet-0000000c"}}, **UNIQUE),
        "egress[0].attachment_subnets\n    must name a routable subnet for the attachment's interface",
    ),
    "an attachment in two zones by one subnet": (
        ways({**TRANSIT, "attachment_subnets": dict.fromkeys(ZONES, "subnet-0000000c")}, **UNIQUE),
        "must be a subnet in eu-west-1b, but stands for eu-west-1a already",
    ),
    "a transit gateway that does nothing": (ways({**CORPORATE, "transit_gateway": "tgw-0000000a"}), "must come with something to make"),
    "more routes than a table holds": (
        ways({**CORPORATE, "to": ["10.128.0.0/16", "10.129.0.0/16"]}, **{"vpc.route_quota": 1}),
        "egress: 2 routes in one route table\n    must be at most 1",
    ),
    "NAT gateways that exist in a new VPC": ({**A_NEW_VPC, **ways({"to": "internet", "nat_gateways": "shared"})}, "egress[0].nat_gateways\n    must be left out: a VPC that is made here"),
    "subnet ids in a new VPC": (
        {**A_NEW_VPC, **ways({"to": "internet", "new_nat_gateways": SUBNETS})},
        "egress[0].new_nat_gateways\n    must be per_zone or shared: the subnets are made here",
    ),
    "route tables in a new VPC": (
        {**A_NEW_VPC, **ways({**TRANSIT, "route_tables": ["rtb-0000000a"]}, **UNIQUE)},
        "egress[0].route_tables\n    must be left out: the route tables of the node subnets are made here",
    ),
    "public gateways without public subnets": (
        {**A_NEW_VPC, "vpc.create.public": None, **ways({"to": "internet", "new_nat_gateways": "per_zone"})},
        "egress[0].new_nat_gateways\n    must have public subnets to stand in",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), REFUSED.values(), ids=REFUSED)
def test_ways_out_that_traffic_cannot_take_are_refused(changes: Changes, said: str) -> None:
    with pytest.raises(InputError) as refusal:
        a_plan(changes)
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    "changes",
    [
        ways({"to": "203.0.113.0/24", "regional_nat_gateway": "automatic"}),
        ways({"to": "internet", "regional_nat_gateway": ADDRESSES}),
        ways({**CORPORATE, "to": "internet", "transit_gateway": "tgw-0000000a"}),
        ways({**TRANSIT, "attachment_subnets": SUBNETS, "route_tables": ["rtb-0000000a"]}, **UNIQUE),
        ways({"to": "10.0.0.0/8", "nat_gateways": NAT}),
        {**A_NEW_VPC, **ways({"to": "internet", "regional_nat_gateway": "automatic"})},
        {**A_NEW_VPC, **ways({**TRANSIT, "attachment_subnets": "per_zone"}, **UNIQUE)},
        {**AN_IPV6_CLUSTER, "egress": [{"to": "internet", "egress_only_gateway": "eigw-0000000a"}]},
        {**AN_IPV6_CLUSTER, "egress": [{**TRANSIT, "to": ["internet", "2001:db9::/32"]}]},
        {**AN_IPV6_CLUSTER, "egress": [{"to": ["2001:db9::/32"], "egress_only_gateway": "new"}]},
        ways({**INTERNET, "to": ["internet", "pl-0000000a"]}),
        ways({**CORPORATE, "to": ["10.128.0.0/16", "10.129.0.0/16"]}, **{"vpc.route_quota": 2}),
        {**AN_IPV6_CLUSTER, "egress": [{**TRANSIT, "to": "2001:db8::/32"}]},
        ways({"to": "internet", "new_nat_gateways": "subnet-0000000c", "allocation_ids": {"shared": [f"eipalloc-0000000{n}" for n in range(8)]}}),
        ways({**CORPORATE, "addresses": 32}),
        ways({**CORPORATE, "transit_gateway": "tgw-0000000a", "attachment_subnets": SUBNETS}),
    ],
)  # fmt: skip
def test_ways_out_that_traffic_can_take_are_planned(changes: Changes) -> None:
    assert a_plan(changes).pods.gateways


def bought(zones: int, addresses: int) -> Changes:
    """So many zones, each with a new NAT gateway of so many new addresses."""
    names = [f"eu-west-1{letter}" for letter in "abcdef"[:zones]]
    subnets = {zone: f"subnet-0000001{zone[-1]}" for zone in names}
    nodes = {zone: [f"subnet-0000002{zone[-1]}"] for zone in names}
    way = {"to": "internet", "new_nat_gateways": subnets, "addresses": addresses}
    return ways(way, **{"pods.zones": names, "vpc.node_subnets": nodes, "pods.subnet_prefix": 19})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (ways({"to": "internet", "regional_nat_gateway": "automatic"}), {"regional-nat-gateway": "note"}),
        (ways({"to": "internet", "regional_nat_gateway": ADDRESSES}), {}),
        ({"egress": [{"to": "internet", "regional_nat_gateway": "automatic"}]}, {"regional-nat-gateway": "note", "idle-way-out": "warning"}),
        ({"egress": [INTERNET, CORPORATE]}, {"idle-way-out": "warning", "nat-connections": "note"}),
        ({"egress": [{**TRANSIT, "attachment_subnets": SUBNETS}], **UNIQUE}, {"idle-way-out": "warning", "transit-gateway-acceptance": "note"}),
        ({"egress": [TRANSIT], **UNIQUE}, {"idle-way-out": "note"}),
        (ways({**CORPORATE, "transit_gateway": "tgw-0000000a", "route_tables": ["rtb-0000000a"]}), {"nat-connections": "note", "transit-gateway-propagation": "note"}),
        (ways({"to": "internet", "new_nat_gateways": SUBNETS, "addresses": 2}), {"nat-connections": "note"}),
        (ways({"to": "internet", "new_nat_gateways": SUBNETS, "addresses": 3}), {"nat-connections": "note", "elastic-ip-quota": "warning"}),
        (ways({"to": "internet", "new_nat_gateways": SUBNETS, "allocation_ids": ADDRESSES}), {"nat-connections": "note"}),
        (ways({**CORPORATE, "addresses": 8}), {"nat-connections": "note"}),
        (ways({**CORPORATE, "addresses": 9}), {"nat-connections": "note", "private-ip-quota": "warning"}),
        (ways({"to": "10.128.0.0/9", "new_nat_gateways": SUBNETS}), {"nat-connections": "note", "public-nat-private-range": "note"}),
        (ways({"to": "internet", "nat_gateways": NAT}, {**CORPORATE, "to": "10.0.0.0/8"}, **{"vpc.peers": ["10.60.0.0/16"]}), {"nat-connections": "note"}),
        (ways(TRANSIT, **UNIQUE, **{"vpc.routes": ["10.60.0.0/16"]}), {}),
        (ways({**TRANSIT, "to": "10.61.0.0/16"}, **UNIQUE, **{"vpc.routes": ["10.60.0.0/16"]}), {"no-private-routes": "note"}),
        ({**AN_IPV6_CLUSTER, **DISABLED}, {}),
        (bought(2, 2), {"nat-connections": "note"}),
        (bought(5, 1), {"nat-connections": "note"}),
        (bought(3, 2), {"nat-connections": "note", "elastic-ip-quota": "warning"}),
        (bought(1, 3), {"nat-connections": "note", "elastic-ip-quota": "warning"}),
        (bought(6, 1), {"nat-connections": "note", "elastic-ip-quota": "warning"}),
        ({**bought(6, 1), "egress.0.allocation_ids": {f"eu-west-1{z}": [f"eipalloc-0000000{z}"] for z in "abcdef"}, "egress.0.addresses": None}, {"nat-connections": "note"}),
        (ways({"to": "internet", "nat_gateways": "nat-0000000a"}, **{"pods.zones": ["eu-west-1a"], "vpc.node_subnets": {"eu-west-1a": ["subnet-0000000a"]}}), {}),
    ],
)  # fmt: skip
def test_what_a_way_out_costs_and_depends_on_is_remarked(changes: Changes, expected: dict[str, str]) -> None:
    assert remarks(changes) == expected


KINDS_OF_WAYS: list[dict[str, Any]] = [
    INTERNET,
    {"to": "internet", "new_nat_gateways": SUBNETS},
    {"to": "internet", "regional_nat_gateway": "automatic"},
    {"to": "internet", **CORPORATE},
    TRANSIT,
]


@given(st.sampled_from(KINDS_OF_WAYS), st.sampled_from(["Random", "Disabled"]), st.integers(1, 4))
def test_every_zone_has_every_destination_once_and_only_gateways_of_the_plan(
    way: dict[str, Any], policy: str, count: int
) -> None:
    destinations = [f"203.0.{n}.0/24" for n in range(count)]
    plan = a_plan({"egress": [{**way, "to": destinations}], **UNIQUE, "node_classes.0.snat_policy": policy})
    names = {gateway.name for gateway in plan.pods.gateways}
    for zone in plan.pods.zones:
        (found,) = (table for table in plan.pods.route_tables if table.name == zone)
        assert [route.destination for route in found.routes] == destinations
        assert {route.gateway for route in found.routes} <= names
        assert {route.carries_traffic for route in found.routes} == {policy == "Disabled"}
