"""What is left of the move of pods to the NodePools of plans, in one pass over the pods of a cluster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

from pydantic import JsonValue

from podspace.diagnostic import Diagnostic
from podspace.live.kubernetes import (
    DISRUPTION_BUDGETS,
    NODE_POOLS,
    NODES,
    PODS,
    VOLUME_CLAIMS,
    VOLUMES,
    Cluster,
    DisruptionBudget,
    NodePool,
    ResourceTypes,
)
from podspace.migration.move_census import Finding, MoveCensus, Source
from podspace.migration.obstacles import Obstacle, Obstacles
from podspace.migration.order import Situation, order
from podspace.migration.target import Target, targets_of
from podspace.planning import NetworkFile
from podspace.planning.nodes.specs import NODE_CLASS_PAGE
from podspace.reporting.step import Step, step_facts
from podspace.reporting.wording import counted, plain, such_as
from podspace.verification.expectation import expectation_of
from podspace.verification.one_cluster import of_one_cluster
from podspace.verification.readiness import node_pool_diagnostics
from podspace.verification.reading import Reading

READ: Final[ResourceTypes] = (PODS, NODES, NODE_POOLS, DISRUPTION_BUDGETS, VOLUME_CLAIMS, VOLUMES)
"""The kinds of objects that are read."""
_MOST_SHOWN: Final = 5
"""The most diagnostics of one hindrance; facts have the rest."""
_MOST_NAMES: Final = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Migration:
    """What is left of a migration.

    Attributes:
        diagnostics: what hinders the move, then how many pods are left, and what could not be read.
        facts: counts and steps, for programs.
        sources: what created the nodes that pods move away from, by its name in words.
        steps: what to do, in order; none if nothing is left.
        left: how many pods are to move.
        moved: how many are on nodes of the plans.
        hindered: how many of those to move cannot be moved as they are, or are not known to be movable.
        state: these numbers, in words.
        proven: whether every pod and node was read, and no pod is to move.
    """

    diagnostics: tuple[Diagnostic, ...]
    facts: Mapping[str, JsonValue]
    sources: Mapping[str, Source]
    steps: tuple[Step, ...]
    left: int
    moved: int
    hindered: int
    state: str
    proven: bool

    @property
    def final(self) -> bool:
        """Whether watching ends: no pod is to move."""
        return self.proven

    def timed_out(self, seconds: float) -> Self:
        """The migration with an error, because pods are left after a number of seconds."""
        text = f"{counted(self.left, 'pod is', 'pods are')} still to move after {counted(round(seconds), 'second')}"
        late = Diagnostic(
            id="watch", subject="--timeout", message=text, fix="repeat the command with a longer --timeout"
        )
        return replace(self, diagnostics=(*self.diagnostics, late))


def migrate(files: Sequence[NetworkFile], cluster: Cluster, *, connection: Sequence[str] = ()) -> Migration:
    """What is left of the move of the pods of a cluster to the NodePools of plans.

    Args:
        files: the config files of one cluster, and their plans.
        cluster: the cluster to read.
        connection: options of kubectl and podspace that choose the cluster, such as `--context=prod`.

    Raises:
        InputError: the files are of several clusters, or of the account that owns a shared VPC, which has no cluster.
        LiveError: nothing of the cluster can be read.
    """
    of_cluster, diagnostics = of_one_cluster(files)
    reading = Reading(cluster)
    nodes = {node.name: node for node in reading.of(NODES)}
    pools = list(reading.of(NODE_POOLS))
    targets = targets_of(of_cluster, pools=pools, nodes=nodes.values())
    budgets = {str(each): each for each in reading.of(DISRUPTION_BUDGETS)}.values()  # two files may have the same one
    obstacles = Obstacles(
        targets=targets, budgets=budgets, claims=reading.of(VOLUME_CLAIMS), volumes=reading.of(VOLUMES)
    )
    networks = [expectation_of(file.plan, pools=pools, subnets=()) for file in of_cluster]
    census = MoveCensus(nodes=nodes, networks=networks, obstacles=obstacles)
    for pod in reading.of(PODS):
        census.add(pod)
    not_ready = [each for file in of_cluster for each in _pool_diagnostics(file, pools, reading)]
    situation = Situation(
        files=of_cluster,
        ready=reading.is_whole(NODE_POOLS) and not not_ready,
        pools=pools,
        sources=census.sources,
        moved=census.moved,
        connection=connection,
    )
    steps = order(situation) if targets else ()
    whole = reading.is_whole(PODS) and reading.is_whole(NODES)
    diagnostics += [
        *not_ready,
        *_without_target(of_cluster, targets, census),
        *_hindrances(census),
        *_unread_budgets(budgets, cluster, reading, census),
        *_left(census, targets, whole=whole),
        *reading.diagnostics(),
    ]
    return Migration(
        diagnostics=tuple(diagnostics),
        facts=_facts(of_cluster, cluster, targets, census, steps),
        sources=census.sources,
        steps=steps,
        left=census.left,
        moved=census.moved,
        hindered=census.hindered,
        state=census.state,
        proven=whole and not census.left and not census.unknown_node,
    )


def _pool_diagnostics(file: NetworkFile, pools: Sequence[NodePool], reading: Reading) -> Iterator[Diagnostic]:
    """The NodePools of a plan that are not ready, as warnings: they may not be applied yet."""
    if reading.is_whole(NODE_POOLS):
        for each in node_pool_diagnostics(file.plan, pools):
            if each.severity != "ok":
                yield replace(each, severity="warning")


def _without_target(
    files: Sequence[NetworkFile], targets: Sequence[Target], census: MoveCensus
) -> Iterator[Diagnostic]:
    if not targets and census.left:
        yield Diagnostic(
            id="no-node-pool",
            subject=", ".join(file.plan.name for file in files),
            message="has no NodePool that pods can move to: neither the config nor the cluster has one on its "
            "NodeClasses",
            fix="write node_pools into the config, or apply NodePools that refer to its NodeClasses",
            source=NODE_CLASS_PAGE,
        )


def _hindrances(census: MoveCensus) -> Iterator[Diagnostic]:
    """A diagnostic for each of the first obstacles of a hindrance, and one for the rest of them."""
    by_id: dict[str, list[tuple[Obstacle, Finding]]] = defaultdict(list)
    for obstacle, finding in census.findings():
        by_id[obstacle.hindrance.id].append((obstacle, finding))
    for found in by_id.values():
        for obstacle, finding in found[:_MOST_SHOWN]:
            yield _diagnostic(obstacle, finding, subject=plain(obstacle.subject))
        if rest := found[_MOST_SHOWN:]:
            together = Finding()
            for _, finding in rest:
                together.pods.update(finding.pods)
            text = f"{len(rest):,} more, listed in `facts` with --format json"
            yield _diagnostic(rest[0][0], together, subject=text)


def _diagnostic(obstacle: Obstacle, finding: Finding, *, subject: str) -> Diagnostic:
    hindrance, names = obstacle.hindrance, [plain(name) for name in finding.names]
    sources = [f"{number:,} of {plain(source)}" for source, number in sorted(finding.pods.items())]
    where = plain(next(iter(finding.pods))) if len(sources) == 1 else ", ".join(sources)
    pods = f"{counted(finding.pods.total(), 'pod')} to move ({where})"
    text = hindrance.what.replace("{pods}", pods) + (f": {such_as(names, of=len(names))}" if names else "")
    return Diagnostic(
        id=hindrance.id,
        severity=hindrance.severity,
        subject=subject,
        message=text,
        cause=hindrance.cause,
        fix=hindrance.fix,
        source=hindrance.source,
        inferred=hindrance.inferred,
    )


def _unread_budgets(
    budgets: Collection[DisruptionBudget], cluster: Cluster, reading: Reading, census: MoveCensus
) -> Iterator[Diagnostic]:
    """Files without a PodDisruptionBudget: the cluster may have none, or they were not asked for."""
    if not budgets and census.left and not cluster.is_complete and reading.is_whole(DISRUPTION_BUDGETS):
        yield Diagnostic(
            id="disruption-budget",
            severity="note",
            subject=plain(cluster.name),
            message="has no PodDisruptionBudget",
            fix="no action needed if the cluster has none; else read poddisruptionbudgets too",
        )


def _left(census: MoveCensus, targets: Sequence[Target], *, whole: bool) -> Iterator[Diagnostic]:
    to = ", ".join(sorted(plain(target.name) for target in targets)) or "no NodePool"
    if census.unknown_node:
        yield Diagnostic(
            id="pods-to-move",
            severity="unknown",
            subject="pods",
            message=f"{counted(census.unknown_node, 'pod is', 'pods are')} on nodes that are not known",
            fix="read again, as nodes may have been created or deleted in between",
        )
    waiting = f"; {counted(census.unscheduled, 'pod is', 'pods are')} on no node yet" if census.unscheduled else ""
    if census.left:
        yield Diagnostic(id="pods-to-move", severity="note", subject=to, message=census.state + waiting)
    elif whole and not census.unknown_node:
        text = f"no pod is to move; {counted(census.moved, 'pod is', 'pods are')} on their nodes{waiting}"
        yield Diagnostic(id="pods-to-move", severity="ok", subject=to, message=text)


def _facts(
    files: Sequence[NetworkFile],
    cluster: Cluster,
    targets: Sequence[Target],
    census: MoveCensus,
    steps: Sequence[Step],
) -> Mapping[str, JsonValue]:
    return {
        "networks": [{"name": file.plan.name, "file": str(file.path)} for file in files],
        "cluster": cluster.name,
        "to": [plain(target.name) for target in targets],
        "pods": {
            "to_move": census.left,
            "hindered": census.hindered,
            "moved": census.moved,
            "unscheduled": census.unscheduled,
        },
        "from": [
            {
                "name": plain(name),
                "pods": source.pods,
                "hindered": source.hindered,
                "stay": source.stay,
                "kinds": {plain(kind) or "none": number for kind, number in sorted(source.kinds.items())},
                "nodes": len(source.nodes),
                "hindered_nodes": sum(load.hindered > 0 for load in source.nodes.values()),
            }
            for name, source in sorted(census.sources.items())
        ],
        "hindrances": [
            {
                "id": obstacle.hindrance.id,
                "subject": plain(obstacle.subject),
                "pods": finding.pods.total(),
                "from": {plain(source): number for source, number in sorted(finding.pods.items())},
                "examples": [plain(name) for name in list(finding.names)[:_MOST_NAMES]],
            }
            for obstacle, finding in census.findings()
        ],
        "steps": step_facts(steps),
    }
