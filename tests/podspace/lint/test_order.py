"""CloudFormation makes what another resource names before that resource, and stacks one after the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from podspace.lint.deployment import Deployment
from podspace.lint.linter import lint
from podspace.lint.order import Order, circular
from podspace.lint.stack import Origin, Stack
from tests.podspace.lint.stacks import Body, a_stack, a_template, att, nested, nested_in, of, ref, resource_of, write

BLOCK = of("EC2::VPCCidrBlock")
BOTH: Body = {"Block": BLOCK, "Subnet": of("EC2::Subnet")}


def waits(stacks: list[Stack], one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether a resource of a stack waits for another one."""
    deployment = Deployment(stacks)
    first, second = (resource_of(deployment, id, stack=stack) for stack, id in (one, other))
    return Order(deployment).waits(first, second)


def waits_in_one(subnet: Body, *, between: Body | None = None) -> bool:
    resources = {"Block": BLOCK, "Between": between or of("EC2::VPC"), "Subnet": subnet}
    return waits([a_stack(resources)], ("stack", "Subnet"), ("stack", "Block"))


@pytest.mark.parametrize(
    ("subnet", "expected"),
    [
        ({**of("EC2::Subnet"), "DependsOn": "Block"}, True),
        ({**of("EC2::Subnet"), "DependsOn": ["Other", "Block"]}, True),
        ({**of("EC2::Subnet"), "DependsOn": ["Other"]}, False),
        ({**of("EC2::Subnet"), "DependsOn": 5}, False),
        ({**of("EC2::Subnet"), "DependsOn": [5, {"Ref": "Block"}]}, False),
        (of("EC2::Subnet", Tags=[{"Key": "waits-for", "Value": ref("Block")}]), True),
        (of("EC2::Subnet", Tags=[{"Key": "waits-for", "Value": att("Block", "Id")}]), True),
        (of("EC2::Subnet", Tags=[{"Key": "waits-for", "Value": "Block"}]), False),
        (of("EC2::Subnet", VpcId={"Fn::GetAtt": "Block.Id"}), True),
        (of("EC2::Subnet", VpcId={"Fn::Sub": "a-${Block}"}), True),
        (of("EC2::Subnet", VpcId={"Fn::Sub": "a-${Block.Id}"}), True),
        (of("EC2::Subnet", VpcId={"Fn::Sub": ["${a}-${Block}", {"a": "b"}]}), True),
        (of("EC2::Subnet", VpcId={"Fn::Sub": ["${a}", {"a": ref("Block")}]}), True),
        (of("EC2::Subnet", VpcId={"Fn::Sub": "${!Block}"}), False),
        (of("EC2::Subnet", VpcId={"Fn::Sub": "${Blocks} Block"}), False),
        (of("EC2::Subnet", VpcId={"Fn::Select": [0, {"Fn::If": ["A", [ref("Block")], []]}]}), True),
        (of("EC2::Subnet", VpcId=ref("Blocks")), False),
        (of("EC2::Subnet", VpcId={"Ref": ["Block", 5]}, CidrBlock={"Fn::GetAtt": []}), True),
        (of("EC2::Subnet", VpcId={"Ref": {"a": "Block"}}, CidrBlock={"Fn::Sub": 5}), False),
        ({"Type": "AWS::EC2::Subnet"}, False),
        ({**of("EC2::Subnet"), "Metadata": ref("Block")}, False),
    ],
)
def test_a_resource_waits_for_what_it_names(subnet: Body, expected: bool) -> None:
    """In DependsOn, or by a function in its properties; text that happens to be an id is none."""
    assert waits_in_one(subnet) is expected


@pytest.mark.parametrize("between", [{**of("EC2::VPC"), "DependsOn": "Block"}, of("EC2::VPC", A=ref("Block"))])
def test_a_resource_waits_for_what_that_waits_for(between: Body) -> None:
    """And so on."""
    assert waits_in_one({**of("EC2::Subnet"), "DependsOn": "Between"}, between=between)
    assert waits_in_one(of("EC2::Subnet", VpcId=ref("Between")), between=between)
    assert not waits_in_one(of("EC2::Subnet"), between=between)


def test_resources_that_wait_for_each_other_are_no_trouble() -> None:
    """CloudFormation refuses them in its own words."""
    one, other = ({**of("EC2::VPC"), "DependsOn": id} for id in "BA")
    stack = a_stack({"A": one, "B": other, "C": of("EC2::VPC")})
    assert waits([stack], ("stack", "A"), ("stack", "A"))
    assert not waits([stack], ("stack", "A"), ("stack", "C"))


def in_parent(own: Body = BLOCK, **resources: Body) -> list[Stack]:
    """A stack with others nested in it, one for each such resource."""
    parent = a_stack({"Own": own, **resources}, name="parent")
    return [parent, *(nested_in(parent, id, BOTH) for id in resources)]


