"""Zonal public NAT gateways: existing ones (`nat_gateways`) and new ones (`new_nat_gateways`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from pydantic import Field

from podspace.api import ListOf
from podspace.cidr import is_private
from podspace.diagnostic import Diagnostic, Location, place_of
from podspace.planning.addresses.zone import network_border_group
from podspace.planning.aws_id import AllocationId, NatGatewayId, SubnetId, Zone
from podspace.planning.egress.fields import EgressFields, Gateways, WordOr
from podspace.planning.egress.gateway import CONNECTIONS, Gateway, GatewaySubnet, RouteProperty
from podspace.planning.egress.kind import Claim, ZoneMap
from podspace.planning.egress.zonal import ZonalKind
from podspace.planning.inventory import HourlyCost, Resource, Value, value_of
from podspace.planning.names import tags_of_one
from podspace.planning.origin import Created, Existing, Origin, PassedIn
from podspace.quota import ADDRESSES, QUOTA_PAGE

if TYPE_CHECKING:  # both contain entries and gateways
    from podspace.planning.egress.config import EgressConfig
    from podspace.planning.network import Network
    from podspace.planning.plan import Plan

MOST_ELASTIC_IPS: Final = 8
"""Maximum of Elastic IP addresses of a public NAT gateway: see QUOTA_PAGE."""
_ELASTIC_IPS_A_GATEWAY: Final = 2
ITS_ADDRESS: Final = "its Elastic IP address"
"""The cost of an Elastic IP address of a NAT gateway."""


class NatGatewayFields(EgressFields):
    """Keys of `egress` entries for zonal public NAT gateways."""

    nat_gateways: Gateways[NatGatewayId] | None = None
    """Existing NAT gateways: one in each pod zone, or one id for a NAT gateway that all zones share."""
    new_nat_gateways: Gateways[SubnetId] | None = None
    """Public zonal NAT gateways to create: the public subnet of each pod zone, or one id for one that all zones
    share."""
    allocation_ids: WordOr[Literal["given"], Mapping[Zone | Literal["shared"], ListOf[AllocationId]]] | None = Field(
        default=None,
        title="map from zone or `shared` to list of allocation ids",
        examples=[{"eu-west-1a": ["eipalloc-0123456789abcdef0"]}],
    )
    """Existing Elastic IP addresses for `new_nat_gateways`, by allocation id; new ones by default."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NatGateway(Gateway):
    """A zonal public NAT gateway.

    Attributes:
        subnet: public subnet of a new NAT gateway; None for an existing one.
        addresses: Elastic IP addresses of a new NAT gateway.
        border_group: network border group of new addresses; empty for that of the region.
    """

    subnet: Origin | None = None
    addresses: tuple[Origin, ...] = ()
    border_group: str = ""

    kind: ClassVar[str] = "nat_gateway"
    title: ClassVar[str] = "NAT gateway"
    target: ClassVar[RouteProperty] = "NatGatewayId"
    price_per_gb: ClassVar[str] = "nat_gateway_gb"

    @property
    def state(self) -> str:
        """In words, whether the NAT gateway is new, and how many addresses it has."""
        number = len(self.addresses)
        return ("new" if self.new else "existing") + (f", {number} addresses" if number > 1 else "")

    @property
    def subnets(self) -> tuple[GatewaySubnet, ...]:
        """The public subnet of a new NAT gateway."""
        return (GatewaySubnet(zone=self.zone, origin=self.subnet, place=self.place),) if self.subnet else ()

    @property
    def elastic_ips(self) -> tuple[Origin, ...]:
        """Elastic IP addresses of a new NAT gateway."""
        return self.addresses

    @property
    def connections(self) -> int:
        """Maximum of simultaneous connections of a new NAT gateway to one destination; 0 for an existing one."""
        return len(self.addresses) * CONNECTIONS

    def address_tags(self, name: str) -> Mapping[str, str]:
        """Tags of a new Elastic IP address, by its name: the gateway's name, with a number from the second on."""
        number = name.removeprefix(self.name).removeprefix("-")
        return tags_of_one(self.tags, number) if number else self.tags

    @property
    def value(self) -> Value:
        """Id of the NAT gateway, as a property of a CloudFormation resource."""
        return value_of(self.origin, gateway_path(self.name))

    def existing_costs(self) -> Iterator[HourlyCost]:
        """Costs by the hour of an existing NAT gateway and of existing addresses."""
        if not self.new:
            yield HourlyCost(what=self.title, units=1, price="nat_gateway_hour", new=False)
            yield HourlyCost(what=ITS_ADDRESS, units=1, price="elastic_ip_hour", new=False, at_least=True)
        for address in self.addresses:
            if not isinstance(address, Created):
                yield HourlyCost(what=ITS_ADDRESS, units=1, price="elastic_ip_hour", new=False)

    def resources(self, plan: Plan) -> Iterator[Resource]:
        """Resources of a new NAT gateway and its new addresses."""
        if not self.new or self.subnet is None:
            return
        first, *further = (address_value(address) for address in self.addresses)
        yield Resource(
            type="AWS::EC2::NatGateway",
            path=gateway_path(self.name),
            hourly=(HourlyCost(what=self.title, units=1, price="nat_gateway_hour", new=True),),
            kind=self.title,
            name=self.name,
            create_only={"SubnetId": plan.vpc.subnet_value(self.subnet), "AllocationId": first},
            properties={**({"SecondaryAllocationIds": tuple(further)} if further else {}), "Tags": dict(self.tags)},
            exclusive=(first, *further),
            vital_values=tuple(further),
        )
        for address in self.addresses:
            if isinstance(address, Created):
                yield Resource(
                    type="AWS::EC2::EIP",
                    path=_address_path(address.name),
                    kind="Elastic IP address",
                    name=address.name,
                    hourly=(HourlyCost(what=ITS_ADDRESS, units=1, price="elastic_ip_hour", new=True),),
                    create_only={"NetworkBorderGroup": self.border_group} if self.border_group else {},
                    properties={"Domain": "vpc", "Tags": dict(self.address_tags(address.name))},
                )


