"""Whether the requested pods or nodes fit, also if a zone is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from podspace.capacity.fit import nodes_by_zone
from podspace.capacity.node import Node
from podspace.capacity.zone import ZoneRoom


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """The requested pods, nodes, or pods on that many nodes; at least one of both is given."""

    pods: int | None
    nodes: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """Nodes spread evenly over zones.

    Attributes:
        shares: nodes by zone; the zones with most room get one more if the number is not divisible.
        room: how many fit, by zone.
    """

    shares: Mapping[str, int]
    room: Mapping[str, int]

    @property
    def short(self) -> tuple[str, ...]:
        """The zones in which fewer nodes than their share fit."""
        return tuple(zone for zone, share in self.shares.items() if share > self.room[zone])


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """Whether the requested pods or nodes fit, with nodes of one instance type.

    Attributes:
        pods: all pods.
        nodes: the requested nodes, or as many as the pods need.
        pods_each: pods on each node at most.
        spread: the nodes over all zones with node subnets.
        lost: the zone whose loss leaves the least room; empty if there is one zone only.
        spread_left: the nodes over the other zones.
    """

    node: Node
    pods: int
    nodes: int
    pods_each: int
    spread: Spread
    lost: str
    spread_left: Spread

    @property
    def known(self) -> bool:
        """Whether it is known: the sizes of existing pod subnets are in no file."""
        return bool(self.spread.shares)

    @property
    def fits(self) -> bool:
        """Whether the nodes run that many pods, and every zone holds its share."""
        return self.known and 0 < self.pods_each <= self.node.pods and not self.spread.short

    @property
    def survives(self) -> bool:
        """Whether they still fit if any zone is lost."""
        return self.fits and bool(self.lost) and not self.spread_left.short


def answer(question: Question, node: Node, zones: Sequence[ZoneRoom]) -> Answer:
    """Whether the requested pods or nodes fit, with nodes of one instance type and their NodeClasses."""
    nodes, pods_each, pods = _counted(question, node)
    need = node.need(node.size, pods=min(pods_each, node.pods))
    room = nodes_by_zone(need, [zone for zone in zones if zone.has_nodes])
    # No loss is worse than that of the zone with most room: any other leaves the same shares and more room for them.
    lost = max(room, key=lambda zone: room[zone]) if len(room) > 1 else ""
    return Answer(
        node=node,
        pods=pods,
        nodes=nodes,
        pods_each=pods_each,
        spread=spread(nodes, room),
        lost=lost,
        spread_left=spread(nodes, {zone: fit for zone, fit in room.items() if zone != lost} if lost else {}),
    )


def _counted(question: Question, node: Node) -> tuple[int, int, int]:
    """Nodes, pods on each, and all pods."""
    if question.pods is None:
        nodes = question.nodes or 0
        return nodes, node.pods, nodes * node.pods
    nodes = question.nodes or -(-question.pods // max(node.pods, 1))
    each = -(-question.pods // nodes) if question.nodes else min(question.pods, max(node.pods, 1))
    return nodes, each, question.pods


def spread(nodes: int, room: Mapping[str, int]) -> Spread:
    """Nodes spread evenly over zones; `room` is how many fit, by zone."""
    if not room:
        return Spread(shares={}, room={})
    each, more = divmod(nodes, len(room))
    largest = sorted(room, key=lambda zone: -room[zone])[:more]
    return Spread(shares={zone: each + (zone in largest) for zone in room}, room=dict(room))
