"""Managed prefix lists, as destinations of routes and as parties of security group rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final

from pydantic import Field, model_validator
from pydantic.config import JsonDict

from podspace.api.model import Matching
from podspace.planning.section import Section

PREFIX_LIST_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html"

_ID: Final = "pl-[0-9a-f]{8}([0-9a-f]{9})?"
PrefixListId = Annotated[
    str,
    Matching(_ID, must="must be the id of a prefix list, pl-…", title="prefix list id", example="pl-0123456789abcdef0"),
]


class PrefixList(Section):
    """A managed prefix list; in a file its id, or `{prefix_list: pl-…, max_entries: 20}`.

    What refers to it counts as `max_entries` routes or rules against a quota, however many entries it has:
    https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html
    """

    prefix_list: PrefixListId
    """Id of the managed prefix list."""
    max_entries: int | None = Field(default=None, ge=1, le=1000)
    """Its maximum number of entries, as `aws ec2 describe-managed-prefix-lists` shows it."""

    short_form: ClassVar[JsonDict] = {
        "title": "prefix list id",
        "type": "string",
        "pattern": f"^({_ID})$",
        "examples": ["pl-0123456789abcdef0"],
    }

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: object) -> object:
        return data if isinstance(data, Mapping | PrefixList) else {"prefix_list": data}

    def __str__(self) -> str:
        """Its id."""
        return self.prefix_list

    @property
    def counts_as(self) -> int:
        """As how many routes or rules it counts; 1 if its maximum number of entries is not known."""
        return self.max_entries or 1
