"""What the linter says of every planted fault: severity, place and value, which only a change of a rule may change.

`make findings` records them anew. Read the diff: each line is a finding that somebody may have acknowledged.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.defects.corpus import Case, fault_cases
from podspace.diagnostic import Diagnostic
from podspace.lint.linter import Linted, lint
from tools import REPOSITORY

RECORD = REPOSITORY / "tests" / "podspace" / "lint" / "findings.json"


def findings_of(linted: Linted) -> list[str]:
    """The findings, a line each."""
    return [_line(finding) for finding in linted.findings]


def _line(finding: Diagnostic) -> str:
    inferred = " (inferred)" if finding.inferred else ""
    place = f"{finding.location.kind} {finding.location.name} {finding.location.path}"
    return f"{finding.severity} {finding.id}{inferred}: {place}: {finding.subject}"


def findings(cases: Iterable[Case]) -> dict[str, list[str]]:
    """The findings of planted faults by the names of the cases."""
    with TemporaryDirectory() as folder:
        return {case.name: findings_of(lint([case.write(Path(folder))])) for case in cases}


def main() -> None:
    """Write them."""
    text = json.dumps(dict(sorted(findings(fault_cases()).items())), indent=1, ensure_ascii=False)
    RECORD.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
