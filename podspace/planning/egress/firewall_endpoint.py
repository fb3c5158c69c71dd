"""Firewall endpoints in each zone, alone or on the path from pods to the NAT gateway of the zone and back.

Firewall endpoints are those of AWS Network Firewall and of Gateway Load Balancers. A firewall between pods and the NAT
gateway sees the addresses of pods.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

from pydantic import BeforeValidator

from podspace.diagnostic import Diagnostic, Location, place_of
from podspace.planning.aws_id import RouteTableId, VpcEndpointId, Zone
from podspace.planning.egress.fields import EgressFields, WordOr
from podspace.planning.egress.gateway import Gateway, NamedOf, NamedRoute, Route, RouteProperty
from podspace.planning.egress.kind import Claim, EgressKind, ZoneMap, not_in_new_vpc
from podspace.planning.egress.nat_gateway import ExistingNatGateways, NewNatGateways
from podspace.planning.egress.regional_nat_gateway import RegionalNatGateways
from podspace.planning.inventory import HourlyCost
from podspace.planning.origin import Existing, Origin, PassedIn
from podspace.planning.prefix_list import PrefixList

if TYPE_CHECKING:  # both contain entries and gateways
    from podspace.planning.egress.config import EgressConfig
    from podspace.planning.egress.zonal import ZonalKind
    from podspace.planning.network import Network

FIREWALL_PAGE: Final = "https://docs.aws.amazon.com/network-firewall/latest/developerguide/arch-igw-ngw.html"
ASYMMETRY_PAGE: Final = "https://docs.aws.amazon.com/network-firewall/latest/developerguide/asymmetric-routing.html"
_ENDPOINT_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-load-balancer-endpoints.html"
_ROUTES_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html"
_NAT_KINDS: Final = (ExistingNatGateways(), NewNatGateways())
_REGIONAL: Final = RegionalNatGateways.key


def _not_one_id(given: object) -> object:
    if isinstance(given, str) and given != "per_zone":
        raise ValueError("must be a map with one for each zone, such as {eu-west-1a: …, eu-west-1b: …}")
    return given


ByZone = Annotated[WordOr[Literal["per_zone"], Mapping[Zone, RouteTableId]] | None, BeforeValidator(_not_one_id)]


class FirewallEndpointFields(EgressFields):
    """Keys of `egress` entries for firewall endpoints."""

    firewall_endpoints: Annotated[
        WordOr[Literal["per_zone"], Mapping[Zone, VpcEndpointId]] | None, BeforeValidator(_not_one_id)
    ] = None
    """The firewall endpoint of each pod zone, alone or with `nat_gateways` or `new_nat_gateways`, to which its traffic
    is then routed."""
    firewall_route_tables: ByZone = None
    """For new NAT gateways: the route table of the firewall endpoint's subnet in each zone, which gets the routes to
    the NAT gateway of the zone."""
    nat_route_tables: ByZone = None
    """For new NAT gateways: the route table of the NAT gateway's subnet in each zone, which gets routes back to the pod
    subnets of the zone through its firewall endpoint."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FirewallEndpoint(Gateway):
    """An existing firewall endpoint as target of routes.

    Attributes:
        nat_gateway: name of the NAT gateway that its traffic is routed to; empty if the config does not name one.
    """

    nat_gateway: str = ""

    kind: ClassVar[str] = "firewall_endpoint"
    title: ClassVar[str] = "firewall endpoint"
    target: ClassVar[RouteProperty] = "VpcEndpointId"
    price_per_gb: ClassVar[str] = "firewall_endpoint_gb"

    @property
    def onward(self) -> str:
        """Name of the NAT gateway that its traffic is routed to; empty for none."""
        return self.nat_gateway

    def existing_costs(self) -> Iterator[HourlyCost]:
        """The cost of the endpoint by the hour."""
        yield HourlyCost(what=self.title, units=1, price="firewall_endpoint_hour", new=False)


