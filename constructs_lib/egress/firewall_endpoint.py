"""Existing firewall endpoints."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.existing import vpc_endpoint_id
from constructs_lib.inputs import Inputs, Need
from podspace.planning.egress.firewall_endpoint import FirewallEndpoint


def needs(gateway: FirewallEndpoint) -> Iterator[Need]:
    """The firewall endpoint that a CDK app must pass in."""
    yield Need(argument="firewall_endpoints", name=gateway.name, origin=gateway.origin, prefix="vpce")


def create(gateway: FirewallEndpoint, inputs: Inputs) -> str:
    """Id of an existing firewall endpoint."""
    return inputs.id(next(needs(gateway)), vpc_endpoint_id)
