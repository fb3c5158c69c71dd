"""Times `podspace verify` on generated clusters of 10,000 and of 100,000 pods, and measures the memory it takes.

Run as `python -m benchmarks.verify`; an API server in another process lists the pods in pages, over TLS, and a file
holds them as `kubectl get … -A -o json` prints them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, overload

import yaml

from tests.kubernetes_server import KubernetesServer, encoded

REPOSITORY: Final = Path(__file__).parents[1]
ZONES: Final = ("eu-west-1a", "eu-west-1b", "eu-west-1c")
PODS_A_NODE: Final = 50
CONFIG: Final = {
    "name": "large",
    "environment": {"region": "eu-west-1"},
    "vpc": {
        "id": "vpc-0123456789abcdef0",
        "cidrs": ["10.0.0.0/16"],
        "node_subnets": {zone: [f"subnet-0000000{zone[-1]}"] for zone in ZONES},
    },
    "cluster": {"name": "large", "security_group_id": "sg-0123456789abcdef0"},
    "pods": {"cidrs": [f"100.{64 + n}.0.0/16" for n in range(4)], "zones": [*ZONES], "subnet_prefix": 18},
    "node_classes": [{"name": "large"}],
    "node_pools": [
        {"name": "large", "requirements": [{"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"]}]}
    ],
}


def main() -> None:
    """Print a line for each way to read, and each size."""
    print(f"{'':34}{'seconds':>9}{'peak MB':>9}{'MB read':>9}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = folder / "large.yaml"
        config.write_text(yaml.safe_dump(CONFIG))
        for count in (10_000, 100_000):
            file = _written(folder / "all.json", count)
            megabytes = file.stat().st_size / 2**20
            measure(f"{count:,} pods, of a file", megabytes, "verify", config, "--from", file)
            with _Serving(folder, count) as kubeconfig:
                arguments = ("verify", config, "--kubeconfig", kubeconfig)
                measure(f"{count:,} pods, of an API server", megabytes, *arguments)


_LAUNCHER: Final = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
assert done.returncode in (0, 1), done.stdout + done.stderr
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""Measures the memory of a command; a process counts that of the one it is forked from, which is small here."""


def measure(what: str, megabytes: float, *arguments: str | Path) -> float:
    """Run a command of podspace as a process of its own, print what it takes, and return its peak memory in MB."""
    command = [sys.executable, "-c", _LAUNCHER, sys.executable, "-m", "podspace", *map(str, arguments)]
    began = time.perf_counter()
    done = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - began
    peak = int(done.stdout) / 1024
    print(f"{what:34}{seconds:9.1f}{peak:9.0f}{megabytes:9.0f}", flush=True)
    return peak


class _Serving:
    """An API server with so many pods, in a process of its own."""

    def __init__(self, folder: Path, count: int) -> None:
        context = get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(folder, count, theirs))

    def __enter__(self) -> Path:
        self._process.start()
        kubeconfig: Path = self._ours.recv()
        return kubeconfig

    def __exit__(self, *error: object) -> None:
        self._ours.send("stop")
        self._process.join()


def _serve(folder: Path, count: int, connection: Connection) -> None:
    objects = {**{plural: encoded(each) for plural, each in _others(count).items()}, "pods": _Pods(count)}
    with KubernetesServer(objects) as server:
        connection.send(server.kubeconfig(folder))
        connection.recv()


def _written(path: Path, count: int) -> Path:
    """A list of everything, pods first as kubectl prints what it is asked for first."""
    with path.open("wb") as file:
        file.write(b'{"apiVersion": "v1", "items": [\n')
        file.write(b",\n".join(encoded(each for objects in _others(count).values() for each in objects)))
        for pod in _Pods(count):
            file.write(b",\n" + pod)
        file.write(b'], "kind": "List", "metadata": {"resourceVersion": ""}}\n')
    return path


