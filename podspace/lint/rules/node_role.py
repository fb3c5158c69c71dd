"""Rules about the role of the nodes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from podspace.lint.cluster import allowed_actions, allows, allows_parts_of, own_policies, policy_names
from podspace.lint.picture import Picture
from podspace.lint.rule import Fault, Rule, rule
from podspace.lint.rules.access_entries import named_roles
from podspace.lint.stack import Resource
from podspace.lint.value import Text, items, mapping, shown

_NODE_CLASS_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html"
_NODE_ROLE_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/auto-create-node-role.html"
_WORKER: Final = {"AmazonEKSWorkerNodeMinimalPolicy", "AmazonEKSWorkerNodePolicy", "AdministratorAccess"}
_REGISTRY: Final = "AmazonEC2ContainerRegistry"


@rule(
    "node-role-trust",
    why="Nodes are EC2 instances, which assume the role through the service ec2.amazonaws.com.",
    fix="allow sts:AssumeRole for ec2.amazonaws.com in AssumeRolePolicyDocument",
    source=_NODE_ROLE_PAGE,
)
def node_role_trust(picture: Picture) -> Iterator[Fault]:
    """The role of a NodeClass does not trust EC2, so instances cannot assume it."""
    for node_class, role in named_roles(picture):
        services = trusted_services(role)
        if services is not None and not any(service.startswith("ec2.") for service in services):
            must = f"must trust ec2.amazonaws.com: it is the role of nodes of NodeClass {node_class.name}"
            if services:
                must += f", and trusts only {', '.join(services)}"
            yield Fault(at=role, place="Properties.AssumeRolePolicyDocument", must=must)


def trusted_services(role: Resource) -> list[str] | None:
    """The services that may assume a role; None if they cannot be known."""
    document = role.properties.get("AssumeRolePolicyDocument")
    if not isinstance(document, dict) or not isinstance(document.get("Statement"), list | dict):
        return None
    services: list[str] = []
    for statement in items(document["Statement"]):
        actions = allowed_actions([{"Statement": {"Action": mapping(statement).get("Action"), "Effect": "Allow"}}])
        principal = mapping(statement).get("Principal")
        effect = mapping(statement).get("Effect")
        if actions is None or not isinstance(principal, dict) or not isinstance(effect, str):
            return None
        if effect != "Allow" or not allows(actions, "sts:AssumeRole"):
            continue
        for service in items(principal.get("Service")):
            first = service.parts[0] if isinstance(service, Text) else service
            if not isinstance(first, str):
                return None
            services.append(first)
    return services


@rule(
    "node-role-policies",
    why=(
        "Without AmazonEKSWorkerNodeMinimalPolicy nodes cannot register. Without a registry policy they cannot pull "
        "images."
    ),
    fix="attach AmazonEKSWorkerNodeMinimalPolicy and AmazonEC2ContainerRegistryPullOnly",
    source=_NODE_ROLE_PAGE,
)
def node_role_policies(picture: Picture) -> Iterator[Fault]:
    """The role of a NodeClass lacks one of the two policies that nodes need."""
    for node_class, role in named_roles(picture):
        names = policy_names(role)
        actions = allowed_actions(own_policies(picture.deployment, role))
        if names is None or actions is None or allows_parts_of(actions, "ec2:", "ecr:", "eks:"):
            continue
        missing = [] if _WORKER & set(names) else ["AmazonEKSWorkerNodeMinimalPolicy"]
        if not any(name.startswith(_REGISTRY) or name == "AdministratorAccess" for name in names):
            missing.append("AmazonEC2ContainerRegistryPullOnly")
        if missing:
            must = f"must have {' and '.join(missing)}: it is the role of nodes of NodeClass {node_class.name}"
            yield Fault(at=role, place="Properties.ManagedPolicyArns", value=", ".join(names), must=must)


@rule(
    "node-role-unknown",
    why="spec.role is the name of an IAM role. If no role has this name, the NodeClass does not become ready.",
    fix="write the RoleName of the role in the template",
    source=_NODE_CLASS_PAGE,
)
def node_role_unknown(picture: Picture) -> Iterator[Fault]:
    """The role of a NodeClass is not in the templates, and no NodeClass uses the node role of the templates."""
    used = {role.reference for _, role in named_roles(picture)}
    entries = [entry for entry in picture.clusters.entries if entry.resource.get("Type") == "EC2"]
    unused = [
        role
        for entry in entries
        if (role := picture.clusters.role_of(entry.principal)) and role.reference not in used
        if isinstance(role.get("RoleName"), str) and not picture.clusters.with_pools_of(role)
    ]
    for node_class in picture.node_classes:
        name = node_class.manifest.get("spec", "role")
        here = any(terms.chosen for terms in node_class.selections)  # or it may be of another cluster
        if here and unused and isinstance(name, str) and not picture.role_of(node_class):
            names = ", ".join(shown(role.get("RoleName")) for role in unused)
            must = f"must be the name of an existing role: the node role of the templates is {names}"
            yield Fault(at=node_class.manifest, place="spec.role", value=name, must=must)


RULES: Final[tuple[Rule, ...]] = (node_role_trust, node_role_policies, node_role_unknown)
