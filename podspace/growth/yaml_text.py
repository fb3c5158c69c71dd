"""YAML files that are appended to without another byte of them being touched."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml
from pydantic import JsonValue

from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.formats.document import parsed_document
from podspace.growth.yaml_node import YamlNode, marks, yaml_node
from podspace.planning.files.append import Append

_PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]*")
_BREAK: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
BYTE_ORDER_MARK: Final = "\ufeff"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Splice:
    """A text to be put in at an index."""

    index: int
    text: str


def appended(text: str, append: Append, *, path: Path) -> str:
    """The text with one item or entry more, written as those before it are.

    Args:
        text: one YAML document, of which each mapping has a key once.
        append: what, and where.
        path: the file, for messages.

    Raises:
        InputError: there is no list or mapping of its own there, but an alias or a scalar.
    """
    before = parsed_document(text, path)
    mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""  # counts for no character
    bare = text.removeprefix(mark)
    node: YamlNode | None = yaml_node(bare)
    for step in append.place:
        node = node and node.get(step)
    if node and (node.is_mapping if append.key else node.is_list):
        grown = mark + _spliced(bare, _splices(bare, node, append))
        with suppress(InputError):
            if parsed_document(grown, path).data == append.to(before.data):
                return grown
    problem = Diagnostic(
        id="not-appendable",
        location=Location(path=str(append)),
        message="must be a literal list or mapping that no alias refers to",
        fix="write it out in both places, or append to it by hand",
    )
    raise InputError([before.located(problem)])


def _spliced(text: str, splices: Sequence[_Splice]) -> str:
    for splice in reversed(splices):
        text = text[: splice.index] + splice.text + text[splice.index :]
    return text


def _splices(text: str, into: YamlNode, append: Append) -> Sequence[_Splice]:
    """What to put in, in the order of the text."""
    if into.is_flow:
        return _flow_splices(text, into, append)
    column, dash = (_first_of_last(into).column, "") if append.key else (_dash(text, into), "- ")
    entry = f"{newline(text)}{' ' * column}{dash}{_entry(text, into, append)}"
    return [_Splice(index=_line_end(text, _end(into)), text=entry)]


def _flow_splices(text: str, into: YamlNode, append: Append) -> Sequence[_Splice]:
    entry = _entry(text, into, append)
    if into.last is None:
        bracket = "{" if into.is_mapping else "["
        return [_Splice(index=text.index(bracket, into.start) + 1, text=entry)]
    end, close = into.last.end, into.end - 1
    comma = max((index + 1 for index, _ in marks(text, yaml.FlowEntryToken) if end <= index < close), default=0)
    first = _first_of_last(into)
    margin = text[first.start - first.column : first.start]
    if margin.strip() or _line_end(text, end) > close:
        return [_Splice(index=comma, text=f" {entry},") if comma else _Splice(index=end, text=f", {entry}")]
    line = _Splice(index=_line_end(text, max(end, comma)), text=f"{newline(text)}{margin}{entry}{',' if comma else ''}")
    return [line] if comma else [_Splice(index=end, text=","), line]


def _first_of_last(into: YamlNode) -> YamlNode:
    """What the last item or entry begins with."""
    return into.items[-2] if into.is_mapping else into.items[-1]


def _end(node: YamlNode) -> int:
    """Where the last thing written in it ends."""
    return _end(node.last) if node.last and not node.is_flow else node.end


def _dash(text: str, into: YamlNode) -> int:
    """The column of the dashes of a list."""
    return [column for index, column in marks(text, yaml.BlockEntryToken) if index < into.items[-1].start][-1]


def _line_end(text: str, index: int) -> int:
    """The end of the line of what ends at an index, which is behind it after block scalars."""
    content = len(text[:index].rstrip()) if _BREAK.fullmatch(text[index - 1 : index]) else index
    found = _BREAK.search(text, content)
    return found.start() if found else len(text)


def newline(text: str) -> str:
    """The line ending of a text: `\\n` or `\\r\\n`."""
    found = _BREAK.search(text)
    return found[0] if found else "\n"


def _entry(text: str, into: YamlNode, append: Append) -> str:
    """The item or entry as text, in the style of the one before it."""
    key, last = (_first_of_last(into), into.last) if into.last else (None, None)
    pad = " " if "{ " in text else ""
    if append.key is None:
        return _written(append.value, near=last, pad=pad)
    name = _written(append.key, near=key, pad=pad)
    if isinstance(append.value, list) and last and last.is_list and last.last and not last.is_flow:
        start = f"{newline(text)}{' ' * _dash(text, last)}- "
        return f"{name}:" + "".join(start + _written(item, near=last.last, pad=pad) for item in append.value)
    return f"{name}: {_written(append.value, near=last, pad=pad)}"


def _written(value: JsonValue, *, near: YamlNode | None, pad: str) -> str:
    if isinstance(value, dict):
        return f"{{{pad}{', '.join(f'{key}: {_written(v, near=None, pad=pad)}' for key, v in value.items())}{pad}}}"
    if isinstance(value, list):
        return f"[{', '.join(_written(item, near=near and near.last, pad=pad) for item in value)}]"
    if not isinstance(value, str):
        return json.dumps(value)
    quote = near.quote if near else ""
    plain = _PLAIN.fullmatch(value) and yaml.safe_load(value) == value
    return f"{quote}{value}{quote}" if plain else json.dumps(value, ensure_ascii=False)
