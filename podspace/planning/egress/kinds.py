"""The registry of gateway kinds: each kind has its own module, and a line in each list of this module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from podspace.planning.egress.appliance import Appliance, Appliances
from podspace.planning.egress.core_network import CoreNetwork, CoreNetworks
from podspace.planning.egress.egress_only_gateway import EgressOnlyGateway, EgressOnlyGateways
from podspace.planning.egress.firewall_endpoint import FirewallEndpoint, FirewallEndpoints
from podspace.planning.egress.kind import EgressKind
from podspace.planning.egress.nat_gateway import ExistingNatGateways, NatGateway, NewNatGateways
from podspace.planning.egress.private_nat_gateway import PrivateNatGateway, PrivateNatGateways
from podspace.planning.egress.regional_nat_gateway import RegionalNatGateway, RegionalNatGateways
from podspace.planning.egress.transit_gateway import TransitGateway, TransitGateways
from podspace.planning.egress.virtual_private_gateway import VirtualPrivateGateway, VirtualPrivateGateways
from podspace.planning.egress.vpc_peering_connection import VpcPeeringConnection, VpcPeeringConnections

if TYPE_CHECKING:  # an entry is checked with this registry
    from podspace.planning.egress.config import EgressConfig

EGRESS_KINDS: Final[tuple[EgressKind, ...]] = (
    FirewallEndpoints(),
    ExistingNatGateways(),
    NewNatGateways(),
    RegionalNatGateways(),
    PrivateNatGateways(),
    TransitGateways(),
    CoreNetworks(),
    EgressOnlyGateways(),
    VpcPeeringConnections(),
    VirtualPrivateGateways(),
    Appliances(),
)
"""Every gateway kind. If an entry has the keys of two, the first one is the kind, and traffic is then routed to the
second."""

AnyGateway = (
    NatGateway
    | RegionalNatGateway
    | PrivateNatGateway
    | TransitGateway
    | CoreNetwork
    | EgressOnlyGateway
    | VpcPeeringConnection
    | VirtualPrivateGateway
    | FirewallEndpoint
    | Appliance
)
"""Union of every gateway class, so that the type checker proves that a `match` handles all of them."""


def egress_kind(entry: EgressConfig) -> EgressKind:
    """The kind of gateway of an entry."""
    return next(kind for kind in EGRESS_KINDS if kind.chosen(entry))
