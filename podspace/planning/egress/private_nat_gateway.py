"""Private NAT gateways in routable subnets; their traffic is routed to a gateway of the entry, or by existing
routes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from podspace.diagnostic import Diagnostic, Location
from podspace.planning.aws_id import SubnetId
from podspace.planning.egress.attachment import AttachedKind
from podspace.planning.egress.core_network import CoreNetworks
from podspace.planning.egress.fields import EgressFields, Gateways
from podspace.planning.egress.gateway import CONNECTIONS, Gateway, GatewaySubnet, NamedRoute, RouteProperty
from podspace.planning.egress.kind import Claim, ZoneMap
from podspace.planning.egress.nat_gateway import gateway_path
from podspace.planning.egress.transit_gateway import TransitGateways
from podspace.planning.egress.zonal import ZonalKind
from podspace.planning.inventory import HourlyCost, Resource, Value, value_of
from podspace.planning.origin import Created, Origin
from podspace.quota import QUOTA_PAGE

if TYPE_CHECKING:  # both contain entries and gateways
    from podspace.planning.egress.config import EgressConfig
    from podspace.planning.network import Network
    from podspace.planning.plan import Plan

NAT_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-scenarios.html"
_ADDRESSES_A_GATEWAY: Final = 8
_ONWARD: Final[tuple[AttachedKind, ...]] = (TransitGateways(), CoreNetworks())
"""The kinds that their traffic may go on to."""
_OR: Final = " or ".join(kind.key for kind in _ONWARD)


class PrivateNatGatewayFields(EgressFields):
    """Keys of `egress` entries for private NAT gateways."""

    private_nat_gateways: Gateways[SubnetId] | None = None
    """Private NAT gateways to create: the routable subnet of each pod zone, or one id for one that all zones share."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PrivateNatGateway(Gateway):
    """A private NAT gateway.

    Attributes:
        subnet: routable subnet of the NAT gateway.
        addresses: number of private addresses.
        onward: name of the gateway that its traffic is routed to next; empty if the config does not name one.
    """

    subnet: Origin
    addresses: int = 1
    onward: str = ""

    kind: ClassVar[str] = "private_nat_gateway"
    title: ClassVar[str] = "private NAT gateway"
    target: ClassVar[RouteProperty] = "NatGatewayId"
    price_per_gb: ClassVar[str] = "nat_gateway_gb"

    @property
    def state(self) -> str:
        """In words: new, and how many addresses it has."""
        return "new" + (f", {self.addresses} addresses" if self.addresses > 1 else "")

    @property
    def subnets(self) -> tuple[GatewaySubnet, ...]:
        """The routable subnet of the NAT gateway."""
        return (GatewaySubnet(zone=self.zone, origin=self.subnet, place=self.place),)

    @property
    def connections(self) -> int:
        """Maximum of simultaneous connections to one destination, by the number of private addresses."""
        return self.addresses * CONNECTIONS

    @property
    def value(self) -> Value:
        """Id of the NAT gateway, as a property of a CloudFormation resource."""
        return value_of(self.origin, gateway_path(self.name))

    def resources(self, plan: Plan) -> Iterator[Resource]:
        """The resource of the NAT gateway."""
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
    """The gateway kind `private_nat_gateways`: NAT gateways with private addresses, alone or with a second gateway."""

    key = "private_nat_gateways"
    onward = tuple(kind.key for kind in _ONWARD)
    settings = frozenset({"addresses"})
    plural = "private NAT gateways"
    needs = "a routable subnet for its new private NAT gateway"
    ids = "the routable subnets"
    prefix = "private-"

    def gateway(
        self, network: Network, entry: EgressConfig, *, name: str, place: str, zone: str, zones: tuple[str, ...]
    ) -> Gateway:
        """A private NAT gateway in its routable subnet."""
        onward = onward_kind(entry)
        return PrivateNatGateway(
            name=name,
            place=place,
            origin=Created(name),
            zones=zones,
            tags=network.tags(name),
            subnet=self.subnet(network, entry, zone, name=name, role="nodes"),
            addresses=entry.addresses or 1,
            onward=onward.gateway_of(network, entry, zone) if onward else "",
        )

    def gateways(self, network: Network, entry: EgressConfig, place: str) -> Iterator[Gateway]:
        """The NAT gateway of each zone, or the one that all zones share, and the second gateway of the entry."""
        yield from super().gateways(network, entry, place)
        if onward := onward_kind(entry):
            yield from onward.gateways(network, entry, place)

    def gateway_of_nodes(self, network: Network, entry: EgressConfig, zone: str) -> str:
        """Name of the second gateway if there is one, because nodes have routable addresses and need no NAT."""
        return (onward_kind(entry) or self).gateway_of(network, entry, zone)

    def named_routes(self, network: Network, entry: EgressConfig, place: str) -> Iterator[NamedRoute]:
        """Routes of the second gateway of the entry."""
        if onward := onward_kind(entry):
            yield from onward.named_routes(network, entry, place)

    def rules(self, network: Network, entry: EgressConfig) -> Iterator[Diagnostic]:
        """Errors: it does not reach the internet, and in a new VPC it needs a second gateway."""
        onward = onward_kind(entry)
        if "internet" in entry.to and onward is None:
            yield Diagnostic(
                id="private-nat-gateway-to-internet",
                location=Location(path="to"),
                subject="internet",
                message="must not be the internet: an internet gateway drops traffic of a private NAT gateway",
                fix=f"use new_nat_gateways, or give the {_OR} that routes to the internet",
                source=NAT_PAGE,
            )
        if onward is not None:
            yield from onward.setting_rules(network, entry)
        if network.config.vpc.create is not None:
            yield from self.new_vpc_rules(network, entry)
            if onward is None:
                yield Diagnostic(
                    id="private-nat-gateway-without-onward-route",
                    location=Location(path="transit_gateway"),
                    message="must be given with private_nat_gateways: these are in the node subnets of the new VPC, "
                    "whose other routes have them as target",
                    fix=f"give the {_OR} for their traffic",
                )

    def remarks(self, network: Network) -> Iterator[Diagnostic]:
        """Notes: quotas, zones that share a NAT gateway, and traffic without a route after it."""
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
        """Routable subnets and those of the attachment, as keys that map zones to ids."""
        yield from super().zone_maps(entry)
        if onward := onward_kind(entry):
            yield from onward.zone_maps(entry)

    def passed_in(self, entry: EgressConfig, *, new_vpc: bool) -> Iterator[tuple[str, str]]:
        """Keys whose ids a CDK app passes in: routable subnets, and those of the second gateway."""
        yield from super().passed_in(entry, new_vpc=new_vpc)
        if onward := onward_kind(entry):
            yield from onward.passed_in(entry, new_vpc=new_vpc)

    def claims(self, network: Network, entry: EgressConfig, place: str) -> Iterator[Claim]:
        """Claims of the second gateway of the entry."""
        if onward := onward_kind(entry):
            yield from onward.claims(network, entry, place)

    def words(self, entry: EgressConfig) -> str:
        """The private NAT gateways and the second gateway in words."""
        onward = onward_kind(entry)
        return ", then ".join([super().words(entry), *([onward.words(entry)] if onward else [])])

    def prices(self, network: Network, entry: EgressConfig) -> Iterator[tuple[str, float]]:
        """Price keys: each GB through it, through the second gateway, and between zones if zones share it."""
        first, *further = super().prices(network, entry)
        yield first
        if onward := onward_kind(entry):
            yield from onward.prices(network, entry)
        yield from further


def onward_kind(entry: EgressConfig) -> AttachedKind | None:
    """Kind of the second gateway of an entry with private NAT gateways; None if there is none."""
    return next((kind for kind in _ONWARD if kind.chosen(entry)), None)


def _onward_remarks(network: Network) -> Iterator[Diagnostic]:
    """What comes out of a private NAT gateway follows the route table of its own subnet."""
    if network.config.vpc.create is not None:
        return  # the route tables of the node subnets are created with those routes
    for index, entry in enumerate(network.config.egress):
        if entry.private_nat_gateways is None or entry.route_tables:
            continue
        to = ", ".join(map(str, entry.to))
        onward = onward_kind(entry)
        if onward and entry.attachment_subnets is not None:
            yield Diagnostic(
                id="private-nat-gateway-without-onward-route",
                severity="warning",
                subject=to,
                location=Location(path=f"egress[{index}].route_tables"),
                message=f"the private NAT gateways have no route to {to}: a route table cannot have routes to the "
                f"{onward.title} before this deployment attaches the VPC to it, so that their traffic is dropped",
                fix="list the route tables of the routable subnets under route_tables, which adds these routes; or "
                "add them after the deployment",
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
