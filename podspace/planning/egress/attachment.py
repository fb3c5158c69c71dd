"""Gateway kinds with an attachment of the VPC: transit gateways and core networks."""

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
    """Keys of `egress` entries for the attachment of a VPC."""

    attachment_subnets: WordOr[Literal["per_zone"], Mapping[Zone, SubnetId]] | None = None
    """Creates the VPC's attachment to the transit gateway or core network, with an interface in each subnet."""
    route_tables: SetOf[RouteTableId] = ()
    """Your consent to add routes to the transit gateway or core network to these tables of routable subnets."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AttachedGateway(Gateway):
    """An existing gateway, to which the VPC is attached already or by the plan.

    Attributes:
        attachment: subnets of the attachment that the plan creates, by zone; empty if the VPC is attached already.
        ipv6: whether the attachment supports IPv6.
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
        """In words, whether the plan attaches the VPC to the gateway."""
        return "new attachment" if self.new else "attached already"

    @property
    def zone(self) -> str:
        """Empty: the gateway serves all zones."""
        return ""

    @property
    def subnets(self) -> tuple[GatewaySubnet, ...]:
        """Subnets of an attachment that the plan creates."""
        place = f"{self.place.rpartition('.')[0]}.attachment_subnets"
        return tuple(GatewaySubnet(zone=zone, origin=each, place=place) for zone, each in self.attachment.items())

    @property
    def attachment_title(self) -> str:
        """The attachment in words, such as `transit gateway attachment`."""
        return f"{self.title} attachment"

    @property
    def attachment_path(self) -> ConstructPath:
        """The construct path of the attachment."""
        return ("PodNetwork", "Egress", f"Attachment-{self.name}")

    @property
    def hourly(self) -> HourlyCost:
        """The cost of the attachment by the hour."""
        return HourlyCost(what=self.attachment_title, units=1, price=self.price_per_hour, new=self.new)

    def existing_costs(self) -> Iterator[HourlyCost]:
        """The cost of an existing attachment by the hour."""
        if not self.new:
            yield self.hourly


class AttachedKind(SingleKind):
    """A gateway kind with an attachment: pods keep their addresses, which must be unique behind the gateway."""

    gateway: ClassVar[type[AttachedGateway]]
    """Class of the gateways of this kind."""
    page: ClassVar[str]
    """URL of the AWS page about attachments of VPCs to the gateway."""
    settings = frozenset({"attachment_subnets", "route_tables"})
    families = frozenset({"ipv4", "ipv6"})
    from_here = False

    def gateways(self, network: Network, entry: EgressConfig, place: str) -> Iterator[Gateway]:
        """The gateway of an entry; entries that name the same one have the same gateway."""
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
        """Name of the gateway in the plan, the same for every entry with this gateway.

        It is the name of the entry that creates the attachment, so it does not change if another entry is inserted
        before.
        """
        those = [other for other in network.config.egress if self.same(other, entry)]
        same = next((other for other in those if other.attachment_subnets is not None), those[0])
        return f"{same.name}-{self.default_name}" if same.name else self.default_name

    def named_routes(self, network: Network, entry: EgressConfig, place: str) -> Iterator[NamedRoute]:
        """Routes to the gateway in the route tables of routable subnets that the config names."""
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
        """Errors: pods need addresses that are unique behind the gateway."""
        yield from self.unique_rules(network, fix=f"use private_nat_gateways with {self.key}", source=self.page)
        yield from self.setting_rules(network, entry)

    def setting_rules(self, network: Network, entry: EgressConfig) -> Iterator[Diagnostic]:
        """Errors of its keys in a new VPC, whose subnets and route tables have no ids yet."""
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
        """The subnets of the attachment by zone, as keys that map zones to ids."""
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
        """Keys whose ids a CDK app passes in: the gateway, and the subnets of the attachment."""
        yield from super().passed_in(entry, new_vpc=new_vpc)
        if not new_vpc and entry.attachment_subnets == "per_zone":
            yield "attachment_subnets", "a routable subnet of each zone, as a map {zone: subnet-…}"

    def claims(self, network: Network, entry: EgressConfig, place: str) -> Iterator[Claim]:
        """Claims: the attachment, and routes in route tables that the config names."""
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
        """Price keys: each GB that the VPC sends to the gateway."""
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
