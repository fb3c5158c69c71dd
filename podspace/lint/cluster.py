"""EKS clusters, roles and access entries, as templates make them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Final

from podspace.kubernetes_version import minor_version
from podspace.lint.deployment import Deployment
from podspace.lint.stack import Resource
from podspace.lint.value import (
    CLUSTER_GROUP,
    UNKNOWN,
    Known,
    Reference,
    Text,
    Value,
    has_unknown,
    items,
    key,
    mapping,
    same,
    shown,
    true,
)

_ROLE_ARN: Final = re.compile(r"role/(?:.*/)?([\w+=,.@-]+)$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cluster:
    """An EKS cluster that the templates create.

    Attributes:
        name: name of the cluster; may be unknown.
        group: security group that EKS creates for the cluster.
        node_role: ARN of the role of the built-in node pools; None if there is none.
        built_in_pools: names of the enabled built-in node pools.
    """

    resource: Resource
    name: Known
    group: Reference
    node_role: Value
    built_in_pools: tuple[str, ...]

    @property
    def auto_mode(self) -> bool | None:
        """Whether EKS Auto Mode is on; None if that is not known."""
        enabled = self.resource.get("ComputeConfig", "Enabled")
        return False if enabled is None else true(enabled)

    @property
    def minor_version(self) -> int | None:
        """The minor version of Kubernetes 1 that it is created with; None if that is not known."""
        version = self.resource.get("Version")
        return minor_version(version) if isinstance(version, str) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessEntry:
    """An access entry that the templates create.

    Attributes:
        cluster: name of the cluster; None if unknown.
        principal: ARN of an IAM role.
    """

    resource: Resource
    cluster: Known | None
    principal: Value


class Clusters:
    """All clusters, IAM roles and access entries of a deployment."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    @cached_property
    def all(self) -> tuple[Cluster, ...]:
        """Clusters that the templates create."""
        return tuple(map(_cluster, self._deployment.of_type("AWS::EKS::Cluster")))

    @cached_property
    def entries(self) -> tuple[AccessEntry, ...]:
        """Access entries that the templates create."""
        return tuple(
            AccessEntry(
                resource=resource, cluster=key(resource.get("ClusterName")), principal=resource.get("PrincipalArn")
            )
            for resource in self._deployment.of_type("AWS::EKS::AccessEntry")
        )

    @cached_property
    def roles(self) -> tuple[Resource, ...]:
        """IAM roles that the templates create."""
        return tuple(self._deployment.of_type("AWS::IAM::Role"))

    def role_of(self, arn: Value) -> Resource | None:
        """The role of the templates with an ARN; None if there is none, or that is unknown."""
        return next((role for role in self.roles if is_role(arn, role)), None)

    def role_named(self, name: Value) -> Resource | None:
        """The role of the templates with a name; None if there is none, or that is unknown."""
        return next((role for role in self.roles if name and name in (role.get("RoleName"), role.reference)), None)

    def role_of_profile(self, name: Value) -> Resource | None:
        """The role of an instance profile, both of the templates; None if there is none, or that is unknown."""
        for profile in self._deployment.of_type("AWS::IAM::InstanceProfile"):
            if name and profile.certain and name in (profile.get("InstanceProfileName"), profile.reference):
                roles = items(profile.get("Roles"))  # IAM takes one
                return self.role_named(roles[0]) if len(roles) == 1 else None
        return None

    def entries_of(self, role: Resource) -> list[AccessEntry]:
        """The access entries of a role."""
        return [entry for entry in self.entries if is_role(entry.principal, role)]

    def with_pools_of(self, role: Resource) -> list[Cluster]:
        """The clusters whose built-in pools have a role, so that EKS makes its access entry itself."""
        return [cluster for cluster in self.all if cluster.built_in_pools and is_role(cluster.node_role, role)]

    def named(self, name: Value) -> Cluster | None:
        """The cluster of the templates with a name; None if there is none."""
        return next((cluster for cluster in self.all if same(cluster.name, name)), None)