def gateway_path(name: str) -> tuple[str, ...]:
    """The construct path of a NAT gateway."""
    return ("PodNetwork", "Egress", f"NatGateway-{name}")


def _address_path(name: str) -> tuple[str, ...]:
    return ("PodNetwork", "Egress", f"Address-{name}")


def address_value(address: Origin) -> Value:
    """The allocation id of an Elastic IP address, as a property."""
    return value_of(address, _address_path(address.name) if isinstance(address, Created) else (), "AllocationId")


class ExistingNatGateways(ZonalKind):
    """The gateway kind `nat_gateways`: existing NAT gateways."""

    key = "nat_gateways"
    plural = "NAT gateways"
    needs = "a NAT gateway"
    ids = "the ids"
    example = "nat-…"
    in_subnets = False

    def gateway(
        self, network: Network, entry: EgressConfig, *, name: str, place: str, zone: str, zones: tuple[str, ...]
    ) -> Gateway:
        """The NAT gateway of an entry, by its id or passed in by a CDK app."""
        ids = self.given(entry).ids or {}
        origin = Existing(ids[zone]) if zone in ids else PassedIn(name)
        return NatGateway(name=name, place=place, origin=origin, zones=zones, tags=network.tags(name))

    def rules(self, network: Network, entry: EgressConfig) -> Iterator[Diagnostic]:  # noqa: ARG002
        """An error if the VPC is new, because it has no NAT gateway yet."""
        if network.config.vpc.create is not None:
            yield Diagnostic(
                id="nat-gateway-in-new-vpc",
                location=Location(path=self.key),
                message="must be removed: a new VPC has no NAT gateway yet",
                fix="use new_nat_gateways or regional_nat_gateway",
            )


class NewNatGateways(ZonalKind):
    """The gateway kind `new_nat_gateways`: new NAT gateways in public subnets, with new or existing Elastic IP
    addresses.
    """

    key = "new_nat_gateways"
    settings = frozenset({"addresses", "allocation_ids"})
    plural = "NAT gateways"
    needs = "a public subnet for its new NAT gateway"
    ids = "the public subnets"

    def gateway(
        self, network: Network, entry: EgressConfig, *, name: str, place: str, zone: str, zones: tuple[str, ...]
    ) -> Gateway:
        """A new NAT gateway in its public subnet, with its addresses."""
        return NatGateway(
            name=name,
            place=place,
            origin=Created(name),
            zones=zones,
            tags=network.tags(name),
            subnet=self.subnet(network, entry, zone, name=name, role="public"),
            addresses=_addresses(entry, zone, name),
            border_group=network_border_group(zone, network.region),
        )

    def rules(self, network: Network, entry: EgressConfig) -> Iterator[Diagnostic]:
        """Errors of the addresses, and of the subnets in a new VPC."""
        if entry.addresses is not None and isinstance(entry.allocation_ids, Mapping):
            yield Diagnostic(
                id="addresses-and-allocation-ids",
                location=Location(path="addresses"),
                subject=str(entry.addresses),
                message="must be removed: allocation_ids lists the addresses",
                fix="remove one of the two",
            )
        if (entry.addresses or 0) > MOST_ELASTIC_IPS:
            yield too_many_addresses("addresses", str(entry.addresses), MOST_ELASTIC_IPS)
        if isinstance(entry.allocation_ids, Mapping):
            yield from allocation_rules("allocation_ids", entry.allocation_ids, most=MOST_ELASTIC_IPS)
        if network.config.vpc.create is not None:
            yield from self.new_vpc_rules(network, entry)
            if network.config.vpc.create.public is None:
                yield Diagnostic(
                    id="nat-gateway-without-public-subnet",
                    location=Location(path=self.key),
                    message="must have public subnets in the new VPC (vpc.create.public)",
                    fix="add vpc.create.public, or use regional_nat_gateway, which needs no public subnets",
                )

    def remarks(self, network: Network) -> Iterator[Diagnostic]:
        """Notes: connections, quotas, private destinations, and zones that share a NAT gateway."""
        yield from super().remarks(network)
        new = [each for each in network.gateways if isinstance(each, NatGateway) and each.new]
        yield from _quota_remarks(new)
        for entry in network.config.egress:
            private = [str(to) for to in entry.to if isinstance(to, IPv4Network) and is_private(to)]
            if private and self.chosen(entry):
                yield Diagnostic(
                    id="public-nat-private-range",
                    severity="note",
                    message=f"{', '.join(private)} are routed to public NAT gateways: the route tables of their "
                    "subnets need a route there too, since an internet gateway drops such traffic",
                )

    def zone_maps(self, entry: EgressConfig) -> Iterator[ZoneMap]:
        """Public subnets and addresses, as keys that map zones to ids."""
        yield from super().zone_maps(entry)
        if isinstance(entry.allocation_ids, Mapping):
            yield ZoneMap(
                key="allocation_ids",
                given=entry.allocation_ids,
                what="an Elastic IP address",
                example="eipalloc-…",
                several=True,
                shared=self.given(entry).shared,
            )

    def passed_in(self, entry: EgressConfig, *, new_vpc: bool) -> Iterator[tuple[str, str]]:
        """Keys whose ids a CDK app passes in: public subnets and addresses."""
        yield from super().passed_in(entry, new_vpc=new_vpc)
        if entry.allocation_ids == "given":
            yield "allocation_ids", "the Elastic IP addresses, as a map {zone: [eipalloc-…]}"

    def claims(self, network: Network, entry: EgressConfig, place: str) -> Iterator[Claim]:  # noqa: ARG002
        """Claims: the existing Elastic IP addresses of an entry."""
        yield from allocation_claims(entry.allocation_ids, place)


