"""Times `podspace migrate` on a generated cluster of 10,000 pods, of which three quarters are on a built-in node pool.

Run as `python -m benchmarks.migrate FILE`; it writes the cluster to FILE, as `kubectl get … -A -o json` prints it, for
`podspace migrate config/article.yaml --from FILE`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks.verify import measure, ordinary_pod

REPOSITORY: Final = Path(__file__).parents[1]
CONFIG: Final = REPOSITORY / "config" / "article.yaml"
PODS: Final = 10_000
A_NODE, A_WORKLOAD = 50, 10
"""Pods of a node, of which the first is of a DaemonSet, and of a workload."""
PERIOD: Final = 50
"""Workloads repeat what hinders them."""
_ZONES: Final = ("eu-west-1b", "eu-west-1c")
_OTHER_ZONE: Final = "eu-west-1a"

_SOURCES: Final = (*["general-purpose"] * 7, "old", *["workers-split-ip"] * 2)

Object = dict[str, Any]


def main() -> None:
    """Write the cluster, and measure the command on it."""
    (path,) = map(Path, sys.argv[1:])
    write_cluster(path)
    print(f"{'':34}{'seconds':>9}{'peak MB':>9}{'MB read':>9}")
    measure(f"{PODS:,} pods, of a file", path.stat().st_size / 2**20, "migrate", CONFIG, "--from", path)


def write_cluster(path: Path) -> None:
    """Write every object of the cluster, one a line."""
    with path.open("w", encoding="utf-8") as file:
        file.write('{"apiVersion": "v1", "kind": "List", "items": [\n')
        file.writelines(("" if first else ",\n") + json.dumps(each) for first, each in _numbered(objects()))
        file.write("\n]}\n")


def _numbered(found: Iterator[Object]) -> Iterator[tuple[bool, Object]]:
    for number, each in enumerate(found):
        yield number == 0, each


def objects() -> Iterator[Object]:
    """The objects of the cluster: pods and what a migration reads with them."""
    yield from map(_node, range(PODS // A_NODE))
    for name, node_class in (("workers-split-ip", "split-ip-space"), ("general-purpose", "default")):
        yield _node_pool(name, node_class)
    for workload in range(PODS // A_WORKLOAD):
        yield from _budgets(workload)
        yield from _volumes(workload)
    yield from map(_pod, range(PODS))


def source_of(node: int) -> str:
    """What created a node: of ten, seven are of the built-in node pool, one of a node group, two of the config."""
    return _SOURCES[node % len(_SOURCES)]


def _node(number: int) -> Object:
    source = source_of(number)
    auto = {"karpenter.sh/nodepool": source, "eks.amazonaws.com/compute-type": "auto"}
    labels = {"eks.amazonaws.com/nodegroup": source} if source == "old" else auto
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": f"i-{number:017x}",
            "labels": {**labels, "topology.kubernetes.io/zone": _ZONES[number % len(_ZONES)]},
        },
    }


def _node_pool(name: str, node_class: str) -> Object:
    reference = {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": node_class}
    return {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": {"name": name},
        "spec": {"template": {"spec": {"nodeClassRef": reference}}},
        "status": {"conditions": [{"type": "Ready", "status": "True"}]},
    }


def _budgets(workload: int) -> Iterator[Object]:
    """A PodDisruptionBudget that allows nothing, or two that overlap, or none."""
    kind = workload % PERIOD
    for name, allowed in {1: [("web", 0)], 8: [("web", 1), ("team", 1)]}.get(kind, []):
        yield {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": {"namespace": "team", "name": f"{name}-{workload}", "generation": 1},
            "spec": {"selector": {"matchLabels": {"app": f"app-{workload}"}}},
            "status": {"disruptionsAllowed": allowed, "observedGeneration": 1},
        }


def _volumes(workload: int) -> Iterator[Object]:
    """The volume of a StatefulSet in the zone of its nodes or, every other time, in a zone that the config lacks."""
    if workload % PERIOD:
        return
    zone = _OTHER_ZONE if workload % (2 * PERIOD) else _ZONES[workload * A_WORKLOAD // A_NODE % len(_ZONES)]
    term = {"matchExpressions": [{"key": "topology.kubernetes.io/zone", "operator": "In", "values": [zone]}]}
    yield {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"namespace": "team", "name": f"data-{workload}"},
        "spec": {"volumeName": f"pv-{workload}"},
    }
    yield {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"pv-{workload}"},
        "spec": {
            "csi": {"driver": "ebs.csi.eks.amazonaws.com"},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [term]}},
        },
    }


def _pod(number: int) -> Object:
    """A pod of an ordinary Deployment, with what its workload adds."""
    node, workload = number // A_NODE, number // A_WORKLOAD
    text = json.dumps(ordinary_pod()).replace("NAME", f"app-{workload}-{number}").replace("ADDRESS", "10.196.24.9")
    pod: Object = json.loads(text.replace("NODE", f"i-{node:017x}"))
    metadata, spec = pod["metadata"], pod["spec"]
    metadata |= {"namespace": "team", "labels": {"app": f"app-{workload}", "pod-template-hash": "7d9c6b5f4"}}
    kind, owner = "ReplicaSet", f"app-{workload}-7d9c6b5f4"
    match "DaemonSet" if number % A_NODE == 0 else workload % PERIOD:
        case "DaemonSet":
            kind, owner = "DaemonSet", "agent"
        case 0:
            kind, owner = "StatefulSet", f"app-{workload}"
            spec["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": f"data-{workload}"}}]
        case 2:
            kind, owner = "Job", f"app-{workload}"
            metadata["annotations"] = {"karpenter.sh/do-not-disrupt": "true"}
        case 3:
            spec["nodeSelector"] = {"karpenter.sh/nodepool": "general-purpose"}
        case 4:
            spec["containers"][0]["ports"] = [{"containerPort": 9400, "hostPort": 9400}]
        case 5:
            spec["volumes"] = [{"name": "cache", "emptyDir": {}}]
        case 6:
            kind = ""
        case 7:
            owner = f"one-{number}-7d9c6b5f4"
    owners = [{"apiVersion": "apps/v1", "kind": kind, "name": owner, "controller": True}] if kind else []
    metadata["ownerReferences"] = owners
    return pod


if __name__ == "__main__":
    main()
