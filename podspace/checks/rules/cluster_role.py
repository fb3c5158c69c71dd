"""Rules about the cluster, and what its role allows it to do for nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from podspace.checks.cluster import own_policies, policy_names
from podspace.checks.picture import Picture
from podspace.checks.rule import Fault, Rule, rule
from podspace.checks.stack import Resource
from podspace.checks.value import Value, has_unknown, items, mapping, true

_CLUSTER_ROLE_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html"
_AUTO_MODE_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/automode-get-started-cli.html"
_POLICIES: Final = (
    "AmazonEKSClusterPolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
)
_SWITCHES: Final = (
    ("ComputeConfig", "Enabled"),
    ("KubernetesNetworkConfig", "ElasticLoadBalancing", "Enabled"),
    ("StorageConfig", "BlockStorage", "Enabled"),
)


@rule(
    "custom-tags-not-allowed",
    why="AWS's policies let EKS Auto Mode put its own tags on nodes and interfaces, and no others: with tags of a "
    "NodeClass no instance starts.",
    fix="add the policy that AWS's page has under \"Custom AWS tags\" to the cluster's role, or remove the tags",
    source=_CLUSTER_ROLE_PAGE,
)
def custom_tags_not_allowed(picture: Picture) -> Iterator[Fault]:
    """A NodeClass has tags of its own, which the role of its cluster does not allow."""
    for node_class in picture.node_classes:
        tags = mapping(node_class.manifest.get("spec", "tags"))
        names = picture.cluster_names(node_class)
        for cluster in picture.clusters.all:
            role = picture.clusters.role_of(cluster.resource.get("RoleArn"))
            if not tags or cluster.name not in names or not role or policy_names(role) is None:
                continue
            documents = list(own_policies(picture.deployment, role))
            if not any(not document or has_unknown(dict(document)) or _allows(document) for document in documents):
                must = f"must be allowed by {role.id}, the role of the cluster: it has no policy for tags"
                yield Fault(at=node_class.manifest, place="spec.tags", value=", ".join(tags), must=must)


def _allows(document: Mapping[str, Value]) -> bool:
    """Whether a policy allows to start instances, whatever its conditions say about tags."""
    actions = [
        action
        for statement in items(document.get("Statement"))
        if mapping(statement).get("Effect") == "Allow"
        for action in items(mapping(statement).get("Action"))
    ]
    wanted = {"ec2:createfleet", "ec2:runinstances", "ec2:create*", "ec2:*", "*"}
    return any(isinstance(action, str) and action.lower() in wanted for action in actions)


@rule(
    "cluster-role-incomplete",
    why="EKS Auto Mode makes nodes, interfaces, volumes and load balancers with the role of the cluster, and tags its "
    "sessions.",
    fix="attach the policies, and allow sts:AssumeRole and sts:TagSession to eks.amazonaws.com",
    source=_CLUSTER_ROLE_PAGE,
)
def cluster_role_incomplete(picture: Picture) -> Iterator[Fault]:
    """The role of a cluster in EKS Auto Mode lacks what that needs."""
    for cluster in picture.clusters.all:
        role = picture.clusters.role_of(cluster.resource.get("RoleArn")) if cluster.auto_mode else None
        if not role:
            continue
        names = policy_names(role)
        if names is not None and not any(True for _ in own_policies(picture.deployment, role)):
            missing = [name for name in _POLICIES if not any(one.startswith(name) for one in names)]
            if missing and "AdministratorAccess" not in names:
                must = f"must have {', '.join(missing)}: it is the role of a cluster in EKS Auto Mode"
                yield Fault(at=role, place="Properties.ManagedPolicyArns", must=must)
        if not _tags_sessions(role):
            must = "must allow sts:TagSession: it is the role of a cluster in EKS Auto Mode"
            yield Fault(at=role, place="Properties.AssumeRolePolicyDocument", must=must)


def _tags_sessions(role: Resource) -> bool:
    document = role.properties.get("AssumeRolePolicyDocument")
    if not isinstance(document, dict) or has_unknown(document.get("Statement")):
        return True
    actions = [a for s in items(document.get("Statement")) for a in items(mapping(s).get("Action"))]
    return any(isinstance(action, str) and action in {"sts:TagSession", "sts:*", "*"} for action in actions)


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
            must = "must be true, as other parts of EKS Auto Mode are on"
            yield Fault(at=cluster.resource, place=f"Properties.{off[0]}", value="false", must=must)


RULES: Final[tuple[Rule, ...]] = (custom_tags_not_allowed, cluster_role_incomplete, auto_mode_half_on)
