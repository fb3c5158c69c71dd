"""Every call to AWS that podspace makes, and the IAM policy that allows exactly these calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pydantic import JsonValue

Value = str | bool | Sequence[str] | Sequence[Mapping[str, str | Sequence[str]]]
"""The type of a parameter of a call."""

_MANAGED: Final[Mapping[str, Value]] = {"IncludeManagedResources": True}
"""EC2 leaves resources of EKS Auto Mode out of its lists without this parameter:
https://docs.aws.amazon.com/eks/latest/userguide/automode-learn-instances.html."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A call to AWS that reads data.

    Attributes:
        service: name of the service in boto3.
        operation: name of the operation in the API reference.
        answer: key of the data in the answer; empty for the whole answer.
        why: the purpose, in words.
        always: parameters of every such call.
        region: region of the API, if it is not in every region; empty for that of the account.
    """

    service: str
    operation: str
    answer: str
    why: str
    always: Mapping[str, Value] = field(default_factory=dict)
    region: str = ""

    @property
    def action(self) -> str:
        """The action of IAM that allows it."""
        return f"{self.service.replace('-', '')}:{self.operation}"


def _ec2(operation: str, answer: str, why: str, *, managed: bool = False) -> Call:
    return Call(service="ec2", operation=operation, answer=answer, why=why, always=_MANAGED if managed else {})


GET_CALLER_IDENTITY: Final = Call(service="sts", operation="GetCallerIdentity", answer="", why="the account")

DESCRIBE_VPCS: Final = _ec2("DescribeVpcs", "Vpcs", "the VPC and its CIDR blocks")
DESCRIBE_VPC_ATTRIBUTE: Final = _ec2(
    "DescribeVpcAttribute", "", "DNS resolution, DNS hostnames, and metrics of Network Address Usage"
)
DESCRIBE_SUBNETS: Final = _ec2("DescribeSubnets", "Subnets", "subnets, their zones and free addresses")
GET_CIDR_RESERVATIONS: Final = _ec2(
    "GetSubnetCidrReservations",
    "SubnetIpv4CidrReservations",
    "ranges of pod subnets that are reserved for prefixes, which EC2 does not count as free",
)
DESCRIBE_ROUTE_TABLES: Final = _ec2("DescribeRouteTables", "RouteTables", "routes, and which subnets are public")
DESCRIBE_NAT_GATEWAYS: Final = _ec2("DescribeNatGateways", "NatGateways", "NAT gateways and their zones")
DESCRIBE_ADDRESSES: Final = _ec2("DescribeAddresses", "Addresses", "Elastic IP addresses, for their quota")
DESCRIBE_ZONES: Final = Call(
    service="ec2",
    operation="DescribeAvailabilityZones",
    answer="AvailabilityZones",
    why="zones, their names and ids",
    always={"AllAvailabilityZones": True},  # without it, Local Zones that are not enabled are left out
)
DESCRIBE_GROUPS: Final = _ec2(
    "DescribeSecurityGroups", "SecurityGroups", "security groups and the traffic that they admit"
)
DESCRIBE_NETWORK_ACLS: Final = _ec2("DescribeNetworkAcls", "NetworkAcls", "network ACLs that drop the traffic of pods")
DESCRIBE_ENDPOINTS: Final = _ec2("DescribeVpcEndpoints", "VpcEndpoints", "VPC endpoints and their groups")
DESCRIBE_FLOW_LOGS: Final = _ec2("DescribeFlowLogs", "FlowLogs", "flow logs of the VPC")
DESCRIBE_PEERINGS: Final = _ec2(
    "DescribeVpcPeeringConnections",
    "VpcPeeringConnections",
    "CIDR blocks of peered VPCs, which no CIDR block of the pods may overlap",
)
DESCRIBE_TRANSIT_GATEWAYS: Final = _ec2(
    "DescribeTransitGateways", "TransitGateways", "the transit gateways that the config names"
)
DESCRIBE_ATTACHMENTS: Final = _ec2(
    "DescribeTransitGatewayAttachments", "TransitGatewayAttachments", "attachments of the VPC to transit gateways"
)
SEARCH_TRANSIT_GATEWAY_ROUTES: Final = _ec2(
    "SearchTransitGatewayRoutes", "Routes", "routes of a transit gateway to other networks for the pods' CIDR blocks"
)
DESCRIBE_VPN_GATEWAYS: Final = _ec2(
    "DescribeVpnGateways", "VpnGateways", "the virtual private gateway that the config names"
)
DESCRIBE_PREFIX_LISTS: Final = _ec2(
    "DescribeManagedPrefixLists",
    "PrefixLists",
    "the maximum number of entries of prefix lists in routes and in rules of security groups",
)
DESCRIBE_INTERFACES: Final = _ec2(
    "DescribeNetworkInterfaces",
    "NetworkInterfaces",
    "network interfaces in the pod subnets, appliances, and what uses security groups that do not admit the pods",
    managed=True,
)
DESCRIBE_INSTANCES: Final = _ec2(
    "DescribeInstances", "Reservations", "nodes of the NodePools, and appliances", managed=True
)
DESCRIBE_VOLUMES: Final = _ec2("DescribeVolumes", "Volumes", "volumes of deleted nodes", managed=True)
DESCRIBE_INSTANCE_TYPES: Final = _ec2("DescribeInstanceTypes", "InstanceTypes", "interfaces of instance types")

DESCRIBE_CLUSTER: Final = Call(service="eks", operation="DescribeCluster", answer="cluster", why="the cluster")
DESCRIBE_ACCESS_ENTRY: Final = Call(
    service="eks", operation="DescribeAccessEntry", answer="accessEntry", why="the access entry of the node role"
)
LIST_ACCESS_POLICIES: Final = Call(
    service="eks",
    operation="ListAssociatedAccessPolicies",
    answer="associatedAccessPolicies",
    why="whether nodes can join with that entry",
)
LIST_ADDONS: Final = Call(service="eks", operation="ListAddons", answer="addons", why="add-ons of managed node groups")
LIST_NODEGROUPS: Final = Call(
    service="eks", operation="ListNodegroups", answer="nodegroups", why="whether there are managed node groups"
)

GET_ROLE: Final = Call(
    service="iam",
    operation="GetRole",
    answer="Role",
    why="the node role, and roles that get all rights in a new cluster",
)
GET_USER: Final = Call(
    service="iam", operation="GetUser", answer="User", why="users that get all rights in a new cluster"
)
LIST_PROFILES: Final = Call(
    service="iam",
    operation="ListInstanceProfilesForRole",
    answer="InstanceProfiles",
    why="instance profiles that contain the node role",
)

DESCRIBE_STACKS: Final = Call(
    service="cloudformation", operation="DescribeStacks", answer="Stacks", why="whether the stack is deployed already"
)
LIST_STACK_RESOURCES: Final = Call(
    service="cloudformation",
    operation="ListStackResources",
    answer="StackResourceSummaries",
    why="which resources the stack created",
)
LIST_CORE_NETWORK_ATTACHMENTS: Final = Call(
    service="networkmanager",
    operation="ListAttachments",
    answer="Attachments",
    why="attachments of the VPC to the core network that the config names",
)
GET_SERVICE_QUOTA: Final = Call(
    service="service-quotas", operation="GetServiceQuota", answer="Quota", why="quotas of the account"
)
GET_PRODUCTS: Final = Call(
    service="pricing",
    operation="GetProducts",
    answer="PriceList",
    why="public prices, for `podspace prices` only",
    region="us-east-1",
)

CALLS: Final = tuple(value for value in list(vars().values()) if isinstance(value, Call))
"""Every call that podspace makes to AWS."""


def read_only_policy() -> dict[str, JsonValue]:
    """The IAM policy that allows exactly these calls; none of them can be narrowed to single resources in EC2."""
    actions: list[JsonValue] = [*sorted(call.action for call in CALLS)]
    statement: dict[str, JsonValue] = {"Sid": "PodspaceReads", "Effect": "Allow", "Action": actions, "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}
