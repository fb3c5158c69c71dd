"""What will be: every address, name, tag, route, rule and spec of a pod network, decided and frozen.

A plan holds no CloudFormation token and no id of a network resource that is made or handed over elsewhere: what
exists stands in it by its role, such as "the NAT gateway of eu-west-1b".  The ids it does hold are those that
manifests select by, those of groups and route tables that get rules and routes, and ARNs of keys and buckets.
"""

from __future__ import annotations

from dataclasses import dataclass

from podspace.api import NodeClass, NodePool
from podspace.diagnostic import Diagnostic
from podspace.planning.plan.cluster import ClusterPlan, NodeRolePlan
from podspace.planning.plan.group import CLUSTER, PODS, GroupRule, Party, PodGroupPlan
from podspace.planning.plan.network import (
    CONNECTIONS,
    Block,
    Gateway,
    GatewayKind,
    PodNetworkPlan,
    PodSubnet,
    Route,
    RouteTable,
    VpcPlan,
    VpcSubnet,
)
from podspace.planning.plan.service import EndpointsPlan, FlowLogsPlan
from podspace.planning.plan.vpc_cni import EniConfigPlan, VpcCniPlan

__all__ = [
    "CLUSTER",
    "CONNECTIONS",
    "PODS",
    "Block",
    "ClusterPlan",
    "EndpointsPlan",
    "EniConfigPlan",
    "FlowLogsPlan",
    "Gateway",
    "GatewayKind",
    "GroupRule",
    "NodeRolePlan",
    "Party",
    "Plan",
    "PodGroupPlan",
    "PodNetworkPlan",
    "PodSubnet",
    "Route",
    "RouteTable",
    "VpcCniPlan",
    "VpcPlan",
    "VpcSubnet",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """One pod network of one cluster, decided.

    Attributes:
        vpc: the VPC, where it is made here; so is `cluster`.
        network_half: whether this is for the account that owns a shared VPC, where no group, role or cluster is made.
    """

    name: str
    region: str
    cluster_name: str
    stack_name: str
    vpc: VpcPlan | None
    cluster: ClusterPlan | None
    pods: PodNetworkPlan
    pod_group: PodGroupPlan
    node_role: NodeRolePlan
    endpoints: EndpointsPlan | None
    flow_logs: FlowLogsPlan | None
    node_classes: tuple[NodeClass, ...]
    node_pools: tuple[NodePool, ...]
    vpc_cni: VpcCniPlan | None
    enable_network_policy: bool
    apply: bool
    network_half: bool
    remarks: tuple[Diagnostic, ...]
