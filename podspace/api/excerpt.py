"""The valid part of an invalid manifest, so that rules between fields are checked in the same run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Final

from pydantic import BaseModel, JsonValue

from podspace.api.spelling import Place, field_at

_STAND_INS: Final[Mapping[str, JsonValue]] = {
    "metadata": {"name": "stand-in"},
    "name": "stand-in",
    "subnetSelectorTerms": [{"id": "subnet-0"}],
    "securityGroupSelectorTerms": [{"id": "sg-0"}],
    "subnet": "subnet-0",
    "group": "eks.amazonaws.com",
    "kind": "NodeClass",
    "nodeClassRef": {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": "stand-in"},
    "requirements": [{"key": "kubernetes.io/arch", "operator": "Exists"}],
    "template": {
        "spec": {
            "nodeClassRef": {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": "stand-in"},
            "requirements": [{"key": "kubernetes.io/arch", "operator": "Exists"}],
        }
    },
}
"""Values for required fields that are valid, and that no rule between fields refuses."""


def excerpt(data: Mapping[str, JsonValue], wrong: Sequence[Place], model: type[BaseModel]) -> dict[str, JsonValue]:
    """A copy of the data without the values at the given places; required values are replaced by valid ones."""
    copy = deepcopy(dict(data))
    for loc in sorted({_part(each, model) for each in wrong}, key=_depth):
        holder = _holder(copy, loc)
        key = loc[-1] if loc else ""
        if isinstance(holder, dict) and isinstance(key, str):
            required = field_at(loc, model)
            if required is not None and required.is_required() and key in _STAND_INS:
                holder[key] = deepcopy(_STAND_INS[key])
            else:
                holder.pop(key, None)
        elif isinstance(holder, list) and isinstance(key, int) and key < len(holder):
            del holder[key]
    return copy


def _depth(loc: Place) -> tuple[int, tuple[int, ...]]:
    """The innermost first, and of a list the last first."""
    return -len(loc), tuple(-part for part in loc if isinstance(part, int))


def _part(loc: Place, model: type[BaseModel]) -> Place:
    """What to take out for a place: the value itself, or the nearest around it that can be missing."""
    for end in range(len(loc), 0, -1):
        key = loc[end - 1]
        if isinstance(key, str):
            field = field_at(loc[:end], model)
            if field is None or not field.is_required() or key in _STAND_INS:
                return loc[:end]
    return loc


def _holder(data: JsonValue, loc: Place) -> JsonValue:
    for part in loc[:-1]:
        if isinstance(data, dict) and isinstance(part, str):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return None
    return data
