"""Rules about CIDR blocks: where exactly they begin to report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from podspace.lint.linter import lint
from tests.podspace.lint.stacks import Body, a_template, of, ref, write

VPC = of("EC2::VPC", CidrBlock="10.0.0.0/16")


def found(folder: Path, resources: Body, **sections: Any) -> list[tuple[str, str]]:
    """The rules that report a template, with the values."""
    findings = lint([write(folder, {"t.json": a_template(resources, **sections)})]).findings
    return [(one.id, one.subject) for one in findings]


@pytest.mark.parametrize(
    ("cidr", "malformed"),
    [
        ("255.255.255.255/32", False),
        ("0.0.0.0/0", False),
        ("256.0.0.0/32", True),
        ("10.256.0.0/32", True),
        ("10.0.256.0/32", True),
        ("10.0.0.256/32", True),
        ("10.0.0.0/33", True),
        ("10.0.0/32", True),
        ("10.0.0.0", True),
    ],
)
def test_a_cidr_block_has_four_numbers_to_255_and_a_prefix_length_to_32(
    tmp_path: Path, cidr: str, malformed: bool
) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": cidr}
    group = of("EC2::SecurityGroup", GroupDescription="a", VpcId=ref("Vpc"), SecurityGroupIngress=[rule])
    assert found(tmp_path, {"Vpc": VPC, "Group": group}) == ([("malformed-cidr", cidr)] if malformed else [])


@pytest.mark.parametrize(
    ("block", "count", "bits", "reported"),
    [
        ("10.0.0.0/28", 16, 0, False),
        ("10.0.0.0/28", 17, 0, True),
        ("10.0.0.0/24", 16, 4, False),
        ("10.0.0.0/24", 17, 4, True),
        ("10.0.0.0/16", 256, 8, False),
        ("10.0.0.0/8", 257, 8, True),
        ("0.0.0.0/0", 1, 32, False),
        ("10.0.0.0/8", 1, 32, True),
        ("10.0.0.0/8", 1, 33, False),
    ],
)
def test_a_block_has_so_many_parts_of_a_size(tmp_path: Path, block: str, count: int, bits: int, reported: bool) -> None:
    """And Fn::Cidr gives 256 at most."""
    cut = {"Fn::Select": [0, {"Fn::Cidr": [block, count, bits]}]}
    list_of = of("EC2::PrefixList", PrefixListName="a", AddressFamily="IPv4", MaxEntries=1, Entries=[{"Cidr": cut}])
    assert found(tmp_path, {"List": list_of}) == ([("cidr-beyond-block", str(count))] if reported else [])


@pytest.mark.parametrize(
    ("first", "second", "reported"),
    [
        ("10.1.0.0/16", "192.168.0.0/20", True),
        ("10.1.0.0/16", "10.2.0.0/16", False),
        ("100.64.0.0/16", "192.168.0.0/20", False),
        ("100.64.0.0/16", "100.65.0.0/16", False),
    ],
)
def test_cidr_blocks_of_a_vpc_with_an_unknown_primary_are_compared_with_each_other(
    tmp_path: Path, first: str, second: str, reported: bool
) -> None:
    """A block of shared address space says nothing of the primary one."""
    blocks = {
        f"Block{at}": of("EC2::VPCCidrBlock", VpcId=ref("Vpc"), CidrBlock=cidr)
        for at, cidr in enumerate((first, second))
    }
    parameters = {"Vpc": {"Type": "AWS::EC2::VPC::Id"}}
    assert bool(found(tmp_path, blocks, Parameters=parameters)) is reported


@pytest.mark.parametrize(
    "source",
    [
        {"AmazonProvidedIpv6CidrBlock": True},
        {"Ipv6IpamPoolId": "ipam-pool-0a", "Ipv6NetmaskLength": 56},
        {"Ipv6Pool": "ipv6pool-ec2-0a", "Ipv6CidrBlock": "2001:db8::/56"},
    ],
)
@pytest.mark.parametrize("waits", [True, False])
def test_a_subnet_waits_for_the_ipv6_cidr_block_of_its_vpc_from_any_source(
    tmp_path: Path, source: Body, waits: bool
) -> None:
    block = of("EC2::VPCCidrBlock", VpcId=ref("Vpc"), **source)
    subnet = of("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.0.0/24", Ipv6CidrBlock="2001:db8::/64")
    subnet |= {"DependsOn": "Block"} if waits else {}
    rules = [rule for rule, _ in found(tmp_path, {"Vpc": VPC, "Block": block, "Subnet": subnet})]
    assert rules == ([] if waits else ["subnet-without-ipv6-block-dependency"])


LIST = ["10.0.0.0/24", "10.0.1.0/24"]


@pytest.mark.parametrize(("index", "reported"), [(1, False), (2, True)])
@pytest.mark.parametrize(
    "items", [LIST, {"Fn::Cidr": ["10.0.0.0/16", 2, 8]}, {"Fn::Cidr": [ref("Block"), 2]}, ref("Cidrs")]
)
def test_an_index_is_below_the_number_of_items(tmp_path: Path, items: object, index: int, reported: bool) -> None:
    """Of a list as it is written, of Fn::Cidr and of a parameter."""
    subnet = of("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock={"Fn::Select": [index, items]})
    cidrs = {"Type": "CommaDelimitedList", "Default": ",".join(LIST)}
    parameters = {"Block": {"Type": "String"}, "Cidrs": cidrs}
    expected = [("select-beyond-list", str(index))] if reported else []
    assert found(tmp_path, {"Vpc": VPC, "Subnet": subnet}, Parameters=parameters) == expected


@pytest.mark.parametrize(
    "cidrs", [["10.0.0.0/24", "10.0.0.0/20"], ["10.0.0.0/20", "10.0.0.0/24"], ["10.0.2.0/24", "10.0.0.0/20"]]
)
def test_of_two_subnets_that_overlap_the_smaller_one_is_reported(tmp_path: Path, cidrs: list[str]) -> None:
    """Wherever the two are in the template."""
    subnets = {f"S{at}": of("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock=cidr) for at, cidr in enumerate(cidrs)}
    (smaller,) = (cidr for cidr in cidrs if cidr.endswith("/24"))
    assert found(tmp_path, {"Vpc": VPC, **subnets}) == [("subnets-overlap", smaller)]


def test_a_subnet_waits_for_one_of_the_ipv6_cidr_blocks_of_its_vpc(tmp_path: Path) -> None:
    block = of("EC2::VPCCidrBlock", VpcId=ref("Vpc"), AmazonProvidedIpv6CidrBlock=True)
    subnet = of("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.0.0/24", Ipv6CidrBlock="2001:db8::/64")
    resources = {"Vpc": VPC, "One": block, "Other": block, "Subnet": {**subnet, "DependsOn": "Other"}}
    assert found(tmp_path, resources) == []


@pytest.mark.parametrize(
    ("kind", "properties", "place"),
    [
        ("EC2::VPC", {"CidrBlock": "10.0.0"}, "CidrBlock"),
        ("EC2::VPCCidrBlock", {"VpcId": "vpc-0a", "CidrBlock": "10.0.0"}, "CidrBlock"),
        ("EC2::Subnet", {"VpcId": "vpc-0a", "CidrBlock": "10.0.0"}, "CidrBlock"),
        ("EC2::NetworkAclEntry", {"NetworkAclId": "acl-0a", "CidrBlock": "10.0.0"}, "CidrBlock"),
        ("EC2::Route", {"RouteTableId": "rtb-0a", "DestinationCidrBlock": "10.0.0"}, "DestinationCidrBlock"),
        ("EC2::TransitGatewayRoute", {"DestinationCidrBlock": "10.0.0"}, "DestinationCidrBlock"),
        ("EC2::SecurityGroupIngress", {"GroupId": "sg-0a", "CidrIp": "10.0.0"}, "CidrIp"),
        ("EC2::SecurityGroupEgress", {"GroupId": "sg-0a", "CidrIp": "10.0.0"}, "CidrIp"),
        ("EC2::SecurityGroup", {"SecurityGroupIngress": [{"CidrIp": "10.0.0"}]}, "SecurityGroupIngress[0].CidrIp"),
        ("EC2::SecurityGroup", {"SecurityGroupEgress": [{"CidrIp": "10.0.0"}]}, "SecurityGroupEgress[0].CidrIp"),
        ("EC2::SubnetCidrReservation", {"Cidr": "10.0.0"}, "Cidr"),
        ("EC2::PrefixList", {"Entries": [{"Cidr": "10.0.0"}]}, "Entries"),
        ("EKS::Cluster", {"KubernetesNetworkConfig": {"ServiceIpv4Cidr": "10.0.0"}}, "KubernetesNetworkConfig.ServiceIpv4Cidr"),
        ("EKS::Cluster", {"ResourcesVpcConfig": {"PublicAccessCidrs": ["10.0.0"]}}, "ResourcesVpcConfig.PublicAccessCidrs"),
    ],
)  # fmt: skip
def test_a_malformed_cidr_block_is_found_in_every_property_that_is_one(
    tmp_path: Path, kind: str, properties: Body, place: str
) -> None:
    (finding,) = lint([write(tmp_path, {"t.json": a_template({"A": of(kind, **properties)})})]).findings
    assert (finding.id, finding.location.path) == ("malformed-cidr", f"Properties.{place}")


@pytest.mark.parametrize(
    ("target", "reported"),
    [
        ({"GatewayId": "igw-0a"}, True),
        ({"GatewayId": "vgw-0a"}, True),
        ({"TransitGatewayId": "tgw-0a"}, True),
        ({"VpcPeeringConnectionId": "pcx-0a"}, True),
        ({"NatGatewayId": "nat-0a"}, False),
        ({"NetworkInterfaceId": "eni-0a"}, False),
        ({"VpcEndpointId": "vpce-0a"}, False),
    ],
)
def test_a_route_for_a_cidr_block_of_its_vpc_leaves_the_vpc_by_no_gateway(
    tmp_path: Path, target: Body, reported: bool
) -> None:
    """Those to a NAT gateway, an interface or an endpoint stay in it."""
    table = of("EC2::RouteTable", VpcId=ref("Vpc"))
    route = of("EC2::Route", RouteTableId=ref("Table"), DestinationCidrBlock="10.0.1.0/24", **target)
    rules = [rule for rule, _ in found(tmp_path, {"Vpc": VPC, "Table": table, "Route": route})]
    assert ("route-for-own-block" in rules) is reported
