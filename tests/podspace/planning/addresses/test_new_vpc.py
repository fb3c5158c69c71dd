"""A new VPC: its subnets, and what does not fit it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podspace.planning import NewVpcPlan
from tests.mother import A_NEW_VPC, ZONES, Changes, a_plan
from tests.planning_errors import Error, errors


def new_vpc(changes: Changes | None = None) -> NewVpcPlan:
    vpc = a_plan({**A_NEW_VPC, **(changes or {})}).vpc.new
    assert vpc
    return vpc


def cut(vpc: NewVpcPlan, role: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for subnet in vpc.subnets:
        if subnet.role == role:
            found.setdefault(subnet.zone, []).append(str(subnet.cidr))
    return found


def test_each_zone_takes_its_slot_of_each_range() -> None:
    assert cut(new_vpc(), "public") == {"eu-west-1a": ["10.0.0.0/24"], "eu-west-1b": ["10.0.1.0/24"]}
    assert cut(new_vpc(), "nodes") == {"eu-west-1a": ["10.0.8.0/23"], "eu-west-1b": ["10.0.10.0/23"]}


def test_ranges_may_be_several_and_public_subnets_none() -> None:
    vpc = new_vpc(
        {
            "vpc.create": {"nodes": {"cidrs": ["10.0.0.0/22", "10.0.8.0/22"], "subnet_prefix": 24}},
            "egress": [{"to": "internet", "regional_nat_gateway": "automatic"}],
        }
    )
    assert not cut(vpc, "public")
    assert cut(vpc, "nodes")["eu-west-1b"] == ["10.0.1.0/24", "10.0.9.0/24"]
    assert vpc.internet, "a regional NAT gateway needs an internet gateway"


def test_without_public_subnets_and_regional_gateway_there_is_no_internet_gateway() -> None:
    vpc = new_vpc({"vpc.create.public": None, "egress": [], "endpoints": {"gateways": ["s3"], "interfaces": {}}})
    assert not vpc.internet


def test_load_balancers_find_public_and_node_subnets_and_node_classes_only_the_latter() -> None:
    plan = a_plan(A_NEW_VPC)
    assert plan.vpc.new
    for subnet in plan.vpc.new.subnets:
        roles = {key for key in subnet.tags if key.startswith("kubernetes.io/role/")}
        assert roles == {"kubernetes.io/role/" + {"public": "elb", "nodes": "internal-elb"}[subnet.role]}
        assert ("podspace/cluster/net" in subnet.tags) == (subnet.role == "nodes")
    (term,) = plan.node_classes[0].spec.subnet_selector_terms
    assert term.tags == {"podspace/cluster/net": "nodes"}
    assert not plan.pods.node_selector, "nothing is left to tag"


@given(st.integers(1, 4), st.integers(1, 4))
@settings(deadline=None)
def test_an_appended_zone_or_range_changes_no_subnet_that_was_there(zones: int, ranges: int) -> None:
    def grown(zones: int, ranges: int) -> dict[str, list[str]]:
        nodes = {"cidrs": [f"10.0.{4 * n}.0/22" for n in range(ranges)], "subnet_prefix": 25}
        changes = {"vpc.create": {"nodes": nodes}, "pods.zones": ZONES[:zones], "pods.subnet_prefix": 19}
        changes["egress"] = [{"to": "internet", "regional_nat_gateway": "automatic"}]
        return cut(new_vpc({**changes, "vpc.cidrs": ["10.0.0.0/19"]}), "nodes")

    before = grown(zones, ranges)
    for after in (grown(zones + 1, ranges), grown(zones, ranges + 1)):
        for zone, cidrs in before.items():
            assert after[zone][: len(cidrs)] == cidrs


def test_a_range_may_be_a_subnet_as_a_whole() -> None:
    nodes = {"cidrs": ["10.0.8.0/24", "10.0.9.0/24"], "subnet_prefix": 24}
    changes: Changes = {"vpc.create": {"nodes": nodes}, "pods.zones": ["eu-west-1a"]}
    changes = {**changes, "egress": [{"to": "internet", "regional_nat_gateway": "automatic"}]}
    assert cut(new_vpc(changes), "nodes") == {"eu-west-1a": ["10.0.8.0/24", "10.0.9.0/24"]}


def test_the_equivalent_map_plans_the_same_vpc() -> None:
    listed = new_vpc()
    pods = {"cidrs": ["100.64.0.0/16"], "subnets": {"eu-west-1a": ["100.64.0.0/18"], "eu-west-1b": ["100.64.64.0/18"]}}
    mapped = {role: {"subnets": cut(listed, role)} for role in ("public", "nodes")}
    assert replace(new_vpc({"pods": pods, "vpc.create": mapped}), layouts=()) == replace(listed, layouts=())


REFUSED: dict[str, tuple[Changes, list[Error]]] = {
    "an id": ({"vpc.id": "vpc-0000000a"}, [("not-with-new-vpc", "vpc.id", "")]),
    "node subnets": ({"vpc.node_subnets": {"eu-west-1a": ["subnet-0000000a"]}}, [("not-with-new-vpc", "vpc.node_subnets", "")]),
    "peers": ({"vpc.peers": ["10.60.0.0/16"]}, [("not-with-new-vpc", "vpc.peers", "")]),
    "routes": ({"vpc.routes": ["10.60.0.0/16"]}, [("not-with-new-vpc", "vpc.routes", "")]),
    "an IPv6 block": ({"vpc.ipv6_cidrs": ["2001:db8::/56"]}, [("not-with-new-vpc", "vpc.ipv6_cidrs", "")]),
    "no way out and no gateway of S3": ({"egress": [], "endpoints": {"interfaces": {}}}, [("private-vpc-without-endpoints", "endpoints", "")]),
    "an owner": ({"vpc.owner": "111122223333"}, [("not-with-new-vpc", "vpc.owner", "")]),
    "pod subnets that exist": ({"pods": {"subnet_ids": {"eu-west-1a": ["subnet-0000000a"]}}, "egress": []}, [("not-with-new-vpc", "pods.subnet_ids", ""), ("private-vpc-without-endpoints", "endpoints", "")]),
    "an associated block": (
        {"pods": {"cidrs": [{"cidr": "100.64.0.0/16", "associated": True}], "subnets": {"eu-west-1a": ["100.64.0.0/18"], "eu-west-1b": ["100.64.64.0/18"]}}},
        [("not-with-new-vpc", "pods.cidrs[0].associated", ""), ("new-vpc-subnet-map", "vpc.create.public", ""), ("new-vpc-subnet-map", "vpc.create.nodes", "")],
    ),
    "two blocks": ({"vpc.cidrs": ["10.0.0.0/20", "10.1.0.0/20"]}, [("new-vpc-blocks", "vpc.cidrs", "10.0.0.0/20, 10.1.0.0/20")]),
    "a range outside the VPC": ({"vpc.create.nodes.cidrs": ["10.0.16.0/21"]}, [("subnet-outside-vpc", "vpc.create.nodes.cidrs[0]", "10.0.16.0/21")]),
    "ranges over each other": ({"vpc.create.nodes.cidrs": ["10.0.0.0/21"]}, [("subnet-overlap", "vpc.create.nodes.cidrs[0]", "10.0.0.0/21")]),
    "a range twice": ({"vpc.create.nodes.cidrs": ["10.0.8.0/21", "10.0.8.0/22"]}, [("subnet-overlap", "vpc.create.nodes.cidrs[1]", "10.0.8.0/22")]),
    "a pod group that exists": ({"pods.security_group": "sg-0000000e"}, [("not-with-new-vpc", "pods.security_group", "")]),
    "groups of nodes that exist": ({"cluster.node_security_group_ids": ["sg-0000000e"]}, [("not-with-new-vpc", "cluster.node_security_group_ids", "")]),
    "endpoints that exist": ({"endpoints": {"interfaces": {"existing": True, "security_group_ids": ["sg-0000000a"]}}}, [("not-with-new-vpc", "endpoints.interfaces", "")]),
    "a range with too few slots": ({"vpc.create.public.cidrs": ["10.0.0.0/24"]}, [("zone-without-slot", "vpc.create.public.cidrs", "eu-west-1b")]),
    "a range that holds no subnet": ({"vpc.create.public.subnet_prefix": 20}, [("block-smaller-than-subnet", "vpc.create.public.cidrs[0]", "10.0.0.0/22")]),
    "a list beside a map of pods": (
        {"pods": {"cidrs": ["100.64.0.0/16"], "subnets": {"eu-west-1a": ["100.64.0.0/18"], "eu-west-1b": ["100.64.64.0/18"]}}},
        [("new-vpc-subnet-map", "vpc.create.public", ""), ("new-vpc-subnet-map", "vpc.create.nodes", "")],
    ),
    "a map with another zone": (
        {"vpc.create.nodes": {"subnets": {"eu-west-1a": ["10.0.8.0/24"], "eu-west-1b": ["10.0.9.0/24"], "eu-west-1c": ["10.0.10.0/24"]}}},
        [("zone-without-pods", "vpc.create.nodes.subnets.eu-west-1c", "")],
    ),
    "a map without a zone": ({"vpc.create.nodes": {"subnets": {"eu-west-1a": ["10.0.8.0/24"]}}}, [("zone-without-subnet", "vpc.create.nodes.subnets.eu-west-1b", "")]),
    "no flow logs": ({"flow_logs": None}, [("new-vpc-flow-log", "flow_logs", "")]),
    "flow logs of the pods alone": ({"flow_logs": {}}, [("new-vpc-flow-log", "flow_logs", "")]),
    "no way out and no endpoints": ({"egress": []}, [("private-vpc-without-endpoints", "endpoints", "")]),
    "no way out and endpoints that exist": (
        {"egress": [], "endpoints": {"gateways": ["s3"], "interfaces": {"existing": True, "security_group_ids": ["sg-0000000a"]}}},
        [("not-with-new-vpc", "endpoints.interfaces", ""), ("private-vpc-without-endpoints", "endpoints", "")],
    ),
    "more subnets than the VPC takes": ({"vpc.subnet_quota": 5}, [("subnet-quota", "pods", "2 pod subnets and 4 others")]),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_a_new_vpc_is_an_error(changes: dict[str, Any], expected: list[Error]) -> None:
    assert errors({**A_NEW_VPC, **changes}) == expected
