"""What the typed specs are built of: their base class, and types that several of them use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Annotated, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator
from pydantic.alias_generators import to_camel

from podspace.api.refusal import refusal
from podspace.problem import Problem

Item = TypeVar("Item")

ListOf = Annotated[tuple[Item, ...], BeforeValidator(lambda given: tuple(given) if isinstance(given, list) else given)]
"""A list as YAML and JSON write it, kept as a tuple because specs are values."""


class ApiModel(BaseModel):
    """One object of a Kubernetes API: a value that never changes once it is made.

    Keys may be written as the API writes them (`snatPolicy`) or as Python and our files do
    (`snat_policy`). Nothing is coerced: `32` is not `"32"`, and an unknown key is refused.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
    )

    def rules(self) -> Iterator[Problem]:
        """What is wrong between fields that are each right.

        A place starts with a field's Python name, or is empty for the whole object.
        """
        yield from ()

    @model_validator(mode="after")
    def _obeys_its_rules(self) -> Self:
        if problems := tuple(self.rules()):
            aliases = {name: field.alias for name, field in type(self).model_fields.items()}
            raise refusal(*problems, aliases=aliases)
        return self


def matching(pattern: str, *, must: str, source: str = "", fix: Callable[[str], str] = lambda _: "") -> AfterValidator:
    """Accepts text that matches the pattern as a whole; `fix` words the way out for one that does not."""
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if compiled.fullmatch(text):
            return text
        raise refusal(Problem(place="", must=must, fix=fix(text), source=source))

    return AfterValidator(check)


ResourceName = Annotated[
    str,
    matching(
        r"(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*",
        must="must be 1 to 253 small letters, digits, - or ., each part between dots beginning and ending"
        " with a letter or digit",
        source="https://kubernetes.io/docs/concepts/overview/working-with-objects/names/",
    ),
]
"""`metadata.name`: an RFC 1123 subdomain (documented)."""
