"""A plan compared with its cluster, in one pass over the pods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.live.kubernetes import (
    EVENTS,
    NODE_CLAIMS,
    NODE_CLASSES,
    NODE_POOLS,
    NODES,
    PODS,
    Cluster,
)
from podspace.planning import NetworkFile, Plan
from podspace.verification.expectation import expectation_of
from podspace.verification.node_addresses import node_diagnostics
from podspace.verification.pod_addresses import pod_diagnostics
from podspace.verification.pod_census import PodCensus, PodState
from podspace.verification.readiness import node_class_diagnostics, node_pool_diagnostics
from podspace.verification.reading import Reading
from podspace.verification.subnet_space import SubnetUse, space_diagnostics, space_facts
from podspace.verification.symptom_search import SymptomSearch


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """The result of a verification.

    Attributes:
        diagnostics: by subject, in a fixed order.
        facts: counts, for programs.
        proven: whether at least one pod has an address of a pod subnet, and there is no error.
    """

    diagnostics: tuple[Diagnostic, ...]
    facts: Mapping[str, JsonValue]
    proven: bool


def verify(file: NetworkFile, cluster: Cluster, *, subnets: Sequence[SubnetUse] = ()) -> Verification:
    """Compare a plan with its cluster.

    Args:
        file: the config file that is deployed, and its plan.
        cluster: the cluster to read.
        subnets: the pod subnets in the account; none if the account was not read.

    Raises:
        InputError: the config is for the account that owns a shared VPC, which has no cluster.
        LiveError: nothing of the cluster can be read.
    """
    if file.plan.network_half:
        must = (
            "must be the config of the cluster's account: this one is for the owner of the VPC, without nodes and pods"
        )
        raise InputError(
            [Diagnostic(id="network-account-config", location=Location(file=str(file.path)), message=must)]
        )
    reading = Reading(cluster)
    nodes = {node.name: node for node in reading.of(NODES)}
    classes, pools = list(reading.of(NODE_CLASSES)), list(reading.of(NODE_POOLS))
    expected = expectation_of(file.plan, pools=pools, subnets=subnets)
    census, search = PodCensus(nodes=nodes, expected=expected), SymptomSearch(pools=expected.pools)
    _read_into(reading, census, search, {node.name: expected.pool_of(node) for node in nodes.values()})
    diagnostics = (
        *(node_class_diagnostics(file.plan, classes) if reading.is_whole(NODE_CLASSES) else ()),
        *(node_pool_diagnostics(file.plan, pools) if reading.is_whole(NODE_POOLS) else ()),
        *node_diagnostics(nodes.values(), expected),
        *(pod_diagnostics(census, expected, nodes_known=reading.is_whole(NODES)) if reading.has_any(PODS) else ()),
        *space_diagnostics(subnets, prefixes=_takes_prefixes(file.plan)),
        *search.diagnostics(),
        *reading.diagnostics(),
    )
    wrong = any(diagnostic.severity == "error" for diagnostic in diagnostics)
    return Verification(
        diagnostics=diagnostics,
        facts={
            "network": file.plan.name,
            "cluster": cluster.name,
            **census.facts(),
            "subnets": space_facts(subnets),
        },
        proven=not wrong and census.count(PodState.RIGHT, PodState.UNCHECKED) > 0,
    )


def _read_into(reading: Reading, census: PodCensus, search: SymptomSearch, pool_of: Mapping[str, str]) -> None:
    """Count the pods, and search NodeClaims, pods and events; `pool_of` is the NodePool of each node by its name."""
    for claim in reading.of(NODE_CLAIMS):
        search.look_at_claim(claim)
    for pod in reading.of(PODS):
        census.add(pod)
        search.look_at_pod(pod, pool=pool_of.get(pod.node, ""))
    for event in reading.of(EVENTS):
        waits_in = census.pool_of_waiting(event.namespace, event.name) if event.kind == "Pod" else None
        pool = pool_of.get(event.name, "") if event.kind == "Node" else waits_in or ""
        search.look_at_event(event, pool=pool, lasting=waits_in is not None)


def _takes_prefixes(plan: Plan) -> bool:
    networking = [node_class.spec.advanced_networking for node_class in plan.node_classes]
    return any(each is None or each.ipv4_prefix_size != "32" for each in networking)
