"""Transit gateways, and the VPC's attachment to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from podspace.diagnostic import Diagnostic, Location
from podspace.planning.addresses.zone import is_local_zone
from podspace.planning.aws_id import RouteTableId, SubnetId, TransitGatewayId, Zone
from podspace.planning.egress.fields import EgressFields, WordOr
from podspace.planning.egress.gateway import Gateway, GatewaySubnet, NamedRoute, Route, RouteProperty
from podspace.planning.egress.kind import Claim, ZoneMap
from podspace.planning.egress.single import SingleKind
from podspace.planning.inventory import HourlyCost, Resource, Value, value_of
from podspace.planning.origin import Created, Existing, Origin, PassedIn
from podspace.planning.section import SetOf

if TYPE_CHECKING:  # both contain entries and gateways
    from podspace.planning.egress.config import EgressConfig
    from podspace.planning.network import Network
    from podspace.planning.plan import Plan

TRANSIT_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html"
_ATTACHMENT: Final = "transit gateway attachment"


class TransitGatewayFields(EgressFields):
    """The keys of transit gateways."""

    transit_gateway: TransitGatewayId | None = None
    """An existing transit gateway; with `private_nat_gateways`, where their traffic goes on to."""
    attachment_subnets: WordOr[Literal["per_zone"], Mapping[Zone, SubnetId]] | None = None
    """Creates the VPC's attachment to the transit gateway, with an interface in each of these subnets."""
    route_tables: SetOf[RouteTableId] = ()
    """Your consent to add routes to the transit gateway to these route tables of the routable subnets."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TransitGateway(Gateway):
    """A transit gateway that exists.

    Attributes:
        attachment: the subnets of the attachment that the plan creates, by zone; empty if the VPC is attached already.
        ipv6: whether the attachment carries IPv6.
    """

    attachment: Mapping[str, Origin]
    ipv6: bool = False

    kind: ClassVar[str] = "transit_gateway"
    title: ClassVar[str] = "transit gateway"
    named_by_several: ClassVar[bool] = True
    target: ClassVar[RouteProperty] = "TransitGatewayId"
    price_per_gb: ClassVar[str] = "transit_gateway_gb"

    @property
    def new(self) -> bool:
        """Whether the plan creates the attachment."""
        return bool(self.attachment)

    @property
    def state(self) -> str:
        """Whether the plan attaches the VPC to it."""
        return "new attachment" if self.new else "attached already"

    @property
    def zone(self) -> str:
        """Empty: it serves all zones."""
        return ""

    @property
    def subnets(self) -> tuple[GatewaySubnet, ...]:
        """The subnets of the attachment that the plan creates."""
        place = f"{self.place.rpartition('.')[0]}.attachment_subnets"
        return tuple(GatewaySubnet(zone=zone, origin=each, place=place) for zone, each in self.attachment.items())

    @property
    def value(self) -> Value:
        """Its id, as a property of a resource."""
        return value_of(self.origin, ())

    def existing_costs(self) -> Iterator[HourlyCost]:
        """An existing attachment."""
        if not self.new:
            yield HourlyCost(what=_ATTACHMENT, units=1, price="transit_gateway_hour", new=False)

    def resources(self, plan: Plan) -> Iterator[Resource]:
        """The attachment."""
        if not self.new:
            return
        options = {"Options": {"Ipv6Support": "enable"}} if self.ipv6 else {}
        yield Resource(
            type="AWS::EC2::TransitGatewayAttachment",
            path=attachment_path(self.name),
            kind=_ATTACHMENT,
            hourly=(HourlyCost(what=_ATTACHMENT, units=1, price="transit_gateway_hour", new=True),),
            name=self.name,
            create_only={
                "TransitGatewayId": self.value,
                "VpcId": plan.vpc.value,
            },
            properties={
                "SubnetIds": tuple(plan.vpc.subnet_value(subnet) for subnet in self.attachment.values()),
                **options,
                "Tags": dict(self.tags),
            },
        )


def attachment_path(name: str) -> tuple[str, ...]:
    """The construct path of an attachment."""
    return ("PodNetwork", "Egress", f"Attachment-{name}")


class TransitGateways(SingleKind):
    """`transit_gateway` alone: pods keep their addresses, which no other network behind it may have."""

    key = "transit_gateway"
    settings = frozenset({"attachment_subnets", "route_tables"})
    families = frozenset({"ipv4", "ipv6"})
    from_here = False
    title = TransitGateway.title
    id_form = "tgw-…"
    default_name = "transit-gateway"

    def gateways(self, network: Network, entry: EgressConfig, place: str) -> Iterator[Gateway]:
        """The transit gateway, the same for every entry that names it."""
        name = self.gateway_of(network, entry, "")
        attachment: dict[str, Origin] = {}
        if entry.attachment_subnets is not None:
            attachment = {
                zone: _attachment_subnet(network, entry, zone, name)
                for zone in network.zones
                if not is_local_zone(zone) or _names(entry.attachment_subnets, zone)
            }
        yield TransitGateway(
            name=name,
            place=f"{place}.{self.key}",
            origin=self.origin(name, entry),
            zones=tuple(attachment),
            tags=network.tags(name),
            attachment=attachment,
            ipv6=network.ipv6,
        )

    def gateway_of(self, network: Network, entry: EgressConfig, zone: str) -> str:  # noqa: ARG002
        """Its name, the same in every entry that names it.

        It is that of the entry that creates the attachment, so that it stays when another entry is put before it.
        """
        those = [other for other in network.config.egress if other.transit_gateway == entry.transit_gateway]
        same = next((other for other in those if other.attachment_subnets is not None), those[0])
        return f"{same.name}-{self.default_name}" if same.name else self.default_name

    def named_routes(self, network: Network, entry: EgressConfig, place: str) -> Iterator[NamedRoute]:
        """Routes to it in the route tables of routable subnets."""
        for table in entry.route_tables:
            for to in network.destinations(entry):
                yield NamedRoute(
                    table=table,
                    origin=Existing(table),
                    of="routable subnets",
                    place=f"{place}.route_tables",
                    route=Route(destination=to, gateway=self.gateway_of(network, entry, ""), used=True),
                )

    def rules(self, network: Network, entry: EgressConfig) -> Iterator[Diagnostic]:
        """Pods must have addresses that no other network behind it has."""
        fix = "use private_nat_gateways with transit_gateway"
        yield from self.unique_rules(network, fix=fix, source=TRANSIT_PAGE)
        yield from self.setting_rules(network, entry)

    def setting_rules(self, network: Network, entry: EgressConfig) -> Iterator[Diagnostic]:
        """Its keys in a new VPC, whose subnets and route tables have no ids yet."""
        if network.config.vpc.create is None:
            return
        if entry.route_tables:
            yield Diagnostic(
                id="route-tables-of-new-vpc",
                location=Location(path="route_tables"),
                message="must be left out: the route tables of the node subnets are created here, with routes to the "
                "gateway",
                fix="remove it",
            )
        if isinstance(entry.attachment_subnets, Mapping):
            yield Diagnostic(
                id="subnet-of-new-vpc-by-id",
                location=Location(path="attachment_subnets"),
                message="must be per_zone: the subnets are created by this file",
                fix="write `attachment_subnets: per_zone`",
            )
        attached = {other.transit_gateway for other in network.config.egress if other.attachment_subnets is not None}
        if entry.transit_gateway not in attached:
            yield Diagnostic(
                id="new-vpc-not-attached",
                location=Location(path="attachment_subnets"),
                message="must be given: a new VPC is attached to no transit gateway yet",
                fix="write `attachment_subnets: per_zone`",
            )

    def remarks(self, network: Network) -> Iterator[Diagnostic]:
        """What other networks learn of the VPC's CIDR blocks, and who accepts the attachment."""
        gateways = [each for each in network.gateways if isinstance(each, TransitGateway)]
        blocks = [str(block.cidr) for block in network.config.pods.cidrs if not block.unique]
        if gateways and blocks and not network.ipv6:
            yield Diagnostic(
                id="transit-gateway-propagation",
                severity="note",
                subject=", ".join(blocks),
                message=f"a VPC attachment propagates every CIDR block of the VPC, including {', '.join(blocks)}, "
                "which no other network should learn: use static routes to the routable CIDR blocks in the transit "
                "gateway's route table, or turn propagation off there",
                source=TRANSIT_PAGE,
                inferred=True,
            )
        if any(each.new for each in gateways):
            yield Diagnostic(
                id="transit-gateway-acceptance",
                severity="note",
                message="if the transit gateway belongs to another account and does not accept attachments by itself, "
                "the deployment waits for their acceptance, and its routes fail without it",
                source=TRANSIT_PAGE,
                inferred=True,
            )

    def zone_maps(self, entry: EgressConfig) -> Iterator[ZoneMap]:
        """The subnets of the attachment by zone."""
        if isinstance(entry.attachment_subnets, Mapping):
            yield ZoneMap(
                key="attachment_subnets",
                given=entry.attachment_subnets,
                what="a routable subnet for the attachment's interface",
                example="subnet-…",
                subnets=True,
                local_zones=False,
            )

    def passed_in(self, entry: EgressConfig, *, new_vpc: bool) -> Iterator[tuple[str, str]]:
        """The transit gateway and the subnets of the attachment, if only words are written."""
        if self.chosen(entry):
            yield from super().passed_in(entry, new_vpc=new_vpc)
        if not new_vpc and entry.attachment_subnets == "per_zone":
            yield "attachment_subnets", "a routable subnet of each zone, as a map {zone: subnet-…}"

    def claims(self, network: Network, entry: EgressConfig, place: str) -> Iterator[Claim]:
        """The attachment, and routes of route tables that the config names."""
        if entry.transit_gateway is None:
            return
        if entry.attachment_subnets is not None:
            yield Claim(
                reason="a VPC is attached to a transit gateway once",
                account=None,
                key=("attachment", network.vpc_key, entry.transit_gateway),
                place=f"{place}.attachment_subnets",
                value=entry.transit_gateway,
                fix="leave attachment_subnets out in all but one",
            )
        for table in entry.route_tables:
            for destination in network.destinations(entry):
                yield Claim(
                    reason="a route table has one route to a destination",
                    account=None,
                    key=("route", table, destination),
                    place=f"{place}.route_tables",
                    value=f"{destination} on {table}",
                    fix="leave the table out in all but one",
                )

    def prices(self, network: Network, entry: EgressConfig) -> Iterator[tuple[str, float]]:  # noqa: ARG002
        """A GB that the VPC sends to it."""
        yield TransitGateway.price_per_gb, 1


def _names(given: Mapping[str, str] | str, zone: str) -> bool:
    """Whether a subnet of a Local Zone is named, which is an error: the attachment leaves such zones out."""
    return isinstance(given, Mapping) and zone in given


def _attachment_subnet(network: Network, entry: EgressConfig, zone: str, name: str) -> Origin:
    if isinstance(entry.attachment_subnets, Mapping):
        id = entry.attachment_subnets.get(zone)
        return Existing(id) if id else PassedIn(f"{name}-{zone}")
    if network.config.vpc.create is not None:
        return network.first_subnet(zone, "nodes") or Created("")
    return PassedIn(f"{name}-{zone}")


TRANSIT_GATEWAYS: Final = TransitGateways()
"""The kind, for those that route on to a transit gateway."""
