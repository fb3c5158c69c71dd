"""The settings of one way out: addresses, subnets and route tables, by zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from podspace.cidr import QUOTA_PAGE
from podspace.diagnostic import Diagnostic, Location, invalid, place_of
from podspace.planning.config import SHARED, Config, EgressConfig
from podspace.planning.config.egress import MOST_ELASTIC_IPS
from podspace.planning.subnets import zones

_MOST_REGIONAL_IPS: Final = 32
_WHAT: Final = {
    "nat_gateways": "a NAT gateway",
    "new_nat_gateways": "a public subnet for its new NAT gateway",
    "private_nat_gateways": "a routable subnet for its new private NAT gateway",
}


def setting_problems(config: Config, entry: EgressConfig) -> Iterator[Diagnostic]:
    """What is wrong inside one entry, apart from where it leads and by what kind."""
    yield from _misplaced(entry)
    yield from _allocation_problems(entry)
    yield from _zone_problems(config, entry)
    yield from _new_vpc_problems(config, entry) if config.vpc.create else _next_hop_problems(entry)


def _misplaced(entry: EgressConfig) -> Iterator[Diagnostic]:
    """Settings beside a kind they do not belong to."""
    made = ("new_nat_gateways", "private_nat_gateways")
    for key, given, belongs in (
        ("addresses", entry.addresses is not None, entry.kind in made),
        ("allocation_ids", entry.allocation_ids is not None, entry.kind == "new_nat_gateways"),
        ("attachment_subnets", entry.attachment_subnets is not None, entry.transit_gateway is not None),
        ("route_tables", bool(entry.route_tables), entry.transit_gateway is not None),
    ):
        if given and not belongs:
            where = "transit_gateway" if key in ("attachment_subnets", "route_tables") else " or ".join(made)
            where = "new_nat_gateways" if key == "allocation_ids" else where
            yield invalid(key, f"must be left out: it is for {where}", fix="remove it")
    if entry.addresses is not None and isinstance(entry.allocation_ids, Mapping):
        yield Diagnostic(
            location=Location(path="addresses"),
            subject=str(entry.addresses),
            message="must be left out: the addresses are given (allocation_ids)",
            fix="keep one of the two",
        )
    if entry.kind == "new_nat_gateways" and (entry.addresses or 0) > MOST_ELASTIC_IPS:
        yield _too_many("addresses", str(entry.addresses), MOST_ELASTIC_IPS)


def _next_hop_problems(entry: EgressConfig) -> Iterator[Diagnostic]:
    makes_something = entry.route_tables or entry.attachment_subnets is not None or "internet" in entry.to
    if entry.kind == "private_nat_gateways" and entry.transit_gateway and not makes_something:
        yield Diagnostic(
            location=Location(path="transit_gateway"),
            subject=entry.transit_gateway,
            message="must come with something to make: its routes on the route_tables of the routable subnets, which "
            "are added only by your consent, or its attachment (attachment_subnets)",
            fix="name the route tables, or leave transit_gateway out where their routes are there",
        )


def _new_vpc_problems(config: Config, entry: EgressConfig) -> Iterator[Diagnostic]:
    """In a VPC made here, subnets and tables have no ids yet, and nothing exists."""
    if entry.nat_gateways is not None:
        yield Diagnostic(
            location=Location(path="nat_gateways"),
            message="must be left out: a VPC that is made here has no NAT gateway yet",
            fix="use new_nat_gateways or regional_nat_gateway",
        )
    if entry.route_tables:
        yield Diagnostic(
            location=Location(path="route_tables"),
            message="must be left out: the route tables of the node subnets are made here, with routes to the gateway",
            fix="remove it",
        )
    yield from _word_problems(entry)
    if entry.kind == "new_nat_gateways" and config.vpc.create and config.vpc.create.public is None:
        yield Diagnostic(
            location=Location(path="new_nat_gateways"),
            message="must have public subnets to stand in (vpc.create.public)",
            fix="add them, or use regional_nat_gateway, which needs none",
        )
    if entry.kind == "private_nat_gateways" and entry.transit_gateway is None:
        yield Diagnostic(
            location=Location(path="transit_gateway"),
            message="must be given beside private_nat_gateways: they stand in the node subnets, whose route tables "
            "would lead back to them",
            fix="name the transit gateway their traffic goes on to",
        )
    if entry.gateways and entry.gateways.shared and entry.gateways.ids is None and not config.pods.zones:
        yield Diagnostic(
            location=Location(path=entry.kind),
            subject="shared",
            message="must be per_zone: the zones of a map have no first one in which a shared gateway would stay",
            fix="write per_zone, or use regional_nat_gateway",
        )
    attached = {other.transit_gateway for other in config.egress if other.attachment_subnets is not None}
    if entry.transit_gateway and entry.transit_gateway not in attached:
        yield Diagnostic(
            location=Location(path="attachment_subnets"),
            message="must be given: a VPC that is made here is attached to no transit gateway yet",
            fix="write `attachment_subnets: per_zone`",
        )


def _word_problems(entry: EgressConfig) -> Iterator[Diagnostic]:
    """Subnets that are made here are named by words."""
    words: dict[str, object] = {
        "new_nat_gateways": entry.new_nat_gateways and entry.new_nat_gateways.ids,
        "private_nat_gateways": entry.private_nat_gateways and entry.private_nat_gateways.ids,
        "attachment_subnets": entry.attachment_subnets if isinstance(entry.attachment_subnets, Mapping) else None,
    }
    for key, ids in words.items():
        if ids:
            either = "per_zone" if key == "attachment_subnets" else "per_zone or shared"
            yield Diagnostic(
                location=Location(path=key),
                message=f"must be {either}: the subnets are made here",
                fix=f"write `{key}: per_zone`",
            )


def _too_many(place: str, value: str, most: int) -> Diagnostic:
    return Diagnostic(
        location=Location(path=place),
        subject=value,
        message=f"must be at most {most}, as a NAT gateway has no more Elastic IP addresses",
        fix="use fewer",
        source=QUOTA_PAGE,
    )


def _allocation_problems(entry: EgressConfig) -> Iterator[Diagnostic]:
    regional = entry.regional_nat_gateway
    key, by_zone, most = (
        ("regional_nat_gateway", regional, _MOST_REGIONAL_IPS)
        if isinstance(regional, Mapping)
        else ("allocation_ids", entry.allocation_ids, MOST_ELASTIC_IPS)
    )
    if not isinstance(by_zone, Mapping):
        return
    counts = Counter(id for ids in by_zone.values() for id in ids)
    for zone, ids in by_zone.items():
        place = place_of((key, zone))
        if not ids:
            yield Diagnostic(
                location=Location(path=place), message="must name an Elastic IP address", fix="for example [eipalloc-…]"
            )
        if len(ids) > most:
            yield _too_many(place, f"{len(ids)} addresses", most)
    for id, count in counts.items():
        if count > 1:
            yield Diagnostic(
                location=Location(path=key),
                subject=id,
                message="must be named once: an address is of one gateway and zone",
            )


def _zone_problems(config: Config, entry: EgressConfig) -> Iterator[Diagnostic]:
    """Maps by zone that do not name just the pod zones."""
    gateways = entry.gateways
    if gateways and gateways.ids is not None and not gateways.shared:
        share = "give one id in place of the map for one gateway that every zone shares"
        yield from _by_zone(zones(config), entry.kind, gateways.ids, _WHAT[entry.kind], share)
        if entry.kind != "nat_gateways":
            kind = "public" if entry.kind == "new_nat_gateways" else "routable"
            yield from one_zone_each(entry.kind, gateways.ids, f"a {kind} subnet", share)
    if isinstance(entry.regional_nat_gateway, Mapping):
        fix = "write `automatic` to leave zones and addresses to AWS"
        yield from _by_zone(zones(config), entry.kind, entry.regional_nat_gateway, "an Elastic IP address", fix)
    if isinstance(entry.allocation_ids, Mapping) and gateways:
        wanted = (SHARED,) if gateways.shared else zones(config)
        yield from _by_zone(wanted, "allocation_ids", entry.allocation_ids, "an Elastic IP address", "")
    if isinstance(entry.attachment_subnets, Mapping):
        what = "a routable subnet for the attachment's interface"
        yield from _by_zone(zones(config), "attachment_subnets", entry.attachment_subnets, what, "")
        yield from one_zone_each("attachment_subnets", entry.attachment_subnets, "a subnet", "")


def _by_zone(
    wanted: tuple[str, ...], key: str, given: Mapping[str, object], what: str, otherwise: str
) -> Iterator[Diagnostic]:
    for zone in wanted:
        if zone not in given:
            yield Diagnostic(
                location=Location(path=key),
                message=f"must name {what} for every pod zone, but has none for {zone}"
                if zone != SHARED
                else f"must name {what} under `shared`, for the one gateway",
                fix=f"add {zone}" + (f", or {otherwise}" if otherwise else ""),
            )
    for zone, value in given.items():
        if zone not in wanted:
            yield Diagnostic(
                location=Location(path=place_of((key, zone))),
                subject=value if isinstance(value, str) else "",
                message=f"must be for a pod zone, which are {', '.join(wanted)}"
                if SHARED not in wanted
                else "must stand under `shared`: every zone shares one gateway",
                fix="remove it, or add the zone to the pods",
            )


def one_zone_each(key: str, given: Mapping[str, str], what: str, otherwise: str) -> Iterator[Diagnostic]:
    """A subnet that stands for two zones."""
    for zone, id in given.items():
        first = next(other for other, same in given.items() if same == id)
        if first != zone:
            yield Diagnostic(
                location=Location(path=place_of((key, zone))),
                subject=id,
                message=f"must be {what} in {zone}, but stands for {first} already: a subnet is in one zone",
                fix="name the subnet of the zone" + (f", or {otherwise}" if otherwise else ""),
            )
