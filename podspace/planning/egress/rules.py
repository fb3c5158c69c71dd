"""Errors, notes and warnings about the `egress` section for every gateway kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING, Final

from podspace.cidr import VPC_CIDR_PAGE, usable_problems
from podspace.diagnostic import Diagnostic, Location, place_of
from podspace.planning.addresses.zone import is_local_zone
from podspace.planning.egress.fields import SHARED
from podspace.planning.egress.gateway import CONNECTIONS
from podspace.planning.egress.kind import ZoneMap
from podspace.planning.egress.kinds import EGRESS_KINDS, egress_kind
from podspace.planning.nodes.snat import SNAT_PAGE
from podspace.planning.prefix_list import PREFIX_LIST_PAGE, PrefixList
from podspace.quota import QUOTA_PAGE

if TYPE_CHECKING:
    from podspace.planning.egress.config import EgressConfig
    from podspace.planning.network import Network

_IPV6_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/cni-ipv6.html"
_CLAIMED_ONCE: Final = {
    "allocation": "allocation-twice",
    "attachment": "attachment-twice",
    "route": "route-table-twice",
}
"""The id of the error if two entries claim the same, by the first word of the claim's key."""


def egress_problems(network: Network) -> Iterator[Diagnostic]:
    """Every error of the `egress` section."""
    for index, entry in enumerate(network.config.egress):
        for problem in (
            *_missing_destination(entry),
            *_destination_problems(network, entry),
            *_family_problems(network, entry),
            *_setting_problems(entry),
            *egress_kind(entry).rules(network, entry),
            *(each for given in egress_kind(entry).zone_maps(entry) for each in _zone_problems(network, given)),
        ):
            yield problem.within(f"egress[{index}]")
    yield from _destination_clashes(network)
    yield from _claim_clashes(network)
    yield from _table_clashes(network)
    yield from _name_clashes(network)
    yield from _quota_problems(network)


def _missing_destination(entry: EgressConfig) -> Iterator[Diagnostic]:
    if not entry.to and not egress_kind(entry).propagates(entry):
        yield Diagnostic(
            id="no-destination",
            location=Location(path="to"),
            message="must have a destination: without one, no route has this gateway as its target",
            fix="write `internet`, CIDRs or prefix lists; a virtual private gateway needs none with `propagate_routes: "
            "true`",
        )


def _destination_problems(network: Network, entry: EgressConfig) -> Iterator[Diagnostic]:
    wanted = IPv6Network if network.ipv6 else IPv4Network
    for number, to in enumerate(entry.to):
        where = Location(path=_to(entry, number))
        if not isinstance(to, IPv4Network | IPv6Network):
            continue
        if not isinstance(to, wanted):
            yield Diagnostic(
                id="destination-of-other-family",
                location=where,
                subject=str(to),
                message=f"must be an {'IPv6' if network.ipv6 else 'IPv4'} CIDR: pods of this cluster have such "
                "addresses only (cluster.ip_family)",
                fix="correct it, or remove it",
            )
        elif not to.prefixlen:
            yield Diagnostic(
                id="default-route-as-cidr",
                location=where,
                subject=str(to),
                message="must be written `internet`",
                fix="write `to: internet`",
            )
        if isinstance(to, IPv4Network) and to.prefixlen:
            yield from (problem.within(where.path) for problem in usable_problems(to))
        blocks: list[IPv4Network | IPv6Network] = []
        if isinstance(to, IPv4Network):
            blocks += [block for block in network.vpc_cidrs if to.subnet_of(block)]
        else:
            blocks += [block for block in network.config.vpc.ipv6_cidrs if to.subnet_of(block)]
        for block in blocks:
            yield Diagnostic(
                id="destination-in-vpc",
                location=where,
                subject=str(to),
                message=f"must not be inside {block}, a CIDR block of the VPC, which every route table has a local "
                "route for",
                fix="remove it, or widen it",
                source=VPC_CIDR_PAGE,
            )


def _to(entry: EgressConfig, number: int) -> str:
    return "to" + (f"[{number}]" if len(entry.to) > 1 else "")


def _family_problems(network: Network, entry: EgressConfig) -> Iterator[Diagnostic]:
    kind = egress_kind(entry)
    if network.ipv6 and "ipv6" not in kind.families:
        able = ", ".join(sorted(each.key for each in EGRESS_KINDS if "ipv6" in each.families))
        yield Diagnostic(
            id="egress-without-ipv6",
            location=Location(path=kind.key),
            message="must be a gateway that IPv6 traffic can take: pods of an IPv6 cluster have no IPv4 address, and "
            "reach IPv4 destinations by their node's (advanced_networking.enable_v4_egress)",
            fix=f"use one of {able}",
            source=_IPV6_PAGE,
        )


