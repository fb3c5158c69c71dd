"""Pod networks that are valid alone and cannot be deployed together."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.planning.files.collision import Member, collisions
from podspace.planning.names import shortened
from podspace.planning.network import Network
from podspace.planning.planner import plan_of
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, AN_IPV6_CLUSTER, Changes, a_config
from tests.planning_errors import identified


def member(file: str, changes: Changes) -> Member:
    network = Network(a_config(changes))
    return Member(file=file, network=network, plan=plan_of(network))


Collision = tuple[str, str, str, str]
"""The file, the id, the path and the subject of an error."""


def found(first: Changes, second: Changes) -> list[Collision]:
    """Every error of two files together, in the order in which they are reported."""
    clashes = list(collisions([member("a", first), member("b", second)]))
    errors = identified(problem for _, problem in clashes)
    return [(file, *error) for (file, _), error in zip(clashes, errors, strict=True)]


APART: dict[str, Any] = {
    "name": "other",
    "vpc.id": "vpc-0000000b",
    "cluster.name": "other",
}
LONG = "b" * 38
"""A name so long that the node role's is cut off, and ends in a hash."""
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
        ({"cluster.name": f"a{LONG}", "name": "b"}, {**APART, "cluster.name": f"a{LONG}", "name": "c"}),
        ({"cluster.name": "a-b", "name": "c", "environment.account": "111122223333"}, {**APART, "cluster.name": "a", "name": "b-c", "environment.account": "444455556666"}),
        ({"cluster.name": "a-b", "name": "c"}, {**APART, "cluster.name": "a", "name": "b-c", "stack.name": "s", "cluster.node_role": {"name": "nodes", "access_entry": True}}),
        ({}, {**APART, "cluster.name": "cluster", "environment.region": "eu-west-2", "pods.zones": ["eu-west-2a"], "vpc.node_subnets": {"eu-west-2a": ["subnet-0000000a"]}, "egress": []}),
        ({"environment.account": "111122223333"}, {**APART, "cluster.name": "cluster", "environment.account": "444455556666"}),
    ],
)  # fmt: skip
def test_networks_that_share_nothing_they_must_not_are_fine(first: Changes, second: Changes) -> None:
    assert not found(first, second)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({}, {**APART, "name": "net"}, [("b", "claimed-twice", "name", "net")]),
        ({"stack.name": "s"}, {**APART, "stack.name": "s"}, [("b", "claimed-twice", "stack.name", "s")]),
        ({"vpc_cni": {}}, {**SAME_CLUSTER, "vpc_cni": {}}, [("b", "claimed-twice", "vpc_cni", "cluster")]),
        ({}, {**SAME_CLUSTER, "node_classes.0.name": "class"}, [("b", "claimed-twice", "node_classes[0].name", "class")]),
        ({}, {**SAME_CLUSTER, "node_pools.0.name": "pool"}, [("b", "claimed-twice", "node_pools[0].name", "pool")]),
        (NAMED, {**SAME_CLUSTER, **NAMED}, [("b", "claimed-twice", "cluster.node_role.access_entry", "nodes")]),
        ({"cluster.name": "a-b", "name": "c"}, {**APART, "cluster.name": "a", "name": "b-c"}, [("b", "claimed-twice", "stack.name", "podspace-a-b-c"), ("b", "claimed-twice", "cluster.node_role", "a-b-c-nodes-eu-west-1")]),
        ({"cluster.name": "a_b", "name": "c"}, {**APART, "cluster.name": "a", "name": "b-c"}, [("b", "claimed-twice", "stack.name", "podspace-a-b-c")]),
        ({"cluster.name": "A-b", "name": "c"}, {**APART, "cluster.name": "a", "name": "b-c"}, [("b", "claimed-twice", "cluster.node_role", "a-b-c-nodes-eu-west-1")]),
        ({"cluster.name": f"a-{LONG}", "name": "c"}, {**APART, "cluster.name": "a", "name": f"{LONG}-c"}, [("b", "claimed-twice", "stack.name", f"podspace-a-{LONG}-c"), ("b", "claimed-twice", "cluster.node_role", shortened(f"a-{LONG}-c-nodes-eu-west-1", most=64))]),
        ({}, {**SAME_VPC, "pods.cidrs": ["100.64.0.0/16"]}, [("b", "cidr-overlap", "pods.cidrs[0]", "100.64.0.0/16")]),
        ({"environment.account": "111122223333"}, {**SAME_CLUSTER, "node_classes.0.name": "class"}, [("b", "claimed-twice", "node_classes[0].name", "class")]),
        ({"stack.name": "s", "environment.account": "111122223333"}, {**APART, "stack.name": "s"}, [("b", "claimed-twice", "stack.name", "s")]),
        (
            {"pods.security_group": {"id": "sg-0000000e", "add_rules": True}},
            {**SAME_CLUSTER, "pods.security_group": {"id": "sg-0000000e", "add_rules": True}},
            [("b", "claimed-twice", "pods.security_group.add_rules", "sg-0000000e")],
        ),
        ({**SAME_VPC, "pods.cidrs": ["100.64.0.0/16"]}, {"vpc.cidrs": ["10.0.0.0/20", "100.64.128.0/17"], "pods.cidrs": ["100.90.0.0/16"]}, [("b", "cidr-overlap", "vpc.cidrs[1]", "100.64.128.0/17")]),
        ({}, {**SAME_VPC, "vpc.cidrs": ["10.0.16.0/20"]}, [("b", "primary-block-differs", "vpc.cidrs[0]", "10.0.16.0/20")]),
        ({}, {**APART, "vpc.id": "vpc-0123456789abcdef0", "vpc.node_subnets": {"eu-west-1a": ["subnet-0000001a"]}, "pods": {"subnet_ids": {"eu-west-1a": ["subnet-0000000a"]}}, "egress": []}, [("b", "subnet-for-pods-and-nodes", "pods.subnet_ids", "subnet-0000000a")]),
        ({}, {**SAME_VPC, "pods.cidrs": ["100.64.0.0/17"]}, [("b", "cidr-overlap", "pods.cidrs[0]", "100.64.0.0/17")]),
        (
            mapped("100.64.0.0/18", "100.64.64.0/18"),
            {**SAME_VPC, **mapped("100.64.128.0/18", "100.64.64.0/19")},
            [("b", "cidr-overlap", "pods.subnets.eu-west-1b[0]", "100.64.64.0/19")],
        ),
        (
            {"pods.cidrs": [f"100.{n}.0.0/16" for n in range(64, 67)]},
            {**SAME_VPC, "pods.cidrs": [f"100.{n}.0.0/16" for n in range(70, 72)]},
            [("b", "cidr-quota", "pods.cidrs", "6 IPv4 CIDR blocks in vpc-0123456789abcdef0, in 2 files")],
        ),
        (
            {"vpc.cidrs": ["198.19.0.0/20"]},
            {**SAME_VPC, "vpc.cidrs": ["198.19.0.0/20"], "pods.cidrs": ["198.19.128.0/18"], "pods.subnet_prefix": 19},
            [("b", "cidr-association", "pods.cidrs[0]", "198.19.128.0/18")],
        ),
    ],
)  # fmt: skip
def test_what_two_networks_may_not_share_is_an_error(
    first: Changes, second: Changes, expected: list[Collision]
) -> None:
    assert found(first, second) == expected


