"""What a plan says of the addresses in a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from podspace.live.kubernetes import Node, NodePool
from podspace.planning import NetworkFile
from podspace.verification.address_table import AddressTable, Range
from podspace.verification.subnet_space import SubnetUse


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What must hold.

    Attributes:
        pools: the NodePools whose pods belong in the pod subnets.
        node_groups: whether those on managed node groups do, too.
        pod_ranges: the pod subnets; none where the file names them by id and nobody has looked them up.
        node_ranges: where nodes may be: the subnets made for them, or the blocks of the VPC.
        version: of IP, that pods have addresses of.
    """

    pools: frozenset[str]
    node_groups: bool
    pod_ranges: tuple[Range, ...]
    node_ranges: tuple[Range, ...]
    version: int = 4

    @cached_property
    def pod_table(self) -> AddressTable:
        """The pod subnets, to find addresses in."""
        return AddressTable(self.pod_ranges)

    @cached_property
    def node_table(self) -> AddressTable:
        """Where nodes may be, to find addresses in."""
        return AddressTable(self.node_ranges)

    def pool_of(self, node: Node) -> str:
        """The NodePool of a node, in words for those of others that have none; empty for ours without one."""
        return node.pool or ("" if self.is_ours(node) else "nodes without a NodePool")

    def is_ours(self, node: Node) -> bool:
        """Whether the pods on a node belong in the pod subnets."""
        return node.pool in self.pools or (self.node_groups and not node.pool and bool(node.group))


def expectation_of(file: NetworkFile, *, pools: Iterable[NodePool], subnets: Iterable[SubnetUse]) -> Expectation:
    """What a config file says.

    Args:
        file: the file, and its plan.
        pools: the NodePools of the cluster, of which those on a NodeClass of the plan count as the plan's own.
        subnets: the pod subnets as they are, for a file that names them by id alone.
    """
    plan, config = file.plan, file.config
    classes = {node_class.metadata.name for node_class in plan.node_classes}
    planned = {pool.metadata.name for pool in plan.node_pools}
    ipv6 = config.cluster.ip_family == "ipv6"
    ranges = _pod_ranges(file) or (Range(cidr=subnet.cidr, zone=subnet.zone) for subnet in subnets if not ipv6)
    return Expectation(
        pools=frozenset(planned | {pool.name for pool in pools if pool.node_class in classes}),
        node_groups=plan.vpc_cni is not None,
        pod_ranges=tuple(ranges),
        node_ranges=tuple(dict.fromkeys(_node_ranges(file))),
        version=6 if ipv6 else 4,
    )


def _pod_ranges(file: NetworkFile) -> tuple[Range, ...]:
    if file.config.cluster.ip_family == "ipv6":
        subnets = file.plan.pods.subnets
        return tuple(Range(cidr=each.ipv6_cidr, zone=each.zone) for each in subnets if each.ipv6_cidr)
    return tuple(Range(cidr=each.cidr, zone=each.zone) for each in file.plan.pods.subnets)


def _node_ranges(file: NetworkFile) -> Iterator[Range]:
    """The file may leave a block out of vpc.cidrs that is associated already, and nodes may be in it."""
    config, vpc = file.config, file.plan.vpc
    if vpc:
        yield from (Range(cidr=each.cidr, zone=each.zone) for each in vpc.subnets if each.role == "nodes")
    else:
        yield from (Range(cidr=cidr) for cidr in config.vpc.cidrs)
        yield from (Range(cidr=block.cidr) for block in config.pods.cidrs if block.associated)
    yield from (Range(cidr=cidr) for cidr in config.vpc.ipv6_cidrs)
