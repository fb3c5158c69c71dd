"""Objects as the API server has them, of a cluster in order: a test names only what it changes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from podspace.live.failure import LiveError
from podspace.live.kubernetes import RESOURCE_TYPES, ResourceType
from podspace.live.kubernetes.resource_type import Record_co

Object = dict[str, Any]
ZONES = ("eu-west-1a", "eu-west-1b")
"""The zones of `tests.mother`: the nodes i-a and i-b are in them."""


def a_pod(name: str = "web-1", /, *, node: str = "i-a", address: str | None = "100.64.0.20", **changes: Any) -> Object:
    """A pod that runs; `address` None for one that has none, with `status` and `spec` to add to."""
    status: Object = {"phase": "Running" if address else "Pending"}
    if address:
        status |= {"podIP": address, "podIPs": [{"ip": address}], "hostIP": "10.0.0.10"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "namespace": changes.get("namespace", "shop"),
            "name": name,
            "creationTimestamp": "2026-11-20T10:00:00Z",
        },
        "spec": {"nodeName": node, **changes.get("spec", {})},
        "status": {**status, **changes.get("status", {})},
    }


def a_node(
    name: str = "i-a",
    /,
    *,
    zone: str = "eu-west-1a",
    addresses: Sequence[str] = ("10.0.0.10",),
    labels: Mapping[str, str] | None = None,
    ready: str = "True",
) -> Object:
    """A node of the NodePool `pool`, or with other labels."""
    own = {"karpenter.sh/nodepool": "pool"} if labels is None else dict(labels)
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {"topology.kubernetes.io/zone": zone, **own}},
        "status": {
            "addresses": [
                *({"type": "InternalIP", "address": address} for address in addresses),
                {"type": "Hostname", "address": name},
            ],
            "conditions": [a_condition("Ready", ready, reason="KubeletReady")],
        },
    }


def a_condition(name: str, status: str = "True", *, reason: str = "", message: str = "", generation: int = 1) -> Object:
    """A condition; its reason is its type unless said otherwise, as of Karpenter's."""
    return {
        "type": name,
        "status": status,
        "reason": reason or name,
        "message": message,
        "observedGeneration": generation,
        "lastTransitionTime": "2026-11-20T10:00:00Z",
    }


def a_node_class(name: str = "class", /, *conditions: Object, generation: int = 1) -> Object:
    """A NodeClass that is ready, or with other conditions."""
    types = ("SubnetsReady", "SecurityGroupsReady", "InstanceProfileReady", "ValidationSucceeded", "Ready")
    return {
        "apiVersion": "eks.amazonaws.com/v1",
        "kind": "NodeClass",
        "metadata": {"name": name, "generation": generation},
        "status": {"conditions": list(conditions or map(a_condition, types))},
    }


def _reference(node_class: str) -> Object:
    return {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": node_class}


def a_node_pool(name: str = "pool", /, *conditions: Object, node_class: str = "class") -> Object:
    """A NodePool that is ready, or with other conditions."""
    types = ("ValidationSucceeded", "NodeClassReady", "Ready")
    return {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": {"name": name, "generation": 1},
        "spec": {"template": {"spec": {"nodeClassRef": _reference(node_class)}}},
        "status": {"conditions": list(conditions or map(a_condition, types))},
    }


def a_node_claim(name: str = "pool-x7", /, *conditions: Object, pool: str = "pool") -> Object:
    """A NodeClaim of a node that is there, or with other conditions."""
    types = ("Launched", "Registered", "Initialized", "Ready")
    return {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodeClaim",
        "metadata": {"name": name, "labels": {"karpenter.sh/nodepool": pool}},
        "status": {"conditions": list(conditions or map(a_condition, types))},
    }


def an_event(
    message: str, /, *, kind: str = "Pod", name: str = "web-1", reason: str = "Failed", count: int = 1
) -> Object:
    """An event about an object; pods are in the namespace `shop`."""
    namespace = {"namespace": "shop"} if kind in {"Pod", "ReplicaSet"} else {}
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"namespace": "shop", "name": f"{name}.17a"},
        "involvedObject": {"kind": kind, "name": name, **namespace},
        "reason": reason,
        "message": message,
        "count": count,
        "lastTimestamp": "2026-11-20T10:05:00Z",
    }


def cluster_objects(**changes: Sequence[Any]) -> dict[str, Sequence[Any]]:
    """The objects of a cluster in order by the plural of their kind; changes replace all of a kind."""
    right: dict[str, Sequence[Any]] = {
        "pods": [a_pod(), a_pod("web-2", node="i-b", address="100.64.64.20")],
        "nodes": [a_node(), a_node("i-b", zone="eu-west-1b", addresses=["10.0.4.10"])],
        "events": [],
        "nodeclasses": [a_node_class()],
        "nodepools": [a_node_pool()],
        "nodeclaims": [a_node_claim()],
        "poddisruptionbudgets": [],
        "persistentvolumeclaims": [],
        "persistentvolumes": [],
    }
    assert set(changes) <= set(right)
    return {**right, **changes}


class GivenCluster:
    """A cluster of given objects.

    Attributes:
        broken: by plural, what is raised after the objects of that kind.
    """

    name = "a test"
    context = ""
    is_complete = True

    def __init__(self, objects: Mapping[str, Sequence[Any]], **broken: LiveError) -> None:
        self.objects = dict(objects)
        self.broken = broken

    def records(self, kind: ResourceType[Record_co]) -> Iterator[Record_co]:
        """Those of a kind."""
        assert kind in RESOURCE_TYPES
        yield from map(kind.record, self.objects[kind.plural])
        if kind.plural in self.broken:
            raise self.broken[kind.plural]


def printed(folder: Path, objects: Mapping[str, Sequence[Object]]) -> Path:
    """The file `all.json` with what kubectl prints of objects of several kinds."""
    path = folder / "all.json"
    items = [each for kind in objects.values() for each in kind]
    path.write_text(json.dumps({"apiVersion": "v1", "items": items, "kind": "List"}))
    return path
