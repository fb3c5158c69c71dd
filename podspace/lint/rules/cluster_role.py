"""Rules about the cluster and the permissions of its role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from podspace.lint.cluster import allowed_actions, allows, allows_parts_of, own_policies, policy_names
from podspace.lint.picture import Picture
from podspace.lint.rule import Fault, Rule, rule
from podspace.lint.stack import Resource
from podspace.lint.value import mapping, true

_CLUSTER_ROLE_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html"
_AUTO_MODE_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/automode-get-started-cli.html"
_POLICIES: Final = (
    "AmazonEKSClusterPolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
)
_STARTS: Final = ("ec2:CreateFleet", "ec2:RunInstances")
_PARTS: Final = ("ec2:", "eks:", "elasticloadbalancing:")
_SWITCHES: Final = (
    ("ComputeConfig", "Enabled"),
    ("KubernetesNetworkConfig", "ElasticLoadBalancing", "Enabled"),
    ("StorageConfig", "BlockStorage", "Enabled"),
)


@rule(
    "custom-tags-not-allowed",
    why="With AWS's managed policies, EKS Auto Mode can put only its own tags on nodes and network interfaces. With "
    "custom tags in a NodeClass, no instance starts.",
    fix="add the policy under \"Custom AWS tags\" on AWS's page to the cluster's role, or remove the tags",
    source=_CLUSTER_ROLE_PAGE,
)
def custom_tags_not_allowed(picture: Picture) -> Iterator[Fault]:
    """A NodeClass has custom tags, and the role of its cluster does not allow them."""
    for node_class in picture.node_classes:
        tags = mapping(node_class.manifest.get("spec", "tags"))
        names = picture.cluster_names(node_class)
        for cluster in picture.clusters.all:
            role = picture.clusters.role_of(cluster.resource.get("RoleArn"))
            if not tags or cluster.name not in names or not role or policy_names(role) is None:
                continue
            actions = allowed_actions(own_policies(picture.deployment, role))
            if actions is not None and not any(allows(actions, action) for action in _STARTS):
                must = f"must be allowed by {role.named}, the role of the cluster, which has no policy for custom tags"
                yield Fault(at=node_class.manifest, place="spec.tags", value=", ".join(tags), must=must)


@rule(
    "cluster-role-incomplete",
    why="EKS Auto Mode creates nodes, network interfaces, volumes and load balancers with the role of the cluster, "
    "and tags the sessions of the role.",
    fix="attach the policies, and allow sts:AssumeRole and sts:TagSession for eks.amazonaws.com in the trust policy",
    source=_CLUSTER_ROLE_PAGE,
)
def cluster_role_incomplete(picture: Picture) -> Iterator[Fault]:
    """The role of a cluster in EKS Auto Mode lacks policies or the permission sts:TagSession."""
    for cluster in picture.clusters.all:
        role = picture.clusters.role_of(cluster.resource.get("RoleArn")) if cluster.auto_mode else None
        if not role or not role.certain:
            continue
        names = policy_names(role)
        actions = allowed_actions(own_policies(picture.deployment, role))
        if names is not None and actions is not None and not allows_parts_of(actions, *_PARTS):
            missing = [name for name in _POLICIES if not any(one.startswith(name) for one in names)]
            if missing and "AdministratorAccess" not in names:
                must = f"must have {', '.join(missing)}: it is the role of a cluster in EKS Auto Mode"
                yield Fault(at=role, place="Properties.ManagedPolicyArns", must=must)
        if not _tags_sessions(role):
            must = "must allow sts:TagSession: it is the role of a cluster in EKS Auto Mode"
            yield Fault(at=role, place="Properties.AssumeRolePolicyDocument", must=must)


def _tags_sessions(role: Resource) -> bool:
    """Whether a role's sessions may be tagged; what is not known may."""
    document = role.properties.get("AssumeRolePolicyDocument")
    actions = allowed_actions([document]) if isinstance(document, dict) else None
    return actions is None or allows(actions, "sts:TagSession")


@rule(
    "auto-mode-half-on",
    why="EKS refuses a cluster that has one of the three parts of EKS Auto Mode without the others.",
    fix="set all three to true, or all to false",
    source=_AUTO_MODE_PAGE,
)
def auto_mode_half_on(picture: Picture) -> Iterator[Fault]:
    """Compute, load balancing and block storage of EKS Auto Mode are not switched together."""
    for cluster in picture.clusters.all:
        switches = [cluster.resource.get(*path) for path in _SWITCHES]
        on = [False if value is None else true(value) for value in switches]
        if None not in on and len(set(on)) > 1:
            off = [".".join(path) for path, value in zip(_SWITCHES, on, strict=True) if not value]
            must = "must be true: other parts of EKS Auto Mode are on"
            yield Fault(at=cluster.resource, place=f"Properties.{off[0]}", value="false", must=must)


RULES: Final[tuple[Rule, ...]] = (custom_tags_not_allowed, cluster_role_incomplete, auto_mode_half_on)
