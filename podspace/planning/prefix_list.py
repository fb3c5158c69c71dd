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

    A route or rule with a prefix list counts as `max_entries` routes or rules against a quota:
    https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html
    """

    prefix_list: PrefixListId
    """Id of the managed prefix list."""
    max_entries: int | None = Field(default=None, ge=1, le=1000)
    """Maximum number of entries, which `aws ec2 describe-managed-prefix-lists` shows as MaxEntries."""

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
        """Number of routes or rules that it counts as; 1 if its maximum number of entries is unknown."""
        return self.max_entries or 1
