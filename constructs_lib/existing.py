"""Existing resources, passed in as a literal id, a token, or a CDK object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypedDict, TypeVar, Union, cast

import aws_cdk as cdk  # cdk.aws_networkmanager is loaded when it is used
from aws_cdk import CfnElement, CfnTag, Tokenization
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib.acknowledgement import acknowledge
from podspace.cdk_token import is_token
from podspace.planning.addresses.zone import is_zone_id

if TYPE_CHECKING:  # it is made of what is here
    from constructs_lib.cluster_vpc import ClusterVpc

VpcRef = str | ec2.IVpc
SecurityGroupRef = str | ec2.ISecurityGroup
SubnetRef = str | ec2.ISubnet
NatGatewayRef = str | ec2.CfnNatGateway
TransitGatewayRef = str | ec2.CfnTransitGateway
VpcEndpointRef = str | ec2.IVpcEndpoint
VpcPeeringConnectionRef = str | ec2.CfnVPCPeeringConnection
CoreNetworkRef = Union[str, "cdk.aws_networkmanager.CfnCoreNetwork"]
VirtualPrivateGatewayRef = str | ec2.CfnVPNGateway
EgressOnlyGatewayRef = str | ec2.CfnEgressOnlyInternetGateway
ApplianceRef = str | ec2.CfnNetworkInterface | ec2.CfnInstance | ec2.IInstance
RouteTableRef = str | ec2.CfnRouteTable
AllocationRef = str | ec2.CfnEIP


T = TypeVar("T")

_NO_ROUTE_TABLE: Final = {
    "Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId": "the route tables of these subnets are not used: PodNetwork "
    "creates every route of the plan"
}


def vpc_id(vpc: VpcRef | ClusterVpc) -> str:
    """The id of a VPC, a literal or a token.

    Raises:
        ValueError: it is neither an id of that kind, nor a token, nor a CDK object with such an id.
    """
    return _id("vpc", vpc, attribute="vpc_id", expected="an ec2.IVpc")


def security_group_id(group: SecurityGroupRef) -> str:
    """The id of a security group, a literal or a token.

    Raises:
        ValueError: it is neither an id of that kind, nor a token, nor a CDK object with such an id.
    """
    return _id("sg", group, attribute="security_group_id", expected="an ec2.ISecurityGroup")


def subnet_id(subnet: SubnetRef) -> str:
    """The id of a subnet, a literal or a token.

    Raises:
        ValueError: it is neither an id of that kind, nor a token, nor a CDK object with such an id.
    """
    return _id("subnet", subnet, attribute="subnet_id", expected="an ec2.ISubnet")


def nat_gateway_id(gateway: NatGatewayRef) -> str:
    """The id of a NAT gateway, a literal or a token.

    Raises:
        ValueError: it is neither an id of that kind, nor a token, nor a CDK object with such an id.
    """
    return _id("nat", gateway, attribute="ref", expected="an ec2.CfnNatGateway", kind=ec2.CfnNatGateway)


def transit_gateway_id(gateway: TransitGatewayRef) -> str:
    """The id of a transit gateway, a literal or a token.

    Raises:
        ValueError: it is neither an id of that kind, nor a token, nor a CDK object with such an id.
    """
    return _id("tgw", gateway, attribute="ref", expected="an ec2.CfnTransitGateway", kind=ec2.CfnTransitGateway)


def vpc_endpoint_id(endpoint: VpcEndpointRef) -> str:
    """The id of a VPC endpoint, a literal or a token.

    Raises:
        ValueError: it is neither an id of that kind, nor a token, nor a CDK object with such an id.
    """
    return _id("vpce", endpoint, attribute="vpc_endpoint_id", expected="an ec2.IVpcEndpoint")


def vpc_peering_connection_id(connection: VpcPeeringConnectionRef) -> str:
    """The id of a VPC peering connection, a literal or a token.

    Raises:
        ValueError: it is neither an id of that kind, nor a token, nor a CDK object with such an id.
    """
    kind = ec2.CfnVPCPeeringConnection
    return _id("pcx", connection, attribute="ref", expected="an ec2.CfnVPCPeeringConnection", kind=kind)


def core_network_arn(network: CoreNetworkRef) -> str:
    """The ARN of a core network, a literal or a token.

    Raises:
        ValueError: it is neither such an ARN, nor a token, nor a CDK object with such an ARN.
    """
    kind = cdk.aws_networkmanager.CfnCoreNetwork
    expected = "a networkmanager.CfnCoreNetwork"
    return _id("arn:", network, attribute="attr_core_network_arn", expected=expected, kind=kind)


def virtual_private_gateway_id(gateway: VirtualPrivateGatewayRef) -> str:
    """The id of a virtual private gateway, a literal or a token.

    Raises:
        ValueError: it is neither an id of that kind, nor a token, nor a CDK object with such an id.
    """
    kind = ec2.CfnVPNGateway
    return _id("vgw", gateway, attribute="attr_vpn_gateway_id", expected="an ec2.CfnVPNGateway", kind=kind)


def egress_only_gateway_id(gateway: EgressOnlyGatewayRef) -> str:
    """The id of an egress-only internet gateway, a literal or a token.

    Raises:
        ValueError: it is neither an id of that kind, nor a token, nor a CDK object with such an id.
    """
    kind = ec2.CfnEgressOnlyInternetGateway
    return _id("eigw", gateway, attribute="ref", expected="an ec2.CfnEgressOnlyInternetGateway", kind=kind)


def appliance_id(appliance: ApplianceRef) -> str:
    """The id of a network interface or of an instance, a literal or a token.

    Raises:
        ValueError: it is neither an id of that kind, nor a token, nor a CDK object with such an id.
    """
    if is_instance(appliance):
        attribute = "ref" if isinstance(appliance, ec2.CfnInstance) else "instance_id"
        return _id("i", appliance, attribute=attribute, expected="an ec2.IInstance", kind=ec2.CfnInstance)
    expected, kind = "an ec2.CfnNetworkInterface or an ec2.IInstance", ec2.CfnNetworkInterface
    return _id("eni", appliance, attribute="ref", expected=expected, kind=kind)


def is_instance(appliance: ApplianceRef) -> bool:
    """Whether an appliance is an EC2 instance: by its id, its class, or the resource that a token refers to.

    A token of a parameter or of another stack's output does not say what it is, and is taken for a network interface.
    """
    if isinstance(appliance, str):
        refers_to = getattr(Tokenization.reverse_string(appliance).first_token, "target", None)
        return appliance.startswith("i-") or isinstance(refers_to, ec2.CfnInstance)
    return isinstance(appliance, ec2.CfnInstance) or hasattr(appliance, "instance_id")


def route_table_id(table: RouteTableRef) -> str:
    """The id of a route table, a literal or a token.

    Raises:
        ValueError: it is neither an id of that kind, nor a token, nor a CDK object with such an id.
    """
    return _id("rtb", table, attribute="ref", expected="an ec2.CfnRouteTable", kind=ec2.CfnRouteTable)


def allocation_id(id: AllocationRef) -> str:
    """The allocation id of an Elastic IP address, a literal or a token.

    Raises:
        ValueError: it is neither an id of that kind, nor a token, nor a CDK object with such an id.
    """
    return _id("eipalloc", id, attribute="attr_allocation_id", expected="an ec2.CfnEIP", kind=ec2.CfnEIP)


def allocation_ids(ids: Sequence[AllocationRef]) -> list[str]:
    """The allocation ids of the Elastic IP addresses of one gateway in one zone.

    Raises:
        ValueError: the value is not a list, is empty, or has an item that is not an allocation id.
    """
    if isinstance(ids, str) or not isinstance(ids, Sequence) or not ids:
        raise ValueError(f"{ids!r} is not a list of Elastic IP addresses: pass one or more, `[eipalloc-…]`")
    return [allocation_id(id) for id in ids]


def _id(prefix: str, given: object, *, attribute: str, expected: str, kind: type[CfnElement] | None = None) -> str:
    """An id or ARN, a token, or that of a CDK object; one of CloudFormation's own resources must be of the `kind`."""
    begin = prefix if prefix.endswith(":") else f"{prefix}-"
    id = given if isinstance(given, str) else getattr(given, attribute, None)
    if isinstance(given, CfnElement) and not (kind and isinstance(given, kind)):
        id = None
    if not isinstance(id, str):
        raise ValueError(f"{given!r} is no id that begins with {begin}, no token, and not {expected}")
    if not id.startswith(begin) and not is_token(id):
        raise ValueError(f"{id!r} is not an AWS id that begins with {begin}: pass the id, a token or {expected}")
    return id