def _setting_problems(entry: EgressConfig) -> Iterator[Diagnostic]:
    """Settings of an entry that belong to another kind."""
    allowed = {setting for kind in EGRESS_KINDS if kind.chosen(entry) for setting in kind.settings}
    for setting in sorted({setting for kind in EGRESS_KINDS for setting in kind.settings}):
        if getattr(entry, setting) not in (None, (), False) and setting not in allowed:
            kinds = " or ".join(kind.key for kind in EGRESS_KINDS if setting in kind.settings)
            yield Diagnostic(
                id="setting-of-other-kind",
                location=Location(path=setting),
                message=f"must be removed: it is for {kinds}",
                fix="remove it",
            )


def _zone_problems(network: Network, given: ZoneMap) -> Iterator[Diagnostic]:
    """A map by zone that does not have just the pod zones, and a subnet that is given for two zones."""
    if given.shared and SHARED not in given.given:
        yield Diagnostic(
            id="zone-missing",
            location=Location(path=given.key),
            subject=SHARED,
            message=f"must have {given.what} under `shared`, for the one gateway",
            fix="write `shared` instead of the zones",
        )
        return
    wanted = (SHARED,) if given.shared else network.zones
    for zone in wanted:
        if zone not in given.given and (given.local_zones or not is_local_zone(zone)):
            yield Diagnostic(
                id="zone-missing",
                location=Location(path=given.key),
                subject=zone,
                message=f"must have {given.what} for every pod zone, but has none for {zone}",
                fix=f"add {zone}" + (f", or {given.otherwise}" if given.otherwise else ""),
            )
    for zone, value in given.given.items():
        if zone not in wanted:
            yield Diagnostic(
                id="zone-without-pods",
                location=Location(path=place_of((given.key, zone))),
                subject=value if isinstance(value, str) else "",
                message="must be under `shared`: every zone shares one gateway"
                if given.shared
                else f"must be a pod zone: {', '.join(wanted)}",
                fix="remove it, or add the zone to the pods",
            )
    if given.subnets:
        subnets = {zone: str(id) for zone, id in given.given.items()}
        yield from one_zone_each(given.key, subnets, given.what, given.otherwise)


def one_zone_each(key: str, given: Mapping[str, str], what: str, otherwise: str) -> Iterator[Diagnostic]:
    """An error about a subnet that is listed for two zones."""
    for zone, id in given.items():
        first = next(other for other, same in given.items() if same == id)
        if first != zone:
            yield Diagnostic(
                id="subnet-for-two-zones",
                location=Location(path=place_of((key, zone))),
                subject=id,
                message=f"must be {what} in {zone}, but is given for {first} already: a subnet is in one zone",
                fix="give the subnet of the zone" + (f", or {otherwise}" if otherwise else ""),
            )


def _destination_clashes(network: Network) -> Iterator[Diagnostic]:
    taken: dict[str, int] = {}
    for index, entry in enumerate(network.config.egress):
        for number, (to, destination) in enumerate(zip(entry.to, network.destinations(entry), strict=True)):
            if destination in taken:
                earlier = (
                    f": egress[{taken[destination]}] has this destination too" if taken[destination] != index else ""
                )
                yield Diagnostic(
                    id="destination-twice",
                    location=Location(path=f"egress[{index}].{_to(entry, number)}"),
                    subject=str(to),
                    message=f"must be listed once as a destination{earlier}",
                    fix="remove one of the two",
                )
            taken.setdefault(destination, index)


def _claim_clashes(network: Network) -> Iterator[Diagnostic]:
    """Two entries that need the same Elastic IP address, attachment, or route of a route table."""
    taken: dict[tuple[str | None, ...], int] = {}
    reported: set[tuple[str, int]] = set()
    for index, entry in enumerate(network.config.egress):
        for claim in egress_kind(entry).claims(network, entry, f"egress[{index}]"):
            kind = claim.key[0] or ""
            if kind not in _CLAIMED_ONCE or taken.setdefault(claim.key, index) == index:
                continue
            place = (claim.place, taken[claim.key])
            if kind != "route" or place not in reported:
                reported.add(place)
                yield Diagnostic(
                    id=_CLAIMED_ONCE[kind],
                    location=Location(path=claim.place),
                    subject=claim.value,
                    message=f"must not also be in egress[{taken[claim.key]}]: {claim.reason}",
                    fix=claim.fix,
                )


def _table_clashes(network: Network) -> Iterator[Diagnostic]:
    """A route table that two entries name for subnets of different gateways."""
    taken: dict[str, tuple[int, str]] = {}
    for index, entry in enumerate(network.config.egress):
        for named in egress_kind(entry).named_routes(network, entry, f"egress[{index}]"):
            other, of = taken.setdefault(named.table, (index, named.of))
            if other != index and of != named.of:
                taken[named.table] = (index, named.of)
                yield Diagnostic(
                    id="route-table-twice",
                    location=Location(path=named.place),
                    subject=named.table,
                    message=f"must not be a route table of {named.of} here and of {of} in egress[{other}]",
                    fix="give the route table of these subnets",
                )


