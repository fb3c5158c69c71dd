"""Conflicts between pod networks in one VPC, cluster or account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network
from itertools import combinations, product

from podspace.cidr import VPC_CIDR_PAGE, association_problems, route_problems
from podspace.diagnostic import Diagnostic, Location, place_of
from podspace.planning.addresses.blocks import quota_problems
from podspace.planning.config import Config
from podspace.planning.egress.kind import Claim
from podspace.planning.files.claim import claims
from podspace.planning.network import Network
from podspace.planning.plan import Plan
from podspace.quota import QUOTA_PAGE


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """One of several networks that are planned together: its file, its config and its plan."""

    file: str
    network: Network
    plan: Plan

    @property
    def config(self) -> Config:
        """The config of the file."""
        return self.network.config


Collision = tuple[str, Diagnostic]
"""A conflict between networks: the file to change, and the error."""


def collisions(members: Sequence[Member]) -> Iterator[Collision]:
    """All conflicts between the networks."""
    taken: dict[tuple[str | None, ...], list[tuple[str, Claim]]] = defaultdict(list)
    for member in members:
        path = member.file
        for claim in claims(member.network, member.plan):
            for owner, earlier in taken[claim.key]:
                if owner != path and claim.excludes(earlier) and not _follows_from_add_rules(claim, earlier):
                    must = f"must not be the same as in {owner}: {claim.reason}"
                    yield (
                        path,
                        Diagnostic(
                            id="claimed-twice",
                            location=Location(path=claim.place),
                            subject=claim.value,
                            message=must,
                            fix=claim.fix,
                        ),
                    )
                    break
            taken[claim.key].append((path, claim))
    by_vpc: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        if vpc := member.config.vpc.id:
            by_vpc[vpc].append(member)
    for neighbours in by_vpc.values():
        yield from _vpc_collisions(neighbours)


def _follows_from_add_rules(claim: Claim, earlier: Claim) -> bool:
    """Whether two files add the same rule because both have `add_rules` for one group, which is reported itself."""
    return claim.place == earlier.place == "pods.security_group"


def _vpc_collisions(members: Sequence[Member]) -> Iterator[Collision]:
    for earlier, later in combinations(members, 2):
        owner, first, path, second = earlier.file, earlier.config, later.file, later.config
        if first.vpc.cidrs[0] != second.vpc.cidrs[0]:
            must = f"must begin with the primary CIDR block of the VPC, which is {first.vpc.cidrs[0]} in {owner}"
            yield (
                path,
                Diagnostic(
                    id="primary-block-differs",
                    location=Location(path="vpc.cidrs[0]"),
                    subject=str(second.vpc.cidrs[0]),
                    message=must,
                ),
            )
        yield from _contradictions(owner, first, path, second)
        for here, there in ((second, first), (first, second)):
            yield from (
                (path if here is second else owner, p) for p in _beyond(here, owner if here is second else path, there)
            )
        for (place, cidr, new), (_, other, other_new) in product(_blocks(second), _blocks(first)):
            if cidr.overlaps(other) and (cidr != other or (new and other_new)):
                yield path, _overlap(place, cidr, other, owner)
        yield from ((path, problem) for problem in _subnet_overlaps(earlier, later))
        yield from _mixed_subnets(owner, first, path, second)
    if len(members) > 1:
        yield from _vpc_totals(members)


def _subnet_overlaps(earlier: Member, later: Member) -> Iterator[Diagnostic]:
    """Pod subnets over each other in a CIDR block that only one of two files associates, and equal /64s."""
    places = {share.cidr: share.place for share in later.network.pod_layout.shares()}
    for subnet, taken in product(later.plan.pods.subnets, earlier.plan.pods.subnets):
        ours, theirs = subnet.ipv6_cidr, taken.ipv6_cidr
        if ours and theirs and ours.overlaps(theirs):
            yield _overlap(place_of(("pods", "ipv6_subnets", subnet.zone)), ours, theirs, earlier.file)
        both_new = subnet.block in _new_blocks(earlier.config) & _new_blocks(later.config)  # reported as a block
        if subnet.block == taken.block and not both_new and subnet.cidr.overlaps(taken.cidr):
            yield _overlap(places[subnet.cidr], subnet.cidr, taken.cidr, earlier.file)


def _new_blocks(config: Config) -> set[IPv4Network]:
    return {block.cidr for block in config.pods.cidrs if not block.associated}


def _mixed_subnets(owner: str, first: Config, path: str, second: Config) -> Iterator[Collision]:
    for place, ours, theirs in (
        ("pods.subnet_ids", second.pods.subnet_ids, first.vpc.node_subnets),
        ("vpc.node_subnets", second.vpc.node_subnets, first.pods.subnet_ids),
    ):
        for id in sorted(_ids(ours) & _ids(theirs)):
            must = f"must be a subnet either for pods or for nodes: in {owner} it is for the other"
            yield (
                path,
                Diagnostic(
                    id="subnet-for-pods-and-nodes",
                    location=Location(path=place),
                    subject=id,
                    message=must,
                    fix="give another subnet in one of the two files",
                ),
            )


def _blocks(config: Config) -> Iterator[tuple[str, IPv4Network, bool]]:
    """Where each block of the VPC is named in a file, and whether that file adds it."""
    for index, cidr in enumerate(config.vpc.cidrs):
        yield f"vpc.cidrs[{index}]", cidr, False
    for index, block in enumerate(config.pods.cidrs):
        yield f"pods.cidrs[{index}]", block.cidr, not block.associated


def _ids(by_zone: Mapping[str, tuple[str, ...]] | None) -> set[str]:
    return {id for ids in (by_zone or {}).values() for id in ids}


def _contradictions(owner: str, first: Config, path: str, second: Config) -> Iterator[Collision]:
    """What two files say differently of one VPC or cluster."""
    facts: list[tuple[str, str, str | None, str | None]] = [
        ("environment.region", "the VPC", first.environment.region, second.environment.region)
    ]
    accounts = {first.environment.account, second.environment.account}
    if first.cluster.name == second.cluster.name and (len(accounts) == 1 or None in accounts):
        groups = first.cluster.security_group_id, second.cluster.security_group_id
        facts.append(("cluster.security_group_id", f"cluster {first.cluster.name}", *groups))
    for place, what, before, after in facts:
        if before and after and before != after:
            must = f"must be the same for {what} as in {owner}, which has {before}"
            yield (
                path,
                Diagnostic(
                    id="files-contradict",
                    location=Location(path=place),
                    subject=after,
                    message=must,
                    fix="correct one of the two",
                ),
            )


def _beyond(config: Config, owner: str, other: Config) -> Iterator[Diagnostic]:
    """Blocks that a file adds, compared with what another one says of the VPC's routes, peers and services."""
    routes = [*other.vpc.routes, *(to for entry in other.egress for to in entry.to if isinstance(to, IPv4Network))]
    known = [*other.vpc.peers, *filter(None, [other.cluster.service_cidr])]
    for index, block in enumerate(config.pods.cidrs):
        place = f"pods.cidrs[{index}]"
        if not block.associated:
            for problem in route_problems(block.cidr, routes):
                yield replace(problem.within(place), message=f"{problem.message}, which is in {owner}")
            for taken in known:
                if block.cidr.overlaps(taken):
                    yield _overlap(place, block.cidr, taken, owner)


