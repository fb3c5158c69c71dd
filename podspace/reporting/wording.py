"""How counts, examples and text from files, accounts and clusters are put into a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_LONGEST: Final = 240


def counted(number: int, one: str, many: str = "") -> str:
    """A number and a noun, such as `1 pod` or `1,234 pods`."""
    return f"{number:,} {one if number == 1 else many or plural(one)}"


def plural(one: str) -> str:
    """The plural of a noun, such as `access entries`; a noun that ends in one `s` is a plural already."""
    head, rest = re.fullmatch(r"(.*?)((?: of | that ).*)?", one, re.DOTALL).groups("")  # type: ignore[union-attr]
    if head.endswith("s"):
        return f"{head}{'es' if head.endswith('ss') else ''}{rest}"
    return re.sub("(?<![aeiou])y$", "ie", head) + "s" + rest


def such_as(examples: Sequence[str], *, of: int, shown: int = 3, between: str = ", ") -> str:
    """The first few of so many, and how many more there are."""
    more = of - len(examples[:shown])
    return between.join(examples[:shown]) + (f" and {more:,} more" if more else "")


def plain(text: str) -> str:
    """The text on one line, without anything that a terminal would obey."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def printable(text: str) -> str:
    """The text with `?` for each character that a terminal would obey."""
    return cleaned(text).replace("\n", "?")


def cleaned(text: str) -> str:
    """The text with `?` for each control character, bidirectional override and the like, except ends of lines."""
    return "".join(each if each.isprintable() or each == "\n" else "?" for each in text)


def quoted(text: str, *, at: int = 0) -> str:
    """A text of a component in quotes, without control characters; a long text is shortened to the part around
    character number `at`.
    """
    begin = max(0, min(at - _LONGEST // 2, len(text) - _LONGEST))
    part = plain(text[begin : begin + _LONGEST])
    return f'"{"…" if begin else ""}{part}{"…" if begin + _LONGEST < len(text) else ""}"'
