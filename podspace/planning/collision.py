"""Pod networks that are fine alone and clash together: in one VPC, one cluster, or one account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import combinations, product

from podspace.api import NodeClass, NodePool
from podspace.cidr import QUOTA_PAGE, VPC_CIDR_PAGE, association_problems
from podspace.planning.blocks import vpc_cidrs
from podspace.planning.config import Config
from podspace.planning.plan import Plan
from podspace.problem import Problem

Member = tuple[str, Config, Plan]
"""The file a network is described in, what it asks for, and its plan."""
Collision = tuple[str, Problem]
"""The file to change, and what is wrong in it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Claim:
    """What a network takes for itself: no other may make a claim with the same `what` and `key`."""

    what: str
    key: tuple[str | None, ...]
    place: str
    value: str
    fix: str


def collisions(members: Sequence[Member]) -> Iterator[Collision]:
    """What no two of these networks may share."""
    first: dict[tuple[object, ...], str] = {}
    for path, config, plan in members:
        for claim in _claims(config, plan):
            owner = first.setdefault((claim.what, claim.key), path)
            if owner != path:
                must = f"must not be the same as in {owner}: {claim.what}"
                yield path, Problem(place=claim.place, value=claim.value, must=must, fix=claim.fix)
    by_vpc: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        if vpc := member[1].vpc.id:
            by_vpc[vpc].append(member)
    for neighbours in by_vpc.values():
        yield from _vpc_collisions(neighbours)


def _claims(config: Config, plan: Plan) -> Iterator[_Claim]:
    account, region = config.environment.account, config.environment.region
    # A cluster lives in one VPC, and the ids of VPCs are unique over all accounts.
    cluster = (config.vpc.id, config.cluster.name)
    yield _Claim(
        what="stacks, folders of manifests and selector tags are named after it",
        key=(config.name,),
        place="name",
        value=config.name,
        fix="rename one",
    )
    yield _Claim(
        what="a stack's name is unique in its account and region",
        key=(account, region, plan.stack_name),
        place="stack.name",
        value=plan.stack_name,
        fix="give one another stack.name",
    )
    kinds: dict[str, Sequence[NodeClass | NodePool]] = {
        "node_classes": plan.node_classes,
        "node_pools": plan.node_pools,
    }
    for section, specs in kinds.items():
        for index, spec in enumerate(specs):
            yield _Claim(
                what=f"{type(spec).__name__} objects have no namespace, and both are for cluster {config.cluster.name}",
                key=(*cluster, spec.name),
                place=f"{section}[{index}].name",
                value=spec.name,
                fix="rename one",
            )
    role = plan.node_role
    if role.created:
        yield _Claim(
            what="a role's name is unique in its account",
            key=(account, role.name),
            place="cluster.node_role",
            value=role.name,
            fix="rename a network, or let one use the role of the other: `{name: …, access_entry: false}`",
        )
    if role.access_entry:
        yield _Claim(
            what=f"cluster {config.cluster.name} has one access entry for a role",
            key=(*cluster, role.name),
            place="cluster.node_role.access_entry",
            value=role.name,
            fix="set all but one to `access_entry: false`",
        )


def _vpc_collisions(members: Sequence[Member]) -> Iterator[Collision]:
    for (owner, first, first_plan), (path, second, plan) in combinations(members, 2):
        for index, block in enumerate(second.pods.cidrs):
            for other in vpc_cidrs(first):
                shared = block.cidr == other and (block.associated or other in first.vpc.cidrs)
                if block.cidr.overlaps(other) and not shared:
                    yield path, _overlap(f"pods.cidrs[{index}]", block.cidr, f"{other} of {owner}")
        for subnet, taken in product(plan.pods.subnets, first_plan.pods.subnets):
            associated = any(block.associated for block in second.pods.cidrs if block.cidr == subnet.block)
            if associated and subnet.cidr.overlaps(taken.cidr):
                yield path, _overlap(f"pods.subnets.{subnet.zone}", subnet.cidr, f"{taken.cidr} of {owner}")
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


def _vpc_totals(members: Sequence[Member]) -> Iterator[Collision]:
    blocks = dict.fromkeys(cidr for _, config, _ in members for cidr in vpc_cidrs(config))
    quota = max(config.vpc.cidr_quota for _, config, _ in members)
    path, last, _ = members[-1]
    if len(blocks) > quota:
        yield (
            path,
            Problem(
                place="pods.cidrs",
                value=f"{len(blocks)} IPv4 blocks in {last.vpc.id}, over {len(members)} files",
                must=f"must be at most {quota}, the VPC's quota of IPv4 blocks",
                fix="use fewer, larger blocks, or have quota L-83CA0A9D raised and set vpc.cidr_quota in each file",
                source=QUOTA_PAGE,
            ),
        )
    for path, config, _ in members:
        for index, block in enumerate(config.pods.cidrs):
            others = [cidr for cidr in blocks if cidr not in vpc_cidrs(config)]
            if not block.associated:
                for problem in association_problems(block.cidr, primary=config.vpc.cidrs[0], beside=others):
                    yield path, problem.within(f"pods.cidrs[{index}]")
