"""Comparisons as diagnostics, as JSON, and in one line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pydantic import JsonValue

from podspace.diagnostic import Diagnostic, Location, Severity
from podspace.growth.change import EFFECTS, Advice, Change, Effect
from podspace.growth.network_comparison import NetworkComparison

_MESSAGES: Final[Mapping[Effect, str]] = {
    "added": "is added",
    "updated": "is updated in place",
    "replaces-nodes": "changes, which replaces nodes",
    "replaced": "is replaced",
    "removed": "is removed",
    "refused": "changes, which is refused",
}


def change_diagnostics(comparisons: Sequence[NetworkComparison]) -> Iterator[Diagnostic]:
    """Each change as a diagnostic of the file that makes it, or that is gone: an error if it loses something."""
    for comparison in comparisons:
        for change in comparison.changes:
            yield _diagnostic(change, file=comparison.new or comparison.old)


def _diagnostic(change: Change, *, file: str) -> Diagnostic:
    advice = change.advice or Advice(why="")
    return Diagnostic(
        id=f"{re.sub('[^a-z0-9]+', '-', change.what.lower())}-{change.effect}",
        severity=_severity(change),
        subject=" ".join(filter(None, [change.what, change.name])),
        location=Location(file=file),
        message=_MESSAGES[change.effect] + (f": {change.text}" if change.text else ""),
        cause=advice.why,
        fix=advice.instead,
        source=advice.source,
        inferred=advice.inferred,
    )


def _severity(change: Change) -> Severity:
    if change.loses:
        return "error"
    return "note" if change.effect in ("added", "updated") else "warning"


def verdict(comparisons: Sequence[NetworkComparison]) -> str:
    """How many changes there are of each effect, how many deployed subnets are lost, and what else is."""
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


def comparison_facts(comparison: NetworkComparison) -> dict[str, JsonValue]:
    """A network on both sides, with its changes, as JSON; causes and fixes are in the diagnostics."""
    return {
        "name": comparison.name,
        "old": comparison.old,
        "new": comparison.new,
        "changes": [
            {
                "what": change.what,
                "name": change.name,
                "effect": change.effect,
                "loses": change.loses,
                "difference": change.text,
                "subnets": list(change.subnets),
            }
            for change in comparison.changes
        ],
    }
