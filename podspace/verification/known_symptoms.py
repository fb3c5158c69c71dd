"""Every known message; the more specific ones come first."""

from __future__ import annotations

from typing import Final

from podspace.verification.symptom import Symptom

_GUIDE: Final = "https://docs.aws.amazon.com/eks/latest/userguide"
_OF_NODES: Final = ("NodeClass", "NodePool", "NodeClaim")

SYMPTOMS: Final[tuple[Symptom, ...]] = (
    Symptom(
        id="no-prefix-left",
        says=r"InsufficientCidrBlocks|does not have enough free cidr blocks",
        shown="InsufficientCidrBlocks: The specified subnet does not have enough free cidr blocks",
        cause="the pod subnet has no whole /28 left: single addresses are scattered over it. EKS Auto Mode takes "
        "single addresses then, which scatter more",
        fix="append a CIDR block to pods.cidrs, with pods.prefix_reservation if the region has it",
        source="https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html",
        inferred=True,
    ),
    Symptom(
        id="no-address-left",
        says=r"InsufficientFreeAddressesInSubnet|does not have enough free addresses",
        shown="InsufficientFreeAddressesInSubnet",
        cause="a subnet is full: the pod subnet, or, if a NodeClaim has the message, the node subnet",
        fix="append a CIDR block to pods.cidrs; for node subnets, name larger ones in vpc.node_subnets",
        source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
    ),
    Symptom(
        id="no-pod-address",
        says=r"failed to assign an IP address to container",
        shown="failed to assign an IP address to container",
        cause="the zone of the node has no pod subnet; or, inferred, the pod subnets of the zone have no address free",
        fix="check the zone of the node and its free addresses; add a pod subnet in the zone, or append a CIDR block",
        source="https://github.com/awsdocs/amazon-eks-user-guide/issues/1088",
    ),
    Symptom(
        id="subnets-not-found",
        says=r"SubnetsNotFound|SubnetSelector did not match any Subnets|SubnetsReady(=| is )False",
        shown="SubnetSelector did not match any Subnets",
        kinds=_OF_NODES,
        cause="no subnet has the id or the tags that the NodeClass selects by; in one report a new tag was not found "
        "until it was removed and added again",
        fix="deploy the stack before the manifests; compare ids and tags; remove the tag and add it again",
        source="https://github.com/aws/containers-roadmap/issues/2529",
    ),
    Symptom(
        id="groups-not-found",
        says=r"SecurityGroupsNotFound|SecurityGroupSelector did not match any SecurityGroups"
        r"|SecurityGroupsReady(=| is )False",
        shown="SecurityGroupSelector did not match any SecurityGroups",
        kinds=_OF_NODES,
        cause="no security group has the id, the name or the tags that the NodeClass selects by",
        fix="deploy the stack before the manifests; compare ids and tags",
        source=f"{_GUIDE}/create-node-class.html",
        inferred=True,
    ),
    Symptom(
        id="instance-profile",
        says=r"InstanceProfileReady(=| is )False|InstanceProfileCreationFailed|InstanceProfileNotReady",
        shown="InstanceProfileReady is False",
        kinds=_OF_NODES,
        cause="the node role does not exist, has no access entry of type EC2 with AmazonEKSAutoNodePolicy, or EKS is "
        "not allowed to create an instance profile for it",
        fix="deploy the stack, which creates role and access entry; check `aws eks list-access-entries` and the "
        "policies of the organization",
        source=f"{_GUIDE}/create-node-class.html",
        inferred=True,
    ),
    Symptom(
        id="launch-template",
        says=r"Error getting launch template configs",
        shown="Error getting launch template configs",
        cause="the NodeClass has tags, and the cluster's role is not allowed to put them on what EKS Auto Mode creates",
        fix=f"give the cluster's role the policy of {_GUIDE}/auto-cluster-iam-role.html, or remove the tags",
        source=f"{_GUIDE}/auto-troubleshoot.html",
    ),
    Symptom(
        id="create-fleet",
        says=r"Error creating fleet",
        shown="Error creating fleet",
        cause="the cluster's role is not allowed to start instances, by its own policies or by one of the organization",
        fix="find the error in CloudTrail, and check the policies of the cluster's role",
        source=f"{_GUIDE}/auto-troubleshoot.html",
    ),
    Symptom(
        id="not-authorized",
        says=r"UnauthorizedOperation|is not authorized to perform|AccessDenied",
        shown="UnauthorizedOperation, AccessDenied",
        kinds=_OF_NODES,
        cause="the cluster's role, or the role of the nodes, lacks a permission",
        fix="find the error in CloudTrail, and add the missing permission to the role",
        source=f"{_GUIDE}/auto-troubleshoot.html",
    ),
    Symptom(
        id="node-not-registered",
        says=r"Node not registered with cluster|NodeNotFound|RegistrationFailed",
        shown="Node not registered with cluster",
        kinds=("NodeClaim", "NodePool"),
        level="warning",
        cause="the node is still starting; or its role has no access entry; or it does not reach the API server",
        fix="check the access entry of the node role, the node's security group, and the route to the API server",
        source=f"{_GUIDE}/create-node-class.html",
        inferred=True,
    ),
    Symptom(
        id="zone-without-pool",
        says=r"incompatible with nodepool.*topology\.(kubernetes\.io/zone|k8s\.aws/zone-id)",
        shown="incompatible with nodepool … topology.kubernetes.io/zone",
        kinds=("Pod",),
        level="warning",
        cause="the pod, or a volume of it, must be in a zone that the NodePool does not have",
        fix="append the zone to pods.zones, or let the pod run elsewhere",
        source="https://karpenter.sh/docs/concepts/scheduling/",
        inferred=True,
    ),
    Symptom(
        id="pool-at-its-limit",
        says=r"exceed limits for nodepool",
        shown="all available instance types exceed limits for nodepool",
        kinds=("Pod",),
        level="warning",
        cause="the NodePool has reached its limits",
        fix="raise node_pools[].limits; if they are from_capacity, add CIDR blocks (podspace add-cidr)",
        source="https://karpenter.sh/docs/concepts/nodepools/",
        inferred=True,
    ),
    Symptom(
        id="no-pool-fits",
        says=r"incompatible with nodepool|no nodepools? found",
        shown="Failed to schedule pod, incompatible with nodepool",
        kinds=("Pod",),
        level="warning",
        cause="no NodePool fits the pod, by its nodeSelector, its affinity, its tolerations or its size",
        fix="compare them with the requirements and taints of the NodePools",
        source=f"{_GUIDE}/auto-troubleshoot.html",
        inferred=True,
    ),
    Symptom(
        id="webhook-unreachable",
        says=r"failed (calling|to call) webhook.*(context deadline exceeded|timeout|refused|no route to host)",
        level="warning",
        shown="failed to call webhook: … context deadline exceeded",
        cause="for up to an hour the control plane may not know a new CIDR block of the VPC, and does not reach "
        "webhooks in it; else the security group of the pods does not admit it (inferred)",
        fix="wait an hour, or run webhooks on nodes outside of the new CIDR block until then; then check what the "
        "security group of the pods admits from the cluster's",
        source=f"{_GUIDE}/network-reqs.html",
    ),
    Symptom(
        id="image-timeout",
        says=r"(ErrImagePull|ImagePullBackOff|Failed to pull image).*"
        r"(i/o timeout|deadline exceeded|Client\.Timeout exceeded|connection refused|no route to host)",
        shown="Failed to pull image … i/o timeout",
        kinds=("Pod",),
        cause="nodes pull images by the routes of the node subnets, and these have no route to the registry",
        fix="add a route to the registry to the node subnets, or endpoints of ECR and S3",
        source=f"{_GUIDE}/private-clusters.html",
        inferred=True,
    ),
)


def symptom_of(text: str, *, kind: str) -> Symptom | None:
    """The first symptom that matches a text of an object of a kind; None if none does."""
    return next((symptom for symptom in SYMPTOMS if symptom.found_in(text, kind=kind)), None)
