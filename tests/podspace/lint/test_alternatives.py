"""Rules are silent where a condition of unknown value chooses, and milder where something may excuse what they find."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from podspace.lint.linter import lint
from tests.podspace.lint.stacks import a_template, of, ref, write
from tests.podspace.manifests import a_node_class

Body = dict[str, Any]

NO_VALUE = ref("AWS::NoValue")
CONDITIONS: Body = {
    "Parameters": {"Public": {"Type": "String"}},
    "Conditions": {
        "IsPublic": {"Fn::Equals": [ref("Public"), "yes"]},
        "IsPrivate": {"Fn::Not": [{"Condition": "IsPublic"}]},
    },
}


def either(one: object, other: object) -> Body:
    return {"Fn::If": ["IsPublic", one, other]}


def under(condition: str, body: Body) -> Body:
    return {**body, "Condition": condition}


def a_default(table: str = "Table", **target: object) -> Body:
    return of("EC2::Route", RouteTableId=ref(table), DestinationCidrBlock="0.0.0.0/0", **target)


def on(table: object, subnet: str = "Home") -> Body:
    return of("EC2::SubnetRouteTableAssociation", RouteTableId=table, SubnetId=ref(subnet))


NETWORK: Body = {
    "Vpc": of("EC2::VPC", CidrBlock="10.0.0.0/16"),
    "Igw": of("EC2::InternetGateway"),
    "Attached": of("EC2::VPCGatewayAttachment", VpcId=ref("Vpc"), InternetGatewayId=ref("Igw")),
    "Home": of("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.0.0/20", AvailabilityZone="eu-west-1a"),
    "Table": of("EC2::RouteTable", VpcId=ref("Vpc")),
    "OnTable": on(ref("Table")),
    "Other": of("EC2::RouteTable", VpcId=ref("Vpc")),
    "OtherDefault": {**a_default("Other", GatewayId=ref("Igw")), "DependsOn": "Attached"},
    "Nat": {**of("EC2::NatGateway", SubnetId=ref("Home"), AllocationId="eipalloc-0a"), "DependsOn": "Attached"},
}  # fmt: skip
ELSEWHERE = "nat-0a11aa22bb33cc44d"
WITHOUT = "nat-gateway-without-internet"


def found(folder: Path, resources: Body, *manifests: Body) -> dict[str, str]:
    """The rules that find something, with the severity."""
    template = a_template({**NETWORK, **resources}, **CONDITIONS)
    files = {"t.json": template, **{f"{number}.json": one for number, one in enumerate(manifests)}}
    return {one.id: one.severity for one in lint([write(folder, files)]).findings}


@pytest.mark.parametrize(
    "resources",
    [
        {"Default": {**a_default(GatewayId=either(ref("Igw"), NO_VALUE), NatGatewayId=either(NO_VALUE, ELSEWHERE)), "DependsOn": "Attached"}},
        {"Default": {**a_default(NatGatewayId=either(NO_VALUE, ELSEWHERE), GatewayId=either(ref("Igw"), NO_VALUE)), "DependsOn": "Attached"}},
        {
            "A": under("IsPublic", {**a_default(GatewayId=ref("Igw")), "DependsOn": "Attached"}),
            "B": under("IsPrivate", a_default(NatGatewayId=ELSEWHERE)),
        },
        {
            "Default": a_default(NatGatewayId=ELSEWHERE),
            "OnTable": under("IsPrivate", on(ref("Table"))),
            "OnOther": under("IsPublic", on(ref("Other"))),
        },
        {"Default": a_default(NatGatewayId=ELSEWHERE), "OnTable": on(either(ref("Other"), ref("Table")))},
        {"Default": a_default(NatGatewayId=ELSEWHERE), "Nat": {**of("EC2::NatGateway", SubnetId=ref("Home"), ConnectivityType=either("public", "private")), "DependsOn": "Attached"}},
    ],
)  # fmt: skip
def test_a_nat_gateway_may_have_the_internet_by_a_condition(tmp_path: Path, resources: Body) -> None:
    assert found(tmp_path, resources) == {}


@pytest.mark.parametrize(
    "resources",
    [
        {"Default": a_default(NatGatewayId=ELSEWHERE)},
        {"Default": a_default(NatGatewayId=ELSEWHERE, GatewayId=NO_VALUE)},
        {"Default": a_default(NatGatewayId=either(ELSEWHERE, "nat-0b11aa22bb33cc44d"))},
        {"A": under("IsPublic", a_default(NatGatewayId=ELSEWHERE)), "B": under("IsPrivate", a_default(NatGatewayId=ELSEWHERE))},
    ],
)  # fmt: skip
def test_a_nat_gateway_without_internet_whatever_a_condition_says_is_reported(tmp_path: Path, resources: Body) -> None:
    assert found(tmp_path, resources) == {WITHOUT: "error"}


PODS: Body = {
    "More": of("EC2::VPCCidrBlock", VpcId=ref("Vpc"), CidrBlock="100.64.0.0/16"),
    **{
        f"Pods{zone}": {
            **of("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock=f"100.64.{number * 64}.0/18", AvailabilityZone=f"eu-west-1{zone}", Tags=[{"Key": "pods", "Value": "1"}]),
            "DependsOn": "More",
        }
        for number, zone in enumerate("ab")
    },
    "Home": of("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.0.0/20", AvailabilityZone="eu-west-1a", Tags=[{"Key": "nodes", "Value": "1"}]),
    "HomeB": of("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.16.0/20", AvailabilityZone="eu-west-1b", Tags=[{"Key": "nodes", "Value": "1"}]),
    "OnTableB": on(ref("Table"), "HomeB"),
    "Nat": of("EC2::EIP"),
    "Default": a_default(NatGatewayId=ELSEWHERE),
    **{f"Table{zone}": of("EC2::RouteTable", VpcId=ref("Vpc")) for zone in "ab"},
    **{f"On{zone}": on(ref(f"Table{zone}"), f"Pods{zone}") for zone in "ab"},
}  # fmt: skip
ENDPOINT = of(
    "EC2::VPCEndpoint", VpcId=ref("Vpc"), VpcEndpointType="Interface", ServiceName="com.amazonaws.eu-west-1.sts"
)
NODE_CLASS = a_node_class(
    subnetSelectorTerms=[{"tags": {"nodes": "1"}}],
    podSubnetSelectorTerms=[{"tags": {"pods": "1"}}],
    podSecurityGroupSelectorTerms=[{"id": "sg-0b"}],
    snatPolicy="Disabled",
)
OUT = "pods-without-way-out"


def routes(**targets: str) -> Body:
    """Routes of the tables of zones a and b to a destination."""
    return {
        f"Route{name}": of(
            "EC2::Route", RouteTableId=ref(f"Table{name[0]}"), NatGatewayId=ELSEWHERE, DestinationCidrBlock=destination
        )
        for name, destination in targets.items()
    }


@pytest.mark.parametrize(
    ("resources", "severity"),
    [
        ({}, "error"),
        ({"Sts": ENDPOINT}, "warning"),
        ({"Sts": ENDPOINT, **routes(a="0.0.0.0/0")}, "error"),
        ({**routes(a="0.0.0.0/0", b="10.0.0.0/8")}, "error"),
        ({"Sts": ENDPOINT, **routes(a="0.0.0.0/0", a2="10.9.0.0/16", b="10.9.0.0/16")}, "error"),
        ({**routes(a="0.0.0.0/0", b="0.0.0.0/0")}, ""),
        ({**routes(a="10.0.0.0/8", b="10.0.0.0/8")}, ""),
    ],
)
def test_pods_without_egress_are_reported_unless_endpoints_may_be_enough(
    tmp_path: Path, resources: Body, severity: str
) -> None:
    """Also where another zone has the default route that is missing."""
    assert found(tmp_path, {**PODS, **resources}, NODE_CLASS).get(OUT, "") == severity


def a_group(name: str, **tags: str) -> Body:
    entries = [{"Key": key, "Value": value} for key, value in {"pods": "1", **tags}.items()]
    return of("EC2::SecurityGroup", GroupDescription=name, VpcId=ref("Vpc"), Tags=entries)


@pytest.mark.parametrize(("tags", "reported"), [({"eks:eks-cluster-name": "shop"}, False), ({"Name": "pods"}, True)])
def test_a_second_pod_group_next_to_a_tagged_one_is_fine(tmp_path: Path, tags: Body, reported: bool) -> None:
    """Load balancers are admitted in the one that has the tag."""
    node_class = a_node_class(**{**NODE_CLASS["spec"], "podSecurityGroupSelectorTerms": [{"tags": {"pods": "1"}}]})
    groups = {"First": a_group("first"), "Second": a_group("second", **tags)}
    rules = found(tmp_path, {**PODS, **routes(a="0.0.0.0/0", b="0.0.0.0/0"), **groups}, node_class)
    assert ("pod-group-closed-to-load-balancers" in rules) is reported
