"""Pod networks that are fine alone and clash together: in one VPC, one cluster, or one account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from ipaddress import IPv4Network
from itertools import combinations, product

from podspace.cidr import QUOTA_PAGE, VPC_CIDR_PAGE, association_problems
from podspace.planning.blocks import vpc_cidrs
from podspace.planning.config import Config
from podspace.planning.plan import Plan
from podspace.problem import Problem

Member = tuple[str, Config, Plan]
"""Where a network is described (the path of its file), what it asks for, and its plan."""
Claims = Callable[[Config, Plan], Sequence[tuple[str, ...] | str]]
"""What a network takes for itself alone."""


def collisions(members: Sequence[Member]) -> Iterator[Problem]:
    """What no two of these networks may share."""
    for what, fix, claims in _CLAIMS:
        yield from _twice(
            what, fix, ((path, claim) for path, config, plan in members for claim in claims(config, plan))
        )
    by_vpc: dict[object, list[Member]] = defaultdict(list)
    for member in members:
        config = member[1]
        if config.vpc.id:
            by_vpc[config.vpc.id].append(member)
    for neighbours in by_vpc.values():
        yield from _vpc_collisions(neighbours)


def _twice(what: str, fix: str, claims: Iterable[tuple[str, object]]) -> Iterator[Problem]:
    first: dict[object, str] = {}
    for path, claim in claims:
        if claim in first:
            yield Problem(
                place=path,
                value=_shown(claim),
                must=f"must not have the {what} of {first[claim]}",
                fix=fix,
            )
        first.setdefault(claim, path)


def _shown(claim: object) -> str:
    return " ".join(map(str, claim)) if isinstance(claim, tuple) else str(claim)


def _where(config: Config) -> tuple[str, str]:
    return config.environment.account or "any account", config.environment.region


def _cluster(config: Config) -> tuple[str, str, str]:
    return (*_where(config), config.cluster.name)


_CLAIMS: Sequence[tuple[str, str, Claims]] = (
    (
        "name",
        "rename one: stacks and folders of manifests are named after it, and selector tags too",
        lambda config, _: [config.name],
    ),
    ("stack name", "rename one", lambda config, plan: [(*_where(config), plan.stack_name)]),
    (
        "NodeClass",
        "rename one: NodeClasses are cluster-wide",
        lambda config, plan: [(*_cluster(config), spec.name) for spec in plan.node_classes],
    ),
    (
        "NodePool",
        "rename one: NodePools are cluster-wide",
        lambda config, plan: [(*_cluster(config), spec.name) for spec in plan.node_pools],
    ),
    (
        "node role",
        "set one stack to `node_role: {name: …, access_entry: false}`",
        lambda config, plan: [(_where(config)[0], plan.node_role.name)] if plan.node_role.created else [],
    ),
    (
        "access entry",
        "set all but one to `access_entry: false`: a cluster has one entry for a role",
        lambda config, plan: [(*_cluster(config), plan.node_role.name)] if plan.node_role.access_entry else [],
    ),
)


def _vpc_collisions(members: Sequence[Member]) -> Iterator[Problem]:
    for (first_path, first, first_plan), (path, second, plan) in combinations(members, 2):
        for index, block in enumerate(second.pods.cidrs):
            for other in vpc_cidrs(first):
                shared = block.cidr == other and (block.associated or other in first.vpc.cidrs)
                if block.cidr.overlaps(other) and not shared:
                    yield _overlap(f"{path}: pods.cidrs[{index}]", block.cidr, f"{other} of {first_path}")
        for subnet, taken in product(plan.pods.subnets, first_plan.pods.subnets):
            if subnet.block == taken.block and subnet.cidr.overlaps(taken.cidr):
                yield _overlap(f"{path}: pods.subnets.{subnet.zone}", subnet.cidr, f"{taken.cidr} of {first_path}")
    if len(members) > 1:
        yield from _vpc_totals(members)


def _overlap(place: str, cidr: IPv4Network, other: str) -> Problem:
    return Problem(
        place=place,
        value=str(cidr),
        must=f"must not overlap {other}, which is in the same VPC",
        fix="choose another range for one of the two",
        source=VPC_CIDR_PAGE,
    )


def _vpc_totals(members: Sequence[Member]) -> Iterator[Problem]:
    blocks = dict.fromkeys(cidr for _, config, _ in members for cidr in vpc_cidrs(config))
    quota = max(config.vpc.cidr_quota for _, config, _ in members)
    path, last, _ = members[-1]
    if len(blocks) > quota:
        yield Problem(
            place=path,
            value=f"{len(blocks)} IPv4 blocks in {last.vpc.id}, over {len(members)} files",
            must=f"must be at most {quota}, the VPC's quota of IPv4 blocks",
            fix="use fewer, larger blocks, or have quota L-83CA0A9D raised and set vpc.cidr_quota in each file",
            source=QUOTA_PAGE,
        )
    for path, config, _ in members:
        for index, block in enumerate(config.pods.cidrs):
            others = [cidr for cidr in blocks if cidr not in vpc_cidrs(config)]
            if not block.associated:
                for problem in association_problems(block.cidr, primary=config.vpc.cidrs[0], beside=others):
                    yield problem.within(f"{path}: pods.cidrs[{index}]")
