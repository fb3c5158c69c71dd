"""Errors of validators, and pydantic's errors as diagnostics."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from operator import getitem
from typing import Annotated

from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from podspace.api.spelling import Place, aliased, field_at, key_of, nearest, only_word, page_of
from podspace.diagnostic import Diagnostic, Location, place_of


def refusal(*problems: Diagnostic, model: type[BaseModel] | None = None) -> PydanticCustomError:
    """The error that a validator raises for a value, with its diagnostics; an empty path means the value itself.

    `model` is the model whose fields the paths name, if the input may have them in camel case.
    """
    text = "; ".join(f"{problem.location.path} {problem.message}".strip() for problem in problems)
    context = {"text": text, "problems": problems, "model": model}
    return PydanticCustomError("refused", "{text}", context)


def problems_of(
    error: ValidationError,
    *,
    model: type[BaseModel] | None = None,
    data: object = None,
    by_alias: bool = False,
    rules_only: bool = False,
) -> list[Diagnostic]:
    """Every error of a pydantic ValidationError as a diagnostic, with its path as spelled in the input, such as
    `pods.tags["a/b"]`.

    `by_alias` means that keys of the input are in camel case; by default, the surrounding keys decide.
    `rules_only` omits the errors of pydantic's own checks: types, bounds, and missing or unknown keys.

    `model` is the validated model: the error of an unknown key then lists the known ones. `data` is the validated
    input: paths then omit the fields that a short form does not have.
    """
    every = error.errors(include_url=False)
    short = [details for details in every if details["type"] == "too_short"]
    hidden = [details for details in short if any(_is_inside(other, details) for other in every)]
    return [
        problem
        for details in every
        if details["type"] == "refused" or not rules_only
        if details not in hidden
        for problem in _problems(details, model, data, by_alias=by_alias)
    ]


def _is_inside(inner: ErrorDetails, outer: ErrorDetails) -> bool:
    """Items that are wrong do not count for pydantic, which then calls their list too short as well."""
    depth = len(outer["loc"])
    return len(inner["loc"]) > depth and inner["loc"][:depth] == outer["loc"]


def _problems(
    details: ErrorDetails, model: type[BaseModel] | None, data: object, *, by_alias: bool
) -> Iterator[Diagnostic]:
    given, kind = details["input"], details["type"]
    about = "" if "[key]" in details["loc"] else shown(given)  # a key is in the place already
    loc = tuple(key_of(part) if isinstance(part, str) else part for part in details["loc"] if part != "[key]")
    if data is not None:
        loc = _written(loc, data, missing=kind == "missing")
    page = page_of(loc, model)
    if kind == "refused":
        for problem in details["ctx"]["problems"]:
            owner = details["ctx"]["model"]
            path = problem.location.path
            if owner and (by_alias or _in_camel_case(given, loc)):
                path = aliased(path, owner)
            found: Diagnostic = replace(problem.at(path), subject=problem.subject or ("" if path else about))
            yield found.within(place_of(loc)) if loc else found
    elif kind == "missing":
        key = str(loc[-1])  # pydantic names the alias where there is one
        if not (by_alias or _in_camel_case(given, loc[:-1])):
            key = re.sub("(?<=[a-z0-9])(?=[A-Z])", "_", key).lower()
        yield Diagnostic(
            location=Location(path=place_of((*loc[:-1], key))),
            message="must be given",
            fix=only_word(loc, model),
            source=page,
        )
    elif kind == "extra_forbidden":
        fix = nearest(loc, model, by_alias=by_alias)
        must = "must not be given: no such key"
        yield Diagnostic(
            location=Location(path=place_of(loc)), subject=shown(given), message=must, fix=fix, source=page
        )
    else:
        must, fix = _plain(details)
        if fix and kind == "string_type" and not isinstance(given, bool):
            fix = quoted_fix(loc, model, str(given)) or fix
        yield Diagnostic(location=Location(path=place_of(loc)), subject=about, message=must, fix=fix, source=page)


def _written(loc: Place, data: object, *, missing: bool) -> Place:
    """The parts of a place that stand in the data; the last of a missing key's does not, and is kept."""
    written: list[int | str] = []
    for number, part in enumerate(loc, start=1):
        if _holds(data, part):
            data = data[part]  # type: ignore[index]
        elif not (missing and number == len(loc) and isinstance(data, Mapping)):
            continue
        written.append(part)
    return tuple(written)


def _holds(data: object, part: int | str) -> bool:
    if isinstance(data, list | tuple):
        return isinstance(part, int) and part < len(data)
    return isinstance(data, Mapping) and part in data


def shown(value: object, *, width: int = 80) -> str:
    """A value as YAML or JSON, shortened to `width` characters."""
    try:
        text = json.dumps(value, default=repr, ensure_ascii=False)
    except (TypeError, ValueError):  # keys that JSON has no text for, or a value that contains itself
        text = repr(value) if not isinstance(value, int) else "a number of too many digits"
    return text if len(text) <= width else f"{text[: width - 1]}…"


_TYPES = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    **dict.fromkeys(("tuple_type", "list_type"), "a list"),
    **dict.fromkeys(
        ("dict_type", "mapping_type", "model_type", "model_attributes_type"), "a mapping of keys to values"
    ),
}


def _plain(details: ErrorDetails) -> tuple[str, str]:
    """What must hold and what to do, in words that do not presume to know pydantic."""
    kind, given, message = details["type"], details["input"], details["msg"]
    fix = ""
    if kind == "string_type" and isinstance(given, bool):
        fix = "put it in quotes: YAML reads the bare word as true or false"
    elif kind == "int_type" and isinstance(given, str) and re.fullmatch("-?[0-9]+", given):
        fix = "write it without quotes"
    elif isinstance(given, int | float) and (kind == "string_type" or f"'{given}'" in message):
        fix = f'put it in quotes: "{given}"'
    if kind in _TYPES:
        return f"must be {_TYPES[kind]}", fix
    if kind in {"value_error", "assertion_error"}:  # a validator's own words
        return message.partition(", ")[2], fix
    if kind == "literal_error":  # true and false as YAML and JSON write them, unless they are text
        message = re.sub(r"(?<!')\b(True|False)\b", lambda word: word[0].lower(), message)
    return re.sub(r"^\w+ should ", "must ", message).replace(" after validation", ""), fix


def _in_camel_case(given: object, loc: Place) -> bool:
    """Whether the nearest key that tells, of the object or around it, is written as the API writes keys."""
    keys = given if isinstance(given, Mapping) else ()
    words = [key for key in (*keys, *reversed(loc)) if isinstance(key, str) and key.isidentifier()]
    return next((key != key.lower() for key in words if "_" in key or key != key.lower()), False)


def quoted_fix(loc: Place, model: type[BaseModel] | None, text: str) -> str:
    """The remaining fix for a number that must be text, after it is in quotes; empty if there is none."""
    field = field_at(loc, model)
    if field is None:
        return ""
    try:
        _adapter(field).validate_python(text)
    except ValidationError as error:
        fix = next((problem.fix for problem in problems_of(error) if problem.fix), "")
        return f"put it in quotes, and {fix}" if fix else ""
    return ""


def _adapter(field: FieldInfo) -> TypeAdapter[object]:
    # Annotated[(…)] is no type for a type checker. Annotated has __class_getitem__ until Python 3.12, then __getitem__.
    return TypeAdapter(getitem(Annotated, (field.annotation, Field(), *field.metadata)))  # type: ignore[arg-type]
