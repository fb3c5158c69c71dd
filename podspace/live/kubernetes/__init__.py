"""What is in a cluster, read from its API server or from what kubectl printed, an object at a time."""

from podspace.live.kubernetes.cluster import Cluster
from podspace.live.kubernetes.condition import Condition
from podspace.live.kubernetes.event import Event
from podspace.live.kubernetes.kind import EVENTS, KINDS, NODE_CLAIMS, NODE_CLASSES, NODE_POOLS, NODES, PODS, Kind
from podspace.live.kubernetes.node import Node, NodeClaim, NodeClass, NodePool
from podspace.live.kubernetes.pod import Pod

__all__ = [
    "EVENTS",
    "KINDS",
    "NODES",
    "NODE_CLAIMS",
    "NODE_CLASSES",
    "NODE_POOLS",
    "PODS",
    "Cluster",
    "Condition",
    "Event",
    "Kind",
    "Node",
    "NodeClaim",
    "NodeClass",
    "NodePool",
    "Pod",
]
