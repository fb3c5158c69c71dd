"""A pod network, with its VPC and its cluster if those are new too; what exists is named by id in the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import CfnOutput, Environment, PermissionsBoundary, Stack
from constructs import Construct, IDependable

from constructs_lib import (
    AppliedManifests,
    AutoModeCluster,
    ClusterVpc,
    Endpoints,
    FlowLogs,
    NodeRole,
    PodNetwork,
    PodSecurityGroup,
    VpcCniAddOn,
)
from podspace.formats.manifest_files import Manifest
from podspace.planning import Plan
from podspace.planning import manifests as manifests_of
from podspace.planning.files.stack_outputs import POD_GROUP, POD_SUBNETS
from podspace.planning.origin import id_of


class PodNetworkStack(Stack):
    """Everything that one config file asks for, in one stack."""

    def __init__(
        self, scope: Construct, construct_id: str, *, plan: Plan, manifests: Sequence[Manifest] | None = None
    ) -> None:
        """Build what the plan says.

        Args:
            scope: the app or the stage.
            construct_id: the id below it.
            plan: the plan of a config file, `read_network_file(path).plan`.
            manifests: what the deployment applies, with `apply: true`; those of the plan if left out.

        Raises:
            ValueError: the plan is missing, or names neither a VPC nor how to create one.
        """
        if not isinstance(plan, Plan):
            raise ValueError(f"plan is {plan!r}: pass the plan of a config file, `read_network_file(path).plan`")
        if not plan.vpc.id and plan.vpc.new is None:
            raise ValueError("config.vpc.id is missing: this stack is for a VPC that it creates or that is named by id")
        stack = plan.stack
        super().__init__(
            scope,
            construct_id,
            stack_name=stack.name,
            description=f"Pod network {plan.name} of EKS cluster {plan.cluster_name}, made by podspace",
            env=Environment(account=stack.account or None, region=stack.region),
            tags=dict(stack.tags),  # CloudFormation puts them on what CDK makes without our tags, too
            termination_protection=stack.termination_protection,
            permissions_boundary=_boundary(stack.permissions_boundary),
            analytics_reporting=False,
        )
        self._plan = plan
        self._vpc = ClusterVpc(self, "Vpc", plan=plan.vpc) if plan.vpc.new else None
        self._vpc_ref = self._vpc or plan.vpc.id
        self._network = PodNetwork(self, "PodNetwork", plan=plan.pods, vpc=self._vpc_ref)
        group_id = ""
        made: list[IDependable] = [self._network]
        if plan.network_half:
            made += self._services("")
        else:
            cluster, role, group = self._cluster_half()
            group_id = group.security_group_id
            made += [role, group, *self._services(group_id), *filter(None, [cluster])]
            if plan.vpc_cni and plan.vpc_cni.add_on:
                VpcCniAddOn(
                    self,
                    "VpcCni",
                    plan=plan.vpc_cni,
                    pod_subnet_ids=self._network.subnet_ids,
                    security_group_id=group_id,
                    cluster=cluster,
                )
            if plan.apply:
                self._apply(manifests_of(plan) if manifests is None else manifests, cluster, made)
        self._output(group_id)

    @property
    def _node_subnet_ids(self) -> Mapping[str, tuple[str, ...]]:
        """The ids of the node subnets by zone, literals or tokens."""
        if self._vpc:
            return self._vpc.node_subnet_ids
        return {zone: tuple(map(id_of, subnets)) for zone, subnets in self._plan.vpc.node_subnets.items()}

    def _cluster_half(self) -> tuple[AutoModeCluster | None, NodeRole, PodSecurityGroup]:
        plan = self._plan
        built_in = bool(plan.cluster.new and plan.cluster.new.built_in_node_pools)
        # The cluster needs the role of its built-in pools; the access entry of any other role needs the cluster.
        role = NodeRole(self, "NodeRole", plan=plan.node_role) if built_in else None
        cluster = None
        if plan.cluster.new:
            cluster = AutoModeCluster(
                self,
                "Cluster",
                plan=plan.cluster,
                vpc=self._vpc_ref,
                node_subnets=self._node_subnet_ids,
                node_role_arn=role.role_arn if role else None,
            )
        role = role or NodeRole(self, "NodeRole", plan=plan.node_role, cluster=cluster)
        group = PodSecurityGroup(
            self,
            "PodSecurityGroup",
            plan=plan.pod_group,
            vpc=self._vpc_ref,
            cluster_security_group=self._cluster_group(cluster) or None,
        )
        return cluster, role, group

    def _cluster_group(self, cluster: AutoModeCluster | None) -> str:
        return cluster.security_group_id if cluster else id_of(self._plan.cluster.security_group)

    def _apply(self, manifests: Sequence[Manifest], cluster: AutoModeCluster | None, made: list[IDependable]) -> None:
        AppliedManifests(
            self,
            "Manifests",
            manifests=manifests,
            cluster_name=self._plan.cluster_name,
            cluster_security_group=self._cluster_group(cluster),
            vpc=self._vpc_ref,
            subnets={zone: ids[:1] for zone, ids in self._node_subnet_ids.items()},
            after=[*made, *filter(None, [self._vpc])],
            cluster=cluster,
        )

    def _services(self, group_id: str) -> list[IDependable]:
        plan = self._plan
        made: list[IDependable] = []
        if plan.endpoints:
            node_tables = self._vpc.route_table_ids if self._vpc else {}
            endpoints = Endpoints(
                self,
                "Endpoints",
                plan=plan.endpoints,
                vpc=self._vpc_ref,
                route_tables=[*self._network.route_table_ids.values(), *node_tables.values()],
                pod_security_group=group_id or None,
            )
            made.append(endpoints)
        if plan.flow_logs:
            FlowLogs(self, "FlowLogs", plan=plan.flow_logs, vpc=self._vpc_ref, pod_subnets=self._network.subnets)
        return made

    def _output(self, group_id: str) -> None:
        for zone, subnets in self._network.subnet_ids.items():
            CfnOutput(self, f"{POD_SUBNETS}{zone}", value=",".join(subnets), description=f"Pod subnets of {zone}")
        if group_id:
            CfnOutput(self, POD_GROUP, value=group_id)
            CfnOutput(self, "NodeRoleName", value=self._plan.node_role.name)
        if self._vpc:
            CfnOutput(self, "VpcId", value=self._vpc.vpc_id)
            for zone, subnets in self._vpc.node_subnet_ids.items():
                CfnOutput(self, f"NodeSubnetIds-{zone}", value=",".join(subnets), description=f"Node subnets of {zone}")


def _boundary(policy: str) -> PermissionsBoundary | None:
    if not policy:
        return None
    return PermissionsBoundary.from_arn(policy) if policy.startswith("arn:") else PermissionsBoundary.from_name(policy)
