"""The entries of the `egress` section: routes out of the pod subnets, and out of the node subnets of a new VPC."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from podspace.planning.egress.appliance import ApplianceFields
from podspace.planning.egress.core_network import CoreNetworkFields
from podspace.planning.egress.edge_gateway import EdgeGatewayFields
from podspace.planning.egress.egress_only_gateway import EgressOnlyGatewayFields
from podspace.planning.egress.firewall_endpoint import FirewallEndpointFields
from podspace.planning.egress.kinds import EGRESS_KINDS
from podspace.planning.egress.nat_gateway import NatGatewayFields
from podspace.planning.egress.private_nat_gateway import PrivateNatGatewayFields
from podspace.planning.egress.regional_nat_gateway import RegionalNatGatewayFields
from podspace.planning.egress.transit_gateway import TransitGatewayFields
from podspace.planning.egress.virtual_private_gateway import VirtualPrivateGatewayFields
from podspace.planning.egress.vpc_peering_connection import VpcPeeringConnectionFields


class EgressConfig(
    NatGatewayFields,
    RegionalNatGatewayFields,
    PrivateNatGatewayFields,
    TransitGatewayFields,
    CoreNetworkFields,
    EgressOnlyGatewayFields,
    VpcPeeringConnectionFields,
    FirewallEndpointFields,
    VirtualPrivateGatewayFields,
    ApplianceFields,
    EdgeGatewayFields,
):
    """One entry of `egress`: what it routes `to`, and exactly one kind of gateway.

    In a VPC that the same file creates, and in Python if a CDK app passes in objects, write `per_zone` or `shared` in
    place of subnets and ids.
    """

    @model_validator(mode="after")
    def _exactly_one_kind(self) -> Self:
        first, *others = [kind for kind in EGRESS_KINDS if kind.chosen(self)] or (None,)
        if first and (not others or [other.key in (*first.onward, *first.not_onward) for other in others] == [True]):
            return self
        pairs = "; ".join(f"{kind.key} with {' or '.join(kind.onward)}" for kind in EGRESS_KINDS if kind.onward)
        raise ValueError(
            f"must have exactly one kind of gateway, of {', '.join(kind.key for kind in EGRESS_KINDS)}; only these go "
            f"together: {pairs}"
        )
