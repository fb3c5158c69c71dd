"""Rules about the access entries of nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from podspace.lint.cluster import AccessEntry, Cluster, is_role, is_told_of
from podspace.lint.picture import NodeClassInUse, Picture
from podspace.lint.rule import Fault, Rule, rule
from podspace.lint.rules.blocks import together
from podspace.lint.stack import Resource
from podspace.lint.value import Reference, Text, Value, is_made_here, leaves, mapping, references, same, shown

_NODE_CLASS_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html"
_ENTRY_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html"
_MODE_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAccessConfigRequest.html"
_NODE_POLICY: Final = "AmazonEKSAutoNodePolicy"


def named_roles(picture: Picture) -> Iterator[tuple[NodeClassInUse, Resource]]:
    """Each NodeClass whose role is created in the templates, with that role; the first of several with one role."""
    seen: set[Reference] = set()
    for node_class in picture.node_classes:
        role = picture.role_of(node_class)
        if role and role.reference not in seen:
            seen.add(role.reference)
            yield node_class, role


def _entries(picture: Picture) -> Iterator[tuple[NodeClassInUse, AccessEntry]]:
    for node_class, role in named_roles(picture):
        yield from ((node_class, entry) for entry in picture.clusters.entries_of(role))


@rule(
    "node-role-without-access-entry",
    why="EKS creates an access entry only for the role of its built-in node pools. With any other role, the NodeClass "
    "does not become ready, and its nodes do not join the cluster.",
    fix="add an AWS::EKS::AccessEntry of type EC2 with AmazonEKSAutoNodePolicy for the role",
    source=_NODE_CLASS_PAGE,
)
def node_role_without_access_entry(picture: Picture) -> Iterator[Fault]:
    """The role of a NodeClass is created in the templates and has no access entry, so its nodes cannot join."""
    if not picture.deployment.whole or not all(_says_who(entry.principal) for entry in picture.clusters.entries):
        return
    for node_class, role in named_roles(picture):
        entries = picture.clusters.entries_of(role)
        made_by_eks = any(_may_have_role(cluster, role) for cluster in picture.clusters.all)
        elsewhere = is_told_of(picture.deployment, role) or _is_made_of_unknown_role(picture)
        if role.certain and not entries and not made_by_eks and not elsewhere:
            must = (
                f"must have an access entry of type EC2, with which nodes of NodeClass {node_class.name} join the "
                "cluster"
            )
            depends_on = (
                "" if picture.clusters.all else ("an access entry for this role is created outside of the input")
            )
            yield Fault(at=role, value=shown(role.get("RoleName")), must=must, depends_on=depends_on)
    for node_class, entry, cluster in _entries_elsewhere(picture):
        must = (
            f"must be {cluster}, whose security group NodeClass {node_class.name} selects: its nodes join by this "
            "access entry"
        )
        fix = "create the access entry in that cluster, or select the security group of this cluster in the NodeClass"
        yield Fault(at=entry.resource, place="Properties.ClusterName", value=shown(entry.cluster), must=must, fix=fix)


def _entries_elsewhere(picture: Picture) -> Iterator[tuple[NodeClassInUse, AccessEntry, str]]:
    """Access entries of NodeClasses that select the security group of another cluster of the templates."""
    created = {cluster.name for cluster in picture.clusters.all}
    for node_class, role in named_roles(picture):
        own = sorted(name for name in picture.clusters_by_tag(node_class) & created if isinstance(name, str))
        entries = picture.clusters.entries_of(role)
        if entries and own and all(same(entry.cluster, name) is False for entry in entries for name in own):
            yield node_class, entries[0], own[0]


def _is_made_of_unknown_role(picture: Picture) -> bool:
    """Whether a custom resource creates an access entry, and it is not known of which role."""
    for resource in picture.deployment.resources:
        if resource.type.startswith(("Custom::", "AWS::CloudFormation::CustomResource")):
            told = list(leaves(dict(resource.properties)))
            texts = [resource.type, *map(shown, told)]
            if any("accessentry" in text.lower() for text in texts) and not any(":role/" in text for text in texts):
                return not any(is_made_here(one) and one.attribute == "Arn" for one in references(told))
    return False


def _says_who(arn: Value) -> bool:
    """Whether it is known whose ARN a value is."""
    if isinstance(arn, Text):
        return "/" in arn.tail or is_made_here(arn.parts[-1])
    return is_made_here(arn) or isinstance(arn, str)


def _may_have_role(cluster: Cluster, role: Resource) -> bool:
    """Whether a role is that of built-in pools, or may be, as that is not known."""
    config = cluster.resource.get("ComputeConfig")
    if not isinstance(config, dict):
        return config is not None
    arn, pools = config.get("NodeRoleArn"), config.get("NodePools")
    if arn is None or (_says_who(arn) and not is_role(arn, role)):
        return False
    return bool(pools)


@rule(
    "node-role-with-two-access-entries",
    why="A cluster has one access entry for a role, and EKS refuses the second.",
    fix="keep one access entry; for the role of the built-in node pools keep none, because EKS creates it",
    source=_ENTRY_PAGE,
)
def node_role_with_two_access_entries(picture: Picture) -> Iterator[Fault]:
    """A role has two access entries in one cluster."""
    for role in picture.clusters.roles:
        entries = picture.clusters.entries_of(role)
        for index, entry in enumerate(entries):
            name = entry.resource.get("ClusterName")
            earlier = next((one for one in entries[:index] if same(one.resource.get("ClusterName"), name)), None)
            if earlier and together(earlier.resource, entry.resource):
                must = f"must be the only access entry of {role.named}: {earlier.resource.named} is another"
                yield Fault(at=entry.resource, place="Properties.PrincipalArn", must=must)
        of_eks = picture.clusters.with_pools_of(role)
        for entry in entries:
            if any(same(entry.cluster, cluster.name) for cluster in of_eks):
                must = (
                    f"must be removed: {role.named} is the role of the built-in node pools, and EKS creates its "
                    "access entry"
                )
                yield Fault(at=entry.resource, place="Properties.PrincipalArn", must=must)


@rule(
    "access-entry-type",
    why=(
        "Nodes join the cluster by an access entry of type EC2. The default type is STANDARD, and the type cannot be "
        "changed."
    ),
    fix="set Type: EC2",
    source=_NODE_CLASS_PAGE,
)
def access_entry_type(picture: Picture) -> Iterator[Fault]:
    """The access entry of a NodeClass's role is not of type EC2."""
    for node_class, entry in _entries(picture):
        kind = entry.resource.properties.get("Type", "STANDARD")
        if isinstance(kind, str) and kind != "EC2":
            must = f"must be EC2: nodes of NodeClass {node_class.name} join the cluster by this access entry"
            yield Fault(at=entry.resource, place="Properties.Type", value=kind, must=must)


