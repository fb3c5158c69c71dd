"""Objects of other kinds in the text of manifests, which are counted and removed before parsing.

Parsing takes a hundred times as long as finding a kind. Every object of a kind that is read stays on its line and in
its document; so does any text whose kind is not clear without parsing, such as an unrendered template.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from pydantic import JsonValue

from podspace.api import MANIFEST_KINDS

EC2_NODE_CLASS: Final = "EC2NodeClass"
"""The kind of self-managed Karpenter's NodeClass."""
SWITCH: Final = ("ConfigMap", "amazon-vpc-cni")
"""Kind and name of the ConfigMap that switches network policies on."""

WITHOUT_KIND: Final = "without a kind"
"""Name under which objects without a kind are counted."""

_READ: Final = frozenset(kind.lower() for kind in (*MANIFEST_KINDS, EC2_NODE_CLASS))
_MARKER: Final = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_KIND: Final = re.compile(r"^kind:[ \t]+[\"']?([A-Za-z0-9]+)[\"']?[ \t]*(?:#.*)?$", re.MULTILINE)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
"""A character that YAML does not take."""
_LIMITS: Final = ("\n%", "\n...")
"""How a line with a directive begins, and one that ends a document."""
_UNRENDERED: Final = re.compile(r"^[^\n:{]*(?::[ \t]+)?\{\{", re.MULTILINE)
"""A line, or the value on it, that begins with a placeholder."""
_ITEMS: Final = re.compile(r"^items:[ \t]*\n(?=([ ]*)- )", re.MULTILINE)
_ALIAS: Final = re.compile(r"(?:^|[\s:,\[-])\*\w")
"""A value that is written elsewhere in the document."""
_CONTENT: Final = re.compile(r"^[ \t]*[^\s#]", re.MULTILINE)
_SPACE: Final = re.compile(r"[ \t\n\r]*")
_DECODER: Final = json.JSONDecoder()


def without_other_kinds(text: str, passed_over: Counter[str], *, found: bool = False) -> str:
    """A YAML or JSON text with empty lines in place of objects of other kinds, which are counted by their kinds.

    A file that is only `found` in a folder may be anything, so that YAML without a kind is not parsed either.
    """
    starts = [0, *(match.start() for match in _MARKER.finditer(text)), len(text)]
    return "".join(_document(text[start:end], passed_over, found=found) for start, end in pairwise(starts))


def _document(text: str, passed_over: Counter[str], *, found: bool) -> str:
    marker = "---" if text.startswith("---") else ""
    body = text.removeprefix(marker)
    if body.lstrip().startswith(("{", "[")):
        return marker + _json(body, passed_over)
    if found and "kind" not in text and "{{" not in text and _CONTENT.search(body):
        passed_over[WITHOUT_KIND] += 1
        return (marker or "~") + _lines(text)
    kinds = _KIND.findall(text)
    if len(kinds) != 1 or not _is_plain(f"\n{text}"):
        return text
    if kinds[0].endswith("List"):
        return _list(text, passed_over)
    if _is_read(kinds[0], text):
        return text
    passed_over[kinds[0]] += 1
    return (marker or "~") + _lines(text)  # an empty document, which has a number as every other


def _is_plain(text: str) -> bool:
    """Whether a document is just what its lines say, without directives, placeholders and odd characters."""
    unrendered = "{{" in text and _UNRENDERED.search(text)
    return not unrendered and not any(limit in text for limit in _LIMITS) and not _CONTROL.search(text)


def _is_read(kind: str, text: str) -> bool:
    """Whether an object of a kind is read, or may be; of ConfigMaps only one is."""
    return kind.lower() in _READ or kind.endswith("List") or (kind == SWITCH[0] and SWITCH[1] in text)


def _lines(text: str) -> str:
    return "\n" * text.count("\n")


