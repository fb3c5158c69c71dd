"""Objects of a cluster, from its API server or from the output of kubectl, one at a time."""

from podspace.live.kubernetes.cluster import Cluster
from podspace.live.kubernetes.condition import Condition
from podspace.live.kubernetes.disruption_budget import DisruptionBudget
from podspace.live.kubernetes.event import Event
from podspace.live.kubernetes.node import Node, NodeClaim, NodeClass, NodePool
from podspace.live.kubernetes.placement import NodeRequirement, Placement, Taint, Term, Toleration
from podspace.live.kubernetes.pod import EndedContainer, Owner, Pod
from podspace.live.kubernetes.resource_type import (
    DISRUPTION_BUDGETS,
    EVENTS,
    NODE_CLAIMS,
    NODE_CLASSES,
    NODE_POOLS,
    NODES,
    PODS,
    RESOURCE_TYPES,
    VOLUME_CLAIMS,
    VOLUMES,
    ResourceType,
    ResourceTypes,
    kubectl_get,
)
from podspace.live.kubernetes.volume import Volume, VolumeClaim

__all__ = [
    "DISRUPTION_BUDGETS",
    "EVENTS",
    "NODES",
    "NODE_CLAIMS",
    "NODE_CLASSES",
    "NODE_POOLS",
    "PODS",
    "RESOURCE_TYPES",
    "VOLUMES",
    "VOLUME_CLAIMS",
    "Cluster",
    "Condition",
    "DisruptionBudget",
    "EndedContainer",
    "Event",
    "Node",
    "NodeClaim",
    "NodeClass",
    "NodePool",
    "NodeRequirement",
    "Owner",
    "Placement",
    "Pod",
    "ResourceType",
    "ResourceTypes",
    "Taint",
    "Term",
    "Toleration",
    "Volume",
    "VolumeClaim",
    "kubectl_get",
]
