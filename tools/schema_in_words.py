"""JSON Schemas in words, for the pages of fields and keys."""

from __future__ import annotations

from typing import Any, Final

Json = dict[str, Any]
"""A JSON Schema, or a part of one."""
_KINDS: Final = {
    "string": "text",
    "integer": "whole number",
    "boolean": "true or false",
    "object": "mapping",
    "null": "not available",
}
_LARGEST: Final = 2**63 - 1
"""The largest 64-bit number, which is no limit that a person meets."""


def resolved(field: Json, whole: Json) -> Json:
    """The schema of a value: behind a reference to the definitions of the whole schema, and without null."""
    choices = [choice for choice in field.get("anyOf", ()) if choice.get("type") != "null"]
    if len(choices) == 1:
        return resolved(choices[0], whole)
    if "$ref" in field:
        definition: Json = whole["definitions"][field["$ref"].rpartition("/")[2]]
        return definition
    return field


def value_in_words(field: Json, whole: Json) -> str:
    """The type of a value, such as "list of subnet ids" or "whole number, 1 to 50", as a cell of a Markdown table."""
    field = resolved(field, whole)
    short = field["anyOf"][0] if "anyOf" in field and "properties" in field["anyOf"][-1] else {}
    if title := field.get("title") or short.get("title"):
        return str(title)
    if "const" in field or "enum" in field:
        choices = field.get("enum", [field.get("const")])
        return " \\| ".join(f"`{choice}`" for choice in choices if choice is not None)
    return _container(field, whole) or _KINDS.get(str(field.get("type")), "number or text") + (
        bounds(field, "minimum", "maximum")
        or bounds(field, "minLength", "maxLength", unit=" characters")
        or bounds(field, "minProperties", "maxProperties")
    )


def _container(field: Json, whole: Json) -> str:
    """A list, a map or one of several types in words; empty for another type."""
    if "items" in field:
        many = bounds(field, "minItems", "maxItems").removeprefix(", ")
        return f"list of {_several(value_in_words(field['items'], whole))}{f' ({many})' if many else ''}"
    if "anyOf" in field and "type" not in field:
        choices = [each for each in field["anyOf"] if each.get("type") != "null"]
        return ", or ".join(dict.fromkeys(value_in_words(each, whole) for each in choices))
    if "properties" not in field and (values := map_values(field)):
        keys = field.get("propertyNames", {})
        key = value_in_words(keys, whole) if "title" in keys or "enum" in keys else "name"
        many = bounds(field, "minProperties", "maxProperties").removeprefix(", ")
        return f"map from {key} to {value_in_words(values, whole)}{f' ({many})' if many else ''}"
    return ""


def map_values(field: Json) -> Json | None:
    """The schema of the values of a map; None if the field is no map."""
    values = field.get("additionalProperties") or next(iter(field.get("patternProperties", {}).values()), None)
    return values if isinstance(values, dict) else None


def bounds(field: Json, least: str, most: str, *, unit: str = "") -> str:
    """The smallest and the largest value that the keywords `least` and `most` of a schema allow; empty for neither."""
    low, high = field.get(least), field.get(most)
    high = None if high == _LARGEST else high
    if low is None and high is None:
        return ""
    if high is None:
        return f", at least {low}{unit.removesuffix('s') if low == 1 else unit}"
    return f", at most {high}{unit}" if low is None else f", {low} to {high}{unit}"


def _several(noun: str) -> str:
    ends = (" id", " ARN", " block", " name", "zone", "schedule", "value", "mapping")
    return f"{noun}s" if noun.endswith(ends) and " or " not in noun else noun
