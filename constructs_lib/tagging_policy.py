"""The policy on a cluster's role that custom tags of NodeClasses need."""

from __future__ import annotations

from typing import Any, Final

_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html#tag-prop"
_OWN_CLUSTER: Final = {"aws:RequestTag/eks:eks-cluster-name": "${aws:PrincipalTag/eks:eks-cluster-name}"}

TAGGING_FINDINGS: Final = {
    f"AwsSolutions-IAM5[Resource::{resource}]": "names of resources that Auto Mode creates are not known before; "
    f"each statement applies only to requests with the tag of this cluster: {_PAGE}"
    for resource in (
        "*",
        "arn:<AWS::Partition>:ec2:*:*:volume/*",
        "arn:<AWS::Partition>:ec2:*:*:snapshot/*",
        "arn:<AWS::Partition>:shield::*:protection/*",
    )
}
"""The acknowledgement of the wildcards in the tagging policy."""


def tagging_policy(partition: str) -> dict[str, Any]:
    """The policy document for custom tags: https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html.

    Args:
        partition: AWS partition, such as `aws`; a literal or a token.
    """

    def allow(sid: str, actions: list[str], resources: list[str], **like: str) -> dict[str, Any]:
        conditions: dict[str, Any] = {"StringEquals": _OWN_CLUSTER}
        if like:
            conditions["StringLike"] = {f"aws:RequestTag/eks:kubernetes-{key}": value for key, value in like.items()}
        return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources, "Condition": conditions}

    arn = f"arn:{partition}"
    launched = {"node-class-name": "*", "node-pool-name": "*"}
    return {
        "Version": "2012-10-17",
        "Statement": [
            allow("Compute", ["ec2:CreateFleet", "ec2:RunInstances", "ec2:CreateLaunchTemplate"], ["*"], **launched),
            allow(
                "Storage",
                ["ec2:CreateVolume", "ec2:CreateSnapshot"],
                [f"{arn}:ec2:*:*:volume/*", f"{arn}:ec2:*:*:snapshot/*"],
            ),
            allow("Networking", ["ec2:CreateNetworkInterface"], ["*"], **{"cni-node-name": "*"}),
            allow(
                "LoadBalancer",
                [
                    "elasticloadbalancing:CreateLoadBalancer",
                    "elasticloadbalancing:CreateTargetGroup",
                    "elasticloadbalancing:CreateListener",
                    "elasticloadbalancing:CreateRule",
                    "ec2:CreateSecurityGroup",
                ],
                ["*"],
            ),
            allow("ShieldProtection", ["shield:CreateProtection"], ["*"]),
            allow("ShieldTagResource", ["shield:TagResource"], [f"{arn}:shield::*:protection/*"]),
        ],
    }
