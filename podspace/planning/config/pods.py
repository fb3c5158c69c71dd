"""The `pods` section: the addresses of pods and the security group of their interfaces."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Literal, Self

from pydantic import Field, model_validator

from podspace.api import ListOf
from podspace.planning.config.aws_id import SecurityGroupId, SubnetId, Zone
from podspace.planning.config.section import Cidr, Ipv6Cidr, Section
from podspace.planning.config.vpc import Prefix


class PodGroupConfig(Section):
    """The security group of pod interfaces: `dedicated`, the `cluster`'s own, or one that exists."""

    kind: Literal["dedicated", "cluster"] = "dedicated"
    name: str | None = Field(default=None, min_length=1, max_length=255)
    """The `Name` tag of a dedicated group; not its GroupName, which is left to CloudFormation."""
    id: SecurityGroupId | None = None
    add_rules: bool = False
    """Whether to add to an existing group, and to the cluster's, the rules a dedicated one would get."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: object) -> object:
        if isinstance(data, str):
            return {"kind": data} if data in {"dedicated", "cluster"} else {"id": data}
        return data

    @model_validator(mode="after")
    def _one_group(self) -> Self:
        if self.id and self.model_fields_set & {"kind", "name"}:
            raise ValueError("must have either the `id` of a group that exists, or a `kind` and `name`")
        if self.name and self.kind == "cluster":
            raise ValueError("must leave `name` out: the cluster's group has its name from EKS")
        if self.add_rules and not self.id:
            raise ValueError("must leave `add_rules` out: it is for a group that exists, given by its `id`")
        return self


class BlockConfig(Section):
    """One CIDR block of the pod network."""

    cidr: Cidr
    associated: bool = False
    """Whether the VPC has the block already; then no association is made."""
    unique: bool = False
    """Whether no other network behind the transit gateway uses these addresses, so that they may be routed there."""
    other_subnets: ListOf[Cidr] = ()
    """Subnets that are in an associated block already and are not ours; they are avoided."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: object) -> object:
        return {"cidr": data} if isinstance(data, str | IPv4Network) else data

    @model_validator(mode="after")
    def _only_associated_blocks_have_others(self) -> Self:
        if self.other_subnets and not self.associated:
            raise ValueError("must leave `other_subnets` out: a block that is not yet associated has none")
        return self


class PodsConfig(Section):
    """The addresses of the pods, in one of three ways.

    `cidrs`, `zones` and `subnet_prefix`: every block is cut into equal slots and zone number i takes slot i of
    every block.  `cidrs` and `subnets`: an explicit map.  `subnet_ids`: the pod subnets exist already.
    """

    cidrs: ListOf[BlockConfig] = Field(default=(), max_length=50)
    zones: ListOf[Zone] = Field(default=(), max_length=26)
    subnet_prefix: Prefix | None = None
    subnets: Mapping[Zone, ListOf[Cidr]] | None = Field(default=None, min_length=1, max_length=26)
    subnet_ids: Mapping[Zone, ListOf[SubnetId]] | None = Field(default=None, min_length=1, max_length=26)
    ipv6_subnets: Mapping[Zone, ListOf[Ipv6Cidr]] | None = Field(default=None, min_length=1, max_length=26)
    """For an IPv6 cluster: a /64 for each pod subnet of the zone, in their order."""
    prefix_reservation: bool = False
    """Whether to keep most of each pod subnet for /28 prefixes, so that single addresses do not fragment it."""
    security_group: PodGroupConfig = PodGroupConfig()
