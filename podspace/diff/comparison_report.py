"""Comparisons as diagnostics, as JSON, and in one line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import JsonValue

from podspace.diagnostic import Diagnostic, Location
from podspace.diff.change import EFFECTS, Change, Effect
from podspace.diff.network_comparison import NetworkComparison

_MESSAGES: Final[Mapping[Effect, str]] = {
    "added": "is added",
    "updated": "is updated in place",
    "replaces-nodes": "changes, which replaces nodes",
    "replaced": "is replaced",
    "removed": "is removed",
    "refused": "changes, which is refused",
}


def diagnostics(comparison: NetworkComparison) -> tuple[Diagnostic, ...]:
    """Each change as a diagnostic of the file that makes it, or of the file that is gone: an error if it loses.

    The id is made of the kind and the effect, such as `pod-subnet-replaced`.
    """
    file = comparison.new or comparison.old
    return tuple(_diagnostic(change, file=file) for change in comparison.changes)


def _diagnostic(change: Change, *, file: str) -> Diagnostic:
    return Diagnostic(
        id=f"{re.sub('[^a-z0-9]+', '-', change.kind.lower())}-{change.effect}",
        severity=change.severity,
        subject=change.title,
        location=Location(file=file),
        message=_MESSAGES[change.effect] + (f": {change.text}" if change.text else ""),
        cause=change.advice.cause,
        fix=change.advice.fix,
        source=change.advice.source,
        inferred=change.advice.inferred,
    )


def verdict(comparisons: Sequence[NetworkComparison]) -> str:
    """How many changes there are of each effect, how many deployed subnets are lost, and what else is."""
    changes = [change for comparison in comparisons for change in comparison.changes]
    counts = Counter(change.effect for change in changes)
    counted = ", ".join(f"{counts[effect]} {effect}" for effect in EFFECTS if counts[effect]) or "nothing changes"
    lost = sum(len({cidr for change in each.changes for cidr in change.subnets}) for each in comparisons)
    subnets = (
        f"{lost} deployed subnet{'' if lost == 1 else 's'} would be replaced or removed"
        if lost
        else "no deployed subnet is replaced or removed"
    )
    others = [f"{change.effect}: {change.title}" for change in changes if change.loses and not change.subnets]
    return f"{counted}; {'; '.join([subnets, *dict.fromkeys(others)])}"


def comparison_facts(comparison: NetworkComparison) -> dict[str, JsonValue]:
    """A network on both sides, with its changes, as JSON; causes and fixes are in the diagnostics."""
    return {
        "name": comparison.name,
        "old": comparison.old,
        "new": comparison.new,
        "changes": [
            {
                "kind": change.kind,
                "name": change.name,
                "effect": change.effect,
                "loses": change.loses,
                "difference": change.text,
                "subnets": list(change.subnets),
            }
            for change in comparison.changes
        ],
    }
