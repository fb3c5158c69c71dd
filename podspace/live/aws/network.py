"""Facts about one VPC, each read when it is first used."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network
from typing import Final

from pydantic import Field

from podspace.diagnostic import Diagnostic
from podspace.live.aws.account import Account
from podspace.live.aws.call import (
    DESCRIBE_ADDRESSES,
    DESCRIBE_ATTACHMENTS,
    DESCRIBE_ENDPOINTS,
    DESCRIBE_FLOW_LOGS,
    DESCRIBE_GROUPS,
    DESCRIBE_INSTANCES,
    DESCRIBE_INTERFACES,
    DESCRIBE_NAT_GATEWAYS,
    DESCRIBE_NETWORK_ACLS,
    DESCRIBE_PEERINGS,
    DESCRIBE_ROUTE_TABLES,
    DESCRIBE_SUBNETS,
    DESCRIBE_TRANSIT_GATEWAYS,
    DESCRIBE_VPC_ATTRIBUTE,
    DESCRIBE_VPCS,
    DESCRIBE_VPN_GATEWAYS,
    DESCRIBE_ZONES,
    GET_CIDR_RESERVATIONS,
    LIST_CORE_NETWORK_ATTACHMENTS,
    SEARCH_TRANSIT_GATEWAY_ROUTES,
    Value,
)
from podspace.live.aws.group import Endpoint, SecurityGroup
from podspace.live.aws.interface import Instance, Interface, Reservation
from podspace.live.aws.model import Ec2Model
from podspace.live.aws.network_acl import NetworkAcl
from podspace.live.aws.routing import (
    Address,
    Attachment,
    CoreNetworkAttachment,
    NatGateway,
    Route,
    RouteTable,
    TransitGateway,
    TransitGatewayRoute,
    VpnGateway,
    everywhere,
)
from podspace.live.aws.vpc import CidrReservation, FlowLog, Peering, Subnet, Vpc, Zone
from podspace.live.failure import LiveError

_FILTER_VALUES: Final = 200
"""The most values of a filter, https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html."""


class _Switch(Ec2Model):
    value: bool


class _Support(Ec2Model):
    switch: _Switch = Field(alias="EnableDnsSupport")


class _Hostnames(Ec2Model):
    switch: _Switch = Field(alias="EnableDnsHostnames")


class _AddressUsage(Ec2Model):
    switch: _Switch = Field(alias="EnableNetworkAddressUsageMetrics")


@dataclass(frozen=True)
class Network:
    """A VPC of an account.

    Every property may raise `UnreadError`, where the account does not let it be read, and `LiveError`.
    """

    account: Account
    vpc_id: str

    @cached_property
    def vpc(self) -> Vpc | None:
        """The VPC; None where the region has none of that id."""
        return next(iter(self.account.read(DESCRIBE_VPCS, Vpc, VpcIds=[self.vpc_id])), None)

    @property
    def existing(self) -> Vpc:
        """The VPC.

        Raises:
            LiveError: the region has no VPC with the id.
        """
        if self.vpc is None:
            text, fix = f"is not in {self.account.region}", "correct the id, or give its --region"
            raise LiveError(Diagnostic(id="vpc-not-found", subject=f"VPC {self.vpc_id}", message=text, fix=fix))
        return self.vpc

    @cached_property
    def dns(self) -> tuple[bool, bool]:
        """Whether DNS resolution, and DNS hostnames, are on."""
        support = self.account.read(DESCRIBE_VPC_ATTRIBUTE, _Support, VpcId=self.vpc_id, Attribute="enableDnsSupport")
        names = self.account.read(DESCRIBE_VPC_ATTRIBUTE, _Hostnames, VpcId=self.vpc_id, Attribute="enableDnsHostnames")
        return any(each.switch.value for each in support), any(each.switch.value for each in names)

    @cached_property
    def reports_address_usage(self) -> bool:
        """Whether metrics of Network Address Usage are on."""
        attribute = "enableNetworkAddressUsageMetrics"
        found = self.account.read(DESCRIBE_VPC_ATTRIBUTE, _AddressUsage, VpcId=self.vpc_id, Attribute=attribute)
        return any(each.switch.value for each in found)

    @cached_property
    def subnets(self) -> dict[str, Subnet]:
        """Subnets of the VPC by id."""
        found = self.account.read(DESCRIBE_SUBNETS, Subnet, Filters=_filter("vpc-id", self.vpc_id))
        return {subnet.subnet_id: subnet for subnet in found}

    def cidr_reservations(self, subnet_id: str) -> tuple[CidrReservation, ...]:
        """The IPv4 ranges of a subnet that are reserved."""
        return self.account.read(GET_CIDR_RESERVATIONS, CidrReservation, SubnetId=subnet_id)

    @cached_property
    def route_tables(self) -> tuple[RouteTable, ...]:
        """Route tables of the VPC."""
        return self.account.read(DESCRIBE_ROUTE_TABLES, RouteTable, Filters=_filter("vpc-id", self.vpc_id))

    def table_of(self, subnet_id: str) -> RouteTable | None:
        """The route table a subnet uses: its own, or the VPC's main one."""
        main = None
        for table in self.route_tables:
            for association in table.associations:
                if association.subnet_id == subnet_id:
                    return table
                main = table if association.main else main
        return main

    def is_public(self, subnet_id: str) -> bool | None:
        """Whether a subnet has a default route to an internet gateway; None if that depends on a prefix list."""
        return everywhere(route for route in self._routes_of(subnet_id) if route.gateway_id.startswith("igw-"))

    def has_default_route(self, subnet_id: str) -> bool | None:
        """Whether the routes of a subnet have every IPv4 address as their destination; None as in `is_public`.

        Routes of gateway endpoints have prefix lists of AWS, which are those of one service.
        """
        routes = [route for route in self._routes_of(subnet_id) if not route.local]
        if any(route.to_list and route.gateway_id.startswith("vpce-") for route in routes):
            services = {each.endpoint_id for each in self.endpoints if each.endpoint_type == "Gateway"}
            routes = [route for route in routes if route.gateway_id not in services]
        return everywhere(routes)

    def _routes_of(self, subnet_id: str) -> tuple[Route, ...]:
        table = self.table_of(subnet_id)
        return table.routes if table else ()

    @cached_property
    def destinations(self) -> tuple[IPv4Network, ...]:
        """Destinations of the routes of all route tables of the VPC, which a new CIDR block must not cover."""
        return tuple(sorted({destination for table in self.route_tables for destination in table.destinations}))

    @cached_property
    def nat_gateways(self) -> dict[str, NatGateway]:
        """NAT gateways of the VPC by id, without deleted ones."""
        found = self.account.read(DESCRIBE_NAT_GATEWAYS, NatGateway, Filter=_filter("vpc-id", self.vpc_id))
        return {nat.nat_gateway_id: nat for nat in found if nat.state not in {"deleted", "deleting"}}

    def zone_of(self, nat: NatGateway) -> str:
        """The zone of a zonal NAT gateway, by name; empty for a regional one."""
        subnet = self.subnets.get(nat.subnet_id)
        return subnet.zone if subnet else ""

    @cached_property
    def peerings(self) -> tuple[Peering, ...]:
        """Peering connections of the VPC, requested by either side, that are active or pending."""
        sides = ("accepter-vpc-info.vpc-id", "requester-vpc-info.vpc-id")
        found = [
            peering
            for side in sides
            for peering in self.account.read(DESCRIBE_PEERINGS, Peering, Filters=_filter(side, self.vpc_id))
        ]
        alive = {"active", "pending-acceptance", "provisioning"}
        ours = [each for each in found if self.vpc_id in {each.accepter.vpc_id, each.requester.vpc_id}]
        return tuple({each.peering_id: each for each in ours if each.status.code in alive}.values())

    def interface(self, interface_id: str) -> Interface | None:
        """A network interface of the account, of any VPC."""
        found = self.account.read(DESCRIBE_INTERFACES, Interface, NetworkInterfaceIds=[interface_id])
        return next(iter(found), None)

    def instance(self, instance_id: str) -> Instance | None:
        """An instance of the account, of any VPC."""
        found = self.account.read(DESCRIBE_INSTANCES, Reservation, InstanceIds=[instance_id])
        return next((instance for each in found for instance in each.instances), None)

    @cached_property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """VPC endpoints of the VPC."""
        return self.account.read(DESCRIBE_ENDPOINTS, Endpoint, Filters=_filter("vpc-id", self.vpc_id))

    @cached_property
    def groups(self) -> dict[str, SecurityGroup]:
        """Security groups of the VPC by id."""
        found = self.account.read(DESCRIBE_GROUPS, SecurityGroup, Filters=_filter("vpc-id", self.vpc_id))
        return {group.group_id: group for group in found}

    def interfaces_in(self, group_ids: Collection[str]) -> tuple[Interface, ...]:
        """The network interfaces that have some of these security groups, each once."""
        asked = sorted(group_ids)
        found = {
            each.interface_id: each
            for start in range(0, len(asked), _FILTER_VALUES)
            for each in self.account.read(
                DESCRIBE_INTERFACES, Interface, Filters=_filter("group-id", *asked[start : start + _FILTER_VALUES])
            )
        }
        return tuple(found.values())

    @cached_property
    def network_acls(self) -> tuple[NetworkAcl, ...]:
        """Network ACLs of the VPC."""
        return self.account.read(DESCRIBE_NETWORK_ACLS, NetworkAcl, Filters=_filter("vpc-id", self.vpc_id))

    @cached_property
    def flow_logs(self) -> tuple[FlowLog, ...]:
        """The flow logs of the VPC as a whole."""
        return self.account.read(DESCRIBE_FLOW_LOGS, FlowLog, Filter=_filter("resource-id", self.vpc_id))

    @cached_property
    def attachments(self) -> tuple[Attachment, ...]:
        """Transit gateway attachments of the VPC, without deleted ones."""
        found = self.account.read(DESCRIBE_ATTACHMENTS, Attachment, Filters=_filter("resource-id", self.vpc_id))
        return tuple(each for each in found if each.state not in {"deleted", "deleting", "rejected", "failed"})

    def transit_gateway(self, gateway_id: str) -> TransitGateway | None:
        """A transit gateway that is shared with this account, or its own."""
        found = self.account.read(DESCRIBE_TRANSIT_GATEWAYS, TransitGateway, TransitGatewayIds=[gateway_id])
        return next(iter(found), None)

    def core_network_attachments(self, core_network_id: str) -> tuple[CoreNetworkAttachment, ...]:
        """Core network attachments of the VPC, without deleted ones; the API of Cloud WAN is in one region."""
        call = LIST_CORE_NETWORK_ATTACHMENTS
        found = self.account.read(call, CoreNetworkAttachment, AttachmentType="VPC", CoreNetworkId=core_network_id)
        ours = [each for each in found if each.resource_arn.endswith(f":vpc/{self.vpc_id}")]
        return tuple(each for each in ours if each.state not in {"DELETING", "REJECTED", "FAILED"})

    def vpn_gateway(self, gateway_id: str) -> VpnGateway | None:
        """A virtual private gateway of this account."""
        found = self.account.read(DESCRIBE_VPN_GATEWAYS, VpnGateway, VpnGatewayIds=[gateway_id])
        return next(iter(found), None)

    def propagated(self, gateway_id: str) -> tuple[str, ...]:
        """The destinations that a virtual private gateway propagates to any route table of the VPC."""
        routes = (route for table in self.route_tables for route in table.routes if route.gateway_id == gateway_id)
        return tuple(dict.fromkeys(route.to for route in routes if route.propagated))

    def routes_over(self, attachment: Attachment, block: IPv4Network) -> tuple[TransitGatewayRoute, ...]:
        """Routes of a transit gateway to other attachments that overlap a CIDR block."""
        table = attachment.association.transit_gateway_route_table_id
        if not table:
            return ()
        kinds = ("route-search.subnet-of-match", "route-search.supernet-of-match")
        found = {
            (route.to_cidr, each.resource_id): route
            for kind in kinds
            for route in self.account.read(
                SEARCH_TRANSIT_GATEWAY_ROUTES,
                TransitGatewayRoute,
                TransitGatewayRouteTableId=table,
                Filters=_filter(kind, str(block)),
            )
            for each in route.attachments
            if each.resource_id != self.vpc_id and route.to_cidr not in {"", "0.0.0.0/0"}
        }
        return tuple(found.values())

    @cached_property
    def zones(self) -> dict[str, Zone]:
        """The zones of the region, by name and by id."""
        found = self.account.read(DESCRIBE_ZONES, Zone)
        return {key: zone for zone in found for key in (zone.name, zone.zone_id) if key}

    @cached_property
    def addresses(self) -> tuple[Address, ...]:
        """The Elastic IP addresses of the account in this region."""
        return self.account.read(DESCRIBE_ADDRESSES, Address)


def _filter(name: str, *values: str) -> Value:
    return [{"Name": name, "Values": values}]
