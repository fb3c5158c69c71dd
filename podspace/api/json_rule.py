"""Rules between fields as parts of a JSON Schema (draft 7).

The rules are Python code; these parts are what an editor can check as well.
"""

from __future__ import annotations

import re
from typing import Final

from pydantic.alias_generators import to_snake
from pydantic.config import JsonDict, JsonValue

_FIELD: Final = re.compile(r"[a-z][A-Za-z0-9]*")


def all_of(*rules: JsonDict) -> JsonDict:
    """A schema of objects that match every one of the rules."""
    return {"allOf": list[JsonValue](rules)}


def exactly_one(*keys: str) -> JsonDict:
    """A schema of objects that have exactly one of the keys."""
    return {"oneOf": [{"required": [key]} for key in keys]}


def any_of(*keys: str) -> JsonDict:
    """A schema of objects that have at least one of the keys."""
    return {"anyOf": [{"required": [key]} for key in keys]}


def together(*keys: str) -> JsonDict:
    """A schema of objects that have all of the keys, or none."""
    return {"dependencies": {key: [other for other in keys if other != key] for key in keys}}


def never_together(*keys: str) -> JsonDict:
    """A schema of objects that have at most one of the keys."""
    pairs = [(one, two) for index, one in enumerate(keys) for two in keys[index + 1 :]]
    return {"allOf": [{"not": {"required": [one, two]}} for one, two in pairs]}


def when(condition: JsonDict, *, then: JsonDict) -> JsonDict:
    """A schema in which an object that matches the first rule must match the second."""
    return {"if": condition, "then": then}


def has(key: str, value: JsonDict) -> JsonDict:
    """A schema of objects that have the key, with a value that matches."""
    return {"required": [key], "properties": {key: value}}


def in_snake_case(rules: JsonDict) -> JsonDict:
    """A rule with its keys in snake case, as in a config: `snat_policy` for `snatPolicy`."""
    return {key: _in_snake_case(key, value) for key, value in rules.items()}


def _in_snake_case(keyword: str, value: JsonValue) -> JsonValue:
    if keyword in {"properties", "dependencies"} and isinstance(value, dict):
        return {_snake(key): _in_snake_case(keyword="required", value=inner) for key, inner in value.items()}
    if keyword == "required" and isinstance(value, list):
        return [_snake(key) if isinstance(key, str) else key for key in value]
    if isinstance(value, list):
        return [in_snake_case(item) if isinstance(item, dict) else item for item in value]
    return in_snake_case(value) if isinstance(value, dict) else value


def _snake(key: str) -> str:
    return to_snake(key) if _FIELD.fullmatch(key) else key
