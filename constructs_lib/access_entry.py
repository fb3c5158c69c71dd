"""Access entries of an EKS cluster, each with one access policy for the whole cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from aws_cdk import Aws
from aws_cdk import aws_eks_v2 as eks
from constructs import Construct, IDependable

from constructs_lib.existing import cfn_tags


def access_entry(
    scope: Construct,
    construct_id: str,
    *,
    cluster_name: str,
    cluster: IDependable | None,
    principal_arn: str,
    kind: Literal["EC2", "STANDARD"],
    policy: Literal["AmazonEKSAutoNodePolicy", "AmazonEKSClusterAdminPolicy"],
    tags: Mapping[str, str],
) -> eks.CfnAccessEntry:
    """An EKS access entry for an IAM principal, with one access policy for the whole cluster.

    Args:
        scope: parent construct.
        construct_id: id of the construct, unique in the scope.
        cluster_name: the cluster's name.
        cluster: the CDK construct of the cluster, if the same app creates it; the entry waits for it, as it refers to
            it by name only.
        principal_arn: the ARN of a role or user, a literal or a token.
        kind: `EC2` for the role of nodes, else `STANDARD`.
        policy: the access policy's name,
            https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html.
        tags: tags of the access entry.
    """
    entry = eks.CfnAccessEntry(
        scope,
        construct_id,
        cluster_name=cluster_name,
        principal_arn=principal_arn,
        type=kind,
        access_policies=[
            eks.CfnAccessEntry.AccessPolicyProperty(
                policy_arn=f"arn:{Aws.PARTITION}:eks::aws:cluster-access-policy/{policy}",
                access_scope=eks.CfnAccessEntry.AccessScopeProperty(type="cluster"),
            )
        ],
        tags=cfn_tags(tags),
    )
    if cluster is not None:
        entry.node.add_dependency(cluster)
    return entry
