"""The findings of the linter as a report."""

from __future__ import annotations

from collections.abc import Mapping

from podspace.lint.every_rule import EVERY_RULE
from podspace.lint.linter import Linted
from podspace.lint.settings import LintSettings, ReadSettings
from podspace.reporting import Report
from podspace.reporting.wording import counted


def lint_report(linted: Linted, read: ReadSettings | None = None) -> Report:
    """The report of `podspace lint` under settings; by default every finding is reported, and errors fail."""
    read = read or ReadSettings(settings=LintSettings())
    settings = read.settings
    scope = f"checked {_counts(linted.checked) or 'no template, NodeClass, NodePool or ENIConfig'}"
    if linted.passed_over:
        scope += f"; skipped {_counts(linted.passed_over)}"
    if read.file:
        scope += f"; settings of {read.file}"
    return Report(
        command="lint",
        diagnostics=(*linted.unreadable, *(each for each in linted.findings if settings.reports(each.id))),
        accepted=tuple(each for each in linted.acknowledged if settings.reports(each.id)),
        facts={
            "checked": dict(sorted(linted.checked.items())),
            "passed_over": dict(sorted(linted.passed_over.items())),
        },
        scope=scope,
        rules=tuple(rule for id, rule in EVERY_RULE.items() if settings.reports(id)),
        fail_on=settings.fail_on,
    )


def _counts(kinds: Mapping[str, int]) -> str:
    return ", ".join(counted(n, kind) if kind == "stack" else f"{n:,} {kind}" for kind, n in sorted(kinds.items()))
