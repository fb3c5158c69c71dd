"""What a config change does to the deployed network."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podspace.diff.change import EFFECTS, Change
from podspace.diff.comparison import compare, removed_network
from podspace.diff.former_flow_log import FORMER_FLOW_LOG
from podspace.planning import Plan
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, AN_IPV6_CLUSTER, ZONES, Changes, a_plan

BLOCKS = [f"100.{64 + n}.0.0/16" for n in range(4)]
THREE: Changes = {
    "pods.zones": ZONES[:3],
    "vpc.node_subnets": {zone: [f"subnet-0000000{n}"] for n, zone in enumerate(ZONES)},
    "egress": [{"to": "internet", "nat_gateways": "nat-00000001"}],
}
MAP: Changes = {
    **THREE,
    "pods": {
        "cidrs": BLOCKS[:1],
        "subnets": {zone: [f"100.64.{64 * n}.0/18"] for n, zone in enumerate(ZONES[:3])},
        "security_group": {"ingress": []},
    },
}
NAT_GATEWAYS: Changes = {
    **THREE,
    "egress": [
        {"to": "internet", "new_nat_gateways": {zone: f"subnet-0000001{n}" for n, zone in enumerate(ZONES[:3])}}
    ],
}
A_CLUSTER: Changes = {**A_NEW_VPC, **A_NEW_CLUSTER}


def changed(base: Changes, edit: Changes) -> tuple[Change, ...]:
    return compare(a_plan(base), a_plan({**base, **edit}))


def titles(changes: tuple[Change, ...], *effects: str) -> set[str]:
    return {change.title for change in changes if change.effect in effects}


def lost(changes: tuple[Change, ...]) -> set[str]:
    return {cidr for change in changes for cidr in change.subnets}


def cidrs(plan: Plan) -> set[str]:
    created = {str(subnet.cidr) for subnet in (plan.vpc.new.subnets if plan.vpc.new else ())}
    return created | {str(subnet.cidr) for subnet in plan.pods.subnets}


def test_a_changed_policy_of_an_endpoint_is_shown_as_an_update() -> None:
    endpoints = {"gateways": ["s3"], "policies": {"s3": ["account", "eks"]}}
    base: Changes = {"endpoints": endpoints}
    for edit in ({"endpoints.policies": None}, {"endpoints.policies.s3": [{"organization": "o-abc1234567"}, "eks"]}):
        (change,) = changed(base, edit)
        assert (change.kind, change.effect, change.loses) == ("gateway endpoint", "updated", False)
        assert "PolicyDocument" in change.text
        assert "aws:PrincipalAccount" in change.text
    assert changed(base, {"endpoints.policies.s3": ["eks", "account"]}) == ()


def test_quotas_and_peers_change_nothing() -> None:
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
def test_every_deployed_subnet_that_is_lost_is_reported(base: Changes, edit: Changes, gone: set[str]) -> None:
    changes = changed(base, edit)
    assert lost(changes) == gone
    assert any(change.loses for change in changes) == bool(gone)


def test_a_subnet_is_replaced_if_a_new_one_takes_its_addresses_else_removed() -> None:
    changes = changed(THREE, {"pods.subnet_prefix": 19})
    assert titles(changes, "replaced") == {"pod subnet 100.64.0.0/18", "pod subnet 100.64.64.0/18"}
    assert titles(changes, "removed") == {"pod subnet 100.64.128.0/18"}
    (first,) = (change for change in changes if change.name == "100.64.0.0/18")
    assert first.text == "in eu-west-1a, by 100.64.0.0/19 in eu-west-1a and 100.64.32.0/19 in eu-west-1b"


def test_a_subnet_of_another_zone_is_replaced() -> None:
    changes = changed(THREE, {"pods.zones": [ZONES[1], ZONES[0], ZONES[2]]})
    assert {change.text for change in changes if change.kind == "pod subnet"} == {
        "AvailabilityZone eu-west-1a to eu-west-1b",
        "AvailabilityZone eu-west-1b to eu-west-1a",
    }


@pytest.mark.parametrize("block", ["100.64.0.0/17", "100.64.0.0/18"])
def test_a_block_of_another_size_takes_its_subnets_with_it(block: str) -> None:
    base: Changes = {**THREE, "pods.zones": ZONES[:1]}
    changes = changed(base, {"pods.cidrs": [block]})
    assert titles(changes, "replaced") == {"CIDR block 100.64.0.0/16"}
    assert lost(changes) == {"100.64.0.0/18"}


def test_removing_a_zone_removes_its_resources() -> None:
    two: Changes = {
        "egress": [{"to": "internet", "new_nat_gateways": {z: f"subnet-0000001{n}" for n, z in enumerate(ZONES[:2])}}]
    }
    changes = changed(NAT_GATEWAYS, {"pods.zones": ZONES[:2], **two})
    assert titles(changes, "removed") == {
        "pod subnet 100.64.128.0/18",
        "route table eu-west-1c",
        "route 0.0.0.0/0 of eu-west-1c",
        "NAT gateway eu-west-1c",
        "Elastic IP address eu-west-1c",
    }


@pytest.mark.parametrize(
    ("kind", "edit"),
    [
        ("stack", {"name": "other"}),
        ("stack", {"cluster.name": "other"}),
        ("stack", {"stack.name": "other"}),
        ("VPC", {"vpc.id": "vpc-00000001"}),
    ],
)
def test_another_stack_or_vpc_is_one_change_that_loses_every_subnet(kind: str, edit: Changes) -> None:
    (change,) = changed(THREE, edit)
    assert (change.kind, change.effect, change.loses) == (kind, "replaced", True)
    assert set(change.subnets) == cidrs(a_plan(THREE))


def test_another_account_or_region_is_another_stack() -> None:
    here = a_plan({**A_CLUSTER, "environment.account": "111122223333"})
    there = a_plan({**A_CLUSTER, "environment.account": "444455556666"})
    (change,) = compare(here, there)
    assert change.text == "by podspace-cluster-net in eu-west-1 of account 444455556666"
    zones = [zone.replace("west", "north") for zone in ZONES[:2]]
    (change,) = compare(here, a_plan({**A_CLUSTER, "environment.region": "eu-north-1", "pods.zones": zones}))
    assert change.text == "by podspace-cluster-net in eu-north-1"
    assert set(change.subnets) == cidrs(here)


def test_adding_the_account_changes_nothing() -> None:
    assert changed(THREE, {"environment.account": "111122223333"}) == ()


def test_a_new_vpc_with_another_cidr_block_is_another_vpc() -> None:
    (change,) = changed(A_CLUSTER, {"vpc.cidrs": ["10.0.0.0/19"]})
    assert (change.kind, change.text) == ("VPC", "by new VPC with 10.0.0.0/19")


def test_another_name_in_the_same_stack_changes_the_selector_tag() -> None:
    changes = changed({**THREE, "stack.name": "stack"}, {"name": "other"})
    assert "selector tag podspace/cluster/net" in titles(changes, "replaced")
    assert "node role" in titles(changes, "replaced")
    assert "pod subnet 100.64.0.0/18" in titles(changes, "updated")
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
def test_a_property_that_a_new_cluster_cannot_change_is_refused_or_replaces_it(edit: Changes, effect: str) -> None:
    base: Changes = {**A_CLUSTER, "pods.zones": ZONES[:3]}
    assert "cluster" in titles(changed(base, edit), effect)
    assert any(change.loses for change in changed(base, edit)) == (effect != "updated")


def test_a_cluster_without_cluster_create_is_removed() -> None:
    changes = changed({**THREE, **A_NEW_CLUSTER}, {"cluster.create": None, "cluster.security_group_id": "sg-00000001"})
    assert "cluster" in titles(changes, "removed")
    assert any(change.loses for change in changes)


def test_another_order_of_the_control_plane_zones_is_not_refused() -> None:
    base: Changes = {**A_CLUSTER, "cluster.create.zones": ZONES[:2]}
    (change,) = (each for each in changed(base, {"cluster.create.zones": ZONES[1::-1]}) if each.kind == "cluster")
    assert (change.effect, change.text) == ("updated", "ResourcesVpcConfig.SubnetIds in another order")


def test_another_ipv6_cidr_of_a_deployed_subnet_is_refused() -> None:
    (change,) = changed(AN_IPV6_CLUSTER, {"pods": {**AN_IPV6_CLUSTER["pods"], "ipv6_subnets": {ZONES[0]: ["2001:db8:1:10::/64"], ZONES[1]: ["2001:db8:1:12::/64"]}}})  # fmt: skip
    assert (change.name, change.effect) == ("10.0.8.64/26", "refused")
    assert change.loses


@pytest.mark.parametrize(
    ("egress", "replaced", "removed"),
    [
        ({"addresses": 2}, set(), set()),
        ({"name": "out"}, set(), {"NAT gateway eu-west-1a", "Elastic IP address eu-west-1a"}),
        ({"allocation_ids": {z: [f"eipalloc-0000001{n}"] for n, z in enumerate(ZONES[:3])}}, {"NAT gateway eu-west-1a"}, {"Elastic IP address eu-west-1a"}),
        ({"new_nat_gateways": {z: f"subnet-0000002{n}" for n, z in enumerate(ZONES[:3])}, "name": "out"}, set(), {"NAT gateway eu-west-1a", "Elastic IP address eu-west-1a"}),
    ],
)  # fmt: skip
def test_gateways_that_no_pod_uses_can_get_other_addresses(
    egress: dict[str, Any], replaced: set[str], removed: set[str]
) -> None:
    changes = changed(NAT_GATEWAYS, {"egress": [{**NAT_GATEWAYS["egress"][0], **egress}]})
    assert replaced <= titles(changes, "replaced")
    assert removed <= titles(changes, "removed")
    assert not any(change.loses for change in changes)


def gateways(subnets: str = "1", **entry: Any) -> Changes:
    by_zone = {zone: f"subnet-000000{subnets}{n}" for n, zone in enumerate(ZONES[:3])}
    return {**THREE, "egress": [{"to": "internet", "new_nat_gateways": by_zone, **entry}]}


def given_addresses(*digits: str) -> dict[str, Any]:
    return {
        "allocation_ids": {zone: [f"eipalloc-000000{digit}{n}" for digit in digits] for n, zone in enumerate(ZONES[:3])}
    }


SWAPPED = dict(zip(ZONES[:3], [["eipalloc-00000011"], ["eipalloc-00000010"], ["eipalloc-00000012"]], strict=True))
THE_THREE = {f"NAT gateway {zone}" for zone in ZONES[:3]}


@pytest.mark.parametrize(
    ("old", "new", "refused"),
    [
        (gateways(), gateways("2"), THE_THREE),
        (gateways(addresses=2), gateways("2"), THE_THREE),
        (gateways(**given_addresses("1")), gateways("2", **given_addresses("1")), THE_THREE),
        (gateways(**given_addresses("1")), gateways("2", **given_addresses("2", "1")), THE_THREE),
        (gateways(**given_addresses("1")), gateways(**given_addresses("1"), name="out"), {f"NAT gateway out-{zone}" for zone in ZONES[:3]}),
        (gateways(**given_addresses("1")), gateways(allocation_ids=SWAPPED), {"NAT gateway eu-west-1a", "NAT gateway eu-west-1b"}),
        (gateways(**given_addresses("1", "2")), gateways(allocation_ids={**given_addresses("1")["allocation_ids"], ZONES[2]: ["eipalloc-00000012", "eipalloc-00000021"]}), {"NAT gateway eu-west-1c"}),
        (gateways(**given_addresses("1")), {**THREE, "egress": [{"to": "internet", "regional_nat_gateway": given_addresses("1")["allocation_ids"]}]}, {"NAT gateway regional"}),
        (gateways(), gateways("2", name="out"), set()),
        (gateways(**given_addresses("1")), gateways("2", **given_addresses("2")), set()),
        (gateways(**given_addresses("1")), gateways(**given_addresses("1", "2")), set()),
        (gateways(), gateways("2", **given_addresses("1")), set()),
        (gateways("2", **given_addresses("2")), gateways("2", **given_addresses("1")), set()),
    ],
)  # fmt: skip
def test_a_nat_gateway_whose_address_a_deployed_one_still_has_is_refused(
    old: Changes, new: Changes, refused: set[str]
) -> None:
    changes = compare(a_plan(old), a_plan(new))
    assert titles(changes, "refused") == refused
    for change in changes:
        if change.effect == "refused":
            assert change.loses
            assert "associated with NAT gateway" in change.text
            assert change.advice.steps
    assert not refused & titles(changes, "added", "updated", "replaced")


def test_private_nat_gateways_have_no_address_that_another_one_could_have() -> None:
    def private(digit: str) -> Changes:
        subnets = {zone: f"subnet-000000{digit}{n}" for n, zone in enumerate(ZONES[:3])}
        return {**THREE, "egress": [{"to": "10.64.0.0/16", "private_nat_gateways": subnets}]}

    changes = compare(a_plan(private("1")), a_plan(private("2")))
    assert not titles(changes, "refused")
    assert any(change.kind == "NAT gateway" and change.effect == "replaced" for change in changes)


def test_another_security_group_of_the_pods_replaces_nodes() -> None:
    changes = changed(THREE, {"pods.security_group": "cluster"})
    assert titles(changes, "replaces-nodes") == {"NodeClass class"}
    assert "pod security group" in titles(changes, "removed")


def test_apply_false_deletes_the_applied_manifests_and_their_nodes() -> None:
    changes = changed({**THREE, "apply": True}, {"apply": False})
    (change,) = (change for change in changes if change.loses)
    assert change.effect == "removed"
    assert "their nodes with them" in change.advice.cause


def test_tags_of_the_stack_are_one_change() -> None:
    (change,) = changed(THREE, {"stack.tags": {"team": "a"}})
    assert (change.kind, change.effect, change.text) == ("stack", "updated", "Tags gains team=a")


PROPAGATING: Changes = {
    **THREE,
    "pods.cidrs": [{"cidr": BLOCKS[0], "unique": True}],
    "egress": [{"virtual_private_gateway": "vgw-00000001", "propagate_routes": True}],
    "node_classes.0.snat_policy": "Disabled",
}


@pytest.mark.parametrize(
    ("edit", "effect", "loses"),
    [
        ({"egress": []}, "removed", True),
        ({"egress": [{"virtual_private_gateway": "vgw-00000002", "propagate_routes": True}]}, "updated", True),
        ({"pods.zones": ZONES[:4]}, "updated", False),
    ],
)
def test_pods_lose_propagated_routes_without_the_propagation_or_with_another_gateway(
    edit: Changes, effect: str, loses: bool
) -> None:
    (change,) = (each for each in changed(PROPAGATING, edit) if each.kind == "route propagation")
    assert (change.effect, change.loses) == (effect, loses)
    assert bool(change.advice.steps) == loses


def test_a_network_without_a_file_loses_its_subnets() -> None:
    plan = a_plan(THREE)
    change = removed_network(plan)
    assert (change.effect, set(change.subnets), change.loses) == ("removed", cidrs(plan), True)


def test_the_worst_changes_come_last() -> None:
    changes = changed(THREE, {"pods.subnet_prefix": 19, "pods.security_group": "cluster", "pods.cidrs": BLOCKS[:2]})
    effects = [EFFECTS.index(change.effect) for change in changes]
    assert effects == sorted(effects)


@pytest.mark.parametrize(("base", "edit"), [(THREE, MAP), (MAP, THREE)])
def test_a_list_and_the_equivalent_map_do_not_differ(base: Changes, edit: Changes) -> None:
    assert compare(a_plan(base), a_plan(edit)) == ()


def grown(zones: int, blocks: int, way: str) -> Plan:
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
    return a_plan(changes)


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
    found = compare(grown(zones, blocks, way), grown(*after, way))
    changes = [change for change in found if change.kind != FORMER_FLOW_LOG]  # not by this change of the config
    assert {change.effect for change in changes} <= {"added", "updated"}
    assert not any(change.loses for change in changes)
    assert bool(changes) == (after != start)
