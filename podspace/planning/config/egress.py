"""The entries of the `egress` section: ways out of the pod subnets, and of the node subnets of a VPC made here."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Final, Generic, Literal, Self, TypeVar

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from podspace.api import ListOf
from podspace.api.model import Matching
from podspace.cidr import parse_cidr, parse_ipv6_cidr
from podspace.planning.config.aws_id import (
    AllocationId,
    EgressOnlyGatewayId,
    NatGatewayId,
    RouteTableId,
    SubnetId,
    TransitGatewayId,
    Zone,
)
from podspace.planning.config.section import Section, SetOf

IdT = TypeVar("IdT")
WordT = TypeVar("WordT")
MapT = TypeVar("MapT")
WordOr = Annotated[
    Annotated[WordT, Tag("word")] | Annotated[MapT, Tag("map")],
    Discriminator(lambda given: "word" if isinstance(given, str) else "map"),
]
"""One of some words, or a map; what is wrong is told of the one that was meant."""
SHARED: Final = "shared"
"""Stands in place of a zone where one gateway serves every zone."""

MOST_ELASTIC_IPS: Final = 8
"""Of a public NAT gateway, https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html."""

PrefixListId = Annotated[str, Matching("pl-[0-9a-f]{8}([0-9a-f]{9})?", must="must be the id of a prefix list, pl-…")]
Destination = Literal["internet"] | IPv4Network | IPv6Network | PrefixListId


def _destination(given: object) -> object:
    if isinstance(given, str) and given != "internet" and not given.startswith("pl-"):
        if "/" not in given:
            raise ValueError("must be `internet`, a CIDR such as 10.0.0.0/8, or the id of a prefix list, pl-…")
        return parse_ipv6_cidr(given) if ":" in given else parse_cidr(given)
    return given


def _alone(given: object) -> object:
    return given if isinstance(given, list | tuple) else (given,)


class Gateways(Section, Generic[IdT]):
    """A gateway for each zone, or one that every zone shares.

    In a file: a mapping from zone to id, or one id; `per_zone` or `shared` where there is no id to name, as the
    subnets are those of a VPC made here.  In Python, where what exists may be handed to the construct instead of
    being named here, also `per_zone` or `shared`.
    """

    shared: bool
    ids: Mapping[Zone | Literal["shared"], IdT] | None = None
    """By zone, or under `shared`; None where the construct is handed them."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: object) -> object:
        if isinstance(data, str):
            # The id of the one gateway is checked as such; these two words stand for ids handed to a construct.
            return {"shared": data != "per_zone"} | ({} if data in {"per_zone", SHARED} else {"ids": {SHARED: data}})
        return {"shared": False, "ids": data} if isinstance(data, Mapping) else data


Kind = Literal[
    "nat_gateways",
    "new_nat_gateways",
    "regional_nat_gateway",
    "private_nat_gateways",
    "transit_gateway",
    "egress_only_gateway",
]
KINDS: Final[tuple[Kind, ...]] = (
    "nat_gateways",
    "new_nat_gateways",
    "regional_nat_gateway",
    "private_nat_gateways",
    "transit_gateway",
    "egress_only_gateway",
)


class EgressConfig(Section):
    """One way out: what it leads `to`, and exactly one kind of gateway."""

    to: Annotated[
        ListOf[Annotated[Destination, BeforeValidator(_destination)]], BeforeValidator(_alone), Field(min_length=1)
    ]
    """`internet`, CIDRs, or prefix lists, one or a list of them."""
    name: Annotated[str, Matching(r"[a-z][a-z0-9-]{0,19}", must="must be a short word in small letters")] | None = None
    """Tells two entries of one kind apart; the gateways made for it are named after it."""
    nat_gateways: Gateways[NatGatewayId] | None = None
    """NAT gateways that exist."""
    new_nat_gateways: Gateways[SubnetId] | None = None
    """Public zonal NAT gateways to be made, each in the public subnet named."""
    regional_nat_gateway: WordOr[Literal["automatic", "per_zone"], Mapping[Zone, ListOf[AllocationId]]] | None = None
    """One regional NAT gateway to be made: AWS gives it its zones and addresses, or you do, zone by zone."""
    private_nat_gateways: Gateways[SubnetId] | None = None
    """Private NAT gateways to be made, each in the routable subnet named."""
    transit_gateway: TransitGatewayId | None = None
    """A transit gateway that exists; beside `private_nat_gateways`, where their traffic goes on to."""
    egress_only_gateway: EgressOnlyGatewayId | None = None
    """The egress-only internet gateway of an IPv6 cluster: made here, or one that exists."""
    addresses: int | None = Field(default=None, ge=1, le=32)
    """How many addresses each NAT gateway made here gets: Elastic IP addresses, or private ones."""
    allocation_ids: WordOr[Literal["given"], Mapping[Zone | Literal["shared"], ListOf[AllocationId]]] | None = None
    """The Elastic IP addresses of new NAT gateways, by allocation id, where they exist already."""
    attachment_subnets: WordOr[Literal["per_zone"], Mapping[Zone, SubnetId]] | None = None
    """Makes the VPC's attachment to the transit gateway, with an interface in each of these subnets."""
    route_tables: SetOf[RouteTableId] = ()
    """Your consent to add routes to the transit gateway to these route tables of the routable subnets."""

    @model_validator(mode="after")
    def _exactly_one_kind(self) -> Self:
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        if given == ["private_nat_gateways", "transit_gateway"] or len(given) == 1:
            return self
        raise ValueError(
            f"must have exactly one kind of way out, of {', '.join(KINDS)}; only private_nat_gateways may have a "
            "transit_gateway beside it"
        )

    @property
    def kind(self) -> Kind:
        """The key of the one kind of gateway that is given."""
        return next(kind for kind in KINDS if getattr(self, kind) is not None)

    @property
    def gateways(self) -> Gateways[str] | None:
        """The zonal NAT gateways of that kind, existing, or the subnets of new ones; None for the other kinds."""
        return self.nat_gateways or self.new_nat_gateways or self.private_nat_gateways
