"""Counts of the pods to move and of what hinders them, in memory that grows with nodes and workloads only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from podspace.live.kubernetes import Node, Pod
from podspace.migration.hindrance import HINDRANCES, SINGLE_POD, Hindrance
from podspace.migration.obstacles import Obstacle, Obstacles
from podspace.reporting.wording import counted
from podspace.verification.expectation import Expectation

_MOST_FINDINGS: Final = 10_000
_MOST_NAMES: Final = 10_000
_OTHERS: Final = "others"
_FARGATE, _HYBRID = "fargate", "hybrid"
_REPLICATED: Final = ("Deployment", "ReplicaSet", "StatefulSet")


@dataclass(kw_only=True, slots=True)
class Finding:
    """The pods to move that have one obstacle.

    Attributes:
        pods: how many there are, by what created their nodes, in words.
        names: of their workloads, or of pods without one, each once; the first ten thousand.
    """

    pods: Counter[str] = field(default_factory=Counter)
    names: dict[str, None] = field(default_factory=dict)

    def add(self, source: str, name: str) -> None:
        """Count a pod."""
        self.pods[source] += 1
        if len(self.names) < _MOST_NAMES:
            self.names[name] = None


@dataclass(kw_only=True, slots=True)
class NodeLoad:
    """The pods to move of one node.

    Attributes:
        pods: how many there are.
        hindered: how many of them cannot be moved as they are, or are not known to be movable.
        stateful: whether one is of a StatefulSet.
    """

    pods: int = 0
    hindered: int = 0
    stateful: bool = False


@dataclass(kw_only=True, slots=True)
class Source:
    """What created nodes that pods move away from.

    Attributes:
        node: one of its nodes.
        nodes: the load of each of its nodes, by name.
        kinds: the pods to move, by the kind of their controller.
        stay: pods that need no move: of DaemonSets, static, or on the host network.
    """

    node: Node
    nodes: dict[str, NodeLoad] = field(default_factory=lambda: defaultdict(NodeLoad))
    kinds: Counter[str] = field(default_factory=Counter)
    stay: int = 0

    @property
    def pods(self) -> int:
        """The number of pods to move."""
        return self.kinds.total()

    @property
    def hindered(self) -> int:
        """The number of pods that cannot be moved as they are."""
        return sum(load.hindered for load in self.nodes.values())

    def named(self, *, hindered: bool, stateful: bool | None = None) -> list[tuple[str, int]]:
        """Nodes with pods to move, by name, each with their number.

        Args:
            hindered: whether one of these pods is hindered.
            stateful: whether one is of a StatefulSet; None for either.
        """
        return [
            (name, load.pods)
            for name, load in sorted(self.nodes.items())
            if load.pods and bool(load.hindered) is hindered and stateful in {None, load.stateful}
        ]


class MoveCensus:
    """Counts pods by what created their node.

    Attributes:
        sources: what created the nodes that pods move away from, by its name in words.
        moved: pods on nodes of the networks that would otherwise have to move.
        unscheduled: pods on no node yet.
        unknown_node: pods on nodes that are not known.
    """

    def __init__(self, *, nodes: Mapping[str, Node], networks: Sequence[Expectation], obstacles: Obstacles) -> None:
        self.sources: dict[str, Source] = {}
        self.moved = 0
        self.unscheduled = 0
        self.unknown_node = 0
        self._nodes = nodes
        self._obstacles = obstacles
        self._findings: dict[Obstacle, Finding] = defaultdict(Finding)
        self._workloads: Counter[tuple[str, str, str]] = Counter()
        self._single: dict[tuple[str, str, str], str] = {}
        self._own = {
            name
            for name, node in nodes.items()
            if any(each.is_ours(node) and each.has_node_class(node) for each in networks)
        }
        for node in nodes.values():
            if node.name not in self._own and node.compute_type != _HYBRID:
                self.sources.setdefault(source_name(node), Source(node=node)).nodes[node.name] = NodeLoad()

    def add(self, pod: Pod) -> None:
        """Count a pod, unless it has ended or is being deleted."""
        if pod.finished or pod.deleted:
            return
        node = self._nodes.get(pod.node)
        source = self.sources.get(source_name(node)) if node and node.name not in self._own else None
        stays = pod.host_network or (pod.owner is not None and pod.owner.kind in {"DaemonSet", "Node"})
        if not pod.node:
            self.unscheduled += not stays
        elif node is None:
            self.unknown_node += 1
        elif source is not None and stays:
            source.stay += 1
        elif not stays:
            self._count(pod, node, source)

    def _count(self, pod: Pod, node: Node, source: Source | None) -> None:
        workload = (pod.owner.kind, pod.namespace, pod.owner.name) if pod.owner else None
        if workload and workload[0] in _REPLICATED:
            self._workloads[workload] += 1
        if source is None:
            self.moved += node.name in self._own
            return
        found = list(self._obstacles.of(pod, node=node))
        load, name = source.nodes[node.name], source_name(node)
        hindered = any(each.hindrance.holds_back for each in found)
        source.kinds[pod.owner.kind if pod.owner else ""] += 1
        load.pods += 1
        load.hindered += hindered
        load.stateful = load.stateful or bool(workload and workload[0] == "StatefulSet")
        for each in found:
            self._finding(each).add(name, _named(pod))
        if workload and workload[0] in _REPLICATED:
            self._single[workload] = name

    def _finding(self, obstacle: Obstacle) -> Finding:
        if obstacle not in self._findings and len(self._findings) >= _MOST_FINDINGS:
            obstacle = obstacle._replace(subject=_OTHERS)
        return self._findings[obstacle]

    def findings(self) -> Iterator[tuple[Obstacle, Finding]]:
        """What hinders pods, by hindrance in their order, the ones of most pods first."""
        by_id: Mapping[Hindrance, list[tuple[Obstacle, Finding]]] = defaultdict(list)
        for obstacle, finding in self._findings.items():
            by_id[obstacle.hindrance].append((obstacle, finding))
        single = Finding()
        for (kind, namespace, name), source in self._single.items():
            if self._workloads[(kind, namespace, name)] == 1:
                single.add(source, f"{kind} {namespace}/{name}")
        if single.pods:
            by_id[SINGLE_POD].append((Obstacle(SINGLE_POD, "workloads of one pod"), single))
        for each in HINDRANCES:
            yield from sorted(by_id.get(each, ()), key=lambda found: (-found[1].pods.total(), found[0].subject))

    @property
    def left(self) -> int:
        """The number of pods to move."""
        return sum(source.pods for source in self.sources.values())

    @property
    def hindered(self) -> int:
        """The number of pods that cannot be moved as they are."""
        return sum(source.hindered for source in self.sources.values())

    @property
    def state(self) -> str:
        """The numbers of pods to move, hindered and moved, in words."""
        return f"{counted(self.left, 'pod')} to move, {self.hindered:,} of them hindered; {self.moved:,} moved"


def source_name(node: Node) -> str:
    """What created a node, in words; Fargate for its nodes."""
    return "Fargate" if node.compute_type == _FARGATE else node.created_by


def _named(pod: Pod) -> str:
    return f"{pod.owner.kind} {pod.namespace}/{pod.owner.name}" if pod.owner else f"Pod {pod}"
