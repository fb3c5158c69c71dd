"""Rules about NodePools, their NodeClasses and the built-in node pools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from podspace.api.node_pool import BUILT_IN_NODE_POOLS
from podspace.cdk_token import is_token
from podspace.diagnostic import joined
from podspace.kubernetes_version import AUTO_CHANGE, FIRST_BALANCED
from podspace.lint.cluster import Cluster
from podspace.lint.deployment import Manifest
from podspace.lint.picture import NodeClassInUse, Picture
from podspace.lint.rule import Fault, Rule, rule
from podspace.lint.value import Value, has_unknown, mapping

_NODE_CLASS_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html"
_POOLS_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/set-builtin-node-pools.html"
_POLICY_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html"
_REFERENCE: Final = ("spec", "template", "spec", "nodeClassRef")
_PLACE: Final = ".".join((*_REFERENCE, "name"))
_BUILT_IN: Final = "default"
_MANAGER_LABEL: Final = "app.kubernetes.io/managed-by"
"""A label of the built-in node pools, with the value eks."""
_MOST_NAMED: Final = 10
_NAMESPACE: Final = "kube-system"


def _with_pod_subnets(picture: Picture) -> list[NodeClassInUse]:
    """Those of users: EKS takes back changes to the built-in one, so no NodePool should move there."""
    return [one for one in picture.node_classes if one.pod_subnet_terms.terms and one.name != _BUILT_IN]


def _listed(names: list[str]) -> str:
    """Names for a message: the first few, then "and others"."""
    return ", ".join(names[:_MOST_NAMED]) + (", and others" if len(names) > _MOST_NAMED else "")


@rule(
    "node-class-not-found",
    why="A NodePool without an existing NodeClass starts no nodes.",
    fix="write the name of a NodeClass, or add its manifest",
    source="https://karpenter.sh/docs/concepts/nodepools/",
)
def node_class_not_found(picture: Picture) -> Iterator[Fault]:
    """A NodePool refers to a NodeClass that is not among the manifests."""
    names = sorted({node_class.name for node_class in picture.node_classes})
    known, listed = {*names, _BUILT_IN}, _listed([one for one in names if one != _BUILT_IN])
    for pool in picture.deployment.of_kind("NodePool"):
        name = pool.get(*_REFERENCE, "name")
        if names and isinstance(name, str) and name not in known:
            must = f"must be the name of a NodeClass{listed and f': {listed}'}"
            yield Fault(at=pool, place=_PLACE, value=name, must=must)


@rule(
    "node-pool-on-default-node-class",
    level="warning",
    why="The built-in NodeClass has no pod subnets, and EKS reverts every change to it. Pods of this NodePool get "
    "addresses of the node subnets.",
    fix="refer to a NodeClass with pod subnets; no action needed if these pods are intended to use the node subnets",
    source=_NODE_CLASS_PAGE,
)
def node_pool_on_default_node_class(picture: Picture) -> Iterator[Fault]:
    """A NodePool uses the built-in NodeClass, and another NodeClass has pod subnets."""
    names = _listed([one.name for one in _with_pod_subnets(picture)])
    for pool in picture.deployment.of_kind("NodePool") if names else ():
        if pool.get(*_REFERENCE, "name") == _BUILT_IN:
            yield Fault(
                at=pool, place=_PLACE, value=_BUILT_IN, must=(f"must be a NodeClass with pod subnets, such as {names}")
            )


@rule(
    "built-in-pools-on",
    level="warning",
    why="Pods that select no NodePool can run on the built-in node pool general-purpose. Its NodeClass has no pod "
    "subnets, so these pods get addresses of the node subnets.",
    fix="switch it off; or keep pods off its nodes with taints, labels and weights, and acknowledge this finding",
    source=_POOLS_PAGE,
)
def built_in_pools_on(picture: Picture) -> Iterator[Fault]:
    """The built-in node pool general-purpose is on, and a NodeClass has pod subnets."""
    for cluster in picture.clusters.all:
        theirs = [one.name for one in _with_pod_subnets(picture) if cluster.name in picture.cluster_names(one)]
        if theirs and "general-purpose" in cluster.built_in_pools:
            place, must = (
                "Properties.ComputeConfig.NodePools",
                (f"must be off if pods are intended to run on nodes of {', '.join(theirs)}"),
            )
            yield Fault(at=cluster.resource, place=place, value="general-purpose", must=must)


@rule(
    "network-policy-switched-off",
    level="warning",
    why="Network policies have no effect until the ConfigMap amazon-vpc-cni switches their controller on. Until then "
    "all traffic is allowed.",
    fix='apply a ConfigMap amazon-vpc-cni in kube-system with enable-network-policy-controller: "true"',
    source=_POLICY_PAGE,
)
def network_policy_switched_off(picture: Picture) -> Iterator[Fault]:
    """A NodeClass has networkPolicy DefaultDeny, and no manifest switches network policies on."""
    if any(map(_switches_on, picture.deployment.switches)):
        return
    for node_class in picture.node_classes:
        if node_class.manifest.get("spec", "networkPolicy") == "DefaultDeny":
            must = "must be applied together with the ConfigMap amazon-vpc-cni, which switches network policies on"
            yield Fault(at=node_class.manifest, place="spec.networkPolicy", value="DefaultDeny", must=must)


def _switches_on(config_map: Mapping[str, Value]) -> bool:
    right_place = mapping(config_map.get("metadata")).get("namespace") == _NAMESPACE
    return right_place and mapping(config_map.get("data")).get("enable-network-policy-controller") == "true"


@rule(
    "token-in-manifest",
    why="A token is a placeholder for a value that only CloudFormation knows. It is not replaced in a file, so the "
    "API server uses the placeholder as the value.",
    fix="write the literal id or name, select by tags, or let the stack apply the manifest",
    source="https://docs.aws.amazon.com/cdk/v2/guide/tokens.html",
)
def token_in_manifest(picture: Picture) -> Iterator[Fault]:
    """A manifest contains an unresolved CDK token."""
    for manifest in picture.deployment.manifests:
        for place, text in _texts(dict(manifest.data), "") if manifest.found else ():
            if is_token(text):
                yield Fault(at=manifest, place=place, value=text, must="must be plain text")


def _texts(value: Value, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts(inner, joined(place, name) if place else name)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, f"{place}[{index}]")


@rule(
    "manifest-twice",
    why="Names of objects of one kind are unique in a cluster, so the second manifest replaces the first.",
    fix="rename one of the two, or remove it",
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/names/",
)
def manifest_twice(picture: Picture) -> Iterator[Fault]:
    """A file has two different manifests of one kind and name."""
    first: dict[tuple[Path, str, str], Manifest] = {}
    for manifest in picture.deployment.manifests:
        if manifest.found and manifest.name:
            path = manifest.found.document.path
            earlier = first.setdefault((path, manifest.kind, manifest.name), manifest)
            if earlier.data != manifest.data:
                must = f"must be listed once: the file has another {manifest.kind} with this name"
                yield Fault(at=manifest, place="metadata.name", value=manifest.name, must=must)


@rule(
    "node-pool-of-a-built-in-name",
    why="EKS Auto Mode manages the node pools system and general-purpose, and reverts every change to them.",
    fix="give the NodePool another name",
    source=_POOLS_PAGE,
)
def node_pool_of_a_built_in_name(picture: Picture) -> Iterator[Fault]:
    """A NodePool has the name of a built-in node pool."""
    clusters = picture.clusters.all
    for pool in picture.deployment.of_kind("NodePool"):
        if pool.name in BUILT_IN_NODE_POOLS and mapping(pool.get("metadata", "labels")).get(_MANAGER_LABEL) != "eks":
            on = [_has_on(pool.name, cluster) for cluster in clusters]
            depends_on = "" if on and all(on) else "the cluster has this built-in node pool off"
            must = "must not be the name of a built-in node pool"
            if on != [False]:
                yield Fault(at=pool, place="metadata.name", value=pool.name, must=must, depends_on=depends_on)


def _has_on(name: str, cluster: Cluster) -> bool | None:
    """Whether a cluster has a built-in node pool on; None if that is not known."""
    pools = cluster.resource.get("ComputeConfig", "NodePools")
    if name in cluster.built_in_pools:
        return True
    return None if not isinstance(pools, list) or has_unknown(pools) else False


@rule(
    "consolidate-after-missing",
    why=f"Before Kubernetes 1.{FIRST_BALANCED}, the API server refuses the NodePool. From that version on, "
    "consolidateAfter is 0s by default (inferred from AWS's example), and a new NodePool without a "
    "consolidationPolicy has Balanced.",
    fix="write consolidateAfter, such as 0s; or give the version of the cluster, such as --kubernetes 1.37",
    source=AUTO_CHANGE,
    inferred=True,
)
def consolidate_after_missing(picture: Picture) -> Iterator[Fault]:
    """A NodePool has `disruption` without `consolidateAfter`."""
    for pool in picture.deployment.of_kind("NodePool"):
        disruption = pool.get("spec", "disruption")
        if isinstance(disruption, dict) and "consolidateAfter" not in disruption:
            version = picture.minor_version(pool)
            depends_on = "" if version else f"the cluster has Kubernetes 1.{FIRST_BALANCED} or later"
            if version is None or version < FIRST_BALANCED:
                must = "must be given"
                yield Fault(at=pool, place="spec.disruption.consolidateAfter", must=must, depends_on=depends_on)


RULES: Final[tuple[Rule, ...]] = (
    manifest_twice,
    node_pool_of_a_built_in_name,
    consolidate_after_missing,
    node_class_not_found,
    node_pool_on_default_node_class,
    built_in_pools_on,
    network_policy_switched_off,
    token_in_manifest,
)
