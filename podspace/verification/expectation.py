"""The addresses that a plan expects of nodes and pods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from podspace.live.kubernetes import Node, NodePool
from podspace.planning import Plan, is_zone_id
from podspace.verification.address_table import AddressTable, Range
from podspace.verification.subnet_space import SubnetUse


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """The addresses that nodes and pods of a network must have.

    Attributes:
        network: name of the pod network.
        pools: names of NodePools whose pods must be in the pod subnets.
        node_groups: whether pods on managed node groups must be there too.
        pod_ranges: CIDR blocks of the pod subnets; empty if the config names them by id and the account was not read.
        node_ranges: CIDR blocks with nodes: the node subnets of a new VPC, or the CIDR blocks of the VPC.
        version: IP version of pod addresses, 4 or 6.
        node_classes: names of the NodeClasses of the network.
    """

    network: str
    pools: frozenset[str]
    node_groups: bool
    pod_ranges: tuple[Range, ...]
    node_ranges: tuple[Range, ...]
    version: int = 4
    node_classes: frozenset[str] = frozenset()

    @cached_property
    def pod_table(self) -> AddressTable:
        """The pod subnets, to find addresses in."""
        return AddressTable(self.pod_ranges)

    @cached_property
    def node_table(self) -> AddressTable:
        """The ranges of nodes, to find addresses in."""
        return AddressTable(self.node_ranges)

    def is_ours(self, node: Node) -> bool:
        """Whether the pods on a node must be in the pod subnets."""
        return node.pool in self.pools or (self.node_groups and not node.pool and bool(node.group))

    def has_node_class(self, node: Node) -> bool:
        """Whether a node is of a NodeClass of the network, or has no label that names its NodeClass.

        A NodePool may have the name of one of the plan and refer to another NodeClass, before the plan is applied.
        """
        return not node.node_class or node.node_class in self.node_classes

    def zone_of(self, node: Node) -> str:
        """The zone of a node, by its id if the pod subnets have zones by id; empty if the node has no label for it."""
        by_id = any(is_zone_id(each.zone) for each in self.pod_ranges)
        return (node.zone_id if by_id else node.zone) or node.zone or node.zone_id


def expectation_of(plan: Plan, *, pools: Iterable[NodePool], subnets: Iterable[SubnetUse]) -> Expectation:
    """The addresses that nodes and pods of a plan must have.

    Args:
        plan: the plan.
        pools: NodePools of the cluster; those with a NodeClass of the plan belong to the plan.
        subnets: pod subnets in the account, for a config that names them by id.
    """
    classes = {node_class.metadata.name for node_class in plan.node_classes}
    planned = {pool.metadata.name for pool in plan.node_pools}
    ipv6 = plan.cluster.ip_family == "ipv6"
    ranges = _pod_ranges(plan) or (Range(cidr=subnet.cidr, zone=subnet.zone) for subnet in subnets if not ipv6)
    return Expectation(
        network=plan.name,
        pools=frozenset(planned | {pool.name for pool in pools if pool.node_class in classes}),
        node_groups=plan.vpc_cni is not None,
        pod_ranges=tuple(ranges),
        node_ranges=tuple(dict.fromkeys(_node_ranges(plan))),
        version=6 if ipv6 else 4,
        node_classes=frozenset(classes),
    )


def _pod_ranges(plan: Plan) -> tuple[Range, ...]:
    if plan.cluster.ip_family == "ipv6":
        return tuple(Range(cidr=each.ipv6_cidr, zone=each.zone) for each in plan.pods.subnets if each.ipv6_cidr)
    return tuple(Range(cidr=each.cidr, zone=each.zone) for each in plan.pods.subnets)


def _node_ranges(plan: Plan) -> Iterator[Range]:
    """The node subnets of a new VPC, or the CIDR blocks of an existing one.

    An associated CIDR block of the pods may be missing in `vpc.cidrs`, and nodes may be in it too.
    """
    if plan.vpc.new:
        yield from (Range(cidr=each.cidr, zone=each.zone) for each in plan.vpc.new.subnets if each.role == "nodes")
    else:
        yield from (Range(cidr=cidr) for cidr in plan.vpc.named_cidrs)
        yield from (Range(cidr=block.cidr) for block in plan.pods.blocks if block.associated)
    yield from (Range(cidr=cidr) for cidr in plan.vpc.ipv6_cidrs)
