"""The NAT gateways that pods leave through: those given, and those made."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib.existing import NatGatewayRef, SubnetRef, cfn_tags, exactly, nat_gateway_id, subnet_id
from podspace.cdk_token import is_token
from podspace.planning import SHARED, NatGateway


class Egress(Construct):
    """Every NAT gateway of a plan, with an Elastic IP address for each one made here.

    Attributes:
        nat_gateway_ids: by the plan's name for the gateway, a zone or `shared`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        plan: tuple[NatGateway, ...],
        nat_gateways: Mapping[str, NatGatewayRef],
        public_subnets: Mapping[str, SubnetRef],
    ) -> None:
        """Take the gateways that exist and make the others.

        Args:
            scope: the parent construct.
            construct_id: the id below it.
            plan: the gateways, as planned.
            nat_gateways: the existing gateway for each name of the plan that is not new.
            public_subnets: the public subnet for each new gateway, in the zone it serves.

        Raises:
            ValueError: a gateway or public subnet is missing, superfluous, or in another zone.
        """
        existing = exactly(nat_gateways, [g.name for g in plan if not g.new], argument="nat_gateways")
        public = exactly(public_subnets, [g.name for g in plan if g.new], argument="public_subnets")
        for gateway in plan:
            if gateway.new:
                _check_zone(gateway.name, public[gateway.name])
        super().__init__(scope, construct_id)
        self.nat_gateway_ids = {name: nat_gateway_id(gateway) for name, gateway in existing.items()} | {
            gateway.name: self._make(gateway, public[gateway.name]) for gateway in plan if gateway.new
        }

    def _make(self, gateway: NatGateway, public_subnet: SubnetRef) -> str:
        tags = cfn_tags(gateway.tags)
        address = ec2.CfnEIP(self, f"Address-{gateway.name}", domain="vpc", tags=tags)
        made = ec2.CfnNatGateway(
            self,
            f"NatGateway-{gateway.name}",
            subnet_id=subnet_id(public_subnet),
            allocation_id=address.attr_allocation_id,
            tags=tags,
        )
        if not isinstance(public_subnet, str):
            # Neither refers to the internet gateway, which must be attached before both and detached after them.
            for resource in (address, made):
                resource.node.add_dependency(public_subnet.internet_connectivity_established)
        return made.ref


def _check_zone(wanted: str, subnet: SubnetRef) -> None:
    if wanted == SHARED or isinstance(subnet, str):
        return
    zone = subnet.availability_zone
    if zone != wanted and not is_token(zone):
        raise ValueError(f"public_subnets[{wanted!r}] is in {zone}: pass a public subnet of {wanted}")
