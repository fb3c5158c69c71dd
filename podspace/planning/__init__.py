"""From a config to a plan: every address, name, tag, route, rule and spec, decided before anything is built."""

from podspace.planning.config import SHARED, Config, Gateways
from podspace.planning.manifests import manifests
from podspace.planning.network_file import NetworkFile, read_network_files
from podspace.planning.plan import (
    CLUSTER,
    CONNECTIONS,
    PODS,
    Block,
    ClusterPlan,
    EndpointsPlan,
    FlowLogsPlan,
    Gateway,
    GatewayKind,
    GroupRule,
    NodeRolePlan,
    Plan,
    PodGroupPlan,
    PodNetworkPlan,
    PodSubnet,
    Remark,
    Route,
    RouteTable,
    VpcPlan,
    VpcSubnet,
)
from podspace.planning.planner import plan_network
from podspace.problem import PlanError, Problem

__all__ = [
    "CLUSTER",
    "CONNECTIONS",
    "PODS",
    "SHARED",
    "Block",
    "ClusterPlan",
    "Config",
    "EndpointsPlan",
    "FlowLogsPlan",
    "Gateway",
    "GatewayKind",
    "Gateways",
    "GroupRule",
    "NetworkFile",
    "NodeRolePlan",
    "Plan",
    "PlanError",
    "PodGroupPlan",
    "PodNetworkPlan",
    "PodSubnet",
    "Problem",
    "Remark",
    "Route",
    "RouteTable",
    "VpcPlan",
    "VpcSubnet",
    "manifests",
    "plan_network",
    "read_network_files",
]
