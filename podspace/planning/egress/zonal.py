"""Gateway kinds with a gateway in each zone: zonal NAT gateways and appliances."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Final, Literal, cast

from podspace.diagnostic import Diagnostic, Location
from podspace.planning.egress.fields import SHARED, Gateways
from podspace.planning.egress.kind import EgressKind, ZoneMap
from podspace.planning.origin import Created, Existing, Origin, PassedIn

if TYPE_CHECKING:  # both contain entries and gateways
    from podspace.planning.egress.config import EgressConfig
    from podspace.planning.egress.gateway import Gateway
    from podspace.planning.network import Network

_SHARE: Final = "give one id instead of the map for one gateway that every zone shares"


class ZonalKind(EgressKind):
    """A gateway kind with a gateway in each zone, or one that all zones share."""

    plural: ClassVar[str]
    """The gateways in words, such as `NAT gateways`."""
    needs: ClassVar[str]
    """What each zone must have, such as `a NAT gateway`."""
    ids: ClassVar[str]
    """What the ids belong to, in words, such as `the public subnets`."""
    example: ClassVar[str] = "subnet-…"
    """Format of an id; by default that of a subnet."""
    in_subnets: ClassVar[bool] = True
    """Whether the ids are those of subnets in which new gateways are created."""
    prefix: ClassVar[str] = ""
    """Beginning of the names of its gateways in the plan."""
    price_per_gb: ClassVar[str] = "nat_gateway_gb"
    """Key of the price of a GB through a gateway; empty if unknown."""

    def given(self, entry: EgressConfig) -> Gateways[str]:
        """The value of this kind's key in an entry."""
        return cast("Gateways[str]", getattr(entry, self.key))

    @abstractmethod
    def gateway(
        self, network: Network, entry: EgressConfig, *, name: str, place: str, zone: str, zones: tuple[str, ...]
    ) -> Gateway:
        """The gateway of a zone, or of the key `shared`; `zones` is the zone that it serves, empty for all zones."""

    def gateways(self, network: Network, entry: EgressConfig, place: str) -> Iterator[Gateway]:
        """The gateway of each zone, or the one that all zones share."""
        for zone in (SHARED,) if self.given(entry).shared else network.zones:
            yield self.gateway(
                network,
                entry,
                name=self.gateway_of(network, entry, zone),
                place=f"{place}.{self.key}",
                zone=zone,
                zones=() if zone == SHARED else (zone,),
            )

    def gateway_of(self, network: Network, entry: EgressConfig, zone: str) -> str:  # noqa: ARG002
        """Name of the gateway that the pods of a zone use."""
        where = SHARED if self.given(entry).shared else zone
        return f"{entry.name}-{where}" if entry.name else f"{self.prefix}{where}"

    def subnet(
        self, network: Network, entry: EgressConfig, zone: str, *, name: str, role: Literal["public", "nodes"]
    ) -> Origin:
        """Subnet of a new gateway: by id, of the new VPC, or passed in."""
        ids = self.given(entry).ids
        if ids is not None and zone in ids:
            return Existing(ids[zone])
        if network.config.vpc.create is not None:
            return network.first_subnet(network.zones[0] if zone == SHARED else zone, role) or Created("")
        return PassedIn(name)

    def remarks(self, network: Network) -> Iterator[Diagnostic]:
        """Notes about zones that share a gateway: if it fails, the pods of all these zones lose their egress."""
        for index, entry in enumerate(network.config.egress):
            zones = self.sharing(network, entry) if self.chosen(entry) else ()
            if zones:
                yield Diagnostic(
                    id="shared-nat-gateway",
                    severity="note",
                    subject=", ".join(zones),
                    location=Location(path=f"egress[{index}].{self.key}"),
                    message=f"{', '.join(zones)} share a NAT gateway: unless it is a regional one, when its zone "
                    "fails, pods of the other zones lose their egress too, and their traffic is charged as cross-zone "
                    "traffic",
                )

    def sharing(self, network: Network, entry: EgressConfig) -> tuple[str, ...]:
        """Zones that share a gateway, by one id or the same id twice; empty if each zone has its own."""
        given = self.given(entry)
        if given.shared:
            return network.zones if len(network.zones) > 1 else ()
        ids = given.ids or {}
        counts = [*ids.values()]
        return tuple(zone for zone, id in ids.items() if counts.count(id) > 1)

    def new_vpc_rules(self, network: Network, entry: EgressConfig) -> Iterator[Diagnostic]:
        """Errors in a new VPC: its subnets have no ids yet, so `per_zone` or `shared` is needed."""
        given = self.given(entry)
        if given.ids is not None:
            yield Diagnostic(
                id="subnet-of-new-vpc-by-id",
                location=Location(path=self.key),
                message="must be per_zone or shared: the subnets are created by this file",
                fix=f"write `{self.key}: per_zone`",
            )
        elif given.shared and not network.config.pods.zones:
            yield Diagnostic(
                id="shared-gateway-without-first-zone",
                location=Location(path=self.key),
                subject="shared",
                message="must be per_zone: a map of zones has no fixed first zone for a shared gateway",
                fix="write per_zone, or use regional_nat_gateway",
            )

    def zone_maps(self, entry: EgressConfig) -> Iterator[ZoneMap]:
        """The ids, as keys that map zones to ids."""
        given = self.given(entry)
        if given.ids is not None:
            yield ZoneMap(
                key=self.key,
                given=given.ids,
                what=self.needs,
                example=self.example,
                shared=given.shared,
                subnets=self.in_subnets,
                otherwise=_SHARE,
            )

    def passed_in(self, entry: EgressConfig, *, new_vpc: bool) -> Iterator[tuple[str, str]]:
        """Keys whose ids a CDK app passes in, if `per_zone` or `shared` is written."""
        if not new_vpc and self.given(entry).ids is None:
            yield self.key, f"{self.ids}, as a map {{zone: {self.example}}}, or one id for all zones"

    def words(self, entry: EgressConfig) -> str:
        """All gateways in words, or the one that all zones share."""
        return f"one {self.plural.removesuffix('s')} for all zones" if self.given(entry).shared else self.plural

    def prices(self, network: Network, entry: EgressConfig) -> Iterator[tuple[str, float]]:
        """Price keys: each GB through the gateway, and between zones if zones share it.

        Pods are assumed to be spread evenly, so all zones except the gateway's own send to another zone, which is
        charged in both zones.
        """
        if self.price_per_gb:
            yield self.price_per_gb, 1
        count = len(network.zones)
        if self.given(entry).shared and count > 1:
            yield "cross_zone_gb", 2 * (count - 1) / count
