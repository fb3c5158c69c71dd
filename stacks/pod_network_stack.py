"""The stack of a pod network, with its VPC and its cluster if they are new."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import CfnOutput, Environment, PermissionsBoundary, Stack
from constructs import Construct

from constructs_lib.parts import Parts, parts_of
from podspace.formats.manifest_files import Manifest
from podspace.planning import Plan
from podspace.planning.files.stack_outputs import POD_GROUP, POD_SUBNETS


class PodNetworkStack(Stack):
    """All resources of one config file, in one CDK stack."""

    def __init__(
        self, scope: Construct, construct_id: str, *, plan: Plan, manifests: Sequence[Manifest] | None = None
    ) -> None:
        """Create the resources of a plan.

        Args:
            scope: the app or the stage.
            construct_id: id of the stack, unique in the scope.
            plan: the plan of a config file, `read_network_file(path).plan`.
            manifests: manifests that the deployment applies if the config has `apply: true`; those of the plan by
                default.

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
        parts = parts_of(self, plan=plan, applied=manifests)
        self._output(plan, parts)

    def _output(self, plan: Plan, parts: Parts) -> None:
        for zone, subnets in parts.network.subnet_ids.items():
            CfnOutput(self, f"{POD_SUBNETS}{zone}", value=",".join(subnets), description=f"Pod subnets of {zone}")
        if parts.security_group:
            CfnOutput(self, POD_GROUP, value=parts.security_group.security_group_id)
            CfnOutput(self, "NodeRoleName", value=plan.node_role.name)
        if parts.vpc:
            CfnOutput(self, "VpcId", value=parts.vpc.vpc_id)
            for zone, subnets in parts.vpc.node_subnet_ids.items():
                CfnOutput(self, f"NodeSubnetIds-{zone}", value=",".join(subnets), description=f"Node subnets of {zone}")


def _boundary(policy: str) -> PermissionsBoundary | None:
    if not policy:
        return None
    return PermissionsBoundary.from_arn(policy) if policy.startswith("arn:") else PermissionsBoundary.from_name(policy)
