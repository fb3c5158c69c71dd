"""The `cluster` section: the EKS Auto Mode cluster, its groups and the role of its nodes."""

from __future__ import annotations

import re
from typing import Literal, Self

from pydantic import Field, model_validator

from podspace.api import ListOf, RoleName
from podspace.planning.config.aws_id import SecurityGroupId
from podspace.planning.config.new_cluster import NewClusterConfig
from podspace.planning.config.section import Cidr, ClusterName, Section


class NodeRoleConfig(Section):
    """The IAM role of the nodes: made here, or one that exists, by name.

    An access entry is made for a role with the path `/`; a role with another path has its entry made elsewhere.
    """

    create: bool = False
    name: RoleName | None = None
    access_entry: bool | None = None
    """Whether to make the cluster's access entry for an existing role; a role made here always gets one."""

    @model_validator(mode="after")
    def _made_or_named(self) -> Self:
        if self.create == (self.name is not None):
            raise ValueError("must be either `create: true`, or the `name` of a role that exists")
        if self.create and self.access_entry is not None:
            raise ValueError("must leave `access_entry` out: a role made here always gets its access entry")
        if self.name and self.access_entry is None:
            raise ValueError(
                "must say whether an access entry is to be made: `access_entry: false` where the role has one "
                "(EKS makes it for the role of the built-in node pools), `access_entry: true` where it has none"
            )
        return self


class PortRange(Section):
    """A port, or a range of them, of TCP unless said otherwise; in a file `9100`, `30000-32767` or `53/udp`."""

    protocol: Literal["tcp", "udp"] = "tcp"
    first: int = Field(ge=1, le=65535)
    last: int = Field(ge=1, le=65535)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: object) -> object:
        if isinstance(data, int) and not isinstance(data, bool):
            return {"first": data, "last": data}
        if isinstance(data, str):
            written = re.fullmatch(r"(\d+)(?:-(\d+))?(?:/(tcp|udp))?", data, re.ASCII)
            if not written:
                raise ValueError("must be a port, such as 9100 or 53/udp, or a range, such as 30000-32767")
            first, last, protocol = written.groups()
            return {"protocol": protocol or "tcp", "first": int(first), "last": int(last or first)}
        return data

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if self.first > self.last:
            raise ValueError("must have its lower port first")
        return self


class ClusterConfig(Section):
    """The EKS Auto Mode cluster."""

    name: ClusterName
    create: NewClusterConfig | None = None
    """The cluster is made here, in place of one that exists."""
    ip_family: Literal["ipv4", "ipv6"] = "ipv4"
    """What addresses pods and services have; it cannot be changed."""
    security_group_id: SecurityGroupId | None = None
    """The group EKS made for the cluster; on its control plane and, unless said otherwise, its nodes."""
    node_security_group_ids: ListOf[SecurityGroupId] = Field(default=(), max_length=16)
    """The groups of the nodes, where they are not the cluster's own; an interface has 16 at most."""
    service_cidr: Cidr | None = None
    """Kubernetes service CIDR; where left out, the one EKS chooses by default for this VPC."""
    node_role: NodeRoleConfig = NodeRoleConfig(create=True)
    host_network_ports: ListOf[PortRange] = (PortRange(first=9100, last=9100),)
    """Ports that host-network pods serve to pods; by default node-exporter's 9100."""
    enable_network_policy: bool = False
    """Whether to write the cluster-wide ConfigMap that switches network policies on."""
