"""Route tables, their routes, and the targets of routes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Network
from typing import Final, Literal

from podspace.lint.deployment import Deployment
from podspace.lint.stack import Resource
from podspace.lint.value import Known, Reference, Value, is_placed, items, key, network
from podspace.lint.vpc import Subnet, Vpcs

EVERYWHERE: Final = IPv4Network("0.0.0.0/0")

Way = Literal["nat", "internet", "transit", "peering", "vpn", "other"]
_WAYS: Final[dict[str, Way]] = {
    "NatGatewayId": "nat",
    "TransitGatewayId": "transit",
    "VpcPeeringConnectionId": "peering",
    "InstanceId": "other",
    "NetworkInterfaceId": "other",
    "VpcEndpointId": "other",
    "CarrierGatewayId": "other",
    "LocalGatewayId": "other",
    "CoreNetworkArn": "other",
    "EgressOnlyInternetGatewayId": "other",
}
_TARGETS: Final = (*_WAYS, "GatewayId")
_GATEWAY_PREFIXES: Final[dict[str, Way]] = {"igw-": "internet", "vgw-": "vpn"}
_GATEWAY_TYPES: Final[dict[str, Way]] = {"AWS::EC2::InternetGateway": "internet", "AWS::EC2::VPNGateway": "vpn"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """A route of a route table.

    Attributes:
        destination: destination as the template has it.
        to: destination as an IPv4 network; None for any other destination.
        way: kind of the target; None if unknown.
        gateway: id of the target; None if unknown.
    """

    resource: Resource
    destination: Value
    to: IPv4Network | None
    way: Way | None
    gateway: Known | None

    @property
    def is_ipv6(self) -> bool:
        """Whether it is for IPv6 addresses."""
        return self.resource.get("DestinationIpv6CidrBlock") is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class RouteTable:
    """A route table and its routes.

    Attributes:
        resource: resource of the template; None for an existing route table, and for the main one.
        routes: known routes, without local ones.
        whole: whether all routes are known.
    """

    resource: Resource | None
    routes: list[Route] = field(default_factory=list)
    whole: bool

    def default(self) -> Route | None:
        """The route for everything else; None if it has none, or if a condition chooses among several."""
        routes = [route for route in self.routes if route.to == EVERYWHERE]
        chosen = len(routes) > 1 and not all(route.resource.certain for route in routes)
        return None if chosen else next(iter(routes), None)

    @property
    def lacks_default(self) -> bool:
        """Whether it has no route for everything else; not where a prefix list may have one."""
        known = all(network(route.destination) or ":" in str(route.destination) for route in self.routes)
        return self.whole and known and not any(route.to == EVERYWHERE for route in self.routes)

    def leads_out(self) -> bool | None:
        """Whether it has a route to a destination outside the VPC; None if unknown."""
        return True if self.routes else False if self.whole else None

    def may_lead(self, *ways: Way) -> bool:
        """Whether a route leads IPv4 addresses one of some ways, or may do so."""
        routes = [route for route in self.routes if not route.is_ipv6]
        return not self.whole or any(route.way is None or route.way in ways for route in routes)


class Routing:
    """All route tables of a deployment, and the subnets that are associated with them."""

    def __init__(self, deployment: Deployment, vpcs: Vpcs) -> None:
        self._deployment = deployment
        self._vpcs = vpcs

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """Every route that the templates create."""
        gateways = {
            resource.reference: way
            for kind, way in _GATEWAY_TYPES.items()
            for resource in self._deployment.of_type(kind)
        }
        return tuple(_route(resource, gateways) for resource in self._deployment.of_type("AWS::EC2::Route"))

    @cached_property
    def tables(self) -> dict[Known, RouteTable]:
        """Route tables by id: those that the templates create, and existing ones to which they add routes."""
        placed = all(is_placed(route.resource.get("RouteTableId")) for route in self.routes)
        others = self._others()
        whole = placed and self._deployment.whole and None not in others
        tables: dict[Known, RouteTable] = {
            resource.reference: RouteTable(resource=resource, whole=whole and resource.reference not in others)
            for resource in self._deployment.of_type("AWS::EC2::RouteTable")
        }
        for route in self.routes:
            if id := key(route.resource.get("RouteTableId")):
                tables.setdefault(id, RouteTable(resource=None, whole=False)).routes.append(route)
        return tables

    def _others(self) -> set[Known | None]:
        """The tables that get routes by something else than a route resource; None if that may be any."""
        propagated = [
            id
            for one in self._deployment.of_type("AWS::EC2::VPNGatewayRoutePropagation")
            for id in items(one.get("RouteTableIds"))
        ]
        propagated += [one.get("RouteTableId") for one in self._deployment.of_type("AWS::EC2::RouteServerPropagation")]
        return {key(id) if is_placed(id) else None for id in propagated} | self._deployment.customised

    @cached_property
    def associations(self) -> dict[Known, list[Resource]]:
        """Resources that associate a subnet with a route table, by the subnet."""
        found: dict[Known, list[Resource]] = {}
        for association in self._deployment.of_type("AWS::EC2::SubnetRouteTableAssociation"):
            if subnet := key(association.get("SubnetId")):
                found.setdefault(subnet, []).append(association)
        return found

    @cached_property
    def _all_associated(self) -> bool:
        associations = self._deployment.of_type("AWS::EC2::SubnetRouteTableAssociation")
        return self._deployment.whole and all(is_placed(association.get("SubnetId")) for association in associations)

    def table_of(self, subnet: Subnet) -> RouteTable | None:
        """The route table of a subnet; None if unknown.

        Without an association it is the VPC's main route table, which has only local routes if the templates create the
        VPC.
        """
        associations = self.associations.get(subnet.key, ())
        if len(associations) > 1 and not all(one.certain for one in associations):
            return None  # a condition chooses among them
        if associations:
            id = key(associations[0].get("RouteTableId"))
            return self.tables.get(id) if id else None
        vpc = self._vpcs.all.get(subnet.vpc) if subnet.vpc else None
        known = self._all_associated and subnet.key not in self._deployment.customised
        return RouteTable(resource=None, whole=True) if known and vpc and vpc.resource else None

    def id_of_table(self, subnet: Subnet) -> Known | None:
        """The id of the table that a subnet is put on; None if it is not known, or there is none."""
        return next((key(a.get("RouteTableId")) for a in self.associations.get(subnet.key, ())), None)

    @cached_property
    def nat_gateways(self) -> dict[Known, Resource]:
        """NAT gateways that the templates create, by their references."""
        return {gateway.reference: gateway for gateway in self._deployment.of_type("AWS::EC2::NatGateway")}

    def subnet_of(self, nat_gateway: Resource) -> Subnet | None:
        """Where a zonal NAT gateway stands; None if that is not known."""
        id = key(nat_gateway.get("SubnetId"))
        return self._vpcs.subnet.get(id) if id else None


def is_regional(nat_gateway: Resource) -> bool:
    """Whether a NAT gateway is one for all zones."""
    return nat_gateway.get("AvailabilityMode") == "regional"


def is_private(nat_gateway: Resource) -> bool:
    """Whether a NAT gateway gives private addresses only."""
    return nat_gateway.get("ConnectivityType") == "private"


def _route(resource: Resource, gateways: dict[Reference, Way]) -> Route:
    destination = next((value for name, value in resource.properties.items() if name.startswith("Destination")), None)
    way: Way | None = None
    gateway: Known | None = None
    targets = [name for name, value in resource.properties.items() if value is not None and name in _TARGETS]
    if len(targets) > 1:  # a condition chooses one of them
        return Route(resource=resource, destination=destination, to=network(destination), way=None, gateway=None)
    for name, value in resource.properties.items():
        if name not in targets:
            continue
        if name in _WAYS:
            way, gateway = _WAYS[name], key(value)
        else:
            gateway = key(value)
            way = _way_of(gateway, gateways)
    return Route(resource=resource, destination=destination, to=network(destination), way=way, gateway=gateway)


def _way_of(gateway: Known | None, gateways: dict[Reference, Way]) -> Way | None:
    if isinstance(gateway, Reference):
        return gateways.get(gateway)
    return next((way for prefix, way in _GATEWAY_PREFIXES.items() if gateway and gateway.startswith(prefix)), None)


def tables_of(routing: Routing, subnets: Iterable[Subnet]) -> Sequence[tuple[Subnet, RouteTable]]:
    """Subnets with their tables, where these are known."""
    return [(subnet, table) for subnet in subnets if (table := routing.table_of(subnet))]
