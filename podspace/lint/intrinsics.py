"""Results of CloudFormation's intrinsic functions for known and unknown values."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Final

from pydantic import JsonValue

from podspace.lint.value import UNKNOWN, Part, Reference, Text, Unknown, Value, has_unknown, network, number, plain

_LOOKED_UP: Final = "{{resolve:"
_LONGEST: Final = 1_000_000
_MOST_CIDRS: Final = 256
_ADDRESS_BITS: Final = 32
_MOST_BITS: Final = 128
_PLACEHOLDER: Final = re.compile(r"\$\{([^{}!][^{}]*)\}|\$\{!([^{}]*)\}")


def joined_text(parts: Iterable[Value]) -> Value:
    """The text that parts make together: plain if all are, else with the unknown parts in it."""
    merged: list[str | Reference | Unknown] = []
    for part in parts:
        for piece in part.parts if isinstance(part, Text) else (part,):
            if isinstance(piece, Reference | Unknown):
                merged.append(piece)
            elif isinstance(piece, list | dict) or piece is None:
                merged.append(UNKNOWN)
            elif merged and isinstance(merged[-1], str):
                merged[-1] += plain(piece)
            else:
                merged.append(plain(piece))
    merged = [piece for piece in merged if piece != ""]
    if sum(len(piece) if isinstance(piece, str) else 1 for piece in merged) > _LONGEST:
        return UNKNOWN
    if not merged:
        return ""
    return merged[0] if len(merged) == 1 else Text(tuple(merged))


def substituted(template: str, value_of: Callable[[str], Value]) -> Value:
    """Fn::Sub: the text with the value of each `${name}` in its place."""
    parts: list[Value] = []
    end = 0
    for match in _PLACEHOLDER.finditer(template):
        parts.append(template[end : match.start()])
        parts.append(f"${{{match[2]}}}" if match[1] is None else value_of(match[1].strip()))
        end = match.end()
    return joined_text([*parts, template[end:]])


def joined(argument: Value) -> Value:
    """Fn::Join of a delimiter and a list."""
    if not (isinstance(argument, list) and len(argument) == 2 and isinstance(argument[0], str)):  # noqa: PLR2004
        return UNKNOWN
    delimiter, parts = argument
    if not isinstance(parts, list):
        return UNKNOWN
    spaced: list[Value] = []
    for part in parts:
        spaced += [delimiter, part] if spaced else [part]
    return joined_text(spaced)


def split(argument: Value) -> Value:
    """Fn::Split of a delimiter and text; what is not known in that is taken to have no delimiter in it."""
    if not (isinstance(argument, list) and len(argument) == 2):  # noqa: PLR2004
        return UNKNOWN
    delimiter, text = argument
    if not (isinstance(delimiter, str) and delimiter and isinstance(text, str | Text)):
        return UNKNOWN
    items: list[list[Value]] = [[]]
    for part in text.parts if isinstance(text, Text) else (text,):
        if not isinstance(part, str):
            items[-1].append(part)
            continue
        first, *others = part.split(delimiter)
        items[-1].append(first)
        items += [[other] for other in others]
    return [joined_text(item) for item in items]


def selected(argument: Value) -> Value:
    """Fn::Select of an index and a list; of a list that is not known, a reference to that item of it."""
    if not (isinstance(argument, list) and len(argument) == 2):  # noqa: PLR2004
        return UNKNOWN
    index, choices = number(argument[0]), argument[1]
    if index is None or index < 0:
        return UNKNOWN
    if isinstance(choices, list):
        return choices[index] if index < len(choices) else UNKNOWN
    if isinstance(choices, Reference):
        return Reference(choices.stack, choices.id, f"{choices.attribute}[{index}]")
    return UNKNOWN


def cidrs(argument: Value) -> Value:
    """Fn::Cidr of a block, a number of subnets and the number of their host bits; of a reference its parts."""
    if not (isinstance(argument, list) and len(argument) in {2, 3}):
        return UNKNOWN
    block, count = network(argument[0]), number(argument[1])
    bits = number(argument[2]) if len(argument) == 3 else None  # noqa: PLR2004
    if count is None or bits is None or not 0 < count <= _MOST_CIDRS:
        return UNKNOWN
    if isinstance(argument[0], Reference):
        return _parts(argument[0], count, bits)
    if block is None:
        return UNKNOWN
    prefix = _ADDRESS_BITS - bits
    if not block.prefixlen <= prefix <= _ADDRESS_BITS:
        return UNKNOWN
    return [str(cidr) for cidr in islice(block.subnets(new_prefix=prefix), count)]


def _parts(block: Reference, count: int, bits: int) -> Value:
    first, end = (block.start, block.end) if isinstance(block, Part) else (0, None)
    if not 0 <= bits <= _MOST_BITS or (end is not None and first + (count << bits) > end):
        return UNKNOWN
    whole = block.stack, block.id, block.attribute, block.resource
    return [Part(*whole, start=first + (index << bits), bits=bits) for index in range(count)]


def json_text(argument: Value) -> Value:
    """Fn::ToJsonString."""
    return UNKNOWN if has_unknown(argument) else json.dumps(argument)


def length(argument: Value) -> Value:
    """Fn::Length of a list."""
    return len(argument) if isinstance(argument, list) else UNKNOWN


def target(argument: JsonValue) -> tuple[str, str]:
    """The logical id and the attribute of Fn::GetAtt; both empty if they cannot be known."""
    if isinstance(argument, str):
        id, _, attribute = argument.partition(".")
        return id, attribute
    if isinstance(argument, list) and len(argument) == 2:  # noqa: PLR2004
        id, attribute = argument  # type: ignore[assignment]
        if isinstance(id, str) and isinstance(attribute, str):
            return id, attribute
    return "", ""


def undecided(value: Value) -> Value:
    """A value, or what it refers to where it is text that CloudFormation looks up when it deploys."""
    if isinstance(value, str):
        return Reference("", value) if _LOOKED_UP in value else value
    looked_up = isinstance(value, Text) and any(isinstance(part, str) and _LOOKED_UP in part for part in value.parts)
    return UNKNOWN if looked_up else value


def found_in(mappings: Mapping[str, JsonValue], names: Sequence[Value]) -> JsonValue:
    """Fn::FindInMap of a mapping and two keys; None if these are not known, or not there."""
    found: JsonValue = dict(mappings)
    for name in names:
        if not isinstance(name, str) or not isinstance(found, dict) or name not in found:
            return None
        found = found[name]
    return found if names else None


OF_RESOLVED: Final[dict[str, Callable[[Value], Value]]] = {
    "Fn::Join": joined,
    "Fn::Split": split,
    "Fn::Select": selected,
    "Fn::Cidr": cidrs,
    "Fn::ToJsonString": json_text,
    "Fn::Length": length,
}
"""Functions that need nothing but their arguments, resolved."""

ZONES: Final = "zones of "
"""How a reference to the zones of a region is called."""
