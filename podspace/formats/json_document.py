"""A JSON file as data; the line of a value is looked up only when somebody asks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Final, Never

from pydantic import JsonValue

from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.formats.document import DUPLICATE_KEY, Document, composed, document_of
from podspace.formats.kubectl_yaml import yaml_of
from podspace.formats.text_file import unreadable

_DEEPEST: Final = 60


class _DuplicateKeyError(ValueError):
    """An object has this key twice."""


def json_document(text: str, path: Path, *, unique: bool = False) -> Document:
    """The data of a JSON text.

    Raises:
        InputError: it is not JSON, or with `unique` an object in it has a key twice.
    """
    try:
        once = _once if unique else None
        data: JsonValue = json.loads(text, parse_constant=_no_constant, object_pairs_hook=once)
    except _DuplicateKeyError as error:
        raise _duplicates(text, path, error) from None
    except json.JSONDecodeError as error:
        raise unreadable(path, f"must be JSON: {error.msg}", line=error.lineno) from None
    except RecursionError:
        raise unreadable(path, "must not be nested this deeply") from None
    except ValueError as error:
        raise unreadable(path, f"must be JSON: {error}") from None
    if _is_deep(data):
        raise unreadable(path, "must not be nested this deeply")
    return Document(path=path, data=data, lines=_Lines(text, path))


def _once(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for key, value in pairs:
        if key in found:
            raise _DuplicateKeyError(key)
        found[key] = value
    return found


def _duplicates(text: str, path: Path, error: _DuplicateKeyError) -> InputError:
    """Every key that an object has twice, with its lines; only the first one where YAML, which finds lines, fails."""
    try:
        (node,) = composed(yaml_of(text), path)
        document_of(node, path)
    except InputError as found:
        if all(each.id == DUPLICATE_KEY for each in found.diagnostics):
            return found
    except ValueError:  # YAML finds no single document
        pass
    must = "must be listed once in an object, but is there twice"
    where = Location(file=str(path), line=1, path=str(error))
    return InputError([Diagnostic(id=DUPLICATE_KEY, location=where, message=must, fix="merge the two, or remove one")])


def _is_deep(data: JsonValue) -> bool:
    level: list[JsonValue] = [data]
    for _ in range(_DEEPEST):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _no_constant(name: str) -> Never:
    raise ValueError(f"{name} is no number of JSON")


class _Lines(Mapping[str, int]):
    """The lines of a JSON text; all on the first where YAML, which finds them, cannot read it."""

    def __init__(self, text: str, path: Path) -> None:
        self._text = text
        self._path = path

    @cached_property
    def _lines(self) -> Mapping[str, int]:
        try:
            (node,) = composed(yaml_of(self._text), self._path)
            return document_of(node, self._path).lines
        except (InputError, ValueError):
            return {"": 1}

    def __getitem__(self, place: str) -> int:
        return self._lines[place]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)
