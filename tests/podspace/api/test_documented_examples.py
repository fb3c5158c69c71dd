"""NodeClasses and NodePools with the fields of AWS's documented examples are accepted.

Read on 2026-11-29 from create-node-class, create-node-pool and auto-change of the EKS User Guide. Names and tags differ,
and placeholders have values. Examples of one field, which leave out the fields that the page calls required, have them.
"""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from podspace.api import doubts_of, problems_in, read
from tests.podspace.certificate import CERTIFICATE, encoded
from tests.podspace.manifests import Manifest

ROLE: Manifest = {"role": "nodes"}
TERMS: Manifest = {
    "subnetSelectorTerms": [{"tags": {"Name": "private", "kubernetes.io/role/internal-elb": "1"}}],
    "securityGroupSelectorTerms": [{"tags": {"Name": "cluster"}}],
}
PODS: Manifest = {
    "podSubnetSelectorTerms": [{"tags": {"Name": "pods", "kubernetes.io/role/pod": "1"}}],
    "podSecurityGroupSelectorTerms": [{"tags": {"Name": "pods"}}],
}


def interface(card: int, device: int, kind: str = "interface", **addresses: int) -> Manifest:
    return {"networkCardIndex": card, "deviceIndex": device, "interfaceType": kind, **addresses}


EFA = [interface(0, 0, secondaryIPv4PrefixCount=1), interface(0, 1, "efa-only")]
EFA += [interface(card, 0, "efa-only") for card in (1, 2, 3)]

EVERY_FIELD: Manifest = {
    **ROLE,
    **TERMS,
    **PODS,
    "capacityReservationSelectorTerms": [
        {"id": "cr-0123456789abcdef0"},
        {"tags": {"Name": "reserved"}, "owner": "111122223333"},
    ],
    "snatPolicy": "Random",
    "networkPolicy": "DefaultAllow",
    "networkPolicyEventLogs": "Disabled",
    "ephemeralStorage": {
        "size": "80Gi",
        "iops": 3000,
        "throughput": 125,
        "kmsKeyID": "arn:aws:kms:eu-west-1:111122223333:key/2b2c3d4e-5f67-890a-bcde-f01234567890",
    },
    "advancedNetworking": {
        "associatePublicIPAddress": False,
        "httpsProxy": "http://192.0.2.4:3128",
        "noProxy": ["localhost", "127.0.0.1", "169.254.169.254", ".internal", ".eks.amazonaws.com"],
        "ipv4PrefixSize": "Auto",
        "enableV4Egress": False,
        "networkInterfaces": [
            interface(0, 0, secondaryIPv4Count=10),
            interface(0, 1, secondaryIPv4PrefixCount=2),
            interface(1, 0, "efa-only"),
        ],
    },
    "advancedSecurity": {"fips": False},
    "certificateBundles": [{"name": "own", "data": encoded(CERTIFICATE)}],
    "placementGroupSelector": {"name": "group"},
    "tags": {"Environment": "production", "Team": "platform"},
}
"""The specification at the top of create-node-class."""

KUBELET: Manifest = {
    "maxPods": 60,
    "podPidsLimit": 4096,
    "singleProcessOOMKill": False,
    "eviction": {
        "hard": {"memory.available": "100Mi", "nodefs.available": "10%"},
        "soft": {"memory.available": "500Mi", "nodefs.available": "15%"},
        "softGracePeriod": {"memory.available": "1m30s", "nodefs.available": "2m"},
        "maxPodGracePeriod": 60,
    },
    "logging": {"containerLogMaxSize": "10Mi", "containerLogMaxFiles": 5},
    "allowedUnsafeSysctls": ["net.core.somaxconn", "kernel.shm*"],
}
SYSCTLS: Manifest = {
    "vm.swappiness": 30,
    "net.core.somaxconn": 4096,
    "net.ipv4.tcp_congestion_control": "cubic",
    "vm.dirty_background_ratio": 10,
    "vm.dirty_ratio": 20,
}
HUGE_PAGES: Manifest = {
    "pages": [{"size": "2Mi", "count": 512}, {"size": "1Gi", "count": 2}],
    "transparent": {"enabled": "always", "defrag": "defer"},
}

NODE_CLASSES: dict[str, Manifest] = {
    "larger storage": {**ROLE, **TERMS, "ephemeralStorage": {"size": "160Gi"}},
    "every field": EVERY_FIELD,
    "pod subnets": {**ROLE, **TERMS, **PODS},
    "secondary IP mode": {**ROLE, **TERMS, "advancedNetworking": {"ipv4PrefixSize": "32"}},
    "no IPv4 egress": {**ROLE, **TERMS, "advancedNetworking": {"enableV4Egress": False}},
    "EFA": {
        **ROLE,
        **TERMS,
        "placementGroupSelector": {"name": "training"},
        "advancedNetworking": {"networkInterfaces": EFA},
    },
    "huge pages": {**ROLE, **TERMS, "advancedCompute": {"hugepages": HUGE_PAGES}},
    "kubelet settings": {**ROLE, **TERMS, "advancedCompute": {"kubelet": KUBELET}},
    "ids for user namespaces": {
        **ROLE,
        **TERMS,
        "advancedCompute": {
            "kubelet": {"idsPerPod": 65536},
            "kernel": {"sysctl": {"user.max_user_namespaces": 1000}},
        },
    },
    "sysctls": {**ROLE, **TERMS, "advancedCompute": {"kernel": {"sysctl": SYSCTLS}}},
}


@pytest.mark.parametrize("name", NODE_CLASSES)
def test_a_documented_node_class_is_accepted(name: str) -> None:
    manifest: Manifest = {
        "apiVersion": "eks.amazonaws.com/v1",
        "kind": "NodeClass",
        "metadata": {"name": "example"},
        "spec": NODE_CLASSES[name],
    }
    assert problems_in(manifest) == []
    doubts = {doubt.id for doubt in doubts_of(read(manifest))}
    assert doubts == ({"primary-interface-addresses"} if name == "every field" else set())


def a_requirement(key: str, *values: str) -> dict[str, JsonValue]:
    return {"key": key, "operator": "In", "values": list(values)}


REFERENCE: Manifest = {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": "default"}
REQUIREMENTS = [
    a_requirement("eks.amazonaws.com/instance-category", "c", "m", "r"),
    a_requirement("eks.amazonaws.com/instance-cpu", "4", "8", "16", "32"),
    a_requirement("topology.kubernetes.io/zone", "us-west-2a", "us-west-2b"),
    a_requirement("kubernetes.io/arch", "arm64", "amd64"),
]
NODE_POOLS: dict[str, Manifest] = {
    "create-node-pool": {
        "template": {
            "metadata": {"labels": {"billing-team": "team"}},
            "spec": {"nodeClassRef": REFERENCE, "requirements": REQUIREMENTS},
        },
        "disruption": {"consolidationPolicy": "Balanced", "consolidateAfter": "30s"},
        "limits": {"cpu": "1000", "memory": "1000Gi"},
    },
    "auto-change of 2026-10-01": {
        "template": {"spec": {"nodeClassRef": REFERENCE, "requirements": REQUIREMENTS}},
        "disruption": {"consolidationPolicy": "WhenEmptyOrUnderutilized"},
    },
}


@pytest.mark.parametrize("name", NODE_POOLS)
def test_a_documented_node_pool_is_accepted(name: str) -> None:
    manifest: Manifest = {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": {"name": "example"},
        "spec": NODE_POOLS[name],
    }
    assert problems_in(manifest) == []
    assert not list(doubts_of(read(manifest)))
