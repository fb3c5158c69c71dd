"""Every pod counted once, by what its addresses say, in memory that does not grow with their number."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from pydantic import JsonValue

from podspace.live.kubernetes import Node, Pod
from podspace.planning.config.aws_id import is_zone_id
from podspace.reporting.wording import plain
from podspace.verification.address_table import address_of
from podspace.verification.expectation import Expectation
from podspace.verification.tally import Tally

_MOST_WAITING: Final = 10_000


class Standing(StrEnum):
    """How a pod stands to what the plan says of it."""

    RIGHT = "has an address of a pod subnet of its zone"
    OUTSIDE = "has an address of no pod subnet"
    OTHER_ZONE = "has an address of a pod subnet of another zone"
    UNCHECKED = "has an address, and the pod subnets are not known"
    HOST_NETWORK = "has its node's address, by the host's network"
    NOT_THE_HOSTS = "is on the host's network, and has not its node's address"
    WAITING = "is on a node, and has no address yet"
    UNSCHEDULED = "is on no node yet"
    FINISHED = "has ended"
    ELSEWHERE = "is on a node that is not for it"
    UNKNOWN_NODE = "is on a node that is not known"


def standing_of(pod: Pod, *, node: Node | None, expected: Expectation) -> Standing:
    """How a pod stands, on the node it is scheduled to; None where that is not known."""
    if pod.finished:
        return Standing.FINISHED
    if node is None:
        return Standing.UNKNOWN_NODE if pod.node else Standing.UNSCHEDULED
    if not expected.is_ours(node):
        return Standing.HOST_NETWORK if pod.host_network else Standing.ELSEWHERE
    if pod.host_network:
        return _on_host(pod, node)
    return _placed(pod, node, expected) if pod.addresses else Standing.WAITING


def _on_host(pod: Pod, node: Node) -> Standing:
    own, theirs = ({address_of(text) for text in each.addresses} for each in (pod, node))
    if not own:
        return Standing.WAITING
    return Standing.NOT_THE_HOSTS if theirs and own.isdisjoint(theirs) else Standing.HOST_NETWORK


def _placed(pod: Pod, node: Node, expected: Expectation) -> Standing:
    if not expected.pod_ranges:
        return Standing.UNCHECKED
    addresses = [found for found in map(address_of, pod.addresses) if found and found.version == expected.version]
    ranges = [found for address in addresses if (found := expected.pod_table.find(address))]
    if not ranges or len(ranges) < len(addresses):
        return Standing.OUTSIDE
    return Standing.RIGHT if all(is_in_zone(node, each.zone) for each in ranges) else Standing.OTHER_ZONE


def is_in_zone(node: Node, zone: str) -> bool:
    """Whether a node is in a zone, by name or by id; where the node does not say, it is taken to be."""
    label = node.zone_id if is_zone_id(zone) else node.zone
    return not (zone and label) or label == zone


@dataclass(kw_only=True, slots=True)
class Strangers:
    """Pods on nodes that are not for them: how many, in which namespaces, and how many take our addresses."""

    count: int = 0
    in_pod_subnets: int = 0
    namespaces: Counter[str] = field(default_factory=Counter)


class PodCensus:
    """Counts pods.

    Attributes:
        tallies: by their standing.
        strangers: those that stand elsewhere, by what made their node, in words.
        oldest_waiting: when the oldest pod was made that is on a node and has no address, an RFC 3339 time.
    """

    def __init__(self, *, nodes: Mapping[str, Node], expected: Expectation) -> None:
        self.tallies: dict[Standing, Tally] = defaultdict(Tally)
        self.strangers: dict[str, Strangers] = defaultdict(Strangers)
        self.oldest_waiting = ""
        self._nodes = nodes
        self._expected = expected
        self._waiting: dict[tuple[str, str], str] = {}

    def add(self, pod: Pod) -> None:
        """Count a pod."""
        node = self._nodes.get(pod.node)
        standing = standing_of(pod, node=node, expected=self._expected)
        self.tallies[standing].add(_example(pod, node))
        if node and standing is Standing.ELSEWHERE:
            self._add_stranger(pod, node)
        if not pod.addresses and standing is not Standing.FINISHED:
            self._add_waiting(pod, node)

    def pool_of_waiting(self, namespace: str, name: str) -> str | None:
        """The NodePool of a pod that has no address yet, empty for none; None for a pod that does not wait.

        Of more than ten thousand that wait, no more are known by name, and any pod is taken to wait.
        """
        if len(self._waiting) >= _MOST_WAITING:
            return self._waiting.get((namespace, name), "")
        return self._waiting.get((namespace, name))

    def count(self, *standings: Standing) -> int:
        """How many pods stand so."""
        return sum(self.tallies[each].count for each in standings if each in self.tallies)

    def facts(self) -> dict[str, JsonValue]:
        """The counts and examples, for programs."""
        pods: dict[str, JsonValue] = {
            standing.name.lower(): {"count": tally.count, "examples": [*tally.examples]}
            for standing, tally in self.tallies.items()
        }
        elsewhere: dict[str, JsonValue] = {
            plain(made_by): {
                "count": strangers.count,
                "in_pod_subnets": strangers.in_pod_subnets,
                "namespaces": {plain(name): number for name, number in strangers.namespaces.most_common()},
            }
            for made_by, strangers in sorted(self.strangers.items())
        }
        return {"pods": pods, "elsewhere": elsewhere}

    def _add_stranger(self, pod: Pod, node: Node) -> None:
        made_by = f"NodePool {node.pool}" if node.pool else f"node group {node.group}" if node.group else "other nodes"
        strangers = self.strangers[made_by]
        strangers.count += 1
        strangers.namespaces[pod.namespace] += 1
        found = [address for text in pod.addresses if (address := address_of(text))]
        strangers.in_pod_subnets += any(self._expected.pod_table.find(address) for address in found)

    def _add_waiting(self, pod: Pod, node: Node | None) -> None:
        if len(self._waiting) < _MOST_WAITING:
            self._waiting[pod.namespace, pod.name] = self._expected.pool_of(node) if node else ""
        if pod.created and pod.node:
            self.oldest_waiting = min(self.oldest_waiting or pod.created, pod.created)


def _example(pod: Pod, node: Node | None) -> str:
    where = f" on {pod.node}" if pod.node else ""
    zone = f" in {node.zone or node.zone_id}" if node and (node.zone or node.zone_id) else ""
    return " ".join(filter(None, (str(pod), ",".join(pod.addresses)))) + where + zone
