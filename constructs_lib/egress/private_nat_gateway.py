"""Private NAT gateways."""

from __future__ import annotations

from collections.abc import Iterator

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib.existing import cfn_tags
from constructs_lib.inputs import Inputs, Need
from podspace.planning.egress.private_nat_gateway import PrivateNatGateway


def needs(gateway: PrivateNatGateway) -> Iterator[Need]:
    """The routable subnet that a CDK app must pass in for a private NAT gateway."""
    yield Need(
        argument="routable_subnets",
        name=gateway.name,
        origin=gateway.subnet,
        zone=gateway.zone,
        prefix="subnet",
        found=lambda vpc: vpc.node_subnet(gateway.zone),
    )


def create(scope: Construct, gateway: PrivateNatGateway, inputs: Inputs) -> str:
    """Id of a new private NAT gateway."""
    return ec2.CfnNatGateway(
        scope,
        f"NatGateway-{gateway.name}",
        connectivity_type="private",
        subnet_id=inputs.subnet(next(needs(gateway))),
        secondary_private_ip_address_count=gateway.addresses - 1 or None,
        tags=cfn_tags(gateway.tags),
    ).ref
