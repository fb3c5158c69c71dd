"""All constructs of a plan in one scope, for the stack and for `AutoModePods`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Unpack, cast

from aws_cdk import aws_ec2 as ec2
from constructs import Construct, IDependable

from constructs_lib.applied_manifests import AppliedManifests
from constructs_lib.auto_mode_cluster import AutoModeCluster
from constructs_lib.cluster_vpc import ClusterVpc
from constructs_lib.egress import EgressInputs
from constructs_lib.endpoints import Endpoints
from constructs_lib.existing import SecurityGroupRef, SubnetRef, VpcRef
from constructs_lib.flow_logs import FlowLogs
from constructs_lib.monitoring import Monitoring
from constructs_lib.node_role import NodeRole
from constructs_lib.pod_network import PodNetwork
from constructs_lib.pod_security_group import PodSecurityGroup, given_groups
from constructs_lib.vpc_cni_add_on import VpcCniAddOn
from podspace.formats.manifest_files import Manifest
from podspace.planning import PassedIn, Plan, manifests
from podspace.planning.origin import id_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """The constructs of a plan; None for each that the plan does not have.

    Attributes:
        vpc: the new VPC.
        network: the pod subnets with their routes and gateways.
        cluster: the new cluster.
        node_role: the role of the nodes; None in the network account of a shared VPC.
        security_group: the security group of the pods; None in the network account of a shared VPC.
    """

    vpc: ClusterVpc | None
    network: PodNetwork
    cluster: AutoModeCluster | None
    node_role: NodeRole | None
    security_group: PodSecurityGroup | None


def parts_of(
    scope: Construct,
    *,
    plan: Plan,
    vpc: VpcRef | None = None,
    node_subnets: Mapping[str, Sequence[SubnetRef]] | None = None,
    cluster: IDependable | None = None,
    cluster_security_group: SecurityGroupRef | None = None,
    security_groups: Mapping[str, SecurityGroupRef] | None = None,
    applied: Sequence[Manifest] | None = None,
    **inputs: Unpack[EgressInputs],
) -> Parts:
    """Create everything that a plan has, in one scope.

    Args:
        scope: the stack, or a construct in it.
        plan: the plan.
        vpc: the VPC, unless the plan creates it or names it by id.
        node_subnets: the node subnets by zone, unless the plan has them.
        cluster: the cluster, if the same app creates it; resources that refer to it by name depend on it.
        cluster_security_group: the group that EKS created for it, unless the plan names it by id.
        security_groups: the groups that the config names as `given:<name>`, by these names.
        applied: manifests that the deployment applies if the plan has `apply`; those of the plan by default.
        inputs: objects for gateways; see `EgressInputs`.

    Raises:
        TypeError: a keyword argument is unknown.
        ValueError: an object that the plan needs is missing, superfluous, or of another kind.
    """
    new_vpc = ClusterVpc(scope, "Vpc", plan=plan.vpc) if plan.vpc.new else None
    subnets = _node_subnets(plan, new_vpc, node_subnets)
    tagged = [subnet for zone in subnets for subnet in subnets[zone]] if plan.pods.node_selector else []
    builder = _Builder(scope=scope, plan=plan, vpc=new_vpc or vpc or plan.vpc.id, node_subnets=subnets)
    network = PodNetwork(
        scope,
        "PodNetwork",
        plan=plan.pods,
        vpc=builder.vpc,
        node_subnets=cast("list[ec2.ISubnet]", tagged),
        **inputs,
    )
    if plan.network_half:
        given_groups((), security_groups)
        builder.services(network, group=None)
        builder.monitoring(network, after=())
        return Parts(vpc=new_vpc, network=network, cluster=None, node_role=None, security_group=None)
    new_cluster, role = builder.cluster_and_role(cluster)
    cluster = new_cluster or cluster
    cluster_group = cluster_security_group or id_of(plan.cluster.security_group) or None
    if new_cluster is not None:
        cluster_group = new_cluster.security_group_id
    pod_group = PodSecurityGroup(
        scope,
        "PodSecurityGroup",
        plan=plan.pod_group,
        vpc=builder.vpc,
        cluster_security_group=cluster_group,
        security_groups=security_groups,
    )
    made = [network, role, pod_group, *builder.services(network, group=pod_group)]
    add_on = builder.vpc_cni(network, pod_group, cluster)
    builder.monitoring(network, after=[*filter(None, [cluster, add_on])])
    if plan.apply:
        after = [*made, *filter(None, [cluster, new_vpc])]
        builder.apply(manifests(plan) if applied is None else applied, cluster, cluster_group, after)
    return Parts(vpc=new_vpc, network=network, cluster=new_cluster, node_role=role, security_group=pod_group)


def _node_subnets(
    plan: Plan, new_vpc: ClusterVpc | None, given: Mapping[str, Sequence[SubnetRef]] | None
) -> Mapping[str, Sequence[SubnetRef]]:
    if new_vpc is not None:
        return new_vpc.node_subnet_ids
    return given or {zone: tuple(map(id_of, subnets)) for zone, subnets in plan.vpc.node_subnets.items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Builder:
    """What all constructs of a plan are created from."""

    scope: Construct
    plan: Plan
    vpc: VpcRef | ClusterVpc
    node_subnets: Mapping[str, Sequence[SubnetRef]]

    def cluster_and_role(self, existing: IDependable | None) -> tuple[AutoModeCluster | None, NodeRole]:
        """A cluster needs the role of its built-in pools; the access entry of any other role needs the cluster."""
        plan = self.plan
        built_in = bool(plan.cluster.new and plan.cluster.new.built_in_node_pools)
        role = NodeRole(self.scope, "NodeRole", plan=plan.node_role) if built_in else None
        cluster = None
        if plan.cluster.new:
            cluster = AutoModeCluster(
                self.scope,
                "Cluster",
                plan=plan.cluster,
                vpc=self.vpc,
                node_subnets=self.node_subnets,
                node_role_arn=role.role_arn if role else None,
            )
        return cluster, role or NodeRole(self.scope, "NodeRole", plan=plan.node_role, cluster=cluster or existing)

    def services(self, network: PodNetwork, *, group: PodSecurityGroup | None) -> list[IDependable]:
        """The endpoints; and flow logs, for which nothing waits."""
        plan = self.plan
        made: list[IDependable] = []
        if plan.endpoints:
            passed = [zone for zone, origin in plan.endpoints.subnets.items() if isinstance(origin, PassedIn)]
            node_tables = self.vpc.route_table_ids if isinstance(self.vpc, ClusterVpc) else {}
            made.append(
                Endpoints(
                    self.scope,
                    "Endpoints",
                    plan=plan.endpoints,
                    vpc=self.vpc,
                    route_tables=[*network.route_table_ids.values(), *node_tables.values()],
                    subnets={zone: self.node_subnets[zone][0] for zone in passed if self.node_subnets.get(zone)},
                    pod_security_group=group.security_group_id if group else None,
                )
            )
        if plan.flow_logs:
            FlowLogs(self.scope, "FlowLogs", plan=plan.flow_logs, vpc=self.vpc, pod_subnets=network.subnets)
        return made

    def vpc_cni(self, network: PodNetwork, group: PodSecurityGroup, cluster: IDependable | None) -> VpcCniAddOn | None:
        """The add-on that puts pods of managed node groups on the same subnets."""
        plan = self.plan.vpc_cni
        if plan is None or not plan.add_on:
            return None
        return VpcCniAddOn(
            self.scope,
            "VpcCni",
            plan=plan,
            pod_subnet_ids=network.subnet_ids,
            security_group_id=group.security_group_id,
            cluster=cluster,
        )

    def monitoring(self, network: PodNetwork, *, after: Sequence[IDependable]) -> None:
        """The alarms, and the delivery of logs."""
        plan = self.plan.monitoring
        if plan is not None:
            ids = network.egress.gateway_ids
            Monitoring(self.scope, "Monitoring", plan=plan, vpc=self.vpc, gateway_ids=ids, after=after)

    def apply(
        self,
        applied: Sequence[Manifest],
        cluster: IDependable | None,
        cluster_group: SecurityGroupRef | None,
        after: Sequence[IDependable],
    ) -> None:
        """The manifests, after everything that they name."""
        if cluster_group is None:
            raise ValueError(
                "cluster_security_group is missing: the functions that apply the manifests need it to reach the API "
                "server"
            )
        AppliedManifests(
            self.scope,
            "Manifests",
            manifests=applied,
            cluster_name=self.plan.cluster_name,
            cluster_security_group=cluster_group,
            vpc=self.vpc,
            subnets={zone: subnets[:1] for zone, subnets in self.node_subnets.items()},
            after=after,
            cluster=cluster,
        )
