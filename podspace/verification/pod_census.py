"""Counts of pods by their addresses, in memory that does not grow with the number of pods."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Final, Self

from pydantic import JsonValue

from podspace.live.kubernetes import Node, Pod
from podspace.planning import is_zone_id
from podspace.reporting.wording import plain
from podspace.verification.address_table import address_of
from podspace.verification.expectation import Expectation
from podspace.verification.tally import MOST_EXAMPLES, Tally


class PodState(StrEnum):
    """Whether the addresses of a pod are those that the plan expects."""

    RIGHT = "has an address of a pod subnet of its zone"
    OUTSIDE = "has an address of no pod subnet"
    OTHER_ZONE = "has an address of a pod subnet of another zone"
    UNCHECKED = "has an address, and the pod subnets are not known"
    HOST_NETWORK = "has the address of its node (hostNetwork)"
    NOT_THE_HOSTS = "uses the host network and does not have the address of its node"
    WAITING = "is on a node, and has no address yet"
    UNSCHEDULED = "is on no node yet"
    FINISHED = "has ended"
    ELSEWHERE = "is on a node of another NodePool"
    UNKNOWN_NODE = "is on a node that is not known"


def state_of(pod: Pod, *, node: Node | None, expected: Expectation | None) -> PodState:
    """The state of the addresses of a pod on its node.

    Args:
        pod: the pod.
        node: node of the pod; None if unknown.
        expected: expectation of the network of the node; None for a node of no network.
    """
    if pod.finished:
        return PodState.FINISHED
    if node is None:
        return PodState.UNKNOWN_NODE if pod.node else PodState.UNSCHEDULED
    if expected is None or not expected.is_ours(node):
        return PodState.HOST_NETWORK if pod.host_network else PodState.ELSEWHERE
    if pod.host_network:
        return _on_host(pod, node)
    return _placed(pod, node, expected) if pod.addresses else PodState.WAITING


def _on_host(pod: Pod, node: Node) -> PodState:
    own, theirs = ({address_of(text) for text in each.addresses} for each in (pod, node))
    if not own:
        return PodState.WAITING
    return PodState.NOT_THE_HOSTS if theirs and own.isdisjoint(theirs) else PodState.HOST_NETWORK


def _placed(pod: Pod, node: Node, expected: Expectation) -> PodState:
    if not expected.pod_ranges:
        return PodState.UNCHECKED
    addresses = [found for found in map(address_of, pod.addresses) if found and found.version == expected.version]
    ranges = [found for address in addresses if (found := expected.pod_table.find(address))]
    if not ranges or len(ranges) < len(addresses):
        return PodState.OUTSIDE
    return PodState.RIGHT if all(is_in_zone(node, each.zone) for each in ranges) else PodState.OTHER_ZONE


def is_in_zone(node: Node, zone: str) -> bool:
    """Whether a node is in a zone, by name or by id; true if the node has no label for it."""
    label = node.zone_id if is_zone_id(zone) else node.zone
    return not (zone and label) or label == zone


@dataclass(kw_only=True, slots=True)
class PodsElsewhere:
    """Pods on nodes of other NodePools: how many, in which namespaces, and how many have addresses of pod subnets."""

    count: int = 0
    in_pod_subnets: int = 0
    namespaces: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Pool:
    """The nodes of a NodePool, or of a managed node group, in a zone.

    Attributes:
        network: the name of the plan that they belong to; empty for none.
        node_pool: the NodePool; empty for others.
        node_group: the managed node group; empty for others.
        zone: by name or by id, as the config has it; empty if it is not known.
    """

    network: str = ""
    node_pool: str = ""
    node_group: str = ""
    zone: str = ""

    @classmethod
    def of(cls, node: Node, expected: Expectation | None) -> Self:
        """The pool of a node; `expected` is what its network expects."""
        return cls(
            network=expected.network if expected else "",
            node_pool=plain(node.pool),
            node_group=plain(node.group),
            zone=plain(expected.zone_of(node) if expected else node.zone or node.zone_id),
        )


NO_POOL: Final = Pool()
"""The pool of pods on no node, or on an unknown one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PoolUse:
    """How many nodes a pool has, and how many pods in each state are on them."""

    nodes: int
    pods: Mapping[PodState, int]


def _owner(node: Node, networks: Iterable[Expectation]) -> Expectation | None:
    """The first network that a node belongs to; None for a node of none."""
    return next((each for each in networks if each.is_ours(node)), None)