@pytest.mark.parametrize(
    ("pods", "expected"),
    [
        ({**nested("a"), "DependsOn": "Net"}, True),
        (nested("a", BlockId=att("Net", "Outputs.Id")), True),
        (nested("a", BlockId={"Fn::GetAtt": "Net.Outputs.Id"}), True),
        (nested("a", BlockId={"Fn::Sub": "${Net.Outputs.Id}"}), True),
        (nested("a"), False),
    ],
)
def test_nested_stacks_wait_as_their_resources_in_the_parent_do(pods: Body, expected: bool) -> None:
    stacks = in_parent(Net=nested("b"), Pods=pods)
    assert waits(stacks, ("parent/Pods", "Subnet"), ("parent/Net", "Block")) is expected
    assert not waits(stacks, ("parent/Net", "Subnet"), ("parent/Pods", "Block"))
    children = [nested_in(around, "Leaf", BOTH) for around in stacks[1:]]
    for one in ("parent/Pods", "parent/Pods/Leaf"):
        for other in ("parent/Net", "parent/Net/Leaf"):
            assert waits([*stacks, *children], (one, "Subnet"), (other, "Block")) is expected


def test_resources_of_one_nested_stack_depend_on_each_other() -> None:
    parent = a_stack({"Net": nested("a"), "Own": BLOCK}, name="parent")
    after = {**BOTH, "Subnet": {**of("EC2::Subnet"), "DependsOn": "Block"}}
    for resources, expected in ((BOTH, False), (after, True)):
        stacks = [parent, nested_in(parent, "Net", resources)]
        assert waits(stacks, ("parent/Net", "Subnet"), ("parent/Net", "Block")) is expected
        assert not waits(stacks, ("parent/Net", "Block"), ("parent/Net", "Subnet"))


@pytest.mark.parametrize("waiting", [True, False])
def test_stacks_in_one_nested_stack_wait_as_their_resources_in_it_do(waiting: bool) -> None:
    parent = a_stack({"All": nested("a")}, name="parent")
    pods = {**nested("b"), "DependsOn": "Net"} if waiting else nested("b")
    middle = nested_in(parent, "All", {"Net": nested("c"), "Pods": pods})
    stacks = [parent, middle, nested_in(middle, "Net", BOTH), nested_in(middle, "Pods", BOTH)]
    assert waits(stacks, ("parent/All/Pods", "Subnet"), ("parent/All/Net", "Block")) is waiting


def test_a_nested_stack_waits_for_what_is_in_its_parent_as_its_resource_does() -> None:
    """And the parent's resources for it."""
    apart = in_parent(Net=nested("b"))
    assert not waits(apart, ("parent/Net", "Subnet"), ("parent", "Own"))
    assert not waits(apart, ("parent", "Own"), ("parent/Net", "Block"))
    after = in_parent(Net={**nested("b"), "DependsOn": "Own"})
    assert waits(after, ("parent/Net", "Subnet"), ("parent", "Own"))
    assert not waits(after, ("parent", "Own"), ("parent/Net", "Block"))
    before = in_parent({**BLOCK, "DependsOn": "Net"}, Net=nested("b"))
    assert waits(before, ("parent", "Own"), ("parent/Net", "Block"))


def app(resources: Body = BOTH, **waits_for: frozenset[str]) -> list[Stack]:
    """Stacks of an assembly, with those that are deployed before them."""
    return [
        a_stack(resources, origin=Origin(name=name, folder="out", waits_for=before))
        for name, before in waits_for.items()
    ]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("pods", "addresses", True),
        ("pods", "net", True),
        ("addresses", "net", True),
        ("net", "pods", False),
        ("addresses", "pods", False),
        ("other", "net", False),
    ],
)
def test_a_stack_of_an_assembly_waits_for_those_before_it(one: str, other: str, expected: bool) -> None:
    """One after the other; what is not in hand is left out."""
    stacks = app(
        net=frozenset(),
        addresses=frozenset({"net", "gone"}),
        pods=frozenset({"addresses"}),
        other=frozenset({"gone"}),
    )
    assert waits(stacks, (one, "Subnet"), (other, "Block")) is expected


def test_stacks_of_an_assembly_that_wait_for_each_other_are_no_trouble() -> None:
    """CDK refuses them."""
    stacks = app(net=frozenset({"pods"}), pods=frozenset({"net"}), other=frozenset())
    assert waits(stacks, ("net", "Subnet"), ("pods", "Block"))
    assert not waits(stacks, ("net", "Subnet"), ("other", "Block"))


def test_a_stack_that_is_nested_waits_as_the_one_around_it_does() -> None:
    """Of two stacks of an assembly."""
    net, pods = app(net=frozenset(), pods=frozenset({"net"}))
    stacks = [net, pods, *(nested_in(around, "Child", BOTH) for around in (net, pods))]
    assert waits(stacks, ("pods/Child", "Subnet"), ("net/Child", "Block"))
    assert not waits(stacks, ("net/Child", "Subnet"), ("pods/Child", "Block"))


