"""Zones: the addresses that each has for nodes and for their pods."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from podspace.capacity.node import NodeNeed
from podspace.capacity.subnet import SubnetRoom


@dataclass(frozen=True, kw_only=True, slots=True)
class ZoneRoom:
    """The subnets of a zone.

    Attributes:
        subnets: its pod subnets; it is not documented which of several a node uses, so all of them are counted.
        node_addresses: addresses of its node subnets without the five that AWS reserves; None if their size is not
            known.
        has_nodes: whether it has node subnets.
    """

    zone: str
    subnets: tuple[SubnetRoom, ...]
    node_addresses: int | None
    has_nodes: bool

    def nodes(self, need: NodeNeed) -> int:
        """How many nodes with such a need fit, each with one address of a node subnet."""
        if not self.has_nodes:
            return 0
        fit = self.pod_subnets_hold(need)
        return fit if self.node_addresses is None else min(fit, self.node_addresses)

    def parts(self, need: NodeNeed) -> tuple[Fraction, ...]:
        """The parts of its prefixes, its other addresses and its node addresses that a node with such a need takes.

        Nodes whose parts are more than 1 in total, of one of them, do not fit together.
        """
        reserved = all(subnet.reservations for subnet in self.subnets)
        prefixes = sum(subnet.prefixes for subnet in self.subnets)
        addresses = sum(subnet.singles if reserved else subnet.usable for subnet in self.subnets)
        nodes = () if self.node_addresses is None else (_part(1, self.node_addresses),)
        taken = need.singles if reserved else need.total
        return _part(need.prefixes, prefixes), _part(taken, addresses), *nodes

    def most_parts(self, need: NodeNeed) -> tuple[Fraction, ...]:
        """The parts that a node takes, and the part of the nodes that fit.

        Each subnet can have a rest that is too small for one more node.  Nodes that fit by these parts do not need it.
        """
        fit = self.nodes(need)
        return *self.parts(need), Fraction(1, fit) if fit else Fraction(0)

    def pod_subnets_hold(self, need: NodeNeed) -> int:
        """How many nodes with such a need fit into the pod subnets."""
        return sum(subnet.nodes(need) for subnet in self.subnets)


def _part(taken: int, all_of_it: int) -> Fraction:
    return Fraction(taken, all_of_it) if all_of_it else Fraction(2 if taken else 0)  # 2: not even one node fits