def _others(count: int) -> dict[str, list[Any]]:
    """Everything but pods: a node for each fifty of them, and a hundredth as many events as pods."""
    conditions = [{"type": "Ready", "status": "True", "observedGeneration": 1}]
    made = {"metadata": {"name": "large", "generation": 1}, "status": {"conditions": conditions}}
    reference = {"template": {"spec": {"nodeClassRef": {"name": "large"}}}}
    return {
        "nodeclasses": [{"apiVersion": "eks.amazonaws.com/v1", "kind": "NodeClass", **made}],
        "nodepools": [{"apiVersion": "karpenter.sh/v1", "kind": "NodePool", **made, "spec": reference}],
        "nodeclaims": [],
        "nodes": [_node(number) for number in range(count // PODS_A_NODE)],
        "events": [_event(number) for number in range(count // 100)],
    }


def _node(number: int) -> dict[str, Any]:
    labels = {"karpenter.sh/nodepool": "large", "topology.kubernetes.io/zone": ZONES[number % len(ZONES)]}
    images = [{"names": [f"registry.example.com/team/app-{n}:1.2.3"], "sizeBytes": 50_000_000} for n in range(50)]
    address = f"10.0.{number // 200 + 1}.{number % 200 + 4}"
    ready = {"type": "Ready", "status": "True", "reason": "KubeletReady"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": f"i-{number:017x}", "labels": labels},
        "status": {
            "addresses": [{"type": "InternalIP", "address": address}],
            "conditions": [ready],
            "images": images,
        },
    }


def _event(number: int) -> dict[str, Any]:
    about = {"kind": "Pod", "namespace": "team-1", "name": f"app-{number}"}
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"namespace": "team-1", "name": f"app-{number}.17a"},
        "involvedObject": about,
        "reason": "Scheduled",
        "message": f"Successfully assigned team-1/app-{number} to a node",
    }


class _Pods(Sequence[bytes]):
    """Pods as an API server has them, made when they are asked for."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._template = json.dumps(ordinary_pod())

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> list[bytes]: ...
    def __getitem__(self, index: int | slice) -> bytes | list[bytes]:
        if isinstance(index, slice):
            return [self._made(number) for number in range(*index.indices(self._count))]
        if index >= self._count:
            raise IndexError
        return self._made(index)

    def _made(self, number: int) -> bytes:
        node, place = divmod(number, PODS_A_NODE)
        zone, offset = node % len(ZONES), node // len(ZONES) * PODS_A_NODE + place + 16
        block, inside = divmod(offset, 2**14 - 32)
        address = f"100.{64 + block}.{zone * 64 + (inside + 16) // 256}.{(inside + 16) % 256}"
        text = self._template.replace("NAME", f"app-{number:07}").replace("ADDRESS", address)
        return text.replace("NODE", f"i-{node:017x}").encode()


def ordinary_pod() -> dict[str, Any]:
    """A pod of an ordinary Deployment, about 5 kB."""
    variables = [{"name": f"SETTING_{n}", "value": "as of the configuration of this team"} for n in range(12)]
    probe = {"httpGet": {"path": "/healthz", "port": 8080, "scheme": "HTTP"}, "periodSeconds": 10, "timeoutSeconds": 1}
    image = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/app"
    digest = "0123456789abcdef" * 4
    types = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
    conditions = [{"type": each, "status": "True", "lastTransitionTime": "2026-11-20T10:00:00Z"} for each in types]
    managed: dict[str, Any] = {
        "f:containers": {'k:{"name":"app"}': {f"f:{name}": {} for name in ("env", "image", "resources", "ports")}}
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "namespace": "team-1",
            "name": "NAME",
            "labels": {"app.kubernetes.io/name": "app", "pod-template-hash": "7d9c6b5f4"},
            "creationTimestamp": "2026-11-20T10:00:00Z",
            "managedFields": [{"manager": "kubelet", "operation": "Update", "fieldsV1": {"f:spec": managed}}] * 2,
        },
        "spec": {
            "nodeName": "NODE",
            "containers": [
                {
                    "name": name,
                    "image": f"{image}:1.2.3",
                    "env": variables,
                    "livenessProbe": probe,
                    "readinessProbe": probe,
                    "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "256Mi"}},
                    "volumeMounts": [{"name": "token", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}],
                }
                for name in ("app", "proxy")
            ],
            "tolerations": [{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "tolerationSeconds": 300}],
        },
        "status": {
            "phase": "Running",
            "podIP": "ADDRESS",
            "podIPs": [{"ip": "ADDRESS"}],
            "conditions": conditions,
            "containerStatuses": [
                {"name": name, "ready": True, "imageID": f"{image}@sha256:{digest}", "state": {"running": {}}}
                for name in ("app", "proxy")
            ],
        },
    }


if __name__ == "__main__":
    main()
