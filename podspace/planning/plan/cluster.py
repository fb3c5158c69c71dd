"""The cluster side of a plan: the cluster where it is made here, and the role of the nodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeRolePlan:
    """The IAM role of the nodes.

    Attributes:
        name: the role's name, 64 characters at most.
        created: whether it is made here.
        access_entry: whether the cluster's access entry for it is made here.
        tags: of a role and an access entry made here.
    """

    name: str
    created: bool
    access_entry: bool
    cluster_name: str
    tags: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ClusterPlan:
    """An EKS Auto Mode cluster to be made.

    Attributes:
        zones: the zones whose first node subnet holds interfaces of the control plane; they can never change.
        public_access_cidrs: empty for an API server that is reached from inside the VPC only.
        admins: ARNs of roles and users with all rights in it.
        built_in_node_pools: EKS makes the access entry of their role by itself.
        secrets_key_arn: empty for none.
        custom_tags: whether the cluster's role may put tags of its NodeClasses on what it makes.
    """

    name: str
    version: str
    zones: tuple[str, ...]
    ip_family: Literal["ipv4", "ipv6"]
    service_cidr: IPv4Network | None
    public_access_cidrs: tuple[IPv4Network, ...]
    admins: tuple[str, ...]
    built_in_node_pools: tuple[str, ...]
    logs: tuple[str, ...]
    secrets_key_arn: str
    deletion_protection: bool
    custom_tags: bool
    tags: Mapping[str, str]
