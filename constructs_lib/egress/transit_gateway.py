"""Transit gateways, and the attachment of the VPC."""

from __future__ import annotations

from collections.abc import Iterator

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib.egress.attachment import subnet_needs
from constructs_lib.existing import cfn_tags, transit_gateway_id
from constructs_lib.inputs import Inputs, Need
from podspace.planning.egress.transit_gateway import TransitGateway


def needs(gateway: TransitGateway) -> Iterator[Need]:
    """The transit gateway, and the subnets of a new attachment, that a CDK app must pass in."""
    yield Need(argument="transit_gateways", name=gateway.name, origin=gateway.origin, prefix="tgw")
    yield from subnet_needs(gateway)


def create(
    scope: Construct, gateway: TransitGateway, inputs: Inputs, *, vpc_id: str
) -> tuple[str, ec2.CfnTransitGatewayAttachment | None]:
    """Id of a transit gateway, and the attachment of the VPC if the stack creates it."""
    id = inputs.id(next(needs(gateway)), transit_gateway_id)
    if not gateway.new:
        return id, None
    attachment = ec2.CfnTransitGatewayAttachment(
        scope,
        f"Attachment-{gateway.name}",
        transit_gateway_id=id,
        vpc_id=vpc_id,
        subnet_ids=[inputs.subnet(need) for need in subnet_needs(gateway)],
        # CDK's own struct would write ipv6Support.
        options={"Ipv6Support": "enable"} if gateway.ipv6 else None,
        tags=cfn_tags(gateway.tags),
    )
    return id, attachment
