"""Each check of preflight, in an account without errors and in accounts with one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from podspace.diagnostic import Diagnostic, exit_status
from podspace.live.aws import call
from podspace.live.failure import LiveError
from podspace.preflight import CHECKS, VPC_CHECKS, preflight
from tests.canned_account import (
    ATTACHED,
    GROUP,
    NODES,
    POLICY_ARN,
    PUBLIC,
    ROLE,
    ROLE_ARN,
    VPC,
    Answers,
    a_block,
    a_cluster,
    a_group,
    a_nat_gateway,
    a_peering,
    a_sound_account,
    a_subnet,
    a_table,
    a_vpc,
    an_acl,
    an_interface,
    both_ways,
    denied,
    to_internet,
    zone,
)
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, AN_IPV6_CLUSTER, Changes, a_plan

STACK = "podspace-cluster-net"
DEPLOYED_STACK = [{"StackName": STACK, "StackStatus": "CREATE_COMPLETE"}]


def diagnostics(answers: Answers | None = None, changes: Changes | None = None) -> list[Diagnostic]:
    return list(preflight(a_plan(changes), a_sound_account(answers)))


def of(check: str, found: list[Diagnostic]) -> list[Diagnostic]:
    return [diagnostic for diagnostic in found if diagnostic.id == check]


def stack_resources(created: Mapping[tuple[str, str], str], changes: Changes | None = None) -> list[dict[str, str]]:
    """The answer of ListStackResources, from the physical ids of resources by type and name."""
    logical_ids = {(each.type, each.name): each.logical_id for each in a_plan(changes).resources()}
    return [
        {"LogicalResourceId": logical_ids[key], "PhysicalResourceId": id, "ResourceType": key[0]}
        for key, id in created.items()
    ]


def deployed() -> dict[str, Any]:
    """The answers of an account in which the config of `tests.mother` is deployed already."""
    ours = [
        a_subnet(f"subnet-00000c{letter}{letter}", letter, cidr, tags=a_plan().pods.selector)
        for letter, cidr in (("a", "100.64.0.0/18"), ("b", "100.64.64.0/18"))
    ]
    created = {
        ("AWS::EC2::VPCCidrBlock", "100.64.0.0/16"): "vpc-cidr-assoc-1",
        ("AWS::IAM::Role", ""): ROLE,
        ("AWS::EKS::AccessEntry", "of the nodes"): "entry",
        **{("AWS::EC2::Subnet", subnet["CidrBlock"]): subnet["SubnetId"] for subnet in ours},
    }
    return {
        "DescribeVpcs": [a_vpc(a_block("100.64.0.0/16", association="vpc-cidr-assoc-1"))],
        "DescribeSubnets": [*NODES, *PUBLIC, *ours],
        "DescribeStacks": DEPLOYED_STACK,
        "ListStackResources": stack_resources(created),
        "GetRole": [{"RoleName": ROLE, "Arn": ROLE_ARN}],
        "DescribeAccessEntry": [{"principalArn": ROLE_ARN, "type": "EC2"}],
        "ListAssociatedAccessPolicies": [{"policyArn": POLICY_ARN}],
    }


def test_every_check_is_ok_in_an_account_without_errors() -> None:
    found = diagnostics()
    assert {diagnostic.severity for diagnostic in found} == {"ok"}
    assert exit_status(found) == 0


def test_resources_of_the_stack_are_no_conflict() -> None:
    """Its CIDR blocks, subnets, role and access entry."""
    found = diagnostics(deployed())
    assert {diagnostic.severity for diagnostic in found} == {"ok"}
    assert [diagnostic.subject for diagnostic in of("pod-blocks", found)] == ["100.64.0.0/16"]
    assert of("block-quota", found) == []


@pytest.mark.parametrize(
    ("resource_type", "id", "is_named"),
    [
        ("AWS::EC2::VPC", VPC, True),
        ("AWS::EC2::Subnet", NODES[0]["SubnetId"], True),
        ("AWS::EKS::Cluster", "cluster", True),
        ("AWS::IAM::Role", "cluster", False),
        ("AWS::EC2::NatGateway", "nat-0000000000000beef", False),
    ],
)
def test_what_the_stack_created_must_not_be_named_as_existing(resource_type: str, id: str, is_named: bool) -> None:
    """The deployment would delete it."""
    created = {"LogicalResourceId": "Earlier", "PhysicalResourceId": id, "ResourceType": resource_type}
    answers = deployed()
    answers["ListStackResources"] = [*answers["ListStackResources"], created]
    found = of("stack-resources", diagnostics(answers))
    assert [(each.severity, each.subject) for each in found] == ([("error", id)] if is_named else [])
    assert all(each.fix for each in found)


def test_a_subnet_with_the_selector_tag_conflicts_unless_the_stack_created_it() -> None:
    """Another stack of the same cluster and network has it, and EC2 refuses a second one."""
    found = diagnostics(deployed() | {"DescribeStacks": []})
    for check in ("pod-blocks", "pod-subnets"):
        assert {diagnostic.severity for diagnostic in of(check, found)} == {"error"}
    unread = diagnostics(deployed() | {"ListStackResources": denied(call.LIST_STACK_RESOURCES)})
    assert [diagnostic.severity for diagnostic in of("pod-blocks", unread)] == ["unknown"]


def test_deleted_resources_of_the_stack_are_drift() -> None:
    gone = deployed() | {"DescribeSubnets": [*NODES, *PUBLIC], "DescribeVpcs": [a_vpc()]}
    assert {diagnostic.subject for diagnostic in of("drift", diagnostics(gone))} == {
        "vpc-cidr-assoc-1",
        "subnet-00000caa",
        "subnet-00000cbb",
    }
    assert of("drift", diagnostics(deployed())) == []


def test_a_cidr_block_of_the_stack_cannot_be_associated_already() -> None:
    """The deployment would disassociate it."""
    adopted = {"pods": {"cidrs": [{"cidr": "100.64.0.0/16", "associated": True}], "subnets": {"eu-west-1a": ["100.64.0.0/18"]}}, "egress": []}  # fmt: skip
    assert [each.severity for each in of("pod-blocks", diagnostics(deployed(), adopted))] == ["error"]


def test_every_diagnostic_has_the_id_of_a_documented_check() -> None:
    names = {check.__name__.replace("_", "-") for check in (*CHECKS, *VPC_CHECKS)}
    assert {diagnostic.id for diagnostic in (*diagnostics(), *diagnostics(deployed()))} <= names


Case = tuple[str, str, Answers, Changes, str]
TGW = {"TransitGatewayId": "tgw-0000000a", "State": "available"}
BY_TGW: Changes = {
    "egress": [{"to": "10.128.0.0/9", "transit_gateway": "tgw-0000000a"}],
    "pods.cidrs": [{"cidr": "100.64.0.0/16", "unique": True}],
    "node_classes": [{"name": "class", "snat_policy": "Disabled"}],
}
NEW_NAT: Changes = {
    "egress": [
        {"to": "internet", "new_nat_gateways": {"eu-west-1a": "subnet-000000aa", "eu-west-1b": "subnet-000000bb"}}
    ],
    "node_classes": [{"name": "class", "snat_policy": "Disabled"}],
}
TABLES = [
    a_table("rtb-0000000a", "subnet-0000000a", routes=[to_internet("nat-0000000a")]),
    a_table("rtb-0000000b", "subnet-0000000b", routes=[to_internet("nat-0000000b")]),
]
MAIN = a_table("rtb-0000000f", routes=[to_internet("igw-0000000a")], main=True)
PEERING = a_peering("10.9.0.0/16")
WAN = {
    "AttachmentId": "attachment-1",
    "ResourceArn": f"arn:aws:ec2:eu-west-1:111122223333:vpc/{VPC}",
    "State": "AVAILABLE",
}
TO_WAN = {
    "to": "10.128.0.0/9",
    "core_network": "arn:aws:networkmanager::111122223333:core-network/core-network-0000000a",
}
BY_WAN: Changes = {**BY_TGW, "egress": [TO_WAN]}
NEW_WAN: Changes = {
    **BY_TGW,
    "egress": [{**TO_WAN, "attachment_subnets": {"eu-west-1a": "subnet-0000000a", "eu-west-1b": "subnet-0000000b"}}],
}
VGW = {
    "VpnGatewayId": "vgw-0000000a",
    "State": "available",
    "VpcAttachments": [{"VpcId": VPC, "State": "attached"}],
}
BY_VGW: Changes = {**BY_TGW, "egress": [{"to": "10.128.0.0/9", "virtual_private_gateway": "vgw-0000000a"}]}


def learned(cidr: str) -> dict[str, Any]:
    """The main route table, with a route that the virtual private gateway propagates."""
    origin = "EnableVgwRoutePropagation"
    route = {"DestinationCidrBlock": cidr, "GatewayId": "vgw-0000000a", "Origin": origin}
    return a_table("rtb-0000000f", routes=[to_internet("igw-0000000a"), route], main=True)


NAMED_ROLE: Changes = {"cluster.node_role": {"name": ROLE, "access_entry": True}}
A_ROLE = {"GetRole": [{"RoleName": ROLE, "Arn": ROLE_ARN}]}
ENDPOINT = {
    "VpcEndpointId": "vpce-1",
    "VpcEndpointType": "Interface",
    "ServiceName": "com.amazonaws.eu-west-1.sts",
    "State": "available",
    "Groups": [{"GroupId": "sg-0000000e"}],
}
FIREWALLS = [
    {"VpcEndpointId": f"vpce-0000000{zone}", "VpcEndpointType": "GatewayLoadBalancer", "ServiceName": "firewall", "State": "available", "SubnetIds": [f"subnet-000000f{zone}"]}
    for zone in "ab"
]  # fmt: skip
BY_FIREWALL: Changes = {
    "egress": [
        {
            "to": "internet",
            "firewall_endpoints": {"eu-west-1a": "vpce-0000000a", "eu-west-1b": "vpce-0000000b"},
            "nat_gateways": {"eu-west-1a": "nat-0000000a", "eu-west-1b": "nat-0000000b"},
        }
    ],
    "node_classes": [{"name": "class", "snat_policy": "Disabled"}],
}
FIREWALL_SUBNETS = [
    a_subnet(f"subnet-000000f{zone}", zone, f"10.0.{number}.0/24") for number, zone in enumerate("ab", 4)
]
POD_SUBNETS = [a_subnet("subnet-00000caa", "a", "100.64.0.0/18"), a_subnet("subnet-00000cbb", "b", "100.64.64.0/18")]


def back(zone: str, endpoint: str) -> dict[str, str]:
    """A route of a NAT gateway's subnet back to the pods of a zone."""
    return {"DestinationCidrBlock": {"a": "100.64.0.0/18", "b": "100.64.64.0/18"}[zone], "GatewayId": endpoint}


