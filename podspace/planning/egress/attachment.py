"""What the kinds have in common that a VPC is attached to: transit gateways and core networks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from podspace.diagnostic import Diagnostic, Location
from podspace.planning.addresses.zone import is_local_zone
from podspace.planning.aws_id import RouteTableId, SubnetId, Zone
from podspace.planning.egress.fields import EgressFields, WordOr
from podspace.planning.egress.gateway import Gateway, GatewaySubnet, NamedRoute, Route
from podspace.planning.egress.kind import Claim, ZoneMap
from podspace.planning.egress.single import SingleKind
from podspace.planning.inventory import ConstructPath, HourlyCost
from podspace.planning.origin import Created, Existing, Origin, PassedIn
from podspace.planning.section import SetOf

if TYPE_CHECKING:  # both contain entries and gateways
    from podspace.planning.egress.config import EgressConfig
    from podspace.planning.network import Network


class AttachmentFields(EgressFields):
    """The keys of a VPC's attachment."""

    attachment_subnets: WordOr[Literal["per_zone"], Mapping[Zone, SubnetId]] | None = None
    """Creates the VPC's attachment to the transit gateway or core network, with an interface in each subnet."""
    route_tables: SetOf[RouteTableId] = ()
    """Your consent to add routes to the transit gateway or core network to these tables of routable subnets."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AttachedGateway(Gateway):
    """A gateway that exists, to which the VPC is attached, or the plan attaches it.

    Attributes:
        attachment: the subnets of the attachment that the plan creates, by zone; empty if the VPC is attached already.
        ipv6: whether the attachment carries IPv6.
    """

    attachment: Mapping[str, Origin]
    ipv6: bool = False

    named_by_several: ClassVar[bool] = True
    price_per_hour: ClassVar[str]
    """Key of the price of an attachment by the hour."""

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
    def attachment_title(self) -> str:
        """The attachment in words."""
        return f"{self.title} attachment"

    @property
    def attachment_path(self) -> ConstructPath:
        """The construct path of the attachment."""
        return ("PodNetwork", "Egress", f"Attachment-{self.name}")

    @property
    def hourly(self) -> HourlyCost:
        """The cost of the attachment."""
        return HourlyCost(what=self.attachment_title, units=1, price=self.price_per_hour, new=self.new)

    def existing_costs(self) -> Iterator[HourlyCost]:
        """An existing attachment."""
        if not self.new:
            yield self.hourly


class AttachedKind(SingleKind):
    """A kind that the VPC is attached to: pods keep their addresses, which no other network behind it may have."""

    gateway: ClassVar[type[AttachedGateway]]
    """What its gateways are."""
    page: ClassVar[str]
    """The page of AWS about attachments of VPCs to it."""
    settings = frozenset({"attachment_subnets", "route_tables"})
    families = frozenset({"ipv4", "ipv6"})
    from_here = False

    def gateways(self, network: Network, entry: EgressConfig, place: str) -> Iterator[Gateway]:
        """The gateway, the same for every entry that names it."""
        name = self.gateway_of(network, entry, "")
        attachment: dict[str, Origin] = {}
        if entry.attachment_subnets is not None:
            attachment = {
                zone: _attachment_subnet(network, entry, zone, name)
                for zone in network.zones
                if not is_local_zone(zone) or _names(entry.attachment_subnets, zone)
            }
        yield self.gateway(
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
        those = [other for other in network.config.egress if self.same(other, entry)]
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
        yield from self.unique_rules(network, fix=f"use private_nat_gateways with {self.key}", source=self.page)
        yield from self.setting_rules(network, entry)

    def setting_rules(self, network: Network, entry: EgressConfig) -> Iterator[Diagnostic]:
        """Its keys in a new VPC, whose subnets and route tables have no ids yet."""
        if network.config.vpc.create is None:
            return
        if entry.route_tables:
            yield Diagnostic(
                id="route-tables-of-new-vpc",
                location=Location(path="route_tables"),
                message="must be removed: this stack creates the route tables of the node subnets, with routes to the "
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
        attached = {self.given(other) for other in network.config.egress if other.attachment_subnets is not None}
        if self.given(entry) not in attached:
            yield Diagnostic(
                id="new-vpc-not-attached",
                location=Location(path="attachment_subnets"),
                message=f"must be given: a new VPC is attached to no {self.title} yet",
                fix="write `attachment_subnets: per_zone`",
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
        """The gateway and the subnets of the attachment, if only words are written."""
        yield from super().passed_in(entry, new_vpc=new_vpc)
        if not new_vpc and entry.attachment_subnets == "per_zone":
            yield "attachment_subnets", "a routable subnet of each zone, as a map {zone: subnet-…}"

    def claims(self, network: Network, entry: EgressConfig, place: str) -> Iterator[Claim]:
        """The attachment, and routes of route tables that the config names."""
        if entry.attachment_subnets is not None:
            yield Claim(
                reason=f"a VPC is attached to a {self.title} once",
                account=None,
                key=("attachment", network.vpc_key, self.given(entry)),
                place=f"{place}.attachment_subnets",
                value=self.given(entry),
                fix="remove attachment_subnets in all entries but one",
            )
        for table in entry.route_tables:
            for destination in network.destinations(entry):
                yield Claim(
                    reason="a route table has one route to a destination",
                    account=None,
                    key=("route", table, destination),
                    place=f"{place}.route_tables",
                    value=f"{destination} on {table}",
                    fix="remove the route table in all entries but one",
                )

    def prices(self, network: Network, entry: EgressConfig) -> Iterator[tuple[str, float]]:  # noqa: ARG002
        """A GB that the VPC sends to it."""
        yield self.gateway.price_per_gb, 1


def _names(subnets: object, zone: str) -> bool:
    """Whether a subnet is named for a zone; a Local Zone has none by default."""
    return isinstance(subnets, Mapping) and zone in subnets


def _attachment_subnet(network: Network, entry: EgressConfig, zone: str, name: str) -> Origin:
    if isinstance(entry.attachment_subnets, Mapping):
        id = entry.attachment_subnets.get(zone)
        return Existing(id) if id else PassedIn(f"{name}-{zone}")
    if network.config.vpc.create is not None:
        return network.first_subnet(zone, "nodes") or Created("")
    return PassedIn(f"{name}-{zone}")
