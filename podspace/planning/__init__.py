"""From a config to a plan: every address, name, tag, route, rule and spec, before anything is created."""

from podspace.diagnostic import Diagnostic, InputError
from podspace.planning.addresses.layout import Layout
from podspace.planning.addresses.plan import CidrBlock, NewVpcPlan, PodSubnet, VpcPlan, VpcSubnet
from podspace.planning.addresses.zone import is_local_zone, is_zone_id
from podspace.planning.cluster.plan import (
    CLUSTER,
    ENDPOINTS,
    PODS,
    ClusterPlan,
    EgressRule,
    FormerDefault,
    GroupRule,
    NewClusterPlan,
    NodeRolePlan,
    PodGroupPlan,
)
from podspace.planning.config import Config
from podspace.planning.egress.core_network import CoreNetwork
from podspace.planning.egress.fields import SHARED
from podspace.planning.egress.gateway import EgressPlan, Gateway, GatewaySubnet, Route, RouteTable
from podspace.planning.egress.nat_gateway import NatGateway
from podspace.planning.egress.private_nat_gateway import PrivateNatGateway
from podspace.planning.egress.transit_gateway import TransitGateway
from podspace.planning.egress.virtual_private_gateway import VirtualPrivateGateway
from podspace.planning.files.network_file import NetworkFile, read_network_file, read_network_files
from podspace.planning.inventory import HourlyCost, Resource
from podspace.planning.nodes.manifests import manifests
from podspace.planning.nodes.snat import RouteUse
from podspace.planning.nodes.vpc_cni import EniConfigPlan, VpcCniPlan
from podspace.planning.origin import Created, Existing, Origin, PassedIn, id_of
from podspace.planning.plan import Plan, PodNetworkPlan, StackPlan
from podspace.planning.planner import plan_network, plan_of_data
from podspace.planning.services.endpoints import EndpointsPlan
from podspace.planning.services.flow_logs import FlowLogsPlan
from podspace.planning.services.monitoring import MonitoringPlan

__all__ = [
    "CLUSTER",
    "ENDPOINTS",
    "PODS",
    "SHARED",
    "CidrBlock",
    "ClusterPlan",
    "Config",
    "CoreNetwork",
    "Created",
    "Diagnostic",
    "EgressPlan",
    "EgressRule",
    "EndpointsPlan",
    "EniConfigPlan",
    "Existing",
    "FlowLogsPlan",
    "FormerDefault",
    "Gateway",
    "GatewaySubnet",
    "GroupRule",
    "HourlyCost",
    "InputError",
    "Layout",
    "MonitoringPlan",
    "NatGateway",
    "NetworkFile",
    "NewClusterPlan",
    "NewVpcPlan",
    "NodeRolePlan",
    "Origin",
    "PassedIn",
    "Plan",
    "PodGroupPlan",
    "PodNetworkPlan",
    "PodSubnet",
    "PrivateNatGateway",
    "Resource",
    "Route",
    "RouteTable",
    "RouteUse",
    "StackPlan",
    "TransitGateway",
    "VirtualPrivateGateway",
    "VpcCniPlan",
    "VpcPlan",
    "VpcSubnet",
    "id_of",
    "is_local_zone",
    "is_zone_id",
    "manifests",
    "plan_network",
    "plan_of_data",
    "read_network_file",
    "read_network_files",
]
