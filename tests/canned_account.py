"""An account whose answers are given: what EC2, EKS, IAM and CloudFormation would say of a VPC that is as it should be."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from podspace.diagnostic import Diagnostic
from podspace.live.aws.account import Account, Answer
from podspace.live.aws.call import Call, Value
from podspace.live.failure import UnreadError

Answers = Mapping[str, Any]
"""By operation: a list of what is answered, a function of the parameters that gives one, or an exception to raise."""

VPC = "vpc-0123456789abcdef0"
GROUP = "sg-0123456789abcdef0"
ROLE = "cluster-net-nodes-eu-west-1"
ROLE_ARN = f"arn:aws:iam::111122223333:role/{ROLE}"
POLICY_ARN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy"


class CannedAccount(Account):
    """An account that answers what it is told to, and notes what it was asked."""

    def __init__(self, answers: Answers) -> None:
        self.region = "eu-west-1"
        self._answers = {}
        self._canned = answers
        self.asked: list[tuple[str, Mapping[str, Value]]] = []

    def _asked(self, call: Call, parameters: Mapping[str, Value]) -> list[Answer]:
        self.asked.append((call.operation, parameters))
        canned = self._canned.get(call.operation, [])
        if isinstance(canned, Exception):
            raise canned
        found: list[Answer] = canned(parameters) if callable(canned) else canned
        return deepcopy(found)


def denied(call: Call) -> UnreadError:
    """What an account says that does not allow a call."""
    return UnreadError(Diagnostic(subject=call.action, message="not allowed (UnauthorizedOperation)"))


def a_subnet(
    name: str, zone: str, cidr: str, *, free: int = 100, tags: Mapping[str, str] | None = None
) -> dict[str, Any]:
    return {
        "SubnetId": name,
        "VpcId": VPC,
        "AvailabilityZone": f"eu-west-1{zone}",
        "AvailabilityZoneId": f"euw1-az{'abc'.index(zone) + 1}",
        "CidrBlock": cidr,
        "AvailableIpAddressCount": free,
        "State": "available",
        "Tags": [{"Key": key, "Value": value} for key, value in (tags or {}).items()],
    }


NODES = [a_subnet("subnet-0000000a", "a", "10.0.0.0/24"), a_subnet("subnet-0000000b", "b", "10.0.1.0/24")]
PUBLIC = [a_subnet("subnet-000000aa", "a", "10.0.2.0/24"), a_subnet("subnet-000000bb", "b", "10.0.3.0/24")]


def a_table(name: str, *subnets: str, routes: list[dict[str, str]], main: bool = False) -> dict[str, Any]:
    local = {"DestinationCidrBlock": "10.0.0.0/20", "GatewayId": "local"}
    associations: list[dict[str, Any]] = [{"SubnetId": subnet} for subnet in subnets]
    return {
        "RouteTableId": name,
        "VpcId": VPC,
        "Routes": [local, *routes],
        "Associations": [*associations, *([{"Main": True}] if main else [])],
    }


def to_internet(gateway: str) -> dict[str, str]:
    key = {"nat": "NatGatewayId", "igw": "GatewayId", "tgw": "TransitGatewayId"}[gateway.partition("-")[0]]
    return {"DestinationCidrBlock": "0.0.0.0/0", key: gateway}


def a_nat_gateway(name: str, subnet: str, **changes: str) -> dict[str, Any]:
    return {"NatGatewayId": name, "VpcId": VPC, "SubnetId": subnet, "State": "available", **changes}


def a_block(cidr: str, *, state: str = "associated", association: str = "vpc-cidr-assoc-0") -> dict[str, Any]:
    return {"CidrBlock": cidr, "AssociationId": association, "CidrBlockState": {"State": state}}


def a_vpc(*blocks: dict[str, Any]) -> dict[str, Any]:
    first = a_block("10.0.0.0/20")
    return {
        "VpcId": VPC,
        "OwnerId": "111122223333",
        "CidrBlock": "10.0.0.0/20",
        "CidrBlockAssociationSet": [first, *blocks],
    }


def a_peering(cidr: str) -> dict[str, Any]:
    return {
        "VpcPeeringConnectionId": "pcx-1",
        "RequesterVpcInfo": {"VpcId": VPC, "CidrBlock": "10.0.0.0/20"},
        "AccepterVpcInfo": {"VpcId": "vpc-1", "CidrBlock": cidr, "CidrBlockSet": [{"CidrBlock": cidr}]},
        "Status": {"Code": "active"},
    }


ATTACHED = {
    "TransitGatewayAttachmentId": "tgw-attach-1",
    "TransitGatewayId": "tgw-0000000a",
    "ResourceId": VPC,
    "State": "available",
    "Association": {"TransitGatewayRouteTableId": "tgw-rtb-1", "State": "associated"},
}


def a_cluster(**changes: Any) -> dict[str, Any]:
    cluster = {
        "name": "cluster",
        "arn": "arn:aws:eks:eu-west-1:111122223333:cluster/cluster",
        "version": "1.36",
        "status": "ACTIVE",
        "resourcesVpcConfig": {
            "vpcId": VPC,
            "subnetIds": ["subnet-0000000a", "subnet-0000000b"],
            "clusterSecurityGroupId": GROUP,
        },
        "computeConfig": {"enabled": True, "nodePools": []},
        "kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16", "ipFamily": "ipv4"},
        "accessConfig": {"authenticationMode": "API"},
    }
    return {**cluster, **changes}


def a_group(name: str, *, cidrs: tuple[str, ...] = ()) -> dict[str, Any]:
    rule = {
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "IpRanges": [{"CidrIp": cidr} for cidr in cidrs],
    }
    return {"GroupId": name, "GroupName": name, "VpcId": VPC, "IpPermissions": [rule]}


def an_interface(name: str, *groups: str, description: str = "", **changes: Any) -> dict[str, Any]:
    return {
        "NetworkInterfaceId": name,
        "SubnetId": "subnet-0000000a",
        "Status": "in-use",
        "InterfaceType": "interface",
        "Description": description,
        "Groups": [{"GroupId": each} for each in groups],
        **changes,
    }


def an_entry(
    number: int,
    action: str,
    cidr: str = "0.0.0.0/0",
    *,
    ports: tuple[int, int] | None = None,
    protocol: str = "",
    egress: bool = False,
) -> dict[str, Any]:
    """An entry of a network ACL: about every protocol, or TCP if it has ports."""
    given = {"PortRange": {"From": ports[0], "To": ports[1]}} if ports else {}
    key = "Ipv6CidrBlock" if ":" in cidr else "CidrBlock"
    return {
        "RuleNumber": number,
        "RuleAction": action,
        "Egress": egress,
        "Protocol": protocol or ("6" if ports else "-1"),
        key: cidr,
        **given,
    }


def an_acl(
    *entries: dict[str, Any], name: str = "acl-1", subnets: tuple[str, ...] = (), default: bool = False
) -> dict[str, Any]:
    associations = [{"SubnetId": each} for each in subnets]
    return {"NetworkAclId": name, "VpcId": VPC, "IsDefault": default, "Associations": associations, "Entries": entries}


def both_ways(number: int, action: str, cidr: str = "0.0.0.0/0") -> list[dict[str, Any]]:
    """Entries about every protocol, in and out."""
    return [an_entry(number, action, cidr, egress=egress) for egress in (False, True)]


DEFAULT_ACL = an_acl(
    *both_ways(100, "allow"),
    *both_ways(101, "allow", "::/0"),
    *both_ways(32767, "deny"),
    *both_ways(32768, "deny", "::/0"),
    name="acl-0",
    subnets=tuple(subnet["SubnetId"] for subnet in (*NODES, *PUBLIC)),
    default=True,
)
"""The default network ACL of a VPC with IPv6 addresses, as EC2 creates it."""


def zone(letter: str, *, state: str = "available", kind: str = "availability-zone") -> dict[str, str]:
    number = "abc".index(letter) + 1
    return {"ZoneName": f"eu-west-1{letter}", "ZoneId": f"euw1-az{number}", "State": state, "ZoneType": kind}


def _attribute(parameters: Mapping[str, Value]) -> list[Answer]:
    name = str(parameters["Attribute"])
    return [{name[0].upper() + name[1:]: {"Value": True}}]


def _role(parameters: Mapping[str, Value]) -> list[Answer]:
    name = str(parameters["RoleName"])
    return [{"RoleName": name, "Arn": f"arn:aws:iam::111122223333:role/{name}"}] if name == "Admin" else []


def a_sound_account(changes: Answers | None = None, /) -> CannedAccount:
    """An account in which the config of `tests.mother` can be deployed, with changes by operation."""
    answers: dict[str, Any] = {
        "GetCallerIdentity": [{"Account": "111122223333"}],
        "DescribeVpcs": [a_vpc()],
        "DescribeVpcAttribute": _attribute,
        "DescribeAvailabilityZones": [zone(letter) for letter in "abc"],
        "DescribeSubnets": [*NODES, *PUBLIC],
        "DescribeRouteTables": [
            a_table("rtb-0000000a", "subnet-0000000a", routes=[to_internet("nat-0000000a")]),
            a_table("rtb-0000000b", "subnet-0000000b", routes=[to_internet("nat-0000000b")]),
            a_table("rtb-0000000f", routes=[to_internet("igw-0000000a")], main=True),
        ],
        "DescribeNatGateways": [
            a_nat_gateway("nat-0000000a", "subnet-000000aa"),
            a_nat_gateway("nat-0000000b", "subnet-000000bb"),
        ],
        "DescribeSecurityGroups": [a_group(GROUP)],
        "DescribeNetworkAcls": [DEFAULT_ACL],
        "DescribeCluster": [a_cluster()],
        "GetRole": _role,
    }
    return CannedAccount({**answers, **(changes or {})})