class FirewallEndpoints(EgressKind):
    """The gateway kind `firewall_endpoints`: one in each zone, alone or with NAT gateways."""

    key = "firewall_endpoints"
    onward = tuple(kind.key for kind in _NAT_KINDS)
    not_onward = (_REGIONAL,)
    settings = frozenset({"firewall_route_tables", "nat_route_tables"})

    def gateways(self, network: Network, entry: EgressConfig, place: str) -> Iterator[Gateway]:
        """The endpoint of each zone, and the NAT gateways of the entry."""
        ids = _mapped(entry.firewall_endpoints)
        nat = _nat_kind(entry)
        for zone in network.zones:
            name = self.gateway_of(network, entry, zone)
            yield FirewallEndpoint(
                name=name,
                place=f"{place}.{self.key}",
                origin=Existing(ids[zone]) if zone in ids else PassedIn(name),
                zones=(zone,),
                nat_gateway=nat.gateway_of(network, entry, zone) if nat else "",
            )
        if nat:
            yield from nat.gateways(network, entry, place)

    def gateway_of(self, network: Network, entry: EgressConfig, zone: str) -> str:  # noqa: ARG002
        """Name of the firewall endpoint of a zone in the plan."""
        return f"{entry.name}-firewall-{zone}" if entry.name else f"firewall-{zone}"

    def named_routes(self, network: Network, entry: EgressConfig, place: str) -> Iterator[NamedRoute]:
        """Routes from each firewall subnet to the NAT gateway of its zone, and from there to the pods of the zone.

        Both directions pass the endpoint of the same zone, as a stateful firewall needs.
        """
        nat = _nat_kind(entry)
        if nat is None:
            return
        for zone in network.zones:
            there, back = nat.gateway_of(network, entry, zone), self.gateway_of(network, entry, zone)
            pods = [str(subnet.cidr) for subnet in network.pod_subnets if subnet.zone == zone]
            for key, gateway, destinations in (
                ("firewall_route_tables", there, network.destinations(entry)),
                ("nat_route_tables", back, pods),
            ):
                for to in destinations:
                    route = Route(destination=to, gateway=gateway, used=network.route_use.pods)
                    yield from _named_route(entry, key, zone=zone, place=place, route=route)

    def rules(self, network: Network, entry: EgressConfig) -> Iterator[Diagnostic]:
        """Errors: destinations that AWS does not route to an endpoint, and return routes that are missing."""
        yield from not_in_new_vpc(network, self.key, "firewall endpoint")
        nat = _nat_kind(entry)
        if nat and network.config.vpc.create is None:
            yield from nat.rules(network, entry)
        shared = nat is not None and nat.given(entry).shared
        if entry.regional_nat_gateway is not None or shared:
            key = nat.key if nat else _REGIONAL
            yield Diagnostic(
                id="firewall-without-zonal-nat-gateway",
                location=Location(path=key),
                message="must be a NAT gateway in each zone: AWS describes the way back through the firewall endpoint "
                "of the same zone for NAT gateways in subnets of their own zone only, and a firewall drops answers "
                "that come through another endpoint",
                fix=f"use {' or '.join(each.key for each in _NAT_KINDS)} with one for each zone",
                source=ASYMMETRY_PAGE,
            )
        for number, to in enumerate(entry.to):
            if isinstance(to, PrefixList):
                yield Diagnostic(
                    id="prefix-list-to-firewall",
                    location=Location(path="to" + (f"[{number}]" if len(entry.to) > 1 else "")),
                    subject=str(to),
                    message="must be a CIDR or `internet`: EC2 refuses a route for a prefix list to a VPC endpoint",
                    fix="write its CIDRs",
                    source=_ROUTES_PAGE,
                )
        yield from self._table_rules(entry)
        yield from _node_subnet_rules(network, entry)
        yield from _bypass_rules(network, entry)
        yield from _once(self.key, _mapped(entry.firewall_endpoints), "an endpoint is in one zone", _ENDPOINT_PAGE)

    def _table_rules(self, entry: EgressConfig) -> Iterator[Diagnostic]:
        """Route tables are named for new NAT gateways only, one for each zone and purpose."""
        new = entry.new_nat_gateways is not None
        for key, what in _TABLES.items():
            given = getattr(entry, key)
            if new and given is None:
                yield Diagnostic(
                    id="firewall-route-tables-missing",
                    location=Location(path=key),
                    message=f"must be given with new_nat_gateways: {what.reason}",
                    fix=f"write `{key}: {{zone: rtb-…}}`, which is your consent to add these routes",
                    source=FIREWALL_PAGE,
                )
            elif given is not None and not new and entry.regional_nat_gateway is None:
                yield Diagnostic(
                    id="firewall-route-tables-of-existing",
                    location=Location(path=key),
                    message="must be removed: podspace adds routes only for new_nat_gateways",
                    fix="remove it; `podspace preflight` reports missing routes",
                )
        firewall, nat = (_mapped(getattr(entry, key)) for key in _TABLES)
        for key, tables in zip(_TABLES, (firewall, nat), strict=True):
            yield from _once(key, tables, "each zone has its own gateways as targets", FIREWALL_PAGE)
        for zone, table in nat.items():
            if table in firewall.values():
                yield Diagnostic(
                    id="firewall-subnet-is-nat-subnet",
                    location=Location(path=place_of(("nat_route_tables", zone))),
                    subject=table,
                    message="must not also be in firewall_route_tables: traffic of the firewall would be routed back "
                    "to it instead of to the NAT gateway; firewall endpoints and NAT gateways need separate subnets",
                    fix="give the route table of the NAT gateway's subnet",
                    source=FIREWALL_PAGE,
                )

    def remarks(self, network: Network) -> Iterator[Diagnostic]:
        """Notes: routes that the user must add, and traffic that would pass the firewall in one direction only."""
        for index, entry in enumerate(network.config.egress):
            if self.chosen(entry):
                yield from self._remarks(network, entry, f"egress[{index}]")

    def _remarks(self, network: Network, entry: EgressConfig, place: str) -> Iterator[Diagnostic]:
        to, nat = ", ".join(network.destinations(entry)), _nat_kind(entry)
        where = Location(path=f"{place}.{self.key}")
        if nat is None:
            yield Diagnostic(
                id="firewall-onward-route",
                severity="note",
                location=where,
                subject=to,
                message=f"the route tables of the firewall endpoints' subnets need routes to {to}, and answers must "
                "return through the endpoint of the same zone; this file does not contain these routes",
                source=ASYMMETRY_PAGE,
            )
            return
        if entry.new_nat_gateways is None:
            for zone in network.zones:
                pods = ", ".join(str(subnet.cidr) for subnet in network.pod_subnets if subnet.zone == zone)
                endpoint = _mapped(entry.firewall_endpoints).get(zone, "the firewall endpoint")
                yield Diagnostic(
                    id="firewall-return-route",
                    severity="warning",
                    location=where,
                    subject=zone,
                    message=f"add to the route table of the NAT gateway's subnet in {zone} the route {pods} to "
                    f"{endpoint}, after the deployment has created these subnets, and to that of the endpoint's "
                    f"subnet the route {to} to the NAT gateway of {zone}: without these routes traffic is dropped, "
                    "or answers bypass the firewall",
                    fix="use new_nat_gateways, for which podspace creates these routes, or add the routes; `podspace "
                    "preflight` checks them",
                    source=FIREWALL_PAGE,
                )
        yield Diagnostic(
            id="firewall-one-way",
            severity="note",
            location=where,
            message="load balancers and anything else in the subnets of the NAT gateways send to pods through the "
            "firewall, and pods answer directly, so that the firewall drops such connections: keep these subnets for "
            "NAT gateways",
            source=ASYMMETRY_PAGE,
            inferred=True,
        )

    def zone_maps(self, entry: EgressConfig) -> Iterator[ZoneMap]:
        """Endpoints and route tables by zone, and the keys of the NAT gateways, as keys that map zones to ids."""
        for key, what, example in (
            (self.key, "a firewall endpoint", "vpce-…"),
            ("firewall_route_tables", "the route table of the firewall endpoint's subnet", "rtb-…"),
            ("nat_route_tables", "the route table of the NAT gateway's subnet", "rtb-…"),
        ):
            if given := _mapped(getattr(entry, key)):
                yield ZoneMap(key=key, given=given, what=what, example=example)
        if nat := _nat_kind(entry):
            yield from nat.zone_maps(entry)

    def passed_in(self, entry: EgressConfig, *, new_vpc: bool) -> Iterator[tuple[str, str]]:
        """Keys whose ids a CDK app passes in: endpoints, route tables, and those of the NAT gateways."""
        if entry.firewall_endpoints == "per_zone":
            yield self.key, "the firewall endpoints, as a map {zone: vpce-…}"
        for key in _TABLES:
            if getattr(entry, key) == "per_zone":
                yield key, "the route tables, as a map {zone: rtb-…}"
        if nat := _nat_kind(entry):
            yield from nat.passed_in(entry, new_vpc=new_vpc)

    def claims(self, network: Network, entry: EgressConfig, place: str) -> Iterator[Claim]:
        """Claims: routes in route tables that the config names, and the claims of the NAT gateways."""
        for named in self.named_routes(network, entry, place):
            if isinstance(named.origin, Existing):
                yield Claim(
                    reason="a route table has one route to a destination",
                    account=None,
                    key=("route", named.origin.id, named.route.destination),
                    place=named.place,
                    value=f"{named.route.destination} on {named.origin.id}",
                    fix="give another route table",
                )
        if nat := _nat_kind(entry):
            yield from nat.claims(network, entry, place)

    def words(self, entry: EgressConfig) -> str:
        """The endpoints and the NAT gateways in words."""
        nat = _nat_kind(entry)
        return f"firewall endpoints, then {nat.words(entry)}" if nat else "firewall endpoints"

    def prices(self, network: Network, entry: EgressConfig) -> Iterator[tuple[str, float]]:
        """Price keys: each GB through the endpoint, and through the NAT gateway."""
        yield FirewallEndpoint.price_per_gb, 1
        if nat := _nat_kind(entry):
            yield from nat.prices(network, entry)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Tables:
    """A key that names a route table for each zone: of which subnets, and why they need routes."""

    of: NamedOf
    reason: str


