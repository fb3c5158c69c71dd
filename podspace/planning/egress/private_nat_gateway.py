"""Private NAT gateways in routable subnets, whose traffic goes on to a transit gateway or by routes that exist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from podspace.cidr import QUOTA_PAGE
from podspace.diagnostic import Diagnostic, Location
from podspace.planning.aws_id import SubnetId
from podspace.planning.egress.fields import EgressFields, Gateways
from podspace.planning.egress.gateway import CONNECTIONS, Gateway, GatewaySubnet, NamedRoute, RouteProperty
from podspace.planning.egress.kind import Claim, ZoneMap
from podspace.planning.egress.nat_gateway import gateway_path
from podspace.planning.egress.transit_gateway import TRANSIT_GATEWAYS, TransitGateway
from podspace.planning.egress.zonal import ZonalKind
from podspace.planning.inventory import HourlyCost, Resource, Value, value_of
from podspace.planning.origin import Created, Origin

if TYPE_CHECKING:  # both contain entries and gateways
    from podspace.planning.egress.config import EgressConfig
    from podspace.planning.network import Network
    from podspace.planning.plan import Plan

NAT_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-scenarios.html"
_ADDRESSES_A_GATEWAY: Final = 8


class PrivateNatGatewayFields(EgressFields):
    """The key of private NAT gateways."""

    private_nat_gateways: Gateways[SubnetId] | None = None
    """Private NAT gateways to be created, each in the routable subnet named."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PrivateNatGateway(Gateway):
    """A private NAT gateway.

    Attributes:
        subnet: the routable subnet that it is created in.
        addresses: how many private addresses it has.
        transit_gateway: the name of the transit gateway that its traffic goes on to; empty if the routes of its subnet
            decide.
    """

    subnet: Origin
    addresses: int = 1
    transit_gateway: str = ""

    kind: ClassVar[str] = "private_nat_gateway"
    title: ClassVar[str] = "private NAT gateway"
    target: ClassVar[RouteProperty] = "NatGatewayId"
    price_per_gb: ClassVar[str] = "nat_gateway_gb"

    @property
    def state(self) -> str:
        """That it is new, and how many addresses it has."""
        return "new" + (f", {self.addresses} addresses" if self.addresses > 1 else "")

    @property
    def subnets(self) -> tuple[GatewaySubnet, ...]:
        """Its routable subnet."""
        return (GatewaySubnet(zone=self.zone, origin=self.subnet, place=self.place),)

    @property
    def connections(self) -> int:
        """Simultaneous connections to one destination, by its private addresses."""
        return self.addresses * CONNECTIONS

    @property
    def onward(self) -> str:
        """The name of the transit gateway that its traffic goes on to."""
        return self.transit_gateway

    @property
    def value(self) -> Value:
        """Its id, as a property of a resource."""
        return value_of(self.origin, gateway_path(self.name))

    def resources(self, plan: Plan) -> Iterator[Resource]:
        """The gateway."""
        further = {"SecondaryPrivateIpAddressCount": self.addresses - 1} if self.addresses > 1 else {}
        yield Resource(
            type="AWS::EC2::NatGateway",
            path=gateway_path(self.name),
            hourly=(HourlyCost(what=self.title, units=1, price="nat_gateway_hour", new=True),),
            kind="NAT gateway",
            name=self.name,
            create_only={"ConnectivityType": "private", "SubnetId": plan.vpc.subnet_value(self.subnet)},
            properties={**further, "Tags": dict(self.tags)},
            vital_values=tuple(f"secondary address {number}" for number in range(1, self.addresses)),
        )


