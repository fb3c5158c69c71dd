"""The instance types that a NodePool admits, ranked by the pods that their vCPUs and their addresses run."""

from __future__ import annotations

from dataclasses import dataclass

from podspace.capacity.node import Node
from podspace.capacity.pool import Pool


@dataclass(frozen=True, kw_only=True, slots=True)
class Rank:
    """An instance type, by a full node of it."""

    node: Node

    @property
    def pods_per_vcpu(self) -> float:
        """Pods of the node for each of its vCPUs; 0 if these are not known."""
        return self.node.pods / self.node.instance_type.cpu if self.node.instance_type.cpu else 0

    @property
    def pods_per_address(self) -> float:
        """Pods of the node for each address that it takes of its pod subnet."""
        return self.node.pods / self.node.full_need.total


def ranking(pool: Pool) -> tuple[Rank, ...]:
    """The instance types of a NodePool: by most pods for each vCPU, then most pods for each address, then by size."""
    ranks = (Rank(node=node) for node in pool.nodes)
    return tuple(
        sorted(ranks, key=lambda each: (-each.pods_per_vcpu, -each.pods_per_address, each.node.instance_type.by_size))
    )
