"""Things that exist outside a construct, given as a literal id, a token, or a CDK object."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

from aws_cdk import CfnTag
from aws_cdk import aws_ec2 as ec2

from podspace.cdk_token import is_token

VpcRef = str | ec2.IVpc
SecurityGroupRef = str | ec2.ISecurityGroup
SubnetRef = str | ec2.ISubnet
NatGatewayRef = str | ec2.CfnNatGateway

T = TypeVar("T")


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
