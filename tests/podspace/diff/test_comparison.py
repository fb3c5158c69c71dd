"""What a changed config does to a network that lives."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podspace.diff.change import EFFECTS, Change
from podspace.diff.comparison import compare, removed_network
from podspace.planning import NetworkFile
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, AN_IPV6_CLUSTER, ZONES, Changes, a_network_file

BLOCKS = [f"100.{64 + n}.0.0/16" for n in range(4)]
THREE: Changes = {
    "pods.zones": ZONES[:3],
    "vpc.node_subnets": {zone: [f"subnet-0000000{n}"] for n, zone in enumerate(ZONES)},
    "egress": [{"to": "internet", "nat_gateways": "nat-00000001"}],
}
MAP: Changes = {
    **THREE,
    "pods": {"cidrs": BLOCKS[:1], "subnets": {zone: [f"100.64.{64 * n}.0/18"] for n, zone in enumerate(ZONES[:3])}},
}
NAT_GATEWAYS: Changes = {
    **THREE,
    "egress": [
        {"to": "internet", "new_nat_gateways": {zone: f"subnet-0000001{n}" for n, zone in enumerate(ZONES[:3])}}
    ],
}
A_CLUSTER: Changes = {**A_NEW_VPC, **A_NEW_CLUSTER}


def changed(base: Changes, edit: Changes) -> tuple[Change, ...]:
    return compare(a_network_file(base), a_network_file({**base, **edit}))


def told(changes: tuple[Change, ...], *effects: str) -> set[str]:
    return {f"{change.what} {change.name}".strip() for change in changes if change.effect in effects}


def lost(changes: tuple[Change, ...]) -> set[str]:
    return {cidr for change in changes for cidr in change.subnets}


def cidrs(file: NetworkFile) -> set[str]:
    made = {str(subnet.cidr) for subnet in (file.plan.vpc.subnets if file.plan.vpc else ())}
    return made | {str(subnet.cidr) for subnet in file.plan.pods.subnets}


def test_nothing_changes_where_nothing_is_planned_otherwise() -> None:
    assert changed(THREE, {"vpc.cidr_quota": 20, "vpc.peers": ["10.64.0.0/16"]}) == ()


@pytest.mark.parametrize(
    ("base", "edit", "gone"),
    [
        (THREE, {"pods.zones": ZONES[:2]}, {"100.64.128.0/18"}),
        (THREE, {"pods.zones": [ZONES[0], ZONES[2]]}, {"100.64.64.0/18", "100.64.128.0/18"}),
        (THREE, {"pods.zones": [ZONES[1], ZONES[0], ZONES[2]]}, {"100.64.0.0/18", "100.64.64.0/18"}),
        (THREE, {"pods.zones": [ZONES[3], *ZONES[:3]]}, {"100.64.0.0/18", "100.64.64.0/18", "100.64.128.0/18"}),
        (THREE, {"pods.subnet_prefix": 19}, {"100.64.0.0/18", "100.64.64.0/18", "100.64.128.0/18"}),
        ({**THREE, "pods.cidrs": BLOCKS[:2]}, {"pods.cidrs": BLOCKS[:1]}, {f"100.65.{64 * n}.0/18" for n in range(3)}),
        ({**THREE, "pods.cidrs": BLOCKS[:2]}, {"pods.cidrs": BLOCKS[1::-1]}, set()),
        (MAP, {"pods.subnets.eu-west-1b": ["100.64.192.0/18"]}, {"100.64.64.0/18"}),
        (MAP, {"pods.subnets.eu-west-1b": ["100.64.64.0/19"]}, {"100.64.64.0/18"}),
        (MAP, {"pods.subnets.eu-west-1b": None}, {"100.64.64.0/18"}),
        (MAP, {"pods.subnets.eu-west-1b": ["100.64.64.0/18", "100.64.192.0/18"]}, set()),
    ],
)  # fmt: skip
def test_every_live_subnet_that_is_lost_is_named(base: Changes, edit: Changes, gone: set[str]) -> None:
    changes = changed(base, edit)
    assert lost(changes) == gone
    assert any(change.loses for change in changes) == bool(gone)


def test_a_subnet_is_replaced_where_a_new_one_takes_its_addresses_and_else_removed() -> None:
    changes = changed(THREE, {"pods.subnet_prefix": 19})
    assert told(changes, "replaced") == {"pod subnet 100.64.0.0/18", "pod subnet 100.64.64.0/18"}
    assert told(changes, "removed") == {"pod subnet 100.64.128.0/18"}
    (first,) = (change for change in changes if change.name == "100.64.0.0/18")
    assert first.text == "in eu-west-1a, by 100.64.0.0/19 in eu-west-1a and 100.64.32.0/19 in eu-west-1b"


def test_a_subnet_of_another_zone_is_replaced() -> None:
    changes = changed(THREE, {"pods.zones": [ZONES[1], ZONES[0], ZONES[2]]})
    assert {change.text for change in changes if change.what == "pod subnet"} == {
        "zone eu-west-1a to eu-west-1b",
        "zone eu-west-1b to eu-west-1a",
    }


@pytest.mark.parametrize("block", ["100.64.0.0/17", "100.64.0.0/18"])
def test_a_block_of_another_size_takes_its_subnets_with_it(block: str) -> None:
    base: Changes = {**THREE, "pods.zones": ZONES[:1]}
    changes = changed(base, {"pods.cidrs": [block]})
    assert told(changes, "replaced") == {"block 100.64.0.0/16"}
    assert lost(changes) == {"100.64.0.0/18"}


def test_a_zone_that_goes_takes_what_stands_in_it() -> None:
    two: Changes = {
        "egress": [{"to": "internet", "new_nat_gateways": {z: f"subnet-0000001{n}" for n, z in enumerate(ZONES[:2])}}]
    }
    changes = changed(NAT_GATEWAYS, {"pods.zones": ZONES[:2], **two})
    assert told(changes, "removed") == {
        "pod subnet 100.64.128.0/18",
        "route table eu-west-1c",
        "route 0.0.0.0/0 of eu-west-1c",
        "NAT gateway eu-west-1c",
        "Elastic IP address eu-west-1c",
    }


@pytest.mark.parametrize(
    ("what", "edit"),
    [
        ("stack", {"name": "other"}),
        ("stack", {"cluster.name": "other"}),
        ("stack", {"stack.name": "other"}),
        ("VPC", {"vpc.id": "vpc-00000001"}),
    ],
)
def test_another_stack_or_vpc_is_told_once_and_costs_every_subnet(what: str, edit: Changes) -> None:
    (change,) = changed(THREE, edit)
    assert (change.what, change.effect, change.loses) == (what, "replaced", True)
    assert set(change.subnets) == cidrs(a_network_file(THREE))


def test_another_account_or_region_is_another_stack() -> None:
    here = a_network_file({**A_CLUSTER, "environment.account": "111122223333"})
    there = a_network_file({**A_CLUSTER, "environment.account": "444455556666"})
    (change,) = compare(here, there)
    assert change.text == "by podspace-cluster-net in eu-west-1 of account 444455556666"
    zones = [zone.replace("west", "north") for zone in ZONES[:2]]
    (change,) = compare(here, a_network_file({**A_CLUSTER, "environment.region": "eu-north-1", "pods.zones": zones}))
    assert change.text == "by podspace-cluster-net in eu-north-1"
    assert set(change.subnets) == cidrs(here)


def test_an_account_that_was_left_out_is_the_same() -> None:
    assert changed(THREE, {"environment.account": "111122223333"}) == ()


def test_a_vpc_made_with_another_block_is_another_vpc() -> None:
    (change,) = changed(A_CLUSTER, {"vpc.cidrs": ["10.0.0.0/19"]})
    assert (change.what, change.text) == ("VPC", "by made here with 10.0.0.0/19")


def test_another_name_in_the_same_stack_moves_the_tag_that_node_classes_select_by() -> None:
    changes = changed({**THREE, "stack.name": "stack"}, {"name": "other"})
    assert "selector tag podspace/cluster/net" in told(changes, "replaced")
    assert "node role" in told(changes, "replaced")
    assert "pod subnet 100.64.0.0/18" in told(changes, "updated")
    assert any(change.loses for change in changes)


@pytest.mark.parametrize(
    ("edit", "effect"),
    [
        ({"cluster.create.zones": [ZONES[1], ZONES[2]]}, "refused"),
        ({"cluster.create.secrets_key_arn": "arn:aws:kms:eu-west-1:111122223333:key/1"}, "replaced"),
        ({"cluster.service_cidr": "10.96.0.0/16"}, "replaced"),
        ({"cluster.create.version": "1.37"}, "updated"),
        ({"cluster.create.logs": ["api"]}, "updated"),
    ],
)
def test_what_a_cluster_that_is_made_here_cannot_change_is_told(edit: Changes, effect: str) -> None:
    base: Changes = {**A_CLUSTER, "pods.zones": ZONES[:3]}
    assert "cluster" in told(changed(base, edit), effect)
    assert any(change.loses for change in changed(base, edit)) == (effect != "updated")


def test_a_cluster_that_is_no_longer_made_here_is_removed() -> None:
    changes = changed({**THREE, **A_NEW_CLUSTER}, {"cluster.create": None, "cluster.security_group_id": "sg-00000001"})
    assert "cluster" in told(changes, "removed")
    assert any(change.loses for change in changes)


def test_the_order_of_the_control_planes_zones_means_nothing() -> None:
    base: Changes = {**A_CLUSTER, "cluster.create.zones": ZONES[:2]}
    assert changed(base, {"cluster.create.zones": ZONES[1::-1]}) == ()


def test_another_ipv6_range_of_a_live_subnet_is_refused() -> None:
    (change,) = changed(AN_IPV6_CLUSTER, {"pods": {**AN_IPV6_CLUSTER["pods"], "ipv6_subnets": {ZONES[0]: ["2001:db8:1:10::/64"], ZONES[1]: ["2001:db8:1:12::/64"]}}})  # fmt: skip
    assert (change.name, change.effect) == ("10.0.8.64/26", "refused")
    assert change.loses


@pytest.mark.parametrize(
    ("egress", "replaced", "removed"),
    [
        ({"addresses": 2}, set(), set()),
        ({"name": "out"}, set(), {"NAT gateway eu-west-1a", "Elastic IP address eu-west-1a"}),
        ({"allocation_ids": {z: [f"eipalloc-0000001{n}"] for n, z in enumerate(ZONES[:3])}}, {"NAT gateway eu-west-1a"}, {"Elastic IP address eu-west-1a"}),
        ({"new_nat_gateways": {z: f"subnet-0000002{n}" for n, z in enumerate(ZONES[:3])}}, {"NAT gateway eu-west-1a"}, set()),
    ],
)  # fmt: skip
def test_gateways_that_get_other_addresses_are_told_and_cost_no_subnet(
    egress: dict[str, Any], replaced: set[str], removed: set[str]
) -> None:
    changes = changed(NAT_GATEWAYS, {"egress": [{**NAT_GATEWAYS["egress"][0], **egress}]})
    assert replaced <= told(changes, "replaced")
    assert removed <= told(changes, "removed")
    assert not any(change.loses for change in changes)


def test_another_group_of_the_pods_replaces_nodes() -> None:
    changes = changed(THREE, {"pods.security_group": "cluster"})
    assert told(changes, "replaces-nodes") == {"NodeClass class"}
    assert "pod security group" in told(changes, "removed")
    assert not any(change.loses for change in changes)


def test_manifests_that_are_no_longer_applied_take_their_nodes_with_them() -> None:
    changes = changed({**THREE, "apply": True}, {"apply": False})
    (change,) = (change for change in changes if change.loses)
    assert change.effect == "removed"
    assert change.advice
    assert "their nodes with them" in change.advice.why


def test_tags_of_the_stack_are_told_once() -> None:
    (change,) = changed(THREE, {"stack.tags": {"team": "a"}})
    assert (change.what, change.effect, change.text) == ("stack", "updated", "tags gains team=a")


def test_a_network_without_a_file_costs_its_subnets() -> None:
    file = a_network_file(THREE)
    (change,) = gone(file)
    assert (change.effect, set(change.subnets), change.loses) == ("removed", cidrs(file), True)


def test_changes_come_from_the_harmless_to_the_worst() -> None:
    changes = changed(THREE, {"pods.subnet_prefix": 19, "pods.security_group": "cluster", "pods.cidrs": BLOCKS[:2]})
    effects = [EFFECTS.index(change.effect) for change in changes]
    assert effects == sorted(effects)


@pytest.mark.parametrize(("base", "edit"), [(THREE, MAP), (MAP, THREE)])
def test_a_list_and_the_map_that_says_the_same_do_not_differ(base: Changes, edit: Changes) -> None:
    assert compare(a_network_file(base), a_network_file(edit)) == ()


def grown(zones: int, blocks: int, way: str) -> NetworkFile:
    by_zone = {zone: f"subnet-0000001{n}" for n, zone in enumerate(ZONES[:zones])}
    addresses = {zone: [f"eipalloc-0000000{n}"] for n, zone in enumerate(ZONES[:zones])}
    ways: dict[str, dict[str, Any]] = {
        "nat_gateways": {"nat_gateways": {zone: f"nat-0000001{n}" for n, zone in enumerate(ZONES[:zones])}},
        "new": {"new_nat_gateways": by_zone, "allocation_ids": addresses},
        "regional": {"regional_nat_gateway": addresses},
        "transit": {"transit_gateway": "tgw-00000001", "attachment_subnets": by_zone},
        "made": {"new_nat_gateways": "per_zone"},
    }
    changes: Changes = {
        **THREE,
        **(A_CLUSTER if way == "made" else {}),
        "pods.cidrs": [{"cidr": block, "unique": True} for block in BLOCKS[:blocks]],
        "pods.zones": ZONES[:zones],
        "vpc.node_subnets": None if way == "made" else {zone: [f"subnet-0000000{n}"] for n, zone in enumerate(ZONES[:zones])},
        "egress": [{"to": "internet", **ways[way]}],
        "endpoints": {"gateways": ["s3"], "interfaces": {}},
        "flow_logs": {"of": "vpc"},
        "apply": True,
        "vpc_cni": {},
        "vpc.cidr_quota": 10,
    }  # fmt: skip
    return a_network_file(changes)


@given(
    st.tuples(st.integers(2, 4), st.integers(1, 4)),
    st.tuples(st.integers(0, 2), st.integers(0, 3)),
    st.sampled_from(["nat_gateways", "new", "regional", "transit", "made"]),
)
@settings(max_examples=60, deadline=None)
def test_appending_zones_and_blocks_only_adds_and_updates(
    start: tuple[int, int], more: tuple[int, int], way: str
) -> None:
    zones, blocks = start
    after = min(zones + more[0], 4), min(blocks + more[1], 4)
    changes = compare(grown(zones, blocks, way), grown(*after, way))
    assert {change.effect for change in changes} <= {"added", "updated"}
    assert not any(change.loses for change in changes)
    assert bool(changes) == (after != start)
