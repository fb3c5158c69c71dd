"""Keyword arguments by which a CDK app passes in objects for gateways and routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from constructs_lib.existing import (
    AllocationRef,
    ApplianceRef,
    CoreNetworkRef,
    EgressOnlyGatewayRef,
    NatGatewayRef,
    RouteTableRef,
    SubnetRef,
    TransitGatewayRef,
    VirtualPrivateGatewayRef,
    VpcEndpointRef,
    VpcPeeringConnectionRef,
)


class EgressInputs(TypedDict, total=False):
    """Objects that a CDK app passes in for gateways and routes, in place of ids in the config.

    Keys of each mapping are names of gateways of the plan, such as a zone, `shared`, `private-<zone>`, `regional`,
    `transit-gateway`, `core-network`, `egress-only-gateway`, `peering`, `vpn-gateway` or `appliance-<zone>`; names of
    route tables are those of the plan.  An object is needed only if the plan has no id for it.
    """

    nat_gateways: Mapping[str, NatGatewayRef]
    """Existing NAT gateways, by the gateway's name."""
    public_subnets: Mapping[str, SubnetRef]
    """Public subnets for new public NAT gateways, by the gateway's name, in the zone that the gateway serves."""
    routable_subnets: Mapping[str, SubnetRef]
    """Subnets for new private NAT gateways, by the gateway's name, in the zone that the gateway serves."""
    allocation_ids: Mapping[str, Sequence[AllocationRef]]
    """Allocation ids of Elastic IP addresses, by the gateway's name; for a regional NAT gateway by its name, a hyphen
    and the zone."""
    transit_gateways: Mapping[str, TransitGatewayRef]
    """Existing transit gateways, by the gateway's name."""
    core_networks: Mapping[str, CoreNetworkRef]
    """Core networks of Cloud WAN, by the gateway's name; each is an ARN."""
    attachment_subnets: Mapping[str, SubnetRef]
    """Subnets for a new attachment, by the name of the transit gateway or core network, a hyphen and the zone."""
    egress_only_gateways: Mapping[str, EgressOnlyGatewayRef]
    """Existing egress-only internet gateways, by the gateway's name."""
    firewall_endpoints: Mapping[str, VpcEndpointRef]
    """Endpoints of AWS Network Firewall or of a Gateway Load Balancer, by the zone that they serve."""
    vpc_peering_connections: Mapping[str, VpcPeeringConnectionRef]
    """Existing VPC peering connections, by the gateway's name."""
    virtual_private_gateways: Mapping[str, VirtualPrivateGatewayRef]
    """Existing virtual private gateways, by the gateway's name."""
    appliances: Mapping[str, ApplianceRef]
    """Network interfaces or instances, by the gateway's name; a token without a CDK object is that of a network
    interface."""
    route_tables: Mapping[str, RouteTableRef]
    """Existing route tables that get routes, by id or plan's name, such as `firewall-<zone>` and `nat-<zone>`."""
