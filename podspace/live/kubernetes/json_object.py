"""Values inside of JSON objects; whatever is missing or of another type counts as not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

JsonObject = Mapping[str, JsonValue]


def inner(data: JsonObject, *path: str) -> JsonObject:
    """The object at a path inside of another one; an empty one where there is none."""
    here: JsonValue | JsonObject = data
    for key in path:
        here = here.get(key) if isinstance(here, dict) else None
    return here if isinstance(here, dict) else {}


def text(data: JsonObject, key: str) -> str:
    """The text at a key; empty where there is none."""
    value = data.get(key)
    return value if isinstance(value, str) else ""


def number(data: JsonObject, key: str) -> int:
    """The whole number at a key; 0 where there is none."""
    value = data.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def each(data: JsonObject, key: str) -> Iterator[JsonObject]:
    """The objects in the list at a key; none where there is no list."""
    value = data.get(key)
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def said(*parts: str) -> str:
    """A reason and a message as one text, without what is empty."""
    return ": ".join(filter(None, parts))


def texts(data: JsonObject, key: str) -> tuple[str, ...]:
    """The texts in the list at a key; none where there is no list."""
    value = data.get(key)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
