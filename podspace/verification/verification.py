"""Plans compared with their cluster, in one pass over the pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

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
)
from podspace.planning import NetworkFile, Plan
from podspace.verification.expectation import Expectation, expectation_of
from podspace.verification.node_addresses import node_diagnostics
from podspace.verification.one_cluster import of_one_cluster
from podspace.verification.pod_addresses import other_pod_diagnostics, pod_diagnostics
from podspace.verification.pod_census import PodCensus, PodState
from podspace.verification.readiness import node_class_diagnostics, node_pool_diagnostics
from podspace.verification.reading import Reading
from podspace.verification.subnet_space import AccountSubnets, space_diagnostics, space_facts
from podspace.verification.symptom_search import SymptomSearch


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """The result of a verification.

    Attributes:
        diagnostics: by network and subject, in a fixed order; with several networks, each has the file of its network.
        facts: counts, as JSON.
        proven: whether in every network at least one pod has an address of a pod subnet, and there is no error.
    """

    diagnostics: tuple[Diagnostic, ...]
    facts: Mapping[str, JsonValue]
    proven: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _Objects:
    """What is kept of a cluster whole."""

    nodes: Mapping[str, Node]
    classes: Sequence[NodeClass]
    pools: Sequence[NodePool]


def verify(
    files: Sequence[NetworkFile], cluster: Cluster, *, subnets: Mapping[str, AccountSubnets] | None = None
) -> Verification:
    """Compare plans with their cluster.

    Args:
        files: the config files of one cluster that are deployed, and their plans.
        cluster: the cluster to read.
        subnets: the pod subnets in the account by the name of the plan; none if the account was not read.

    Raises:
        InputError: the files are of several clusters, or of the account that owns a shared VPC, which has no cluster.
        LiveError: nothing of the cluster can be read.
    """
    verified, diagnostics = of_one_cluster(files)
    reading, found = Reading(cluster), subnets or {}
    nodes = {node.name: node for node in reading.of(NODES)}
    objects = _Objects(nodes=nodes, classes=list(reading.of(NODE_CLASSES)), pools=list(reading.of(NODE_POOLS)))
    in_account = {file.plan.name: found.get(file.plan.name, AccountSubnets()) for file in verified}
    expected = [
        expectation_of(file.plan, pools=objects.pools, subnets=in_account[file.plan.name].uses) for file in verified
    ]
    census = PodCensus(nodes=nodes, networks=expected)
    search = SymptomSearch(pools=frozenset[str]().union(*(each.pools for each in expected)))
    _read_into(reading, census, search)
    for file, each in zip(verified, expected, strict=True):
        own = [
            *_of_network(file.plan, each, reading=reading, objects=objects, census=census),
            *_of_subnets(file.plan, in_account[file.plan.name]),
        ]
        diagnostics += [_in_file(diagnostic, file) for diagnostic in own] if len(files) > 1 else own
    if reading.has_any(PODS):
        diagnostics += other_pod_diagnostics(census, nodes_known=reading.is_whole(NODES))
    not_read = [each for subnets in in_account.values() for each in subnets.diagnostics if each.severity == "unknown"]
    diagnostics += [*search.diagnostics(), *reading.diagnostics(), *dict.fromkeys(not_read)]
    wrong = any(diagnostic.severity == "error" for diagnostic in diagnostics)
    return Verification(
        diagnostics=tuple(diagnostics),
        facts={
            "network": verified[0].plan.name if len(verified) == 1 else "",
            "networks": [
                {"name": file.plan.name, "file": str(file.path), "pods": census.pod_facts(file.plan.name)}
                for file in verified
            ],
            "cluster": cluster.name,
            **census.facts(),
            "subnets": [fact for each in in_account.values() for fact in space_facts(each.uses)],
        },
        proven=not wrong and all(_is_proven(census, each) for each in expected),
    )


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


def _of_subnets(plan: Plan, subnets: AccountSubnets) -> Iterator[Diagnostic]:
    yield from space_diagnostics(subnets.uses, prefixes=_takes_prefixes(plan))
    yield from (each for each in subnets.diagnostics if each.severity != "unknown")  # for all networks at once


def _is_proven(census: PodCensus, expected: Expectation) -> bool:
    return census.count(PodState.RIGHT, PodState.UNCHECKED, network=expected.network) > 0


def _in_file(diagnostic: Diagnostic, file: NetworkFile) -> Diagnostic:
    return replace(diagnostic, location=replace(diagnostic.location, file=str(file.path)))


def _read_into(reading: Reading, census: PodCensus, search: SymptomSearch) -> None:
    """Count the pods, and search NodeClaims, pods and events."""
    for claim in reading.of(NODE_CLAIMS):
        search.look_at_claim(claim)
    for pod in reading.of(PODS):
        census.add(pod)
        search.look_at_pod(pod, pool=census.pool_of(pod.node))
    for event in reading.of(EVENTS):
        waits_in = census.pool_of_waiting(event.namespace, event.name) if event.kind == "Pod" else None
        pool = census.pool_of(event.name) if event.kind == "Node" else waits_in or ""
        search.look_at_event(event, pool=pool, lasting=waits_in is not None)


def _takes_prefixes(plan: Plan) -> bool:
    networking = [node_class.spec.advanced_networking for node_class in plan.node_classes]
    return any(each is None or each.ipv4_prefix_size != "32" for each in networking)
