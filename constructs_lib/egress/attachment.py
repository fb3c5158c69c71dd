"""Attachments of the VPC to transit gateways and to core networks."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.inputs import Need
from podspace.planning.egress.attachment import AttachedGateway


def subnet_needs(gateway: AttachedGateway) -> Iterator[Need]:
    """The subnets that a CDK app must pass in for a new attachment."""
    for zone, subnet in gateway.attachment.items():
        name = f"{gateway.name}-{zone}"
        yield Need(argument="attachment_subnets", name=name, origin=subnet, zone=zone, prefix="subnet")
