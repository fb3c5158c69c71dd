"""What the linter found as a report: what was checked, what is accepted, and all of its rules."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from podspace.diagnostic import Diagnostic, Location
from podspace.lint import RULES
from podspace.lint.api_rules import API_RULES
from podspace.lint.linter import Linted
from podspace.lint.report import lint_report
from podspace.reporting import Format, written
from tests.json_report import the_report

ERROR = Diagnostic(id="refused-by-api-server", location=Location(file="a.yaml", line=5), message="must be a name")
WARNING = Diagnostic(
    id="may-not-work", severity="warning", location=Location(file="-", line=1), message="must be given"
)
GONE = Diagnostic(id="unreadable", severity="unknown", location=Location(file="gone.yaml"), message="must be a file")


@pytest.mark.parametrize(
    ("linted", "line"),
    [
        (Linted(), "checked no template, NodeClass, NodePool or ENIConfig; 0 errors, 0 warnings"),
        (Linted(checked=Counter({"ENIConfig": 2})), "checked 2 ENIConfig; 0 errors, 0 warnings"),
        (Linted(checked=Counter({"stack": 2, "NodeClass": 1})), "checked 1 NodeClass, 2 stacks; 0 errors, 0 warnings"),
        (
            Linted(passed_over=Counter({"Pod": 1})),
            "checked no template, NodeClass, NodePool or ENIConfig; skipped 1 Pod; 0 errors, 0 warnings",
        ),
        (
            Linted(findings=[ERROR, ERROR, WARNING, WARNING, WARNING], checked=Counter({"NodeClass": 1})),
            "checked 1 NodeClass; 2 errors, 3 warnings",
        ),
        (
            Linted(unreadable=[GONE], acknowledged=[ERROR]),
            "checked no template, NodeClass, NodePool or ENIConfig; 0 errors, 0 warnings, 1 unknown, 1 accepted",
        ),
    ],
)
def test_the_last_line_counts_what_was_checked_and_found(linted: Linted, line: str) -> None:
    assert lint_report(linted).summary == line
    assert written(lint_report(linted), format_=Format.TEXT).splitlines()[-1] == line


@pytest.mark.parametrize(
    ("linted", "status"),
    [
        (Linted(), 0),
        (Linted(findings=[WARNING]), 0),
        (Linted(findings=[WARNING, ERROR]), 1),
        (Linted(unreadable=[GONE]), 2),
        (Linted(findings=[ERROR], unreadable=[GONE]), 1),
        (Linted(acknowledged=[ERROR]), 0),
    ],
)
def test_an_error_decides_on_the_exit_status_before_what_is_unreadable(linted: Linted, status: int) -> None:
    assert linted.exit_status == lint_report(linted).exit_status == status


def test_programs_get_what_was_checked_and_passed_over() -> None:
    linted = Linted(
        unreadable=[GONE],
        findings=[ERROR],
        checked=Counter({"NodePool": 1, "NodeClass": 2}),
        passed_over=Counter({"Service": 1, "ConfigMap": 3}),
    )
    report = the_report(written(lint_report(linted), format_=Format.JSON))
    assert report["facts"] == {
        "checked": {"NodeClass": 2, "NodePool": 1},
        "passed_over": {"ConfigMap": 3, "Service": 1},
    }
    assert list(report["facts"]["checked"]) == ["NodeClass", "NodePool"]
    assert [each["id"] for each in report["diagnostics"]] == ["unreadable", "refused-by-api-server"]


def test_sarif_lists_all_rules_with_their_levels() -> None:
    """Whatever was found."""
    driver = json.loads(written(lint_report(Linted()), format_=Format.SARIF))["runs"][0]["tool"]["driver"]
    levels = {rule["id"]: rule["defaultConfiguration"]["level"] for rule in driver["rules"]}
    assert levels == {id: rule.severity for id, rule in API_RULES.items()} | {
        id: rule.level for id, rule in RULES.items()
    }
    assert all(rule["shortDescription"]["text"].endswith(".") for rule in driver["rules"])