def test_the_quota_of_a_vpc_is_the_lowest_that_its_files_name() -> None:
    first = {"pods.cidrs": [f"100.{n}.0.0/16" for n in range(64, 67)], "vpc.cidr_quota": 9}
    fits = {**SAME_VPC, "pods.cidrs": ["100.70.0.0/16"], "vpc.cidr_quota": 5}
    assert not found(first, fits)
    assert found(first, {**fits, "pods.cidrs": ["100.70.0.0/16", "100.71.0.0/16"]})


def test_an_associated_block_is_not_checked_against_the_association_table() -> None:
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
REACHED: Changes = {"pods.security_group": {"id": "sg-0000000e", "reaches": [{"id": "sg-000000dd", "ports": [5432]}]}}
DEDICATED: Changes = {"pods.security_group": {"reaches": [{"id": "sg-000000dd", "ports": [5432]}]}}
INTERFACES = {"endpoints": {"interfaces": {"services": ["sts"]}}}
LET_IN = {
    "endpoints": {"interfaces": {"existing": True, "security_group_ids": ["sg-0000000c"]}},
    "pods.security_group": "cluster",
}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (ATTACHED, {**SAME_VPC, **ATTACHED, "pods.cidrs": UNIQUE}, [("b", "claimed-twice", "egress[0].attachment_subnets", "tgw-0000000a")]),
        (ROUTED, {**SAME_VPC, **ROUTED, "pods.cidrs": UNIQUE}, [("b", "claimed-twice", "egress[0].route_tables", "10.128.0.0/9 on rtb-0000000a")]),
        (ADDRESSES, {**APART, **REGIONAL}, [("b", "claimed-twice", "egress[0]", "eipalloc-0000000a")]),
        (INTERFACES, {**SAME_VPC, **INTERFACES}, [("b", "claimed-twice", "endpoints.interfaces.services", "com.amazonaws.eu-west-1.sts")]),
        (LET_IN, {**SAME_CLUSTER, **LET_IN}, [("b", "claimed-twice", "endpoints.interfaces.security_group_ids", "sg-0000000c")]),
        (IPV6, {**IPV6, **OTHER_IPV6, "pods.ipv6_subnets": IPV6["pods"]["ipv6_subnets"]}, [("b", "cidr-overlap", "pods.ipv6_subnets.eu-west-1a", "2001:db8:1:10::/64"), ("b", "cidr-overlap", "pods.ipv6_subnets.eu-west-1b", "2001:db8:1:11::/64")]),
        ({**IPV6, **NEW_WAY}, {**IPV6, **OTHER_IPV6, **NEW_WAY}, [("b", "claimed-twice", "egress[0].egress_only_gateway", "new")]),
        ({"egress": [{"to": "100.70.0.0/16", "nat_gateways": "nat-0000000a"}]}, SAME_VPC, [("b", "cidr-covers-route", "pods.cidrs[0]", "100.70.0.0/16")]),
        ({"vpc.peers": ["100.70.0.0/20"]}, SAME_VPC, [("b", "cidr-overlap", "pods.cidrs[0]", "100.70.0.0/16")]),
        (SAME_VPC, {"vpc.routes": ["100.70.0.0/16"], "pods.cidrs": ["100.64.0.0/16"]}, [("a", "cidr-covers-route", "pods.cidrs[0]", "100.70.0.0/16")]),
        ({**A_NEW_CLUSTER, "cluster.create.built_in_node_pools": ["system"]}, {**SAME_CLUSTER, "cluster.node_role": {"name": "cluster-net-nodes-eu-west-1", "access_entry": True}}, [("b", "claimed-twice", "cluster.node_role.access_entry", "cluster-net-nodes-eu-west-1")]),
        ({"pods.security_group": {"id": "sg-0000000e", "add_rules": True}}, {**SAME_CLUSTER, "pods.security_group": "sg-0000000e", "endpoints": {"interfaces": {"existing": True, "security_group_ids": ["sg-0123456789abcdef0"]}}}, [("b", "claimed-twice", "endpoints.interfaces.security_group_ids", "sg-0123456789abcdef0")]),
        (REACHED, {**SAME_CLUSTER, **REACHED}, [("b", "claimed-twice", "pods.security_group.reaches", "sg-000000dd")]),
        (IN_BUCKET, {**SAME_VPC, **IN_BUCKET}, [("b", "claimed-twice", "flow_logs.to", "arn:aws:s3:::logs")]),
        ({"vpc.subnet_quota": 5}, SAME_VPC, [("b", "subnet-quota", "pods", "4 pod subnets in 2 files and 2 other subnets")]),
        ({}, {**SAME_CLUSTER, "cluster.security_group_id": "sg-00000001"}, [("b", "files-contradict", "cluster.security_group_id", "sg-00000001")]),
        ({**A_NEW_VPC, **A_NEW_CLUSTER}, {**A_NEW_VPC, **A_NEW_CLUSTER, "name": "other"}, [("b", "claimed-twice", "cluster.create", "cluster")]),
    ],
)  # fmt: skip
def test_networks_that_would_create_the_same_thing_are_an_error(
    first: Changes, second: Changes, expected: list[Collision]
) -> None:
    assert found(first, second) == expected


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
        (DEDICATED, {**SAME_CLUSTER, **DEDICATED}),
        (REACHED, {**SAME_CLUSTER, "pods.security_group": {**REACHED["pods.security_group"], "reaches": [{"id": "sg-000000dd", "ports": [3306]}]}}),
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
def test_networks_that_create_different_things_are_fine(first: Changes, second: Changes) -> None:
    assert not found(first, second)


@pytest.mark.parametrize(("reached", "expected"), [("given:database", []), ("sg-000000dd", ["pods.security_group.reaches"])])  # fmt: skip
def test_only_a_group_with_an_id_is_the_same_in_two_files(reached: str, expected: list[str]) -> None:
    group = {"kind": "cluster", "reaches": [{"id": reached, "ports": [5432]}]}
    clashes = found({"pods.security_group": group}, {**SAME_CLUSTER, "pods.security_group": group})
    assert [path for _, _, path, _ in clashes] == expected