def firewalled(*, there: str = "b", back_by: str = "vpce-0000000b", pods: bool = True) -> dict[str, Any]:
    """The answers of a VPC with firewalls, and what routes of zone b have as targets."""
    return {
        "DescribeVpcEndpoints": FIREWALLS,
        "DescribeSubnets": [*NODES, *PUBLIC, *FIREWALL_SUBNETS, *(POD_SUBNETS if pods else [])],
        "DescribeRouteTables": [
            *TABLES,
            MAIN,
            a_table("rtb-000000fa", "subnet-000000fa", routes=[to_internet("nat-0000000a")]),
            a_table("rtb-000000fb", "subnet-000000fb", routes=[to_internet(f"nat-0000000{there}")]),
            a_table(
                "rtb-000000aa", "subnet-000000aa", routes=[to_internet("igw-0000000a"), back("a", "vpce-0000000a")]
            ),
            a_table("rtb-000000bb", "subnet-000000bb", routes=[to_internet("igw-0000000a"), back("b", back_by)]),
        ],
    }


NEW_BY_FIREWALL: Changes = {
    **BY_FIREWALL,
    "egress": [
        {
            "to": "internet",
            "firewall_endpoints": {"eu-west-1a": "vpce-0000000a", "eu-west-1b": "vpce-0000000b"},
            "new_nat_gateways": {"eu-west-1a": "subnet-000000aa", "eu-west-1b": "subnet-000000bb"},
            "firewall_route_tables": {"eu-west-1a": "rtb-000000fa", "eu-west-1b": "rtb-000000fb"},
            "nat_route_tables": {"eu-west-1a": "rtb-000000aa", "eu-west-1b": "rtb-000000bb"},
        }
    ],
}
OTHER_TABLE = {
    **NEW_BY_FIREWALL["egress"][0],
    "nat_route_tables": {"eu-west-1a": "rtb-000000aa", "eu-west-1b": "rtb-0000000b"},
}
LET_IN: Changes = {"endpoints.interfaces": {"existing": True, "security_group_ids": ["sg-0000000e"]}}

