"""Nodes: how many pods each runs, and what it takes of a pod subnet for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from podspace.api import NodeClass
from podspace.capacity.instance_type import COMMON, MOST_PODS, InstanceType, Limits, instance_types
from podspace.cidr import PREFIX
from podspace.planning import Config, Plan

NETWORKING_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/auto-networking.html"

Size = Literal["Auto", "32", "IPv6"]
"""How nodes take addresses for pods: a NodeClass's `ipv4PrefixSize`, or a /80 in an IPv6 cluster."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeNeed:
    """What one node takes of a pod subnet's IPv4 addresses.

    Attributes:
        prefixes: /28 prefixes.
        addresses: single addresses for pods.
        interfaces: pod interfaces; each takes an address of its own (inferred).
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
        """All addresses together."""
        return PREFIX * self.prefixes + self.singles


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A kind of node the plan may start.

    Attributes:
        pods: how many pods it runs at most.
        size: what its NodeClasses ask for.
        node_classes: their names; none in the network's half of a shared VPC.
    """

    instance_type: InstanceType
    pods: int
    size: Size
    node_classes: tuple[str, ...]

    def need(self, size: Size, *, pods: int | None = None) -> NodeNeed:
        """What it takes of the pod subnet with so many pods, or as many as it runs at most.

        `Auto`: a /28 for each 16 pods, one at least, and as many interfaces as these need.  `32`: an address a pod and
        a spare one, as far as there is a place for it
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


def sizes(config: Config) -> tuple[Size, ...]:
    """The ways to take addresses that nodes of the config's cluster can have."""
    return ("IPv6",) if config.cluster.ip_family == "ipv6" else ("Auto", "32")


def nodes_of(config: Config, plan: Plan, *, asked: Sequence[str], limits: Limits) -> tuple[Node, ...]:
    """The kinds of node to count with, for each way in which NodeClasses of the plan set pods and addresses.

    Instance types are those asked for; else those that NodePools of the NodeClass require by name; else COMMON.

    Raises:
        InputError: an instance type that was asked for is not known.
    """
    chosen = instance_types(asked, limits=limits)
    return tuple(
        Node(
            instance_type=each,
            pods=_pods(each, size=size, most=most),
            size=size,
            node_classes=names,
        )
        for (size, most), names in _settings(config, plan).items()
        for each in chosen or _required(plan, names, limits) or instance_types(COMMON, limits=limits)
    )


def _pods(instance_type: InstanceType, *, size: Size, most: int | None) -> int:
    if size == "IPv6" and instance_type.interfaces > 1:
        return min(MOST_PODS, MOST_PODS if most is None else most)  # a /80 is never the limit (inferred)
    return instance_type.pods(most=most)


def _settings(config: Config, plan: Plan) -> dict[tuple[Size, int | None], tuple[str, ...]]:
    """The names of the NodeClasses by what they set; the API's defaults where there is none."""
    found: dict[tuple[Size, int | None], tuple[str, ...]] = {}
    first, *_ = possible = sizes(config)
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


def _required(plan: Plan, node_classes: Sequence[str], limits: Limits) -> tuple[InstanceType, ...]:
    names = dict.fromkeys(name for name in required_types(plan, node_classes) if name in limits)
    return tuple(limits[name] for name in names)


def required_types(plan: Plan, node_classes: Sequence[str] | None = None) -> Iterator[str]:
    """The instance types that NodePools, or those of some NodeClasses, require by name."""
    for pool in plan.node_pools:
        spec = pool.spec.template.spec
        if node_classes is not None and spec.node_class_ref.name not in node_classes:
            continue
        for requirement in spec.requirements:
            if requirement.key == "node.kubernetes.io/instance-type" and requirement.operator == "In":
                yield from requirement.values or ()
