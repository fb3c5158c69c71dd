"""A config as YAML text with comments, which give the reason of each value."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import yaml
from pydantic import JsonValue

_WIDTH: Final = 110
_STEP: Final = "  "


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A key and its value, which may be a section of further entries.

    Attributes:
        why: a comment, behind the value if it fits on the line, else above it; that of a section is above it and may
            have several lines.
    """

    key: str
    value: JsonValue | tuple[Entry, ...]
    why: str = ""


def config_text(entries: tuple[Entry, ...], *, head: str, foot: str = "") -> str:
    """The file, with comments at its head and foot and a blank line between sections."""
    sections = ["\n".join(_lines(entry, indent="")) for entry in entries]
    comments = [*_comment(head, indent="")]
    below = [line for text in foot.splitlines() for line in ("", *_comment(text, indent=""))]
    return "\n".join([*comments, "\n\n".join(sections), *below]) + "\n"


def _lines(entry: Entry, *, indent: str) -> Iterator[str]:
    if isinstance(entry.value, tuple):
        yield from _comment(entry.why, indent=indent)
        yield f"{indent}{entry.key}:"
        for inner in entry.value:
            yield from _lines(inner, indent=indent + _STEP)
        return
    if isinstance(entry.value, list) and any(isinstance(item, dict) for item in entry.value):
        yield from _comment(entry.why, indent=indent)
        yield f"{indent}{entry.key}:"
        for item in entry.value:
            yield f"{indent}{_STEP}- {flow(item)}"
        return
    line = f"{indent}{entry.key}: {flow(entry.value)}"
    if entry.why and len(line) + len(entry.why) + 3 <= _WIDTH:
        yield f"{line} # {entry.why}"
        return
    yield from _comment(entry.why, indent=indent)
    yield line


def _comment(text: str, *, indent: str) -> Iterator[str]:
    for paragraph in text.splitlines():
        yield from (f"{indent}# {line}" for line in textwrap.wrap(paragraph, _WIDTH - len(indent) - 2))


def flow(value: JsonValue) -> str:
    """A value as YAML on one line."""
    text = yaml.safe_dump(value, default_flow_style=True, width=float("inf"), sort_keys=False)
    return text.removesuffix("...\n").strip()
