"""The IAM role of the nodes, and the access entry by which they join the cluster."""

from __future__ import annotations

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from constructs import Construct, IDependable

from constructs_lib.access_entry import access_entry
from constructs_lib.acknowledgement import acknowledge, managed_policies
from constructs_lib.existing import cfn_tags, slice_of
from podspace.planning import NodeRolePlan

_PARTITION = Aws.PARTITION
_POLICIES = {
    "AmazonEKSWorkerNodeMinimalPolicy": "lets a node read what it needs to join its cluster and get pod credentials",
    "AmazonEC2ContainerRegistryPullOnly": "lets a node pull images, and nothing else",
}
_PAGE = "https://docs.aws.amazon.com/eks/latest/userguide/auto-create-node-role.html"


class NodeRole(Construct):
    """The IAM role that a NodeClass names, new or imported by name, with its access entry if the plan creates one.

    EKS creates an access entry only for the role of the built-in node pools:
    https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html

    Attributes:
        role_arn: ARN of the role, a token.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, plan: NodeRolePlan, cluster: IDependable | None = None
    ) -> None:
        """Create or import the role of a plan, and create its access entry.

        Args:
            scope: parent construct.
            construct_id: id of the construct, unique in the scope.
            plan: the role and its access entry, as planned.
            cluster: the cluster, if the same app creates it; the access entry depends on it, because it refers to the
                cluster only by name.

        Raises:
            ValueError: the plan is missing.
        """
        plan = slice_of(plan, NodeRolePlan, argument="plan.node_role")
        super().__init__(scope, construct_id)
        self._role: iam.IRole | None = None
        self.role_arn = self._make(plan) if plan.created else f"arn:{_PARTITION}:iam::{Aws.ACCOUNT_ID}:role/{plan.name}"
        if plan.access_entry:
            access_entry(
                self,
                "AccessEntry",
                cluster_name=plan.cluster_name,
                cluster=cluster,
                principal_arn=self.role_arn,
                kind="EC2",
                policy="AmazonEKSAutoNodePolicy",
                tags=plan.tags,
            )

    @property
    def role(self) -> iam.IRole:
        """The role as a CDK object, to which an app may add policies."""
        if self._role is None:
            self._role = iam.Role.from_role_arn(self, "Imported", self.role_arn)
        return self._role

    def _make(self, plan: NodeRolePlan) -> str:
        role = iam.CfnRole(
            self,
            "Role",
            role_name=plan.name,
            description=f"Nodes of EKS cluster {plan.cluster_name}",
            assume_role_policy_document={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "ec2.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            },
            managed_policy_arns=[f"arn:{_PARTITION}:iam::aws:policy/{name}" for name in _POLICIES],
            tags=cfn_tags(plan.tags),
        )
        acknowledge(role, managed_policies(_POLICIES, page=_PAGE))
        return role.attr_arn