_TABLES: Final[Mapping[str, _Tables]] = {
    "firewall_route_tables": _Tables(
        of="firewall subnets", reason="inspected traffic needs routes from the firewall subnets to the new NAT gateways"
    ),
    "nat_route_tables": _Tables(
        of="NAT gateway subnets", reason="answers need routes from the NAT gateways back through the firewall endpoints"
    ),
}


def _node_subnet_rules(network: Network, entry: EgressConfig) -> Iterator[Diagnostic]:
    """New NAT gateways in node subnets, whose route tables would have the routes back to pods."""
    nodes = {id for ids in (network.config.vpc.node_subnets or {}).values() for id in ids}
    given = entry.new_nat_gateways.ids if entry.new_nat_gateways is not None else None
    for zone, subnet in (given or {}).items():
        if subnet in nodes:
            yield Diagnostic(
                id="firewall-nat-in-node-subnet",
                location=Location(path=place_of(("new_nat_gateways", zone))),
                subject=subnet,
                message="must be a subnet only for NAT gateways, but is also in vpc.node_subnets: nodes would send to "
                "pods through the firewall, and pods would answer directly, so that the firewall drops these "
                "connections",
                fix="give a public subnet without nodes and load balancers",
                source=ASYMMETRY_PAGE,
            )


def _bypass_rules(network: Network, entry: EgressConfig) -> Iterator[Diagnostic]:
    """NAT gateways that other entries use without the firewall, through which their answers would go."""
    behind = {id for kind in _NAT_KINDS if kind.chosen(entry) for id in (kind.given(entry).ids or {}).values()}
    for index, other in enumerate(network.config.egress):
        for kind in _NAT_KINDS if other.firewall_endpoints is None else ():
            ids = set((kind.given(other).ids or {}).values()) if kind.chosen(other) else set()
            if both := sorted(behind & ids):
                yield Diagnostic(
                    id="nat-gateway-beside-firewall",
                    location=Location(path=_nat_key(entry)),
                    subject=", ".join(both),
                    message=f"must have the firewall endpoints in egress[{index}] too: otherwise answers return to "
                    "pods through the firewall, which drops them because it saw no request",
                    fix=f"give egress[{index}] the same firewall_endpoints, or other NAT gateways",
                    source=ASYMMETRY_PAGE,
                )


