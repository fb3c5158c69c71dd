"""Egress-only internet gateways."""

from __future__ import annotations

from collections.abc import Iterator

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib.existing import cfn_tags, egress_only_gateway_id
from constructs_lib.inputs import Inputs, Need
from podspace.planning.egress.egress_only_gateway import EgressOnlyGateway


def needs(gateway: EgressOnlyGateway) -> Iterator[Need]:
    """The existing egress-only internet gateway that a CDK app must pass in."""
    if not gateway.new:
        yield Need(argument="egress_only_gateways", name=gateway.name, origin=gateway.origin, prefix="eigw")


def create(scope: Construct, gateway: EgressOnlyGateway, inputs: Inputs, *, vpc_id: str) -> str:
    """Id of an egress-only internet gateway, which is created if it is new."""
    if not gateway.new:
        return inputs.id(next(needs(gateway)), egress_only_gateway_id)
    tags = cfn_tags(gateway.tags)
    return ec2.CfnEgressOnlyInternetGateway(scope, "EgressOnlyGateway", vpc_id=vpc_id, tags=tags).attr_id