def _addresses(entry: EgressConfig, zone: str, name: str) -> tuple[Origin, ...]:
    if isinstance(entry.allocation_ids, Mapping):
        return tuple(Existing(id) for id in entry.allocation_ids.get(zone, ()))
    numbers = range(1, (entry.addresses or 1) + 1)
    if entry.allocation_ids is not None:
        return tuple(PassedIn(name) for _ in numbers)
    return tuple(Created(name + (f"-{number}" if number > 1 else "")) for number in numbers)


def _quota_remarks(new: list[NatGateway]) -> Iterator[Diagnostic]:
    bought = sum(isinstance(address, Created) for gateway in new for address in gateway.addresses)
    most = max((len(gateway.addresses) for gateway in new), default=0)
    if most > _ELASTIC_IPS_A_GATEWAY or bought > ADDRESSES.default:
        yield Diagnostic(
            id="elastic-ip-quota",
            severity="warning",
            message=f"{bought} new Elastic IP addresses, {most} on one NAT gateway: the quotas are "
            f"{ADDRESSES.default} a region ({ADDRESSES.code}) and {_ELASTIC_IPS_A_GATEWAY} a NAT gateway unless they "
            "were raised",
            source=QUOTA_PAGE,
        )


def too_many_addresses(path: str, value: str, most: int) -> Diagnostic:
    """An error if a NAT gateway has more Elastic IP addresses than AWS allows."""
    return Diagnostic(
        id="too-many-addresses",
        location=Location(path=path),
        subject=value,
        message=f"must be at most {most}, as a NAT gateway has no more Elastic IP addresses",
        fix="use fewer",
        source=QUOTA_PAGE,
    )


def allocation_rules(key: str, by_zone: Mapping[str, tuple[str, ...]], *, most: int) -> Iterator[Diagnostic]:
    """Errors of Elastic IP addresses by zone: a zone without one, an address listed twice, too many."""
    given = [id for ids in by_zone.values() for id in ids]
    for zone, ids in by_zone.items():
        path = place_of((key, zone))
        if not ids:
            yield Diagnostic(
                id="no-address",
                location=Location(path=path),
                message="must have an Elastic IP address",
                fix="for example [eipalloc-…]",
            )
        if len(ids) > most:
            yield too_many_addresses(path, f"{len(ids)} addresses", most)
    for id in dict.fromkeys(id for id in given if given.count(id) > 1):
        yield Diagnostic(
            id="address-twice",
            location=Location(path=key),
            subject=id,
            message="must be listed once: an Elastic IP address is for one gateway and zone",
        )


def allocation_claims(given: object, place: str) -> Iterator[Claim]:
    """Claims: the Elastic IP addresses that an entry names by zone."""
    for ids in given.values() if isinstance(given, Mapping) else ():
        for id in ids:
            yield Claim(
                reason="an Elastic IP address belongs to one NAT gateway",
                account=None,
                key=("allocation", id),
                place=place,
                value=id,
                fix="give each its own",
            )