def slice_of(plan: object, kind: type[T], *, argument: str) -> T:
    """The part of a plan that a construct needs.

    Raises:
        ValueError: the part is missing, or is that of another construct.
    """
    if isinstance(plan, kind):
        return plan
    given = "missing" if plan is None else f"a {type(plan).__name__}"
    raise ValueError(f"plan is {given}: pass `{argument}` of a Plan, a {kind.__name__}")


def mapping_of(given: Mapping[str, T], *, argument: str) -> Mapping[str, T]:
    """The objects that an app passed in by name.

    Raises:
        ValueError: the value is not a mapping.
    """
    if isinstance(given, Mapping):
        return given
    raise ValueError(f"{argument} is {given!r}: pass a mapping, by the names that the plan has, such as zones")


def cfn_tags(tags: Mapping[str, str]) -> list[CfnTag]:
    """Tags in the form of the `Tags` property of a CloudFormation resource."""
    return [CfnTag(key=key, value=value) for key, value in tags.items()]


class ZoneProperty(TypedDict, total=False):
    """The CloudFormation property for a zone: `AvailabilityZone` with a name, or `AvailabilityZoneId`."""

    availability_zone: str
    availability_zone_id: str


def zone_property(zone: str) -> ZoneProperty:
    """The CloudFormation property for a zone name or zone id."""
    return {"availability_zone_id": zone} if is_zone_id(zone) else {"availability_zone": zone}


