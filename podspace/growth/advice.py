"""Why changes have their effects, and what to do instead, as docs/growing.md says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from podspace.cidr import VPC_CIDR_PAGE
from podspace.growth.change import SELECTOR_TAG, Advice, Change, Effect
from podspace.growth.part import APPLY, BLOCK, EKS_CLUSTER, POD_SUBNET, STACK, VPC, VPC_SUBNET
from podspace.planning import Config

_SUBNET: Final = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-subnet.html"
_DELETE_SUBNET: Final = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html"
_IPV6: Final = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateSubnetCidrBlock.html"
_CLUSTER: Final = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-eks-cluster.html"
_NETWORK: Final = "https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html"
_BESIDE: Final = "to get there all the same, build a second pod network beside it, move the workloads, remove this one"

_REPLACED_SUBNET: Final = Advice(
    why="zone and CIDR of a subnet cannot be changed: CloudFormation makes the new subnet before it removes the old "
    "one, EC2 refuses it because the addresses are taken, and the deployment is rolled back",
    source=_SUBNET,
    inferred=True,
)
_REMOVED_SUBNET: Final = Advice(
    why="EC2 deletes no subnet that is in use",
    instead="if you mean it: apply the manifests first, wait until its nodes are gone, and deploy last",
    source=_DELETE_SUBNET,
)
_ANOTHER_ADDRESS: Final = Advice(
    why="other networks see other addresses of the pods",
    instead="keep its egress entry, with name, kind, subnets and addresses",
)
_ADVICE: Final[Mapping[tuple[str, Effect], Advice]] = {
    (STACK, "replaced"): Advice(
        why="CloudFormation makes another stack beside the one that lives, and in the same VPC EC2 refuses its "
        "subnets, as the addresses are taken",
        instead="keep name, cluster.name and environment, or set stack.name to the name that lives; " + _BESIDE,
        inferred=True,
    ),
    (STACK, "removed"): Advice(
        why="its stack stays until somebody deletes it, and nothing describes it any more",
        instead="keep the file; if you mean it, remove its nodes first, and `cdk destroy` it with the old file",
    ),
    (VPC, "replaced"): Advice(
        why="nothing moves to another VPC: CloudFormation makes everything anew there, and cannot delete the subnets "
        "that are in use here",
        instead="keep vpc; " + _BESIDE,
        source=_SUBNET,
        inferred=True,
    ),
    (SELECTOR_TAG, "replaced"): Advice(
        why="NodeClasses that are applied find no pod subnet from the deployment on until they are applied anew",
        instead="keep name and cluster.name; " + _BESIDE,
    ),
    (EKS_CLUSTER, "replaced"): Advice(
        why="EKS cannot change it: CloudFormation makes another cluster, which EKS refuses under the same name",
        instead="keep it, and make another cluster beside this one",
        source=_CLUSTER,
        inferred=True,
    ),
    (EKS_CLUSTER, "removed"): Advice(
        why="CloudFormation deletes the cluster, which EKS refuses under deletion_protection",
        instead="keep cluster.create",
        source=_CLUSTER,
    ),
    (EKS_CLUSTER, "refused"): Advice(
        why="EKS takes no other zones for the control plane of a cluster that lives",
        instead="keep cluster.create.zones, and where they are left out the first two zones",
        source=_NETWORK,
    ),
    (BLOCK, "replaced"): Advice(
        why="the size of a block cannot be changed: CloudFormation adds the new one before it removes the old one, "
        "and EC2 refuses it because they overlap",
        instead="keep the block, and append another one",
        source=VPC_CIDR_PAGE,
        inferred=True,
    ),
    (BLOCK, "removed"): Advice(
        why="EC2 takes no block from a VPC that has subnets in it",
        instead="if you mean it: the nodes that use its subnets must be gone before",
        source=VPC_CIDR_PAGE,
    ),
    (POD_SUBNET, "replaced"): _REPLACED_SUBNET,
    (POD_SUBNET, "removed"): _REMOVED_SUBNET,
    (VPC_SUBNET, "replaced"): _REPLACED_SUBNET,
    (VPC_SUBNET, "removed"): _REMOVED_SUBNET,
    (POD_SUBNET, "refused"): Advice(
        why="EC2 takes no IPv6 range from a subnet while interfaces have addresses of it",
        instead="keep pods.ipv6_subnets, and append to it",
        source=_IPV6,
        inferred=True,
    ),
    ("NAT gateway", "replaced"): _ANOTHER_ADDRESS,
    ("NAT gateway", "removed"): _ANOTHER_ADDRESS,
    ("Elastic IP address", "removed"): _ANOTHER_ADDRESS,
    ("pod security group", "replaced"): Advice(
        why="pods of new nodes are in another group, and this one cannot go while interfaces use it",
        instead="keep name and cluster.name, of which its description is made",
    ),
    ("pod security group", "removed"): Advice(
        why="pods of new nodes are in another group, and this one cannot go while interfaces use it",
        instead="replace the nodes before the stack is deployed, or keep pods.security_group",
    ),
    ("node role", "replaced"): Advice(
        why="nodes that run have the old role until they are replaced", instead="keep name and cluster.name"
    ),
    (APPLY, "removed"): Advice(
        why="the deployment deletes the NodePools and NodeClasses that it applied, and their nodes with them",
        instead="keep `apply: true`",
    ),
    ("log group", "removed"): Advice(why="it stays in the account, with what it holds"),
    ("bucket", "removed"): Advice(why="it stays in the account, with what it holds"),
}


def advice_on(change: Change, *, old: Config, new: Config) -> Advice | None:
    """What to say of a change; None where it needs no word."""
    advice = _ADVICE.get((change.what, change.effect))
    if advice == _REPLACED_SUBNET:
        cause = _cause(old, new) or "give new subnets free addresses, and leave those that live as they are"
        return replace(advice, instead=f"{cause}; {_BESIDE}")
    if advice == _REMOVED_SUBNET and (cause := _cause(old, new)):
        return replace(advice, instead=f"{cause}; {_BESIDE}")
    return advice


def _cause(old: Config, new: Config) -> str:
    """What in the config to leave as it is, where the subnets of a list follow from it."""
    before, after = old.pods, new.pods
    if before.subnet_prefix and after.subnet_prefix and before.subnet_prefix != after.subnet_prefix:
        return f"keep subnet_prefix: {before.subnet_prefix}"
    common = min(len(before.zones), len(after.zones))
    if before.zones[:common] != after.zones[:common]:
        return (
            f"keep zones as they were, {', '.join(before.zones)}, and append new ones; only a map (pods.subnets) lets "
            "zones come and go in any order"
        )
    return ""
