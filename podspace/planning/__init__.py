"""From a config to a plan: every address, name, tag, route, rule and spec, decided before anything is built."""

from podspace.diagnostic import Diagnostic, InputError
from podspace.planning.config import SHARED, Config, Gateways
from podspace.planning.manifests import manifests
from podspace.planning.network_file import NetworkFile, read_network_file, read_network_files
from podspace.planning.plan import (
    CLUSTER,
    CONNECTIONS,
    PODS,
    Block,
    ClusterPlan,
    EndpointsPlan,
    EniConfigPlan,
    FlowLogsPlan,
    Gateway,
    GatewayKind,
    GroupRule,
    NodeRolePlan,
    Plan,
    PodGroupPlan,
    PodNetworkPlan,
    PodSubnet,
    Route,
    RouteTable,
    VpcCniPlan,
    VpcPlan,
    VpcSubnet,
)
from podspace.planning.planner import plan_network

__all__ = [
    "CLUSTER",
    "CONNECTIONS",
    "PODS",
    "SHARED",
    "Block",
    "ClusterPlan",
    "Config",
    "Diagnostic",
    "EndpointsPlan",
    "EniConfigPlan",
    "FlowLogsPlan",
    "Gateway",
    "GatewayKind",
    "Gateways",
    "GroupRule",
    "InputError",
    "NetworkFile",
    "NodeRolePlan",
    "Plan",
    "PodGroupPlan",
    "PodNetworkPlan",
    "PodSubnet",
    "Route",
    "RouteTable",
    "VpcCniPlan",
    "VpcPlan",
    "VpcSubnet",
    "manifests",
    "plan_network",
    "read_network_file",
    "read_network_files",
]
