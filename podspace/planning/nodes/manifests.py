"""Kubernetes objects of a plan, as plain data, in the order in which they are applied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from podspace.formats.manifest_files import Manifest

if TYPE_CHECKING:  # which lists them as resources
    from podspace.planning.plan import Plan

NETWORK_POLICY_SWITCH: Final[Manifest] = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "amazon-vpc-cni", "namespace": "kube-system"},
    "data": {"enable-network-policy-controller": "true"},
}
"""Name of the ConfigMap that enables network policies in a cluster:
https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html."""


def manifests(plan: Plan) -> tuple[Manifest, ...]:
    """Manifests of a plan: the ConfigMap that enables network policies, if requested, NodeClasses, NodePools."""
    return (
        *((NETWORK_POLICY_SWITCH,) if plan.enable_network_policy else ()),
        *(node_class.manifest() for node_class in plan.node_classes),
        *(node_pool.manifest() for node_pool in plan.node_pools),
    )
