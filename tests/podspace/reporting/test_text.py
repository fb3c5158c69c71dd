"""Reports as text: what is on a line of a file begins with its place, everything else with its severity."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from podspace.diagnostic import SEVERITIES, Diagnostic, Location, Severity
from podspace.reporting import Report
from podspace.reporting.text import paragraphs, written
from tests.podspace.reporting.reports import EMPTY, EVIL, NOTE, REPORT, evil


def test_every_severity_is_shown_with_its_place_and_advice() -> None:
    """An `ok` is one line."""
    assert written(REPORT).splitlines() == [
        'a.yaml:5: NodeClass pods: error[refused-by-api-server]: spec.role: "a b"',
        "    must be a name",
        "    why: IAM takes no other",
        "    -> write ab",
        "    see https://example.com (inferred)",
        "-:1: NodePool: warning[may-not-work]: spec",
        "    must be given",
        "unknown  unreadable: gone.yaml: must be a file",
        "         -> look",
        "ok       dns: vpc-1: has DNS on",
        "note     size: subnet-1: has 3 free addresses",
        "         -> use more",
        "checked 2 stacks; 1 ok, 1 error, 1 warning, 1 note, 1 unknown, 1 accepted",
    ]


def test_the_text_of_the_command_comes_first() -> None:
    report = Report(command="plan", diagnostics=[NOTE], text="a table\n")
    assert written(report).splitlines()[:3] == ["a table", "", "note     size: subnet-1: has 3 free addresses"]


def test_the_one_file_of_a_report_is_not_repeated() -> None:
    """But on lines."""
    found = [replace(NOTE, location=Location(file=file, line=line)) for file, line in (("a", 0), ("b", 0), ("a", 1))]
    first, _, second, _, third, *_ = written(Report(command="plan", diagnostics=found, file="a")).splitlines()
    assert first == "note     size: subnet-1: has 3 free addresses"
    assert second == "note     size: b: subnet-1: has 3 free addresses"
    assert third.startswith("a:1: note[size]")


def test_an_empty_report_is_its_summary() -> None:
    assert written(EMPTY) == "0 errors, 0 warnings"


def test_advice_that_diagnostics_have_in_common_is_shown_once() -> None:
    """Below the last of them; another id, severity, file or advice is not in common."""
    other = replace(NOTE, subject="subnet-2")
    assert [len(text.splitlines()) for text in paragraphs([NOTE, other])] == [1, 2]
    for changed in (
        replace(other, id="x"),
        replace(other, severity="warning"),
        replace(other, fix="x"),
        replace(other, location=Location(file="a")),
    ):
        assert [len(text.splitlines()) for text in paragraphs([NOTE, changed])] == [2, 2]


def test_a_cause_without_a_source_shows_that_it_is_inferred() -> None:
    (text,) = paragraphs([Diagnostic(message="is replaced", cause="it is so", inferred=True)])
    assert "why: it is so (inferred)" in text


def test_the_construct_is_shown_for_resources_of_templates_only() -> None:
    at = Location(file="t.json", line=1, kind="AWS::EC2::Subnet", name="A", construct_path="App/Net/A")
    (text,) = paragraphs([Diagnostic(message="x", location=at)])
    assert text.startswith("t.json:1: AWS::EC2::Subnet A (App/Net/A): error")
    (text,) = paragraphs([Diagnostic(message="x", location=replace(at, kind="NodeClass"))])
    assert "App/Net/A" not in text


def test_colors_change_nothing_but_colors() -> None:
    colored = written(REPORT, color=True)
    assert "\x1b[31merror[refused-by-api-server]\x1b[0m" in colored
    assert "\x1b[1ma.yaml:5: NodeClass pods\x1b[0m" in colored
    assert "\x1b[35munknown\x1b[0m" in colored
    assert re.sub(r"\x1b\[[0-9]+m", "", colored) == written(REPORT)


@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize("line", [0, 3])
def test_text_of_others_cannot_control_the_terminal(severity: Severity, line: int) -> None:
    """Nor add a line."""
    diagnostic = evil(severity)
    diagnostic = replace(diagnostic, location=replace(diagnostic.location, line=line))
    harmless = replace(evil(severity), id="x", subject="x", message="x", cause="x", fix="x", source="x")
    harmless = replace(harmless, location=Location(file="x", line=line))
    (text,) = paragraphs([diagnostic])
    (plain,) = paragraphs([harmless])
    assert len(text.splitlines()) == len(plain.splitlines())
    assert all(each.isprintable() or each == "\n" for each in text)


@pytest.mark.parametrize("color", [False, True])
def test_the_text_of_a_command_is_cleaned_too(color: bool) -> None:
    text = written(Report(command="plan", diagnostics=(), text=f"a\n{EVIL}\x1b]0;title\x07\x9b2J"), color=color)
    assert all(each.isprintable() or each == "\n" for each in re.sub("\x1b\\[31m", "", text))
    assert ("\x1b[31m" in text) is color  # colors are the command's own
