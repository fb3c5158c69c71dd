"""Doubts: values that the API server may accept and that may not work.

`podspace lint` reports each as a warning. A plan reports it as a note, or with its own id and severity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from podspace.api.model import ApiModel
from podspace.api.spelling import aliased
from podspace.diagnostic import Diagnostic, joined, place_of


def doubts_of(model: ApiModel, *, by_alias: bool = True) -> Iterator[Diagnostic]:
    """Each doubt about an object and its parts, with paths spelled as in the API (camel case) or as in config files."""
    yield from (_spelled(doubt, model, by_alias=by_alias) for doubt in model.doubts())
    for name, field in type(model).model_fields.items():
        key = field.alias if by_alias and field.alias else name
        for place, inner in _parts(getattr(model, name), key):
            yield from (doubt.within(place) for doubt in doubts_of(inner, by_alias=by_alias))


def _spelled(doubt: Diagnostic, model: ApiModel, *, by_alias: bool) -> Diagnostic:
    return doubt.at(aliased(doubt.location.path, type(model))) if by_alias else doubt


def _parts(value: object, place: str) -> Iterator[tuple[str, ApiModel]]:
    if value is None or isinstance(value, str | int):
        return  # before the slower question whether it is a mapping
    if isinstance(value, ApiModel):
        yield place, value
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _parts(item, f"{place}[{index}]")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _parts(item, joined(place, place_of((str(key),))))
