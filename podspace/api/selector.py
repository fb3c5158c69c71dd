"""Selector terms: how a NodeClass finds its subnets and security groups.

Terms of one list are ORed; the tags inside one term are ANDed, and `"*"` matches any value of a key. The source is
https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html unless a rule has another one, or is inferred.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar

from pydantic import Field
from pydantic.config import JsonDict

from podspace.api.json_rule import exactly_one
from podspace.api.model import ApiModel, ListOf, Matching
from podspace.diagnostic import Diagnostic, Location

NODE_CLASS = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html"

CAPACITY_RESERVATIONS = "https://docs.aws.amazon.com/eks/latest/userguide/auto-odcr.html"

SubnetId = Annotated[
    str,
    Matching(
        "subnet-[0-9a-z]+",
        title="subnet id",
        example="subnet-0123456789abcdef0",
        must='must be a subnet ID: "subnet-" and then digits and small letters',
        source=NODE_CLASS,
    ),
]
"""A subnet's ID. AWS issues 8 or 17 hex digits; the NodeClass schema takes any digits and small letters."""

SecurityGroupId = Annotated[
    str,
    Matching(
        "sg-[0-9a-z]+",
        title="security group id",
        example="sg-0123456789abcdef0",
        must='must be a security group ID: "sg-" and then digits and small letters',
        source=NODE_CLASS,
    ),
]
"""A security group's ID. AWS issues 8 or 17 hex digits; the schema takes any digits and small letters."""

NonEmpty = Annotated[str, Field(min_length=1)]

SelectorTags = Annotated[
    Mapping[NonEmpty, NonEmpty], Field(min_length=1, max_length=20, examples=[{"team": "network"}])
]
"""Tags that a selected resource must have, all of them: 1 to 20, no key or value empty (documented in the schema)."""


class SelectorTerm(ApiModel):
    """A selector term, which has exactly one of its fields.

    The API server refuses a mix of fields only when every term of the list mixes them, and accepts a wrong term
    together with a correct one, so each term is checked (inferred).
    """

    def rules(self) -> Iterator[Diagnostic]:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            yield Diagnostic(
                message=f"must have exactly one of {', '.join(type(self).model_fields)}",
                fix=f"keep one of {', '.join(given)}, or write two terms" if given else "",
                source=NODE_CLASS,
                inferred=bool(given),
            )


class SubnetSelectorTerm(SelectorTerm):
    """Selects subnets by ID or by tags."""

    json_rules: ClassVar[JsonDict] = exactly_one("id", "tags")

    id: SubnetId | None = Field(default=None, description="The subnet's ID, subnet-….")
    tags: SelectorTags | None = Field(default=None, description='Tags the subnet has; "*" is any value.')


class PodSecurityGroupSelectorTerm(SelectorTerm):
    """Selects security groups for pods by ID or by tags.

    It has no `name`, which no page of AWS shows for pods (inferred).
    """

    json_rules: ClassVar[JsonDict] = exactly_one("id", "tags")
    not_here: ClassVar[Mapping[str, str]] = {
        "name": (
            "select by id or tags: no AWS page shows `name` for security groups of pods, although one public "
            "module uses it"
        )
    }

    id: SecurityGroupId | None = Field(default=None, description="The security group's ID, sg-….")
    tags: SelectorTags | None = Field(default=None, description='Tags the group has; "*" is any value.')


class SecurityGroupSelectorTerm(PodSecurityGroupSelectorTerm):
    """Selects security groups for nodes by ID, by tags or by name."""

    json_rules: ClassVar[JsonDict] = exactly_one("id", "tags", "name")
    not_here: ClassVar[Mapping[str, str]] = {}

    name: NonEmpty | None = Field(default=None, description="The group's name, which is not its Name tag.")


SubnetSelectorTerms = Annotated[ListOf[SubnetSelectorTerm], Field(min_length=1, max_length=30)]
"""1 to 30 selector terms of subnets (in the schema for node subnets; inferred for pod subnets)."""

SecurityGroupSelectorTerms = Annotated[ListOf[SecurityGroupSelectorTerm], Field(min_length=1, max_length=30)]
"""1 to 30 selector terms of the security groups of nodes (in the schema)."""

PodSecurityGroupSelectorTerms = Annotated[ListOf[PodSecurityGroupSelectorTerm], Field(min_length=1, max_length=30)]
"""1 to 30 selector terms of the security groups of pods (inferred from the terms for nodes)."""


class CapacityReservationSelectorTerm(ApiModel):
    """Selects capacity reservations by ID, or by tags and optionally the account that owns them."""

    page: ClassVar[str] = CAPACITY_RESERVATIONS
    json_rules: ClassVar[JsonDict] = {**exactly_one("id", "tags"), "dependencies": {"owner": ["tags"]}}
    not_here: ClassVar[Mapping[str, str]] = {"ownerID": "EKS Auto Mode's pages call it owner"}

    id: (
        Annotated[
            str,
            Matching(
                "cr-[0-9a-z]+",
                must='must be the ID of a capacity reservation: "cr-" and then digits and small letters',
                source=CAPACITY_RESERVATIONS,
                inferred=True,
                title="capacity reservation id",
                example="cr-0123456789abcdef0",
            ),
        ]
        | None
    ) = Field(default=None, description="The reservation's ID, cr-….")
    tags: SelectorTags | None = Field(default=None, description='Tags the reservation has; "*" is any value.')
    owner: (
        Annotated[
            str,
            Matching(
                "[0-9]{12}",
                must="must be an AWS account id of 12 digits, in quotes",
                source=CAPACITY_RESERVATIONS,
                title="account id",
                example="111122223333",
            ),
        ]
        | None
    ) = Field(default=None, description="The account that owns the reservations; only with tags.")

    def rules(self) -> Iterator[Diagnostic]:
        """There is either an ID or tags, and an owner only with tags (inferred from Karpenter's EC2NodeClass)."""
        if (self.id is None) == (self.tags is None):
            must = "must have exactly one of id and tags"
            yield Diagnostic(message=must, source=CAPACITY_RESERVATIONS, inferred=True)
        if self.owner is not None and self.tags is None:
            must = "must be given together with tags"
            yield Diagnostic(
                location=Location(path="owner"),
                message=must,
                fix="remove it",
                source=CAPACITY_RESERVATIONS,
                inferred=True,
            )


CapacityReservationSelectorTerms = Annotated[
    ListOf[CapacityReservationSelectorTerm], Field(min_length=1, max_length=30)
]
"""1 to 30 selector terms of capacity reservations (inferred from the terms for subnets)."""


class PlacementGroupSelector(ApiModel):
    """The placement group of the nodes, by name or by ID. If it does not exist, no node starts."""

    json_rules: ClassVar[JsonDict] = exactly_one("name", "id")

    name: Annotated[str, Field(min_length=1, max_length=255)] | None = Field(
        default=None, description="The group's name, 1 to 255 characters.", examples=["training"]
    )
    id: (
        Annotated[
            str,
            Matching(
                "pg-[0-9a-z]+",
                must='must be the ID of a placement group: "pg-" and then digits and small letters',
                source=NODE_CLASS,
                inferred=True,
                title="placement group id",
                example="pg-0123456789abcdef0",
            ),
        ]
        | None
    ) = Field(default=None, description="The group's ID, pg-….")

    def rules(self) -> Iterator[Diagnostic]:
        """There is either a name or an ID (inferred from Karpenter's EC2NodeClass)."""
        if (self.name is None) == (self.id is None):
            must = "must have exactly one of name and id"
            yield Diagnostic(message=must, source=NODE_CLASS, inferred=True)
