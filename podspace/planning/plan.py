"""The plan of a pod network: every address, name, tag, route, rule and spec, immutable.

A plan contains no CloudFormation token.  Each VPC, subnet, gateway, route table, security group, role and cluster in
it has an origin: it exists, with its id; the plan creates it; or a CDK app passes it in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from podspace.api import NodeClass, NodePool
from podspace.capacity import CapacityLimit, ZoneRoom
from podspace.diagnostic import Diagnostic
from podspace.planning.addresses.layout import Layout
from podspace.planning.addresses.plan import CidrBlock, PodSubnet, VpcPlan
from podspace.planning.addresses.resources import address_resources
from podspace.planning.cluster.plan import ClusterPlan, NodeRolePlan, PodGroupPlan
from podspace.planning.cluster.resources import cluster_resources
from podspace.planning.egress.gateway import EgressPlan, Gateway, RouteTable
from podspace.planning.egress.resources import egress_resources
from podspace.planning.inventory import Resource
from podspace.planning.nodes.resources import node_resources
from podspace.planning.nodes.snat import RouteUse
from podspace.planning.nodes.vpc_cni import VpcCniPlan
from podspace.planning.services.endpoints import EndpointsPlan
from podspace.planning.services.flow_logs import FlowLogsPlan
from podspace.planning.services.monitoring import MonitoringPlan
from podspace.planning.services.prices import PricesPlan
from podspace.planning.services.resources import service_resources


@dataclass(frozen=True, kw_only=True, slots=True)
class PodNetworkPlan:
    """The pod subnets with their CIDR blocks, routes and gateways.

    Attributes:
        zones: every zone that pods can run in, in the order of the config.
        blocks: CIDR blocks of the pods; empty if the pod subnets exist, as `subnets`, `route_tables` and `gateways` are
            then.
        subnets: new pod subnets.
        subnet_ids: the existing pod subnets by zone; empty if the plan creates them.
        layout: how the CIDR blocks are cut into subnets.
        egress: the entries of the `egress` section, resolved.
        prefix_lists: the prefix lists that routes have as their destination, each with its maximum number of entries;
            None if the config does not have it.
        route_use: which route tables pods use when they leave the VPC.
        selector: the tag of the pod subnets, and of a dedicated pod security group.
        node_selector: tags to put on the node subnets; empty if the NodeClass names them by id, or if the VPC is
            created with these tags.
        shared_with: the principals that the pod subnets are shared with.
    """

    zones: tuple[str, ...]
    blocks: tuple[CidrBlock, ...]
    subnets: tuple[PodSubnet, ...]
    route_tables: tuple[RouteTable, ...]
    gateways: tuple[Gateway, ...]
    subnet_ids: Mapping[str, tuple[str, ...]]
    layout: Layout
    egress: tuple[EgressPlan, ...]
    prefix_lists: Mapping[str, int | None]
    route_use: RouteUse
    selector: Mapping[str, str]
    node_selector: Mapping[str, str]
    shared_with: tuple[str, ...] = ()

    @property
    def distinct_gateways(self) -> tuple[Gateway, ...]:
        """The gateways, each once, even if two zones use the same existing one."""
        return tuple({gateway.origin: gateway for gateway in self.gateways}.values())

    def gateway(self, name: str) -> Gateway:
        """The gateway with a name.

        Raises:
            KeyError: no gateway has the name.
        """
        return {gateway.name: gateway for gateway in self.gateways}[name]


@dataclass(frozen=True, kw_only=True, slots=True)
class StackPlan:
    """The CloudFormation stack.

    Attributes:
        name: name of the stack.
        region: region of the stack.
        termination_protection: whether CloudFormation refuses to delete the stack.
        account: account id; empty for a template for any account.
        tags: tags of every taggable resource.
        permissions_boundary: name or ARN of the permissions boundary of its roles; empty for none.
    """

    name: str
    region: str
    account: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    termination_protection: bool = False
    permissions_boundary: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The plan of one pod network of one cluster.

    Attributes:
        name: name of the pod network.
        network_half: whether this is the plan of the network account of a shared VPC, without security group, role and
            cluster.
        zone_rooms: capacity of each zone; empty if the pod subnets exist, because a config does not have their sizes.
        capacity_limits: limits of NodePools that follow from the capacity; `node_pools` has them too.
        enable_network_policy: whether the ConfigMap that switches network policies on is one of the manifests.
        apply: whether the deployment applies the manifests.
        prices: prices of the config.
        remarks: notes and warnings about the plan.
    """

    name: str
    stack: StackPlan
    vpc: VpcPlan
    cluster: ClusterPlan
    pods: PodNetworkPlan
    zone_rooms: tuple[ZoneRoom, ...]
    pod_group: PodGroupPlan
    node_role: NodeRolePlan
    endpoints: EndpointsPlan | None
    flow_logs: FlowLogsPlan | None
    monitoring: MonitoringPlan | None
    node_classes: tuple[NodeClass, ...]
    node_pools: tuple[NodePool, ...]
    capacity_limits: tuple[CapacityLimit, ...]
    vpc_cni: VpcCniPlan | None
    enable_network_policy: bool
    apply: bool
    network_half: bool
    prices: PricesPlan
    remarks: tuple[Diagnostic, ...]

    @property
    def region(self) -> str:
        """The region of the stack."""
        return self.stack.region

    @property
    def stack_name(self) -> str:
        """The name of the CloudFormation stack."""
        return self.stack.name

    @property
    def cluster_name(self) -> str:
        """The name of the cluster."""
        return self.cluster.name

    def resources(self) -> tuple[Resource, ...]:
        """Every resource that `PodNetworkStack` creates for the plan."""
        return (
            *address_resources(self),
            *egress_resources(self),
            *cluster_resources(self),
            *service_resources(self),
            *node_resources(self),
        )
