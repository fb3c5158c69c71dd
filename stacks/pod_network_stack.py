"""A pod network on a VPC and a cluster that exist, all named by id in a config file."""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import CfnOutput, Environment, PermissionsBoundary, Stack
from constructs import Construct

from constructs_lib import NodeRole, PodNetwork, PodSecurityGroup
from podspace.planning import Config, Gateways, Plan


class PodNetworkStack(Stack):
    """Everything one config file asks for, in one stack."""

    def __init__(self, scope: Construct, construct_id: str, *, config: Config, plan: Plan) -> None:
        if config.vpc.id is None:
            raise ValueError("config.vpc.id is missing: this stack is for a VPC that exists, named by its id")
        super().__init__(
            scope,
            construct_id,
            stack_name=plan.stack_name,
            description=f"Pod network {plan.name} of EKS cluster {plan.cluster_name}, made by podspace",
            env=Environment(account=config.environment.account, region=plan.region),
            termination_protection=config.stack.termination_protection,
            permissions_boundary=_boundary(config.stack.permissions_boundary),
            analytics_reporting=False,
        )
        network = PodNetwork(
            self,
            "PodNetwork",
            plan=plan.pods,
            vpc=config.vpc.id,
            nat_gateways=_ids(entry.nat_gateways for entry in config.egress),
            public_subnets=_ids(entry.new_nat_gateways for entry in config.egress),
        )
        group = PodSecurityGroup(
            self,
            "PodSecurityGroup",
            plan=plan.pod_group,
            vpc=config.vpc.id,
            cluster_security_group=config.cluster.security_group_id,
        )
        NodeRole(self, "NodeRole", plan=plan.node_role)
        for zone, subnets in network.subnet_ids.items():
            CfnOutput(self, f"PodSubnetIds-{zone}", value=",".join(subnets), description=f"Pod subnets of {zone}")
        CfnOutput(self, "PodSecurityGroupId", value=group.security_group_id)
        CfnOutput(self, "NodeRoleName", value=plan.node_role.name)


def _ids(ways: Iterable[Gateways[str] | None]) -> dict[str, str]:
    return {name: id for way in ways if way for name, id in (way.ids or {}).items()}


def _boundary(policy: str | None) -> PermissionsBoundary | None:
    if policy is None:
        return None
    return PermissionsBoundary.from_arn(policy) if policy.startswith("arn:") else PermissionsBoundary.from_name(policy)
