"""The report of a command: diagnostics, and what else the command shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podspace.diagnostic import Diagnostic, FailOn, Severity, exit_status
from podspace.reporting.metric import Metric
from podspace.reporting.wording import counted

if TYPE_CHECKING:  # so that --help starts without pydantic
    from pydantic import JsonValue


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The report of a command, for every format.

    Attributes:
        command: name of the command, such as `lint`.
        diagnostics: diagnostics in the order of the output.
        accepted: diagnostics that a file or an app accepts; they do not fail, and `accepted` of each is the reason.
        facts: data of the command in addition to its diagnostics, as JSON.
        text: data for the text format, such as tables, shown before the diagnostics; may be empty.
        scope: input in words, such as `checked 2 stacks`; may be empty.
        file: file of the report, which the text format does not repeat; empty if there are several.
        rules: rules that the command checks, for formats that list them.
        metrics: numbers for the format of Prometheus; may be empty.
        fail_on: lowest severity with exit status 1.
    """

    command: str
    diagnostics: Sequence[Diagnostic]
    accepted: Sequence[Diagnostic] = ()
    facts: Mapping[str, JsonValue] = field(default_factory=dict)
    text: str = ""
    scope: str = ""
    file: str = ""
    rules: Sequence[ReportedRule] = ()
    metrics: Sequence[Metric] = ()
    fail_on: FailOn = "error"

    @property
    def exit_status(self) -> int:
        """1 if there is an error, or a warning that fails, else 2 if something is unknown, else 0."""
        return exit_status(self.diagnostics, fail_on=self.fail_on)

    @property
    def counts(self) -> Mapping[Severity, int]:
        """How many diagnostics there are of each severity that occurs."""
        return Counter(diagnostic.severity for diagnostic in self.diagnostics)

    @property
    def summary(self) -> str:
        """The scope and the numbers of diagnostics, in one line."""
        counts = self.counts
        parts = [f"{counts['ok']} ok"] if "ok" in counts else []
        parts += [counted(counts.get("error", 0), "error"), counted(counts.get("warning", 0), "warning")]
        parts += [counted(counts["note"], "note")] if "note" in counts else []
        parts += [f"{counts['unknown']} unknown"] if "unknown" in counts else []
        parts += [f"{len(self.accepted)} accepted"] if self.accepted else []
        return "; ".join(filter(None, [self.scope, ", ".join(parts)]))


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportedRule:
    """A rule, for formats that list all of them.

    Attributes:
        id: id of its diagnostics.
        severity: default severity of its diagnostics.
        what: what it finds, in a sentence.
        cause: why it matters.
        fix: what to do about it.
        source: URL of the page that documents it.
        inferred: whether it follows from the page without being stated there.
    """

    id: str
    severity: Severity
    what: str
    cause: str = ""
    fix: str = ""
    source: str = ""
    inferred: bool = False
