"""What is in a cluster, read from its API server or from what kubectl printed, an object at a time."""

from podspace.live.kubernetes.cluster import Cluster
from podspace.live.kubernetes.condition import Condition
from podspace.live.kubernetes.event import Event
from podspace.live.kubernetes.node import Node, NodeClaim, NodeClass, NodePool
from podspace.live.kubernetes.pod import EndedContainer, Pod
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
    "EndedContainer",
    "Event",
    "Node",
    "NodeClaim",
    "NodeClass",
    "NodePool",
    "Pod",
    "ResourceType",
]
