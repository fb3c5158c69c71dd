"""The objects of a smoke test, as plain data, in the order to apply.

All of them are in a namespace of their own, so that deleting it removes the test. A probe is a Job rather than a bare
Pod, because network policies are not reliably enforced for pods without an owner (docs/decisions). Its container
`probe` tries everything and ends, which publishes its termination message; its container `listener` answers the probes
of other zones, and keeps the pod active: Kubernetes deletes pods of nodes that are gone, and EKS Auto Mode removes
nodes without active pods.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from podspace.capacity.node_pool_option import node_pool_problems
from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.formats.manifest_files import Manifest
from podspace.planning import Plan
from podspace.smoke.endpoint_names import endpoint_names
from podspace.smoke.probe import SERVICE, Probe, namespace_of, peers, probes
from podspace.smoke.settings import SmokeSettings

SCRIPT: Final = Path(__file__).with_name("probe.sh")
CONTAINER: Final = "probe"
"""The container whose termination message is the result."""
PORT: Final = 8080
"""The port on which a listener answers, as the script has it too."""
DOMAIN: Final = "cluster.local"
"""The domain of cluster names, which EKS does not let a cluster choose (inferred)."""
PROFILE: Final = "restricted"
"""The Pod Security Standard of the namespace: https://kubernetes.io/docs/concepts/security/pod-security-standards/."""

_FOLDER: Final = "/probe"
_RESULT: Final = "/dev/termination-log"
"""The default terminationMessagePath."""
_NOBODY: Final = 65534
_EXECUTABLE: Final = 0o555
_MARGIN: Final = 300
"""Seconds for everything but the wait for other zones."""
_LABELS: Final[dict[str, JsonValue]] = {"app.kubernetes.io/name": "podspace-smoke"}


def smoke_manifests(plans: Sequence[Plan], settings: SmokeSettings) -> tuple[Manifest, ...]:
    """The objects of a smoke test of the pod networks of one cluster, a namespace for each.

    Raises:
        InputError: no plan has a NodePool, or none has one that the settings name.
    """
    every = [(plan, probes(plan)) for plan in plans]
    _refuse_other_pools(list(dict.fromkeys(probe.pool for _, found in every for probe in found)), settings)
    return tuple(each for plan, found in every for each in _of_network(plan, settings, found))


def _of_network(plan: Plan, settings: SmokeSettings, every: Sequence[Probe]) -> Iterator[Manifest]:
    namespace = namespace_of(plan)
    chosen = [each for each in every if not settings.pools or each.pool in settings.pools]
    if chosen:
        yield from (_namespace(namespace), _script(namespace), _service(namespace), _network_policy(namespace))
        yield from (_job(plan, settings, probe, chosen) for probe in chosen)


def _refuse_other_pools(pools: Sequence[str], settings: SmokeSettings) -> None:
    if not pools:
        where = Location(path="node_pools")
        message = "must have a NodePool that starts nodes in a zone of the pods: a probe runs on a node of each"
        fix = "add a NodePool to node_pools; podspace has no probes for built-in node pools and managed node groups"
        raise InputError([Diagnostic(id="smoke-without-node-pool", location=where, message=message, fix=fix)])
    if unknown := [*node_pool_problems(settings.pools, known=pools)]:
        raise InputError(unknown)


def _metadata(name: str, namespace: str) -> dict[str, JsonValue]:
    return {"name": name, "namespace": namespace, "labels": {**_LABELS}}


def _namespace(name: str) -> Manifest:
    labels: dict[str, JsonValue] = {
        **_LABELS,
        **{f"pod-security.kubernetes.io/{mode}": PROFILE for mode in ("enforce", "audit", "warn")},
    }
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def _script(namespace: str) -> Manifest:
    text = SCRIPT.read_text(encoding="utf-8")
    metadata = _metadata("probe", namespace)
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {SCRIPT.name: text}}


def _service(namespace: str) -> Manifest:
    """Gives each probe a name, before its containers are ready too."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(SERVICE, namespace),
        "spec": {
            "clusterIP": "None",
            "publishNotReadyAddresses": True,
            "selector": {**_LABELS},
            "ports": [{"name": "http", "port": PORT, "protocol": "TCP"}],
        },
    }


def _network_policy(namespace: str) -> Manifest:
    """Allows everything: pods of a NodeClass with networkPolicy DefaultDeny are blocked until a policy allows it."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": _metadata("allow-all", namespace),
        "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "ingress": [{}], "egress": [{}]},
    }


def _job(plan: Plan, settings: SmokeSettings, probe: Probe, others: Sequence[Probe]) -> Manifest:
    namespace = namespace_of(plan)
    annotations: dict[str, JsonValue] = {"karpenter.sh/do-not-disrupt": "true"}
    template: JsonValue = {
        "metadata": {"labels": {**_LABELS}, "annotations": annotations},
        "spec": _pod(settings, probe, _environment(plan, settings, peers(probe, others))),
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": _metadata(probe.name, namespace),
        "spec": {"backoffLimit": 0, "template": template},
    }


def _environment(plan: Plan, settings: SmokeSettings, others: Mapping[str, Probe]) -> dict[str, str]:
    domain = f"{SERVICE}.{namespace_of(plan)}.svc.{DOMAIN}"
    return {
        "PEERS": " ".join(f"{zone}={each.name}.{domain}" for zone, each in others.items()),
        "TO": " ".join(settings.destinations),
        "ENDPOINTS": " ".join(f"{service}={host}" for service, host in endpoint_names(plan).items()),
        "INTERNET": settings.internet,
        "ECHO": settings.echo,
        "WAIT": str(settings.wait),
        "RESULT": _RESULT,
    }


def _pod(settings: SmokeSettings, probe: Probe, environment: dict[str, str]) -> dict[str, JsonValue]:
    paths = (SCRIPT.name, "cgi-bin/seen", "cgi-bin/large")
    items: list[JsonValue] = [{"key": SCRIPT.name, "path": path, "mode": _EXECUTABLE} for path in paths]
    listening = {"LISTEN": str(2 * settings.wait)}
    return {
        "restartPolicy": "Never",
        "activeDeadlineSeconds": 2 * settings.wait + _MARGIN,
        "terminationGracePeriodSeconds": 5,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "hostname": probe.name,
        "subdomain": SERVICE,
        "nodeSelector": {"karpenter.sh/nodepool": probe.pool, probe.zone_label: probe.zone},
        "tolerations": [_toleration(taint.key, taint.value, taint.effect) for taint in probe.taints],
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _NOBODY,
            "runAsGroup": _NOBODY,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [
            _container(CONTAINER, settings.image, environment=environment),
            _container("listener", settings.image, "listen", environment=listening),
        ],
        "volumes": [{"name": "script", "configMap": {"name": "probe", "items": items}}],
    }


def _container(name: str, image: str, *arguments: str, environment: dict[str, str]) -> JsonValue:
    command: list[JsonValue] = ["/bin/sh", f"{_FOLDER}/{SCRIPT.name}", *arguments]
    variables: list[JsonValue] = [{"name": key, "value": value} for key, value in environment.items()]
    return {
        "name": name,
        "image": image,
        "command": command,
        "env": variables,
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "64Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
        "volumeMounts": [{"name": "script", "mountPath": _FOLDER, "readOnly": True}],
    }


def _toleration(key: str, value: str | None, effect: str) -> JsonValue:
    return {"key": key, "operator": "Equal", **({"value": value} if value else {}), "effect": effect}
