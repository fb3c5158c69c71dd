"""Zones and existing subnets: where nodes and pods can meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from podspace.planning.config import SHARED, Config, PodsConfig
from podspace.planning.config.aws_id import in_region, is_zone_id
from podspace.planning.plan import Remark
from podspace.planning.subnets import zones
from podspace.problem import Problem, place_of

_MOST_TERMS = 30
_NODE_CLASS_PAGE = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html"


def placement_problems(config: Config) -> Iterator[Problem]:
    """Ways to give addresses that exclude each other, zones that do not fit, subnets named twice."""
    yield from (problem.within("pods") for problem in _way_problems(config))
    yield from _zone_problems(config)
    yield from _node_subnet_problems(config)
    yield from _id_problems(config)
    yield from _zone_of_subnet_problems(config)


def _way_problems(config: Config) -> Iterator[Problem]:
    pods = config.pods
    given = {key for key in ("cidrs", "zones", "subnet_prefix", "subnets", "subnet_ids") if getattr(pods, key)}
    if "subnet_ids" in given:
        for key in sorted(given - {"subnet_ids"}):
            yield _excluded(key, "the pod subnets exist already (subnet_ids)")
        if config.egress:
            yield Problem(
                place="",
                must="must have no egress beside subnet_ids: the routes of subnets that exist are not made here",
                fix="remove egress, or the ids",
            )
        for key, value in (("ipv6_subnets", pods.ipv6_subnets), ("prefix_reservation", pods.prefix_reservation)):
            if value:
                yield _excluded(key, "the pod subnets exist already (subnet_ids)")
        return
    if not given & {"subnets", "subnet_prefix", "zones"}:
        yield Problem(
            place="",
            must="must say how zones get their subnets",
            fix="give zones and subnet_prefix, or a map `subnets: {zone: [cidr]}`, or `subnet_ids: {zone: [subnet-…]}`",
        )
        return
    if "cidrs" not in given:
        yield Problem(place="cidrs", must="must name at least one block", fix="for example [100.64.0.0/16]")
    yield from _map_problems(pods) if "subnets" in given else _list_problems(pods)


def _map_problems(pods: PodsConfig) -> Iterator[Problem]:
    if pods.subnet_prefix is not None:
        yield _excluded("subnet_prefix", "subnets are written out (subnets)")
    if pods.zones and set(pods.zones) != set(pods.subnets or ()):
        yield Problem(
            place="zones",
            value=", ".join(pods.zones),
            must=f"must be the zones of the map under subnets, {', '.join(pods.subnets or ())}",
            fix="leave zones out",
        )


def _list_problems(pods: PodsConfig) -> Iterator[Problem]:
    if not pods.zones:
        yield Problem(place="zones", must="must name the zones, beside subnet_prefix", fix="for example [eu-west-1b]")
    if pods.subnet_prefix is None:
        yield Problem(
            place="subnet_prefix", must="must be given beside zones", fix="for example 18, a quarter of a /16"
        )
    for index, block in enumerate(pods.cidrs):
        if block.associated:
            yield Problem(
                place=f"cidrs[{index}]",
                value=str(block.cidr),
                must="must come with an explicit map of subnets: a block that exists may have other subnets in it",
                fix="write the pod subnets out as `subnets: {zone: [cidr]}` and list the others as other_subnets",
            )


def _excluded(key: str, reason: str) -> Problem:
    return Problem(place=key, must=f"must be left out: {reason}", fix="keep one of the two")


def _zone_problems(config: Config) -> Iterator[Problem]:
    region = config.environment.region
    pods = config.pods
    key = "zones" if pods.zones else "subnets" if pods.subnets else "subnet_ids"
    named = [
        (f"pods.zones[{i}]" if pods.zones else place_of(("pods", key, zone)), zone)
        for i, zone in enumerate(zones(config))
    ]
    named += [(place_of(("vpc", "node_subnets", zone)), zone) for zone in config.vpc.node_subnets or ()]
    for place, zone in named:
        if not in_region(zone, region):
            yield Problem(place=place, value=zone, must=f"must be a zone of the region, {region}")
    if len({is_zone_id(zone) for _, zone in named}) > 1:
        yield Problem(
            place="pods",
            value=", ".join(dict.fromkeys(zone for _, zone in named)),
            must="must write zones all by name or all by id: which id a name has differs from account to account",
            fix="`aws ec2 describe-availability-zones` shows both",
        )
    for index, zone in enumerate(pods.zones):
        if zone in pods.zones[:index]:
            yield Problem(
                place=f"pods.zones[{index}]", value=zone, must="must be named once", fix="remove the repetition"
            )


def _node_subnet_problems(config: Config) -> Iterator[Problem]:
    node_subnets = config.vpc.node_subnets
    if node_subnets is not None and not any(node_subnets.get(zone) for zone in zones(config)):
        yield Problem(
            place="vpc.node_subnets",
            value=", ".join(node_subnets) or "no zone",
            must=f"must have a subnet in a pod zone, which are {', '.join(zones(config)) or 'none'}: "
            "a node gets pod addresses only from a pod subnet in its own zone",
            fix="add the node subnets of the pod zones, or pods to the zones of the node subnets",
            source=_NODE_CLASS_PAGE,
        )


def _id_problems(config: Config) -> Iterator[Problem]:
    places: dict[str, str] = {}
    for part, by_zone in (
        ("vpc.node_subnets", config.vpc.node_subnets),
        ("pods.subnet_ids", config.pods.subnet_ids),
    ):
        for zone, ids in (by_zone or {}).items():
            if not ids:
                problem = Problem(place=place_of((zone,)), must="must name a subnet", fix="or leave the zone out")
                yield problem.within(part)
            for index, subnet in enumerate(ids):
                place = f"{part}.{zone}[{index}]"
                if subnet in places:
                    yield Problem(place=place, value=subnet, must=f"must be named once, but is {places[subnet]} too")
                places.setdefault(subnet, place)
        selected = sum(len(ids) for zone, ids in (by_zone or {}).items() if zone in zones(config))
        if selected > _MOST_TERMS:
            yield Problem(
                place=part,
                value=f"{selected} subnets in pod zones",
                must=f"must be at most {_MOST_TERMS}, since a NodeClass takes no more terms",
                fix="name fewer subnets",
                source=_NODE_CLASS_PAGE,
            )


def _zone_of_subnet_problems(config: Config) -> Iterator[Problem]:
    """A subnet is in one zone, wherever the file names it."""
    interfaces = config.endpoints.interfaces
    maps: list[tuple[tuple[str | int, ...], Mapping[str, str]]] = [
        (("endpoints", "interfaces", "subnets"), (interfaces.subnets if interfaces else None) or {})
    ]
    for index, entry in enumerate(config.egress):
        if entry.gateways and entry.kind != "nat_gateways":
            maps.append((("egress", index, entry.kind), entry.gateways.ids or {}))
        if isinstance(entry.attachment_subnets, Mapping):
            maps.append((("egress", index, "attachment_subnets"), entry.attachment_subnets))
    known = {
        id: (zone, f"{part}.{zone}")
        for part, by_zone in (
            ("vpc.node_subnets", config.vpc.node_subnets),
            ("pods.subnet_ids", config.pods.subnet_ids),
        )
        for zone, ids in (by_zone or {}).items()
        for id in ids
    }
    for place, by_zone in maps:
        for zone, id in by_zone.items():
            first, where = known.setdefault(id, (zone, place_of((*place, zone))))
            if SHARED not in (zone, first) and zone != first and where.rpartition(".")[0] != place_of(place):
                yield Problem(
                    place=place_of((*place, zone)),
                    value=id,
                    must=f"must be a subnet in {zone}, but {where} says that it is in {first}",
                    fix="name the subnet of the zone",
                )


def placement_remarks(config: Config) -> Iterator[Remark]:
    """Node subnets that are passed over, and zones that nodes cannot reach."""
    if config.vpc.node_subnets is None:
        return
    nodes, pods = set(config.vpc.node_subnets), set(zones(config))
    if left_out := sorted(nodes - pods):
        yield Remark(
            id="node-subnets-left-out",
            level="note",
            text=f"the node subnets of {', '.join(left_out)} are not selected: there is no pod subnet in that zone",
        )
    if unreached := sorted(pods - nodes):
        yield Remark(
            id="pod-zone-without-nodes",
            level="note",
            text=f"{', '.join(unreached)} has pod subnets but no node subnet: no node starts there",
        )
