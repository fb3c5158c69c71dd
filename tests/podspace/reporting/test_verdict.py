"""What comes of verdicts, and how they are told."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.diagnostic import Diagnostic, Severity, error, exit_status, ok, warning
from podspace.reporting.verdict_report import json_report, junit_report, summary, text_report

UNKNOWN = Diagnostic(id="quota", severity="unknown", subject="servicequotas:GetServiceQuota", message="not allowed")
VERDICTS = [
    ok("dns", "vpc-1", "has DNS on"),
    warning("subnet", "subnet-1", "has 3 free addresses", fix="name a larger one"),
    error("gateway", "nat-1", "is deleted", fix="name another", source="https://example.org/nat", inferred=True),
    UNKNOWN,
]
outcomes = st.sampled_from(["ok", "warning", "error", "unknown"])


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [([], 0), (VERDICTS[:2], 0), (VERDICTS[:3], 1), ([UNKNOWN], 2), (VERDICTS, 1), ([VERDICTS[0], UNKNOWN], 2)],
)
def test_the_status_is_that_of_the_worst(verdicts: list[Diagnostic], status: int) -> None:
    """What is wrong comes before what is not known, and what is not known before what is right."""
    assert exit_status(verdicts) == status


def test_a_person_sees_what_to_do_under_what_was_found() -> None:
    lines = text_report(VERDICTS).splitlines()
    assert lines[0] == "ok       dns: vpc-1: has DNS on"
    assert lines[1:3] == ["warning  subnet: subnet-1: has 3 free addresses", "         -> name a larger one"]
    assert lines[3:6] == [
        "error    gateway: nat-1: is deleted",
        "         -> name another",
        "         see https://example.org/nat (inferred)",
    ]
    assert lines[-1] == "1 ok, 1 warning, 1 error, 1 unknown"


def test_colours_change_nothing_but_colours() -> None:
    colored = text_report(VERDICTS, color=True)
    assert "\x1b[31merror" in colored
    plain = "".join(part.partition("m")[2] if i else part for i, part in enumerate(colored.split("\x1b[")))
    assert plain == text_report(VERDICTS)


def test_a_program_sees_all_of_it() -> None:
    report = json.loads(json_report(VERDICTS, facts={"pods": 3}))
    assert report["pods"] == 3
    assert [each["outcome"] for each in report["verdicts"]] == [each.severity for each in VERDICTS]
    assert report["verdicts"][2] | {"cause": ""} == {
        "check": "gateway",
        "outcome": "error",
        "subject": "nat-1",
        "text": "is deleted",
        "cause": "",
        "fix": "name another",
        "source": "https://example.org/nat",
        "inferred": True,
    }


def test_a_ci_system_sees_errors_as_failures_and_the_unknown_as_errors() -> None:
    (suite,) = ElementTree.fromstring(junit_report(VERDICTS, suite="preflight"))
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("4", "1", "1")
    inner = [[child.tag for child in case] for case in suite]
    assert inner == [[], ["system-out"], ["failure"], ["error"]]


@given(st.lists(outcomes, max_size=8), st.text(max_size=20))
def test_any_text_can_be_told_in_any_way(found: list[Severity], text: str) -> None:
    verdicts = [Diagnostic(id="c", severity=outcome, subject=text, message=text, fix=text) for outcome in found]
    assert len(json.loads(json_report(verdicts))["verdicts"]) == len(found)
    (suite,) = ElementTree.fromstring(junit_report(verdicts, suite="s"))
    assert len(suite) == len(found)
    counts = [int(part.split()[0]) for part in summary(verdicts).split(", ")]
    assert sum(counts) == len(found)
