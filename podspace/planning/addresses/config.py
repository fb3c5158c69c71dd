"""The `vpc` section and the addresses of the `pods` section."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from pydantic.config import JsonDict

from podspace.api import ListOf
from podspace.planning.aws_id import Account, SharePrincipal, SubnetId, VpcId, Zone
from podspace.planning.cluster.config import PodGroupConfig
from podspace.planning.section import Cidr, Ipv6Cidr, Section, SetOf
from podspace.quota import BLOCKS, ROUTES, SUBNETS

Prefix = Annotated[int, Field(ge=16, le=28, title="prefix length, 16 to 28", examples=[18])]
"""The length of a subnet's prefix: 16 to 28, as AWS allows it."""


class LayoutConfig(Section):
    """How ranges of addresses are cut into subnets.

    `cidrs` and `subnet_prefix`: every range is cut into equal slots, and pod zone number i takes slot i of every
    range.  `subnets`: an explicit map.
    """

    cidrs: ListOf[Cidr] = Field(default=(), max_length=50, examples=[["10.0.0.0/18"]])
    """CIDR blocks to cut into subnets, one for each pod zone; with `subnet_prefix`."""
    subnet_prefix: Prefix | None = Field(default=None, examples=[20])
    """Prefix length of each subnet; with `cidrs`."""
    subnets: Mapping[Zone, ListOf[Cidr]] | None = Field(
        default=None, min_length=1, max_length=26, examples=[{"eu-west-1a": ["10.0.0.0/20"]}]
    )
    """The CIDR blocks of the subnets of each zone, in place of `cidrs` and `subnet_prefix`."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        listed = bool(self.cidrs) and self.subnet_prefix is not None
        if self.subnets is None and not listed:
            raise ValueError("must have `cidrs` and `subnet_prefix`, or a map `subnets: {zone: [CIDR]}`")
        if self.subnets is not None and (self.cidrs or self.subnet_prefix is not None):
            raise ValueError(
                "must not have `cidrs` and `subnet_prefix` together with `subnets`, which lists the subnets"
            )
        return self


class NewVpcConfig(Section):
    """A new VPC, with the CIDR block in `vpc.cidrs`."""

    public: LayoutConfig | None = None
    """Subnets for load balancers and NAT gateways, with a route to an internet gateway; none by default."""
    nodes: LayoutConfig
    """Subnets for nodes, the control plane's interfaces and internal load balancers, with the routes of `egress`."""


class VpcConfig(Section):
    """The VPC before this file is deployed."""

    id: VpcId | None = None
    """Id of an existing VPC; required in a file, unless `create` is given."""
    create: NewVpcConfig | None = None
    """Creates the VPC, instead of `id`."""
    cidrs: ListOf[Cidr] = Field(min_length=1, max_length=50, examples=[["10.0.0.0/16"]])
    """Every IPv4 CIDR block of the VPC that this file does not associate, the primary first; for a new VPC its only
    one. A CIDR block that `pods.cidrs` marks `associated: true` is optional here."""
    ipv6_cidrs: SetOf[Ipv6Cidr] = Field(default=(), max_length=50, examples=[["2001:db8:1234:1a00::/56"]])
    """Every IPv6 CIDR block of the VPC; for an IPv6 cluster."""
    node_subnets: Mapping[Zone, ListOf[SubnetId]] | None = None
    """The subnets of the nodes, by zone; those in pod zones are selected. Required in a file, unless `vpc.create` is
    given; in a CDK app, the subnets passed in to the construct are tagged if it is left out."""
    owner: Account | None = None
    """In the config of the cluster's account: the account that owns and shares the VPC."""
    shared_with: SetOf[SharePrincipal] = Field(default=(), max_length=100)
    """In the network account's config: the accounts, organizations or units to share the pod subnets with."""
    peers: ListOf[Cidr] = Field(default=(), examples=[["10.20.0.0/16"]])
    """The CIDR blocks of every peered VPC."""
    routes: ListOf[Cidr] = Field(default=(), examples=[["10.0.0.0/8"]])
    """Destinations in the VPC's other route tables, which no CIDR block of the pods may cover; without local routes and
    0.0.0.0/0."""
    cidr_quota: int = Field(default=BLOCKS.default, ge=1, le=50, examples=[10])
    """The account's quota of IPv4 CIDR blocks of a VPC, 50 at most."""
    subnet_quota: int = Field(default=SUBNETS.default, ge=1, examples=[300])
    """The account's quota of subnets of a VPC."""
    route_quota: int = Field(default=ROUTES.default, ge=1, le=1000, examples=[1000])
    """The account's quota of routes in a route table, 1000 at most."""


class BlockConfig(Section):
    """One CIDR block of the pod network."""

    cidr: Cidr
    """The CIDR block; in a list of CIDR blocks, the text alone is short for `{cidr: …}`."""
    associated: bool = False
    """Whether the VPC has this CIDR block already, so that this stack does not associate it."""
    unique: bool = False
    """Whether no other network behind the transit gateway uses these addresses, so that they can be routed there."""
    other_subnets: ListOf[Cidr] = Field(default=(), examples=[["100.64.192.0/20"]])
    """Existing subnets in an associated CIDR block, which the pod subnets must not overlap."""

    short_form: ClassVar[JsonDict] = {
        "title": "IPv4 CIDR block",
        "type": "string",
        "format": "ipv4network",
        "examples": ["100.64.0.0/16"],
    }

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: object) -> object:
        return {"cidr": data} if isinstance(data, str | IPv4Network) else data

    @model_validator(mode="after")
    def _only_associated_blocks_have_others(self) -> Self:
        if self.other_subnets and not self.associated:
            raise ValueError("must not have `other_subnets`: a CIDR block that is not yet associated has no subnets")
        return self


class PodsConfig(Section):
    """The addresses of the pods, in one of three ways.

    `cidrs`, `zones` and `subnet_prefix`: every CIDR block is cut into equal slots, and zone number i takes slot i of
    every CIDR block.  `cidrs` and `subnets`: an explicit map.  `subnet_ids`: existing pod subnets.
    """

    cidrs: ListOf[BlockConfig] = Field(default=(), max_length=50)
    """The CIDR blocks of the pods."""
    zones: ListOf[Zone] = Field(default=(), max_length=26, examples=[["eu-west-1a", "eu-west-1b"]])
    """The zones of the pods, in the order in which they take slots; append only."""
    subnet_prefix: Prefix | None = None
    """Prefix length of each pod subnet."""
    subnets: Mapping[Zone, ListOf[Cidr]] | None = Field(
        default=None, min_length=1, max_length=26, examples=[{"eu-west-1a": ["100.64.0.0/18"]}]
    )
    """The CIDR blocks of the pod subnets of each zone, in place of `zones` and `subnet_prefix`."""
    subnet_ids: Mapping[Zone, ListOf[SubnetId]] | None = Field(default=None, min_length=1, max_length=26)
    """Existing pod subnets of each zone; this stack then creates no network resources."""
    ipv6_subnets: Mapping[Zone, ListOf[Ipv6Cidr]] | None = Field(default=None, min_length=1, max_length=26)
    """For an IPv6 cluster: a /64 for each pod subnet of the zone, in their order."""
    prefix_reservation: bool = False
    """Whether to keep most of each pod subnet for /28 prefixes, so that single addresses do not fragment it."""
    security_group: PodGroupConfig = PodGroupConfig()
    """The security group of the pods' network interfaces."""
