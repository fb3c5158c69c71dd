"""What was found is told to a person, to a program, and to tools that read SARIF."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any
from xml.etree import ElementTree

import pytest

from podspace.diagnostic import Diagnostic, Location
from podspace.lint import RULES
from podspace.lint.finding import Finding
from podspace.lint.linter import API_RULES, Linted
from podspace.reporting.junit import junit_report
from podspace.reporting.lint_report import json_report, summary, text_report
from podspace.reporting.sarif import sarif_report

PROBLEM = Diagnostic(
    location=Location(path="spec.role"),
    subject='"a b"',
    message="must be a name",
    fix="write ab",
    source="https://example.com",
    inferred=True,
)
SHORT = Diagnostic(location=Location(path="spec"), message="must be given")
GONE = Diagnostic(
    location=Location(path="gone.yaml"), message="must be a file that can be read: No such file or directory"
)
TWICE = Diagnostic(location=Location(path="a.yaml:4: spec.role"), message="must be written once", fix="merge the two")


def a_finding(problem: Diagnostic = PROBLEM, **changes: Any) -> Finding:
    given = {"file": "a.yaml", "line": 5, "document": 2, "kind": "NodeClass", "name": "pods"}
    return Finding(**{**given, "rule": "refused-by-api-server", "level": "error", "problem": problem, **changes})


ERROR = a_finding()
NOTE = a_finding(SHORT, file="-", line=1, document=1, kind="NodePool", name="", rule="may-not-work", level="warning")
LINTED = Linted(
    findings=[ERROR, NOTE],
    unreadable=[GONE, TWICE],
    checked=Counter({"NodePool": 1, "NodeClass": 2}),
    passed_over=Counter({"Service": 1, "ConfigMap": 3}),
)


def test_a_finding_is_a_paragraph_for_a_person() -> None:
    """What cannot be read comes first, and the last line counts."""
    assert text_report(LINTED).splitlines() == [
        "gone.yaml: unreadable",
        "    must be a file that can be read: No such file or directory",
        "a.yaml:4: spec.role: unreadable",
        "    must be written once",
        "    -> merge the two",
        'a.yaml:5: NodeClass pods: error[refused-by-api-server]: spec.role: "a b"',
        "    must be a name",
        "    -> write ab",
        "    see https://example.com (inferred)",
        "-:1: NodePool: warning[may-not-work]: spec",
        "    must be given",
        "checked 2 NodeClass, 1 NodePool; passed over 3 ConfigMap, 1 Service; 1 error, 1 warning; 2 unreadable",
    ]


def test_colors_are_only_there_when_asked_for() -> None:
    """They say the same, and each ends."""
    plain, colored = text_report(LINTED), text_report(LINTED, color=True)
    assert "\x1b" not in plain
    assert "\x1b[31merror[refused-by-api-server]\x1b[0m" in colored
    assert "\x1b[33mwarning[may-not-work]\x1b[0m" in colored
    assert "\x1b[31munreadable\x1b[0m" in colored
    assert "\x1b[1ma.yaml:5: NodeClass pods\x1b[0m" in colored
    stripped = colored
    for code in ("\x1b[0m", "\x1b[1m", "\x1b[31m", "\x1b[33m"):
        stripped = stripped.replace(code, "")
    assert stripped == plain


@pytest.mark.parametrize(
    ("linted", "line"),
    [
        (Linted(), "checked no template, NodeClass, NodePool or ENIConfig; 0 errors, 0 warnings"),
        (Linted(checked=Counter({"ENIConfig": 2})), "checked 2 ENIConfig; 0 errors, 0 warnings"),
        (
            Linted(passed_over=Counter({"Pod": 1})),
            "checked no template, NodeClass, NodePool or ENIConfig; passed over 1 Pod; 0 errors, 0 warnings",
        ),
        (
            Linted(findings=[ERROR, ERROR, NOTE, NOTE, NOTE], checked=Counter({"NodeClass": 1})),
            "checked 1 NodeClass; 2 errors, 3 warnings",
        ),
        (
            Linted(unreadable=[GONE]),
            "checked no template, NodeClass, NodePool or ENIConfig; 0 errors, 0 warnings; 1 unreadable",
        ),
    ],
)
def test_the_last_line_counts(linted: Linted, line: str) -> None:
    """What was checked, what was passed over, and what came of it."""
    assert summary(linted) == line
    assert text_report(linted).splitlines()[-1] == line


@pytest.mark.parametrize(
    ("linted", "status"),
    [
        (Linted(), 0),
        (Linted(findings=[NOTE]), 0),
        (Linted(findings=[NOTE, ERROR]), 1),
        (Linted(unreadable=[GONE]), 2),
        (Linted(findings=[ERROR], unreadable=[GONE]), 2),
    ],
)
def test_the_worst_decides_on_the_exit_status(linted: Linted, status: int) -> None:
    """A warning is none of it."""
    assert linted.exit_status == status


def test_a_program_gets_everything_as_one_object() -> None:
    """Each key of a finding, whatever it says."""
    report = json.loads(json_report(LINTED))
    assert list(report) == ["findings", "acknowledged", "unreadable", "checked", "passedOver"]
    assert report["findings"] == [
        {
            "rule": "refused-by-api-server",
            "level": "error",
            "file": "a.yaml",
            "line": 5,
            "document": 2,
            "kind": "NodeClass",
            "name": "pods",
            "constructPath": "",
            "path": "spec.role",
            "value": '"a b"',
            "must": "must be a name",
            "why": "",
            "fix": "write ab",
            "source": "https://example.com",
            "inferred": True,
        },
        {
            "rule": "may-not-work",
            "level": "warning",
            "file": "-",
            "line": 1,
            "document": 1,
            "kind": "NodePool",
            "name": "",
            "constructPath": "",
            "path": "spec",
            "value": "",
            "must": "must be given",
            "why": "",
            "fix": "",
            "source": "",
            "inferred": False,
        },
    ]
    assert [(problem["path"], problem["must"]) for problem in report["unreadable"]] == [
        (GONE.location.path, GONE.message),
        (TWICE.location.path, TWICE.message),
    ]
    assert report["checked"] == {"NodeClass": 2, "NodePool": 1}
    assert report["passedOver"] == {"ConfigMap": 3, "Service": 1}
    assert list(report["checked"]) == ["NodeClass", "NodePool"]


def test_a_program_gets_nothing_as_an_object_too() -> None:
    """The keys are always there."""
    assert json.loads(json_report(Linted())) == {
        "findings": [],
        "acknowledged": [],
        "unreadable": [],
        "checked": {},
        "passedOver": {},
    }


def run_of(linted: Linted) -> Any:
    report = json.loads(sarif_report(linted))
    assert report["version"] == "2.1.0"
    assert report["$schema"].endswith("sarif-2.1.0.json")
    (run,) = report["runs"]
    return run


def test_sarif_names_the_tool_and_its_rules() -> None:
    """All of them, whatever was found, each with its level."""
    driver = run_of(Linted())["tool"]["driver"]
    assert driver["name"] == "podspace"
    levels = {rule["id"]: rule["defaultConfiguration"]["level"] for rule in driver["rules"]}
    assert levels == {id: level for id, (level, _) in API_RULES.items()} | {
        id: rule.level for id, rule in RULES.items()
    }
    assert (levels["refused-by-api-server"], levels["may-not-work"]) == ("error", "warning")
    assert all(rule["shortDescription"]["text"].endswith(".") for rule in driver["rules"])


def test_sarif_has_a_result_for_each_finding() -> None:
    """With its rule, its level, its words, its line, and the object and place in it."""
    error, note = run_of(LINTED)["results"]
    assert (error["ruleId"], error["level"]) == ("refused-by-api-server", "error")
    assert error["message"]["text"] == str(PROBLEM)
    (location,) = error["locations"]
    assert location["physicalLocation"] == {"artifactLocation": {"uri": "a.yaml"}, "region": {"startLine": 5}}
    assert location["logicalLocations"] == [{"fullyQualifiedName": "NodeClass/pods#spec.role"}]
    assert (note["ruleId"], note["level"]) == ("may-not-work", "warning")
    assert note["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "stdin"}


def test_sarif_tells_what_could_not_be_read() -> None:
    """As a run that was not successful."""
    assert run_of(Linted(findings=[ERROR]))["invocations"] == [
        {"executionSuccessful": True, "toolExecutionNotifications": []}
    ]
    (invocation,) = run_of(LINTED)["invocations"]
    assert invocation["executionSuccessful"] is False
    assert {each["descriptor"]["id"] for each in invocation["toolExecutionNotifications"]} == {"unreadable"}
    assert [(each["level"], each["message"]["text"]) for each in invocation["toolExecutionNotifications"]] == [
        ("error", str(GONE)),
        ("error", str(TWICE)),
    ]


@pytest.mark.parametrize(("file", "uri"), [("my file.yaml", "my%20file.yaml"), ("ä#?.yaml", "%C3%A4%23%3F.yaml")])
def test_sarif_writes_the_file_as_a_uri(file: str, uri: str) -> None:
    """As its schema asks."""
    (result,) = run_of(Linted(findings=[a_finding(file=file)]))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


@pytest.mark.parametrize("report", [json_report, sarif_report])
def test_text_beyond_ascii_stays_readable(report: Any) -> None:
    """In JSON of any kind."""
    problem = Diagnostic(location=Location(path="spec.role"), subject='"größe"', message="must be right")
    assert "größe" in report(Linted(findings=[a_finding(problem)]))


def test_junit_has_a_suite_for_each_file_and_a_failure_for_each_error() -> None:
    """A warning is a test that passes and says what it found; what is unreadable is an error."""
    root = ElementTree.fromstring(junit_report(LINTED))
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == ["a.yaml", "-", "unreadable"]
    (failure,) = suites["a.yaml"].iter("failure")
    assert (failure.get("type"), failure.get("message")) == ("refused-by-api-server", "must be a name")
    assert suites["a.yaml"].get("failures") == "1"
    assert suites["-"].get("failures") == "0"
    (said,) = suites["-"].iter("system-out")
    assert said.text == "spec\n    must be given"
    assert [error.get("message") for error in suites["unreadable"].iter("error")] == [GONE.message, TWICE.message]


def test_junit_of_nothing_found_is_a_test_that_passed() -> None:
    """No test at all looks as if nothing ran."""
    (suite,) = ElementTree.fromstring(junit_report(Linted(checked=Counter({"stack": 1}))))
    (case,) = suite
    assert (case.get("name"), list(case)) == ("checked 1 stack; 0 errors, 0 warnings", [])


def test_junit_holds_what_xml_cannot() -> None:
    """Control characters are replaced, and what XML reserves is escaped."""
    problem = Diagnostic(location=Location(path="spec.role"), subject="\x00\x1b<a>&", message="must be <right>")
    (suite,) = ElementTree.fromstring(junit_report(Linted(findings=[a_finding(problem)])))
    assert suite[0][0].get("message") == "must be <right>"
    assert "??<a>&" in str(suite[0][0].text)


def test_what_is_acknowledged_is_counted_and_told_to_programs() -> None:
    """With its reason; it fails nothing."""
    linted = Linted(acknowledged=[(ERROR, "it is meant")])
    assert linted.exit_status == 0
    assert summary(linted).endswith("; 1 acknowledged")
    (told,) = json.loads(json_report(linted))["acknowledged"]
    assert (told["rule"], told["reason"]) == ("refused-by-api-server", "it is meant")
    (result,) = run_of(linted)["results"]
    assert result["suppressions"] == [{"kind": "inSource", "justification": "it is meant"}]
