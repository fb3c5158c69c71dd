"""A zone is appended with what the file names for each zone, and what is missing is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.diagnostic import InputError
from podspace.planning.files.append import Append
from podspace.planning.files.need import Option
from podspace.planning.files.new_zone import NewZone
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, AN_IPV6_CLUSTER, ZONES, Changes, a_network

ZONE = ZONES[2]
NODES: dict[Option, list[str]] = {"--node-subnet": ["subnet-00000001"]}
BY_ZONE = {zone: f"subnet-0000001{n}" for n, zone in enumerate(ZONES[:2])}
MAPPED = {ZONES[0]: ["100.64.0.0/18"], ZONES[1]: ["100.64.128.0/18"]}
IPV6 = AN_IPV6_CLUSTER


def appends(changes: Changes, given: dict[Option, list[str]], blocks: list[str] | None = None) -> dict[str, Any]:
    """What is appended, by place and key."""
    found = NewZone(name=ZONE, given=given, blocks=blocks or ()).appends(a_network(changes))
    return {f"{append}.{append.key}" if append.key else str(append): append.value for append in found}


def asked(changes: Changes, given: dict[Option, list[str]] | None = None) -> dict[str, str]:
    """What is missing, by place."""
    with pytest.raises(InputError) as refusal:
        NewZone(name=ZONE, given=given or {}).appends(a_network(changes))
    return {problem.location.path: problem.fix or problem.message for problem in refusal.value.diagnostics}


def way(**entry: Any) -> Changes:
    return {"egress": [{"to": "internet", **entry}]}


ADDRESSES = {zone: [f"eipalloc-0000001{n}"] for n, zone in enumerate(ZONES[:2])}
TRANSIT: Changes = {
    "pods.cidrs": [{"cidr": "100.64.0.0/16", "unique": True}],
    "egress": [{"to": "internet", "transit_gateway": "tgw-00000001", "attachment_subnets": BY_ZONE}],
}


@pytest.mark.parametrize(
    ("changes", "key", "given", "value"),
    [
        (way(nat_gateways={zone: f"nat-0000000{n}" for n, zone in enumerate(ZONES[:2])}), "nat_gateways", ["nat-00000001"], "nat-00000001"),
        (way(new_nat_gateways=BY_ZONE), "new_nat_gateways", ["subnet-00000002"], "subnet-00000002"),
        (way(regional_nat_gateway=ADDRESSES), "regional_nat_gateway", ["eipalloc-00000001", "eipalloc-00000002"], ["eipalloc-00000001", "eipalloc-00000002"]),
        ({"egress": [{"to": "10.0.0.0/8", "private_nat_gateways": BY_ZONE}]}, "private_nat_gateways", ["subnet-00000002"], "subnet-00000002"),
        (TRANSIT, "attachment_subnets", ["subnet-00000002"], "subnet-00000002"),
    ],
)  # fmt: skip
def test_every_gateway_by_zone_gets_the_given_id(changes: Changes, key: str, given: list[str], value: object) -> None:
    assert appends(changes, {**NODES, "--gateway": given}) == {
        "pods.zones": ZONE,
        f"vpc.node_subnets.{ZONE}": ["subnet-00000001"],
        f"egress[0].{key}.{ZONE}": value,
    }
    assert f"egress[0].{key}" in asked(changes, NODES)


@pytest.mark.parametrize(
    "changes",
    [
        way(nat_gateways="nat-00000001"),
        way(new_nat_gateways="subnet-00000001", allocation_ids={"shared": ["eipalloc-00000001"]}),
        way(regional_nat_gateway="automatic"),
        {"egress": []},
    ],
)
def test_a_gateway_that_zones_share_needs_no_value(changes: Changes) -> None:
    assert appends(changes, NODES) == {"pods.zones": ZONE, f"vpc.node_subnets.{ZONE}": ["subnet-00000001"]}


def test_every_missing_option_is_reported_at_once() -> None:
    assert asked({}) == {
        "vpc.node_subnets": "add --node-subnet subnet-…",
        "egress[0].nat_gateways": "add --gateway nat-…",
    }


def test_several_maps_of_egress_are_distinguished_by_their_keys() -> None:
    changes = way(new_nat_gateways=BY_ZONE, allocation_ids=ADDRESSES)
    assert asked(changes, NODES) == {
        "egress[0].new_nat_gateways": "add --gateway new_nat_gateways=subnet-…",
        "egress[0].allocation_ids": "add --gateway allocation_ids=eipalloc-…",
    }
    given = ["new_nat_gateways=subnet-00000002", "allocation_ids=eipalloc-00000002", "allocation_ids=eipalloc-00000003"]
    found = appends(changes, {**NODES, "--gateway": given})
    assert found[f"egress[0].new_nat_gateways.{ZONE}"] == "subnet-00000002"
    assert found[f"egress[0].allocation_ids.{ZONE}"] == ["eipalloc-00000002", "eipalloc-00000003"]


def test_entries_of_one_kind_are_distinguished_by_their_names() -> None:
    entries = [
        {"to": "internet", "new_nat_gateways": BY_ZONE},
        {"to": "10.128.0.0/9", "new_nat_gateways": BY_ZONE, "name": "partner"},
    ]
    assert asked({"egress": entries}, NODES) == {
        "egress[0].new_nat_gateways": "add --gateway 0.new_nat_gateways=subnet-…",
        "egress[1].new_nat_gateways": "add --gateway partner.new_nat_gateways=subnet-…",
    }


@pytest.mark.parametrize(
    ("changes", "given", "place", "said"),
    [
        ({}, {**NODES, "--gateway": ["nat-00000001", "nat-00000002"]}, "egress[0].nat_gateways", "and no more than one"),
        (way(new_nat_gateways=BY_ZONE, allocation_ids=ADDRESSES), {**NODES, "--gateway": ["subnet-00000001"]}, "--gateway", "must be NAME=ID, with a NAME of new_nat_gateways, allocation_ids"),
        ({"egress": []}, {**NODES, "--gateway": ["nat-00000001"]}, "--gateway", "must not be given"),
        ({"egress": []}, {**NODES, "--subnet": ["100.64.128.0/18"]}, "--subnet", "must not be given"),
        ({"egress": []}, {**NODES, "--endpoint-subnet": ["subnet-00000002"]}, "--endpoint-subnet", "must not be given"),
        ({"egress": [], "vpc.node_subnets": {zone: [f"subnet-0000000{n}"] for n, zone in enumerate(ZONES[:3])}}, NODES, "--node-subnet", "must not be given"),
    ],
)  # fmt: skip
def test_a_superfluous_option_is_reported(
    changes: Changes, given: dict[Option, list[str]], place: str, said: str
) -> None:
    assert said in asked(changes, given)[place]


def test_a_zone_that_is_there_is_refused() -> None:
    with pytest.raises(InputError, match=r"pods: eu-west-1a\n.*must be a new zone"):
        NewZone(name=ZONES[0]).appends(a_network())


@pytest.mark.parametrize(
    ("pods", "subnets"),
    [
        ({"cidrs": ["100.64.0.0/16"], "subnets": MAPPED}, ["100.64.64.0/18"]),
        ({"cidrs": ["100.64.0.0/16", "100.65.0.0/16"], "subnets": {zone: [f"100.64.{64 * n}.0/18", f"100.65.{32 * n}.0/19"] for n, zone in enumerate(ZONES[:2])}}, ["100.64.128.0/18", "100.65.64.0/19"]),
        ({"cidrs": ["100.64.0.0/16", "100.65.0.0/16"], "subnets": {**MAPPED, ZONES[0]: ["100.64.0.0/18", "100.65.0.0/18"]}}, ["100.64.64.0/18"]),
    ],
)  # fmt: skip
def test_in_a_map_a_zone_takes_the_first_free_part_of_each_block_that_all_zones_share(
    pods: dict[str, Any], subnets: list[str]
) -> None:
    found = appends({"pods": pods, "egress": []}, NODES)
    assert found[f"pods.subnets.{ZONE}"] == subnets
    assert "pods.zones" not in found


@pytest.mark.parametrize(
    "pods",
    [
        {"cidrs": ["100.64.0.0/16"], "subnets": {ZONES[0]: ["100.64.0.0/17"], ZONES[1]: ["100.64.128.0/17"]}},
        {"cidrs": ["100.64.0.0/16"], "subnets": {ZONES[0]: ["100.64.0.0/17"], ZONES[1]: ["100.64.128.0/18"]}},
        {"cidrs": ["100.64.0.0/16", "100.65.0.0/16"], "subnets": {ZONES[0]: ["100.64.0.0/17"], ZONES[1]: ["100.65.0.0/17"]}},
        {"cidrs": [{"cidr": "100.64.0.0/16", "associated": True}], "subnets": MAPPED},
    ],
)  # fmt: skip
def test_a_subnet_is_required_if_no_part_is_known_to_be_free(pods: dict[str, Any]) -> None:
    assert "--subnet CIDR" in asked({"pods": pods, "egress": []}, NODES)["pods.subnets"]


def test_a_map_takes_the_subnets_that_are_given_and_the_block_they_are_of() -> None:
    pods = {"cidrs": ["100.64.0.0/16"], "subnets": {ZONES[0]: ["100.64.0.0/17"], ZONES[1]: ["100.64.128.0/17"]}}
    found = appends({"pods": pods, "egress": []}, {**NODES, "--subnet": ["100.65.0.0/17"]}, ["100.65.0.0/16"])
    assert found["pods.cidrs"] == "100.65.0.0/16"
    assert found[f"pods.subnets.{ZONE}"] == ["100.65.0.0/17"]


def test_zones_next_to_a_map_are_appended_to_too() -> None:
    pods = {"cidrs": ["100.64.0.0/16"], "zones": ZONES[:2], "subnets": MAPPED}
    assert appends({"pods": pods, "egress": []}, NODES)["pods.zones"] == ZONE


def test_an_ipv6_cluster_needs_a_range_for_each_subnet() -> None:
    assert asked(IPV6, {**NODES, "--subnet": ["10.0.8.128/26"]}) == {
        "pods.ipv6_subnets": "add --ipv6-subnet 2001:db8:…::/64"
    }
    found = appends(IPV6, {**NODES, "--subnet": ["10.0.8.128/26"], "--ipv6-subnet": ["2001:db8:1:12::/64"]})
    assert found[f"pods.ipv6_subnets.{ZONE}"] == ["2001:db8:1:12::/64"]


def test_existing_subnets_are_given_by_id() -> None:
    changes: Changes = {
        "pods": {"subnet_ids": {ZONES[0]: ["subnet-00000021"], ZONES[1]: ["subnet-00000022"]}},
        "egress": [],
    }
    assert asked(changes, NODES) == {"pods.subnet_ids": "add --subnet subnet-…"}
    assert appends(changes, {**NODES, "--subnet": ["subnet-00000023"]})[f"pods.subnet_ids.{ZONE}"] == [
        "subnet-00000023"
    ]


def test_a_new_vpc_needs_no_value_if_its_subnets_follow_from_the_zones() -> None:
    assert appends({**A_NEW_VPC, **A_NEW_CLUSTER}, {}) == {"pods.zones": ZONE}


def test_a_new_vpc_needs_cidrs_if_its_subnets_are_a_map() -> None:
    nodes = {"subnets": {zone: [f"10.0.{8 + n}.0/24"] for n, zone in enumerate(ZONES[:2])}}
    public = {"subnets": {zone: [f"10.0.{n}.0/24"] for n, zone in enumerate(ZONES[:2])}}
    changes: Changes = {**A_NEW_VPC, **A_NEW_CLUSTER, "vpc.create": {"public": public, "nodes": nodes}}
    assert asked(changes) == {
        "vpc.create.nodes.subnets": "add --node-subnet CIDR",
        "vpc.create.public.subnets": "add --public-subnet CIDR",
    }
    found = appends(changes, {"--node-subnet": ["10.0.10.0/24"], "--public-subnet": ["10.0.2.0/24"]})
    assert found[f"vpc.create.nodes.subnets.{ZONE}"] == ["10.0.10.0/24"]
    assert found[f"vpc.create.public.subnets.{ZONE}"] == ["10.0.2.0/24"]


def test_endpoints_by_zone_need_a_subnet() -> None:
    changes: Changes = {"egress": [], "endpoints": {"interfaces": {"subnets": BY_ZONE}}}
    assert asked(changes, NODES) == {"endpoints.interfaces.subnets": "add --endpoint-subnet subnet-…"}
    found = appends(changes, {**NODES, "--endpoint-subnet": ["subnet-00000002"]})
    assert found[f"endpoints.interfaces.subnets.{ZONE}"] == "subnet-00000002"


def test_an_append_knows_its_place() -> None:
    assert str(Append(place=("egress", 0, "nat_gateways"), key="a", value="b")) == "egress[0].nat_gateways"
