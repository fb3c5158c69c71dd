"""Every path that a config can have, from its pydantic models: keys, lists, and maps by zone or by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from podspace.api.spelling import key_of
from podspace.planning import Config
from podspace.planning.egress.fields import Gateways

ANY = "*"
"""A key of a map, or an index of a list."""


def exists(path: str) -> bool:
    """Whether a config can have a value at a path, such as `pods.cidrs[0]` or `vpc.node_subnets.eu-west-1a`."""
    return re.sub(r"\[\d+\]", f"[{ANY}]", path) in config_paths() or any(
        re.fullmatch(_pattern(each), path) for each in config_paths()
    )


def _pattern(path: str) -> str:
    escaped = re.escape(path)
    return escaped.replace(r"\[\*\]", r"\[\d+\]").replace(r"\.\*", r'(\.[\w-]+|\["[^"]*"\])')


@cache
def config_paths() -> frozenset[str]:
    """Every path, with `*` for an index of a list and for a key of a map."""
    return frozenset(_of_model(Config, ""))


def _of_model(model: type[BaseModel], place: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        path = f"{place}.{key_of(name)}" if place else key_of(name)
        yield path
        yield from _of_type(field.annotation, path)


def _of_type(annotation: Any, place: str) -> Iterator[str]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Gateways):
        yield f"{place}.{ANY}"  # the keys of the model itself are not written in a file
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from _of_model(annotation, place)
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        yield f"{place}.{ANY}"
        yield from _of_type(arguments[1], f"{place}.{ANY}")
    elif isinstance(origin, type) and issubclass(origin, Sequence):
        yield f"{place}[{ANY}]"
        yield from _of_type(arguments[0], f"{place}[{ANY}]")
    else:
        for argument in arguments:
            if argument not in (NoneType, Ellipsis) and not isinstance(argument, str):
                yield from _of_type(argument, place)


def models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """A model and every model of its fields, at any depth."""
    yield model
    for field in model.model_fields.values():
        waiting: list[object] = [field.annotation]
        while waiting:
            annotation = waiting.pop()
            if isinstance(annotation, type) and issubclass(annotation, BaseModel):
                yield from models(annotation)
            waiting += get_args(annotation)
