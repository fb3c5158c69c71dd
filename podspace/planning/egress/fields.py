"""Keys of every `egress` entry, and types that the gateway kinds share."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Final, Generic, Literal, TypeVar

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator
from pydantic.json_schema import JsonSchemaValue

from podspace.api import ListOf
from podspace.api.model import Matching
from podspace.cidr import parse_cidr, parse_ipv6_cidr
from podspace.planning.aws_id import Zone
from podspace.planning.prefix_list import PrefixList
from podspace.planning.section import Section

IdT = TypeVar("IdT")
WordT = TypeVar("WordT")
MapT = TypeVar("MapT")
WordOr = Annotated[
    Annotated[WordT, Tag("word")] | Annotated[MapT, Tag("map")],
    Discriminator(lambda given: "word" if isinstance(given, str) else "map"),
]
"""A word or a map; errors are reported about the one that the value resembles."""
SHARED: Final = "shared"
"""The key of a gateway that serves all zones, in place of a zone."""


def _cidr(given: object) -> object:
    if isinstance(given, IPv4Network | IPv6Network):
        return given
    if not isinstance(given, str) or "/" not in given:
        raise ValueError("must be `internet`, a CIDR such as 10.0.0.0/8, or the id of a prefix list, pl-…")
    return parse_ipv6_cidr(given) if ":" in given else parse_cidr(given)


def _kind_of_destination(given: object) -> str:
    if given == "internet":
        return "internet"
    is_list = isinstance(given, Mapping | PrefixList) or (isinstance(given, str) and given.startswith("pl-"))
    return "prefix list" if is_list else "CIDR"


Destination = Annotated[
    Annotated[Literal["internet"], Tag("internet")]
    | Annotated[PrefixList, Tag("prefix list")]
    | Annotated[IPv4Network | IPv6Network, BeforeValidator(_cidr), Field(title="CIDR block"), Tag("CIDR")],
    Discriminator(_kind_of_destination),
]
"""Destination of a route: `internet`, a CIDR block or a prefix list; errors are about the one that the value
resembles."""


def _alone(given: object) -> object:
    return given if isinstance(given, list | tuple) else (given,)


class Gateways(Section, Generic[IdT]):
    """A gateway for each zone, or one that every zone shares.

    In a file: a mapping from zone to id, or one id; `per_zone` or `shared` if the subnets are those of a VPC that the
    same file creates.  In Python, `per_zone` and `shared` also mean that a CDK app passes the objects in.
    """

    shared: bool
    ids: Mapping[Zone | Literal["shared"], IdT] | None = None
    """Ids by zone, or under `shared`; None if a CDK app passes objects in."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: object) -> object:
        if isinstance(data, str):
            # Any other word must be the id of the one gateway, and is checked as such.
            return {"shared": data != "per_zone"} | ({} if data in {"per_zone", SHARED} else {"ids": {SHARED: data}})
        return {"shared": False, "ids": data} if isinstance(data, Mapping) else data

    @classmethod
    def as_written(cls, written: JsonSchemaValue) -> None:
        """Change the JSON Schema to that of a mapping from zone to id, one id, or a word."""
        by_zone, _ = written.pop("properties")["ids"]["anyOf"]
        one = by_zone["additionalProperties"]
        by_zone |= {"propertyNames": {"title": "zone"}, "examples": [{"eu-west-1a": one["examples"][0]}]}
        written.clear()
        written.update({"anyOf": [by_zone, one, {"enum": ["per_zone", SHARED]}]})


class EgressFields(Section):
    """Keys of every entry of the `egress` section."""

    to: Annotated[
        ListOf[Destination], BeforeValidator(_alone, json_schema_input_type=ListOf[Destination] | Destination)
    ] = Field(default=(), title="`internet`, CIDR block, prefix list id, or a list of these", examples=["internet"])
    """`internet`, CIDRs, or prefix lists, one or a list of them; optional only if the gateway propagates routes."""
    name: (
        Annotated[
            str,
            Matching(
                r"[a-z][a-z0-9-]{0,19}",
                must="must be a short word in small letters",
                title="word of at most 20 small letters, digits and hyphens",
                example="partners",
            ),
        ]
        | None
    ) = None
    """Distinguishes entries of one kind; gateways created for the entry have this name in theirs."""
    addresses: int | None = Field(default=None, ge=1, le=32, examples=[2])
    """How many addresses each new NAT gateway gets: 1 to 8 Elastic IP addresses, or 1 to 32 private ones; 1 by
    default."""
