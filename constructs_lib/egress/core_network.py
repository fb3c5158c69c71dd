"""Core networks of AWS Cloud WAN, and the attachment of the VPC."""

from __future__ import annotations

from collections.abc import Iterator

import aws_cdk as cdk  # cdk.aws_networkmanager is loaded when it is used
from aws_cdk import Aws, Fn, Stack
from constructs import Construct

from constructs_lib.egress.attachment import subnet_needs
from constructs_lib.existing import cfn_tags, core_network_arn
from constructs_lib.inputs import Inputs, Need
from podspace.cdk_token import is_token
from podspace.planning.egress.core_network import CoreNetwork, core_network_id


def needs(gateway: CoreNetwork) -> Iterator[Need]:
    """The core network, and the subnets of a new attachment, that a CDK app must pass in."""
    yield Need(argument="core_networks", name=gateway.name, origin=gateway.origin, prefix="arn:")
    yield from subnet_needs(gateway)


def create(
    scope: Construct, gateway: CoreNetwork, inputs: Inputs, *, vpc_id: str
) -> tuple[str, cdk.aws_networkmanager.CfnVpcAttachment | None]:
    """The ARN of a core network of Cloud WAN, and the attachment of the VPC if the stack creates it."""
    arn = inputs.id(next(needs(gateway)), core_network_arn)
    if not gateway.new:
        return arn, None
    # Only the owner of a VPC creates routes and attachments, so that VPC and subnets are of the stack's account.
    in_account = f"arn:{Aws.PARTITION}:ec2:{Stack.of(scope).region}:{Stack.of(scope).account}"
    attachment = cdk.aws_networkmanager.CfnVpcAttachment(
        scope,
        f"Attachment-{gateway.name}",
        core_network_id=Fn.select(1, Fn.split("/", arn)) if is_token(arn) else core_network_id(arn),
        vpc_arn=f"{in_account}:vpc/{vpc_id}",
        subnet_arns=[f"{in_account}:subnet/{inputs.subnet(need)}" for need in subnet_needs(gateway)],
        options=cdk.aws_networkmanager.CfnVpcAttachment.VpcOptionsProperty(ipv6_support=True) if gateway.ipv6 else None,
        tags=cfn_tags(gateway.tags),
    )
    return arn, attachment
