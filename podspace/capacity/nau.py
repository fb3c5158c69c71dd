"""Network Address Usage: what AWS counts of a VPC against a quota of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from podspace.capacity.node import NodeNeed
from podspace.planning import Plan

NAU_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/network-address-usage.html"
QUOTA: Final = 64_000
"""Units of a VPC by default."""
MOST: Final = 256_000
"""Units of a VPC once the quota is raised as far as it goes."""
_GATEWAY: Final = 6
"""Units of a NAT gateway, of a transit gateway attachment, and of an interface endpoint in a zone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """Units that a pod network takes at most.

    Attributes:
        node: of each node with its pods.
        nodes: how many nodes.
        others: of the gateways and endpoints of the plan.
    """

    node: int
    nodes: int
    others: int

    @property
    def units(self) -> int:
        """In all."""
        return self.node * self.nodes + self.others

    @property
    def over(self) -> bool:
        """Whether that is more than the quota, unless it was raised."""
        return self.units > QUOTA

    @property
    def most_nodes(self) -> int:
        """Nodes that the default quota holds."""
        return max(QUOTA - self.others, 0) // self.node


def usage(plan: Plan, *, need: NodeNeed, pods: int, nodes: int) -> Usage:
    """An upper estimate for nodes with so many pods each, by the units of NAU_PAGE.

    One for the node's own address; for each pod interface one, and one for its address; one for each prefix or
    single address; one for each pod.  Whether a pod's unit comes on top of its address or prefix is not said there,
    so it is counted.  What else is in the VPC is not known here, and comes on top.
    """
    node = 1 + 2 * need.interfaces + need.prefixes + need.addresses + pods
    return Usage(node=node, nodes=nodes, others=_others(plan))


def _others(plan: Plan) -> int:
    gateways = sum(
        max(len(gateway.zones), 1) if gateway.kind == "regional_nat_gateway" else 1
        for gateway in plan.pods.gateways
        if gateway.kind != "egress_only_gateway"
    )
    endpoints = len(plan.endpoints.interfaces) * len(plan.endpoints.zones) if plan.endpoints else 0
    return _GATEWAY * (gateways + endpoints)
