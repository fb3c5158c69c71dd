"""How many nodes of a kind fit, zone by zone, and how many when a zone is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from podspace.capacity.node import Node, NodeNeed, Size
from podspace.capacity.zone import ZoneRoom


@dataclass(frozen=True, kw_only=True, slots=True)
class Fit:
    """The most nodes of a kind that the plan holds.

    Attributes:
        size: how addresses are taken, which the node's NodeClasses may set otherwise.
        need: what a node takes then.
        by_zone: nodes by zone, in the order of the plan.
        by_node_subnets: the zones whose node subnets are full before their pod subnets are.
    """

    node: Node
    size: Size
    need: NodeNeed
    by_zone: Mapping[str, int]
    by_node_subnets: tuple[str, ...]

    @property
    def planned(self) -> bool:
        """Whether this is how the plan's NodeClasses take addresses."""
        return self.size == self.node.size

    @property
    def nodes(self) -> int:
        """In all zones."""
        return sum(self.by_zone.values())

    @property
    def pods(self) -> int:
        """On that many nodes."""
        return self.nodes * self.node.pods

    @property
    def nodes_left(self) -> int:
        """With the largest zone lost."""
        return self.nodes - max(self.by_zone.values(), default=0)

    @property
    def pods_left(self) -> int:
        """On that many nodes."""
        return self.nodes_left * self.node.pods


def fit(node: Node, size: Size, zones: Sequence[ZoneRoom]) -> Fit:
    """How many full nodes of a kind fit into the zones, taking addresses in that way; none that runs no pods."""
    need = node.need(size)
    by_zone = nodes_by_zone(need, zones if node.pods else ())
    by_node_subnets = (zone.zone for zone in zones if zone.pod_subnets_hold(need) > by_zone.get(zone.zone, 0) > 0)
    return Fit(
        node=node,
        size=size,
        need=need,
        by_zone={zone.zone: by_zone.get(zone.zone, 0) for zone in zones},
        by_node_subnets=tuple(by_node_subnets),
    )


def nodes_by_zone(need: NodeNeed, zones: Sequence[ZoneRoom]) -> dict[str, int]:
    """How many nodes of such a need fit, by zone."""
    return {zone.zone: zone.nodes(need) for zone in zones}
