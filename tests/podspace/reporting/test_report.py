"""A report counts its diagnostics and has one exit status."""

from __future__ import annotations

import pytest

from podspace.diagnostic import Diagnostic
from podspace.reporting import Report
from tests.podspace.reporting.reports import ACCEPTED, EMPTY, ERROR, GONE, NOTE, OK, REPORT, WARNING


@pytest.mark.parametrize(
    ("diagnostics", "status"),
    [
        ([], 0),
        ([OK, NOTE, WARNING], 0),
        ([OK, WARNING, ERROR], 1),
        ([OK, GONE], 2),
        ([GONE, ERROR], 1),
        ([ERROR, GONE, OK], 1),
    ],
)
def test_an_error_decides_on_the_exit_status_before_what_is_unknown(diagnostics: list[Diagnostic], status: int) -> None:
    assert Report(command="lint", diagnostics=diagnostics).exit_status == status


def test_accepted_diagnostics_do_not_fail() -> None:
    assert Report(command="lint", diagnostics=(), accepted=(ACCEPTED, ERROR)).exit_status == 0


@pytest.mark.parametrize(
    ("report", "summary"),
    [
        (EMPTY, "0 errors, 0 warnings"),
        (REPORT, "checked 2 stacks; 1 ok, 1 error, 1 warning, 1 note, 1 unknown, 1 accepted"),
        (Report(command="x", diagnostics=[ERROR] * 2 + [WARNING] * 1_000), "2 errors, 1,000 warnings"),
    ],
)
def test_the_summary_counts_what_there_is_of_each_severity(report: Report, summary: str) -> None:
    assert report.summary == summary
