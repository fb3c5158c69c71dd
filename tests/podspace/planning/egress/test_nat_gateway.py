"""Zonal public NAT gateways, existing and new."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mother import A_NEW_VPC, Changes, a_plan
from tests.planning_errors import Error, errors, identified, remarks
from tests.podspace.planning.egress.entries import (
    ADDRESSES,
    CORPORATE,
    DISABLED,
    NAT,
    SUBNETS,
    ZONES,
    egress,
    to_internet,
)

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


@pytest.mark.parametrize(
    ("kind", "ids"),
    [("nat_gateways", ["nat-00000001"] * 2), ("new_nat_gateways", ["subnet-00000001", "subnet-00000002"])],
)
def test_a_zone_without_a_gateway_and_a_gateway_without_a_zone_are_errors(kind: str, ids: list[str]) -> None:
    changes = to_internet(kind, dict(zip(("eu-west-1a", "eu-west-1c"), ids, strict=True)))
    assert errors(changes) == [
        ("zone-missing", f"egress[0].{kind}", "eu-west-1b"),
        ("zone-without-pods", f"egress[0].{kind}.eu-west-1c", ids[1]),
    ]


def test_a_public_subnet_is_in_one_zone() -> None:
    changes = to_internet("new_nat_gateways", dict.fromkeys(ZONES, "subnet-00000001"))
    assert errors(changes) == [("subnet-for-two-zones", "egress[0].new_nat_gateways.eu-west-1b", "subnet-00000001")]


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
def test_a_gateway_has_55000_connections_for_each_of_its_addresses(entry: dict[str, Any], connections: int) -> None:
    plan = a_plan(egress({"to": "internet", **entry}))
    assert {gateway.connections for gateway in plan.pods.gateways} == {connections}
    messages = [remark.message for remark in plan.remarks if remark.id == "nat-connections"]
    assert bool(messages) == bool(connections)
    assert all(f"{connections:,}" in message for message in messages)


@pytest.mark.parametrize(
    "changes",
    [
        egress({"to": "10.0.0.0/8", "nat_gateways": NAT}),
        egress({"to": "internet", "new_nat_gateways": "subnet-0000000c", "allocation_ids": {"shared": [f"eipalloc-0000000{n}" for n in range(8)]}}),
    ],
)  # fmt: skip
def test_nat_gateways_are_planned(changes: Changes) -> None:
    assert a_plan(changes).pods.gateways


REFUSED: dict[str, tuple[Changes, list[Error]]] = {
    "a public subnet that is another zone's": (
        egress({"to": "internet", "new_nat_gateways": {"eu-west-1a": "subnet-0000000b", "eu-west-1b": "subnet-0000001b"}}),
        [("subnet-in-two-zones", "egress[0].new_nat_gateways.eu-west-1a", "subnet-0000000b")],
    ),
    "a shared gateway in a new VPC with maps": (
        {**A_NEW_VPC, **MAPPED, **egress({"to": "internet", "new_nat_gateways": "shared"})},
        [("shared-gateway-without-first-zone", "egress[0].new_nat_gateways", "shared")],
    ),
    "addresses both counted and given": (
        egress({"to": "internet", "new_nat_gateways": SUBNETS, "allocation_ids": ADDRESSES, "addresses": 2}),
        [("addresses-and-allocation-ids", "egress[0].addresses", "2")],
    ),
    "nine addresses": (egress({"to": "internet", "new_nat_gateways": SUBNETS, "addresses": 9}), [("too-many-addresses", "egress[0].addresses", "9")]),
    "nine allocations": (
        egress({"to": "internet", "new_nat_gateways": "subnet-0000000c", "allocation_ids": {"shared": [f"eipalloc-0000000{n}" for n in range(9)]}}),
        [("too-many-addresses", "egress[0].allocation_ids.shared", "9 addresses")],
    ),
    "no allocation": (
        egress({"to": "internet", "new_nat_gateways": SUBNETS, "allocation_ids": {**ADDRESSES, ZONES[0]: []}}),
        [("no-address", "egress[0].allocation_ids.eu-west-1a", "")],
    ),
    "allocations by zone for a shared gateway": (
        egress({"to": "internet", "new_nat_gateways": "subnet-0000000c", "allocation_ids": ADDRESSES}),
        [("zone-missing", "egress[0].allocation_ids", "shared")],
    ),
    "existing NAT gateways in a new VPC": ({**A_NEW_VPC, **egress({"to": "internet", "nat_gateways": "shared"})}, [("nat-gateway-in-new-vpc", "egress[0].nat_gateways", "")]),
    "subnet ids in a new VPC": (
        {**A_NEW_VPC, **egress({"to": "internet", "new_nat_gateways": SUBNETS})},
        [("subnet-of-new-vpc-by-id", "egress[0].new_nat_gateways", "")],
    ),
    "public NAT gateways without public subnets": (
        {**A_NEW_VPC, "vpc.create.public": None, **egress({"to": "internet", "new_nat_gateways": "per_zone"})},
        [("nat-gateway-without-public-subnet", "egress[0].new_nat_gateways", "")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), REFUSED.values(), ids=REFUSED)
def test_nat_gateways_that_pods_cannot_use_are_an_error(changes: Changes, expected: list[Error]) -> None:
    assert errors(changes) == expected


def new_nat_gateways(zones: int, addresses: int) -> Changes:
    """Some zones, each with a new NAT gateway of some new addresses."""
    names = [f"eu-west-1{letter}" for letter in "abcdef"[:zones]]
    subnets = {zone: f"subnet-0000001{zone[-1]}" for zone in names}
    nodes = {zone: [f"subnet-0000002{zone[-1]}"] for zone in names}
    entry = {"to": "internet", "new_nat_gateways": subnets, "addresses": addresses}
    return egress(entry, **{"pods.zones": names, "vpc.node_subnets": nodes, "pods.subnet_prefix": 19})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (egress({"to": "internet", "new_nat_gateways": SUBNETS, "addresses": 2}), {"nat-connections": "note"}),
        (egress({"to": "internet", "new_nat_gateways": SUBNETS, "addresses": 3}), {"nat-connections": "note", "elastic-ip-quota": "warning"}),
        (egress({"to": "internet", "new_nat_gateways": SUBNETS, "allocation_ids": ADDRESSES}), {"nat-connections": "note"}),
        (egress({"to": "10.128.0.0/9", "new_nat_gateways": SUBNETS}), {"nat-connections": "note", "public-nat-private-range": "note"}),
        (new_nat_gateways(2, 2), {"nat-connections": "note"}),
        (new_nat_gateways(5, 1), {"nat-connections": "note"}),
        (new_nat_gateways(3, 2), {"nat-connections": "note", "elastic-ip-quota": "warning"}),
        (new_nat_gateways(1, 3), {"nat-connections": "note", "elastic-ip-quota": "warning"}),
        (new_nat_gateways(6, 1), {"nat-connections": "note", "elastic-ip-quota": "warning"}),
        ({**new_nat_gateways(6, 1), "egress.0.allocation_ids": {f"eu-west-1{z}": [f"eipalloc-0000000{z}"] for z in "abcdef"}, "egress.0.addresses": None}, {"nat-connections": "note"}),
        (egress({"to": "internet", "nat_gateways": "nat-0000000a"}, **{"pods.zones": ["eu-west-1a"], "vpc.node_subnets": {"eu-west-1a": ["subnet-0000000a"]}}), {}),
        ({**to_internet("new_nat_gateways", "per_zone"), **DISABLED}, {"nat-connections": "note"}),
        ({**to_internet("nat_gateways", "per_zone"), **DISABLED}, {}),
    ],
)  # fmt: skip
def test_connections_and_quotas_of_addresses_are_reported(changes: Changes, expected: dict[str, str]) -> None:
    assert remarks(changes) == expected


def shared(*entries: dict[str, Any], **changes: Any) -> list[Error]:
    plan = a_plan(egress(*entries, **changes))
    return identified(remark for remark in plan.remarks if remark.id == "shared-nat-gateway")


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        ({"nat_gateways": "shared"}, "nat_gateways"),
        ({"nat_gateways": "nat-00000001"}, "nat_gateways"),
        ({"nat_gateways": dict.fromkeys(ZONES, "nat-00000001")}, "nat_gateways"),
        ({"new_nat_gateways": "shared"}, "new_nat_gateways"),
        ({"to": "10.128.0.0/9", "private_nat_gateways": "subnet-0000001a"}, "private_nat_gateways"),
    ],
)
def test_zones_that_share_a_gateway_are_reported_for_every_spelling(entry: dict[str, Any], key: str) -> None:
    assert shared({"to": "internet", **entry}) == [("shared-nat-gateway", f"egress[0].{key}", "eu-west-1a, eu-west-1b")]


def test_only_the_zones_that_share_a_gateway_are_named_once_for_each_entry() -> None:
    zones = {f"eu-west-1{letter}": [f"subnet-0000002{letter}"] for letter in "abc"}
    three: dict[str, Any] = {"pods.zones": [*zones], "vpc.node_subnets": zones}
    two_share = dict(zip(zones, ("nat-00000001", "nat-00000002", "nat-00000001"), strict=True))
    entries: list[dict[str, Any]] = [
        {"to": "internet", "nat_gateways": two_share},
        {"to": "203.0.113.0/24", "nat_gateways": "nat-00000003", "name": "partner"},
    ]
    assert shared(*entries, **three) == [
        ("shared-nat-gateway", "egress[0].nat_gateways", "eu-west-1a, eu-west-1c"),
        ("shared-nat-gateway", "egress[1].nat_gateways", "eu-west-1a, eu-west-1b, eu-west-1c"),
    ]


@pytest.mark.parametrize(
    ("entry", "changes"),
    [
        ({"to": "internet", "nat_gateways": NAT}, {}),
        ({"to": "internet", "new_nat_gateways": SUBNETS}, {}),
        (CORPORATE, {}),
        ({"to": "internet", "nat_gateways": "nat-00000001"}, {"pods.zones": ["eu-west-1a"], "vpc.node_subnets": {"eu-west-1a": ["subnet-0000000a"]}}),
    ],
)  # fmt: skip
def test_zones_with_a_gateway_each_share_none(entry: dict[str, Any], changes: dict[str, Any]) -> None:
    assert not shared(entry, **changes)
