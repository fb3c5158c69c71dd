"""The JSON Schema of a report as JSON, generated from the types that are written."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Final

from pydantic import JsonValue

from podspace.diagnostic import SEVERITIES, Diagnostic, Location
from podspace.reporting.json import VERSION

Schema = dict[str, JsonValue]

_TEXT: Final[Schema] = {"type": "string"}
_COUNTS: Final[Schema] = {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}}
_TEXTS: Final[Schema] = {"type": "array", "items": {"type": "string"}}
_OBJECTS: Final[Schema] = {"type": "array", "items": {"type": "object"}}
_OBJECT: Final[Schema] = {"type": "object"}
_TYPES: Final[Mapping[str, Schema]] = {
    "str": _TEXT,
    "bool": {"type": "boolean"},
    "int": {"type": "integer", "minimum": 0},
    "Severity": {"enum": list(SEVERITIES)},
    "Location": {"$ref": "#/$defs/location"},
}
_GROWN: Final[Mapping[str, Schema]] = {
    "config": _TEXT,
    "written": {"type": "boolean"},
    "difference": _TEXT,
    "networks": {"type": "array", "items": {"$ref": "#/$defs/network"}},
}
FACTS: Final[Mapping[str, Mapping[str, Schema]]] = {
    "init": {
        "file": _TEXT,
        "schema": _TEXT,
        "config": _OBJECT,
        "choices": {"type": "object", "additionalProperties": _OBJECT},
    },
    "plan": {"plans": _OBJECTS},
    "diff": {"networks": {"type": "array", "items": {"$ref": "#/$defs/network"}}},
    "add-zone": _GROWN,
    "add-cidr": _GROWN,
    "lint": {"checked": _COUNTS, "passed_over": _COUNTS},
    "preflight": {"files": _TEXTS, "reaches": _OBJECTS},
    "verify": {
        "read_at": _TEXT,
        "network": _TEXT,
        "networks": _OBJECTS,
        "cluster": _TEXT,
        "pods": _OBJECT,
        "pools": _OBJECTS,
        "elsewhere": _OBJECT,
        "subnets": _OBJECTS,
        "smoke": _OBJECTS,
    },
    "migrate": {
        "networks": _OBJECTS,
        "cluster": _TEXT,
        "to": _TEXTS,
        "pods": _COUNTS,
        "from": _OBJECTS,
        "hindrances": _OBJECTS,
        "steps": {"type": "array", "items": {"$ref": "#/$defs/step"}},
    },
    "smoke": {"files": _TEXTS},
    "teardown": {"steps": {"type": "array", "items": {"$ref": "#/$defs/step"}}},
    "eni-configs": {"files": _TEXTS},
}
"""The keys of `facts`, by the name of the command."""
_OTHER_FACTS: Final[Mapping[str, Mapping[str, Schema]]] = {"lint": {"rules": _OBJECTS}}
"""The keys of `facts` for another output of the command: the list of rules of `lint`."""


def report_schema() -> Schema:
    """The JSON Schema (draft 2020-12) of what every command prints with `--format json`."""
    diagnostics: Schema = {"type": "array", "items": {"$ref": "#/$defs/diagnostic"}}
    counts: Schema = {severity: {"type": "integer", "minimum": 0} for severity in SEVERITIES}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A report of podspace as JSON",
        "description": "docs/json.md describes it. Later versions may have further keys.",
        **_object(
            {
                "version": {"const": VERSION},
                "command": _TEXT,
                "exit_status": {"enum": [0, 1, 2]},
                "summary": _object(counts),
                "diagnostics": diagnostics,
                "accepted": diagnostics,
                "facts": {"type": "object"},
            }
        ),
        "allOf": [_facts(command, keys) for command, keys in FACTS.items()],
        "$defs": {
            "diagnostic": _object(_properties(Diagnostic)),
            "location": _object(_properties(Location)),
            "network": _object({"name": _TEXT, "old": _TEXT, "new": _TEXT, "changes": _changes()}),
            "step": _object({"what": _TEXT, "commands": _TEXTS, "done": _TEXT}),
        },
    }


def _object(properties: Mapping[str, JsonValue]) -> Schema:
    return {"type": "object", "required": list(properties), "properties": dict(properties)}


def _facts(command: str, keys: Mapping[str, Schema]) -> Schema:
    """The facts of a command: all of its keys, or none if it failed before it had any."""
    others = [_object(_OTHER_FACTS[command])] if command in _OTHER_FACTS else []
    return {
        "if": {"properties": {"command": {"const": command}}},
        "then": {"properties": {"facts": {"anyOf": [_object(keys), *others, {"maxProperties": 0}]}}},
    }


def _changes() -> Schema:
    keys: Schema = dict.fromkeys(("kind", "name", "effect", "difference"), _TEXT)
    return {"type": "array", "items": _object({**keys, "loses": {"type": "boolean"}, "subnets": _TEXTS})}


def _properties(kind: type[Diagnostic | Location]) -> Schema:
    described = _descriptions(kind)
    return {each.name: {**_TYPES[str(each.type)], "description": described[each.name]} for each in fields(kind)}


def _descriptions(kind: type) -> Mapping[str, str]:
    """The sentences of the attributes of a class, by name, from its docstring."""
    _, _, attributes = inspect.cleandoc(kind.__doc__ or "").partition("Attributes:\n")
    found = re.findall(r"^    (\w+): (.+(?:\n {8}.+)*)", attributes, re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in found}
