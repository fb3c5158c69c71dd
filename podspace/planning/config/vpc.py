"""The `vpc` section: the VPC as it stands before the file is deployed."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from podspace.api import ListOf
from podspace.planning.config.section import Cidr, Section, SubnetId, VpcId, Zone


class VpcConfig(Section):
    """The VPC as it stands before this file is deployed."""

    id: VpcId | None = None
    cidrs: ListOf[Cidr] = Field(min_length=1, max_length=50)
    """Every IPv4 block the VPC has and this file does not add, the primary first."""
    node_subnets: Mapping[Zone, ListOf[SubnetId]] | None = None
    """The subnets nodes live in, by zone; without them the construct tags the subnets it is given."""
    peers: ListOf[Cidr] = ()
    """The blocks of every VPC this one is peered with."""
    routes: ListOf[Cidr] = ()
    """The destinations of routes in all route tables of the VPC, but for its local routes."""
    cidr_quota: int = Field(default=5, ge=1, le=50)
    subnet_quota: int = Field(default=200, ge=1)