def _name_clashes(network: Network) -> Iterator[Diagnostic]:
    owners: dict[str, tuple[int, object]] = {}
    for index, entry in enumerate(network.config.egress):
        for gateway in egress_kind(entry).gateways(network, entry, f"egress[{index}]"):
            which = gateway.origin if gateway.named_by_several else index
            owner, same = owners.setdefault(gateway.name, (index, which))
            if same != which and entry != network.config.egress[owner]:  # equal entries have equal destinations
                yield Diagnostic(
                    id="gateway-name-twice",
                    location=Location(path=f"egress[{index}].name"),
                    subject=entry.name or "",
                    message=(
                        f"must differ from the name of egress[{owner}]: both entries would have a gateway "
                        f"{gateway.name}"
                    ),
                    fix="give one of the two another `name`; its gateways are named after it",
                )
                break


def _quota_problems(network: Network) -> Iterator[Diagnostic]:
    for table in network.route_tables:
        count = sum(network.counts_as(route.destination) for route in table.routes)
        if count > network.config.vpc.route_quota:
            yield Diagnostic(
                id="route-quota",
                location=Location(path="egress"),
                subject=f"{count} routes in one route table",
                message=f"must be at most {network.config.vpc.route_quota}, the quota of routes of a route table; a "
                "prefix list counts as its maximum number of entries",
                fix="join destinations; or request a quota increase, then set vpc.route_quota",
                source=QUOTA_PAGE,
            )
            return


def egress_remarks(network: Network) -> Iterator[Diagnostic]:
    """Notes and warnings: costs, conditions, and entries without effect."""
    if network.config.pods.subnet_ids is not None:
        return
    yield from _missing_routes(network)
    yield from _routes_not_used(network)
    yield from _connections(network)
    yield from _prefix_lists(network)
    for kind in EGRESS_KINDS:
        yield from kind.remarks(network)


def _missing_routes(network: Network) -> Iterator[Diagnostic]:
    if network.ipv6 or not network.route_use.pods or any(table.propagated for table in network.route_tables):
        return  # which routes are propagated is not known here
    routed = [to for entry in network.config.egress for to in network.destinations(entry)]
    covering = [IPv4Network(to) for to in routed if "." in to]
    known = dict.fromkeys((*network.config.vpc.peers, *network.other_routes))
    beyond = [str(cidr) for cidr in known if not any(cidr.subnet_of(to) for to in covering)]
    if beyond:
        yield Diagnostic(
            id="no-private-routes",
            severity="note",
            subject=", ".join(beyond),
            message=f"under snatPolicy Disabled pods have no route to {', '.join(beyond)} (vpc.peers, vpc.routes): "
            "their route tables have the routes of this file and no others",
            source=SNAT_PAGE,
        )
    if not routed:
        yield Diagnostic(
            id="no-egress",
            severity="note",
            message="snatPolicy is Disabled and egress is empty: pods reach only the VPC and its endpoints",
            source=SNAT_PAGE,
        )


def _connections(network: Network) -> Iterator[Diagnostic]:
    known = [f"{gateway.name} {gateway.connections:,}" for gateway in network.gateways if gateway.connections]
    if known:
        yield Diagnostic(
            id="nat-connections",
            severity="note",
            message="simultaneous connections of each new NAT gateway to one destination (address, port and protocol), "
            f"{CONNECTIONS:,} for each of its addresses: {', '.join(known)}",
        )


def _prefix_lists(network: Network) -> Iterator[Diagnostic]:
    """Prefix lists of unknown size: each counts as one route here, and as more in EC2."""
    for index, entry in enumerate(network.config.egress):
        for number, to in enumerate(entry.to):
            if isinstance(to, PrefixList) and to.max_entries is None:
                yield Diagnostic(
                    id="prefix-list-size",
                    severity="note",
                    subject=str(to),
                    location=Location(path=f"egress[{index}].{_to(entry, number)}"),
                    message="counts against the quota of routes as its maximum number of entries, which is not in "
                    "this file, so that it is counted as one; `podspace preflight` reads it",
                    fix=f"write `{{prefix_list: {to}, max_entries: …}}`",
                    source=PREFIX_LIST_PAGE,
                )


def _routes_not_used(network: Network) -> Iterator[Diagnostic]:
    if network.route_use.pods is not False or not network.gateways:
        return
    busy = {route.gateway for table in network.route_tables for route in table.all_routes if route.used}
    new = [each.name for each in network.gateways if each.new and each.paid and each.name not in busy]
    if new or not busy:
        yield Diagnostic(
            id="routes-not-used",
            severity="warning" if new else "note",
            subject=", ".join(new),
            message="with snatPolicy Random, traffic that leaves the VPC has the node's address and follows the route "
            "table of the node subnet, so pods do not use the routes of the pod route tables"
            + (f"; the new gateways {', '.join(new)} would cost and not be used" if new else ""),
            fix="write `snat_policy: Disabled` in a NodeClass whose pods are intended to use them",
            source=SNAT_PAGE,
            inferred=True,
        )
