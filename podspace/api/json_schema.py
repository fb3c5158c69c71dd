"""JSON Schemas (draft 7) of the kinds, for editors and for tools such as kubeconform.

A schema cannot compare values, such as a soft threshold with a hard one: `podspace lint` does. Patterns are valid in
both Go and JavaScript.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, JsonValue
from pydantic.json_schema import DEFAULT_REF_TEMPLATE, GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from podspace.api.kinds import MANIFEST_KINDS
from podspace.api.metadata import ApiObject

_DIALECT: Final = "http://json-schema.org/draft-07/schema#"
_REQUIRED: Final[list[JsonValue]] = ["apiVersion", "kind", "metadata", "spec"]


_LENGTHS: Final = {"array": "Items", "object": "Properties"}


def _without_null(written: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """An optional value as the value alone: a null is told as well, but so are the reasons of what is in it."""
    choices = written.get("anyOf")
    rest = [choice for choice in choices if choice != {"type": "null"}] if isinstance(choices, list) else []
    if not isinstance(choices, list) or len(choices) == len(rest) or len(rest) != 1 or not isinstance(rest[0], dict):
        return written
    return {**rest[0], **{key: value for key, value in written.items() if key != "anyOf"}}


def _tidied(written: JsonValue) -> JsonValue:
    """What pydantic makes of our types, said as the dialect says it, and without what says nothing."""
    if isinstance(written, list):
        return [_tidied(item) for item in written]
    if not isinstance(written, dict):
        return written
    tidied = {key: _tidied(value) for key, value in _without_null(written).items()}
    if "properties" in tidied and isinstance(tidied.get("title"), str):  # the name of a model
        del tidied["title"]
    if tidied.get("default", ...) is None:
        del tidied["default"]
    if noun := _LENGTHS.get(str(tidied.get("type"))):  # a list type that also takes tuples hides that it is a list
        for end in ("min", "max"):
            if f"{end}Length" in tidied:
                tidied[f"{end}{noun}"] = tidied.pop(f"{end}Length")
    if "patternProperties" in tidied:
        tidied.setdefault("additionalProperties", False)
    return tidied


class _Generator(GenerateJsonSchema):
    """A generator of JSON Schema draft 7, also for unions with a callable discriminator."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002  pydantic passes it in by position
        """False: a field has only the title that its type declares, such as "subnet id"."""
        return False

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """A map, with the titles of its keys and values, which pydantic removes."""
        written = super().dict_schema(schema)
        parts = [written.get("additionalProperties"), *written.get("patternProperties", {}).values()]
        for part, inner in (
            (written.get("propertyNames"), "keys_schema"),
            *((each, "values_schema") for each in parts),
        ):
            if isinstance(part, dict) and inner in schema and "$ref" not in part:
                title = self.generate_inner(schema[inner]).get("title")  # type: ignore[literal-required]
                part.update({"title": title} if title else {})
        return written

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        """Any of the kinds: a text of one of them may look like one of another."""
        written = super().tagged_union_schema(schema)
        written.pop("discriminator", None)
        return {"anyOf": written.pop("oneOf"), **written}


def model_schema(model: type[BaseModel], *, by_alias: bool) -> dict[str, JsonValue]:
    """The JSON Schema of a model, with keys by alias (camel case) or by field name."""
    references = DEFAULT_REF_TEMPLATE.replace("$defs", "definitions")
    written = model.model_json_schema(by_alias=by_alias, ref_template=references, schema_generator=_Generator)
    definitions = written.pop("$defs", {})
    whole = _tidied({**written, "definitions": definitions})
    assert isinstance(whole, dict)
    return {"$schema": _DIALECT, **whole}


def json_schema(kind: type[ApiObject]) -> dict[str, JsonValue]:
    """The JSON Schema of manifests of a kind, which have apiVersion, kind, metadata and spec."""
    return {**model_schema(kind, by_alias=True), "required": _REQUIRED}


def json_text(schema: Mapping[str, JsonValue]) -> str:
    """A JSON Schema as the text of a file."""
    return json.dumps(schema, indent=2) + "\n"


def schema_files() -> dict[str, str]:
    """The JSON Schema of each kind as text, by the path that kubeconform looks for: `GROUP/KIND_VERSION.json`."""
    files = {}
    for name, kind in MANIFEST_KINDS.items():
        group, _, version = str(kind.model_fields["api_version"].default).partition("/")
        files[f"{group}/{name.lower()}_{version}.json"] = json_text(json_schema(kind))
    return files
