"""A key that people bring from another kind is refused with what to write instead."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.api import problems_in
from tests.podspace.manifests import Manifest, a_node_class, a_node_pool

EC2 = "that is Karpenter's EC2NodeClass: "


@pytest.mark.parametrize(
    ("key", "value", "fix"),
    [
        ("kubelet", {"maxPods": 60}, f"{EC2}write advancedCompute.kubelet"),
        ("blockDeviceMappings", [], f"{EC2}write ephemeralStorage"),
        ("userData", "#!/bin/sh", f"{EC2}nodes of EKS Auto Mode have no such setting"),
        ("amiFamily", "Bottlerocket", f"{EC2}EKS Auto Mode chooses the image"),
        ("amiSelectorTerms", [{"alias": "bottlerocket@latest"}], f"{EC2}EKS Auto Mode chooses the image"),
        ("metadataOptions", {"httpTokens": "required"}, f"{EC2}EKS Auto Mode fixes IMDSv2 with a hop limit of 1"),
        ("instanceStorePolicy", "RAID0", f"{EC2}EKS Auto Mode has no such setting"),
        ("detailedMonitoring", True, f"{EC2}EKS Auto Mode has no such setting"),
    ],
)
def test_a_key_of_an_ec2_node_class_is_refused_with_its_counterpart(key: str, value: Any, fix: str) -> None:
    """Or with the word that there is none."""
    (problem,) = problems_in(a_node_class(**{key: value}))
    assert (problem.location.path, problem.fix) == (f"spec.{key}", fix)
    assert problem.message == "must not be given: no such key"


@pytest.mark.parametrize(
    ("key", "value", "fix"),
    [
        ("ttlSecondsAfterEmpty", 30, "write disruption.consolidationPolicy WhenEmpty and consolidateAfter"),
        ("ttlSecondsUntilExpired", 3600, "write template.spec.expireAfter"),
        ("provider", {}, "create a NodeClass, and refer to it in template.spec.nodeClassRef"),
        ("providerRef", {"name": "a"}, "write template.spec.nodeClassRef"),
        ("consolidation", {"enabled": True}, "write disruption.consolidationPolicy"),
    ],
)
def test_a_key_of_an_old_provisioner_is_refused_with_its_successor(key: str, value: Any, fix: str) -> None:
    """As NodePools have had others since."""
    (problem,) = problems_in(a_node_pool(**{key: value}))
    assert (problem.location.path, problem.fix) == (f"spec.{key}", fix)
    assert problem.message == "must not be given: no such key"


@pytest.mark.parametrize(
    ("key", "fix"),
    [
        ("evictionHard", "write eviction.hard"),
        ("evictionSoft", "write eviction.soft"),
        ("evictionSoftGracePeriod", "write eviction.softGracePeriod"),
        ("evictionMaxPodGracePeriod", "write eviction.maxPodGracePeriod"),
        ("containerLogMaxSize", "write logging.containerLogMaxSize"),
        ("containerLogMaxFiles", "write logging.containerLogMaxFiles"),
        ("podsPerCore", f"{EC2}EKS Auto Mode has no such setting"),
        ("clusterDNS", f"{EC2}each node of EKS Auto Mode runs its own DNS server"),
        ("systemReserved", f"{EC2}EKS Auto Mode has no such setting"),
        ("kubeReserved", f"{EC2}EKS Auto Mode has no such setting"),
    ],
)
def test_a_kubelet_key_of_an_ec2_node_class_is_refused_with_its_counterpart(key: str, fix: str) -> None:
    """In the section that NodeClasses have for it."""
    (problem,) = problems_in(a_node_class(advancedCompute={"kubelet": {key: {}}}))
    assert (problem.location.path, problem.fix) == (f"spec.advancedCompute.kubelet.{key}", fix)
    assert problem.message == "must not be given: no such key"


@pytest.mark.parametrize(
    ("template", "place", "fix"),
    [
        (
            {
                "nodeClassRef": {
                    "apiVersion": "eks.amazonaws.com/v1",
                    "kind": "NodeClass",
                    "name": "c",
                    "group": "eks.amazonaws.com",
                }
            },
            "nodeClassRef.apiVersion",
            "write group: eks.amazonaws.com",
        ),
        (
            {"taints": [{"key": "a", "operator": "Exists", "effect": "NoSchedule"}]},
            "taints[0].operator",
            "remove it: tolerations have one, taints have not",
        ),
    ],
)
def test_a_key_of_what_is_alike_is_refused_with_what_to_do(template: Manifest, place: str, fix: str) -> None:
    """Of an older reference, and of a toleration."""
    (problem,) = problems_in(a_node_pool(template=template))
    assert (problem.location.path, problem.fix) == (f"spec.template.spec.{place}", fix)


@pytest.mark.parametrize("key", ["securityGroupSelectorTerms", "podSecurityGroupSelectorTerms"])
def test_groups_of_pods_are_not_selected_by_name(key: str) -> None:
    """As those of nodes are: no page of AWS shows it."""
    manifest: Manifest = a_node_class(
        podSubnetSelectorTerms=[{"id": "subnet-0"}], podSecurityGroupSelectorTerms=[{"id": "sg-0"}]
    )
    manifest["spec"][key] = [{"name": "eks-cluster-sg"}]
    found = problems_in(manifest)
    if key == "securityGroupSelectorTerms":
        assert not found
    else:
        (problem,) = found
        assert problem.location.path == f"spec.{key}[0].name"
        assert "select by id or tags" in problem.fix
