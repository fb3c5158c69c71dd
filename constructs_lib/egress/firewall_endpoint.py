"""Firewall endpoints."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.existing import vpc_endpoint_id
from constructs_lib.inputs import Inputs, Need
from podspace.planning.egress.firewall_endpoint import FirewallEndpoint


def needs(gateway: FirewallEndpoint) -> Iterator[Need]:
    """The endpoint."""
    yield Need(argument="firewall_endpoints", name=gateway.name, origin=gateway.origin, prefix="vpce")


def create(gateway: FirewallEndpoint, inputs: Inputs) -> str:
    """The id of the endpoint, which exists."""
    return inputs.id(next(needs(gateway)), vpc_endpoint_id)
