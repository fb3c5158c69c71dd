"""Fn::ForEach: loops of a template over known values, replaced by what they create."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from pydantic import JsonValue

from podspace.diagnostic import InputError, place_of
from podspace.lint.resolver import Resolver
from podspace.lint.stack import LOOP, Stack
from podspace.lint.value import items, plain

_TRANSFORM: Final = "AWS::LanguageExtensions"
_SECTIONS: Final = ("Conditions", "Resources", "Outputs")
_LONGEST: Final = 1_000_000
"""The most characters of an expanded template, whose size has the quota of any template, 1 MB."""

Place = tuple[str | int, ...]


def expanded(stack: Stack, above: Iterable[Stack] = ()) -> Stack:
    """A stack whose loops over known values are replaced; loops over other values stay as they are.

    Args:
        above: the stacks that it is nested in, which pass values of its parameters.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
    """
    data = stack.document.data
    if not isinstance(data, dict) or _TRANSFORM not in items(data.get("Transform")):  # type: ignore[arg-type]
        return stack
    expansion = _Expansion(stack=stack, resolver=Resolver([*above, stack]))
    try:
        sections: dict[str, JsonValue] = {
            name: expansion.value(data[name], (name,), (name,), {}) for name in _SECTIONS if name in data
        }
    except (_TooLongError, _NotUniqueError, RecursionError):
        return stack
    if not expansion.moved:
        return stack
    lines = _Lines(lines=stack.document.lines, moved=expansion.moved)
    return replace(stack, document=replace(stack.document, data={**data, **sections}, lines=lines))


class _TooLongError(ValueError):
    """The expanded template is longer than any template may be."""


class _NotUniqueError(ValueError):
    """A loop creates what the template has already."""


@dataclass(kw_only=True, slots=True)
class _Expansion:
    """The expansion of one template.

    Attributes:
        moved: the places in the file by the new places of what loops create.
    """

    stack: Stack
    resolver: Resolver
    moved: dict[str, str] = field(default_factory=dict)
    _left: int = _LONGEST

    def value(self, node: JsonValue, place: Place, written: Place, bound: Mapping[str, str]) -> JsonValue:
        """A part of the template, expanded.

        Args:
            place: where it will be.
            written: where it is in the file.
            bound: the current values of the identifiers of the loops around it.
        """
        self._left -= 1 + (len(node) if isinstance(node, str) else 0)
        if self._left < 0:
            raise _TooLongError
        if isinstance(node, str):
            return _substituted(node, bound)
        if isinstance(node, list):
            return [self.value(item, (*place, i), (*written, i), bound) for i, item in enumerate(node)]
        if not isinstance(node, dict):
            return node
        if len(node) == 1 and isinstance(name := node.get("Ref"), str) and name in bound:
            return bound[name]
        made = self._mapping(node, place, written, bound)
        text = made.get("Fn::Sub") if bound and len(made) == 1 else None
        return text if isinstance(text, str) and "${" not in text else made  # such as the id in Ref or DependsOn

    def _mapping(
        self, node: Mapping[str, JsonValue], place: Place, written: Place, bound: Mapping[str, str]
    ) -> dict[str, JsonValue]:
        made: dict[str, JsonValue] = {}
        for name, value in node.items():
            one = self._loop(value, place, (*written, name), bound) if name.startswith(LOOP) else None
            if one is None:
                new = _substituted(name, bound, key=True)
                if new != name:
                    self.moved[place_of((*place, new))] = place_of((*written, name))
                one = {new: self.value(value, (*place, new), (*written, name), bound)}
            if made.keys() & one.keys():
                raise _NotUniqueError
            made |= one
        return made

    def _loop(
        self, node: JsonValue, place: Place, written: Place, bound: Mapping[str, str]
    ) -> dict[str, JsonValue] | None:
        """What a loop creates; None if that is not known, or it is no loop that CloudFormation accepts."""
        identifier, collection, fragment = node if isinstance(node, list) and len(node) == 3 else ("", "", "")  # noqa: PLR2004
        if not isinstance(identifier, str) or not isinstance(fragment, dict):
            return None
        made: dict[str, JsonValue] = {}
        try:
            for item in self._items(self.value(collection, place, written, bound)):
                one = self._mapping(fragment, place, (*written, 2), {**bound, identifier: item})
                if made.keys() & one.keys():
                    return None
                made |= one
        except _NotUniqueError:
            return None
        return made or None

    def _items(self, collection: JsonValue) -> list[str]:
        """The values of a collection; none if they are not all known."""
        try:
            values = self.resolver.resolve(self.stack, collection)
        except InputError:  # a value that refers to itself, which is reported where it is judged
            return []
        known = [plain(value) for value in items(values) if isinstance(value, bool | int | float | str)]
        return known if isinstance(values, list) and len(known) == len(values) else []


def _substituted(text: str, bound: Mapping[str, str], *, key: bool = False) -> str:
    """Text with the values of identifiers in it; `&{Identifier}` drops what a logical id cannot have."""
    for identifier, value in bound.items():
        if key or "{" in text:
            text = text.replace(f"${{{identifier}}}", value)
            text = text.replace(f"&{{{identifier}}}", re.sub("[^A-Za-z0-9]", "", value))
    return text


@dataclass(frozen=True, kw_only=True, slots=True)
class _Lines(Mapping[str, int]):
    """The lines of an expanded template: what a loop creates is on the lines of the loop.

    Attributes:
        lines: of the file.
        moved: the places in the file by the new places of what loops create.
    """

    lines: Mapping[str, int]
    moved: Mapping[str, str]

    def _written(self, place: str) -> str:
        head = place
        while head and head not in self.moved:
            head = head[: max(head.rfind("."), head.rfind("["), 0)]
        return self.moved[head] + place[len(head) :] if head else place

    def __getitem__(self, place: str) -> int:
        return self.lines[self._written(place)]

    def __iter__(self) -> Iterator[str]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)
