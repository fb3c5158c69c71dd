"""Regional NAT gateways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib.egress.nat_gateway import wait_for_internet
from constructs_lib.existing import AllocationRef, allocation_ids, cfn_tags, zone_property
from constructs_lib.inputs import Inputs, Need
from podspace.planning.egress.regional_nat_gateway import RegionalNatGateway
from podspace.planning.origin import id_of


def needs(gateway: RegionalNatGateway) -> Iterator[Need]:
    """The Elastic IP addresses that a CDK app must pass in, unless AWS chooses them."""
    for zone in gateway.addresses:
        yield _addresses(gateway, zone)


def _addresses(gateway: RegionalNatGateway, zone: str) -> Need:
    first, *further = gateway.addresses[zone]
    return Need(
        argument="allocation_ids",
        name=f"{gateway.name}-{zone}",
        origin=first,
        further=tuple(further),
        prefix="eipalloc",
    )


def create(scope: Construct, gateway: RegionalNatGateway, inputs: Inputs, *, vpc_id: str) -> str:
    """Id of a new regional NAT gateway."""
    addresses = [
        ec2.CfnNatGateway.AvailabilityZoneAddressProperty(
            **zone_property(zone), allocation_ids=_allocation_ids(gateway, zone, inputs)
        )
        for zone in gateway.addresses
    ]
    made = ec2.CfnNatGateway(
        scope,
        f"NatGateway-{gateway.name}",
        availability_mode="regional",
        connectivity_type="public",
        vpc_id=vpc_id,
        availability_zone_addresses=addresses or None,
        tags=cfn_tags(gateway.tags),
    )
    wait_for_internet(made, inputs)
    return made.ref


def _allocation_ids(gateway: RegionalNatGateway, zone: str, inputs: Inputs) -> list[str]:
    need = _addresses(gateway, zone)
    if inputs.has(need):
        return allocation_ids(cast("Sequence[AllocationRef]", inputs.object(need)))
    return [id_of(address) for address in gateway.addresses[zone]]
