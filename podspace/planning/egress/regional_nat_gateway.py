"""Regional NAT gateways: one for all zones, whose addresses AWS or the config chooses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from podspace.api import ListOf
from podspace.cidr import is_private
from podspace.diagnostic import Diagnostic, Location
from podspace.planning.addresses.zone import zone_key
from podspace.planning.aws_id import AllocationId, Zone
from podspace.planning.egress.fields import EgressFields, WordOr
from podspace.planning.egress.gateway import Gateway, RouteProperty
from podspace.planning.egress.kind import Claim, EgressKind, ZoneMap
from podspace.planning.egress.nat_gateway import (
    ITS_ADDRESS,
    address_value,
    allocation_claims,
    allocation_rules,
    gateway_path,
)
from podspace.planning.inventory import HourlyCost, Resource, Value, value_of
from podspace.planning.origin import Created, Existing, Origin, PassedIn

if TYPE_CHECKING:  # both contain entries and gateways
    from podspace.planning.egress.config import EgressConfig
    from podspace.planning.network import Network
    from podspace.planning.plan import Plan

REGIONAL_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html"
_MOST_ADDRESSES: Final = 32
_NAME: Final = "regional"


class RegionalNatGatewayFields(EgressFields):
    """Keys of `egress` entries for a regional NAT gateway."""

    regional_nat_gateway: WordOr[Literal["automatic", "per_zone"], Mapping[Zone, ListOf[AllocationId]]] | None = None
    """A regional NAT gateway to create. `automatic`: AWS chooses zones and addresses. A map: its addresses by
    zone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RegionalNatGateway(Gateway):
    """A regional NAT gateway.

    Attributes:
        addresses: Elastic IP addresses by zone; empty if AWS chooses zones and addresses.
    """

    addresses: Mapping[str, tuple[Origin, ...]] = field(default_factory=dict)

    kind: ClassVar[str] = "regional_nat_gateway"
    title: ClassVar[str] = "regional NAT gateway"
    target: ClassVar[RouteProperty] = "NatGatewayId"
    price_per_gb: ClassVar[str] = "regional_nat_gateway_gb"

    @property
    def zone(self) -> str:
        """Empty: a regional NAT gateway serves all zones of the plan, even if there is only one."""
        return ""

    @property
    def address_units(self) -> int:
        """Units of Network Address Usage: 6 in each zone of given addresses (inferred); 6 if AWS chooses the zones."""
        return 6 * max(len(self.zones), 1)

    @property
    def elastic_ips(self) -> tuple[Origin, ...]:
        """Elastic IP addresses in all zones; empty if AWS chooses them."""
        return tuple(address for addresses in self.addresses.values() for address in addresses)

    @property
    def value(self) -> Value:
        """Id of the NAT gateway, as a property of a CloudFormation resource."""
        return value_of(self.origin, gateway_path(self.name))

    def existing_costs(self) -> Iterator[HourlyCost]:
        """Costs by the hour of existing addresses."""
        given = sum(isinstance(each, Existing) for origins in self.addresses.values() for each in origins)
        if given:
            yield HourlyCost(what=ITS_ADDRESS, units=given, price="elastic_ip_hour", new=False)

    def _hourly(self, plan: Plan) -> Iterator[HourlyCost]:
        """The gateway in each of its zones, and the addresses that AWS chooses."""
        zones = len(self.zones or plan.pods.zones)
        what = f"regional NAT gateway in {zones} zone{'' if zones == 1 else 's'}"
        yield HourlyCost(what=what, units=zones, price="regional_nat_gateway_hour", new=True)
        if not self.addresses:
            yield HourlyCost(what=ITS_ADDRESS, units=zones, price="elastic_ip_hour", new=True, at_least=True)

    def resources(self, plan: Plan) -> Iterator[Resource]:
        """The resource of the NAT gateway."""
        addresses: tuple[Value, ...] = tuple(
            {zone_key(zone): zone, "AllocationIds": tuple(map(address_value, origins))}
            for zone, origins in self.addresses.items()
        )
        yield Resource(
            type="AWS::EC2::NatGateway",
            path=gateway_path(self.name),
            hourly=tuple(self._hourly(plan)),
            kind="NAT gateway",
            name=self.name,
            create_only={
                "AvailabilityMode": "regional",
                "ConnectivityType": "public",
                "VpcId": plan.vpc.value,
            },
            properties={
                **({"AvailabilityZoneAddresses": addresses} if addresses else {}),
                "Tags": dict(self.tags),
            },
            exclusive=tuple(map(address_value, self.elastic_ips)),
            vital_values=tuple(map(address_value, self.elastic_ips)) or ("addresses that AWS chooses",),
        )


