"""VPC peering connections."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.existing import vpc_peering_connection_id
from constructs_lib.inputs import Inputs, Need
from podspace.planning.egress.vpc_peering_connection import VpcPeeringConnection


def needs(gateway: VpcPeeringConnection) -> Iterator[Need]:
    """The VPC peering connection that a CDK app must pass in."""
    yield Need(argument="vpc_peering_connections", name=gateway.name, origin=gateway.origin, prefix="pcx")


def create(gateway: VpcPeeringConnection, inputs: Inputs) -> str:
    """Id of an existing VPC peering connection."""
    return inputs.id(next(needs(gateway)), vpc_peering_connection_id)
