"""The JSON Schema of a config, for editors."""

from __future__ import annotations

from typing import Final

from pydantic import JsonValue

from podspace.api.json_schema import model_schema
from podspace.planning.config import Config

SCHEMA_FILE: Final = "podspace-config.schema.json"
"""Name of the JSON Schema file next to a config, to which the first line of the config refers."""
_CIDRS: Final = {
    "ipv4network": "^[0-9]{1,3}(\\.[0-9]{1,3}){3}/[0-9]{1,2}$",
    "ipv6network": "^[0-9A-Fa-f:.]+/[0-9]{1,3}$",
}


def config_schema() -> dict[str, JsonValue]:
    """The JSON Schema (draft 7) of a config file, with descriptions and examples; it cannot compare values, such as
    CIDR blocks.
    """
    schema = _with_patterns(model_schema(Config, by_alias=False))
    assert isinstance(schema, dict)
    return {**schema, "title": "The config of a pod network"}


def _with_patterns(schema: JsonValue) -> JsonValue:
    """The schema with a pattern in place of pydantic's formats, which no editor knows."""
    if isinstance(schema, list):
        return [_with_patterns(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    pattern = _CIDRS.get(str(schema.get("format")))
    kept = {key: _with_patterns(value) for key, value in schema.items() if not (pattern and key == "format")}
    return {**kept, "pattern": pattern} if pattern else kept
