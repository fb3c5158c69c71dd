"""NodePools: the nodes that each may add at most, and how many of them the subnets of each zone hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from podspace.api import NodeClassSettings, NodePool
from podspace.api.quantity import amount_of
from podspace.capacity.instance_type import InstanceType
from podspace.capacity.node import Node, NodeNeed, node_of, setting_of
from podspace.capacity.node_pool import admitted
from podspace.capacity.zone import ZoneRoom

_MIB: Final = 1 << 20
_MOST: Final = Decimal(10**18)
"""An amount that is as good as none: a quantity may have any number of digits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Amounts:
    """The limits of a NodePool that bound its nodes; None for each that is not given.

    Attributes:
        nodes: `limits.nodes`, else `replicas`.
        cpu: vCPUs.
        memory: bytes.
    """

    nodes: Decimal | None
    cpu: Decimal | None
    memory: Decimal | None

    def nodes_of(self, instance_type: InstanceType) -> int | None:
        """How many nodes of an instance type they allow, if it is the only one; None if they do not bound it."""
        bounds = (
            self.nodes,
            self.cpu / instance_type.cpu if self.cpu is not None and instance_type.cpu else None,
            self.memory / (instance_type.memory * _MIB) if self.memory is not None and instance_type.memory else None,
        )
        return min((max(int(each), 0) for each in bounds if each is not None), default=None)


def amounts_of(pool: NodePool) -> Amounts:
    """The limits of a NodePool that bound its nodes."""
    limits, replicas = pool.spec.limits or {}, pool.spec.replicas
    given = {name: min(amount_of(str(limits[name])), _MOST) for name in ("nodes", "cpu", "memory") if name in limits}
    nodes = given.get("nodes", None if replicas is None else Decimal(replicas))
    return Amounts(nodes=nodes, cpu=given.get("cpu"), memory=given.get("memory"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Pool:
    """A NodePool, with the nodes that it may add.

    Attributes:
        zones: the zones with pod subnets and node subnets that it admits.
        nodes: a node of each instance type of the table that it admits and that runs pods.
        amounts: its limits.
    """

    name: str
    zones: tuple[str, ...]
    nodes: tuple[Node, ...]
    amounts: Amounts

    @property
    def needs(self) -> tuple[NodeNeed, ...]:
        """The addresses that its nodes need, each combination once."""
        return tuple(dict.fromkeys(node.full_need for node in self.nodes))

    @property
    def bounded(self) -> bool:
        """Whether its limits bound its nodes of every instance type."""
        return bool(self.nodes) and all(self.amounts.nodes_of(node.instance_type) is not None for node in self.nodes)

    def held_by(self, zone: ZoneRoom) -> int:
        """How many of its nodes fit into a zone, whichever instance types they have."""
        return min((zone.nodes(need) for need in self.needs), default=0)


def pool_of(pool: NodePool, node_class: NodeClassSettings, *, ipv6: bool, zones: Sequence[str]) -> Pool:
    """A NodePool with the nodes that it may add.

    Args:
        node_class: its NodeClass.
        ipv6: whether the cluster is an IPv6 cluster.
        zones: the zones that it admits.
    """
    setting = setting_of(node_class, ipv6=ipv6)
    names = (pool.spec.template.spec.node_class_ref.name,)
    nodes = (node_of(each, setting, node_classes=names) for each in admitted(pool))
    return Pool(
        name=pool.metadata.name,
        zones=tuple(zones),
        nodes=tuple(node for node in nodes if node.pods),
        amounts=amounts_of(pool),
    )
