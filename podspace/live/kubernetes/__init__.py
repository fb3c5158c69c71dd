"""Objects of a cluster, from its API server or from the output of kubectl, one at a time."""

from podspace.live.kubernetes.cluster import Cluster
from podspace.live.kubernetes.condition import Condition
from podspace.live.kubernetes.event import Event
from podspace.live.kubernetes.node import Node, NodeClaim, NodeClass, NodePool
from podspace.live.kubernetes.pod import Pod
from podspace.live.kubernetes.resource_type import (
    EVENTS,
    NODE_CLAIMS,
    NODE_CLASSES,
    NODE_POOLS,
    NODES,
    PODS,
    RESOURCE_TYPES,
    ResourceType,
)

__all__ = [
    "EVENTS",
    "NODES",
    "NODE_CLAIMS",
    "NODE_CLASSES",
    "NODE_POOLS",
    "PODS",
    "RESOURCE_TYPES",
    "Cluster",
    "Condition",
    "Event",
    "Node",
    "NodeClaim",
    "NodeClass",
    "NodePool",
    "Pod",
    "ResourceType",
]
