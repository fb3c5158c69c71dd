"""The keywords by which a CDK app passes in what gateways and routes need."""

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
    """What a CDK app passes in, each under the name that the plan has for it.

    Keys of each mapping are names of gateways of the plan, such as a zone, `shared`, `private-<zone>`, `regional`,
    `transit-gateway`, `core-network`, `egress-only-gateway`, `peering`, `vpn-gateway` or `appliance-<zone>`; names of
    route tables are those of the plan.  Only what the plan does not name by id is needed.
    """

    nat_gateways: Mapping[str, NatGatewayRef]
    """Existing NAT gateways."""
    public_subnets: Mapping[str, SubnetRef]
    """For new public NAT gateways, in the zone they serve."""
    routable_subnets: Mapping[str, SubnetRef]
    """For new private NAT gateways, in the zone they serve."""
    allocation_ids: Mapping[str, Sequence[AllocationRef]]
    """Elastic IP addresses, by the gateway's name; of a regional one by its name, a hyphen and the zone."""
    transit_gateways: Mapping[str, TransitGatewayRef]
    core_networks: Mapping[str, CoreNetworkRef]
    """By ARN."""
    attachment_subnets: Mapping[str, SubnetRef]
    """For a new attachment, by the name of the transit gateway or core network, a hyphen and the zone."""
    egress_only_gateways: Mapping[str, EgressOnlyGatewayRef]
    firewall_endpoints: Mapping[str, VpcEndpointRef]
    """Of AWS Network Firewall or a Gateway Load Balancer, in the zone they serve."""
    vpc_peering_connections: Mapping[str, VpcPeeringConnectionRef]
    virtual_private_gateways: Mapping[str, VirtualPrivateGatewayRef]
    appliances: Mapping[str, ApplianceRef]
    """Network interfaces or instances; a token that does not refer to a CDK object is that of a network interface."""
    route_tables: Mapping[str, RouteTableRef]
    """Those that get routes and are not created with the pod network, by id or by the plan's name, such as
    `firewall-<zone>` and `nat-<zone>`."""
