"""Counts of pods by their addresses, in memory that does not grow with the number of pods."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from pydantic import JsonValue

from podspace.live.kubernetes import Node, Pod
from podspace.planning import is_zone_id
from podspace.reporting.wording import plain
from podspace.verification.address_table import address_of
from podspace.verification.expectation import Expectation
from podspace.verification.tally import Tally

_MOST_WAITING: Final = 10_000


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


def state_of(pod: Pod, *, node: Node | None, expected: Expectation) -> PodState:
    """The state of a pod on the node it is scheduled to; `node` is None if that node is not known."""
    if pod.finished:
        return PodState.FINISHED
    if node is None:
        return PodState.UNKNOWN_NODE if pod.node else PodState.UNSCHEDULED
    if not expected.is_ours(node):
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


class PodCensus:
    """Counts pods.

    Attributes:
        tallies: by state.
        elsewhere: pods on nodes of other NodePools, by what created their node, in words.
        oldest_waiting: when the oldest pod on a node without an address was created, an RFC 3339 time.
    """

    def __init__(self, *, nodes: Mapping[str, Node], expected: Expectation) -> None:
        self.tallies: dict[PodState, Tally] = defaultdict(Tally)
        self.elsewhere: dict[str, PodsElsewhere] = defaultdict(PodsElsewhere)
        self.oldest_waiting = ""
        self._nodes = nodes
        self._expected = expected
        self._waiting: dict[tuple[str, str], str] = {}

    def add(self, pod: Pod) -> None:
        """Count a pod."""
        node = self._nodes.get(pod.node)
        state = state_of(pod, node=node, expected=self._expected)
        self.tallies[state].add(_example(pod, node))
        if node and state is PodState.ELSEWHERE:
            self._add_elsewhere(pod, node)
        if not pod.addresses and state is not PodState.FINISHED:
            self._add_waiting(pod, node)

    def pool_of_waiting(self, namespace: str, name: str) -> str | None:
        """The NodePool of a pod that has no address yet, empty for none; None for a pod that has one.

        Ten thousand such pods are known by name; if there are more, every pod is treated as one without an address.
        """
        if len(self._waiting) >= _MOST_WAITING:
            return self._waiting.get((namespace, name), "")
        return self._waiting.get((namespace, name))

    def count(self, *states: PodState) -> int:
        """How many pods have one of these states."""
        return sum(self.tallies[each].count for each in states if each in self.tallies)

    def facts(self) -> dict[str, JsonValue]:
        """The counts and examples, for programs."""
        pods: dict[str, JsonValue] = {
            state.name.lower(): {"count": tally.count, "examples": [*tally.examples]}
            for state, tally in self.tallies.items()
        }
        elsewhere: dict[str, JsonValue] = {
            plain(created_by): {
                "count": others.count,
                "in_pod_subnets": others.in_pod_subnets,
                "namespaces": {plain(name): number for name, number in others.namespaces.most_common()},
            }
            for created_by, others in sorted(self.elsewhere.items())
        }
        return {"pods": pods, "elsewhere": elsewhere}

    def _add_elsewhere(self, pod: Pod, node: Node) -> None:
        created_by = (
            f"NodePool {node.pool}" if node.pool else f"node group {node.group}" if node.group else "other nodes"
        )
        others = self.elsewhere[created_by]
        others.count += 1
        others.namespaces[pod.namespace] += 1
        found = [address for text in pod.addresses if (address := address_of(text))]
        others.in_pod_subnets += any(self._expected.pod_table.find(address) for address in found)

    def _add_waiting(self, pod: Pod, node: Node | None) -> None:
        if len(self._waiting) < _MOST_WAITING:
            self._waiting[pod.namespace, pod.name] = self._expected.pool_of(node) if node else ""
        if pod.created and pod.node:
            self.oldest_waiting = min(self.oldest_waiting or pod.created, pod.created)


def _example(pod: Pod, node: Node | None) -> str:
    where = f" on {pod.node}" if pod.node else ""
    zone = f" in {node.zone or node.zone_id}" if node and (node.zone or node.zone_id) else ""
    return " ".join(filter(None, (str(pod), ",".join(pod.addresses)))) + where + zone
