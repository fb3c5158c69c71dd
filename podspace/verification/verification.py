"""A plan held against a cluster, in one pass over its pods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from podspace.diagnostic import Diagnostic, Location
from podspace.live.kubernetes import (
    EVENTS,
    NODE_CLAIMS,
    NODE_CLASSES,
    NODE_POOLS,
    NODES,
    PODS,
    Cluster,
)
from podspace.planning import InputError, NetworkFile
from podspace.verification.expectation import expectation_of
from podspace.verification.node_addresses import node_verdicts
from podspace.verification.pod_addresses import pod_verdicts
from podspace.verification.pod_census import PodCensus, Standing
from podspace.verification.readiness import node_class_verdicts, node_pool_verdicts
from podspace.verification.reading import Reading
from podspace.verification.subnet_space import SubnetUse, space_facts, space_verdicts
from podspace.verification.symptom_search import SymptomSearch


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """What came of it.

    Attributes:
        verdicts: in the order of what they are about, whatever came of them.
        facts: what was counted, for programs.
        proven: whether at least one pod has an address where it belongs, and nothing is wrong.
    """

    verdicts: tuple[Diagnostic, ...]
    facts: Mapping[str, JsonValue]
    proven: bool


def verify(file: NetworkFile, cluster: Cluster, *, subnets: Sequence[SubnetUse] = ()) -> Verification:
    """Hold a plan against what is in its cluster.

    Args:
        file: the config file that is deployed and applied.
        cluster: where it is.
        subnets: the pod subnets as the account has them; none where nobody has looked.

    Raises:
        InputError: the file has no cluster half.
        LiveError: nothing of the cluster can be read.
    """
    if file.plan.network_half:
        must = "must be the file of the cluster's half: this one is of the network's, which has no nodes or pods"
        raise InputError([Diagnostic(location=Location(file=str(file.path)), message=must)])
    reading = Reading(cluster)
    nodes = {node.name: node for node in reading.of(NODES)}
    classes, pools = list(reading.of(NODE_CLASSES)), list(reading.of(NODE_POOLS))
    expected = expectation_of(file, pools=pools, subnets=subnets)
    census, search = PodCensus(nodes=nodes, expected=expected), SymptomSearch(pools=expected.pools)
    for claim in reading.of(NODE_CLAIMS):
        search.look_at_claim(claim)
    pool_of = {node.name: expected.pool_of(node) for node in nodes.values()}
    for pod in reading.of(PODS):
        census.add(pod)
        search.look_at_pod(pod, pool=pool_of.get(pod.node, ""))
    for event in reading.of(EVENTS):
        waits_in = census.pool_of_waiting(event.namespace, event.name) if event.kind == "Pod" else None
        pool = pool_of.get(event.name, "") if event.kind == "Node" else waits_in or ""
        search.look_at_event(event, pool=pool, lasting=waits_in is not None)
    verdicts = (
        *(node_class_verdicts(file.plan, classes) if reading.is_whole(NODE_CLASSES) else ()),
        *(node_pool_verdicts(file.plan, pools) if reading.is_whole(NODE_POOLS) else ()),
        *node_verdicts(nodes.values(), expected),
        *(pod_verdicts(census, expected, nodes_known=reading.is_whole(NODES)) if reading.has_any(PODS) else ()),
        *space_verdicts(subnets, prefixes=_takes_prefixes(file)),
        *search.verdicts(),
        *reading.verdicts(),
    )
    wrong = any(verdict.severity == "error" for verdict in verdicts)
    return Verification(
        verdicts=verdicts,
        facts={
            "network": file.plan.name,
            "cluster": cluster.name,
            **census.facts(),
            "subnets": space_facts(subnets),
        },
        proven=not wrong and census.count(Standing.RIGHT, Standing.UNCHECKED) > 0,
    )


def _takes_prefixes(file: NetworkFile) -> bool:
    networking = [node_class.spec.advanced_networking for node_class in file.plan.node_classes]
    return any(each is None or each.ipv4_prefix_size != "32" for each in networking)