def vpc_of(scope: Construct, vpc: VpcRef | ClusterVpc, *, zones: Sequence[str]) -> ec2.IVpc:
    """A VPC as a CDK object; a VPC id or a `ClusterVpc` is imported as construct `Vpc`."""
    if not isinstance(vpc, str) and hasattr(vpc, "vpc_arn"):
        return cast("ec2.IVpc", vpc)
    return ec2.Vpc.from_vpc_attributes(scope, "Vpc", vpc_id=vpc_id(vpc), availability_zones=list(zones))


def subnets_of(scope: Construct, by_zone: Mapping[str, Sequence[SubnetRef]]) -> list[ec2.ISubnet]:
    """Subnets as CDK objects; subnet ids are imported as constructs named after their zones."""
    acknowledge(scope, _NO_ROUTE_TABLE)
    return [
        ec2.Subnet.from_subnet_attributes(
            scope, f"Subnet-{zone}-{number}", subnet_id=subnet_id(subnet), availability_zone=zone
        )
        if isinstance(subnet, str)
        else subnet
        for zone, subnets in by_zone.items()
        for number, subnet in enumerate(subnets, start=1)
    ]


def security_group_of(scope: Construct, group: SecurityGroupRef) -> ec2.ISecurityGroup:
    """A security group as a CDK object; a security group id is imported, and gets no rules."""
    if not isinstance(group, str):
        return group
    return ec2.SecurityGroup.from_security_group_id(scope, "SecurityGroup", security_group_id(group), mutable=False)