class PodCensus:
    """Counts the pods of a cluster by the network that their node belongs to.

    Attributes:
        networks: expectation of each network.
        elsewhere: number of pods on nodes of no network, by the creator of the node in words.
        oldest_waiting: creation time of the oldest scheduled pod without an address, in RFC 3339, by network.
    """

    def __init__(self, *, nodes: Mapping[str, Node], networks: Sequence[Expectation]) -> None:
        self.networks = networks
        self.elsewhere: dict[str, PodsElsewhere] = defaultdict(PodsElsewhere)
        self.oldest_waiting: dict[str, str] = {}
        self._tallies: dict[str, dict[PodState, Tally]] = defaultdict(lambda: defaultdict(Tally))
        self._nodes = nodes
        self._network_of = {
            node.name: expected for node in nodes.values() if (expected := _owner(node, networks)) is not None
        }
        self._waiting: dict[int, str] = {}
        self._pools = {node.name: Pool.of(node, self._network_of.get(node.name)) for node in nodes.values()}
        self._pods: dict[Pool, Counter[PodState]] = defaultdict(Counter)

    def add(self, pod: Pod) -> None:
        """Count a pod."""
        node, expected = self._nodes.get(pod.node), self._network_of.get(pod.node)
        state, network = state_of(pod, node=node, expected=expected), expected.network if expected else ""
        self._tallies[network][state].add(_example(pod, node))
        self._pods[self._pools.get(pod.node, NO_POOL)][state] += 1
        if node and state is PodState.ELSEWHERE:
            self._add_elsewhere(pod, node)
        if state is PodState.WAITING and pod.created:
            self.oldest_waiting[network] = min(self.oldest_waiting.get(network, pod.created), pod.created)
        if not pod.addresses and state is not PodState.FINISHED:
            self._waiting[hash((pod.namespace, pod.name))] = self.pool_of(pod.node)

    def network_of(self, node_name: str) -> Expectation | None:
        """The expectation of the network of a node; None for a node of no network, and for an unknown node."""
        return self._network_of.get(node_name)

    def pool_of(self, node_name: str) -> str:
        """The NodePool of a node; if it has none, empty for a node of a network or one not known, else words."""
        node = self._nodes.get(node_name)
        if node is None:
            return ""
        return node.pool or ("" if node_name in self._network_of else "nodes without a NodePool")

    def pool_of_waiting(self, namespace: str, name: str) -> str | None:
        """The NodePool of a pod without an address, empty for none; None for a pod with an address, and for a deleted
        one.

        64 bits of each such pod are stored, about 10 MB for a hundred thousand pods; the probability that two pods have
        equal bits is below 1 in 10 ** 9.
        """
        return self._waiting.get(hash((namespace, name)))

    def tally(self, network: str, state: PodState) -> Tally:
        """The pods in a state on nodes of a network, by its name; empty for those on nodes of none."""
        return self._tallies[network][state]

    def count(self, *states: PodState, network: str | None = None) -> int:
        """How many pods have one of these states, of one network or of all."""
        counted = [self._tallies[network]] if network is not None else self._tallies.values()
        return sum(tallies[each].count for tallies in list(counted) for each in states if each in tallies)

    def pools(self) -> Mapping[Pool, PoolUse]:
        """The nodes and pods of each pool; those of `NO_POOL` are on no node, or on one that is not known."""
        nodes = Counter(self._pools.values())
        return {pool: PoolUse(nodes=nodes[pool], pods=self._pods[pool]) for pool in sorted({*nodes, *self._pods})}

    def facts(self) -> dict[str, JsonValue]:
        """Counts and examples as JSON: of all networks together, and of pods on nodes of no network."""
        elsewhere: dict[str, JsonValue] = {
            plain(created_by): {
                "count": others.count,
                "in_pod_subnets": others.in_pod_subnets,
                "namespaces": {plain(name): number for name, number in others.namespaces.most_common()},
            }
            for created_by, others in sorted(self.elsewhere.items())
        }
        return {
            "pods": self.pod_facts(*self._tallies),
            "pools": [_pool_fact(pool, use) for pool, use in self.pools().items()],
            "elsewhere": elsewhere,
        }

    def pod_facts(self, *networks: str) -> dict[str, JsonValue]:
        """The counts and examples of the pods on nodes of some networks, by state."""
        facts: dict[str, JsonValue] = {}
        for state in PodState:
            found = [self._tallies[network][state] for network in networks if state in self._tallies[network]]
            examples: list[JsonValue] = [example for tally in found for example in tally.examples]
            if number := sum(tally.count for tally in found):
                facts[state.name.lower()] = {"count": number, "examples": examples[:MOST_EXAMPLES]}
        return facts

    def _add_elsewhere(self, pod: Pod, node: Node) -> None:
        others = self.elsewhere[node.created_by]
        others.count += 1
        others.namespaces[pod.namespace] += 1
        found = [address for text in pod.addresses if (address := address_of(text))]
        others.in_pod_subnets += any(each.pod_table.find(address) for each in self.networks for address in found)


def _example(pod: Pod, node: Node | None) -> str:
    where = f" on {pod.node}" if pod.node else ""
    zone = f" in {node.zone or node.zone_id}" if node and (node.zone or node.zone_id) else ""
    return " ".join(filter(None, (str(pod), ",".join(pod.addresses)))) + where + zone


def _pool_fact(pool: Pool, use: PoolUse) -> JsonValue:
    pods: dict[str, JsonValue] = {state.name.lower(): count for state, count in sorted(use.pods.items())}
    return {**asdict(pool), "nodes": use.nodes, "pods": pods}