def is_role(arn: Value, role: Resource) -> bool:
    """Whether an ARN, a reference to one or a text that ends like one, is that of a role."""
    if isinstance(arn, Reference):
        return (arn.stack, arn.id) == (role.stack.key, role.id)
    if isinstance(arn, Text) and role.reference == arn.parts[-1]:
        return True
    name = role.get("RoleName")
    if isinstance(arn, Text) and isinstance(name, Reference | Text) and UNKNOWN not in arn.parts:
        return shown(arn).endswith(f"/{shown(Text((name,)) if isinstance(name, Reference) else name)}")
    match = _ROLE_ARN.search(arn if isinstance(arn, str) else arn.tail if isinstance(arn, Text) else "")
    return match is not None and match[1] == role.get("RoleName")


def _cluster(resource: Resource) -> Cluster:
    name = key(resource.get("Name"))
    pools = items(resource.get("ComputeConfig", "NodePools"))
    return Cluster(
        resource=resource,
        name=name or resource.reference,
        group=Reference(resource.stack.key, resource.id, CLUSTER_GROUP, resource=True),
        node_role=resource.get("ComputeConfig", "NodeRoleArn"),
        built_in_pools=tuple(pool for pool in pools if isinstance(pool, str)),
    )


def policy_names(role: Resource) -> Sequence[str] | None:
    """Names of AWS managed policies of a role; None if it has other policies that are unknown."""
    policies = role.properties.get("ManagedPolicyArns")
    if policies is None:
        return ()
    if not isinstance(policies, list):
        return None
    known = [policy for policy in policies if not (isinstance(policy, Reference) and policy.resource)]
    ends = [policy.tail if isinstance(policy, Text) else policy for policy in known]
    names = [end.rpartition("/")[2] for end in ends if isinstance(end, str) and ":aws:policy/" in end]
    return names if len(names) == len(known) else None


def own_policies(deployment: Deployment, role: Resource) -> Iterator[Mapping[str, Value]]:
    """Policy documents of a role in the templates, inline and separate ones; an empty document for an unknown one."""
    for inline in items(role.properties.get("Policies")):
        yield mapping(mapping(inline).get("PolicyDocument"))
    arns = items(role.properties.get("ManagedPolicyArns"))
    for policy in deployment.of_type("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"):
        named = [*items(policy.get("Roles")), *items(policy.get("RoleName"))]
        if policy.reference in arns or any(_is(name, role) is not False for name in named):
            yield mapping(policy.get("PolicyDocument"))
    if is_told_of(deployment, role):
        yield {}


def is_told_of(deployment: Deployment, role: Resource) -> bool:
    """Whether a custom resource has a reference to a role, or its name, and so may add policies to it."""
    if any((one.stack, one.id) == (role.stack.key, role.id) for one in deployment.customised):
        return True
    name = role.get("RoleName")
    named = re.compile(rf"(?<![\w-]){re.escape(shown(name))}(?![\w-])")
    return name is not None and any(named.search(shown(text)) for text in deployment.told)


def _is(name: Value, role: Resource) -> bool | None:
    """Whether a name is that of a role; None if that cannot be told."""
    known = role.get("RoleName")
    return True if name == role.reference else same(name, role.reference if known is None else known)


def allowed_actions(documents: Iterable[Mapping[str, Value]]) -> list[str] | None:
    """Actions that policies allow, in lower case, with `*` and `?` as in IAM; None if some are unknown."""
    actions: list[str] = []
    for document in documents:
        statements = items(document.get("Statement"))
        if not document or has_unknown(list(statements)):
            return None
        for statement in map(mapping, statements):
            given = items(statement.get("Action")) or ["*"]  # there may be NotAction instead
            actions += [str(action).lower() for action in given if statement.get("Effect") == "Allow"]
    return actions


def allows(actions: Iterable[str], action: str) -> bool:
    """Whether an action is among what policies allow."""
    return any(fnmatchcase(action.lower(), allowed) for allowed in actions)


def allows_parts_of(actions: Iterable[str], *services: str) -> bool:
    """Whether any action of some services is among them, such as of `ec2:`."""
    return any(action == "*" or action.startswith(services) for action in actions)
