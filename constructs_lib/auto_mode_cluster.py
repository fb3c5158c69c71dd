"""An EKS Auto Mode cluster, with its IAM roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import aws_cdk as cdk  # cdk.aws_kms is loaded when it is used
from aws_cdk import Aws
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.access_entry import access_entry
from constructs_lib.acknowledgement import acknowledge, managed_policies
from constructs_lib.cluster_vpc import ClusterVpc
from constructs_lib.existing import SubnetRef, VpcRef, cfn_tags, slice_of, subnets_of, vpc_of
from constructs_lib.tagging_policy import TAGGING_FINDINGS, tagging_policy
from podspace.planning import ClusterPlan, NewClusterPlan
from podspace.planning.cluster.plan import admin_name

_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html"
_POLICIES: Final = {
    "AmazonEKSClusterPolicy": "lets EKS run the control plane",
    "AmazonEKSComputePolicy": "lets Auto Mode start and stop nodes",
    "AmazonEKSBlockStoragePolicyV2": "lets Auto Mode create volumes for pods",
    "AmazonEKSLoadBalancingPolicy": "lets Auto Mode create load balancers",
    "AmazonEKSNetworkingPolicy": "lets Auto Mode create network interfaces",
}
_LOG_TYPES: Final = {
    "api": eks.ClusterLoggingTypes.API,
    "audit": eks.ClusterLoggingTypes.AUDIT,
    "authenticator": eks.ClusterLoggingTypes.AUTHENTICATOR,
    "controllerManager": eks.ClusterLoggingTypes.CONTROLLER_MANAGER,
    "scheduler": eks.ClusterLoggingTypes.SCHEDULER,
}
_ASKED_FOR: Final = {
    "Podspace::built-in-pools-on": "the config has built_in_node_pools, whose pods are intended to use the node subnets"
}


class AutoModeCluster(Construct):
    """An EKS Auto Mode cluster. It has built-in NodePools only if the plan lists them.

    Attributes:
        cluster: the CDK construct of the cluster.
        security_group_id: id of the security group that EKS creates for the cluster, a token.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        plan: ClusterPlan,
        vpc: VpcRef | ClusterVpc,
        node_subnets: Mapping[str, Sequence[SubnetRef]],
        node_role_arn: str | None = None,
    ) -> None:
        """Create the cluster of a plan, its role and its access entries.

        Args:
            scope: parent construct.
            construct_id: id of the construct, unique in the scope.
            plan: the cluster, as planned.
            vpc: the VPC.
            node_subnets: the node subnets by zone; the first of each zone of the plan also has the network interfaces
                of the control plane. They are never pod subnets.
            node_role_arn: ARN of the role of the built-in node pools, if the plan has them; EKS creates its access
                entry.

        Raises:
            ValueError: the cluster of the plan is not a new one, the role is missing or superfluous, or a zone of the
                plan has no subnet.
        """
        plan = slice_of(plan, ClusterPlan, argument="plan.cluster")
        new = _checked(plan, node_subnets, node_role_arn)
        super().__init__(scope, construct_id)
        access = eks.EndpointAccess.PRIVATE
        if new.public_access_cidrs:
            access = eks.EndpointAccess.PUBLIC_AND_PRIVATE.only_from(*map(str, new.public_access_cidrs))
        subnets = {zone: node_subnets[zone][:1] for zone in new.zones}
        node_role = iam.Role.from_role_arn(self, "NodeRole", node_role_arn, mutable=False) if node_role_arn else None
        key = new.secrets_key_arn
        self.cluster = eks.Cluster(
            self,
            "Cluster",
            cluster_name=plan.name,
            version=eks.KubernetesVersion.of(new.version),
            compute=eks.ComputeConfig(node_pools=list(new.built_in_node_pools), node_role=node_role),
            # CDK adds the first version of the block storage policy to a role it may change.
            role=iam.Role.from_role_arn(self, "ClusterRole", self._role(plan, new), mutable=False),
            vpc=vpc_of(self, vpc, zones=new.zones),
            vpc_subnets=[ec2.SubnetSelection(subnets=subnets_of(self, subnets))],
            endpoint_access=access,
            ip_family=eks.IpFamily.IP_V6 if plan.ip_family == "ipv6" else eks.IpFamily.IP_V4,
            service_ipv4_cidr=str(plan.service_cidr) if plan.service_cidr else None,
            cluster_logging=[_LOG_TYPES[log] for log in new.logs],
            secrets_encryption_key=cdk.aws_kms.Key.from_key_arn(self, "SecretsKey", key) if key else None,
            bootstrap_cluster_creator_admin_permissions=False,
            bootstrap_self_managed_addons=False,
            tags=dict(new.tags),
        )
        resource = self.cluster.node.default_child
        assert isinstance(resource, eks.CfnCluster)
        resource.deletion_protection = new.deletion_protection
        if new.built_in_node_pools:
            acknowledge(self.cluster, _ASKED_FOR)
        self.security_group_id = self.cluster.cluster_security_group_id
        for arn in new.admins:
            access_entry(
                self,
                f"Admin-{admin_name(arn)}",
                cluster_name=plan.name,
                cluster=self.cluster,
                principal_arn=arn,
                kind="STANDARD",
                policy="AmazonEKSClusterAdminPolicy",
                tags=new.admin_tags(arn),
            )

    def _role(self, plan: ClusterPlan, new: NewClusterPlan) -> str:
        role = iam.CfnRole(
            self,
            "Role",
            description=f"Control plane of EKS cluster {plan.name}",
            assume_role_policy_document={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "eks.amazonaws.com"},
                        "Action": ["sts:AssumeRole", "sts:TagSession"],
                    }
                ],
            },
            managed_policy_arns=[f"arn:{Aws.PARTITION}:iam::aws:policy/{name}" for name in _POLICIES],
            policies=[
                iam.CfnRole.PolicyProperty(policy_name="CustomTags", policy_document=tagging_policy(Aws.PARTITION))
            ]
            if new.custom_tags
            else None,
            tags=cfn_tags(new.role_tags),
        )
        acknowledge(role, managed_policies(_POLICIES, page=_PAGE))
        if new.custom_tags:
            acknowledge(role, TAGGING_FINDINGS)
        return role.attr_arn


def _checked(
    plan: ClusterPlan, node_subnets: Mapping[str, Sequence[SubnetRef]], node_role_arn: str | None
) -> NewClusterPlan:
    new = plan.new
    if new is None:
        raise ValueError(f"plan.cluster is the existing cluster {plan.name}: this construct is only for new clusters")
    if bool(node_role_arn) != bool(new.built_in_node_pools):
        raise ValueError(
            "node_role_arn is missing: the built-in node pools of the plan need a role; pass NodeRole.role_arn"
            if new.built_in_node_pools
            else "node_role_arn was given, but the plan has no built-in node pools: EKS accepts no role without them"
        )
    if not isinstance(node_subnets, Mapping):
        raise ValueError("node_subnets is not a mapping: pass the node subnets by zone, `{zone: [subnet, …]}`")
    if missing := [zone for zone in new.zones if not node_subnets.get(zone)]:
        raise ValueError(f"node_subnets has nothing for {', '.join(missing)}: the plan has a node subnet in each")
    return new