class RegionalNatGateways(EgressKind):
    """The gateway kind `regional_nat_gateway`: one for all zones."""

    key = "regional_nat_gateway"
    public = True

    def gateways(self, network: Network, entry: EgressConfig, place: str) -> Iterator[Gateway]:
        """The regional NAT gateway of an entry."""
        name = self.gateway_of(network, entry, "")
        given = entry.regional_nat_gateway
        addresses: dict[str, tuple[Origin, ...]] = {}
        if given != "automatic":
            by_zone = given if isinstance(given, Mapping) else {}
            addresses = {
                zone: tuple(Existing(id) for id in by_zone[zone]) if zone in by_zone else (PassedIn(f"{name}-{zone}"),)
                for zone in network.zones
            }
        yield RegionalNatGateway(
            name=name,
            place=f"{place}.{self.key}",
            origin=Created(name),
            zones=tuple(addresses),
            tags=network.tags(name),
            addresses=addresses,
        )

    def gateway_of(self, network: Network, entry: EgressConfig, zone: str) -> str:  # noqa: ARG002
        """Name of the gateway in the plan, the same for every zone."""
        return entry.name or _NAME

    def rules(self, network: Network, entry: EgressConfig) -> Iterator[Diagnostic]:  # noqa: ARG002
        """Errors: it has no private connectivity, and an address can be listed only once."""
        private = [to for to in entry.to if isinstance(to, IPv4Network) and is_private(to)]
        if private:
            yield Diagnostic(
                id="regional-nat-gateway-private-range",
                location=Location(path="to"),
                subject=", ".join(map(str, private)),
                message="must not be private addresses: a regional NAT gateway has no private connectivity",
                fix="use private_nat_gateways and a transit_gateway for them, in an entry of its own",
                source=REGIONAL_PAGE,
            )
        if isinstance(entry.regional_nat_gateway, Mapping):
            yield from allocation_rules(self.key, entry.regional_nat_gateway, most=_MOST_ADDRESSES)

    def remarks(self, network: Network) -> Iterator[Diagnostic]:
        """Notes: it takes time until the gateway is in a new zone."""
        automatic = [each for each in network.gateways if isinstance(each, RegionalNatGateway) and not each.addresses]
        for gateway in automatic[:1]:
            yield Diagnostic(
                id="regional-nat-gateway",
                severity="note",
                subject=gateway.name,
                message=f"NAT gateway {gateway.name} takes up to 60 minutes to reach a zone after its first interface; "
                "until then that zone uses another zone that it has reached, which is charged as cross-zone traffic; "
                "what happens while it has reached none is not documented",
                source=REGIONAL_PAGE,
            )

    def zone_maps(self, entry: EgressConfig) -> Iterator[ZoneMap]:
        """Addresses, as keys that map zones to ids."""
        if isinstance(entry.regional_nat_gateway, Mapping):
            yield ZoneMap(
                key=self.key,
                given=entry.regional_nat_gateway,
                what="an Elastic IP address",
                example="eipalloc-…",
                several=True,
                otherwise="write `automatic` to leave zones and addresses to AWS",
            )

    def passed_in(self, entry: EgressConfig, *, new_vpc: bool) -> Iterator[tuple[str, str]]:  # noqa: ARG002
        """Keys whose ids a CDK app passes in: the addresses, if `per_zone` is written."""
        if entry.regional_nat_gateway == "per_zone":
            yield self.key, "the Elastic IP addresses, as a map {zone: [eipalloc-…]}, or the word automatic"

    def claims(self, network: Network, entry: EgressConfig, place: str) -> Iterator[Claim]:  # noqa: ARG002
        """Claims: the Elastic IP addresses of an entry."""
        yield from allocation_claims(entry.regional_nat_gateway, place)

    def words(self, entry: EgressConfig) -> str:  # noqa: ARG002
        """The gateway in words."""
        return RegionalNatGateway.title

    def prices(self, network: Network, entry: EgressConfig) -> Iterator[tuple[str, float]]:  # noqa: ARG002
        """Price keys: each GB through the gateway."""
        yield RegionalNatGateway.price_per_gb, 1
