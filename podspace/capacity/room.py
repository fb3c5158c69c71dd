"""What is left of the blocks of a pod network, and for how many more zones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Literal

from podspace.planning import Config, Plan
from podspace.planning.blocks import vpc_cidrs
from podspace.planning.layout import Layout
from podspace.planning.new_vpc import node_layout, public_layout
from podspace.planning.subnets import pod_layout
from podspace.slot import slot


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A part of a block: a subnet for pods, nodes or what is public, a subnet of others, or free."""

    cidr: IPv4Network
    use: Literal["pods", "nodes", "public", "other", "free"]
    zone: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockRoom:
    """A block, and its parts in the order of their addresses.

    Attributes:
        associated: whether the VPC has it already.
        parts: all of it; a free part is as large as it can be.
    """

    cidr: IPv4Network
    associated: bool
    parts: tuple[Part, ...]

    @property
    def free(self) -> tuple[IPv4Network, ...]:
        """The free parts."""
        return tuple(part.cidr for part in self.parts if part.use == "free")


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """What can still be appended to a pod network.

    Attributes:
        blocks: those of the pods; none where the pod subnets exist.
        primary: the block of a VPC that is made here.
        prefix: the length of a further zone's pod subnets: that of all of them, or in a map that of the largest.
        zones: how many more zones fit.
        next_zone: what the next one takes of the pods' blocks.
        limit: what ends that, such as `pods.cidrs`.
        more_blocks: how many more IPv4 blocks the VPC takes by its quota, `vpc.cidr_quota`.
    """

    blocks: tuple[BlockRoom, ...]
    primary: BlockRoom | None
    prefix: int
    zones: int
    next_zone: tuple[IPv4Network, ...]
    limit: str
    more_blocks: int


def room(config: Config, plan: Plan) -> Room:
    """What is left for more zones and blocks."""
    pods = pod_layout(config)
    blocks = tuple(_blocks(config, plan))
    prefix = pods.prefix or min((subnet.cidr.prefixlen for subnet in plan.pods.subnets), default=0)
    free = [cidr for block in blocks for cidr in _slots(block, prefix)] if pods.subnets is not None else []
    left = {"pods.cidrs": len(free) if pods.subnets is not None else _more_zones(pods)}
    for layout in (node_layout(config), public_layout(config)):
        if layout and layout.prefix is not None:
            left[f"{layout.place}.cidrs"] = _more_zones(layout)
    limit = min(left, key=lambda place: left[place])
    return Room(
        blocks=blocks,
        primary=_primary(plan),
        prefix=prefix,
        zones=left[limit],
        next_zone=tuple(free[:1] if pods.subnets is not None else _next_slots(pods)) if left[limit] else (),
        limit=limit,
        more_blocks=max(config.vpc.cidr_quota - len(vpc_cidrs(config)), 0),
    )


def _blocks(config: Config, plan: Plan) -> Iterator[BlockRoom]:
    for block in config.pods.cidrs:
        taken = [Part(cidr=each.cidr, use="pods", zone=each.zone) for each in plan.pods.subnets]
        taken += [Part(cidr=cidr, use="other") for cidr in block.other_subnets]
        yield _block(block.cidr, block.associated, [part for part in taken if part.cidr.subnet_of(block.cidr)])


def _primary(plan: Plan) -> BlockRoom | None:
    if plan.vpc is None:
        return None
    return _block(
        plan.vpc.cidr,
        False,
        [Part(cidr=each.cidr, use=each.role, zone=each.zone) for each in plan.vpc.subnets],
    )


def _block(cidr: IPv4Network, associated: bool, taken: Sequence[Part]) -> BlockRoom:
    free = [cidr]
    for part in taken:
        free = [rest for each in free for rest in _without(each, part.cidr)]
    parts = [*taken, *(Part(cidr=each, use="free") for each in free)]
    return BlockRoom(cidr=cidr, associated=associated, parts=tuple(sorted(parts, key=lambda part: part.cidr)))


def _without(cidr: IPv4Network, taken: IPv4Network) -> Iterator[IPv4Network]:
    if not cidr.overlaps(taken):
        yield cidr
    elif cidr != taken:
        yield from cidr.address_exclude(taken)


def _slots(block: BlockRoom, prefix: int) -> Iterator[IPv4Network]:
    for cidr in block.free:
        if cidr.prefixlen <= prefix:
            yield from cidr.subnets(new_prefix=prefix)


def _more_zones(layout: Layout) -> int:
    prefix = layout.prefix or 0
    slots = max((1 << max(prefix - cidr.prefixlen, 0) for cidr in layout.ranges), default=0)
    return max(slots - len(layout.zones), 0)


def _next_slots(layout: Layout) -> Iterator[IPv4Network]:
    for cidr in layout.ranges:
        if free := slot(cidr, prefix=layout.prefix or 0, index=len(layout.zones)):
            yield free
