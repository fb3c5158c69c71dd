"""Base class and shared types of the typed Kubernetes specs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    JsonValue,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic.config import JsonDict
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from podspace.api.json_rule import in_snake_case
from podspace.api.refusal import refusal
from podspace.diagnostic import Diagnostic

Item = TypeVar("Item")
Value = TypeVar("Value")

ListOf = Annotated[tuple[Item, ...], BeforeValidator(lambda given: tuple(given) if isinstance(given, list) else given)]
"""A list of YAML or JSON, stored as a tuple."""


class ApiModel(BaseModel):
    """One object of a Kubernetes API, immutable.

    Keys may be in camel case, as in the API (`snatPolicy`), or in snake case, as in configs (`snat_policy`). Values are
    not converted: `32` is not `"32"`. An unknown key is an error. A null means that the key is left out; in a manifest,
    `problems_in` reports it as an error.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        defer_build=True,
    )

    page: ClassVar[str] = ""
    """URL of the page that documents the keys and their values; empty if the outer object has one."""

    not_here: ClassVar[Mapping[str, str]] = {}
    """Keys of other kinds that people write by mistake, and what to write instead."""

    json_rules: ClassVar[JsonDict] = {}
    """Rules between fields as far as a JSON Schema can express them."""

    def shared_with(self, model: type[BaseModel]) -> dict[str, Any]:
        """The values of the fields that another model has too, by field name."""
        return {name: getattr(self, name) for name in type(self).model_fields if name in model.model_fields}

    def rules(self) -> Iterator[Diagnostic]:
        """Errors between fields that are each valid.

        The path of each error begins with a field name in snake case, or is empty for the whole object.
        """
        yield from ()

    def doubts(self) -> Iterator[Diagnostic]:
        """Doubts: values that are accepted and may not work, because sources disagree or do not say. Paths are as in
        `rules`.
        """
        yield from ()

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, given: object) -> object:
        if not isinstance(given, Mapping):
            return given
        if None not in given.values():
            return given
        known = {key for name, field in cls.model_fields.items() for key in (name, field.alias)}
        return {key: value for key, value in given.items() if value is not None or key not in known}

    @model_validator(mode="after")
    def _obeys_its_rules(self) -> Self:
        if problems := tuple(self.rules()):
            raise refusal(*problems, model=type(self))
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        written = handler.resolve_ref_schema(handler(schema))
        if "properties" in written:
            written["properties"] = cls._own_first(written["properties"])
        by_alias = written.get("properties", {}).keys() <= {field.alias for field in cls.model_fields.values()}
        written.update(cls.json_rules if by_alias else in_snake_case(cls.json_rules))
        return written

    @model_serializer(mode="wrap")
    def _own_fields_first(self, handler: SerializerFunctionWrapHandler) -> dict[str, JsonValue]:
        return self._own_first(handler(self))

    @classmethod
    def _own_first(cls, by_key: dict[str, Value]) -> dict[str, Value]:
        """What a kind is about comes before what it inherits, such as where nodes live before how."""
        fields = cls.model_fields
        own = [key for name in cls.__annotations__ if name in fields for key in (name, fields[name].alias) if key]
        return {key: by_key[key] for key in (*own, *by_key) if key in by_key}


@dataclass(frozen=True, slots=True)
class Matching:
    """Metadata of an Annotated type of texts that match a pattern as a whole.

    The pattern must mean the same in Python, JavaScript and Go's RE2, because it is used in JSON Schemas too.

    Attributes:
        pattern: a regular expression, without anchors and lookarounds.
        must: the message of an error, which begins with "must".
        longest: the maximum number of characters; 0 for no limit.
        source: the URL of the page that documents the rule.
        inferred: whether the page does not state the rule in one sentence.
        title: the type in plain words, such as "subnet id", for JSON Schemas and the reference of configs.
        example: a text that matches, for JSON Schemas and the reference of configs.
        fix: returns what to do, for a text that does not match.
    """

    pattern: str
    _: KW_ONLY
    must: str
    longest: int = 0
    source: str = ""
    inferred: bool = False
    title: str = ""
    example: str = ""
    fix: Callable[[str], str] = lambda _: ""

    def check(self, text: str) -> str:
        """The text, if it matches; else a ValueError with the message, the fix and the source."""
        if len(text) <= (self.longest or len(text)) and re.fullmatch(self.pattern, text):
            return text
        problem = Diagnostic(message=self.must, fix=self.fix(text), source=self.source, inferred=self.inferred)
        raise refusal(problem)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        written: JsonSchemaValue = {**handler(schema), "pattern": f"^({self.pattern})$"}
        if self.longest:
            written["maxLength"] = self.longest
        if self.title:
            written["title"] = self.title
        if self.example:
            written["examples"] = [self.example]
        return written


ResourceName = Annotated[
    str,
    Matching(
        r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*",
        longest=253,
        must="must be 1 to 253 small letters, digits, - or ., each part between dots beginning and ending"
        " with a letter or digit",
        source="https://kubernetes.io/docs/concepts/overview/working-with-objects/names/",
        title="name",
        example="pods",
    ),
]
"""`metadata.name`: an RFC 1123 subdomain (documented)."""
