"""Pod subnets: which addresses each zone gets of every block, and why some cannot be had."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import combinations

from podspace.cidr import LARGEST, QUOTA_PAGE, SUBNET_SIZE_PAGE, size_problems, slot
from podspace.planning.config import Config
from podspace.problem import Problem, place_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """What a zone gets of a block."""

    zone: str
    cidr: IPv4Network
    place: str


def zones(config: Config) -> tuple[str, ...]:
    """Every zone pods can run in."""
    pods = config.pods
    return pods.zones or tuple(pods.subnets or pods.subnet_ids or ())


def shares(config: Config) -> Iterator[Share]:
    """The pod subnets to be made: as mapped, or slot i of every block for zone number i."""
    pods = config.pods
    if pods.subnets is not None:
        for zone, cidrs in pods.subnets.items():
            for index, cidr in enumerate(cidrs):
                yield Share(zone=zone, cidr=cidr, place=place_of(("pods", "subnets", zone, index)))
    elif pods.subnet_prefix is not None:
        for number, zone in enumerate(pods.zones):
            for block in pods.cidrs:
                if free := slot(block.cidr, prefix=pods.subnet_prefix, index=number):
                    yield Share(zone=zone, cidr=free, place=f"pods.zones[{number}]")


def block_of(config: Config, cidr: IPv4Network) -> IPv4Network | None:
    """The block of the pod network that a subnet is cut from."""
    return next((block.cidr for block in config.pods.cidrs if cidr.subnet_of(block.cidr)), None)


def subnet_problems(config: Config) -> Iterator[Problem]:
    """Everything wrong with the subnets asked for."""
    yield from _quota_problems(config)
    yield from _share_problems(config)


def _quota_problems(config: Config) -> Iterator[Problem]:
    vpc = config.vpc
    known = sum(map(len, (vpc.node_subnets or {}).values())) + sum(len(b.other_subnets) for b in config.pods.cidrs)
    wanted = sum(1 for _ in shares(config))
    if known + wanted > vpc.subnet_quota:
        yield Problem(
            place="pods",
            value=f"{wanted} pod subnets beside {known} others",
            must=f"must be at most {vpc.subnet_quota}, the VPC's quota of subnets",
            fix="use larger subnets, or have the quota raised and set vpc.subnet_quota",
            source=QUOTA_PAGE,
        )


def _share_problems(config: Config) -> Iterator[Problem]:
    found = list(shares(config))
    prefix = config.pods.subnet_prefix
    for index, block in enumerate(config.pods.cidrs):
        if prefix is not None and prefix < block.cidr.prefixlen:
            yield Problem(
                place=f"pods.cidrs[{index}]",
                value=str(block.cidr),
                must=f"must hold at least one subnet of /{prefix} (pods.subnet_prefix)",
                fix="use a larger block or a longer subnet_prefix, or an explicit map under pods.subnets",
            )
    if config.pods.cidrs:
        yield from _unserved_zones(config, {share.zone for share in found})
    for share in found:
        yield from (problem.within(share.place) for problem in _subnet_problems(config, share.cidr))
    for index, block in enumerate(config.pods.cidrs):
        for number, other in enumerate(block.other_subnets):
            if not other.subnet_of(block.cidr):
                yield Problem(
                    place=f"pods.cidrs[{index}].other_subnets[{number}]",
                    value=str(other),
                    must=f"must lie inside its block, {block.cidr}",
                    fix="list it under the block it is in",
                )
            for share in found:
                yield from _overlap_problems(share, other, "a subnet the block has already")
    for first, second in combinations(found, 2):
        yield from _overlap_problems(second, first.cidr, first.place)


def _overlap_problems(share: Share, other: IPv4Network, what: str) -> Iterator[Problem]:
    if share.cidr.overlaps(other):
        yield Problem(
            place=share.place,
            value=str(share.cidr),
            must=f"must not overlap {other} ({what}): subnets of a VPC are disjoint",
            fix="choose a free part of the block",
            source=SUBNET_SIZE_PAGE,
        )


def _unserved_zones(config: Config, served: set[str]) -> Iterator[Problem]:
    for number, zone in enumerate(zones(config)):
        if zone in served:
            continue
        if config.pods.subnet_prefix is None:
            yield Problem(
                place=f"pods.subnets.{zone}",
                must="must have at least one pod subnet",
                fix="list a CIDR for it, or remove the zone",
            )
            continue
        prefix = config.pods.subnet_prefix
        fits_a_block = number < 1 << (prefix - LARGEST)
        yield Problem(
            place=f"pods.zones[{number}]",
            value=zone,
            must=f"must have at least one pod subnet, but no block has a slot number {number + 1} of /{prefix}",
            fix=("append a block to pods.cidrs that is large enough, or " if fits_a_block else "")
            + "write the subnets out as a map under pods.subnets, which changes none that exist, and give the zone one "
            "of a further block; a longer subnet_prefix would replace them all",
        )


def _subnet_problems(config: Config, cidr: IPv4Network) -> Iterator[Problem]:
    yield from size_problems(cidr)
    if block_of(config, cidr) is None:
        blocks = ", ".join(str(block.cidr) for block in config.pods.cidrs) or "none"
        yield Problem(
            place="",
            value=str(cidr),
            must=f"must lie inside one of the blocks of pods.cidrs: {blocks}",
            fix="add its block to pods.cidrs, or choose a subnet of one that is there",
            source=SUBNET_SIZE_PAGE,
        )
