"""Zones: the addresses that each has for nodes and for their pods."""

from __future__ import annotations

from dataclasses import dataclass

from podspace.capacity.node import NodeNeed
from podspace.capacity.subnet import SubnetRoom, usable
from podspace.planning import Plan


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

    def pod_subnets_hold(self, need: NodeNeed) -> int:
        """How many nodes with such a need fit into the pod subnets."""
        return sum(subnet.nodes(need) for subnet in self.subnets)


def zone_rooms(plan: Plan) -> tuple[ZoneRoom, ...]:
    """Capacity of each zone of a plan, in its order; empty if the pod subnets exist, because a config does not have
    their sizes.
    """
    if plan.pods.subnet_ids:
        return ()
    return tuple(
        ZoneRoom(
            zone=zone,
            subnets=tuple(
                SubnetRoom(zone=zone, cidr=subnet.cidr, reservations=subnet.reservations)
                for subnet in plan.pods.subnets
                if subnet.zone == zone
            ),
            node_addresses=_node_addresses(plan, zone),
            has_nodes=zone in plan.vpc.node_zones,
        )
        for zone in plan.pods.zones
    )


def _node_addresses(plan: Plan, zone: str) -> int | None:
    if plan.vpc.new is None:
        return None
    return sum(usable(subnet.cidr) for subnet in plan.vpc.new.subnets if (subnet.zone, subnet.role) == (zone, "nodes"))
