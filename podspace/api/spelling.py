"""Unknown keys of an input: the intended key, its place, and the corrected input."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from keyword import iskeyword
from types import UnionType
from typing import Literal, Union, get_args, get_origin

from pydantic import BaseModel, JsonValue
from pydantic.fields import FieldInfo

from podspace.diagnostic import Diagnostic, place_of

Place = tuple[int | str, ...]

_PARTS = re.compile(r"\w+|[^\w\[]+|\[[^\]]*\]")
_BELONGS = re.compile(r"it belongs at ([\w.]+)")


def key_of(field: str) -> str:
    """The key of a field in the input: `from` for `from_`, because no Python field can be named by a keyword."""
    return field[:-1] if field.endswith("_") and iskeyword(field[:-1]) else field


def aliased(place: str, model: type[BaseModel]) -> str:
    """A path inside a model as the input spells it: `snatPolicy` for `snat_policy` if the input is in camel case."""
    spelled, models = "", [model]
    for part in _PARTS.findall(place):
        fields = [each.model_fields[part] for each in models if part in each.model_fields]
        models = [found for field in fields for found in _models_in(field.annotation)] or models
        spelled += (fields[0].alias or part) if fields else part
    return spelled


def nearest(loc: Place, model: type[BaseModel] | None, *, by_alias: bool = False) -> str:
    """The fix for an unknown key: a hint of the model, the intended key, or all known keys."""
    if model is None:
        return "remove it, or correct its spelling"
    models, key = _models_at(loc[:-1], model), str(loc[-1])
    for each in models:
        if advice := getattr(each, "not_here", {}).get(key):
            return str(advice)
    aliases = {
        key_of(name): field.alias or key_of(name) for each in models for name, field in each.model_fields.items()
    }
    spellings = list(aliases.values()) if by_alias else [*aliases, *aliases.values()]
    if key in spellings:
        other = next(two for pair in aliases.items() for one, two in (pair, pair[::-1]) if one == key)
        return f"it is written {other} here, and only once"
    places = list(dict.fromkeys(_places_of(key, model, by_alias=by_alias)))
    if len(places) == 1 and places[0] != place_of(loc):
        return f"it belongs at {places[0]}"
    if near := [aliases[key]] if by_alias and key in aliases else get_close_matches(key, spellings, n=1):
        return f"did you mean {near[0]}?"
    camel = by_alias or any(isinstance(part, str) and part != part.lower() for part in loc)
    return "the keys here are " + ", ".join(aliases.values() if camel else aliases)


def page_of(loc: Place, model: type[BaseModel] | None) -> str:
    """URL of the page about the innermost object around a path that has one."""
    pages = []
    for end in range(len(loc)):
        pages += [getattr(each, "page", "") for each in (_models_at(loc[:end], model) if model else ())]
    return next(filter(None, reversed(pages)), "")


def field_at(loc: Place, model: type[BaseModel] | None) -> FieldInfo | None:
    """The field at a path; None if there is none."""
    models = _models_at(loc[:-1], model) if model and loc else []
    fields = [item for each in models for item in each.model_fields.items()]
    return next((field for name, field in fields if loc[-1] in (key_of(name), field.alias)), None)


def only_word(loc: Place, model: type[BaseModel] | None) -> str:
    """The value of a missing key that has only one possible value; empty for others."""
    field = field_at(loc, model)
    words = get_args(field.annotation) if field and get_origin(field.annotation) is Literal else ()
    written = [str(word).lower() if isinstance(word, bool) else str(word) for word in words]
    return f"write {written[0]}" if len(written) == 1 else ""


def _models_at(loc: Place, model: type[BaseModel]) -> list[type[BaseModel]]:
    models = [model]
    for part in loc:
        fields = [item for each in models for item in each.model_fields.items()]
        under = [field.annotation for name, field in fields if part in (key_of(name), field.alias)]
        models = [found for annotation in under for found in _models_in(annotation)] or models
    return models


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def _places_of(key: str, model: type[BaseModel], place: str = "", *, by_alias: bool) -> Iterator[str]:
    """Where a model has the key, outside of lists."""
    for name, field in model.model_fields.items():
        spelled = field.alias if field.alias and (by_alias or key != key.lower()) else name
        here = f"{place}.{spelled}" if place else spelled
        if spelled == key:
            yield here
        union = get_origin(field.annotation) in (Union, UnionType)
        for inner in get_args(field.annotation) if union else (field.annotation,):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from _places_of(key, inner, here, by_alias=by_alias)


def corrections(problems: Sequence[Diagnostic]) -> dict[str, str]:
    """Paths of misspelt and misplaced keys, each with the path of the intended key."""
    found: dict[str, str] = {}
    for problem in problems:
        if not re.fullmatch(r"[\w.]+", problem.location.path):  # in a list, or a key of a mapping, which is no field
            continue
        if meant := re.fullmatch(r"did you mean ([\w.]+)\?", problem.fix):
            outer = problem.location.path.rpartition(".")[0]
            found[problem.location.path] = f"{outer}.{meant[1]}" if outer else meant[1]
        elif meant := _BELONGS.fullmatch(problem.fix):
            found[problem.location.path] = meant[1]
    return found


def without_echoes(problems: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Errors, without those for a key that is missing only because it is misspelt or misplaced."""
    meant = set(corrections(problems).values())
    return [
        problem for problem in problems if not (problem.message == "must be given" and problem.location.path in meant)
    ]


def with_corrections(data: Mapping[str, JsonValue], corrected: Mapping[str, str]) -> dict[str, JsonValue]:
    """A copy of the data with misspelt and misplaced keys corrected; only for paths without indexes."""
    copy = _copied(data)
    for place, meant in corrected.items():
        *outer, key = place.split(".")
        holder = _mapping_at(copy, outer)
        *inner, name = meant.split(".")
        target = _mapping_at(copy, inner, make=True)
        if holder is not None and target is not None and key in holder and name not in target:
            target[name] = holder.pop(key)
    return copy


def _copied(data: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {key: _copied(value) if isinstance(value, dict) else value for key, value in data.items()}


def _mapping_at(data: dict[str, JsonValue], keys: Sequence[str], *, make: bool = False) -> dict[str, JsonValue] | None:
    """The mapping at a place, made if asked for; None where something else stands."""
    for key in keys:
        if make and data.get(key) is None:
            data[key] = {}
        inner = data.get(key)
        if not isinstance(inner, dict):
            return None
        data = inner
    return data