def test_a_stack_waits_for_the_stack_that_it_imports_from() -> None:
    """Anywhere in it: an export is there before."""
    resources: dict[str, Any] = {**BOTH, "Other": of("EC2::VPC", A=[{"Fn::ImportValue": {"Fn::Sub": "${P}-id"}}])}
    origin = Origin(name="pods", folder="out")
    pods = a_stack(resources, origin=origin, Parameters={"P": {"Type": "String", "Default": "net"}})
    outputs = {"Id": {"Value": ref("Block"), "Export": {"Name": "net-id"}}}
    net = a_stack(BOTH, origin=Origin(name="net", folder="out"), Outputs=outputs)
    assert waits([net, pods], ("pods", "Subnet"), ("net", "Block"))
    assert not waits([net, pods], ("net", "Subnet"), ("pods", "Block"))


def test_templates_without_an_assembly_are_assumed_to_be_deployed_in_order() -> None:
    """Nobody says in which."""
    stacks = [a_stack(BOTH, name=name) for name in ("a.yaml", "b.yaml")]
    assert waits(stacks, ("a.yaml", "Subnet"), ("b.yaml", "Block"))
    assert waits(stacks, ("b.yaml", "Subnet"), ("a.yaml", "Block"))


@pytest.mark.parametrize(
    ("resources", "way"),
    [
        ({"A": {**of("EC2::VPC"), "DependsOn": "A"}}, "A -> A"),
        ({"A": {**of("EC2::VPC"), "DependsOn": "B"}, "B": of("EC2::Subnet", VpcId=ref("A"))}, "A -> B -> A"),
        ({"A": of("EC2::VPC", Tags=[{"Key": "b", "Value": att("B", "Id")}]), "B": {**of("EC2::VPC"), "DependsOn": ["C"]},
          "C": of("EC2::Subnet", VpcId={"Fn::Sub": "${B}"})}, "B -> C -> B"),
        (BOTH, ""),
        ({"A": {**of("EC2::VPC"), "DependsOn": ["B", "C"]}, "B": {**of("EC2::VPC"), "DependsOn": "C"}, "C": of("EC2::VPC")}, ""),
        ({"A": {**of("EC2::VPC"), "DependsOn": "B", "Condition": "Perhaps"}, "B": {**of("EC2::VPC"), "DependsOn": "A"}}, ""),
        ({"A": of("EC2::VPC", Tags={"Fn::If": ["Perhaps", ref("B"), ""]}), "B": {**of("EC2::VPC"), "DependsOn": "A"}}, ""),
    ],
)  # fmt: skip
def test_resources_that_wait_for_themselves_are_reported(resources: dict[str, Body], way: str) -> None:
    """With the way round; not where a condition may break it."""
    told = [problem.message for problem in circular([a_stack(resources)])]
    assert told == ([f"must not depend on itself: {way}"] if way else [])


def test_a_long_chain_is_no_circle() -> None:
    """Nor too deep to follow."""
    chain = {f"R{n}": {**of("EC2::VPC"), "DependsOn": f"R{n + 1}"} for n in range(3000)}
    assert list(circular([a_stack({**chain, "R3000": of("EC2::VPC")})])) == []


@pytest.mark.parametrize("kind", ["AccessEntry", "Addon", "FargateProfile", "Nodegroup", "PodIdentityAssociation"])
@pytest.mark.parametrize(("written", "expected"), [(True, 1), (False, 0)])
def test_what_is_in_a_cluster_waits_for_it(kind: str, written: bool, expected: int, tmp_path: Path) -> None:
    """A name that is written out is no reference."""
    inside = of(f"EKS::{kind}", ClusterName="shop" if written else ref("Eks"))
    template = a_template({"Eks": of("EKS::Cluster", Name="shop"), "Inside": inside})
    ids = [finding.id for finding in lint([write(tmp_path, {"t.json": template})]).findings]
    assert ids.count("cluster-name-without-dependency") == expected


@pytest.mark.parametrize("kind", ["EIP", "EIPAssociation"])
@pytest.mark.parametrize("waiting", [True, False])
def test_an_address_of_an_instance_waits_for_the_internet_gateway(kind: str, waiting: bool, tmp_path: Path) -> None:
    attachment = of("EC2::VPCGatewayAttachment", VpcId=ref("Vpc"), InternetGatewayId=ref("Igw"))
    address = of(f"EC2::{kind}", InstanceId=ref("Host"))
    resources = {
        "Vpc": of("EC2::VPC", CidrBlock="10.0.0.0/16"),
        "Igw": of("EC2::InternetGateway"),
        "Attachment": attachment,
        "Subnet": of("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.0.0/24"),
        "Host": of("EC2::Instance", SubnetId=ref("Subnet")),
        "Address": {**address, "DependsOn": "Attachment"} if waiting else address,
    }
    found = [one.location.name for one in lint([write(tmp_path, {"t.json": a_template(resources)})]).findings]
    assert found == ([] if waiting else ["Address"])