class PrivateNatGateways(ZonalKind):
    """`private_nat_gateways`: NAT gateways without an internet gateway, alone or with a `transit_gateway`."""

    key = "private_nat_gateways"
    onward = ("transit_gateway",)
    settings = frozenset({"addresses"})
    plural = "private NAT gateways"
    needs = "a routable subnet for its new private NAT gateway"
    ids = "the routable subnets"
    prefix = "private-"

    def gateway(
        self, network: Network, entry: EgressConfig, *, name: str, place: str, zone: str, zones: tuple[str, ...]
    ) -> Gateway:
        """A private NAT gateway in its routable subnet."""
        onward = entry.transit_gateway is not None
        return PrivateNatGateway(
            name=name,
            place=place,
            origin=Created(name),
            zones=zones,
            tags=network.tags(name),
            subnet=self.subnet(network, entry, zone, name=name, role="nodes"),
            addresses=entry.addresses or 1,
            transit_gateway=TRANSIT_GATEWAYS.gateway_of(network, entry, zone) if onward else "",
        )

    def gateways(self, network: Network, entry: EgressConfig, place: str) -> Iterator[Gateway]:
        """The gateway of each zone or the one that all share, and the transit gateway that is named with them."""
        yield from super().gateways(network, entry, place)
        if entry.transit_gateway is not None:
            yield from TRANSIT_GATEWAYS.gateways(network, entry, place)

    def gateway_of_nodes(self, network: Network, entry: EgressConfig, zone: str) -> str:
        """Nodes have routable addresses, so they use the transit gateway directly, if there is one."""
        if entry.transit_gateway is not None:
            return TRANSIT_GATEWAYS.gateway_of(network, entry, zone)
        return self.gateway_of(network, entry, zone)

    def named_routes(self, network: Network, entry: EgressConfig, place: str) -> Iterator[NamedRoute]:
        """Those of the transit gateway named with it."""
        yield from TRANSIT_GATEWAYS.named_routes(network, entry, place)

    def rules(self, network: Network, entry: EgressConfig) -> Iterator[Diagnostic]:
        """It does not reach the internet by itself, and in a new VPC it needs a transit gateway."""
        if "internet" in entry.to and entry.transit_gateway is None:
            yield Diagnostic(
                id="private-nat-gateway-to-internet",
                location=Location(path="to"),
                subject="internet",
                message="must not be the internet: an internet gateway drops traffic of a private NAT gateway",
                fix="use new_nat_gateways, or name the transit_gateway that routes to the internet",
                source=NAT_PAGE,
            )
        if entry.transit_gateway is not None:
            yield from TRANSIT_GATEWAYS.setting_rules(network, entry)
        if network.config.vpc.create is not None:
            yield from self.new_vpc_rules(network, entry)
            if entry.transit_gateway is None:
                yield Diagnostic(
                    id="private-nat-gateway-without-onward-route",
                    location=Location(path="transit_gateway"),
                    message="must be given with private_nat_gateways: they are in the node subnets of the new VPC, "
                    "whose routes would come back to them",
                    fix="name the transit gateway that their traffic goes on to",
                )

    def remarks(self, network: Network) -> Iterator[Diagnostic]:
        """Quotas, zones that share one, and traffic that has no route onward."""
        yield from super().remarks(network)
        most = max((each.addresses for each in network.gateways if isinstance(each, PrivateNatGateway)), default=0)
        if most > _ADDRESSES_A_GATEWAY:
            yield Diagnostic(
                id="private-ip-quota",
                severity="warning",
                message=f"{most} addresses on one private NAT gateway: the quota is {_ADDRESSES_A_GATEWAY} unless it "
                "was raised",
                source=QUOTA_PAGE,
            )
        yield from _onward_remarks(network)

    def zone_maps(self, entry: EgressConfig) -> Iterator[ZoneMap]:
        """The routable subnets by zone, and those of the attachment."""
        yield from super().zone_maps(entry)
        yield from TRANSIT_GATEWAYS.zone_maps(entry)

    def passed_in(self, entry: EgressConfig, *, new_vpc: bool) -> Iterator[tuple[str, str]]:
        """The routable subnets, if only a word is written, and what the transit gateway needs."""
        yield from super().passed_in(entry, new_vpc=new_vpc)
        yield from TRANSIT_GATEWAYS.passed_in(entry, new_vpc=new_vpc)

    def claims(self, network: Network, entry: EgressConfig, place: str) -> Iterator[Claim]:
        """What the transit gateway named with it claims."""
        yield from TRANSIT_GATEWAYS.claims(network, entry, place)

    def words(self, entry: EgressConfig) -> str:
        """Private NAT gateways, or one, and the transit gateway."""
        words = super().words(entry)
        return f"{words}, then transit gateway" if entry.transit_gateway is not None else words

    def prices(self, network: Network, entry: EgressConfig) -> Iterator[tuple[str, float]]:
        """A GB through it, through the transit gateway, and between zones if zones share one."""
        first, *further = super().prices(network, entry)
        yield first
        if entry.transit_gateway is not None:
            yield TransitGateway.price_per_gb, 1
        yield from further


def _onward_remarks(network: Network) -> Iterator[Diagnostic]:
    """What comes out of a private NAT gateway follows the route table of its own subnet."""
    if network.config.vpc.create is not None:
        return  # the route tables of the node subnets are created with those routes
    for index, entry in enumerate(network.config.egress):
        if entry.private_nat_gateways is None or entry.route_tables:
            continue
        to = ", ".join(map(str, entry.to))
        if entry.transit_gateway is not None and entry.attachment_subnets is not None:
            yield Diagnostic(
                id="private-nat-gateway-without-onward-route",
                severity="warning",
                subject=to,
                location=Location(path=f"egress[{index}].route_tables"),
                message=f"the private NAT gateways have no route to {to}: a route table cannot have routes to the "
                "transit gateway before this deployment attaches the VPC to it, so that their traffic is dropped",
                fix="name the route tables of the routable subnets under route_tables, which adds these routes, or add "
                "them after the deployment",
                source=NAT_PAGE,
            )
        else:
            yield Diagnostic(
                id="private-nat-gateway-onward-route",
                severity="note",
                subject=to,
                location=Location(path=f"egress[{index}].private_nat_gateways"),
                message=f"the route tables of the routable subnets need routes to {to}, which this file does not show; "
                "`podspace preflight` checks them",
                source=NAT_PAGE,
            )
