"""Zonal public NAT gateways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib.existing import AllocationRef, allocation_ids, cfn_tags, nat_gateway_id
from constructs_lib.inputs import Inputs, Need
from podspace.planning import Created, Existing
from podspace.planning.egress.nat_gateway import NatGateway


def needs(gateway: NatGateway) -> Iterator[Need]:
    """The objects that a CDK app must pass in: an existing NAT gateway, or the public subnet and addresses of a new
    one.
    """
    if not gateway.new:
        zone = "".join(gateway.zones)
        yield Need(
            argument="nat_gateways",
            name=gateway.name,
            origin=gateway.origin,
            prefix="nat",
            found=lambda vpc: vpc.nat_gateway(zone),
        )
        return
    yield _subnet(gateway)
    if _address(gateway).origin != Created(gateway.name):
        yield _address(gateway)


def _subnet(gateway: NatGateway) -> Need:
    assert gateway.subnet is not None, "a new gateway is created in a subnet"
    return Need(
        argument="public_subnets",
        name=gateway.name,
        origin=gateway.subnet,
        zone=gateway.zone,
        prefix="subnet",
        found=lambda vpc: vpc.public_subnet(gateway.zone),
    )


def _address(gateway: NatGateway) -> Need:
    first, *further = gateway.addresses
    return Need(argument="allocation_ids", name=gateway.name, origin=first, further=tuple(further), prefix="eipalloc")


def create(scope: Construct, gateway: NatGateway, inputs: Inputs) -> str:
    """Id of a public NAT gateway, which is created with its addresses if it is new."""
    if not gateway.new:
        return inputs.id(next(needs(gateway)), nat_gateway_id)
    subnet_id = inputs.subnet(_subnet(gateway))
    subnet = inputs.object(_subnet(gateway))
    first, *further = _addresses(scope, gateway, inputs, subnet)
    made = ec2.CfnNatGateway(
        scope,
        f"NatGateway-{gateway.name}",
        subnet_id=subnet_id,
        allocation_id=first,
        secondary_allocation_ids=further or None,
        tags=cfn_tags(gateway.tags),
    )
    wait_for_internet(made, inputs, subnet)
    return made.ref


def _addresses(scope: Construct, gateway: NatGateway, inputs: Inputs, subnet: object) -> Sequence[str]:
    if inputs.has(_address(gateway)):
        return allocation_ids(cast("Sequence[AllocationRef]", inputs.object(_address(gateway))))
    ids: list[str] = []
    for address in gateway.addresses:
        match address:
            case Existing(id):
                ids.append(id)
            case Created(name):
                made = ec2.CfnEIP(
                    scope,
                    f"Address-{name}",
                    domain="vpc",
                    network_border_group=gateway.border_group or None,
                    tags=cfn_tags(gateway.address_tags(name)),
                )
                wait_for_internet(made, inputs, subnet)
                ids.append(made.attr_allocation_id)
    return ids


def wait_for_internet(made: Construct, inputs: Inputs, subnet: object = None) -> None:
    """Make a public NAT gateway depend on the internet gateway, which it does not refer to.

    The internet gateway must be attached before the NAT gateway is created, and detached after it is deleted.
    """
    if isinstance(subnet, Construct):
        made.node.add_dependency(cast("ec2.ISubnet", subnet).internet_connectivity_established)
    if inputs.internet is not None:
        made.node.add_dependency(inputs.internet)
