"""How many nodes of an instance type fit, zone by zone, and how many if a zone is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from podspace.capacity.node import Node, NodeNeed, Size
from podspace.capacity.zone import ZoneRoom


@dataclass(frozen=True, kw_only=True, slots=True)
class Fit:
    """The most nodes of an instance type that fit into the plan.

    Attributes:
        size: how they take addresses; the node's NodeClasses may set another size.
        need: the addresses that a full node needs.
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
        """Whether the plan's NodeClasses set this size."""
        return self.size == self.node.size

    @property
    def nodes(self) -> int:
        """Nodes in all zones."""
        return sum(self.by_zone.values())

    @property
    def pods(self) -> int:
        """Pods in all zones."""
        return self.nodes * self.node.pods

    @property
    def nodes_left(self) -> int:
        """Nodes that are left if the largest zone is lost."""
        return self.nodes - max(self.by_zone.values(), default=0)

    @property
    def pods_left(self) -> int:
        """Pods that are left if the largest zone is lost."""
        return self.nodes_left * self.node.pods


def fit(node: Node, size: Size, zones: Sequence[ZoneRoom]) -> Fit:
    """How many full nodes fit into the zones if they take addresses in that way; 0 if such a node runs no pods."""
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
    """How many nodes with such a need fit, by zone."""
    return {zone.zone: zone.nodes(need) for zone in zones}
