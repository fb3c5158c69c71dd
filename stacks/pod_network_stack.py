"""A pod network, with its VPC and its cluster where those are made too; what exists is named by id in a config file."""

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
from podspace.manifest_files import Manifest
from podspace.planning import Config, Plan
from podspace.planning.stack_outputs import POD_GROUP, POD_SUBNETS

from .existing import ExistingVpc, handed_over


class PodNetworkStack(Stack):
    """Everything one config file asks for, in one stack."""

    def __init__(
        self, scope: Construct, construct_id: str, *, config: Config, plan: Plan, manifests: Sequence[Manifest] = ()
    ) -> None:
        if config.vpc.id is None and plan.vpc is None:
            raise ValueError("config.vpc.id is missing: this stack is for a VPC that it makes or that is named by id")
        if plan.apply and not manifests:
            raise ValueError("manifests is empty, but the plan applies them: pass those of the chart")
        super().__init__(
            scope,
            construct_id,
            stack_name=plan.stack_name,
            description=f"Pod network {plan.name} of EKS cluster {plan.cluster_name}, made by podspace",
            env=Environment(account=config.environment.account, region=plan.region),
            tags=config.stack.tags,  # CloudFormation puts them on what CDK makes without our tags, too
            termination_protection=config.stack.termination_protection,
            permissions_boundary=_boundary(config.stack.permissions_boundary),
            analytics_reporting=False,
        )
        self._config, self._plan = config, plan
        self._vpc = ClusterVpc(self, "Vpc", plan=plan.vpc) if plan.vpc else ExistingVpc(config)
        self._network = PodNetwork(
            self, "PodNetwork", plan=plan.pods, vpc=self._vpc.vpc_id, **handed_over(config, plan, self._vpc)
        )
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
                self._apply(manifests, cluster, made)
        self._output(group_id)

    def _cluster_half(self) -> tuple[AutoModeCluster | None, NodeRole, PodSecurityGroup]:
        plan = self._plan
        built_in = bool(plan.cluster and plan.cluster.built_in_node_pools)
        # The cluster needs the role of its built-in pools; the access entry of any other role needs the cluster.
        role = NodeRole(self, "NodeRole", plan=plan.node_role) if built_in else None
        cluster = None
        if plan.cluster:
            cluster = AutoModeCluster(
                self,
                "Cluster",
                plan=plan.cluster,
                vpc=self._vpc.vpc_id,
                node_subnets=self._vpc.node_subnet_ids,
                node_role_arn=role.role_arn if role else None,
            )
        role = role or NodeRole(self, "NodeRole", plan=plan.node_role, cluster=cluster)
        group = PodSecurityGroup(
            self,
            "PodSecurityGroup",
            plan=plan.pod_group,
            vpc=self._vpc.vpc_id,
            cluster_security_group=self._cluster_group(cluster),
        )
        return cluster, role, group

    def _cluster_group(self, cluster: AutoModeCluster | None) -> str | None:
        return cluster.security_group_id if cluster else self._config.cluster.security_group_id

    def _apply(self, manifests: Sequence[Manifest], cluster: AutoModeCluster | None, made: list[IDependable]) -> None:
        AppliedManifests(
            self,
            "Manifests",
            manifests=manifests,
            cluster_name=self._plan.cluster_name,
            cluster_security_group=self._cluster_group(cluster) or "",
            vpc=self._vpc.vpc_id,
            subnets={zone: ids[:1] for zone, ids in self._vpc.node_subnet_ids.items()},
            after=[*made, *([self._vpc] if isinstance(self._vpc, ClusterVpc) else [])],
            cluster=cluster,
        )

    def _services(self, group_id: str) -> list[IDependable]:
        plan = self._plan
        made: list[IDependable] = []
        if plan.endpoints:
            node_tables = self._vpc.route_table_ids if isinstance(self._vpc, ClusterVpc) else {}
            endpoints = Endpoints(
                self,
                "Endpoints",
                plan=plan.endpoints,
                vpc=self._vpc.vpc_id,
                route_tables=[*self._network.route_table_ids.values(), *node_tables.values()],
                subnets=self._endpoint_subnets(plan.endpoints.zones),
                pod_security_group=group_id or None,
            )
            made.append(endpoints)
        if plan.flow_logs:
            FlowLogs(self, "FlowLogs", plan=plan.flow_logs, vpc=self._vpc.vpc_id, pod_subnets=self._network.subnets)
        return made

    def _endpoint_subnets(self, zones: Sequence[str]) -> Mapping[str, str]:
        interfaces = self._config.endpoints.interfaces
        if interfaces and interfaces.subnets:
            return interfaces.subnets
        return {zone: self._vpc.node_subnet_ids[zone][0] for zone in zones}

    def _output(self, group_id: str) -> None:
        for zone, subnets in self._network.subnet_ids.items():
            CfnOutput(self, f"{POD_SUBNETS}{zone}", value=",".join(subnets), description=f"Pod subnets of {zone}")
        if group_id:
            CfnOutput(self, POD_GROUP, value=group_id)
            CfnOutput(self, "NodeRoleName", value=self._plan.node_role.name)
        if isinstance(self._vpc, ClusterVpc):
            CfnOutput(self, "VpcId", value=self._vpc.vpc_id)
            for zone, subnets in self._vpc.node_subnet_ids.items():
                CfnOutput(self, f"NodeSubnetIds-{zone}", value=",".join(subnets), description=f"Node subnets of {zone}")


def _boundary(policy: str | None) -> PermissionsBoundary | None:
    if policy is None:
        return None
    return PermissionsBoundary.from_arn(policy) if policy.startswith("arn:") else PermissionsBoundary.from_name(policy)
