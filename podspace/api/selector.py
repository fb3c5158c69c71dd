"""Selector terms: how a NodeClass finds its subnets and security groups.

Terms of one list are ORed; the tags inside one term are ANDed, and `"*"` stands for any value of a key.
What is said here comes from https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html
unless a rule names another page or says that it is inferred.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from podspace.api.model import ApiModel, ListOf, matching
from podspace.problem import Problem

NODE_CLASS = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html"

SubnetId = Annotated[
    str,
    matching(
        "subnet-[0-9a-z]+",
        must='must be a subnet ID: "subnet-" and then digits and small letters',
        source=NODE_CLASS,
    ),
]
"""A subnet's ID. AWS issues 8 or 17 hex digits; the NodeClass schema takes any digits and small letters."""

SecurityGroupId = Annotated[
    str,
    matching(
        "sg-[0-9a-z]+",
        must='must be a security group ID: "sg-" and then digits and small letters',
        source=NODE_CLASS,
    ),
]
"""A security group's ID. AWS issues 8 or 17 hex digits; the schema takes any digits and small letters."""

NonEmpty = Annotated[str, Field(min_length=1)]

SelectorTags = Annotated[Mapping[NonEmpty, NonEmpty], Field(min_length=1, max_length=20)]
"""Tags that must all be on what is selected: 1 to 20, no key or value empty (documented in the schema)."""


class SelectorTerm(ApiModel):
    """One way to select something; it uses exactly one of its fields.

    The API server refuses a mix of fields only when every term of the list mixes them, and lets one bad term
    beside a good one through, so each term is held to it here (that each must be is inferred).
    """

    def rules(self) -> Iterator[Problem]:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            yield Problem(
                place="",
                must=f"must have exactly one of {', '.join(type(self).model_fields)}",
                fix=f"keep one of {', '.join(given)}, or split the term in two" if given else "",
                source=NODE_CLASS,
            )


class SubnetSelectorTerm(SelectorTerm):
    """Selects subnets by ID or by tags."""

    id: SubnetId | None = Field(default=None, description="The subnet's ID, subnet-….")
    tags: SelectorTags | None = Field(default=None, description='Tags the subnet has; "*" is any value.')


class PodSecurityGroupSelectorTerm(SelectorTerm):
    """Selects security groups for pods by ID or by tags.

    There is no `name` as for nodes: no AWS page shows one here (inferred that it is not to be relied upon).
    """

    id: SecurityGroupId | None = Field(default=None, description="The security group's ID, sg-….")
    tags: SelectorTags | None = Field(default=None, description='Tags the group has; "*" is any value.')


class SecurityGroupSelectorTerm(PodSecurityGroupSelectorTerm):
    """Selects security groups for nodes by ID, by tags or by name."""

    name: NonEmpty | None = Field(default=None, description="The group's name, which is not its Name tag.")


SubnetSelectorTerms = Annotated[ListOf[SubnetSelectorTerm], Field(min_length=1, max_length=30)]
"""1 to 30 terms (in the schema for node subnets; inferred for pod subnets)."""

SecurityGroupSelectorTerms = Annotated[ListOf[SecurityGroupSelectorTerm], Field(min_length=1, max_length=30)]
"""1 to 30 terms (in the schema)."""

PodSecurityGroupSelectorTerms = Annotated[ListOf[PodSecurityGroupSelectorTerm], Field(min_length=1, max_length=30)]
"""1 to 30 terms (inferred from the terms for nodes)."""