ADDRESS_USAGE: Changes = {"monitoring": {"network_address_usage": {"quota": 128_000}}}
LOCAL_ZONE = {
    "ZoneName": "eu-west-1-abc-1a",
    "ZoneId": "euw1-abc1-az1",
    "State": "available",
    "ZoneType": "local-zone",
    "GroupName": "eu-west-1-abc-1",
    "ParentZoneName": "eu-west-1a",
    "ParentZoneId": "euw1-az1",
    "OptInStatus": "opted-in",
}
NOT_ENABLED = {**LOCAL_ZONE, "OptInStatus": "not-opted-in"}
IN_LOCAL_ZONE: Changes = {
    "pods.zones": ["eu-west-1a", "eu-west-1-abc-1a"],
    "vpc.node_subnets": {"eu-west-1a": ["subnet-0000000a"]},
    "egress.0.nat_gateways": {"eu-west-1a": "nat-0000000a", "eu-west-1-abc-1a": "nat-0000000a"},
}
"""The pods of a Local Zone use the NAT gateway of its parent zone."""
BY_ZONE_ID: Changes = {
    "pods.zones": ["euw1-az1", "euw1-abc1-az1"],
    "vpc.node_subnets": {"euw1-az1": ["subnet-0000000a"]},
    "egress.0.nat_gateways": {"euw1-az1": "nat-0000000a", "euw1-abc1-az1": "nat-0000000a"},
}

