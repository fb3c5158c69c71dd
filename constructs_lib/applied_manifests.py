"""Manifests that the deployment applies, in the order of their dependencies."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Final, cast

import aws_cdk as cdk  # cdk.aws_logs is loaded when it is used
from aws_cdk import Aws, RemovalPolicy, Stack
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct, IDependable

from constructs_lib.access_entry import access_entry
from constructs_lib.acknowledgement import acknowledge, managed_policies
from constructs_lib.cluster_vpc import ClusterVpc
from constructs_lib.existing import (
    SecurityGroupRef,
    SubnetRef,
    VpcRef,
    security_group_of,
    subnets_of,
    vpc_of,
)
from podspace.formats.manifest_files import Manifest, identity

_LAYER: Final = "aws_cdk.lambda_layer_kubectl_v36"
_PAGE: Final = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/{}.html"
_POLICIES: Final = {
    "service-role/AWSLambdaBasicExecutionRole": "allows a function to write its log",
    "service-role/AWSLambdaVPCAccessExecutionRole": "allows a function to run in a VPC",
}


class AppliedManifests(Construct):
    """A CloudFormation resource for each manifest, which CDK's kubectl provider applies from the node subnets.

    NodePools depend on NodeClasses, and NodeClasses on the resources that they select, so a deployment creates them in
    this order and deletes them in the reverse order. ConfigMaps belong to the whole cluster and are never deleted.

    Deletion waits until nodes are drained, 15 minutes at most, the longest time that a Lambda function runs:
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        manifests: Sequence[Manifest],
        cluster_name: str,
        cluster_security_group: SecurityGroupRef,
        vpc: VpcRef | ClusterVpc,
        subnets: Mapping[str, Sequence[SubnetRef]],
        after: Sequence[IDependable],
        cluster: IDependable | None = None,
    ) -> None:
        """Apply the manifests to an existing cluster, or to one that the same app creates.

        Args:
            scope: parent construct.
            construct_id: id of the construct, unique in the scope.
            manifests: manifests to apply, as plain data.
            cluster_name: the cluster's name.
            cluster_security_group: the security group that EKS created for the cluster, which admits the functions to
                its API server.
            vpc: the VPC.
            subnets: the node subnets by zone, where the functions run.
            after: the subnets, groups, routes and roles that NodeClasses select or name, and the routes by which the
                functions reach AWS, if the same app creates them.
            cluster: the cluster, if the same app creates it.

        Raises:
            ValueError: the Lambda layer with kubectl is not installed.
        """
        layer = _kubectl_layer()
        super().__init__(scope, construct_id)
        network = vpc_of(self, vpc, zones=list(subnets))
        role = self._role(cluster_name)
        imported = eks.Cluster.from_cluster_attributes(self, "Imported", cluster_name=cluster_name, vpc=network)
        # The provider needs a cluster and a cluster to apply to needs the provider, so it is imported twice.
        provider = eks.KubectlProvider(
            self,
            "Kubectl",
            cluster=imported,
            kubectl_layer=layer(self, "KubectlLayer"),
            private_subnets=subnets_of(self, subnets),
            security_groups=[security_group_of(self, cluster_security_group)],
            role=iam.Role.from_role_arn(self, "KubectlRole", role.attr_arn, mutable=False),
        )
        self.node.try_remove_child("HasEcrPublic")  # a condition for policies that our role does without
        _keep_logs(provider)
        self._acknowledge_provider(provider)
        self._cluster = eks.Cluster.from_cluster_attributes(
            self, "Cluster", cluster_name=cluster_name, vpc=network, kubectl_provider=provider
        )
        # No access policy but the cluster admin's covers NodeClass and NodePool, which are of no namespace.
        entry = access_entry(
            self,
            "AccessEntry",
            cluster_name=cluster_name,
            cluster=cluster,
            principal_arn=role.attr_arn,
            kind="STANDARD",
            policy="AmazonEKSClusterAdminPolicy",
            tags={},
        )
        # A function that is called before its log group is there makes one, and CloudFormation's own then fails.
        self._apply(manifests, [entry, provider], after)

    def _apply(self, manifests: Sequence[Manifest], ready: Sequence[IDependable], after: Sequence[IDependable]) -> None:
        made: dict[str, list[eks.KubernetesManifest]] = {}
        for manifest in manifests:
            kind, name = identity(manifest)
            shared = kind == "ConfigMap"
            applied = eks.KubernetesManifest(
                self,
                f"{kind}-{name}",
                cluster=self._cluster,
                manifest=[dict(manifest)],
                overwrite=True,  # what was applied by hand before is taken over
                prune=False,
                removal_policy=RemovalPolicy.RETAIN if shared else RemovalPolicy.DESTROY,
            )
            applied.node.add_dependency(*ready)
            made.setdefault(kind, []).append(applied)
        for kind, objects in made.items():
            for applied in objects:
                applied.node.add_dependency(*(made.get("NodeClass", ()) if kind == "NodePool" else after))

    def _role(self, cluster_name: str) -> iam.CfnRole:
        cluster_arn = f"arn:{Aws.PARTITION}:eks:{Stack.of(self).region}:{Aws.ACCOUNT_ID}:cluster/{cluster_name}"
        role = iam.CfnRole(
            self,
            "Role",
            description=f"Applies manifests to EKS cluster {cluster_name}",
            assume_role_policy_document={
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
                ],
            },
            managed_policy_arns=[f"arn:{Aws.PARTITION}:iam::aws:policy/{name}" for name in _POLICIES],
            policies=[
                iam.CfnRole.PolicyProperty(
                    policy_name="FindCluster",
                    policy_document={
                        "Version": "2012-10-17",
                        "Statement": [{"Effect": "Allow", "Action": "eks:DescribeCluster", "Resource": cluster_arn}],
                    },
                )
            ],
        )
        acknowledge(role, _policy_reasons())
        return role

    def _acknowledge_provider(self, provider: eks.KubectlProvider) -> None:
        handler = provider.node.find_child("Handler").node.default_child
        function = Stack.of(self).get_logical_id(cast("cdk.aws_lambda.CfnFunction", handler))
        acknowledge(
            provider,
            {
                **_policy_reasons(),
                f"AwsSolutions-IAM5[Resource::<{function}.Arn>:*]": "CDK's provider framework calls any version of the "
                "one function that applies the manifests: "
                "https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html",
                "AwsSolutions-L1": "CDK chooses the runtime of its kubectl handler, which is tested with that one: "
                "https://github.com/aws/aws-cdk/tree/main/packages/aws-cdk-lib/aws-eks-v2",
            },
        )


def _policy_reasons() -> dict[str, str]:
    return {
        id: reason
        for name, why in _POLICIES.items()
        for id, reason in managed_policies({name: why}, page=_PAGE.format(name.partition("/")[2])).items()
    }


def _keep_logs(provider: Construct) -> None:
    """Keep the log groups of the functions, as CDK does, unless their creation is rolled back."""
    for child in provider.node.find_all():
        if isinstance(child, cdk.aws_logs.CfnLogGroup):
            child.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)


def _kubectl_layer() -> Callable[[Construct, str], cdk.aws_lambda.ILayerVersion]:
    try:
        module = importlib.import_module(_LAYER)
    except ModuleNotFoundError:
        raise ValueError(
            "apply: true needs the Lambda layer with kubectl, which is not installed: "
            "pip install 'eks-podspace[apply]', or remove apply and apply the manifests with kubectl"
        ) from None
    return cast("Callable[[Construct, str], cdk.aws_lambda.ILayerVersion]", module.KubectlV36Layer)
