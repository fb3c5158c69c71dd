"""Each check of preflight, on an account where all is well and on accounts where one thing is not."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

import pytest

from podspace.diagnostic import Diagnostic, exit_status
from podspace.live.aws import call
from podspace.live.failure import LiveError
from podspace.planning.naming import subnet_tags
from podspace.preflight import CHECKS, VPC_CHECKS, preflight, scene
from tests.canned_account import (
    ATTACHED,
    GROUP,
    NODES,
    POLICY_ARN,
    PUBLIC,
    ROLE,
    ROLE_ARN,
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
    denied,
    to_internet,
    zone,
)
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, Changes, a_config, a_network_file

STACK = "podspace-cluster-net"
DEPLOYED_STACK = [{"StackName": STACK, "StackStatus": "CREATE_COMPLETE"}]


def verdicts(answers: Answers | None = None, changes: Changes | None = None) -> list[Diagnostic]:
    return list(preflight(scene(a_network_file(changes), a_sound_account(answers))))


def of(check: str, found: list[Diagnostic]) -> list[Diagnostic]:
    return [verdict for verdict in found if verdict.id == check]


def deployed() -> dict[str, Any]:
    """The answers of an account where the config of the mother is deployed already."""
    config = a_config()
    ours = [
        a_subnet(f"subnet-00000c{letter}{letter}", letter, cidr, tags=subnet_tags(config, f"eu-west-1{letter}"))
        for letter, cidr in (("a", "100.64.0.0/18"), ("b", "100.64.64.0/18"))
    ]
    made = {"vpc-cidr-assoc-1": "AWS::EC2::VPCCidrBlock", ROLE: "AWS::IAM::Role", "entry": "AWS::EKS::AccessEntry"}
    made |= {subnet["SubnetId"]: "AWS::EC2::Subnet" for subnet in ours}
    return {
        "DescribeVpcs": [a_vpc(a_block("100.64.0.0/16", association="vpc-cidr-assoc-1"))],
        "DescribeSubnets": [*NODES, *PUBLIC, *ours],
        "DescribeStacks": DEPLOYED_STACK,
        "ListStackResources": [
            {"LogicalResourceId": id, "PhysicalResourceId": id, "ResourceType": kind} for id, kind in made.items()
        ],
        "GetRole": [{"RoleName": ROLE, "Arn": ROLE_ARN}],
        "DescribeAccessEntry": [{"principalArn": ROLE_ARN, "type": "EC2"}],
        "ListAssociatedAccessPolicies": [{"policyArn": POLICY_ARN}],
    }


def test_where_all_is_well_nothing_is_in_the_way() -> None:
    found = verdicts()
    assert {verdict.severity for verdict in found} == {"ok"}
    assert exit_status(found) == 0


def test_what_the_stack_made_is_no_conflict() -> None:
    """Neither its blocks and subnets, nor its role and access entry."""
    found = verdicts(deployed())
    assert {verdict.severity for verdict in found} == {"ok"}
    assert "is there already, made by this stack" in [verdict.message for verdict in of("pod-blocks", found)]
    assert of("block-quota", found) == []


def test_what_has_our_tag_is_not_ours_unless_the_stack_made_it() -> None:
    """Another stack of the same cluster and network has it, and EC2 refuses to make it again."""
    found = verdicts(deployed() | {"DescribeStacks": []})
    for check in ("pod-blocks", "pod-subnets"):
        assert {verdict.severity for verdict in of(check, found)} == {"error"}
    unread = verdicts(deployed() | {"ListStackResources": denied(call.LIST_STACK_RESOURCES)})
    assert [verdict.severity for verdict in of("pod-blocks", unread)] == ["unknown"]


def test_what_the_stack_made_and_is_gone_is_told() -> None:
    """CloudFormation makes nothing again that it believes is there."""
    gone = deployed() | {"DescribeSubnets": [*NODES, *PUBLIC], "DescribeVpcs": [a_vpc()]}
    assert {verdict.subject for verdict in of("drift", verdicts(gone))} == {
        "vpc-cidr-assoc-1",
        "subnet-00000caa",
        "subnet-00000cbb",
    }
    assert of("drift", verdicts(deployed())) == []


def test_a_block_that_the_stack_added_is_not_adopted() -> None:
    """The deployment would take it away from under its subnets."""
    adopted = {"pods": {"cidrs": [{"cidr": "100.64.0.0/16", "associated": True}], "subnets": {"eu-west-1a": ["100.64.0.0/18"]}}, "egress": []}  # fmt: skip
    assert "would have the deployment take it away" in of("pod-blocks", verdicts(deployed(), adopted))[0].message


def test_every_verdict_is_of_a_check_that_is_documented() -> None:
    names = {check.__name__.replace("_", "-") for check in (*CHECKS, *VPC_CHECKS)}
    assert {verdict.id for verdict in (*verdicts(), *verdicts(deployed()))} <= names


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
NAMED_ROLE: Changes = {"cluster.node_role": {"name": ROLE, "access_entry": True}}
A_ROLE = {"GetRole": [{"RoleName": ROLE, "Arn": ROLE_ARN}]}
ENDPOINT = {
    "VpcEndpointId": "vpce-1",
    "VpcEndpointType": "Interface",
    "ServiceName": "com.amazonaws.eu-west-1.sts",
    "State": "available",
    "Groups": [{"GroupId": "sg-0000000e"}],
}
LET_IN: Changes = {"endpoints.interfaces": {"existing": True, "security_group_ids": ["sg-0000000e"]}}

CASES: list[Case] = [
    ("account", "error", {"GetCallerIdentity": [{"Account": "999900001111"}]}, {"environment.account": "111122223333"}, "is not 111122223333"),
    ("stack", "error", {"DescribeStacks": [{"StackName": STACK, "StackStatus": "ROLLBACK_COMPLETE"}]}, {}, "ROLLBACK_COMPLETE"),
    ("stack", "error", {"DescribeStacks": [{"StackName": STACK, "StackStatus": "UPDATE_ROLLBACK_FAILED"}]}, {}, "UPDATE_ROLLBACK_FAILED"),
    ("stack", "error", {"DescribeStacks": [{"StackName": STACK, "StackStatus": "UPDATE_IN_PROGRESS"}]}, {}, "UPDATE_IN_PROGRESS"),
    ("zones", "error", {"DescribeAvailabilityZones": [zone("a")]}, {}, "is not a zone of this account"),
    ("zones", "warning", {"DescribeAvailabilityZones": [zone("a"), zone("b", state="impaired")]}, {}, "is impaired"),
    ("zones", "warning", {"DescribeAvailabilityZones": [zone("a"), zone("b", kind="local-zone")]}, {}, "is a local-zone"),
    ("vpc", "error", {"DescribeVpcs": []}, {}, "is not in eu-west-1"),
    ("dns", "error", {"DescribeVpcAttribute": [{"EnableDnsSupport": {"Value": True}, "EnableDnsHostnames": {"Value": False}}]}, {}, "DNS hostnames off"),
    ("vpc-blocks", "warning", {"DescribeVpcs": [a_vpc(a_block("10.1.0.0/16"))]}, {}, "has 10.1.0.0/16, which vpc.cidrs does not name"),
    ("vpc-blocks", "error", {}, {"vpc.cidrs": ["10.0.0.0/20", "10.2.0.0/16"]}, "has no 10.2.0.0/16"),
    ("vpc-blocks", "error", {"DescribeVpcs": [a_vpc(a_block("10.2.0.0/16"))]}, {"vpc.cidrs": ["10.2.0.0/16", "10.0.0.0/20"]}, "was created with 10.0.0.0/20"),
    ("pod-blocks", "error", {"DescribeVpcs": [a_vpc(a_block("100.64.0.0/16"))]}, {}, "this stack did not add it"),
    ("pod-blocks", "error", {"DescribeVpcs": [a_vpc(a_block("100.64.0.0/16", state="associating"))]}, {}, "is associating"),
    ("pod-blocks", "error", {}, {"pods": {"cidrs": [{"cidr": "100.64.0.0/16", "associated": True}], "subnets": {"eu-west-1a": ["100.64.0.0/18"]}}, "egress": []}, "is not associated"),
    ("block-quota", "error", {"GetServiceQuota": [{"Value": 1.0}]}, {}, "would have 2 IPv4 blocks"),
    ("block-associations", "error", {"DescribeRouteTables": [*TABLES, a_table("rtb-0000000f", routes=[to_internet("igw-0"), {"DestinationCidrBlock": "100.64.5.0/24", "TransitGatewayId": "tgw-1"}], main=True)]}, {}, "route destination 100.64.5.0/24"),
    ("peers", "error", {"DescribeVpcPeeringConnections": [{**PEERING, "AccepterVpcInfo": {"VpcId": "vpc-1", "CidrBlockSet": [{"CidrBlock": "100.64.0.0/17"}]}}]}, {}, "100.64.0.0/16 overlaps"),
    ("peers", "error", {"DescribeVpcPeeringConnections": [{**PEERING, "Status": {"Code": "pending-acceptance"}}]}, {}, "waits to be accepted"),
    ("peers", "warning", {"DescribeVpcPeeringConnections": [PEERING]}, {}, "10.9.0.0/16, which vpc.peers does not name"),
    ("transit-gateways", "error", {"DescribeTransitGateways": [TGW], "DescribeTransitGatewayAttachments": [ATTACHED], "SearchTransitGatewayRoutes": [{"DestinationCidrBlock": "100.64.0.0/16", "TransitGatewayAttachments": [{"ResourceId": "vpc-2"}]}]}, BY_TGW, "leads 100.64.0.0/16 to another network"),
    ("transit-gateways", "warning", {"DescribeTransitGatewayAttachments": [ATTACHED], "SearchTransitGatewayRoutes": [{"DestinationCidrBlock": "100.64.0.0/16", "TransitGatewayAttachments": [{"ResourceId": "vpc-2"}]}]}, {}, "leads 100.64.0.0/16 to another network"),
    ("node-subnets", "error", {"DescribeSubnets": [NODES[0], *PUBLIC]}, {}, "is not a subnet of"),
    ("node-subnets", "error", {"DescribeSubnets": [NODES[0], a_subnet("subnet-0000000b", "c", "10.0.1.0/24"), *PUBLIC]}, {}, "is in eu-west-1c (euw1-az3)"),
    ("node-subnets", "error", {"DescribeSubnets": [NODES[0], a_subnet("subnet-0000000b", "b", "10.0.1.0/24", free=0), *PUBLIC]}, {}, "no free address"),
    ("node-subnets", "error", {"DescribeSubnets": [NODES[0], {**NODES[1], "State": "pending"}, *PUBLIC]}, {}, "is pending"),
    ("node-subnets", "warning", {"DescribeSubnets": [NODES[0], a_subnet("subnet-0000000b", "b", "10.0.1.0/24", free=3), *PUBLIC]}, {}, "3 free addresses"),
    ("node-subnets", "warning", {"DescribeRouteTables": [TABLES[0], MAIN]}, {}, "leads to an internet gateway"),
    ("node-subnets", "warning", {"DescribeRouteTables": [TABLES[0], a_table("rtb-0000000b", "subnet-0000000b", routes=[]), MAIN]}, {}, "has no default route"),
    ("pod-subnets", "error", {"DescribeSubnets": [*NODES, *PUBLIC, a_subnet("subnet-1", "a", "100.64.1.0/24")]}, {}, "is taken in part by subnet-1"),
    ("pod-subnets", "error", deployed(), {"pods.zones": ["eu-west-1b", "eu-west-1a"]}, "it would be replaced"),
    ("pod-subnets", "error", deployed(), {"pods.subnet_prefix": 19}, "the deployment would delete it"),
    ("pod-subnets", "error", {}, {"pods": {"subnet_ids": {"eu-west-1a": ["subnet-00000001"]}}, "egress": []}, "is not a subnet of"),
    ("subnet-quota", "error", {"GetServiceQuota": [{"Value": 5.0}]}, {}, "would have 6 subnets"),
    ("nat-gateways", "error", {"DescribeNatGateways": [a_nat_gateway("nat-0000000a", "subnet-000000aa")]}, {}, "or is gone"),
    ("nat-gateways", "error", {"DescribeNatGateways": [a_nat_gateway("nat-0000000a", "subnet-000000aa"), a_nat_gateway("nat-0000000b", "subnet-000000bb", State="pending")]}, {}, "is pending"),
    ("nat-gateways", "error", {"DescribeNatGateways": [a_nat_gateway("nat-0000000a", "subnet-000000aa"), a_nat_gateway("nat-0000000b", "subnet-000000bb", ConnectivityType="private")]}, {}, "is private"),
    ("nat-gateways", "error", {"DescribeNatGateways": [a_nat_gateway("nat-0000000a", "subnet-000000aa"), a_nat_gateway("nat-0000000b", "subnet-0000000b")]}, {}, "no route to an internet gateway"),
    ("nat-gateways", "warning", {"DescribeNatGateways": [a_nat_gateway("nat-0000000a", "subnet-000000aa"), a_nat_gateway("nat-0000000b", "subnet-000000aa")]}, {}, "is in eu-west-1a"),
    ("gateway-subnets", "error", {"DescribeRouteTables": [*TABLES, a_table("rtb-0000000f", routes=[], main=True)]}, NEW_NAT, "no route to an internet gateway"),
    ("gateway-subnets", "error", {"DescribeSubnets": [*NODES, PUBLIC[0]]}, NEW_NAT, "is not a subnet of"),
    ("attachments", "error", {}, BY_TGW, "is not a transit gateway that this account sees"),
    ("attachments", "error", {"DescribeTransitGateways": [{**TGW, "State": "pending"}]}, BY_TGW, "is pending"),
    ("attachments", "error", {"DescribeTransitGateways": [TGW]}, BY_TGW, "is not attached to the VPC"),
    ("attachments", "error", {"DescribeTransitGateways": [TGW], "DescribeTransitGatewayAttachments": [{**ATTACHED, "State": "pendingAcceptance"}]}, BY_TGW, "pendingAcceptance"),
    ("attachments", "error", {"DescribeTransitGateways": [TGW], "DescribeTransitGatewayAttachments": [ATTACHED]}, {**BY_TGW, "egress": [{"to": "10.128.0.0/9", "transit_gateway": "tgw-0000000a", "attachment_subnets": {"eu-west-1a": "subnet-0000000a", "eu-west-1b": "subnet-0000000b"}}]}, "is attached to the VPC already"),
    ("nat-quota", "error", {"GetServiceQuota": [{"Value": 1.0}]}, NEW_NAT, "would have 2 NAT gateways"),
    ("address-quota", "error", {"DescribeAddresses": [{"AllocationId": f"eipalloc-{n}"} for n in range(4)]}, NEW_NAT, "would have 6 Elastic IP addresses"),
    ("given-addresses", "error", {}, {"egress": [{**NEW_NAT["egress"][0], "allocation_ids": {"eu-west-1a": ["eipalloc-0000000a"], "eu-west-1b": ["eipalloc-0000000b"]}}], "node_classes": NEW_NAT["node_classes"]}, "is not an address of this account"),
    ("cluster-state", "error", {"DescribeCluster": []}, {}, "is not in eu-west-1"),
    ("cluster-state", "error", {"DescribeCluster": [a_cluster(status="UPDATING")]}, {}, "is UPDATING"),
    ("cluster-state", "error", {"DescribeCluster": [a_cluster(resourcesVpcConfig={"vpcId": "vpc-2", "clusterSecurityGroupId": GROUP})]}, {}, "is in vpc-2"),
    ("cluster-state", "error", {}, {**A_NEW_CLUSTER}, "exists already"),
    ("auto-mode", "error", {"DescribeCluster": [a_cluster(computeConfig={"enabled": False})]}, {}, "Auto Mode off"),
    ("auto-mode", "error", {"DescribeCluster": [a_cluster(version="1.28")]}, {}, "before EKS Auto Mode"),
    ("auto-mode", "warning", {"DescribeCluster": [a_cluster(computeConfig={"enabled": True, "nodePools": ["system"]})]}, {}, "built-in node pools on (system)"),
    ("cluster-access", "error", {"DescribeCluster": [a_cluster(accessConfig={"authenticationMode": "CONFIG_MAP"})]}, {}, "aws-auth"),
    ("cluster-groups", "error", {}, {"cluster.security_group_id": "sg-00000001"}, "is not the cluster's own group"),
    ("node-groups", "error", {}, {"cluster.node_security_group_ids": ["sg-00000001"]}, "is not a group of"),
    ("service-cidr", "error", {"DescribeCluster": [a_cluster(kubernetesNetworkConfig={"serviceIpv4Cidr": "100.64.0.0/20"})]}, {}, "100.64.0.0/16 overlaps"),
    ("service-cidr", "error", {"DescribeCluster": [a_cluster(kubernetesNetworkConfig={"ipFamily": "ipv6"})]}, {}, "is an ipv6 cluster"),
    ("service-cidr", "warning", {"DescribeCluster": [a_cluster(kubernetesNetworkConfig={"serviceIpv4Cidr": "10.100.0.0/16"})]}, {}, "has services in 10.100.0.0/16"),
    ("node-role", "error", A_ROLE, {}, "exists already"),
    ("node-role", "error", {}, NAMED_ROLE, "is not a role"),
    ("access-entry", "error", {**A_ROLE, "DescribeAccessEntry": [{"principalArn": ROLE_ARN, "type": "EC2"}]}, NAMED_ROLE, "has one already"),
    ("access-entry", "error", A_ROLE, {"cluster.node_role": {"name": ROLE, "access_entry": False}}, "has none"),
    ("access-entry", "error", {**A_ROLE, "DescribeAccessEntry": [{"principalArn": ROLE_ARN, "type": "EC2_LINUX"}]}, {"cluster.node_role": {"name": ROLE, "access_entry": False}}, "type EC2_LINUX"),
    ("access-entry", "error", {**A_ROLE, "DescribeAccessEntry": [{"principalArn": ROLE_ARN, "type": "EC2"}]}, {"cluster.node_role": {"name": ROLE, "access_entry": False}}, "without AmazonEKSAutoNodePolicy"),
    ("endpoint-groups", "error", {}, LET_IN, "is not a group of"),
    ("closed-endpoints", "warning", {"DescribeVpcEndpoints": [ENDPOINT], "DescribeSecurityGroups": [a_group(GROUP), a_group("sg-0000000e", cidrs=("10.0.0.0/20",))]}, {}, "does not let the pods' addresses in"),
    ("doubled-endpoints", "error", {"DescribeVpcEndpoints": [ENDPOINT]}, {"endpoints.interfaces": {"services": ["sts"]}}, "has vpce-1 in the VPC already"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("check", "outcome", "answers", "changes", "text"),
    CASES,
    ids=[f"{case[0]}-{number}" for number, case in enumerate(CASES)],
)
def test_what_is_in_the_way_is_told(check: str, outcome: str, answers: Answers, changes: Changes, text: str) -> None:
    """With what to do about it, by the check that is about it."""
    found = [verdict for verdict in of(check, verdicts(answers, changes)) if verdict.severity == outcome]
    assert [verdict for verdict in found if text in verdict.message], found
    assert all(verdict.fix for verdict in found)


def test_every_check_has_a_case_that_fails() -> None:
    names = {check.__name__.replace("_", "-") for check in (*CHECKS, *VPC_CHECKS)}
    assert names - {case[0] for case in CASES} == {"drift", "route-tables"}


@pytest.mark.parametrize(
    ("answers", "changes", "check"),
    [
        ({"DescribeVpcEndpoints": [ENDPOINT], "DescribeSecurityGroups": [a_group(GROUP), a_group("sg-0000000e", cidrs=("0.0.0.0/0",))]}, {}, "closed-endpoints"),
        ({"DescribeVpcEndpoints": [ENDPOINT], "DescribeSecurityGroups": [a_group(GROUP), a_group("sg-0000000e")]}, LET_IN, "closed-endpoints"),
        ({"DescribeVpcEndpoints": [{**ENDPOINT, "Groups": [{"GroupId": GROUP}]}]}, {}, "closed-endpoints"),
        ({"DescribeVpcEndpoints": [ENDPOINT], "DescribeSecurityGroups": [a_group(GROUP), a_group("sg-00000001"), {**a_group("sg-0000000e"), "IpPermissions": [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-00000001"}]}]}]}, {"pods.security_group": "sg-00000001"}, "closed-endpoints"),
        ({"DescribeVpcEndpoints": [ENDPOINT]}, {"endpoints.interfaces": {"services": ["ec2"]}}, "doubled-endpoints"),
        ({"DescribeVpcPeeringConnections": [PEERING]}, {"vpc.peers": ["10.9.0.0/16"]}, "peers"),
        ({"DescribeTransitGateways": [TGW], "DescribeTransitGatewayAttachments": [ATTACHED]}, BY_TGW, "attachments"),
        ({"DescribeTransitGatewayAttachments": [ATTACHED]}, {}, "transit-gateways"),
        ({}, NEW_NAT, "gateway-subnets"),
        ({}, NEW_NAT, "nat-quota"),
        ({}, NEW_NAT, "address-quota"),
        ({"DescribeNatGateways": [a_nat_gateway("nat-0000000a", "", AvailabilityMode="regional")]}, {"egress": [{"to": "internet", "nat_gateways": "nat-0000000a"}]}, "nat-gateways"),
        ({"DescribeCluster": []}, A_NEW_CLUSTER, "cluster-state"),
        (A_ROLE | {"DescribeAccessEntry": [{"principalArn": ROLE_ARN, "type": "EC2"}], "ListAssociatedAccessPolicies": [{"policyArn": POLICY_ARN}]}, {"cluster.node_role": {"name": ROLE, "access_entry": False}}, "access-entry"),
        (A_ROLE, NAMED_ROLE, "access-entry"),
    ],
)  # fmt: skip
def test_what_is_right_is_told_as_right(answers: Answers, changes: Changes, check: str) -> None:
    found = of(check, verdicts(answers, changes))
    assert found
    assert {verdict.severity for verdict in found} == {"ok"}


def test_a_route_table_that_leads_there_already_is_an_error() -> None:
    changes: Changes = {
        **BY_TGW,
        "egress": [{"to": "10.128.0.0/9", "private_nat_gateways": {"eu-west-1a": "subnet-0000000a", "eu-west-1b": "subnet-0000000b"}, "transit_gateway": "tgw-0000000a", "route_tables": ["rtb-0000000a"]}],
    }  # fmt: skip
    there: Answers = {"DescribeTransitGateways": [TGW], "DescribeTransitGatewayAttachments": [ATTACHED]}
    assert {each.severity for each in of("route-tables", verdicts(there, changes))} == {"ok"}
    taken = a_table(
        "rtb-0000000a",
        "subnet-0000000a",
        routes=[{"DestinationCidrBlock": "10.128.0.0/9", "TransitGatewayId": "tgw-1"}],
    )
    for tables, text in (
        ([taken, TABLES[1], MAIN], "has a route to 10.128.0.0/9 already"),
        ([TABLES[1], MAIN], "is not a route table"),
    ):
        found = of("route-tables", verdicts({**there, "DescribeRouteTables": tables}, changes))
        assert [text in each.message for each in found if each.severity == "error"] == [True]


def test_what_cannot_be_read_is_named_and_the_rest_is_told() -> None:
    found = verdicts({"DescribeNatGateways": denied(call.DESCRIBE_NAT_GATEWAYS)})
    unknown = [verdict for verdict in found if verdict.severity == "unknown"]
    assert [(verdict.id, verdict.subject) for verdict in unknown] == [("nat-gateways", "ec2:DescribeNatGateways")]
    assert of("closed-endpoints", found) == []
    assert of("node-subnets", found)
    assert exit_status(found) == 2


def test_each_call_may_be_denied_and_nothing_else_is_lost() -> None:
    """Whichever it is, no exception comes out, and the checks that do without it are told."""
    for each in call.CALLS:
        found = verdicts({each.operation: denied(each)}, NEW_NAT)
        assert all(verdict.subject == each.action for verdict in found if verdict.severity == "unknown"), each
        assert not [verdict for verdict in found if verdict.severity == "error"], each


def test_nothing_is_told_where_aws_cannot_be_reached() -> None:
    nobody = LiveError(Diagnostic(subject="AWS", message="cannot be reached"))
    with pytest.raises(LiveError):
        verdicts({"GetCallerIdentity": nobody})


def test_a_vpc_that_is_made_here_is_not_looked_for() -> None:
    account = a_sound_account({"DescribeCluster": []})
    file = a_network_file({**A_NEW_VPC, **A_NEW_CLUSTER})
    found = list(preflight(scene(file, account)))
    assert {verdict.severity for verdict in found} == {"ok"}
    assert "DescribeVpcs" not in [operation for operation, _ in account.asked]


def test_nothing_is_asked_twice() -> None:
    account = a_sound_account()
    list(preflight(scene(a_network_file(), account)))
    asked = [(operation, str(parameters)) for operation, parameters in account.asked]
    assert len(asked) == len(set(asked))


def test_the_pods_cidrs_are_networks() -> None:
    """The scene is about what is still to be added."""
    assert scene(a_network_file(), a_sound_account()).new_blocks == (IPv4Network("100.64.0.0/16"),)
