"""Zones and existing subnets: where nodes and pods are in the same zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from podspace.diagnostic import Diagnostic, Location, place_of
from podspace.planning.addresses.config import PodsConfig
from podspace.planning.addresses.zone import in_region, is_zone_id, region_of
from podspace.planning.egress.fields import SHARED
from podspace.planning.egress.kinds import egress_kind

if TYPE_CHECKING:  # it is made of what is here
    from podspace.planning.network import Network

_MOST_TERMS = 30
_NODE_CLASS_PAGE = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html"


def placement_problems(network: Network) -> Iterator[Diagnostic]:
    """Errors: address keys that exclude each other, zones that do not match, subnets that are listed twice."""
    yield from (problem.within("pods") for problem in _way_problems(network))
    if network.config.pods.subnet_ids and network.config.egress:
        yield Diagnostic(
            id="egress-of-existing-subnets",
            location=Location(path="egress"),
            message=(
                "must be removed if pods.subnet_ids is given: podspace does not change the routes of existing subnets"
            ),
            fix="remove egress, or subnet_ids",
        )
    yield from _zone_problems(network)
    yield from _node_subnet_problems(network)
    yield from _id_problems(network)
    yield from _zone_of_subnet_problems(network)


def _way_problems(network: Network) -> Iterator[Diagnostic]:
    pods = network.config.pods
    given = {key for key in ("cidrs", "zones", "subnet_prefix", "subnets", "subnet_ids") if getattr(pods, key)}
    if "subnet_ids" in given:
        for key in sorted(given - {"subnet_ids"}):
            yield _excluded(key, "the pod subnets exist already (subnet_ids)")
        for key, value in (("ipv6_subnets", pods.ipv6_subnets), ("prefix_reservation", pods.prefix_reservation)):
            if value:
                yield _excluded(key, "the pod subnets exist already (subnet_ids)")
        return
    if not given & {"subnets", "subnet_prefix", "zones"}:
        yield Diagnostic(
            id="pod-addresses-missing",
            message="must have the subnets of each zone",
            fix="give zones and subnet_prefix, or a map `subnets: {zone: [cidr]}`, or `subnet_ids: {zone: [subnet-…]}`",
        )
        return
    if "cidrs" not in given:
        yield Diagnostic(
            id="pod-addresses-missing",
            location=Location(path="cidrs"),
            message="must have at least one CIDR block",
            fix="for example [100.64.0.0/16]",
        )
    yield from _map_problems(pods) if "subnets" in given else _list_problems(pods)


def _map_problems(pods: PodsConfig) -> Iterator[Diagnostic]:
    if pods.subnet_prefix is not None:
        yield _excluded("subnet_prefix", "the subnets are listed (subnets)")
    if pods.zones and set(pods.zones) != set(pods.subnets or ()):
        yield Diagnostic(
            id="zones-differ-from-map",
            location=Location(path="zones"),
            subject=", ".join(pods.zones),
            message=f"must be the zones of the map under subnets, {', '.join(pods.subnets or ())}",
            fix="remove zones",
        )


def _list_problems(pods: PodsConfig) -> Iterator[Diagnostic]:
    if not pods.zones:
        yield Diagnostic(
            id="pod-addresses-missing",
            location=Location(path="zones"),
            message="must list the zones, because subnet_prefix is given",
            fix="for example [eu-west-1b]",
        )
    if pods.subnet_prefix is None:
        yield Diagnostic(
            id="pod-addresses-missing",
            location=Location(path="subnet_prefix"),
            message="must be given, because zones is given",
            fix="for example 18, a quarter of a /16",
        )
    for index, block in enumerate(pods.cidrs):
        if block.associated:
            yield Diagnostic(
                id="associated-block-without-map",
                location=Location(path=f"cidrs[{index}]"),
                subject=str(block.cidr),
                message=(
                    "must be in a config with a map of subnets (pods.subnets): an associated CIDR block may "
                    "contain other subnets"
                ),
                fix="list the pod subnets as `subnets: {zone: [cidr]}`, and the other subnets as other_subnets",
            )


def _excluded(key: str, reason: str) -> Diagnostic:
    return Diagnostic(
        id="pod-addresses-given-twice",
        location=Location(path=key),
        message=f"must be removed: {reason}",
        fix="remove one of the two",
    )


def _zone_problems(network: Network) -> Iterator[Diagnostic]:
    region = network.region
    pods = network.config.pods
    key = "zones" if pods.zones else "subnets" if pods.subnets else "subnet_ids"
    named = [
        (f"pods.zones[{i}]" if pods.zones else place_of(("pods", key, zone)), zone)
        for i, zone in enumerate(network.zones)
    ]
    named += [(place_of(("vpc", "node_subnets", zone)), zone) for zone in network.config.vpc.node_subnets or ()]
    yield from _region_problems(region, [zone for _, zone in named])
    for place, zone in named:
        if not in_region(zone, region):
            yield Diagnostic(
                id="zone-of-other-region",
                location=Location(path=place),
                subject=zone,
                message=f"must be a zone of region {region}",
            )
    if len({is_zone_id(zone) for _, zone in named}) > 1:
        yield Diagnostic(
            id="zones-by-name-and-id",
            location=Location(path="pods"),
            subject=", ".join(dict.fromkeys(zone for _, zone in named)),
            message=(
                "must have either names of zones or ids of zones, not both: the id for a name differs between accounts"
            ),
            fix="`aws ec2 describe-availability-zones` shows both",
        )
    for index, zone in enumerate(pods.zones):
        if zone in pods.zones[:index]:
            yield Diagnostic(
                id="zone-twice",
                location=Location(path=f"pods.zones[{index}]"),
                subject=zone,
                message="must be listed once",
                fix="remove the repetition",
            )


def _region_problems(region: str, zones: Sequence[str]) -> Iterator[Diagnostic]:
    """A region that has none of the zones, if those are of one other region."""
    others = set(map(region_of, zones))
    if len(others) == 1 and not in_region(zones[0], region):
        yield Diagnostic(
            id="region-without-zones",
            location=Location(path="environment.region"),
            subject=region,
            message=f"must be the region of the zones, which are {', '.join(dict.fromkeys(zones))}",
            fix="correct the region" + ("" if is_zone_id(zones[0]) else f": {others.pop()}"),
        )


def _node_subnet_problems(network: Network) -> Iterator[Diagnostic]:
    node_subnets = network.config.vpc.node_subnets
    if node_subnets is not None and not any(node_subnets.get(zone) for zone in network.zones):
        yield Diagnostic(
            id="no-node-subnet-in-pod-zone",
            location=Location(path="vpc.node_subnets"),
            subject=", ".join(node_subnets) or "no zone",
            message=f"must have a subnet in a pod zone (these are {', '.join(network.zones) or 'none'}): a node gets "
            "pod addresses only from a pod subnet in its own zone",
            fix="add node subnets in the pod zones, or add the zones of the node subnets to the pods",
            source=_NODE_CLASS_PAGE,
        )


def _id_problems(network: Network) -> Iterator[Diagnostic]:
    places: dict[str, str] = {}
    for part, by_zone in (
        ("vpc.node_subnets", network.config.vpc.node_subnets),
        ("pods.subnet_ids", network.config.pods.subnet_ids),
    ):
        for zone, ids in (by_zone or {}).items():
            if not ids:
                problem = Diagnostic(
                    id="no-subnet",
                    location=Location(path=place_of((zone,))),
                    message="must have a subnet",
                    fix="or remove the zone",
                )
                yield problem.within(part)
            for index, subnet in enumerate(ids):
                place = f"{part}.{zone}[{index}]"
                if subnet in places:
                    yield Diagnostic(
                        id="subnet-twice",
                        location=Location(path=place),
                        subject=subnet,
                        message=f"must be listed once, but is also {places[subnet]}",
                    )
                places.setdefault(subnet, place)
        selected = sum(len(ids) for zone, ids in (by_zone or {}).items() if zone in network.zones)
        if selected > _MOST_TERMS:
            yield Diagnostic(
                id="too-many-subnet-terms",
                location=Location(path=part),
                subject=f"{selected} subnets in pod zones",
                message=f"must be at most {_MOST_TERMS}, the limit of selector terms of a NodeClass",
                fix="list fewer subnets",
                source=_NODE_CLASS_PAGE,
            )


def _zone_of_subnet_problems(network: Network) -> Iterator[Diagnostic]:
    """A subnet is in one zone, wherever the file names it."""
    interfaces = network.config.endpoints.interfaces
    maps: list[tuple[tuple[str | int, ...], Mapping[str, str]]] = [
        (("endpoints", "interfaces", "subnets"), (interfaces.subnets if interfaces else None) or {})
    ]
    for index, entry in enumerate(network.config.egress):
        for given in egress_kind(entry).zone_maps(entry):
            if given.subnets:
                by_zone_ = {zone: str(id) for zone, id in given.given.items()}
                maps.append((("egress", index, given.key), by_zone_))
    known = {
        id: (zone, f"{part}.{zone}")
        for part, by_zone in (
            ("vpc.node_subnets", network.config.vpc.node_subnets),
            ("pods.subnet_ids", network.config.pods.subnet_ids),
        )
        for zone, ids in (by_zone or {}).items()
        for id in ids
    }
    for place, by_zone in maps:
        for zone, id in by_zone.items():
            first, where = known.setdefault(id, (zone, place_of((*place, zone))))
            if SHARED not in (zone, first) and zone != first and where.rpartition(".")[0] != place_of(place):
                yield Diagnostic(
                    id="subnet-in-two-zones",
                    location=Location(path=place_of((*place, zone))),
                    subject=id,
                    message=f"must be a subnet in {zone}, but {where} lists it for {first}",
                    fix="give a subnet of {zone}",
                )


def placement_remarks(network: Network) -> Iterator[Diagnostic]:
    """Notes: node subnets that are not selected, and zones without nodes."""
    if network.config.vpc.node_subnets is None:
        return
    nodes, pods = set(network.config.vpc.node_subnets), set(network.zones)
    if left_out := sorted(nodes - pods):
        yield Diagnostic(
            id="node-subnets-left-out",
            severity="note",
            message=f"the node subnets of {', '.join(left_out)} are not selected: these zones have no pod subnet",
        )
    if unreached := sorted(pods - nodes):
        yield Diagnostic(
            id="pod-zone-without-nodes",
            severity="note",
            message=f"no node starts in {', '.join(unreached)}: there are pod subnets, but no node subnet",
        )
