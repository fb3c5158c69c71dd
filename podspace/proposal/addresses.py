"""The addresses chosen for pods: which blocks, and how they are cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from pydantic import JsonValue

from podspace.cidr import (
    LARGEST,
    QUOTA_PAGE,
    SHARED_SPACE,
    SMALLEST,
    association_problems,
    default_service_cidr,
    route_problems,
)
from podspace.problem import PlanError, Problem
from podspace.proposal.choice import Choice
from podspace.proposal.survey import Survey
from podspace.slot import slot


@dataclass(frozen=True, kw_only=True, slots=True)
class Addresses:
    """The `pods` section's addresses: blocks, and either zones with a prefix length or a map of subnets."""

    blocks: tuple[IPv4Network, ...]
    cidrs: Choice
    zones: Choice | None = None
    subnet_prefix: Choice | None = None
    subnets: Choice | None = None


def addresses(found: Survey, *, zones: Sequence[str], wanted: Sequence[IPv4Network]) -> Addresses:
    """The blocks of the pods, and how they are cut.

    Args:
        found: what is there.
        zones: where nodes live.
        wanted: the blocks that were asked for; else one is chosen.

    Raises:
        PlanError: the VPC can have no further block, or none of 100.64.0.0/10 is free.
    """
    if found.deployed and not wanted:
        return _as_deployed(found)
    if wanted:
        return _cut(wanted, zones, why="as asked for")
    if unused := _unused_block(found):
        why = f"the VPC has it already, and no subnet is in it, so it takes none of the {found.block_quota} it may have"
        parts = _parts(unused, len(zones))
        subnets: dict[str, JsonValue] = {zone: [str(part)] for zone, part in zip(zones, parts, strict=False)}
        return Addresses(
            blocks=(unused,),
            cidrs=Choice(value=[{"cidr": str(unused), "associated": True}], why=why),
            subnets=Choice(value=subnets, why=_cut_why(unused, parts[0], len(zones))),
        )
    if len(found.vpc.cidrs) >= found.block_quota:
        raise PlanError([_full(found)])
    passed_over: list[str] = []
    for block in SHARED_SPACE.subnets(new_prefix=LARGEST):
        if reason := next(_obstacles(found, block), ""):
            passed_over.append(f"{block} ({reason})")
            continue
        why = f"free here and in every network this VPC is known to reach; /{LARGEST} is the largest a block can be"
        if passed_over:
            why += f"; passed over: {', '.join(passed_over[:3])}{' and more' if len(passed_over) > 3 else ''}"  # noqa: PLR2004
        return _cut([block], zones, why=why)
    raise PlanError([_none_free(found)])


def _as_deployed(found: Survey) -> Addresses:
    ours = sorted((each for each in found.deployed if each.cidr), key=lambda each: (each.zone, each.cidr))
    blocks = [block for block in found.vpc.cidrs if any(each.cidr and each.cidr.subnet_of(block) for each in ours)]
    subnets: dict[str, JsonValue] = {
        zone: [str(each.cidr) for each in ours if each.zone == zone] for zone in sorted({each.zone for each in ours})
    }
    return Addresses(
        blocks=tuple(blocks),
        cidrs=Choice(value=[str(block) for block in blocks], why="as deployed already"),
        subnets=Choice(value=subnets, why="as deployed already, found by their tags"),
    )


def _unused_block(found: Survey) -> IPv4Network | None:
    taken = [subnet.cidr for subnet in found.network.subnets.values() if subnet.cidr]
    for block in found.vpc.cidrs[1:]:
        free = not any(cidr.subnet_of(block) for cidr in taken)
        if free and block.subnet_of(SHARED_SPACE) and block.prefixlen < SMALLEST - 4:
            return block
    return None


def _obstacles(found: Survey, block: IPv4Network) -> Iterator[str]:
    """Why a block cannot be added, or had better not be."""
    service = found.cluster.services.service_ipv4_cidr or default_service_cidr(found.vpc.cidrs)
    taken = [(cidr, "the VPC has it") for cidr in found.vpc.cidrs]
    taken += [(cidr, "a peered VPC has it") for cidr in found.peers]
    taken += [(service, "the cluster's services have it")]
    yield from (f"{why}: {cidr}" for cidr, why in taken if cidr.overlaps(block))
    if next(association_problems(block, primary=found.vpc.primary, beside=found.vpc.cidrs), None):
        yield "AWS allows none of it beside the VPC's blocks"
    if next(route_problems(block, found.network.destinations), None):
        yield "a route of the VPC leads to it, or to a part of it"
    for route in found.known("pods.cidrs", lambda: _routed_elsewhere(found, block)) or ():
        yield f"a transit gateway leads {route} to another network"


def _routed_elsewhere(found: Survey, block: IPv4Network) -> tuple[str, ...]:
    attachments = found.network.attachments
    return tuple(route.to_cidr for each in attachments for route in found.network.routes_over(each, block))


def _cut(blocks: Sequence[IPv4Network], zones: Sequence[str], *, why: str) -> Addresses:
    longest = max(block.prefixlen for block in blocks)
    prefix = min(max(_prefix(min(blocks, key=lambda block: block.prefixlen), len(zones)), longest), SMALLEST)
    first = next((part for block in blocks if (part := slot(block, prefix=prefix, index=0))), blocks[0])
    return Addresses(
        blocks=tuple(blocks),
        cidrs=Choice(value=[str(block) for block in blocks], why=why),
        zones=Choice(value=list(zones), why="where the cluster's nodes live; append others later"),
        subnet_prefix=Choice(value=prefix, why=_cut_why(blocks[0], first, len(zones))),
    )


def _prefix(block: IPv4Network, zones: int) -> int:
    """So that each zone has an equal part of the block, and one more zone may come."""
    return block.prefixlen + zones.bit_length()


def _parts(block: IPv4Network, zones: int) -> tuple[IPv4Network, ...]:
    prefix = min(_prefix(block, zones), SMALLEST)
    return tuple(part for index in range(zones) if (part := slot(block, prefix=prefix, index=index)))


def _cut_why(block: IPv4Network, part: IPv4Network, zones: int) -> str:
    spare = (1 << (part.prefixlen - block.prefixlen)) - zones
    left = f"{spare} more zone{'' if spare == 1 else 's'} may come" if spare > 0 else "no other zone has a part"
    return f"{part.num_addresses - 5:,} addresses for pods in each zone, and {left}; it can never change"


def _full(found: Survey) -> Problem:
    return Problem(
        place=f"VPC {found.vpc.vpc_id}",
        value=f"{len(found.vpc.cidrs)} IPv4 blocks",
        must=f"must have room for one more: {found.block_quota} is its quota",
        fix="have quota L-83CA0A9D raised (to 50 at most), or adopt a block it has, as config/adopted-block.yaml",
        source=QUOTA_PAGE,
    )


def _none_free(found: Survey) -> Problem:
    return Problem(
        place=f"VPC {found.vpc.vpc_id}",
        must=f"must have a free /{LARGEST} in {SHARED_SPACE}",
        fix="give a block that is free with --pod-cidr, such as a smaller one",
    )
