"""Pod networks that are fine alone and clash together."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.planning.files.collision import Member, collisions
from podspace.planning.planner import plan_network
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, AN_IPV6_CLUSTER, Changes, a_config


def member(path: str, changes: Changes) -> Member:
    config = a_config(changes)
    return path, config, plan_network(config)


def found(first: Changes, second: Changes) -> list[str]:
    clashes = collisions([member("a", first), member("b", second)])
    return [f"{path}: {problem.location.path}: {problem.subject}: {problem.message}" for path, problem in clashes]


APART: dict[str, Any] = {
    "name": "other",
    "vpc.id": "vpc-0000000b",
    "cluster.name": "other",
}
SAME_CLUSTER = {
    **APART,
    "vpc.id": "vpc-0123456789abcdef0",
    "pods.cidrs": ["100.70.0.0/16"],
    "cluster.name": "cluster",
    "node_classes.0.name": "other",
    "node_pools.0.name": "other",
}
SAME_VPC = {**APART, "vpc.id": "vpc-0123456789abcdef0", "pods.cidrs": ["100.70.0.0/16"]}
NAMED = {"cluster.node_role": {"name": "nodes", "access_entry": True}}
ASSOCIATED = {
    "pods.zones": None,
    "pods.subnet_prefix": None,
    "pods.cidrs": [{"cidr": "100.64.0.0/16", "associated": True}],
}


def mapped(*cidrs: str) -> Changes:
    return {**ASSOCIATED, "pods.subnets": {z: [c] for z, c in zip(("eu-west-1a", "eu-west-1b"), cidrs, strict=True)}}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, APART),
        ({}, SAME_CLUSTER),
        ({}, SAME_VPC),
        ({}, {**SAME_VPC, "vpc.cidrs": ["10.0.0.0/20", "100.64.0.0/16"]}),
        ({"pods.subnet_prefix": 19}, {**SAME_VPC, **mapped("100.64.128.0/18", "100.64.192.0/18")}),
        ({**SAME_VPC, **mapped("100.64.128.0/18", "100.64.192.0/18")}, {"pods.subnet_prefix": 19}),
        ({"stack.name": "s", "environment.account": "111122223333"}, {**APART, "stack.name": "s", "environment.account": "444455556666"}),
        (mapped("100.64.0.0/18", "100.64.64.0/18"), {**SAME_VPC, **mapped("100.64.128.0/18", "100.64.192.0/18")}),
        (NAMED, {**SAME_CLUSTER, "cluster.node_role": {"name": "nodes", "access_entry": False}}),
        ({"vpc_cni": {}}, SAME_CLUSTER),
        ({}, {**APART, "cluster.name": "cluster", "environment.region": "eu-west-2", "pods.zones": ["eu-west-2a"], "vpc.node_subnets": {"eu-west-2a": ["subnet-0000000a"]}, "egress": []}),
        ({"environment.account": "111122223333"}, {**APART, "cluster.name": "cluster", "environment.account": "444455556666"}),
    ],
)  # fmt: skip
def test_networks_that_share_nothing_they_must_not_are_fine(first: Changes, second: Changes) -> None:
    assert not found(first, second)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ({}, {**APART, "name": "net"}, "b: name: net: must not be the same as in a: stacks, folders"),
        ({"stack.name": "s"}, {**APART, "stack.name": "s"}, "b: stack.name: s: must not be the same as in a"),
        ({"vpc_cni": {}}, {**SAME_CLUSTER, "vpc_cni": {}}, "b: vpc_cni: cluster: must not be the same as in a: the VPC CNI of a cluster has one"),
        ({}, {**SAME_CLUSTER, "node_classes.0.name": "class"}, "b: node_classes[0].name: class: must not be the same as in a: NodeClass objects have no namespace, and both are for cluster cluster"),
        ({}, {**SAME_CLUSTER, "node_pools.0.name": "pool"}, "b: node_pools[0].name: pool: must not be the same as in a"),
        (NAMED, {**SAME_CLUSTER, **NAMED}, "b: cluster.node_role.access_entry: nodes: must not be the same as in a: cluster cluster has one"),
        ({"cluster.name": "a-b", "name": "c"}, {**APART, "cluster.name": "a", "name": "b-c"}, "b: cluster.node_role: a-b-c-nodes-eu-west-1: must not be the same"),
        ({}, {**SAME_VPC, "pods.cidrs": ["100.64.0.0/16"]}, "b: pods.cidrs[0]: 100.64.0.0/16: must not overlap 100.64.0.0/16 of a"),
        ({"environment.account": "111122223333"}, {**SAME_CLUSTER, "node_classes.0.name": "class"}, "must not be the same as in a: NodeClass"),
        ({"stack.name": "s", "environment.account": "111122223333"}, {**APART, "stack.name": "s"}, "stack.name: s: must not be the same"),
        (
            {"pods.security_group": {"id": "sg-0000000e", "add_rules": True}},
            {**SAME_CLUSTER, "pods.security_group": {"id": "sg-0000000e", "add_rules": True}},
            "b: pods.security_group.add_rules: sg-0000000e: must not be the same as in a: EC2 refuses",
        ),
        ({**SAME_VPC, "pods.cidrs": ["100.64.0.0/16"]}, {"vpc.cidrs": ["10.0.0.0/20", "100.64.128.0/17"], "pods.cidrs": ["100.90.0.0/16"]}, "b: vpc.cidrs[1]: 100.64.128.0/17: must not overlap 100.64.0.0/16 of a"),
        ({}, {**SAME_VPC, "vpc.cidrs": ["10.0.16.0/20"]}, "b: vpc.cidrs[0]: 10.0.16.0/20: must begin with the primary block of the VPC, which a says is 10.0.0.0/20"),
        ({}, {**APART, "vpc.id": "vpc-0123456789abcdef0", "vpc.node_subnets": {"eu-west-1a": ["subnet-0000001a"]}, "pods": {"subnet_ids": {"eu-west-1a": ["subnet-0000000a"]}}, "egress": []}, "b: pods.subnet_ids: subnet-0000000a: must be for pods alone"),
        ({}, {**SAME_VPC, "pods.cidrs": ["100.64.0.0/17"]}, "must not overlap 100.64.0.0/16 of a"),
        (
            mapped("100.64.0.0/18", "100.64.64.0/18"),
            {**SAME_VPC, **mapped("100.64.128.0/18", "100.64.64.0/19")},
            "b: pods.subnets.eu-west-1b: 100.64.64.0/19: must not overlap 100.64.64.0/18 of a",
        ),
        (
            {"pods.cidrs": [f"100.{n}.0.0/16" for n in range(64, 67)]},
            {**SAME_VPC, "pods.cidrs": [f"100.{n}.0.0/16" for n in range(70, 72)]},
            "6 IPv4 blocks in vpc-0123456789abcdef0, over 2 files: must be at most 5",
        ),
        (
            {"vpc.cidrs": ["198.19.0.0/20"]},
            {**SAME_VPC, "vpc.cidrs": ["198.19.0.0/20"], "pods.cidrs": ["198.19.128.0/18"], "pods.subnet_prefix": 19},
            "b: pods.cidrs[0]: 198.19.128.0/18: must not be associated with a VPC that has 100.64.0.0/16",
        ),
    ],
)  # fmt: skip
def test_what_two_networks_may_not_share_is_named(first: Changes, second: Changes, said: str) -> None:
    problems = found(first, second)
    assert any(said in problem for problem in problems), problems


def test_the_quota_of_a_vpc_is_the_lowest_that_its_files_name() -> None:
    first = {"pods.cidrs": [f"100.{n}.0.0/16" for n in range(64, 67)], "vpc.cidr_quota": 9}
    fits = {**SAME_VPC, "pods.cidrs": ["100.70.0.0/16"], "vpc.cidr_quota": 5}
    assert not found(first, fits)
    assert found(first, {**fits, "pods.cidrs": ["100.70.0.0/16", "100.71.0.0/16"]})


def test_a_block_that_is_there_already_is_not_held_against_the_table() -> None:
    old = {"vpc.cidrs": ["198.19.0.0/20"]}
    adopted = {
        **SAME_VPC,
        **old,
        **mapped("198.19.128.0/20", "198.19.144.0/20"),
        "pods.cidrs": [{"cidr": "198.19.128.0/18", "associated": True}],
    }
    assert not found(old, adopted)


TRANSIT = {"to": "10.128.0.0/9", "transit_gateway": "tgw-0000000a"}
UNIQUE = [{"cidr": "100.70.0.0/16", "unique": True}]
SUBNETS = {"eu-west-1a": "subnet-0000001a", "eu-west-1b": "subnet-0000001b"}
ATTACHED = {
    "egress": [{**TRANSIT, "attachment_subnets": SUBNETS}],
    "pods.cidrs": [{"cidr": "100.64.0.0/16", "unique": True}],
}
ROUTED = {"egress": [{**TRANSIT, "route_tables": ["rtb-0000000a"]}], "pods.cidrs": ATTACHED["pods.cidrs"]}
ADDRESSES = {
    "egress": [
        {"to": "internet", "new_nat_gateways": "subnet-0000001a", "allocation_ids": {"shared": ["eipalloc-0000000a"]}}
    ]
}
REGIONAL = {
    "egress": [
        {
            "to": "internet",
            "regional_nat_gateway": {"eu-west-1a": ["eipalloc-0000000a"], "eu-west-1b": ["eipalloc-0000000b"]},
        }
    ]
}
IPV6: dict[str, Any] = {**AN_IPV6_CLUSTER}
OTHER_IPV6: Changes = {
    **{key: SAME_VPC[key] for key in ("name", "cluster.name")},
    "pods": {**IPV6["pods"], "subnets": {"eu-west-1a": ["10.0.9.0/26"], "eu-west-1b": ["10.0.9.64/26"]}},
    "pods.ipv6_subnets": {"eu-west-1a": ["2001:db8:1:20::/64"], "eu-west-1b": ["2001:db8:1:21::/64"]},
}
NEW_WAY: Changes = {"egress": [{"to": "internet", "egress_only_gateway": "new"}]}
IN_BUCKET: Changes = {"flow_logs": {"of": "vpc", "to": "arn:aws:s3:::logs"}}
ELSEWHERE: Changes = {
    "environment.region": "eu-west-2",
    "pods.zones": ["eu-west-2a"],
    "vpc.node_subnets": {"eu-west-2a": ["subnet-0000000a"], "eu-west-2b": ["subnet-0000000b"]},
    "egress": [],
}
INTERFACES = {"endpoints": {"interfaces": {"services": ["sts"]}}}
LET_IN = {
    "endpoints": {"interfaces": {"existing": True, "security_group_ids": ["sg-0000000c"]}},
    "pods.security_group": "cluster",
}


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (ATTACHED, {**SAME_VPC, **ATTACHED, "pods.cidrs": UNIQUE}, "b: egress[0].attachment_subnets: tgw-0000000a: must not be the same as in a: a VPC is attached to a transit gateway once"),
        (ROUTED, {**SAME_VPC, **ROUTED, "pods.cidrs": UNIQUE}, "b: egress[0].route_tables: 10.128.0.0/9 on rtb-0000000a: must not be the same as in a"),
        (ADDRESSES, {**APART, **REGIONAL}, "b: egress[0]: eipalloc-0000000a: must not be the same as in a: an Elastic IP address is of one NAT gateway"),
        (INTERFACES, {**SAME_VPC, **INTERFACES}, "b: endpoints.interfaces.services: com.amazonaws.eu-west-1.sts: must not be the same as in a"),
        (LET_IN, {**SAME_CLUSTER, **LET_IN}, "b: endpoints.interfaces.security_group_ids: sg-0000000c: must not be the same as in a"),
        (IPV6, {**IPV6, **OTHER_IPV6, "pods.ipv6_subnets": IPV6["pods"]["ipv6_subnets"]}, "b: pods.ipv6_subnets.eu-west-1a: 2001:db8:1:10::/64: must not overlap 2001:db8:1:10::/64 of a"),
        ({**IPV6, **NEW_WAY}, {**IPV6, **OTHER_IPV6, **NEW_WAY}, "b: egress[0].egress_only_gateway: new: must not be the same as in a: a VPC has one egress-only gateway"),
        ({"egress": [{"to": "100.70.0.0/16", "nat_gateways": "nat-0000000a"}]}, SAME_VPC, "b: pods.cidrs[0]: 100.70.0.0/16: must not be the same as or larger than the route destination 100.70.0.0/16, which a names"),
        ({"vpc.peers": ["100.70.0.0/20"]}, SAME_VPC, "b: pods.cidrs[0]: 100.70.0.0/16: must not overlap 100.70.0.0/20, which a names"),
        (SAME_VPC, {"vpc.routes": ["100.70.0.0/16"], "pods.cidrs": ["100.64.0.0/16"]}, "a: pods.cidrs[0]: 100.70.0.0/16: must not be the same as or larger than"),
        ({**A_NEW_CLUSTER, "cluster.create.built_in_node_pools": ["system"]}, {**SAME_CLUSTER, "cluster.node_role": {"name": "cluster-net-nodes-eu-west-1", "access_entry": True}}, "b: cluster.node_role.access_entry: cluster-net-nodes-eu-west-1: must not be the same as in a"),
        ({"pods.security_group": {"id": "sg-0000000e", "add_rules": True}}, {**SAME_CLUSTER, "pods.security_group": "sg-0000000e", "endpoints": {"interfaces": {"existing": True, "security_group_ids": ["sg-0123456789abcdef0"]}}}, "b: endpoints.interfaces.security_group_ids: sg-0123456789abcdef0: must not be the same as in a: EC2 refuses a rule"),
        (IN_BUCKET, {**SAME_VPC, **IN_BUCKET}, "b: flow_logs.to: arn:aws:s3:::logs: must not be the same as in a: a VPC has one flow log to a bucket"),
        ({"vpc.subnet_quota": 5}, SAME_VPC, "b: pods: 4 pod subnets over 2 files beside 2 others: must be at most 5"),
        ({}, {**SAME_CLUSTER, "cluster.security_group_id": "sg-00000001"}, "b: cluster.security_group_id: sg-00000001: must be the same as in a"),
        ({**A_NEW_VPC, **A_NEW_CLUSTER}, {**A_NEW_VPC, **A_NEW_CLUSTER, "name": "other"}, "b: cluster.create: cluster: must not be the same as in a: a cluster's name is unique"),
    ],
)  # fmt: skip
def test_networks_that_would_make_the_same_thing_are_refused(first: Changes, second: Changes, said: str) -> None:
    assert any(said in clash for clash in found(first, second)), found(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (ATTACHED, {**APART, **ATTACHED, "pods.cidrs": UNIQUE}),
        (IPV6, {**IPV6, **OTHER_IPV6}),
        (
            {**SAME_CLUSTER, "environment.account": "111122223333"},
            {"name": "third", "environment.account": "444455556666", "node_classes.0.name": "other", "node_pools.0.name": "other", "cluster.security_group_id": "sg-00000001"},
        ),
        ({"stack.name": "s"}, {**APART, "stack.name": "s", **ELSEWHERE}),
        ({**A_NEW_CLUSTER}, {**A_NEW_CLUSTER, **APART, **ELSEWHERE, "cluster.name": "cluster", "pods.zones": ["eu-west-2a", "eu-west-2b"]}),
        (NAMED, {**APART, **NAMED, "cluster.name": "cluster"}),
        ({"pods.security_group": "sg-0000000e"}, {**SAME_CLUSTER, "pods.security_group": "sg-0000000e"}),
        ({"endpoints": LET_IN["endpoints"]}, {**SAME_CLUSTER, "endpoints": LET_IN["endpoints"]}),
        (LET_IN, {**SAME_VPC, **LET_IN, "cluster.security_group_id": "sg-00000001"}),
        (IN_BUCKET, {**SAME_VPC, "flow_logs": {"of": "vpc", "to": "arn:aws:s3:::others"}}),
        (INTERFACES, {**APART, **INTERFACES}),
        (A_NEW_VPC, {**A_NEW_VPC, **INTERFACES, "name": "other", "cluster.name": "other"}),
        ({**A_NEW_VPC, **INTERFACES}, {**A_NEW_VPC, **INTERFACES, "name": "other", "cluster.name": "other"}),
        (
            {"vpc.shared_with": ["444455556666"], "node_classes": [], "node_pools": [], "cluster.security_group_id": None, "vpc.node_subnets": None},
            {**SAME_VPC, "cluster.name": "cluster", "vpc.owner": "111122223333", "vpc.cidrs": ["10.0.0.0/20", "100.64.0.0/16"], "pods": {"subnet_ids": {"eu-west-1a": ["subnet-00000001"]}}, "pods.cidrs": [], "egress": []},
        ),
    ],
)  # fmt: skip
def test_networks_that_make_different_things_are_fine(first: Changes, second: Changes) -> None:
    assert not found(first, second)
