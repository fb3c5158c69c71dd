"""Network Address Usage (NAU): the units of a VPC that AWS counts against a quota."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from podspace.capacity import NodeNeed
from podspace.planning import Plan
from podspace.quota import MOST_NETWORK_ADDRESS_USAGE, NETWORK_ADDRESS_USAGE

NAU_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/network-address-usage.html"
QUOTA: Final = NETWORK_ADDRESS_USAGE.default
"""Units of a VPC, by default."""
MOST: Final = MOST_NETWORK_ADDRESS_USAGE
"""Units of a VPC, with the quota raised to its maximum."""
_ENDPOINT: Final = 6
"""Units of an interface endpoint in a zone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """Units of a pod network, as an upper estimate.

    Attributes:
        node: units of each node with its pods.
        nodes: how many nodes.
        others: units of the gateways and endpoints of the plan.
    """

    node: int
    nodes: int
    others: int

    @property
    def units(self) -> int:
        """Sum of the units of Network Address Usage."""
        return self.node * self.nodes + self.others

    @property
    def over(self) -> bool:
        """Whether they exceed the default quota."""
        return self.units > QUOTA

    @property
    def most_nodes(self) -> int:
        """How many such nodes fit into the default quota."""
        return max(QUOTA - self.others, 0) // self.node


def usage(plan: Plan, *, need: NodeNeed, pods: int, nodes: int) -> Usage:
    """The units of nodes with `pods` pods each, and of the gateways and endpoints of a plan, by NAU_PAGE.

    A node has one unit for its own address, two for each pod interface and its address, one for each prefix or single
    address, and one for each pod.  NAU_PAGE does not say whether a pod and its address or prefix are counted
    separately, so both are counted.  Other resources of the VPC are not in the plan and not counted.
    """
    node = 1 + 2 * need.interfaces + need.prefixes + need.addresses + pods
    return Usage(node=node, nodes=nodes, others=_others(plan))


def _others(plan: Plan) -> int:
    endpoints = len(plan.endpoints.interfaces) * len(plan.endpoints.zones) if plan.endpoints else 0
    return sum(gateway.address_units for gateway in plan.pods.distinct_gateways) + _ENDPOINT * endpoints
