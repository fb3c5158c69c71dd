"""NodeClasses and NodePools of a pod network."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from podspace.api import (
    Metadata,
    NodeClass,
    NodeClassSettings,
    NodeClassSpec,
    NodePool,
    doubts_of,
    problems_of,
)
from podspace.api.label_domain import ZONE_ID_LABEL, ZONE_LABEL
from podspace.api.node_pool import BUILT_IN_NODE_POOLS
from podspace.api.security import ADVANCED_SECURITY
from podspace.diagnostic import Diagnostic, Location, Severity
from podspace.planning.nodes.config import NodeClassConfig, NodePoolConfig
from podspace.planning.nodes.selection import node_group_terms, node_subnet_terms, pod_group_terms, pod_subnet_terms

if TYPE_CHECKING:  # it is made of what is here
    from podspace.planning.network import Network

_LONGEST_LABEL = 63
_FIPS_REGIONS = ("us-", "ca-")
NODE_CLASS_PAGE = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html"
_SELECTED_BY: Final[Mapping[str, str]] = {
    "pod_security_group_selector_terms": "pods.security_group",
    "pod_subnet_selector_terms": "pods.subnet_ids",
    "role": "cluster.node_role",
    "security_group_selector_terms": "cluster.node_security_group_ids",
    "subnet_selector_terms": "vpc.node_subnets",
}
"""The fields of a NodeClass that other sections of a config set."""


def node_class(network: Network, entry: NodeClassConfig) -> NodeClass:
    """The NodeClass of an entry of `node_classes`.

    Raises:
        ValidationError: the API server would refuse it.
    """
    return NodeClass(
        metadata=Metadata(name=entry.name),
        spec=NodeClassSpec(
            role=network.role_name,
            subnet_selector_terms=node_subnet_terms(network),
            security_group_selector_terms=node_group_terms(network),
            pod_subnet_selector_terms=pod_subnet_terms(network),
            pod_security_group_selector_terms=pod_group_terms(network),
            **entry.shared_with(NodeClassSettings),
        ),
    )


def node_pool(network: Network, entry: NodePoolConfig) -> NodePool:
    """The NodePool of an entry of `node_pools`, with the NodeClass that it names, or the only one."""
    name = entry.node_class or network.config.node_classes[0].name
    nodes = {limit.pool: {"nodes": str(limit.nodes)} for limit in network.capacity_limits}
    limits = {**entry.amounts, **nodes.get(entry.name, {})} or None
    with_amounts = entry.model_copy(update={"limits": limits})
    return NodePool(metadata=Metadata(name=entry.name), spec=with_amounts.spec(node_class=name))


def spec_problems(network: Network) -> Iterator[Diagnostic]:
    """Errors: NodeClasses and NodePools that the API server would refuse, or that would have no pods."""
    yield from _number_problems(network)
    yield from _name_problems("node_classes", [entry.name for entry in network.config.node_classes])
    yield from _name_problems("node_pools", [entry.name for entry in network.config.node_pools])
    for index, node_class_entry in enumerate(network.config.node_classes):
        try:
            node_class(network, node_class_entry)
        except ValidationError as error:
            for problem in problems_of(error):
                yield _in_config(problem, f"node_classes[{index}]")
    yield from _fips_problems(network)
    for index, entry in enumerate(network.config.node_pools):
        for problem in (
            *_built_in_problems(entry),
            *_reference_problems(network, entry),
            *_zone_problems(network, entry),
        ):
            yield problem.within(f"node_pools[{index}]")


def _in_config(problem: Diagnostic, entry: str) -> Diagnostic:
    """An error of a NodeClass at the key of the config that it comes from: of its own entry, or of another section."""
    path = problem.location.path.removeprefix("metadata.")
    key = re.split(r"[.\[]", path)[0]
    if key in _SELECTED_BY:
        return replace(problem.at(_SELECTED_BY[key]), id="node-class-selection")
    return replace(problem.at(path).within(entry), id=problem.id or "node-class-refused")


def _number_problems(network: Network) -> Iterator[Diagnostic]:
    if not network.config.node_classes and not network.network_half:
        yield Diagnostic(
            id="no-node-class",
            location=Location(path="node_classes"),
            subject="[]",
            message="must have at least 1 item: pods get their addresses from the subnets that a NodeClass selects",
            fix="for example [{name: pods}]",
        )


def _fips_problems(network: Network) -> Iterator[Diagnostic]:
    region = network.region
    for index, entry in enumerate(network.config.node_classes):
        if entry.advanced_security and entry.advanced_security.fips and not region.startswith(_FIPS_REGIONS):
            yield Diagnostic(
                id="fips-region",
                location=Location(path=f"node_classes[{index}].advanced_security.fips"),
                subject="true",
                message=f"must be false in {region}: only regions of the US and Canada have FIPS-compatible images",
                fix="remove it",
                source=ADVANCED_SECURITY,
            )


def _built_in_problems(entry: NodePoolConfig) -> Iterator[Diagnostic]:
    if entry.name in BUILT_IN_NODE_POOLS:
        yield Diagnostic(
            id="built-in-pool-name",
            location=Location(path="name"),
            subject=entry.name,
            message=f"must not be {' or '.join(BUILT_IN_NODE_POOLS)}, the names of the built-in node pools",
            fix="choose another name",
            source="https://docs.aws.amazon.com/eks/latest/userguide/set-builtin-node-pools.html",
        )


def _name_problems(place: str, names: Sequence[str]) -> Iterator[Diagnostic]:
    for index, name in enumerate(names):
        if len(name) > _LONGEST_LABEL:
            yield Diagnostic(
                id="name-too-long",
                location=Location(path=f"{place}[{index}].name"),
                subject=name,
                message=f"must be at most {_LONGEST_LABEL} characters: it is the value of a node label (inferred from "
                "Karpenter)",
                fix="shorten it",
            )
    yield from _duplicates(place, names)


def _duplicates(place: str, names: Iterable[str]) -> Iterator[Diagnostic]:
    for name, count in Counter(names).items():
        if count > 1:
            yield Diagnostic(
                id="name-twice",
                location=Location(path=place),
                subject=name,
                message="must not have two entries with the same name",
                fix="rename one",
            )


def _reference_problems(network: Network, entry: NodePoolConfig) -> Iterator[Diagnostic]:
    names = [node_class.name for node_class in network.config.node_classes]
    if entry.node_class is None and len(names) > 1:
        yield Diagnostic(
            id="node-class-missing",
            location=Location(path="node_class"),
            message=f"must be given, because the file has several NodeClasses: {', '.join(names)}",
        )
    if entry.node_class is not None and entry.node_class not in names:
        yield Diagnostic(
            id="node-class-unknown",
            location=Location(path="node_class"),
            subject=entry.node_class,
            message=f"must be a NodeClass of this file: {', '.join(names)}",
        )


def _zone_problems(network: Network, entry: NodePoolConfig) -> Iterator[Diagnostic]:
    by_id = network.by_zone_id
    for index, requirement in enumerate(entry.requirements):
        # Names and ids of zones stand for each other differently in each account, so only alike ones are compared.
        if requirement.key != (ZONE_ID_LABEL if by_id else ZONE_LABEL) or requirement.operator != "In":
            continue
        for number, zone in enumerate(requirement.values or ()):
            if zone not in network.zones:
                yield Diagnostic(
                    id="node-pool-zone",
                    location=Location(path=f"requirements[{index}].values[{number}]"),
                    subject=zone,
                    message=f"must be a zone with a pod subnet ({', '.join(network.zones)}): on a node in another "
                    "zone pods get no address",
                    fix="remove it, or add the zone to the pods",
                    source=NODE_CLASS_PAGE,
                )


def spec_remarks(network: Network) -> Iterator[Diagnostic]:
    """Notes and warnings: settings that are valid and have another effect than expected."""
    policy = [e.name for e in network.config.node_classes if e.network_policy or e.network_policy_event_logs]
    if policy and not network.config.cluster.enable_network_policy:
        yield Diagnostic(
            id="network-policy-off",
            severity="note",
            message=f"networkPolicy of NodeClass {', '.join(policy)} has no effect until the cluster-wide ConfigMap "
            "amazon-vpc-cni switches network policies on; `cluster.enable_network_policy: true` writes it",
        )
    other_label = ZONE_LABEL if network.by_zone_id else ZONE_ID_LABEL
    apart = [e.name for e in network.config.node_pools if any(r.key == other_label for r in e.requirements)]
    if apart:
        yield Diagnostic(
            id="zones-not-compared",
            severity="warning",
            message=f"NodePool {', '.join(apart)} requires zones by {other_label}, which this file does not write: "
            "they are not compared with the zones that have pod subnets, and on a node elsewhere pods get no address",
        )
    tagged = [entry.name for entry in network.config.node_classes if entry.tags]
    if tagged and network.config.cluster.create is None:
        yield Diagnostic(
            id="node-class-tags",
            severity="warning",
            message=f"NodeClass {', '.join(tagged)} has tags, for which the cluster's role needs another policy, or "
            "no node starts: https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html",
        )
    for place, entry in (
        *((f"node_classes[{index}]", entry) for index, entry in enumerate(network.config.node_classes)),
        *((f"node_pools[{index}]", entry) for index, entry in enumerate(network.config.node_pools)),
    ):
        for doubt in doubts_of(entry, by_alias=False):
            severity: Severity = doubt.severity if doubt.id else "note"
            yield replace(doubt.within(place), id=doubt.id or "api-doubt", severity=severity)
