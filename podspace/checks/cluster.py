"""EKS clusters, roles and access entries, as templates make them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from podspace.checks.deployment import Deployment
from podspace.checks.security_group import CLUSTER_GROUP
from podspace.checks.stack import Resource
from podspace.checks.value import Known, Reference, Text, Value, items, key, mapping, same, true

_ROLE_ARN: Final = re.compile(r"role/(?:.*/)?([\w+=,.@-]+)$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cluster:
    """An EKS cluster that is made here.

    Attributes:
        name: as far as it is known.
        group: the security group that EKS makes for it.
        node_role: of the built-in node pools, its ARN; None if there is none.
        built_in_pools: that are on.
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


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessEntry:
    """An access entry that is made here.

    Attributes:
        cluster: the name of the cluster; None if it is not known.
        principal: the ARN of a role.
    """

    resource: Resource
    cluster: Known | None
    principal: Value


class Clusters:
    """All clusters of a deployment, with roles and access entries."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    @cached_property
    def all(self) -> tuple[Cluster, ...]:
        """The clusters that are made here."""
        return tuple(map(_cluster, self._deployment.of_type("AWS::EKS::Cluster")))

    @cached_property
    def entries(self) -> tuple[AccessEntry, ...]:
        """The access entries that are made here."""
        return tuple(
            AccessEntry(
                resource=resource, cluster=key(resource.get("ClusterName")), principal=resource.get("PrincipalArn")
            )
            for resource in self._deployment.of_type("AWS::EKS::AccessEntry")
        )

    @cached_property
    def roles(self) -> tuple[Resource, ...]:
        """The roles that are made here."""
        return tuple(self._deployment.of_type("AWS::IAM::Role"))

    def role_of(self, arn: Value) -> Resource | None:
        """The role made here that an ARN is of; None if it is of none, or cannot be told."""
        return next((role for role in self.roles if is_role(arn, role)), None)

    def entries_of(self, role: Resource) -> list[AccessEntry]:
        """The access entries of a role."""
        return [entry for entry in self.entries if is_role(entry.principal, role)]

    def named(self, name: Value) -> Cluster | None:
        """The cluster made here of a name."""
        return next((cluster for cluster in self.all if same(cluster.name, name)), None)


def is_role(arn: Value, role: Resource) -> bool:
    """Whether an ARN, a reference to one or a text that ends like one, is that of a role."""
    if isinstance(arn, Reference):
        return (arn.stack, arn.id) == (role.stack.name, role.id)
    if isinstance(arn, Text) and isinstance(last := arn.parts[-1], Reference):
        return last == role.reference
    match = _ROLE_ARN.search(arn if isinstance(arn, str) else arn.tail if isinstance(arn, Text) else "")
    return match is not None and match[1] == role.get("RoleName")


def _cluster(resource: Resource) -> Cluster:
    name = key(resource.get("Name"))
    pools = items(resource.get("ComputeConfig", "NodePools"))
    return Cluster(
        resource=resource,
        name=name or resource.reference,
        group=Reference(resource.stack.name, resource.id, CLUSTER_GROUP, resource=True),
        node_role=resource.get("ComputeConfig", "NodeRoleArn"),
        built_in_pools=tuple(pool for pool in pools if isinstance(pool, str)),
    )


def policy_names(role: Resource) -> Sequence[str] | None:
    """The names of the managed policies of a role; None if they are not all known."""
    policies = role.properties.get("ManagedPolicyArns")
    if policies is None:
        return ()
    if not isinstance(policies, list):
        return None
    ends = [
        policy if isinstance(policy, str) else policy.tail if isinstance(policy, Text) else "" for policy in policies
    ]
    return None if "" in ends else [end.rpartition("/")[2] for end in ends]


def own_policies(deployment: Deployment, role: Resource) -> Iterator[Mapping[str, Value]]:
    """The documents of a role's policies that are made here, inline and beside it; empty ones for unknown ones."""
    for inline in items(role.properties.get("Policies")):
        yield mapping(mapping(inline).get("PolicyDocument"))
    for policy in deployment.of_type("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"):
        named = [*items(policy.get("Roles")), *items(policy.get("RoleName"))]
        if any(same(name, role.reference) or same(name, role.get("RoleName")) for name in named if name is not None):
            yield mapping(policy.get("PolicyDocument"))
    arns = items(role.properties.get("ManagedPolicyArns"))
    of_ours = [policy.reference for policy in deployment.of_type("AWS::IAM::ManagedPolicy")]
    yield from ({} for arn in arns if isinstance(arn, Reference) and arn not in of_ours)
