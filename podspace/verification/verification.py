"""Plans compared with their cluster, in one pass over the pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Self

from pydantic import JsonValue

from podspace.diagnostic import Diagnostic
from podspace.live.kubernetes import (
    EVENTS,
    NODE_CLAIMS,
    NODE_CLASSES,
    NODE_POOLS,
    NODES,
    PODS,
    Cluster,
    Node,
    NodeClass,
    NodePool,
    ResourceTypes,
)
from podspace.planning import NetworkFile, Plan
from podspace.reporting.metric import Metric
from podspace.reporting.wording import counted
from podspace.smoke.public_addresses import PublicAddresses
from podspace.smoke.smoke_report import SmokeReport
from podspace.verification.days_left import EarlierReading, rfc3339
from podspace.verification.expectation import Expectation, expectation_of
from podspace.verification.metrics import metrics_of
from podspace.verification.network_space import NetworkSpace, network_space
from podspace.verification.node_addresses import node_diagnostics
from podspace.verification.one_cluster import of_one_cluster
from podspace.verification.pod_addresses import other_pod_diagnostics, pod_diagnostics
from podspace.verification.pod_census import PodCensus, PodState
from podspace.verification.readiness import node_class_diagnostics, node_pool_diagnostics
from podspace.verification.reading import Reading
from podspace.verification.subnet_space import AccountSubnets, space_facts
from podspace.verification.symptom_search import SymptomSearch

READ: Final[ResourceTypes] = (PODS, NODES, EVENTS, NODE_CLASSES, NODE_POOLS, NODE_CLAIMS)
"""The kinds of objects that are read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """The result of a verification.

    Attributes:
        diagnostics: by network and subject, in a fixed order; with several networks, each has the file of its network.
        facts: counts, as JSON.
        metrics: counts, for monitoring.
        proven: whether in every network at least one pod has an address of a pod subnet, the probes of a smoke test
            have tried everything if their results were requested, and there is no error.
        settled: whether the probes of a smoke test have tried everything, so that their results do not change.
    """

    diagnostics: tuple[Diagnostic, ...]
    facts: Mapping[str, JsonValue]
    metrics: Sequence[Metric]
    proven: bool
    settled: bool = False

    @property
    def state(self) -> str:
        """The number of errors or, without any, what is still missing."""
        errors = sum(diagnostic.severity == "error" for diagnostic in self.diagnostics)
        return counted(errors, "error") if errors else "not proven yet"

    @property
    def final(self) -> bool:
        """Whether watching ends: the networks are proven, or the results of the probes do not change."""
        return self.proven or self.settled

    def timed_out(self, seconds: float) -> Self:
        """The verification with an error, because it was not proven within a number of seconds."""
        text = f"the network is not proven within {counted(round(seconds), 'second')}: it needs a pod with an address "
        text += "of a pod subnet, no error and, with --smoke, the result of every probe"
        fix = "correct the errors, start a pod on a NodePool of the config, or give a longer --timeout"
        late = Diagnostic(id="watch", severity="error", subject="--timeout", message=text, fix=fix)
        return replace(self, diagnostics=(*self.diagnostics, late))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Objects:
    """What is kept of a cluster whole."""

    nodes: Mapping[str, Node]
    classes: Sequence[NodeClass]
    pools: Sequence[NodePool]


def verify(
    files: Sequence[NetworkFile],
    cluster: Cluster,
    *,
    at: datetime,
    subnets: Mapping[str, AccountSubnets] | None = None,
    earlier: EarlierReading | None = None,
    smoke: Mapping[str, Mapping[str, PublicAddresses]] | None = None,
) -> Verification:
    """Compare plans with their cluster.

    Args:
        files: the config files of one cluster that are deployed, and their plans.
        cluster: the cluster to read.
        at: the time of the reading, with a time zone.
        subnets: the pod subnets in the account by the name of the plan; none if the account was not read.
        earlier: a reading to compare the free space with.
        smoke: the public addresses of the probes of a smoke test, by the name of the plan and of the probe; None if
            the results of the probes are not requested.

    Raises:
        InputError: the files are of several clusters, or of the account that owns a shared VPC, which has no cluster.
        LiveError: nothing of the cluster can be read.
    """
    verified, diagnostics = of_one_cluster(files)
    reading, in_account = Reading(cluster), subnets or {}
    nodes = {node.name: node for node in reading.of(NODES)}
    objects = _Objects(nodes=nodes, classes=list(reading.of(NODE_CLASSES)), pools=list(reading.of(NODE_POOLS)))
    known = None if not reading.is_whole(NODES) else nodes.values()
    spaces = {
        file.plan.name: network_space(file.plan, in_account[file.plan.name], nodes=known, at=at, earlier=earlier)
        for file in verified
        if file.plan.name in in_account
    }
    expected = [_expectation(file.plan, objects, spaces.get(file.plan.name)) for file in verified]
    census = PodCensus(nodes=nodes, networks=expected)
    search = SymptomSearch(pools=frozenset[str]().union(*(each.pools for each in expected)))
    probed = [] if smoke is None else [SmokeReport(file.plan, smoke.get(file.plan.name, {})) for file in verified]
    _read_into(reading, census, search, probed)
    for file, each in zip(verified, expected, strict=True):
        own = [*_of_network(file.plan, each, reading=reading, objects=objects, census=census)]
        own += spaces[file.plan.name].diagnostics if file.plan.name in spaces else ()
        own += _of_probes(file.plan, probed, reading)
        diagnostics += [_in_file(diagnostic, file) for diagnostic in own] if len(files) > 1 else own
    if reading.has_any(PODS):
        diagnostics += other_pod_diagnostics(census, nodes_known=reading.is_whole(NODES))
    not_read = [each for file in verified for each in _not_read(in_account.get(file.plan.name))]
    diagnostics += [*search.diagnostics(), *reading.diagnostics(), *dict.fromkeys(not_read)]
    wrong = any(diagnostic.severity == "error" for diagnostic in diagnostics)
    complete = all(each.complete for each in probed)
    return Verification(
        diagnostics=tuple(diagnostics),
        facts=_facts(verified, cluster=cluster, census=census, spaces=spaces, probed=probed, at=at),
        metrics=_metrics(reading, census=census, spaces=spaces, at=at),
        proven=not wrong and complete and all(_is_proven(census, each) for each in expected),
        settled=complete and bool(probed),
    )


