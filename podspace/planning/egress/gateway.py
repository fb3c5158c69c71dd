"""Gateways of a plan, as targets of routes, and the routes and route tables."""

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
"""Maximum of simultaneous connections of one address of a NAT gateway to one destination (address, port, protocol):
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
"""The property of AWS::EC2::Route for its target."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GatewaySubnet:
    """A subnet in which the plan creates a gateway, or a network interface of an attachment.

    Attributes:
        zone: zone of the subnet; empty for any zone, if all zones share the gateway.
        origin: where the subnet comes from.
        place: the key of the config that names it, such as `egress[0].new_nat_gateways`.
    """

    zone: str
    origin: Origin
    place: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Gateway(ABC):
    """A gateway of a plan, as target of routes.

    Attributes:
        name: unique in the plan, such as a zone, `shared` or `transit-gateway`; routes refer to the gateway by it, and
            a CDK app passes objects in by it.
        place: the key of the config that names it, such as `egress[0].nat_gateways`.
        origin: where the gateway comes from.
        zones: zone that the gateway serves; several for a regional NAT gateway with given addresses and for a new
            attachment; empty for all zones.
        tags: tags of the resources that the plan creates for the gateway.
    """

    name: str
    place: str
    origin: Origin
    zones: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    kind: ClassVar[str]
    """Kind of the gateway in JSON, such as `nat_gateway`."""
    title: ClassVar[str]
    """Kind of the gateway in words, such as `NAT gateway`."""
    named_by_several: ClassVar[bool] = False
    """Whether several entries of `egress` may name the same gateway."""
    target: ClassVar[RouteProperty]
    """The property of AWS::EC2::Route that has the id of the gateway."""
    price_per_gb: ClassVar[str] = ""
    """Key of the price of a GB through the gateway; empty if it is free or unknown."""

    @property
    def route_property(self) -> RouteProperty:
        """The property of AWS::EC2::Route that has the id of the gateway."""
        return self.target

    @property
    def id(self) -> str:
        """Id of an existing gateway that the config names; empty for others."""
        return id_of(self.origin)

    @property
    def full_name(self) -> str:
        """Kind and id of the gateway, or its name in the plan if it has no id."""
        return f"{self.title} {self.id or self.name}"

    @property
    def new(self) -> bool:
        """Whether the plan creates the gateway, or the attachment to it."""
        return isinstance(self.origin, Created)

    @property
    def state(self) -> str:
        """In words, whether the gateway is new."""
        return "new" if self.new else "existing"

    @property
    def zone(self) -> str:
        """The one zone that the gateway serves; empty if it serves several."""
        return self.zones[0] if len(self.zones) == 1 else ""

    @property
    def connections(self) -> int:
        """Maximum of simultaneous connections to one destination (address, port, protocol); 0 if unknown."""
        return 0

    @property
    def onward(self) -> str:
        """Name of the gateway that its traffic is routed to next; empty for none."""
        return ""

    @property
    def address_units(self) -> int:
        """Units of Network Address Usage of the gateway:
        https://docs.aws.amazon.com/vpc/latest/userguide/network-address-usage.html.
        """
        return 6

    @property
    def subnets(self) -> tuple[GatewaySubnet, ...]:
        """Subnets in which the plan creates the gateway or its attachment; empty for none."""
        return ()

    @property
    def elastic_ips(self) -> tuple[Origin, ...]:
        """Elastic IP addresses of the gateway, new ones and those that the config names; empty for none."""
        return ()

    @property
    def paid(self) -> bool:
        """Whether the gateway has a price by the hour."""
        return True

    @property
    def value(self) -> Value:
        """Id of the gateway, as a property of a CloudFormation resource; for an existing one, or one that is passed
        in.
        """
        return value_of(self.origin, ())

    def existing_costs(self) -> Iterator[HourlyCost]:
        """Costs by the hour of the existing parts of the gateway; new resources have their costs themselves."""
        yield from ()

    def resources(self, plan: Plan) -> Iterator[Resource]:  # noqa: ARG002  for those that are created
        """Resources that the plan creates for the gateway; empty for an existing one. `egress.resources` adds
        `vital` and `keys`.
        """
        yield from ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """A route of a route table.

    Attributes:
        destination: CIDR block, or id of a prefix list.
        gateway: name of the target gateway.
        used: whether pods of a NodeClass of the plan, or nodes, use the route; None if that depends on another file.
            See `podspace.planning.nodes.snat`.
    """

    destination: str
    gateway: str
    used: bool | None


PROPAGATED: Final = "propagated routes"
"""In place of a destination, for routes that a gateway propagates to a route table."""

NamedOf = Literal["routable subnets", "firewall subnets", "NAT gateway subnets"]
"""Kind of subnets whose route tables a config can name, so that the plan adds routes to them."""
TableOf = Literal["pods", "nodes"] | NamedOf


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedRoute:
    """A route in a route table that an `egress` entry names.

    Attributes:
        table: the plan's name for the route table.
        origin: where the route table comes from.
        of: kind of the subnets of the route table.
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
    """A route table that the plan adds routes to.

    Attributes:
        tags: tags of a route table that the plan creates.
        name: zone of a pod route table; `nodes-` and the zone for node subnets; otherwise the id.
        origin: where the route table comes from.
        of: kind of its subnets: pod subnets of a zone, node subnets of a new VPC, or subnets whose route table the
            config names (routable subnets, subnets of firewall endpoints or of NAT gateways).
        zone: zone of its subnets; empty for routable subnets.
        propagated: a route with the destination `PROPAGATED` for each gateway that propagates routes.
        place: key of the config that names the route table.
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
        """Routes that the plan creates, and those that gateways propagate."""
        return (*self.routes, *self.propagated)

    @property
    def path(self) -> ConstructPath:
        """Construct path of the route table, if the plan creates it."""
        return table_path(self.name, of="pods" if self.of == "pods" else "vpc")

    @property
    def value(self) -> Value:
        """Id of the route table, as a property of a CloudFormation resource."""
        return value_of(self.origin, self.path)


@dataclass(frozen=True, kw_only=True, slots=True)
class EgressPlan:
    """One entry of the `egress` section, resolved.

    Attributes:
        to: its destinations, as in the config, and `PROPAGATED` if its gateway propagates routes.
        by: gateways of the entry, in words.
        gateways: names of the gateways.
        prices: keys of the prices of a GB, and how many times each is paid.
        used: whether pods use the entry; None if that depends on another file.
    """

    to: tuple[str, ...]
    by: str
    gateways: tuple[str, ...]
    prices: tuple[tuple[str, float], ...]
    used: bool | None
