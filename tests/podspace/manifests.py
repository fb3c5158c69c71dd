"""Valid manifests to begin from: a test names only what it changes."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

from tests.podspace.certificate import CERTIFICATE, encoded

Manifest = dict[str, Any]

_NODE_CLASS: Final[Manifest] = {
    "role": "nodes",
    "subnetSelectorTerms": [{"id": "subnet-0a"}],
    "securityGroupSelectorTerms": [{"id": "sg-0a"}],
}
_REFERENCE: Final[Manifest] = {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": "pods"}
_ARCHITECTURE: Final[Manifest] = {"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64"]}


def _object(api_version: str, kind: str, name: str, spec: Manifest) -> Manifest:
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {"name": name},
        "spec": {key: deepcopy(value) for key, value in spec.items() if value is not None},
    }


def a_node_class(**spec: Any) -> Manifest:
    """A NodeClass with its nodes' role, subnets and groups, and with changes to its spec; None removes."""
    return _object("eks.amazonaws.com/v1", "NodeClass", "pods", {**_NODE_CLASS, **spec})


def a_node_pool(*, template: Manifest | None = None, **spec: Any) -> Manifest:
    """A NodePool of one requirement, with changes to its spec and to that of its nodes; None removes."""
    nodes = {"nodeClassRef": _REFERENCE, "requirements": [_ARCHITECTURE], **(template or {})}
    nodes = {key: value for key, value in nodes.items() if value is not None}
    return _object("karpenter.sh/v1", "NodePool", "pool", {"template": {"spec": nodes}, **spec})


def an_eni_config(**spec: Any) -> Manifest:
    """An ENIConfig of one zone, with changes to its spec; None removes."""
    return _object("crd.k8s.amazonaws.com/v1alpha1", "ENIConfig", "eu-west-1a", {"subnet": "subnet-0a", **spec})


def a_full_node_class() -> Manifest:
    """A NodeClass that uses every field but instanceProfile, which excludes role, and huge pages, which exclude EFA."""
    return a_node_class(
        podSubnetSelectorTerms=[{"tags": {"Name": "pods"}}, {"id": "subnet-0b"}],
        podSecurityGroupSelectorTerms=[{"id": "sg-0b"}],
        securityGroupSelectorTerms=[{"name": "nodes-group"}, {"tags": {"aws:eks:cluster-name": "c"}}],
        snatPolicy="Random",
        networkPolicy="DefaultAllow",
        networkPolicyEventLogs="Enabled",
        ephemeralStorage={"size": "80Gi", "iops": 3000, "throughput": 125, "kmsKeyID": "alias/nodes"},
        advancedNetworking={
            "httpsProxy": "http://192.0.2.4:3128",
            "noProxy": ["169.254.169.254", ".internal", ".eks.amazonaws.com"],
            "ipv4PrefixSize": "32",
            "enableV4Egress": False,
            "networkInterfaces": [
                {"networkCardIndex": 0, "deviceIndex": 0, "interfaceType": "interface"},
                {"networkCardIndex": 0, "deviceIndex": 1, "interfaceType": "interface", "secondaryIPv4Count": 10},
                {"networkCardIndex": 0, "deviceIndex": 2, "interfaceType": "interface", "secondaryIPv4PrefixCount": 1},
                {"networkCardIndex": 1, "deviceIndex": 0, "interfaceType": "efa-only"},
            ],
        },
        advancedSecurity={"fips": True, "kernelLockdown": "Integrity"},
        advancedCompute={
            "hugepages": {"transparent": {"enabled": "madvise", "defrag": "defer+madvise"}},
            "kubelet": {
                "maxPods": 60,
                "podPidsLimit": 4096,
                "idsPerPod": 65536,
                "singleProcessOOMKill": False,
                "eviction": {
                    "hard": {"memory.available": "100Mi", "nodefs.available": "10%"},
                    "soft": {"memory.available": "500Mi", "nodefs.available": "15%"},
                    "softGracePeriod": {"memory.available": "1m30s", "nodefs.available": "2m"},
                    "maxPodGracePeriod": 60,
                },
                "logging": {"containerLogMaxSize": "10Mi", "containerLogMaxFiles": 5},
                "allowedUnsafeSysctls": ["net.core.somaxconn", "kernel.shm*"],
            },
            "kernel": {
                "sysctl": {
                    "user.max_user_namespaces": 100,
                    "net.ipv4.tcp_congestion_control": "cubic",
                    "vm.dirty_background_ratio": 10,
                    "vm.dirty_ratio": 20,
                }
            },
        },
        certificateBundles=[{"name": "proxy", "data": encoded(CERTIFICATE)}],
        capacityReservationSelectorTerms=[{"id": "cr-0a"}, {"tags": {"Name": "odcr"}, "owner": "123456789012"}],
        placementGroupSelector={"name": "training"},
        tags={"team": "a", "empty": ""},
    )


def a_full_node_pool() -> Manifest:
    """A NodePool that uses every field but replicas, which exclude weight and other limits."""
    manifest = a_node_pool(
        template={
            "requirements": [
                {"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64", "arm64"], "minValues": 2},
                {"key": "eks.amazonaws.com/instance-cpu", "operator": "Gt", "values": ["4"]},
                {"key": "eks.amazonaws.com/instance-gpu-name", "operator": "DoesNotExist"},
            ],
            "taints": [{"key": "example.com/pods", "value": "split", "effect": "NoSchedule"}],
            "startupTaints": [{"key": "example.com/agent", "effect": "NoExecute", "timeAdded": "2026-11-24T10:00:00Z"}],
            "expireAfter": "336h",
            "terminationGracePeriod": "24h0m0s",
        },
        disruption={
            "consolidationPolicy": "Balanced",
            "consolidateAfter": "30s",
            "budgets": [
                {"nodes": "10%"},
                {"nodes": "0", "schedule": "0 9 * * mon-fri", "duration": "8h", "reasons": ["Drifted", "Empty"]},
            ],
        },
        limits={"cpu": 1000, "memory": "1000Gi"},
        weight=10,
    )
    manifest["spec"]["template"]["metadata"] = {"labels": {"team": "a"}, "annotations": {"example.com/a": "any text"}}
    return manifest


def a_full_eni_config() -> Manifest:
    """An ENIConfig that uses every field."""
    return an_eni_config(securityGroups=["sg-0a", "sg-0b"])


def the_full_ones() -> list[Manifest]:
    """One of each kind."""
    return [a_full_node_class(), a_full_node_pool(), a_full_eni_config()]
