"""Comparisons as diagnostics, as JSON, and in one line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pydantic import JsonValue

from podspace.diagnostic import Diagnostic, Location
from podspace.diff.change import EFFECTS, Change, Effect
from podspace.diff.network_comparison import NetworkComparison
from podspace.reporting.wording import counted

_MESSAGES: Final[Mapping[Effect, str]] = {
    "added": "is added",
    "updated": "is updated in place",
    "replaces-nodes": "changes, which replaces nodes",
    "replaced": "is replaced",
    "removed": "is removed",
    "refused": "changes, which is refused",
}


def diagnostics(comparison: NetworkComparison) -> tuple[Diagnostic, ...]:
    """Each change as a diagnostic of its config file, or of the removed one: an error if pods or nodes lose something.

    The id consists of the kind and the effect, such as `pod-subnet-replaced`.
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
    effects = ", ".join(f"{counts[effect]} {effect}" for effect in EFFECTS if counts[effect])
    lost = sum(len({cidr for change in each.changes for cidr in change.subnets}) for each in comparisons)
    subnets = "no deployed subnet is replaced or removed"
    if lost:
        subnets = f"{counted(lost, 'deployed subnet')} would be replaced or removed"
    others = [change for change in changes if change.loses and not change.subnets]
    return "; ".join([effects or "nothing changes", subnets, *_listed(others)])


def _listed(changes: Sequence[Change]) -> Iterator[str]:
    """Changes in words; several of one effect and kind are counted."""
    counts = Counter((change.effect, change.kind) for change in changes)
    titles = {(change.effect, change.kind): change.title for change in changes}
    for (effect, kind), count in counts.items():
        yield f"{effect}: {titles[effect, kind] if count == 1 else counted(count, kind)}"


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