def _list(text: str, passed_over: Counter[str]) -> str:
    """A document of kind List in block style, as kubectl writes it, without the items of other kinds."""
    found = list(_ITEMS.finditer(text))
    if len(found) != 1:
        return text
    indent, start = found[0][1], found[0].end()
    kind = re.compile(rf"^{indent}[- ] kind:[ \t]+([A-Za-z0-9]+)[ \t]*$", re.MULTILINE)
    after = re.compile(rf"^(?!{indent}[- ] |[ \t]*$)", re.MULTILINE).search(text, start)
    end = after.start() if after else len(text)
    starts = [start, *(m.start() for m in re.finditer(rf"^{indent}- ", text[:end], re.MULTILINE) if m.start() > start)]
    items, kept = [text[one:other] for one, other in pairwise((*starts, end))], 0
    counted = Counter[str]()
    for index, item in enumerate(items):
        kinds = kind.findall(item)
        if len(kinds) == 1 and not _is_read(kinds[0], item):
            counted[kinds[0]] += 1
            items[index] = _lines(item)
        else:
            kept += 1
    if re.search(rf"^{indent}- ", text[end:], re.MULTILINE) or (kept and _ALIAS.search("".join(items))):
        return text
    passed_over.update(counted)
    head = text[:start] if kept else f"{text[: start - 1].rstrip()} []\n"
    return "".join((head, *items, text[end:]))


def _json(text: str, passed_over: Counter[str]) -> str:
    """A JSON text without the objects of other kinds; the text itself if it is not JSON."""
    try:
        scanned = _Scanned(text)
    except (ValueError, RecursionError):
        return text
    kind, items = scanned.kind, scanned.items
    if kind is None:  # a bare list, of which one object is enough to refuse it
        return _with(text, [item for item in items if item.kind not in {"", WITHOUT_KIND}][:1], items)
    if kind.endswith("List"):
        kept = [one for one in items if not one.kind or _is_read(one.kind, text[one.start : one.end])]
        passed_over.update(Counter(one.kind for one in items) - Counter(one.kind for one in kept))
        return _with(text, kept, items)
    if not kind or _is_read(kind, text):
        return text
    passed_over[kind] += 1
    return f" ~{_lines(text)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Item:
    """An item of a list in a JSON text.

    Attributes:
        kind: of an object; empty for what is none, or has a kind that is no text.
        start: the position of its first character.
        end: the position after its last one.
    """

    kind: str
    start: int
    end: int


def _with(text: str, kept: Sequence[_Item], items: Sequence[_Item]) -> str:
    """A JSON text with some of the items of its list, each on its line."""
    if not items:
        return text
    parts, end = [text[: items[0].start]], items[0].start
    starts = {one.start for one in kept}
    first = min(starts, default=0)
    for item in items:
        inside = text[item.start : item.end]
        comma = "," if item.start > first else ""
        parts += [_lines(text[end : item.start]), comma + inside if item.start in starts else _lines(inside)]
        end = item.end
    return "".join((*parts, text[end:]))


class _Scanned:
    """What is found on the way through a JSON text.

    Attributes:
        kind: of the object in it; None for a list, empty for a kind that is no text.
        items: of the list, or of the list `items` of the object.
    """

    def __init__(self, text: str) -> None:
        """Read through a text.

        Raises:
            ValueError: it is not JSON.
        """
        self._text, self._at = text, 0
        self.kind: str | None = None
        self.items: list[_Item] = []
        if self._next() == "[":
            self._read_items()
        else:
            self._read_object()
        if self._next():
            raise ValueError("must be one value")

    def _read_object(self) -> None:
        found: dict[str, JsonValue] = {}
        mark = self._take("{")
        while mark != "}":
            name = str(self._value())
            self._take(":")
            if name == "items" and self._next() == "[" and not self.items:
                self._read_items()
            else:
                value = self._value()
                found |= {name: value} if name == "kind" else {}
            mark = self._take(",}")
        self.kind = _kind_of(found)

    def _read_items(self) -> None:
        mark = self._take("[")
        while mark != "]":
            self._next()
            start, value = self._at, self._value()
            self.items.append(_Item(kind=_kind_of(value), start=start, end=self._at))
            mark = self._take(",]")

    def _next(self) -> str:
        """The next character that is not space; empty at the end."""
        if match := _SPACE.match(self._text, self._at):
            self._at = match.end()
        return self._text[self._at : self._at + 1]

    def _take(self, marks: str) -> str:
        mark = self._next()
        if not mark or mark not in marks:
            raise ValueError(f"one of {marks} must be here")
        self._at += 1
        return mark

    def _value(self) -> JsonValue:
        self._next()
        value: JsonValue
        value, self._at = _DECODER.raw_decode(self._text, self._at)
        return value


def _kind_of(value: JsonValue) -> str:
    """The kind of an object; empty for what is none, or has a kind that is no text."""
    kind = value.get("kind", WITHOUT_KIND) if isinstance(value, dict) else ""
    return kind if isinstance(kind, str) else ""
