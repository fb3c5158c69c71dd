"""What the linter found, as a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from podspace.lint.catalogue import RULES
from podspace.lint.linter import API_RULES, Linted
from podspace.reporting import Report
from podspace.reporting.report import ReportedRule
from podspace.reporting.wording import counted


def lint_report(linted: Linted) -> Report:
    """The report of `podspace lint`."""
    scope = f"checked {_counts(linted.checked) or 'no template, NodeClass, NodePool or ENIConfig'}"
    if linted.passed_over:
        scope += f"; passed over {_counts(linted.passed_over)}"
    return Report(
        command="lint",
        diagnostics=linted.diagnostics,
        accepted=tuple(linted.acknowledged),
        facts={
            "checked": dict(sorted(linted.checked.items())),
            "passed_over": dict(sorted(linted.passed_over.items())),
        },
        scope=scope,
        rules=tuple(_rules()),
    )


def _counts(kinds: Mapping[str, int]) -> str:
    return ", ".join(counted(n, kind) if kind == "stack" else f"{n:,} {kind}" for kind, n in sorted(kinds.items()))


def _rules() -> Iterator[ReportedRule]:
    for id, (severity, what) in API_RULES.items():
        yield ReportedRule(id=id, severity=severity, what=what)
    for id, rule in RULES.items():
        yield ReportedRule(id=id, severity=rule.level, what=rule.what, cause=rule.why, fix=rule.fix, source=rule.source)
