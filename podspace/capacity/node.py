"""Nodes: how many pods each runs, and how many addresses of a pod subnet it needs for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from podspace.api import NodeClass
from podspace.capacity.instance_type import COMMON, MOST_PODS, InstanceType, Limits, instance_types
from podspace.capacity.node_pool import counted_types
from podspace.cidr import PREFIX
from podspace.planning import Plan

NETWORKING_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/auto-networking.html"

Size = Literal["Auto", "32", "IPv6"]
"""How nodes take addresses for pods: a NodeClass's `ipv4PrefixSize`, or a /80 in an IPv6 cluster."""


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


def sizes(plan: Plan) -> tuple[Size, ...]:
    """The ways in which nodes of the cluster can take addresses."""
    return ("IPv6",) if plan.cluster.ip_family == "ipv6" else ("Auto", "32")


def nodes_of(plan: Plan, *, asked: Sequence[str], limits: Limits) -> tuple[Node, ...]:
    """Nodes for which the capacity is computed: one for each combination of pods and addresses of the NodeClasses.

    Their instance types are those of `asked`, otherwise those of the NodePools of the NodeClass, otherwise COMMON.

    Raises:
        InputError: an instance type of `asked` is not in `limits`.
    """
    chosen = instance_types(asked, limits=limits)
    return tuple(
        Node(
            instance_type=each,
            pods=_pods(each, size=size, most=most),
            size=size,
            node_classes=names,
        )
        for (size, most), names in _settings(plan).items()
        for each in chosen or _admitted(plan, names, limits) or instance_types(COMMON, limits=limits)
    )


def _pods(instance_type: InstanceType, *, size: Size, most: int | None) -> int:
    if size == "IPv6" and instance_type.interfaces > 1:
        return min(MOST_PODS, MOST_PODS if most is None else most)  # a /80 is never the limit (inferred)
    return instance_type.pods(most=most)


def _admitted(plan: Plan, node_classes: Sequence[str], limits: Limits) -> tuple[InstanceType, ...]:
    return tuple(limits[name] for name in counted_types(plan, node_classes) if name in limits)


def _settings(plan: Plan) -> dict[tuple[Size, int | None], tuple[str, ...]]:
    """The names of the NodeClasses by size and `max_pods`; the API's defaults if there is no NodeClass."""
    found: dict[tuple[Size, int | None], tuple[str, ...]] = {}
    first, *_ = possible = sizes(plan)
    for node_class in plan.node_classes:
        size = _size(node_class)
        setting = (size if size in possible else first, _most(node_class))
        found[setting] = (*found.get(setting, ()), node_class.metadata.name)
    return found or {(first, None): ()}


def _size(node_class: NodeClass) -> Size:
    networking = node_class.spec.advanced_networking
    return "32" if networking and networking.ipv4_prefix_size == "32" else "Auto"


def _most(node_class: NodeClass) -> int | None:
    compute = node_class.spec.advanced_compute
    return compute.kubelet.max_pods if compute and compute.kubelet else None
