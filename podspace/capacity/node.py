"""Nodes: how many pods each runs, and how many addresses of a pod subnet it needs for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from podspace.api import NodeClass, NodeClassSettings, NodePool
from podspace.capacity.instance_type import COMMON, MOST_PODS, InstanceType, Limits, instance_types
from podspace.capacity.node_pool import counted_types
from podspace.cidr import PREFIX

NETWORKING_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/auto-networking.html"

Size = Literal["Auto", "32", "IPv6"]
"""How nodes take addresses for pods: a NodeClass's `ipv4PrefixSize`, or a /80 in an IPv6 cluster."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """What a NodeClass says about the pods of its nodes.

    Attributes:
        most: the most pods of a node, `advanced_compute.kubelet.max_pods`; None if it is not given.
    """

    size: Size
    most: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeNeed:
    """The IPv4 addresses of a pod subnet that one node needs.

    Attributes:
        prefixes: /28 prefixes.
        addresses: single addresses for pods.
        interfaces: pod interfaces; each needs an address of its own (inferred).
    """

    prefixes: int
    addresses: int
    interfaces: int

    @property
    def singles(self) -> int:
        """Addresses outside prefixes."""
        return self.addresses + self.interfaces

    @property
    def total(self) -> int:
        """Number of addresses of a node, including those of its prefixes."""
        return PREFIX * self.prefixes + self.singles


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A node that NodePools of the plan may add.

    Attributes:
        pods: maximum number of pods.
        size: number of pods and kind of addresses that its NodeClasses set.
        node_classes: names of the NodeClasses; empty if they are in another file.
    """

    instance_type: InstanceType
    pods: int
    size: Size
    node_classes: tuple[str, ...]

    @property
    def full_need(self) -> NodeNeed:
        """The addresses that it needs for as many pods as it runs at most."""
        return self.need(self.size)

    def need(self, size: Size, *, pods: int | None = None) -> NodeNeed:
        """The addresses that it needs for `pods` pods, or for as many as it runs at most.

        `Auto`: a /28 for each 16 pods, at least one, and the interfaces that these need.  `32`: an address for each
        pod and a spare one, if its interfaces have a place for it
        (https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html).  An IPv6 cluster: an interface for
        the node's /80 (NETWORKING_PAGE), and no IPv4 address for pods.
        """
        pods = self.pods if pods is None else pods
        if size == "IPv6":
            return NodeNeed(prefixes=0, addresses=0, interfaces=1)
        prefixes = max(1, _ceil(pods, PREFIX)) if size == "Auto" else 0
        addresses = min(pods + 1, self.instance_type.places) if size == "32" else 0
        interfaces = max(1, _ceil(prefixes + addresses, max(self.instance_type.places_each, 1)))
        return NodeNeed(prefixes=prefixes, addresses=addresses, interfaces=interfaces)


def _ceil(amount: int, each: int) -> int:
    return -(-amount // each)


def sizes(*, ipv6: bool) -> tuple[Size, ...]:
    """The ways in which nodes of a cluster can take addresses."""
    return ("IPv6",) if ipv6 else ("Auto", "32")


def node_of(instance_type: InstanceType, setting: Setting, *, node_classes: Sequence[str]) -> Node:
    """A node of an instance type, with NodeClasses of that setting."""
    pods = _pods(instance_type, setting)
    return Node(instance_type=instance_type, pods=pods, size=setting.size, node_classes=tuple(node_classes))


def setting_of(node_class: NodeClassSettings, *, ipv6: bool) -> Setting:
    """How nodes of a NodeClass take addresses, and how many pods they run at most."""
    networking, compute = node_class.advanced_networking, node_class.advanced_compute
    single = networking is not None and networking.ipv4_prefix_size == "32"
    return Setting(
        size="IPv6" if ipv6 else "32" if single else "Auto",
        most=compute.kubelet.max_pods if compute and compute.kubelet else None,
    )


def nodes_of(
    *,
    node_classes: Sequence[NodeClass],
    node_pools: Sequence[NodePool],
    ipv6: bool,
    asked: Sequence[str],
    limits: Limits,
) -> tuple[Node, ...]:
    """The nodes to count with, for each combination of pods and addresses that NodeClasses set.

    Their instance types are those of `asked`, else those of the NodePools of the NodeClass, else COMMON.

    Args:
        ipv6: whether the cluster is an IPv6 cluster.

    Raises:
        InputError: an instance type of `asked` is not in `limits`.
    """
    chosen = instance_types(asked, limits=limits)
    return tuple(
        node_of(each, setting, node_classes=names)
        for setting, names in _settings(node_classes, ipv6=ipv6).items()
        for each in chosen or _admitted(node_pools, names, limits) or instance_types(COMMON, limits=limits)
    )


def _pods(instance_type: InstanceType, setting: Setting) -> int:
    if setting.size == "IPv6" and instance_type.interfaces > 1:
        return min(MOST_PODS, MOST_PODS if setting.most is None else setting.most)  # no limit by the /80 (inferred)
    return instance_type.pods(most=setting.most)


def _admitted(node_pools: Sequence[NodePool], node_classes: Sequence[str], limits: Limits) -> tuple[InstanceType, ...]:
    pools = [pool for pool in node_pools if pool.spec.template.spec.node_class_ref.name in node_classes]
    return tuple(limits[name] for name in counted_types(pools) if name in limits)


def _settings(node_classes: Sequence[NodeClass], *, ipv6: bool) -> dict[Setting, tuple[str, ...]]:
    """The names of the NodeClasses by setting; the API's defaults if there is no NodeClass."""
    found: dict[Setting, tuple[str, ...]] = {}
    for node_class in node_classes:
        setting = setting_of(node_class.spec, ipv6=ipv6)
        found[setting] = (*found.get(setting, ()), node_class.metadata.name)
    return found or {Setting(size=sizes(ipv6=ipv6)[0], most=None): ()}
