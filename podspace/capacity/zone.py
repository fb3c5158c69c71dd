"""Zones: what each has for nodes and for their pods."""

from __future__ import annotations

from dataclasses import dataclass

from podspace.capacity.node import NodeNeed
from podspace.capacity.subnet import SubnetRoom, usable
from podspace.planning import Config, Plan
from podspace.planning.cluster import node_zones


@dataclass(frozen=True, kw_only=True, slots=True)
class ZoneRoom:
    """The subnets of a zone.

    Attributes:
        subnets: its pod subnets; which of several a node takes is not documented, so each is counted full.
        node_addresses: addresses of its node subnets after AWS's own; None where their size is not known.
        has_nodes: whether nodes can start there at all.
    """

    zone: str
    subnets: tuple[SubnetRoom, ...]
    node_addresses: int | None
    has_nodes: bool

    def nodes(self, need: NodeNeed) -> int:
        """How many nodes of such a need fit, each with one address of a node subnet."""
        if not self.has_nodes:
            return 0
        fit = self.pod_subnets_hold(need)
        return fit if self.node_addresses is None else min(fit, self.node_addresses)

    def pod_subnets_hold(self, need: NodeNeed) -> int:
        """How many nodes of such a need the pod subnets hold."""
        return sum(subnet.nodes(need) for subnet in self.subnets)


def zone_rooms(config: Config, plan: Plan) -> tuple[ZoneRoom, ...]:
    """Every zone of a plan, in its order; none where the pod subnets exist, whose size no file says."""
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
            has_nodes=zone in node_zones(config),
        )
        for zone in plan.pods.zones
    )


def _node_addresses(plan: Plan, zone: str) -> int | None:
    if plan.vpc is None:
        return None
    return sum(usable(subnet.cidr) for subnet in plan.vpc.subnets if (subnet.zone, subnet.role) == (zone, "nodes"))
