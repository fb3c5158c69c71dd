"""Things that exist outside a construct, given as a literal id, a token, or a CDK object."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final, TypedDict, TypeVar

from aws_cdk import CfnTag
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib.acknowledgement import acknowledge
from podspace.cdk_token import is_token
from podspace.planning.config.aws_id import is_zone_id

VpcRef = str | ec2.IVpc
SecurityGroupRef = str | ec2.ISecurityGroup
SubnetRef = str | ec2.ISubnet
NatGatewayRef = str | ec2.CfnNatGateway
TransitGatewayRef = str | ec2.CfnTransitGateway
EgressOnlyGatewayRef = str | ec2.CfnEgressOnlyInternetGateway
RouteTableRef = str | ec2.CfnRouteTable


T = TypeVar("T")

_NO_ROUTE_TABLE: Final = {
    "Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId": "nothing reads the route tables of these subnets: every "
    "route is planned, and PodNetwork makes it"
}


def vpc_id(vpc: VpcRef) -> str:
    """The id of a VPC, a literal or a token.

    Raises:
        ValueError: a literal is not the id of one.
    """
    return _id("vpc", vpc if isinstance(vpc, str) else vpc.vpc_id)


def security_group_id(group: SecurityGroupRef) -> str:
    """The id of a security group, a literal or a token.

    Raises:
        ValueError: a literal is not the id of one.
    """
    return _id("sg", group if isinstance(group, str) else group.security_group_id)


def subnet_id(subnet: SubnetRef) -> str:
    """The id of a subnet, a literal or a token.

    Raises:
        ValueError: a literal is not the id of one.
    """
    return _id("subnet", subnet if isinstance(subnet, str) else subnet.subnet_id)


def nat_gateway_id(gateway: NatGatewayRef) -> str:
    """The id of a NAT gateway, a literal or a token.

    Raises:
        ValueError: a literal is not the id of one.
    """
    return _id("nat", gateway if isinstance(gateway, str) else gateway.ref)


def transit_gateway_id(gateway: TransitGatewayRef) -> str:
    """The id of a transit gateway, a literal or a token.

    Raises:
        ValueError: a literal is not the id of one.
    """
    return _id("tgw", gateway if isinstance(gateway, str) else gateway.ref)


def egress_only_gateway_id(gateway: EgressOnlyGatewayRef) -> str:
    """The id of an egress-only internet gateway, a literal or a token.

    Raises:
        ValueError: a literal is not the id of one.
    """
    return _id("eigw", gateway if isinstance(gateway, str) else gateway.ref)


def route_table_id(table: RouteTableRef) -> str:
    """The id of a route table, a literal or a token.

    Raises:
        ValueError: a literal is not the id of one.
    """
    return _id("rtb", table if isinstance(table, str) else table.ref)


def allocation_id(id: str) -> str:
    """The allocation id of an Elastic IP address, a literal or a token.

    Raises:
        ValueError: a literal is not one.
    """
    return _id("eipalloc", id)


def _id(prefix: str, id: str) -> str:
    if not id.startswith(f"{prefix}-") and not is_token(id):
        raise ValueError(f"{id!r} is no id of AWS that begins with {prefix}-: pass the id, a token or the CDK object")
    return id


def exactly(given: Mapping[str, T], wanted: Collection[str], *, argument: str) -> Mapping[str, T]:
    """What was handed over, if it is just what the plan asks for.

    Raises:
        ValueError: a name the plan has is missing, or one it does not have was given.
    """
    if missing := [name for name in wanted if name not in given]:
        raise ValueError(
            f"{argument} has nothing for {', '.join(missing)}: the plan needs one for each of {', '.join(wanted)}"
        )
    if extra := [name for name in given if name not in wanted]:
        raise ValueError(
            f"{argument} has {', '.join(extra)}, which the plan does not use: it needs {', '.join(wanted) or 'none'}"
        )
    return given


def cfn_tags(tags: Mapping[str, str]) -> list[CfnTag]:
    """Tags as the properties of a resource take them."""
    return [CfnTag(key=key, value=value) for key, value in tags.items()]


class ZoneProperty(TypedDict, total=False):
    """A zone as a resource takes it: by its name, or by its id, under another key."""

    availability_zone: str
    availability_zone_id: str


def zone_property(zone: str) -> ZoneProperty:
    """The property of a resource in that zone."""
    return {"availability_zone_id": zone} if is_zone_id(zone) else {"availability_zone": zone}


def vpc_of(scope: Construct, vpc: VpcRef, *, zones: Sequence[str]) -> ec2.IVpc:
    """A VPC as CDK knows it; one that is given by its id is imported under `Vpc`."""
    if not isinstance(vpc, str):
        return vpc
    return ec2.Vpc.from_vpc_attributes(scope, "Vpc", vpc_id=vpc_id(vpc), availability_zones=list(zones))


def subnets_of(scope: Construct, by_zone: Mapping[str, Sequence[SubnetRef]]) -> list[ec2.ISubnet]:
    """Subnets as CDK knows them; those that are given by their ids are imported under their zones."""
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
    """A security group as CDK knows it; one that is given by its id is imported, and gets no rules."""
    if not isinstance(group, str):
        return group
    return ec2.SecurityGroup.from_security_group_id(scope, "SecurityGroup", security_group_id(group), mutable=False)