def _overlap(place: str, cidr: IPv4Network | IPv6Network, other: IPv4Network | IPv6Network, owner: str) -> Diagnostic:
    return Diagnostic(
        id="cidr-overlap",
        location=Location(path=place),
        subject=str(cidr),
        message=f"must not also be in {owner}: both files are for the same VPC"
        if cidr == other
        else f"must not overlap {other} in {owner}: both files are for the same VPC",
        fix="choose another CIDR block for one of the two",
        source=VPC_CIDR_PAGE,
    )


def _vpc_totals(members: Sequence[Member]) -> Iterator[Collision]:
    blocks = tuple(dict.fromkeys(cidr for member in members for cidr in member.network.vpc_cidrs))
    quota = min(member.config.vpc.cidr_quota for member in members)
    path, last = members[-1].file, members[-1].config
    for problem in quota_problems(blocks, quota=quota, where=f"{last.vpc.id}, in {len(members)} files"):
        yield path, problem
    made = sum(len(member.plan.pods.subnets) for member in members)
    known = {id for member in members for id in _ids(member.config.vpc.node_subnets)}
    most = min(member.config.vpc.subnet_quota for member in members)
    if made + len(known) > most:
        yield (
            path,
            Diagnostic(
                id="subnet-quota",
                location=Location(path="pods"),
                subject=f"{made} pod subnets in {len(members)} files and {len(known)} other subnets",
                message=f"must be at most {most}, the VPC's quota of subnets",
                fix="use larger subnets; or request a quota increase, then set vpc.subnet_quota",
                source=QUOTA_PAGE,
            ),
        )
    for member in members:
        path, config, own = member.file, member.config, member.network.vpc_cidrs
        others = [cidr for cidr in blocks if cidr not in own]
        for index, block in enumerate(config.pods.cidrs):
            if not block.associated:
                for problem in association_problems(block.cidr, primary=config.vpc.cidrs[0], others=others):
                    yield path, problem.within(f"pods.cidrs[{index}]")