CASES: list[Case] = [
    ("account", "error", {"GetCallerIdentity": [{"Account": "999900001111"}]}, {"environment.account": "111122223333"}, "111122223333"),
    ("stack", "error", {"DescribeStacks": [{"StackName": STACK, "StackStatus": "ROLLBACK_COMPLETE"}]}, {}, "ROLLBACK_COMPLETE"),
    ("stack", "error", {"DescribeStacks": [{"StackName": STACK, "StackStatus": "UPDATE_ROLLBACK_FAILED"}]}, {}, "UPDATE_ROLLBACK_FAILED"),
    ("stack", "error", {"DescribeStacks": [{"StackName": STACK, "StackStatus": "UPDATE_IN_PROGRESS"}]}, {}, "UPDATE_IN_PROGRESS"),
    ("zones", "error", {"DescribeAvailabilityZones": [zone("a")]}, {}, "eu-west-1b"),
    ("zones", "warning", {"DescribeAvailabilityZones": [zone("a"), zone("b", state="impaired")]}, {}, "impaired"),
    ("zones", "error", {"DescribeAvailabilityZones": [zone("a"), NOT_ENABLED]}, IN_LOCAL_ZONE, "eu-west-1-abc-1a"),
    ("nat-gateways", "warning", {"DescribeAvailabilityZones": [zone("a"), zone("b"), LOCAL_ZONE]}, {**IN_LOCAL_ZONE, "egress.0.nat_gateways": {"eu-west-1a": "nat-0000000a", "eu-west-1-abc-1a": "nat-0000000b"}}, "nat-0000000b"),
    ("nat-gateways", "warning", {"DescribeAvailabilityZones": [zone("a"), zone("b"), LOCAL_ZONE], "DescribeNatGateways": [a_nat_gateway("nat-0000000a", "", AvailabilityMode="regional")]}, IN_LOCAL_ZONE, "nat-0000000a"),
    ("vpc", "error", {"DescribeVpcs": []}, {}, VPC),
    ("dns", "error", {"DescribeVpcAttribute": [{"EnableDnsSupport": {"Value": True}, "EnableDnsHostnames": {"Value": False}}]}, {}, "DNS hostnames"),
    ("vpc-blocks", "warning", {"DescribeVpcs": [a_vpc(a_block("10.1.0.0/16"))]}, {}, "10.1.0.0/16"),
    ("vpc-blocks", "error", {}, {"vpc.cidrs": ["10.0.0.0/20", "10.2.0.0/16"]}, "10.2.0.0/16"),
    ("vpc-blocks", "error", {"DescribeVpcs": [a_vpc(a_block("10.2.0.0/16"))]}, {"vpc.cidrs": ["10.2.0.0/16", "10.0.0.0/20"]}, "10.0.0.0/20"),
    ("pod-blocks", "error", {"DescribeVpcs": [a_vpc(a_block("100.64.0.0/16"))]}, {}, "100.64.0.0/16"),
    ("pod-blocks", "error", {"DescribeVpcs": [a_vpc(a_block("100.64.0.0/16", state="associating"))]}, {}, "associating"),
    ("pod-blocks", "error", {}, {"pods": {"cidrs": [{"cidr": "100.64.0.0/16", "associated": True}], "subnets": {"eu-west-1a": ["100.64.0.0/18"]}}, "egress": []}, "100.64.0.0/16"),
    ("block-quota", "error", {"GetServiceQuota": [{"Value": 1.0}]}, {}, "2 IPv4"),
    ("block-associations", "error", {"DescribeRouteTables": [*TABLES, a_table("rtb-0000000f", routes=[to_internet("igw-0"), {"DestinationCidrBlock": "100.64.5.0/24", "TransitGatewayId": "tgw-1"}], main=True)]}, {}, "100.64.5.0/24"),
    ("peers", "error", {"DescribeVpcPeeringConnections": [{**PEERING, "AccepterVpcInfo": {"VpcId": "vpc-1", "CidrBlockSet": [{"CidrBlock": "100.64.0.0/17"}]}}]}, {}, "100.64.0.0/17"),
    ("peers", "error", {"DescribeVpcPeeringConnections": [{**PEERING, "Status": {"Code": "pending-acceptance"}}]}, {}, "pcx-1"),
    ("peers", "warning", {"DescribeVpcPeeringConnections": [PEERING]}, {}, "10.9.0.0/16"),
    ("transit-gateways", "error", {"DescribeTransitGateways": [TGW], "DescribeTransitGatewayAttachments": [ATTACHED], "SearchTransitGatewayRoutes": [{"DestinationCidrBlock": "100.64.0.0/16", "TransitGatewayAttachments": [{"ResourceId": "vpc-2"}]}]}, BY_TGW, "routes 100.64.0.0/16"),
    ("transit-gateways", "warning", {"DescribeTransitGatewayAttachments": [ATTACHED], "SearchTransitGatewayRoutes": [{"DestinationCidrBlock": "100.64.0.0/16", "TransitGatewayAttachments": [{"ResourceId": "vpc-2"}]}]}, {}, "routes 100.64.0.0/16"),
    ("node-subnets", "error", {"DescribeSubnets": [NODES[0], *PUBLIC]}, {}, "subnet-0000000b"),
    ("node-subnets", "error", {"DescribeSubnets": [NODES[0], a_subnet("subnet-0000000b", "c", "10.0.1.0/24"), *PUBLIC]}, {}, "eu-west-1c (euw1-az3)"),
    ("node-subnets", "error", {"DescribeSubnets": [NODES[0], a_subnet("subnet-0000000b", "b", "10.0.1.0/24", free=0), *PUBLIC]}, {}, "subnet-0000000b"),
    ("node-subnets", "error", {"DescribeSubnets": [NODES[0], {**NODES[1], "State": "pending"}, *PUBLIC]}, {}, "pending"),
    ("node-subnets", "warning", {"DescribeSubnets": [NODES[0], a_subnet("subnet-0000000b", "b", "10.0.1.0/24", free=3), *PUBLIC]}, {}, "3 free addresses"),
    ("node-subnets", "warning", {"DescribeRouteTables": [TABLES[0], MAIN]}, {}, "subnet-0000000b"),
    ("node-subnets", "warning", {"DescribeRouteTables": [TABLES[0], a_table("rtb-0000000b", "subnet-0000000b", routes=[]), MAIN]}, {}, "rtb-0000000b"),
    ("pod-subnets", "error", {"DescribeSubnets": [*NODES, *PUBLIC, a_subnet("subnet-1", "a", "100.64.1.0/24")]}, {}, "subnet-1 "),
    ("pod-subnets", "error", deployed(), {"pods.zones": ["eu-west-1b", "eu-west-1a"]}, "eu-west-1b"),
    ("pod-subnets", "error", deployed(), {"pods.subnet_prefix": 19}, "100.64.64.0/18"),
    ("pod-subnets", "error", {}, {"pods": {"subnet_ids": {"eu-west-1a": ["subnet-00000001"]}}, "egress": []}, "subnet-00000001"),
    ("subnet-quota", "error", {"GetServiceQuota": [{"Value": 5.0}]}, {}, "6 subnets"),
    ("nat-gateways", "error", {"DescribeNatGateways": [a_nat_gateway("nat-0000000a", "subnet-000000aa")]}, {}, "nat-0000000b"),
    ("nat-gateways", "error", {"DescribeNatGateways": [a_nat_gateway("nat-0000000a", "subnet-000000aa"), a_nat_gateway("nat-0000000b", "subnet-000000bb", State="pending")]}, {}, "pending"),
    ("nat-gateways", "error", {"DescribeNatGateways": [a_nat_gateway("nat-0000000a", "subnet-000000aa"), a_nat_gateway("nat-0000000b", "subnet-000000bb", ConnectivityType="private")]}, {}, "nat-0000000b"),
    ("nat-gateways", "error", {"DescribeNatGateways": [a_nat_gateway("nat-0000000a", "subnet-000000aa"), a_nat_gateway("nat-0000000b", "subnet-0000000b")]}, {}, "subnet-0000000b"),
    ("nat-gateways", "warning", {"DescribeNatGateways": [a_nat_gateway("nat-0000000a", "subnet-000000aa"), a_nat_gateway("nat-0000000b", "subnet-000000aa")]}, {}, "eu-west-1a"),
    ("gateway-subnets", "error", {"DescribeRouteTables": [*TABLES, a_table("rtb-0000000f", routes=[], main=True)]}, NEW_NAT, "subnet-000000aa"),
    ("gateway-subnets", "error", {"DescribeSubnets": [*NODES, PUBLIC[0]]}, NEW_NAT, "subnet-000000bb"),
    ("attachments", "error", {}, BY_TGW, "tgw-0000000a"),
    ("attachments", "error", {"DescribeTransitGateways": [{**TGW, "State": "pending"}]}, BY_TGW, "pending"),
    ("attachments", "error", {"DescribeTransitGateways": [TGW]}, BY_TGW, "tgw-0000000a"),
    ("attachments", "error", {"DescribeTransitGateways": [TGW], "DescribeTransitGatewayAttachments": [{**ATTACHED, "State": "pendingAcceptance"}]}, BY_TGW, "pendingAcceptance"),
    ("attachments", "error", {"DescribeTransitGateways": [TGW], "DescribeTransitGatewayAttachments": [ATTACHED]}, {**BY_TGW, "egress": [{"to": "10.128.0.0/9", "transit_gateway": "tgw-0000000a", "attachment_subnets": {"eu-west-1a": "subnet-0000000a", "eu-west-1b": "subnet-0000000b"}}]}, "tgw-attach-1"),
    ("firewall-endpoints", "error", {}, BY_FIREWALL, "vpce-0000000a"),
    ("firewall-endpoints", "error", {**firewalled(), "DescribeVpcEndpoints": [FIREWALLS[0], {**FIREWALLS[1], "VpcEndpointType": "Interface"}]}, BY_FIREWALL, "vpce-0000000b"),
    ("firewall-endpoints", "error", {**firewalled(), "DescribeVpcEndpoints": [FIREWALLS[0], {**FIREWALLS[1], "State": "pending"}]}, BY_FIREWALL, "pending"),
    ("firewall-endpoints", "error", {**firewalled(), "DescribeVpcEndpoints": [FIREWALLS[0], {**FIREWALLS[1], "SubnetIds": ["subnet-000000fa"]}]}, BY_FIREWALL, "eu-west-1a"),
    ("firewall-endpoints", "error", {**firewalled(), "DescribeVpcEndpoints": [FIREWALLS[0], {**FIREWALLS[1], "SubnetIds": ["subnet-000000bb"]}]}, BY_FIREWALL, "a NAT gateway"),
    ("firewall-routes", "error", firewalled(there="a"), BY_FIREWALL, "rtb-000000fb"),
    ("firewall-routes", "error", firewalled(back_by="vpce-0000000a"), BY_FIREWALL, "rtb-000000bb"),
    ("firewall-routes", "warning", firewalled(back_by="vpce-0000000a", pods=False), BY_FIREWALL, "rtb-000000bb"),
    ("firewall-routes", "error", firewalled(), {**NEW_BY_FIREWALL, "egress": [OTHER_TABLE]}, "rtb-0000000b"),
    ("core-networks", "error", {}, BY_WAN, "core-network-0000000a"),
    ("core-networks", "error", {"ListAttachments": [{**WAN, "ResourceArn": "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-2"}]}, BY_WAN, "core-network-0000000a"),
    ("core-networks", "error", {"ListAttachments": [{**WAN, "State": "PENDING_ATTACHMENT_ACCEPTANCE"}]}, BY_WAN, "PENDING_ATTACHMENT_ACCEPTANCE"),
    ("core-networks", "error", {"ListAttachments": [WAN]}, NEW_WAN, "attachment-1"),
    ("virtual-private-gateways", "error", {}, BY_VGW, "vgw-0000000a"),
    ("virtual-private-gateways", "error", {"DescribeVpnGateways": [{**VGW, "State": "deleted"}]}, BY_VGW, "deleted"),
    ("virtual-private-gateways", "error", {"DescribeVpnGateways": [{**VGW, "VpcAttachments": [{"VpcId": "vpc-2", "State": "attached"}]}]}, BY_VGW, VPC),
    ("virtual-private-gateways", "error", {"DescribeVpnGateways": [{**VGW, "VpcAttachments": [{"VpcId": VPC, "State": "detaching"}]}]}, BY_VGW, "detaching"),
    ("virtual-private-gateways", "warning", {"DescribeVpnGateways": [VGW], "DescribeRouteTables": [*TABLES, learned("192.168.0.0/16")]}, BY_VGW, "10.128.0.0/9"),
    ("nat-quota", "error", {"GetServiceQuota": [{"Value": 1.0}]}, NEW_NAT, "2 NAT gateways"),
    ("address-quota", "error", {"DescribeAddresses": [{"AllocationId": f"eipalloc-{n}"} for n in range(4)]}, NEW_NAT, "6 Elastic IP addresses"),
    ("given-addresses", "error", {}, {"egress": [{**NEW_NAT["egress"][0], "allocation_ids": {"eu-west-1a": ["eipalloc-0000000a"], "eu-west-1b": ["eipalloc-0000000b"]}}], "node_classes": NEW_NAT["node_classes"]}, "eipalloc-0000000a"),
    ("cluster-state", "error", {"DescribeCluster": []}, {}, "cluster"),
    ("cluster-state", "error", {"DescribeCluster": [a_cluster(status="UPDATING")]}, {}, "UPDATING"),
    ("cluster-state", "error", {"DescribeCluster": [a_cluster(resourcesVpcConfig={"vpcId": "vpc-2", "clusterSecurityGroupId": GROUP})]}, {}, "vpc-2"),
    ("cluster-state", "error", {}, {**A_NEW_CLUSTER}, "cluster"),
    ("auto-mode", "error", {"DescribeCluster": [a_cluster(computeConfig={"enabled": False})]}, {}, "cluster"),
    ("auto-mode", "error", {"DescribeCluster": [a_cluster(version="1.28")]}, {}, "1.28"),
    ("auto-mode", "warning", {"DescribeCluster": [a_cluster(computeConfig={"enabled": True, "nodePools": ["system"]})]}, {}, "system"),
    ("cluster-access", "error", {"DescribeCluster": [a_cluster(accessConfig={"authenticationMode": "CONFIG_MAP"})]}, {}, "CONFIG_MAP"),
    ("cluster-groups", "error", {}, {"cluster.security_group_id": "sg-00000001"}, GROUP),
    ("node-groups", "error", {}, {"cluster.node_security_group_ids": ["sg-00000001"]}, "sg-00000001"),
    ("node-groups", "error", {}, {"pods.security_group": {"ingress": [{"from": "sg-00000001"}]}}, "sg-00000001"),
    ("node-groups", "error", {}, {"pods.security_group": {"egress": [{"to": "sg-00000001"}]}}, "sg-00000001"),
    ("node-groups", "error", {}, {"pods.security_group": {"reaches": [{"id": "sg-00000001", "ports": [1]}]}}, "sg-00000001"),
    ("node-groups", "warning", {"DescribeVpcPeeringConnections": [PEERING]}, {"vpc.peers": ["10.9.0.0/16"], "pods.security_group": {"reaches": [{"id": "sg-00000001", "ports": [1]}]}}, "sg-00000001"),
    ("service-cidr", "error", {"DescribeCluster": [a_cluster(kubernetesNetworkConfig={"serviceIpv4Cidr": "100.64.0.0/20"})]}, {}, "100.64.0.0/20"),
    ("service-cidr", "error", {"DescribeCluster": [a_cluster(kubernetesNetworkConfig={"ipFamily": "ipv6"})]}, {}, "ipv6"),
    ("service-cidr", "warning", {"DescribeCluster": [a_cluster(kubernetesNetworkConfig={"serviceIpv4Cidr": "10.100.0.0/16"})]}, {}, "10.100.0.0/16"),
    ("node-role", "error", A_ROLE, {}, ROLE),
    ("node-role", "error", {}, NAMED_ROLE, ROLE),
    ("access-entry", "error", {**A_ROLE, "DescribeAccessEntry": [{"principalArn": ROLE_ARN, "type": "EC2"}]}, NAMED_ROLE, ROLE_ARN),
    ("access-entry", "error", A_ROLE, {"cluster.node_role": {"name": ROLE, "access_entry": False}}, ROLE_ARN),
    ("access-entry", "error", {**A_ROLE, "DescribeAccessEntry": [{"principalArn": ROLE_ARN, "type": "EC2_LINUX"}]}, {"cluster.node_role": {"name": ROLE, "access_entry": False}}, "EC2_LINUX"),
    ("access-entry", "error", {**A_ROLE, "DescribeAccessEntry": [{"principalArn": ROLE_ARN, "type": "EC2"}]}, {"cluster.node_role": {"name": ROLE, "access_entry": False}}, "AmazonEKSAutoNodePolicy"),
    ("endpoint-groups", "error", {}, LET_IN, "sg-0000000e"),
    ("closed-endpoints", "warning", {"DescribeVpcEndpoints": [ENDPOINT], "DescribeSecurityGroups": [a_group(GROUP), a_group("sg-0000000e", cidrs=("10.0.0.0/20",))]}, {}, "sg-0000000e"),
    ("doubled-endpoints", "error", {"DescribeVpcEndpoints": [ENDPOINT]}, {"endpoints.interfaces": {"services": ["sts"]}}, "vpce-1"),
    ("appliances", "error", {}, {"egress": [{"to": "internet", "appliances": "eni-0000000a"}]}, "eni-0000000a"),
    ("peering-connections", "error", {}, {"egress": [{"to": "10.9.0.0/16", "vpc_peering_connection": "pcx-0000000a"}]}, "pcx-0000000a"),
    ("prefix-lists", "error", {}, {"egress": [{"to": "pl-0000000a", "nat_gateways": "nat-0000000a"}]}, "pl-0000000a"),
    ("address-usage-metrics", "error", {"DescribeVpcAttribute": [{"EnableDnsSupport": {"Value": True}, "EnableDnsHostnames": {"Value": True}, "EnableNetworkAddressUsageMetrics": {"Value": False}}]}, ADDRESS_USAGE, VPC),
    ("address-usage-quota", "warning", {"GetServiceQuota": [{"Value": 256_000.0}]}, ADDRESS_USAGE, "256,000"),
    ("admins", "error", {"GetRole": []}, A_NEW_CLUSTER, "role/Admin"),
    ("closed-groups", "warning", {"DescribeSecurityGroups": [a_group(GROUP), a_group("sg-0000000d", cidrs=("10.0.0.0/20",))], "DescribeNetworkInterfaces": [an_interface("eni-1", "sg-0000000d", description="RDSNetworkInterface")]}, {}, "RDS"),
    ("network-acls", "warning", {"DescribeNetworkAcls": [an_acl(*both_ways(100, "allow", "10.0.0.0/8"), name="acl-9", subnets=("subnet-0000000a",))]}, {}, "acl-9"),
    ("route-quota", "error", {"DescribeManagedPrefixLists": [{"PrefixListId": "pl-0000000a", "MaxEntries": 501}]}, {"egress": [{"to": "pl-0000000a", "nat_gateways": "nat-0000000a"}]}, "501 routes"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("check", "severity", "answers", "changes", "fact"),
    CASES,
    ids=[f"{case[0]}-{number}" for number, case in enumerate(CASES)],
)
def test_each_error_and_warning_is_reported(
    check: str, severity: str, answers: Answers, changes: Changes, fact: str
) -> None:
    """By its check, with the id, number or state that it is about, and a fix."""
    found = [diagnostic for diagnostic in of(check, diagnostics(answers, changes)) if diagnostic.severity == severity]
    assert [diagnostic for diagnostic in found if fact in f"{diagnostic.subject} {diagnostic.message}"], found
    assert all(diagnostic.fix for diagnostic in found)


def test_every_check_has_a_case_that_fails() -> None:
    names = {check.__name__.replace("_", "-") for check in (*CHECKS, *VPC_CHECKS)}
    assert names - {case[0] for case in CASES} == {
        "drift",
        "onward-routes",
        "region",
        "route-tables",
        "stack-resources",
    }


@pytest.mark.parametrize(
    ("answers", "changes", "check"),
    [
        ({"DescribeVpcEndpoints": [ENDPOINT], "DescribeSecurityGroups": [a_group(GROUP), a_group("sg-0000000e", cidrs=("0.0.0.0/0",))]}, {}, "closed-endpoints"),
        ({"DescribeVpcEndpoints": [ENDPOINT], "DescribeSecurityGroups": [a_group(GROUP), a_group("sg-0000000e")]}, LET_IN, "closed-endpoints"),
        ({"DescribeVpcEndpoints": [{**ENDPOINT, "Groups": [{"GroupId": GROUP}]}]}, {}, "closed-endpoints"),
        ({"DescribeVpcEndpoints": [ENDPOINT], "DescribeSecurityGroups": [a_group(GROUP), a_group("sg-00000001"), {**a_group("sg-0000000e"), "IpPermissions": [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-00000001"}]}]}]}, {"pods.security_group": "sg-00000001"}, "closed-endpoints"),
        ({"DescribeVpcEndpoints": [ENDPOINT]}, {"endpoints.interfaces": {"services": ["ec2"]}}, "doubled-endpoints"),
        ({"DescribeSecurityGroups": [a_group(GROUP), a_group("sg-00000001")]}, {"pods.security_group": {"ingress": [{"from": "sg-00000001"}, {"from": "pl-00000001"}], "egress": [{"to": "vpc"}]}}, "node-groups"),
        ({"DescribeVpcPeeringConnections": [PEERING]}, {"vpc.peers": ["10.9.0.0/16"]}, "peers"),
        ({"DescribeTransitGateways": [TGW], "DescribeTransitGatewayAttachments": [ATTACHED]}, BY_TGW, "attachments"),
        ({"DescribeTransitGatewayAttachments": [ATTACHED]}, {}, "transit-gateways"),
        ({"DescribeAvailabilityZones": [zone("a"), LOCAL_ZONE]}, IN_LOCAL_ZONE, "zones"),
        ({"DescribeAvailabilityZones": [zone("a"), LOCAL_ZONE]}, IN_LOCAL_ZONE, "nat-gateways"),
        ({"DescribeAvailabilityZones": [zone("a"), LOCAL_ZONE]}, BY_ZONE_ID, "nat-gateways"),
        ({"ListAttachments": [WAN]}, BY_WAN, "core-networks"),
        ({}, NEW_WAN, "core-networks"),
        ({"DescribeVpnGateways": [VGW]}, BY_VGW, "virtual-private-gateways"),
        ({"DescribeVpnGateways": [VGW], "DescribeRouteTables": [*TABLES, learned("10.130.0.0/16")]}, BY_VGW, "virtual-private-gateways"),
        ({}, NEW_NAT, "gateway-subnets"),
        (firewalled(), BY_FIREWALL, "firewall-endpoints"),
        (firewalled(), BY_FIREWALL, "firewall-routes"),
        (firewalled(), NEW_BY_FIREWALL, "firewall-routes"),
        ({}, NEW_NAT, "nat-quota"),
        ({}, ADDRESS_USAGE, "address-usage-metrics"),
        ({"GetServiceQuota": [{"Value": 128_000.0}]}, ADDRESS_USAGE, "address-usage-quota"),
        ({}, NEW_NAT, "address-quota"),
        ({"DescribeNatGateways": [a_nat_gateway("nat-0000000a", "", AvailabilityMode="regional")]}, {"egress": [{"to": "internet", "nat_gateways": "nat-0000000a"}]}, "nat-gateways"),
        ({"DescribeCluster": []}, A_NEW_CLUSTER, "cluster-state"),
        (A_ROLE | {"DescribeAccessEntry": [{"principalArn": ROLE_ARN, "type": "EC2"}], "ListAssociatedAccessPolicies": [{"policyArn": POLICY_ARN}]}, {"cluster.node_role": {"name": ROLE, "access_entry": False}}, "access-entry"),
        (A_ROLE, NAMED_ROLE, "access-entry"),
    ],
)  # fmt: skip
def test_what_is_correct_is_ok(answers: Answers, changes: Changes, check: str) -> None:
    found = of(check, diagnostics(answers, changes))
    assert found
    assert {diagnostic.severity for diagnostic in found} == {"ok"}


def test_a_first_deployment_with_deletion_protection_is_a_warning() -> None:
    """It could not be rolled back; later ones can."""
    protected: Changes = {**A_NEW_CLUSTER, "cluster.create.deletion_protection": True}
    (first,) = of("cluster-state", diagnostics({"DescribeCluster": []}, protected))
    assert first.severity == "warning"
    assert "deletion_protection" in first.fix


def test_a_route_table_with_a_route_to_the_same_destination_is_an_error() -> None:
    changes: Changes = {
        **BY_TGW,
        "egress": [{"to": "10.128.0.0/9", "private_nat_gateways": {"eu-west-1a": "subnet-0000000a", "eu-west-1b": "subnet-0000000b"}, "transit_gateway": "tgw-0000000a", "route_tables": ["rtb-0000000a"]}],
    }  # fmt: skip
    there: Answers = {"DescribeTransitGateways": [TGW], "DescribeTransitGatewayAttachments": [ATTACHED]}
    assert {each.severity for each in of("route-tables", diagnostics(there, changes))} == {"ok"}
    taken = a_table(
        "rtb-0000000a",
        "subnet-0000000a",
        routes=[{"DestinationCidrBlock": "10.128.0.0/9", "TransitGatewayId": "tgw-1"}],
    )
    for tables in ([taken, TABLES[1], MAIN], [TABLES[1], MAIN]):
        found = of("route-tables", diagnostics({**there, "DescribeRouteTables": tables}, changes))
        assert [(each.severity, each.subject) for each in found] == [("error", "rtb-0000000a")]


def test_address_usage_is_checked_only_if_an_alarm_is_on_it() -> None:
    cases: tuple[Changes, ...] = ({}, {"monitoring": {}})
    for changes in cases:
        account = a_sound_account()
        found = [*preflight(a_plan(changes), account)]
        assert not of("address-usage-metrics", found) + of("address-usage-quota", found)
        assert {"VpcId": VPC, "Attribute": "enableNetworkAddressUsageMetrics"} not in [
            given for _, given in account.asked
        ]


def test_the_fix_of_metrics_that_are_off_is_the_command_that_switches_them_on() -> None:
    off: Answers = {"DescribeVpcAttribute": [{"EnableDnsSupport": {"Value": True}, "EnableDnsHostnames": {"Value": True}, "EnableNetworkAddressUsageMetrics": {"Value": False}}]}  # fmt: skip
    (found,) = of("address-usage-metrics", diagnostics(off, ADDRESS_USAGE))
    assert found.fix == f"aws ec2 modify-vpc-attribute --vpc-id {VPC} --enable-network-address-usage-metrics"


def test_the_metrics_of_a_new_vpc_are_checked_once_it_is_deployed() -> None:
    """CloudFormation has no property for them, so the VPC that it created does not report them."""
    changes: Changes = {**A_NEW_VPC, **A_NEW_CLUSTER, **ADDRESS_USAGE}
    account: Answers = {"DescribeCluster": []}
    assert not of("address-usage-metrics", diagnostics(account, changes))
    created = stack_resources({("AWS::EC2::VPC", ""): VPC}, changes)
    deployed_vpc: Answers = {**account, "DescribeStacks": DEPLOYED_STACK, "ListStackResources": created}
    assert [each.severity for each in of("address-usage-metrics", diagnostics(deployed_vpc, changes))] == ["ok"]


def test_local_zones_that_are_not_enabled_are_read_too() -> None:
    account = a_sound_account({"DescribeAvailabilityZones": [zone("a"), NOT_ENABLED]})
    found = of("zones", [*preflight(a_plan(IN_LOCAL_ZONE), account)])
    assert ("DescribeAvailabilityZones", {"AllAvailabilityZones": True}) in account.asked
    assert [each.severity for each in found] == ["ok", "error"]
    assert "eu-west-1-abc-1 " in found[1].fix


def test_a_denied_call_is_unknown_and_the_other_checks_run() -> None:
    found = diagnostics({"DescribeNatGateways": denied(call.DESCRIBE_NAT_GATEWAYS)})
    unknown = [diagnostic for diagnostic in found if diagnostic.severity == "unknown"]
    assert [(diagnostic.id, diagnostic.subject) for diagnostic in unknown] == [
        ("nat-gateways", "ec2:DescribeNatGateways")
    ]
    assert of("closed-endpoints", found) == []
    assert of("node-subnets", found)
    assert exit_status(found) == 2


def test_each_call_can_be_denied_without_an_error() -> None:
    for each in call.CALLS:
        found = diagnostics({each.operation: denied(each)}, NEW_NAT)
        assert all(diagnostic.subject == each.action for diagnostic in found if diagnostic.severity == "unknown"), each
        assert not [diagnostic for diagnostic in found if diagnostic.severity == "error"], each


def test_nothing_is_reported_if_aws_cannot_be_reached() -> None:
    nobody = LiveError(Diagnostic(subject="AWS", message="cannot be reached"))
    with pytest.raises(LiveError):
        diagnostics({"GetCallerIdentity": nobody})


def test_a_vpc_to_be_created_is_not_read() -> None:
    account = a_sound_account({"DescribeCluster": []})
    found = list(preflight(a_plan({**A_NEW_VPC, **A_NEW_CLUSTER}), account))
    assert {diagnostic.severity for diagnostic in found} == {"ok"}
    assert "DescribeVpcs" not in [operation for operation, _ in account.asked]


def test_no_call_is_made_twice() -> None:
    account = a_sound_account()
    list(preflight(a_plan(), account))
    asked = [(operation, str(parameters)) for operation, parameters in account.asked]
    assert len(asked) == len(set(asked))


def errors(answers: Answers, changes: Changes | None = None) -> list[tuple[str, str]]:
    return [(each.id, each.subject) for each in diagnostics(answers, changes) if each.severity == "error"]


GIVEN_ADDRESSES: Changes = {
    "egress": [{**NEW_NAT["egress"][0], "allocation_ids": {"eu-west-1a": ["eipalloc-0000000a"], "eu-west-1b": ["eipalloc-0000000b"]}}],
    "node_classes": NEW_NAT["node_classes"],
}  # fmt: skip


def test_a_wrong_account_is_the_only_diagnostic() -> None:
    elsewhere = {"GetCallerIdentity": [{"Account": "999900001111"}], "DescribeVpcs": [], "DescribeCluster": []}
    found = diagnostics(elsewhere, {"environment.account": "111122223333"})
    assert [(each.id, each.severity, each.subject) for each in found] == [("account", "error", "999900001111")]


@pytest.mark.parametrize("changes", [{}, GIVEN_ADDRESSES], ids=["NAT gateways", "Elastic IP addresses"])
def test_a_region_without_the_vpc_and_the_cluster_is_the_only_error(changes: Changes) -> None:
    """Everything else of another region is a consequence of it."""
    found = diagnostics({"DescribeVpcs": [], "DescribeCluster": []}, changes)
    assert [(each.id, each.severity) for each in found] == [("account", "ok"), ("region", "error")]
    assert VPC in found[-1].message
    assert "cluster" in found[-1].message


def test_a_new_cluster_is_not_expected_in_the_region() -> None:
    assert errors({"DescribeVpcs": [], "DescribeCluster": []}, A_NEW_CLUSTER) == [("region", "eu-west-1")]
    assert errors({"DescribeCluster": []}, A_NEW_CLUSTER) == []


def test_a_missing_vpc_or_cluster_is_one_error() -> None:
    """Its other checks are not errors of their own."""
    assert errors({"DescribeVpcs": []}) == [("vpc", VPC)]
    assert errors({"DescribeCluster": []}) == [("cluster-state", "cluster")]


def test_a_vpc_that_cannot_be_read_does_not_make_the_region_wrong() -> None:
    found = diagnostics({"DescribeVpcs": denied(call.DESCRIBE_VPCS), "DescribeCluster": []})
    assert [(each.id, each.severity) for each in found if each.severity != "ok"] == [
        ("cluster-state", "error"),
        ("vpc", "unknown"),
    ]


WITHOUT_DEFAULT_ROUTE: Answers = {
    "DescribeRouteTables": [a_table("rtb-0000000a", "subnet-0000000a", "subnet-0000000b", routes=[]), MAIN]
}
DISABLED: Changes = {"node_classes": [{"name": "class", "snat_policy": "Disabled"}]}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        DISABLED,
        {**DISABLED, "vpc_cni": {"snat_policy": "Random"}},
        AN_IPV6_CLUSTER,
    ],
    ids=["Random", "Disabled", "Random on managed node groups", "IPv6"],
)
def test_node_subnets_need_a_default_route(changes: Changes) -> None:
    """Whatever `snatPolicy` is, because nodes use it."""
    found = of("node-subnets", diagnostics(WITHOUT_DEFAULT_ROUTE, changes))
    assert {each.severity for each in found} == {"warning"}


def test_a_route_to_a_taken_destination_is_an_error_in_a_deployed_stack_too() -> None:
    """The stack created the routes of other tables, or this one."""
    entry = {"to": "10.128.0.0/9", "transit_gateway": "tgw-0000000a", "route_tables": ["rtb-0000000a"]}
    changes: Changes = {**BY_TGW, "egress": [entry]}
    route = {"DestinationCidrBlock": "10.128.0.0/9", "TransitGatewayId": "tgw-0000000a"}
    answers = {
        "DescribeTransitGateways": [TGW],
        "DescribeTransitGatewayAttachments": [ATTACHED],
        "DescribeRouteTables": [a_table("rtb-0000000a", "subnet-0000000a", routes=[route]), TABLES[1], MAIN],
        "DescribeStacks": DEPLOYED_STACK,
    }
    ours = {("AWS::EC2::Route", "10.128.0.0/9 of rtb-0000000a"): "route-1"}
    assert [each.severity for each in of("route-tables", diagnostics(answers, changes))] == ["error"]
    created = {**answers, "ListStackResources": stack_resources(ours, changes)}
    assert [each.severity for each in of("route-tables", diagnostics(created, changes))] == ["ok"]


def test_another_access_entry_of_the_stack_is_not_that_of_the_node_role() -> None:
    other = {"LogicalResourceId": "Admin", "PhysicalResourceId": "1", "ResourceType": "AWS::EKS::AccessEntry"}
    answers = deployed() | {"ListStackResources": [other]}
    assert [each.severity for each in of("access-entry", diagnostics(answers))] == ["error"]


def test_an_elastic_ip_address_in_use_is_free_only_for_the_gateway_of_the_stack() -> None:
    addresses = [{"AllocationId": f"eipalloc-0000000{each}", "AssociationId": f"eipassoc-{each}"} for each in "ab"]
    gateway = a_nat_gateway("nat-0000000c", "subnet-000000aa")
    gateway["NatGatewayAddresses"] = [{"AllocationId": "eipalloc-0000000a"}]
    answers = {
        "DescribeAddresses": addresses,
        "DescribeNatGateways": [gateway],
        "DescribeStacks": DEPLOYED_STACK,
        "ListStackResources": stack_resources(
            {("AWS::EC2::NatGateway", "eu-west-1a"): "nat-0000000c"}, GIVEN_ADDRESSES
        ),
    }
    found = of("given-addresses", diagnostics(answers, GIVEN_ADDRESSES))
    assert [(each.severity, each.subject) for each in found] == [
        ("ok", "eipalloc-0000000a"),
        ("error", "eipalloc-0000000b"),
    ]


def test_elastic_ip_addresses_that_the_stack_has_do_not_count_against_the_quota() -> None:
    created = {("AWS::EC2::EIP", "eu-west-1a"): "192.0.2.1"}
    answers = {
        "DescribeAddresses": [{"AllocationId": f"eipalloc-{number}"} for number in range(4)],
        "DescribeStacks": DEPLOYED_STACK,
        "ListStackResources": stack_resources(created, NEW_NAT),
    }
    (found,) = of("address-quota", diagnostics(answers, NEW_NAT))
    assert "5 Elastic IP addresses" in found.message


@pytest.mark.parametrize("kind", ["Resource", "ServiceNetwork"])
def test_endpoints_without_a_service_name_do_not_hide_the_others(kind: str) -> None:
    """As EC2 shows those of VPC Lattice."""
    without = {"VpcEndpointId": "vpce-2", "VpcEndpointType": kind, "State": "available", "ServiceNetworkArn": "arn"}
    doubled: Changes = {"endpoints.interfaces": {"services": ["sts"]}}
    found = diagnostics({"DescribeVpcEndpoints": [without, ENDPOINT]}, doubled)
    assert [each.severity for each in of("doubled-endpoints", found)] == ["error"]
    assert [each for each in found if each.severity == "unknown"] == []
    assert {each.severity for each in diagnostics({"DescribeVpcEndpoints": [without]})} == {"ok"}


def test_a_cidr_block_association_may_be_listed_with_its_vpc() -> None:
    """CloudFormation writes `id|vpc`."""
    answers = deployed()
    for each in answers["ListStackResources"]:
        if each["ResourceType"] == "AWS::EC2::VPCCidrBlock":
            each["PhysicalResourceId"] += f"|{VPC}"
    assert {each.severity for each in diagnostics(answers)} == {"ok"}
    gone = diagnostics({**answers, "DescribeVpcs": [a_vpc()]})
    assert [each.subject for each in of("drift", gone)] == ["vpc-cidr-assoc-1"]


@pytest.mark.parametrize("code", ["active", "provisioning"])
def test_peered_vpcs_whose_cidr_blocks_are_not_shown_are_unknown(code: str) -> None:
    peering = {**PEERING, "AccepterVpcInfo": {"VpcId": "vpc-1"}, "Status": {"Code": code}}
    (found,) = of("peers", diagnostics({"DescribeVpcPeeringConnections": [peering]}))
    assert (found.severity, found.subject) == ("unknown", "pcx-1 to vpc-1")
    assert found.fix


@pytest.mark.parametrize(
    ("addresses", "severity"),
    [({}, "ok"), ({"AssociationId": "eipassoc-1"}, "error"), ({"ServiceManaged": "alb"}, "error")],
)
def test_elastic_ip_addresses_of_a_regional_nat_gateway_are_free(addresses: dict[str, str], severity: str) -> None:
    """They are in use if something is associated with them, or if a service manages them."""
    by_zone = {"eu-west-1a": ["eipalloc-0000000a"], "eu-west-1b": ["eipalloc-0000000b"]}
    changes: Changes = {"egress": [{"to": "internet", "regional_nat_gateway": by_zone}], **DISABLED}
    answers = {"DescribeAddresses": [{"AllocationId": ids[0], **addresses} for ids in by_zone.values()]}
    assert [each.severity for each in of("given-addresses", diagnostics(answers, changes))] == [severity] * 2
