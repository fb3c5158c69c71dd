"""Virtual private gateways, and the propagation of their routes."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.existing import virtual_private_gateway_id
from constructs_lib.inputs import Inputs, Need
from podspace.planning.egress.virtual_private_gateway import VirtualPrivateGateway


def needs(gateway: VirtualPrivateGateway) -> Iterator[Need]:
    """The virtual private gateway that a CDK app must pass in."""
    yield Need(argument="virtual_private_gateways", name=gateway.name, origin=gateway.origin, prefix="vgw")


def create(gateway: VirtualPrivateGateway, inputs: Inputs) -> str:
    """Id of an existing virtual private gateway."""
    return inputs.id(next(needs(gateway)), virtual_private_gateway_id)