def _expectation(plan: Plan, objects: _Objects, space: NetworkSpace | None) -> Expectation:
    return expectation_of(plan, pools=objects.pools, subnets=space.subnets if space else ())


def _facts(
    files: Sequence[NetworkFile],
    *,
    cluster: Cluster,
    census: PodCensus,
    spaces: Mapping[str, NetworkSpace],
    probed: Sequence[SmokeReport],
    at: datetime,
) -> Mapping[str, JsonValue]:
    return {
        "read_at": rfc3339(at),
        "network": files[0].plan.name if len(files) == 1 else "",
        "networks": [
            {
                "name": file.plan.name,
                "file": str(file.path),
                "pods": census.pod_facts(file.plan.name),
                **(spaces[file.plan.name].facts() if file.plan.name in spaces else {}),
            }
            for file in files
        ],
        "cluster": cluster.name,
        **census.facts(),
        "subnets": [fact for each in spaces.values() for fact in space_facts(each.network, each.subnets)],
        "smoke": [fact for each in probed for fact in each.facts()],
    }


def _metrics(
    reading: Reading, *, census: PodCensus, spaces: Mapping[str, NetworkSpace], at: datetime
) -> tuple[Metric, ...]:
    nodes_known = reading.is_whole(NODES)
    return metrics_of(
        at=at,
        readable={kind.plural: reading.is_readable(kind) for kind in READ},
        spaces=spaces.values(),
        pools=census.pools(),
        nodes_known=nodes_known,
        pods_known=nodes_known and reading.is_whole(PODS),
    )


def _not_read(subnets: AccountSubnets | None) -> Iterator[Diagnostic]:
    yield from (each for each in (subnets.diagnostics if subnets else ()) if each.severity == "unknown")


def _of_network(
    plan: Plan, expected: Expectation, *, reading: Reading, objects: _Objects, census: PodCensus
) -> Iterator[Diagnostic]:
    if reading.is_whole(NODE_CLASSES):
        yield from node_class_diagnostics(plan, objects.classes)
    if reading.is_whole(NODE_POOLS):
        yield from node_pool_diagnostics(plan, objects.pools)
    own = [node for node in objects.nodes.values() if census.network_of(node.name) is expected]
    yield from node_diagnostics(own, expected)
    if reading.has_any(PODS):
        yield from pod_diagnostics(census, expected, nodes_known=reading.is_whole(NODES))


def _of_probes(plan: Plan, probed: Sequence[SmokeReport], reading: Reading) -> Iterator[Diagnostic]:
    if reading.has_any(PODS):
        whole = reading.is_whole(PODS)
        yield from (diagnostic for each in probed if each.plan is plan for diagnostic in each.diagnostics(whole=whole))


def _is_proven(census: PodCensus, expected: Expectation) -> bool:
    return census.count(PodState.RIGHT, PodState.UNCHECKED, network=expected.network) > 0


def _in_file(diagnostic: Diagnostic, file: NetworkFile) -> Diagnostic:
    return replace(diagnostic, location=replace(diagnostic.location, file=str(file.path)))


def _read_into(reading: Reading, census: PodCensus, search: SymptomSearch, probed: Sequence[SmokeReport]) -> None:
    """Count the pods, search NodeClaims, pods and events, and collect the results of probes."""
    for claim in reading.of(NODE_CLAIMS):
        search.look_at_claim(claim)
    for pod in reading.of(PODS):
        census.add(pod)
        for report in probed:
            report.add(pod)
        search.look_at_pod(pod, pool=census.pool_of(pod.node))
    for event in reading.of(EVENTS):
        waits_in = census.pool_of_waiting(event.namespace, event.name) if event.kind == "Pod" else None
        pool = census.pool_of(event.name) if event.kind == "Node" else waits_in or ""
        search.look_at_event(event, pool=pool, lasting=waits_in is not None)
