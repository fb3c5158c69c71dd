"""Pod networks that are fine alone and clash together: in one VPC, one cluster, or one account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network
from itertools import combinations, product

from podspace.cidr import VPC_CIDR_PAGE, association_problems
from podspace.planning.blocks import quota_problems, vpc_cidrs
from podspace.planning.claim import Claim, claims
from podspace.planning.config import Config
from podspace.planning.plan import Plan
from podspace.problem import Problem, place_of

Member = tuple[str, Config, Plan]
"""The file a network is described in, what it asks for, and its plan."""
Collision = tuple[str, Problem]
"""The file to change, and what is wrong in it."""


def collisions(members: Sequence[Member]) -> Iterator[Collision]:
    """What no two of these networks may share."""
    taken: dict[tuple[str | None, ...], list[tuple[str, Claim]]] = defaultdict(list)
    for path, config, plan in members:
        for claim in claims(config, plan):
            for owner, earlier in taken[claim.key]:
                if owner != path and claim.excludes(earlier):
                    must = f"must not be the same as in {owner}: {claim.reason}"
                    yield path, Problem(place=claim.place, value=claim.value, must=must, fix=claim.fix)
                    break
            taken[claim.key].append((path, claim))
    by_vpc: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        if vpc := member[1].vpc.id:
            by_vpc[vpc].append(member)
    for neighbours in by_vpc.values():
        yield from _vpc_collisions(neighbours)


def _vpc_collisions(members: Sequence[Member]) -> Iterator[Collision]:
    for (owner, first, first_plan), (path, second, plan) in combinations(members, 2):
        if first.vpc.cidrs[0] != second.vpc.cidrs[0]:
            must = f"must begin with the primary block of the VPC, which {owner} says is {first.vpc.cidrs[0]}"
            yield path, Problem(place="vpc.cidrs[0]", value=str(second.vpc.cidrs[0]), must=must)
        for (place, cidr, new), (_, other, other_new) in product(_blocks(second), _blocks(first)):
            if cidr.overlaps(other) and (cidr != other or (new and other_new)):
                yield path, _overlap(place, cidr, f"{other} of {owner}")
        for subnet, taken in product(plan.pods.subnets, first_plan.pods.subnets):
            if subnet.block == taken.block and subnet.cidr.overlaps(taken.cidr):
                yield (
                    path,
                    _overlap(place_of(("pods", "subnets", subnet.zone)), subnet.cidr, f"{taken.cidr} of {owner}"),
                )
        yield from _mixed_subnets(owner, first, path, second)
    if len(members) > 1:
        yield from _vpc_totals(members)


def _mixed_subnets(owner: str, first: Config, path: str, second: Config) -> Iterator[Collision]:
    for place, ours, theirs in (
        ("pods.subnet_ids", second.pods.subnet_ids, first.vpc.node_subnets),
        ("vpc.node_subnets", second.vpc.node_subnets, first.pods.subnet_ids),
    ):
        for id in sorted(_ids(ours) & _ids(theirs)):
            must = f"must be for pods alone or for nodes alone, but is for the other in {owner}"
            yield path, Problem(place=place, value=id, must=must, fix="name another subnet in one of the two")


def _blocks(config: Config) -> Iterator[tuple[str, IPv4Network, bool]]:
    """Where each block of the VPC is named in a file, and whether that file adds it."""
    for index, cidr in enumerate(config.vpc.cidrs):
        yield f"vpc.cidrs[{index}]", cidr, False
    for index, block in enumerate(config.pods.cidrs):
        yield f"pods.cidrs[{index}]", block.cidr, not block.associated


def _ids(by_zone: Mapping[str, tuple[str, ...]] | None) -> set[str]:
    return {id for ids in (by_zone or {}).values() for id in ids}


def _overlap(place: str, cidr: IPv4Network, other: str) -> Problem:
    return Problem(
        place=place,
        value=str(cidr),
        must=f"must not overlap {other}, which is in the same VPC",
        fix="choose another range for one of the two",
        source=VPC_CIDR_PAGE,
    )


def _vpc_totals(members: Sequence[Member]) -> Iterator[Collision]:
    blocks = tuple(dict.fromkeys(cidr for _, config, _ in members for cidr in vpc_cidrs(config)))
    quota = min(config.vpc.cidr_quota for _, config, _ in members)
    path, last, _ = members[-1]
    for problem in quota_problems(blocks, quota=quota, where=f"{last.vpc.id}, over {len(members)} files"):
        yield path, problem
    for path, config, _ in members:
        own = vpc_cidrs(config)
        others = [cidr for cidr in blocks if cidr not in own]
        for index, block in enumerate(config.pods.cidrs):
            if not block.associated:
                for problem in association_problems(block.cidr, primary=config.vpc.cidrs[0], beside=others):
                    yield path, problem.within(f"pods.cidrs[{index}]")
