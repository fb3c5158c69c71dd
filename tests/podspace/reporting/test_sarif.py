"""Reports as SARIF 2.1.0, by the rules of its specification that code scanning services check."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from podspace.diagnostic import SEVERITIES, Location
from podspace.reporting import Report
from podspace.reporting.report import ReportedRule
from podspace.reporting.sarif import written
from tests.podspace.reporting.reports import EMPTY, ERROR, NOTE, REPORT, evil


def run_of(report: Report) -> Any:
    """The one run of the log, which keeps the rules of https://docs.oasis-open.org/sarif/sarif/v2.1.0/."""
    log = json.loads(written(report))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    ids = [rule["id"] for rule in rules]
    assert len(set(ids)) == len(ids)
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in {"none", "note", "warning", "error"}
    for result in run["results"]:
        assert result["ruleId"] in ids
        assert result["message"]["text"]
        assert result["level"] in {"none", "note", "warning", "error"}
        assert result["kind"] == "fail" or result["level"] == "none"
        for location in result["locations"]:
            physical = location.get("physicalLocation", {"artifactLocation": {"uri": "x"}})
            assert urlsplit(physical["artifactLocation"]["uri"])
            assert physical.get("region", {"startLine": 1})["startLine"] >= 1
            assert all(each["fullyQualifiedName"] for each in location.get("logicalLocations", ()))
    return run


def test_every_severity_has_its_kind_and_level() -> None:
    results = run_of(REPORT)["results"]
    assert [(each["kind"], each["level"]) for each in results] == [
        ("fail", "error"),
        ("fail", "warning"),
        ("open", "none"),
        ("pass", "none"),
        ("fail", "note"),
        ("fail", "warning"),
    ]
    assert [result.get("suppressions") for result in results] == [None] * 5 + [
        [{"kind": "inSource", "justification": "it is meant"}]
    ]


def test_a_result_has_its_line_and_its_object() -> None:
    error, warning, unknown, ok, _, _ = run_of(REPORT)["results"]
    (location,) = error["locations"]
    assert location["physicalLocation"] == {"artifactLocation": {"uri": "a.yaml"}, "region": {"startLine": 5}}
    assert location["logicalLocations"] == [{"fullyQualifiedName": "NodeClass/pods#spec.role"}]
    assert warning["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "stdin"}
    assert unknown["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "gone.yaml"}}}]
    assert ok["locations"] == [{"logicalLocations": [{"fullyQualifiedName": "vpc-1"}]}]
    (nowhere,) = run_of(Report(command="plan", diagnostics=[replace(NOTE, subject="")]))["results"]
    assert nowhere["locations"] == []


def test_what_is_unknown_makes_the_run_unsuccessful() -> None:
    (invocation,) = run_of(REPORT)["invocations"]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    assert (notification["level"], notification["descriptor"]["id"]) == ("error", "unreadable")
    assert run_of(EMPTY)["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]
    assert run_of(Report(command="lint", diagnostics=[ERROR]))["invocations"][0]["executionSuccessful"] is True


def test_rules_of_the_report_come_first_and_those_of_its_diagnostics_are_added() -> None:
    rule = ReportedRule(id=ERROR.id, severity="warning", what="What.", cause="Why.", fix="Do.", source="https://x")
    run = run_of(replace(REPORT, rules=(rule, ReportedRule(id="other", severity="error", what="Other."))))
    first, second, *others = run["tool"]["driver"]["rules"]
    assert first == {
        "id": ERROR.id,
        "shortDescription": {"text": "What."},
        "fullDescription": {"text": "Why."},
        "help": {"text": "Do."},
        "helpUri": "https://x",
        "defaultConfiguration": {"level": "warning"},
    }
    assert (second["id"], len(others)) == ("other", 4)


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("my file.yaml", "my%20file.yaml"),
        ("ä#?.yaml", "%C3%A4%23%3F.yaml"),
        ("\udcff.yaml", "%FF.yaml"),
        (str(Path.cwd() / "a.yaml"), "a.yaml"),
        ("/elsewhere/a b", "file:///elsewhere/a%20b"),
    ],
)
def test_a_file_is_a_uri_relative_to_where_the_command_runs(file: str, uri: str) -> None:
    (result,) = run_of(Report(command="lint", diagnostics=[replace(ERROR, location=Location(file=file))]))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_text_of_others_is_escaped() -> None:
    report = Report(command="lint", diagnostics=[evil(severity) for severity in SEVERITIES])
    assert all(each.isprintable() or each == "\n" for each in written(report))
    assert len(run_of(report)["results"]) == len(SEVERITIES)
