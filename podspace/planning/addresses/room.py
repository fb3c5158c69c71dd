"""The free parts of the CIDR blocks of a pod network, and how many more zones they hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Literal

from podspace.planning.addresses.layout import Layout
from podspace.planning.addresses.slot import slot
from podspace.planning.plan import Plan


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A part of a CIDR block: a pod subnet, node subnet, public subnet, another subnet, or free."""

    cidr: IPv4Network
    use: Literal["pods", "nodes", "public", "other", "free"]
    zone: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockRoom:
    """A CIDR block, and its parts in the order of their addresses.

    Attributes:
        associated: whether the VPC has the CIDR block already.
        parts: all parts; a free part is as large as possible.
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
    """Space for more zones and CIDR blocks of a pod network.

    Attributes:
        blocks: the CIDR blocks of the pods; none if the pod subnets exist already.
        primary: the primary CIDR block of a new VPC; None for an existing VPC.
        prefix: the prefix length of the pod subnets of one more zone: that of all zones, or of the largest subnet in a
            map.
        zones: how many more zones fit.
        next_zone: the pod subnets of the next zone.
        limit: the key of the config that limits the zones, such as `pods.cidrs`.
        more_blocks: how many more IPv4 CIDR blocks fit into the quota of the VPC, `vpc.cidr_quota`.
    """

    blocks: tuple[BlockRoom, ...]
    primary: BlockRoom | None
    prefix: int
    zones: int
    next_zone: tuple[IPv4Network, ...]
    limit: str
    more_blocks: int


def room(plan: Plan) -> Room:
    """How many more zones and CIDR blocks fit into a plan."""
    pods = plan.pods.layout
    blocks = tuple(_blocks(plan))
    prefix = pods.prefix or min((subnet.cidr.prefixlen for subnet in plan.pods.subnets), default=0)
    free = [cidr for block in blocks for cidr in _slots(block, prefix)] if pods.subnets is not None else []
    left = {"pods.cidrs": len(free) if pods.subnets is not None else _more_zones(pods)}
    for layout in plan.vpc.new.layouts if plan.vpc.new else ():
        if layout.prefix is not None:
            left[f"{layout.place}.cidrs"] = _more_zones(layout)
    limit = min(left, key=lambda place: left[place])
    return Room(
        blocks=blocks,
        primary=_primary(plan),
        prefix=prefix,
        zones=left[limit],
        next_zone=tuple(free[:1] if pods.subnets is not None else _next_slots(pods)) if left[limit] else (),
        limit=limit,
        more_blocks=max(plan.vpc.cidr_quota - len(plan.vpc.cidrs), 0),
    )


def _blocks(plan: Plan) -> Iterator[BlockRoom]:
    for block in plan.pods.blocks:
        taken = [Part(cidr=each.cidr, use="pods", zone=each.zone) for each in plan.pods.subnets]
        taken += [Part(cidr=cidr, use="other") for cidr in block.other_subnets]
        inside = [part for part in taken if part.cidr.subnet_of(block.cidr)]
        yield _block(block.cidr, associated=block.associated, taken=inside)


def _primary(plan: Plan) -> BlockRoom | None:
    if plan.vpc.new is None:
        return None
    taken = [Part(cidr=each.cidr, use=each.role, zone=each.zone) for each in plan.vpc.new.subnets]
    return _block(plan.vpc.new.cidr, associated=False, taken=taken)


def _block(cidr: IPv4Network, *, associated: bool, taken: Sequence[Part]) -> BlockRoom:
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
