"""Limits of NodePools: those that keep a pool inside the subnets, and those that exceed what the subnets hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from podspace.capacity.answer import spread
from podspace.capacity.node import Node, NodeNeed
from podspace.capacity.pool import Pool
from podspace.capacity.zone import ZoneRoom


@dataclass(frozen=True, kw_only=True, slots=True)
class CapacityLimit:
    """How many nodes a NodePool may have, so that no zone outgrows its subnets.

    Attributes:
        pool: the name of the NodePool.
        zones_lost: how many zones of the network may be lost.
        node: a node of the admitted instance type of which the fewest fit.
        by_zone: how many nodes the part of each zone that the pool gets holds.
    """

    pool: str
    zones_lost: int
    node: Node
    by_zone: Mapping[str, int]

    @property
    def each(self) -> int:
        """How many nodes fit into the zone that holds the fewest."""
        return min(self.by_zone.values())

    @property
    def zones(self) -> int:
        """Over how many zones the nodes are spread after the loss, if the pool has any left."""
        return max(len(self.by_zone) - self.zones_lost, 1)

    @property
    def nodes(self) -> int:
        """The limit: every zone that is left holds an equal share of that many nodes."""
        return self.zones * self.each


@dataclass(frozen=True, kw_only=True, slots=True)
class Excess:
    """Limits that allow more nodes than the subnets of a zone hold.

    Attributes:
        pools: the names of the NodePools; several if each fits alone.
        zone: a zone that does not hold its share of the nodes.
        node: of the instance type with which the limits exceed the zone most; None for several pools.
        nodes: how many such nodes the limits allow.
        share: how many of them are in the zone, if they are spread evenly over the zones of the pool.
        held: how many the zone holds.
    """

    pools: tuple[str, ...]
    zone: str
    node: Node | None = None
    nodes: int = 0
    share: int = 0
    held: int = 0


def capacity_limits(
    zones_lost: Mapping[str, int], pools: Sequence[Pool], rooms: Sequence[ZoneRoom]
) -> tuple[CapacityLimit, ...]:
    """The limits of the NodePools that take theirs from the capacity.

    The limits of the other pools are subtracted, and these pools divide the rest of each zone equally.

    Args:
        zones_lost: for each of these pools, how many zones of the network may be lost.
        pools: all NodePools on the subnets.
        rooms: the zones; only those of pools that admit an instance type and a zone are counted.
    """
    given = [pool for pool in pools if pool.name not in zones_lost]
    sharing = [pool for pool in pools if pool.name in zones_lost and pool.nodes and pool.zones]
    found = []
    for pool in sharing:
        lost = zones_lost[pool.name]
        own = {room.zone: room for room in rooms if room.zone in pool.zones}
        parts = {
            zone: _left(given, room, zones_lost=lost) / sum(zone in each.zones for each in sharing)
            for zone, room in own.items()
        }
        by_zone = {zone: int(pool.held_by(room) * parts[zone]) for zone, room in own.items()}
        smallest = own[min(by_zone, key=lambda zone: by_zone[zone])]
        node = min(pool.nodes, key=lambda node: (smallest.nodes(node.full_need), node.instance_type.by_size))
        found.append(CapacityLimit(pool=pool.name, zones_lost=lost, node=node, by_zone=by_zone))
    return tuple(found)


def excesses(pools: Sequence[Pool], rooms: Sequence[ZoneRoom]) -> Iterator[Excess]:
    """The NodePools whose limits exceed what the subnets hold; several together if each of them fits alone."""
    alone = [excess for pool in pools if (excess := _excess(pool, rooms))]
    yield from alone
    for room in rooms if not alone else ():
        if names := _too_many_together([pool for pool in pools if room.zone in pool.zones], room):
            yield Excess(pools=names, zone=room.zone)
            return


def _too_many_together(pools: Sequence[Pool], room: ZoneRoom) -> tuple[str, ...]:
    """The pools whose limits exceed a zone together, whatever the instance types or with equal ones; else none.

    Without the odd nodes, which are in the zones with most room.
    """
    parts = {pool.name: part for pool in pools if any(part := _taken(pool, room, room.parts, rounded=floor))}
    if len(parts) > 1 and max(map(sum, zip(*parts.values(), strict=True))) > 1:
        return tuple(parts)
    shares: dict[NodeNeed, dict[str, int]] = {}
    for pool in pools:
        for node in pool.nodes:
            of_pools = shares.setdefault(node.full_need, {})
            share = (pool.amounts.nodes_of(node.instance_type) or 0) // len(pool.zones)
            of_pools[pool.name] = max(of_pools.get(pool.name, 0), share)
    for need, of_pools in shares.items():
        names = tuple(name for name, share in of_pools.items() if share)
        if len(names) > 1 and sum(of_pools.values()) > room.nodes(need):
            return names
    return ()


def _excess(pool: Pool, rooms: Sequence[ZoneRoom]) -> Excess | None:
    """With the instance type of which a zone lacks room for most nodes."""
    by_need = {need: {room.zone: room.nodes(need) for room in rooms if room.zone in pool.zones} for need in pool.needs}
    found = []
    for node in pool.nodes:
        allowed = pool.amounts.nodes_of(node.instance_type)
        shares = spread(allowed or 0, by_need[node.full_need])
        for zone in shares.short:
            held = shares.room[zone]
            found.append(
                Excess(
                    pools=(pool.name,), zone=zone, node=node, nodes=allowed or 0, share=shares.shares[zone], held=held
                )
            )
    return max(found, key=lambda each: each.share - each.held, default=None)


def _taken(
    pool: Pool,
    room: ZoneRoom,
    parts_of: Callable[[NodeNeed], tuple[Fraction, ...]],
    *,
    rounded: Callable[[Fraction], int],
    zones_lost: int = 0,
) -> tuple[Fraction, ...]:
    """The parts of a zone that the limits of a pool let it take; none if it has no limits or is not in the zone."""
    zones = max(len(pool.zones) - zones_lost, 1)
    parts = {need: parts_of(need) for need in pool.needs} if room.zone in pool.zones else {}
    taken = [
        tuple(rounded(Fraction(allowed, zones)) * part for part in parts[node.full_need])
        for node in pool.nodes
        if parts and (allowed := pool.amounts.nodes_of(node.instance_type)) is not None
    ]
    return tuple(max(each) for each in zip(*taken, strict=True))


def _left(given: Sequence[Pool], room: ZoneRoom, *, zones_lost: int) -> Fraction:
    """The part of a zone that the limits of pools leave."""
    taken = [_taken(pool, room, room.most_parts, rounded=ceil, zones_lost=zones_lost) for pool in given]
    taken = [part for part in taken if part]
    return max(1 - max(map(Fraction, map(sum, zip(*taken, strict=True))), default=Fraction(0)), Fraction(0))
