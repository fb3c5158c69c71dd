"""Comparisons for a person and for a program."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from pydantic import JsonValue

from podspace.growth.change import EFFECTS, Advice, Change
from podspace.growth.network_comparison import NetworkComparison

_WIDTH: Final = max(map(len, EFFECTS))
_RED, _YELLOW, _GREEN = "31", "33", "32"


def text_report(comparisons: Sequence[NetworkComparison], *, color: bool = False) -> str:
    """A line for each change, the worst last, why and what to do below, and a last line with the verdict."""
    lines: list[str] = []
    for comparison in comparisons:
        if len(comparisons) > 1 and comparison.changes:
            lines.append(f"{comparison.new or comparison.old}: {comparison.name}")
        lines += _lines(comparison.changes, color=color)
    return "\n".join([*lines, verdict(comparisons)])


def _lines(changes: Sequence[Change], *, color: bool) -> Iterator[str]:
    """What several changes have in common is said below the last of them."""
    for (effect, advice), alike in groupby(changes, key=lambda change: (change.effect, change.advice)):
        for change in alike:
            head = f"{effect:{_WIDTH}}"
            if color:
                head = f"\x1b[{_color(change)}m{head}\x1b[0m"
            yield f"{head}  {' '.join(filter(None, [change.what, change.name]))}" + (
                f": {change.text}" if change.text else ""
            )
        if advice:
            yield from _advice(advice)


def _color(change: Change) -> str:
    if change.loses:
        return _RED
    return _GREEN if change.effect in ("added", "updated") else _YELLOW


def _advice(advice: Advice) -> Iterator[str]:
    indent = " " * (_WIDTH + 2)
    yield f"{indent}why: {advice.why}{'' if advice.source or not advice.inferred else ' (inferred)'}"
    if advice.instead:
        yield f"{indent}-> {advice.instead}"
    if advice.source:
        yield f"{indent}see {advice.source}{' (inferred)' if advice.inferred else ''}"


def verdict(comparisons: Sequence[NetworkComparison]) -> str:
    """How many changes there are of each effect, how many live subnets they cost, and what else they do."""
    changes = [change for comparison in comparisons for change in comparison.changes]
    counts = Counter(change.effect for change in changes)
    counted = ", ".join(f"{counts[effect]} {effect}" for effect in EFFECTS if counts[effect]) or "nothing changes"
    lost = sum(len({cidr for change in each.changes for cidr in change.subnets}) for each in comparisons)
    subnets = (
        f"{lost} live subnet{'' if lost == 1 else 's'} would be replaced or removed"
        if lost
        else "no live subnet is replaced or removed"
    )
    others = [
        f"{change.effect}: {change.what} {change.name}".strip()
        for change in changes
        if change.loses and not change.subnets
    ]
    return f"{counted}; {'; '.join([subnets, *dict.fromkeys(others)])}"


def json_report(comparisons: Sequence[NetworkComparison], *, facts: Mapping[str, JsonValue] | None = None) -> str:
    """Everything as one JSON object.

    Args:
        comparisons: under the key `networks`.
        facts: further keys, such as what was appended.
    """
    found: dict[str, JsonValue] = {
        **(facts or {}),
        "loses": any(comparison.loses for comparison in comparisons),
        "verdict": verdict(comparisons),
        "networks": [
            {
                "name": comparison.name,
                "old": comparison.old,
                "new": comparison.new,
                "changes": [_json(change) for change in comparison.changes],
            }
            for comparison in comparisons
        ],
    }
    return json.dumps(found, indent=2, ensure_ascii=False)


def _json(change: Change) -> dict[str, JsonValue]:
    advice = change.advice or Advice(why="")
    return {
        "what": change.what,
        "name": change.name,
        "effect": change.effect,
        "loses": change.loses,
        "text": change.text,
        "subnets": list(change.subnets),
        "why": advice.why,
        "instead": advice.instead,
        "source": advice.source,
        "inferred": advice.inferred,
    }
