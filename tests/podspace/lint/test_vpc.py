"""VPCs have the blocks and subnets that templates make, as far as these are known."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

import pytest

from podspace.lint.value import Known, Reference
from podspace.lint.vpc import Subnet, Vpc, Vpcs, other_zone
from tests.podspace.lint.stacks import UNTOLD, Body, a_deployment, a_stack, att, made, of, ref

VPC = of("EC2::VPC", CidrBlock="10.0.0.0/16")
EXTRA = of("EC2::VPCCidrBlock", VpcId=ref("Vpc"), CidrBlock="100.64.0.0/16")


def vpcs(resources: Body, **sections: Any) -> dict[Known, Vpc]:
    return Vpcs(a_deployment(resources, Parameters={"P": {"Type": "String"}}, **sections)).all


def subnet(**properties: Any) -> Subnet:
    (found,) = Vpcs(a_deployment({"A": of("EC2::Subnet", **properties)}, Parameters={"P": {"Type": "String"}})).subnets
    return found


def blocks(vpc: Vpc) -> list[tuple[str, bool]]:
    return [(str(block.cidr), block.primary) for block in vpc.blocks]


def test_a_vpc_has_its_primary_block_first() -> None:
    """Whatever the order in the template."""
    found = vpcs(
        {
            "Extra": EXTRA,
            "Vpc": VPC,
            "More": {**EXTRA, "Properties": {"VpcId": att("Vpc", "VpcId"), "CidrBlock": "100.65.1.1/16"}},
        }
    )
    (vpc,) = found.values()
    assert (vpc.key, vpc.name, vpc.all_blocks) == (made("Vpc"), "Vpc", True)
    assert vpc.resource
    assert blocks(vpc) == [("10.0.0.0/16", True), ("100.64.0.0/16", False), ("100.65.0.0/16", False)]


@pytest.mark.parametrize(
    ("vpc", "extra", "complete"),
    [
        (VPC, EXTRA, True),
        (VPC, of("EC2::VPCCidrBlock", VpcId="vpc-0b", CidrBlock="100.64.0.0/16"), True),
        (VPC, of("EC2::VPCCidrBlock", VpcId=ref("Vpc"), AmazonProvidedIpv6CidrBlock=True), True),
        (VPC, of("EC2::VPCCidrBlock", VpcId=ref("Vpc"), Ipv6Pool="a", Ipv6CidrBlock="fd00::/56"), True),
        (VPC, of("EC2::VPCCidrBlock", VpcId=ref("Vpc"), Ipv6IpamPoolId="a"), True),
        (VPC, of("EC2::VPCCidrBlock", VpcId=ref("Vpc"), Ipv4IpamPoolId="a"), False),
        (VPC, of("EC2::VPCCidrBlock", VpcId=ref("Vpc"), CidrBlock=ref("P")), False),
        (VPC, of("EC2::VPCCidrBlock", VpcId=UNTOLD, CidrBlock="100.64.0.0/16"), False),
        (VPC, of("EC2::VPCCidrBlock", CidrBlock="100.64.0.0/16"), False),
        (of("EC2::VPC", CidrBlock=ref("P")), EXTRA, False),
        (of("EC2::VPC", Ipv4IpamPoolId="a"), EXTRA, False),
    ],
)
def test_blocks_are_all_known_or_not(vpc: Body, extra: Body, complete: bool) -> None:
    """IPv6 blocks are none of them, and a block of no known VPC may be of this one."""
    assert vpcs({"Vpc": vpc, "Extra": extra})[made("Vpc")].all_blocks is complete


def test_a_macro_may_make_more_blocks() -> None:
    assert not vpcs({"Vpc": VPC}, Transform="Macro")[made("Vpc")].all_blocks


@pytest.mark.parametrize(("id", "key"), [("vpc-0a", "vpc-0a"), (ref("P"), Reference("stack", "P"))])
def test_an_existing_vpc_is_found_too(id: Any, key: Known) -> None:
    """With what is made in it here, and never known whole."""
    found = vpcs(
        {"Extra": of("EC2::VPCCidrBlock", VpcId=id, CidrBlock="100.64.0.0/16"), "A": of("EC2::Subnet", VpcId=id)}
    )
    (vpc,) = found.values()
    assert (vpc.key, vpc.resource, vpc.all_blocks) == (key, None, False)
    assert blocks(vpc) == [("100.64.0.0/16", False)]
    assert [subnet.key for subnet in vpc.subnets] == [made("A")]


def test_a_subnet_is_in_the_vpc_it_names() -> None:
    """Across stacks too; one of no known VPC is in none."""
    other = a_stack({"B": of("EC2::Subnet", VpcId={"Fn::ImportValue": "vpc"}), "C": of("EC2::Subnet")}, name="other")
    outputs = {"Id": {"Value": ref("Vpc"), "Export": {"Name": "vpc"}}}
    found = Vpcs(a_deployment({"Vpc": VPC, "A": of("EC2::Subnet", VpcId=ref("Vpc"))}, other, Outputs=outputs))
    (vpc,) = found.all.values()
    assert [subnet.key for subnet in vpc.subnets] == [made("A"), made("B", stack="other")]
    assert list(found.subnet) == [made("A"), made("B", stack="other"), made("C", stack="other")]


@pytest.mark.parametrize(
    ("properties", "cidr", "zone"),
    [
        ({"CidrBlock": "10.0.1.0/24", "AvailabilityZone": "eu-west-1a"}, "10.0.1.0/24", "eu-west-1a"),
        ({"CidrBlock": "10.0.1.9/24", "AvailabilityZoneId": "euw1-az1"}, "10.0.1.0/24", "euw1-az1"),
        ({"CidrBlock": ref("P"), "AvailabilityZone": ref("P")}, None, Reference("stack", "P")),
        ({"CidrBlock": UNTOLD, "AvailabilityZone": UNTOLD}, None, None),
        ({"AvailabilityZone": {"Fn::Select": [1, {"Fn::GetAZs": ""}]}}, None, Reference("", "zones of AWS::Region", "[1]")),
        ({}, None, None),
    ],
)  # fmt: skip
def test_a_subnet_has_what_is_known_of_it(properties: Body, cidr: str | None, zone: Known | None) -> None:
    """Its block with host bits cleared, and its zone by name, by id or by reference."""
    found = subnet(**properties)
    assert (found.cidr, found.zone, found.vpc) == (IPv4Network(cidr) if cidr else None, zone, None)


def first(index: int, region: str = "AWS::Region") -> Reference:
    return Reference("", f"zones of {region}", f"[{index}]")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("eu-west-1a", "eu-west-1a", False),
        ("eu-west-1a", "eu-west-1b", True),
        ("euw1-az1", "euw1-az1", False),
        ("euw1-az1", "euw1-az2", True),
        ("eu-west-1a", "euw1-az1", None),
        ("us-west-2-lax-1a", "us-west-2a", True),
        ("usw2-lax1-az1", "us-west-2a", None),
        ("usw2-lax1-az1", "usw2-lax1-az2", True),
        ("usw2-wl1-las-wlz1", "us-west-2-wl1-las-wlz-1", None),
        (first(0), first(0), False),
        (first(0), first(1), True),
        (first(0), first(1, "eu-west-1"), None),
        (first(0), "eu-west-1a", None),
        (Reference("s", "Zones", "[0]"), Reference("s", "Zones", "[1]"), None),
        (Reference("s", "Zone"), Reference("s", "Zone"), False),
        (Reference("s", "Zone"), Reference("s", "Other"), None),
        (None, "eu-west-1a", None),
        (None, None, None),
    ],
)
def test_two_zones_are_two_or_one_or_it_is_unknown(
    one: Known | None, other: Known | None, expected: bool | None
) -> None:
    """Names and ids do not compare: each account has its own names."""
    assert other_zone(one, other) is expected
    assert other_zone(other, one) is expected


@pytest.mark.parametrize(
    ("one", "other", "conditional", "expected"),
    [
        ("10.0.0.0/24", "100.64.0.0/24", False, True),
        ("10.0.0.0/24", "100.64.0.0/24", True, False),
        ("10.0.0.0/24", "10.0.1.0/24", False, False),
        ("10.0.0.0/24", "192.168.0.0/24", False, False),
        ("192.168.0.0/24", "192.168.1.0/24", False, False),
    ],
)
def test_a_vpc_keeps_its_blocks_apart(one: str, other: str, conditional: bool, expected: bool) -> None:
    """If it has them for certain."""
    extra = {**EXTRA, "Condition": "Maybe"} if conditional else EXTRA
    (vpc,) = vpcs({"Vpc": VPC, "Extra": extra}, Conditions={"Maybe": {"Fn::Equals": [ref("P"), "a"]}}).values()
    assert vpc.keeps_apart(IPv4Network(one), IPv4Network(other)) is expected
    assert vpc.keeps_apart(IPv4Network(other), IPv4Network(one)) is expected
