"""Targets of routes: what every kind of gateway has in a plan."""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from podspace.planning.addresses.plan import table_path
from podspace.planning.inventory import ConstructPath, HourlyCost, Resource, Value, value_of
from podspace.planning.origin import Created, Origin, id_of

if TYPE_CHECKING:  # it contains gateways
    from podspace.planning.plan import Plan

CONNECTIONS: Final = 55_000
"""Simultaneous connections of one address of a NAT gateway to one destination (address, port, protocol):
https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html."""

RouteProperty = Literal[
    "NatGatewayId",
    "TransitGatewayId",
    "EgressOnlyInternetGatewayId",
    "VpcPeeringConnectionId",
    "GatewayId",
    "CoreNetworkArn",
    "VpcEndpointId",
    "NetworkInterfaceId",
    "InstanceId",
]
"""The property by which AWS::EC2::Route names its target."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GatewaySubnet:
    """A subnet in which the plan creates a gateway, or a network interface of an attachment.

    Attributes:
        zone: the zone that it must be in; empty if it may be in any, because all zones share the gateway.
        origin: of the subnet.
        place: the key of the config that names it, such as `egress[0].new_nat_gateways`.
    """

    zone: str
    origin: Origin
    place: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Gateway(ABC):
    """A gateway that routes of a plan have as their target.

    Attributes:
        name: unique in the plan, such as a zone, `shared` or `transit-gateway`; routes refer to it, and a CDK app
            passes in what it needs under it.
        place: the key of the config that names it, such as `egress[0].nat_gateways`.
        origin: of the gateway itself.
        zones: the one zone it serves; several for a regional NAT gateway with given addresses and for a new
            attachment; empty if it serves all.
        tags: of what the plan creates for it.
    """

    name: str
    place: str
    origin: Origin
    zones: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    kind: ClassVar[str]
    """Its kind in JSON, such as `nat_gateway`."""
    title: ClassVar[str]
    """Its kind in words, such as `NAT gateway`."""
    named_by_several: ClassVar[bool] = False
    """Whether several entries may name the same one."""
    target: ClassVar[RouteProperty]
    """The property of a route that has its id."""
    price_per_gb: ClassVar[str] = ""
    """Key of the price of a GB that goes through it; empty if nothing is paid."""

    @property
    def route_property(self) -> RouteProperty:
        """The property of a route that has its id."""
        return self.target

    @property
    def id(self) -> str:
        """Its id if it exists and the config names it; empty for others."""
        return id_of(self.origin)

    @property
    def full_name(self) -> str:
        """Its kind and its id, or its name in the plan if it has none."""
        return f"{self.title} {self.id or self.name}"

    @property
    def new(self) -> bool:
        """Whether the plan creates it, or for a transit gateway its attachment."""
        return isinstance(self.origin, Created)

    @property
    def state(self) -> str:
        """Whether it is new, in words."""
        return "new" if self.new else "existing"

    @property
    def zone(self) -> str:
        """The one zone it serves; empty if it serves several."""
        return self.zones[0] if len(self.zones) == 1 else ""

    @property
    def connections(self) -> int:
        """Simultaneous connections to one destination (address, port and protocol); 0 if that is not known."""
        return 0

    @property
    def onward(self) -> str:
        """The name of the gateway that its traffic goes on to; empty for none."""
        return ""

    @property
    def address_units(self) -> int:
        """Units of Network Address Usage: https://docs.aws.amazon.com/vpc/latest/userguide/network-address-usage.html."""
        return 6

    @property
    def subnets(self) -> tuple[GatewaySubnet, ...]:
        """The subnets in which the plan creates it, or its attachment; empty for none."""
        return ()

    @property
    def elastic_ips(self) -> tuple[Origin, ...]:
        """The Elastic IP addresses that the plan creates for it or that the config names; empty for none."""
        return ()

    @property
    def paid(self) -> bool:
        """Whether it costs by the hour."""
        return True

    @property
    def value(self) -> Value:
        """Its id, as a property of a resource; that of one which exists, or is passed in."""
        return value_of(self.origin, ())

    def existing_costs(self) -> Iterator[HourlyCost]:
        """What is paid by the hour for what exists of it; the cost of what the plan creates is in its resources."""
        yield from ()

    def resources(self, plan: Plan) -> Iterator[Resource]:  # noqa: ARG002  for those that are created
        """What the plan creates for it; `vital` and `keys` are added by `egress.resources`.  Nothing if it exists."""
        yield from ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """A route of a route table.

    Attributes:
        destination: a CIDR, or the id of a prefix list.
        gateway: the name of the gateway it routes to.
        used: whether pods of any NodeClass of the plan, or nodes, send traffic by it; None if that depends on another
            file. See `podspace.planning.nodes.snat`.
    """

    destination: str
    gateway: str
    used: bool | None


PROPAGATED: Final = "propagated routes"
"""Instead of a destination, for routes that a gateway propagates to a route table."""

NamedOf = Literal["routable subnets", "firewall subnets", "NAT gateway subnets"]
"""Subnets whose route tables a config may name, so that they get routes."""
TableOf = Literal["pods", "nodes"] | NamedOf


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedRoute:
    """A route of a route table that an entry of the config names.

    Attributes:
        table: the plan's name for the route table.
        origin: of the table.
        of: the subnets that it is of.
        zone: the zone of those subnets; empty for any.
        place: the key of the config that names the table.
    """

    table: str
    origin: Origin
    of: NamedOf
    place: str
    route: Route
    zone: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RouteTable:
    """A route table that gets routes.

    Attributes:
        name: of a pod route table its zone; of a node route table `nodes-` and the zone; else its id.
        origin: of the table.
        of: whose it is: of the pod subnets of a zone, of the node subnets of a new VPC, or of subnets whose route
            table the config names: routable subnets, subnets of firewall endpoints, or subnets of NAT gateways.
        zone: the zone of its subnets; empty if it is of routable subnets.
        propagated: one for each gateway that adds the routes that it learns, with the destination `PROPAGATED`.
        place: the key of the config that names it.
    """

    name: str
    origin: Origin
    of: TableOf
    routes: tuple[Route, ...]
    propagated: tuple[Route, ...] = ()
    zone: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    place: str = "egress"

    @property
    def all_routes(self) -> tuple[Route, ...]:
        """The routes that the plan creates, and those that gateways add."""
        return (*self.routes, *self.propagated)

    @property
    def path(self) -> ConstructPath:
        """Its construct path if the plan creates it."""
        return table_path(self.name, of="pods" if self.of == "pods" else "vpc")

    @property
    def value(self) -> Value:
        """Its id, as a property of a resource."""
        return value_of(self.origin, self.path)


@dataclass(frozen=True, kw_only=True, slots=True)
class EgressPlan:
    """One entry of the `egress` section, resolved.

    Attributes:
        to: its destinations, as in the config, and `PROPAGATED` if its gateway adds routes by itself.
        by: its gateways, in words.
        gateways: their names.
        prices: keys of the prices of a GB, and how many times each is paid.
        used: whether pods send traffic by it; None if that depends on another file.
    """

    to: tuple[str, ...]
    by: str
    gateways: tuple[str, ...]
    prices: tuple[tuple[str, float], ...]
    used: bool | None
