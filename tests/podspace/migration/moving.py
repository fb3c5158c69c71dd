"""The move that these tests look at: from the built-in node pool to the NodePool of `tests.mother`, with changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from podspace.diagnostic import Diagnostic
from podspace.live.failure import LiveError
from podspace.migration import Migration, migrate
from tests.mother import Changes, a_network_file
from tests.podspace.cluster_objects import (
    GivenCluster,
    Object,
    a_condition,
    a_node,
    a_node_pool,
    a_pod,
    cluster_objects,
)

GENERAL = "NodePool general-purpose"


def an_old_node(name: str = "i-old", /, *, pool: str = "general-purpose", **labels: str) -> Object:
    """A node of EKS Auto Mode that pods move away from."""
    own = {"karpenter.sh/nodepool": pool, "eks.amazonaws.com/compute-type": "auto"}
    return a_node(name, addresses=["10.0.0.40"], labels={**own, **labels})


def an_old_pod(
    name: str = "web-7d9c-1",
    /,
    *,
    kind: str = "ReplicaSet",
    owner: str = "web-7d9c",
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
    ready: bool = True,
    node: str = "i-old",
    **changes: Any,
) -> Object:
    """A pod to move, of a Deployment; `kind` empty for one without a controller."""
    pod = a_pod(name, node=node, address="10.0.0.50", **changes)
    owners = [{"apiVersion": "apps/v1", "kind": kind, "name": owner, "controller": True}] if kind else []
    pod["metadata"] |= {
        "labels": {"app": "web", "pod-template-hash": "7d9c"} if labels is None else dict(labels),
        "annotations": dict(annotations or {}),
        "ownerReferences": owners,
    }
    pod["status"]["conditions"] = [a_condition("Ready", "True" if ready else "False")]
    return pod


def two_pods(**changes: Any) -> list[Object]:
    """Two pods of one Deployment, so that neither is its only one."""
    return [an_old_pod("web-7d9c-1", **changes), an_old_pod("web-7d9c-2", **changes)]


def a_budget(name: str = "web", /, *, allowed: int = 1, **changes: Any) -> Object:
    """A PodDisruptionBudget of the pods with the label app: web; `spec`, `status` and `metadata` to add to."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"namespace": "shop", "name": name, "generation": 1, **changes.get("metadata", {})},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, **changes.get("spec", {})},
        "status": {
            "disruptionsAllowed": allowed,
            "currentHealthy": 2,
            "desiredHealthy": 2,
            "expectedPods": 2,
            "observedGeneration": 1,
            **changes.get("status", {}),
        },
    }


def a_volume(
    name: str = "pv-1", /, *, zones: Sequence[str] = (), driver: str = "ebs.csi.eks.amazonaws.com", **changes: Any
) -> Object:
    """A PersistentVolume of zones, or of any."""
    key = changes.get("key", "topology.kubernetes.io/zone")
    terms = [{"matchExpressions": [{"key": key, "operator": "In", "values": list(zones)}]}]
    affinity = {"nodeAffinity": {"required": {"nodeSelectorTerms": terms}}} if zones else {}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name},
        "spec": {"csi": {"driver": driver}, **affinity},
    }


def a_claim(name: str = "data", /, *, volume: str = "pv-1") -> Object:
    """A PersistentVolumeClaim with a volume."""
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"namespace": "shop", "name": name},
        "spec": {"volumeName": volume},
    }


def with_claim(name: str = "data") -> Object:
    """The spec of a pod that uses a claim."""
    return {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": name}}]}


def old_cluster(**objects: Sequence[Any]) -> dict[str, Sequence[Any]]:
    """A cluster with pods on the built-in node pool; other objects of some kinds."""
    right: dict[str, Sequence[Any]] = {
        "nodes": [a_node(), a_node("i-b", zone="eu-west-1b", addresses=["10.0.4.10"]), an_old_node()],
        "nodepools": [a_node_pool(), a_node_pool("general-purpose", node_class="default")],
        "pods": [a_pod(), *two_pods()],
    }
    return cluster_objects(**{**right, **objects})


def migrated(
    changes: Changes | None = None,
    *,
    broken: Mapping[str, LiveError] | None = None,
    connection: Sequence[str] = (),
    **objects: Sequence[Any],
) -> Migration:
    """The migration of a cluster with pods on the built-in node pool, with other objects of some kinds."""
    cluster = GivenCluster(old_cluster(**objects), **(broken or {}))
    return migrate([a_network_file(changes)], cluster, connection=connection)


def found(migration: Migration, id: str) -> list[Diagnostic]:
    """The diagnostics with an id."""
    return [each for each in migration.diagnostics if each.id == id]


def hindrances(migration: Migration, *, notes: bool = False) -> dict[str, str]:
    """The subjects of hindrances by their ids; of notes too, on request."""
    left_out = {"pods-to-move"} if notes else {"pods-to-move", "local-data", "host-ports", "single-pod"}
    return {each.id: each.subject for each in migration.diagnostics if each.id not in left_out}