@rule(
    "access-entry-policy",
    why="Nodes of EKS Auto Mode need the permissions of this policy to register and to read their pods.",
    fix=(
        "associate arn:aws:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy with the access entry, with the "
        "access scope cluster"
    ),
    source=_NODE_CLASS_PAGE,
)
def access_entry_policy(picture: Picture) -> Iterator[Fault]:
    """The access entry of a NodeClass's role does not have AmazonEKSAutoNodePolicy for the whole cluster."""
    for node_class, entry in _entries(picture):
        role = picture.clusters.role_of(entry.principal)
        policies = entry.resource.properties.get("AccessPolicies") or []
        told = role is not None and is_told_of(picture.deployment, role)
        if entry.resource.get("Type") != "EC2" or not isinstance(policies, list) or told:
            continue
        if not any(_is_node_policy(mapping(policy)) for policy in policies):
            must = f"must have {_NODE_POLICY} for the whole cluster: nodes of NodeClass {node_class.name} need it"
            yield Fault(at=entry.resource, place="Properties.AccessPolicies", must=must)


def _is_node_policy(policy: Mapping[str, Value]) -> bool:
    arn, scope = policy.get("PolicyArn"), mapping(policy.get("AccessScope")).get("Type")
    name = arn.tail or None if isinstance(arn, Text) else arn
    may_be = not isinstance(name, str) or name.endswith(f"/{_NODE_POLICY}")
    return may_be and scope != "namespace"


@rule(
    "access-entries-off",
    why="A cluster accepts access entries only if its authentication mode is API or API_AND_CONFIG_MAP. The default "
    "in CloudFormation is CONFIG_MAP.",
    fix="set AccessConfig: {AuthenticationMode: API}",
    source=_MODE_PAGE,
)
def access_entries_off(picture: Picture) -> Iterator[Fault]:
    """A cluster with access entries does not accept access entries."""
    for cluster in picture.clusters.all:
        config = cluster.resource.properties.get("AccessConfig", {})
        mode = mapping(config).get("AuthenticationMode", "CONFIG_MAP") if isinstance(config, dict) else None
        entries = [
            entry
            for entry in picture.clusters.entries
            if same(entry.cluster, cluster.name) and together(entry.resource, cluster.resource)
        ]
        if mode == "CONFIG_MAP" and entries:
            place, must = "Properties.AccessConfig.AuthenticationMode", "must be API or API_AND_CONFIG_MAP"
            yield Fault(
                at=cluster.resource,
                place=place,
                must=(f"{must}: {entries[0].resource.named} is an access entry of this cluster"),
            )


RULES: Final[tuple[Rule, ...]] = (
    node_role_without_access_entry,
    node_role_with_two_access_entries,
    access_entry_type,
    access_entry_policy,
    access_entries_off,
)