def _nat_key(entry: EgressConfig) -> str:
    return next(kind.key for kind in _NAT_KINDS if kind.chosen(entry))


def _nat_kind(entry: EgressConfig) -> ZonalKind | None:
    """The kind of zonal NAT gateway that traffic goes on to."""
    return next((kind for kind in _NAT_KINDS if kind.chosen(entry)), None)


def _mapped(given: str | Mapping[str, str] | None) -> Mapping[str, str]:
    """What a config names by zone; nothing if a CDK app passes it in."""
    return given if isinstance(given, Mapping) else {}


def _named_route(entry: EgressConfig, key: str, *, zone: str, place: str, route: Route) -> Iterator[NamedRoute]:
    given = getattr(entry, key)
    if given is None or (isinstance(given, Mapping) and zone not in given):
        return
    table = f"{key.partition('_')[0]}-{zone}" if given == "per_zone" else given[zone]
    table = f"{entry.name}-{table}" if entry.name and given == "per_zone" else table
    origin: Origin = PassedIn(table) if given == "per_zone" else Existing(table)
    yield NamedRoute(table=table, origin=origin, of=_TABLES[key].of, place=f"{place}.{key}", zone=zone, route=route)


def _once(key: str, given: Mapping[str, str], reason: str, source: str) -> Iterator[Diagnostic]:
    """An id that is given for two zones."""
    for zone, id in given.items():
        first = next(other for other, same in given.items() if same == id)
        if first != zone:
            yield Diagnostic(
                id="one-for-two-zones",
                location=Location(path=place_of((key, zone))),
                subject=id,
                message=f"must not be given for {first} and {zone}: {reason}",
                fix=f"give the one of {zone}",
                source=source,
            )
