"""Reports as JUnit XML: a suite for each file, a test for each diagnostic."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from podspace.diagnostic import SEVERITIES, Location
from podspace.reporting import Report
from podspace.reporting.junit import written
from tests.podspace.reporting.reports import EMPTY, ERROR, GONE, NOTE, OK, REPORT, evil


def suites(report: Report) -> dict[str | None, ElementTree.Element]:
    root = ElementTree.fromstring(written(report).encode())
    found = {suite.get("name"): suite for suite in root}
    assert len(found) == len(root)
    for suite in root:
        assert suite.get("tests") == str(len(suite))
        assert suite.get("failures") == str(len(list(suite.iter("failure"))))
        assert suite.get("errors") == str(len(list(suite.iter("error"))))
    return found


def test_errors_are_failures_and_the_unknown_is_an_error() -> None:
    """Warnings and notes are passed tests that print them, and an `ok` is a passed test."""
    found = suites(REPORT)
    assert list(found) == ["a.yaml", "-", "gone.yaml", "lint"]
    assert [[child.tag for child in case] for suite in found.values() for case in suite] == [
        ["failure"],
        ["system-out"],
        ["error"],
        [],
        ["system-out"],
    ]
    (failure,) = found["a.yaml"].iter("failure")
    assert (failure.get("type"), failure.get("message")) == (ERROR.id, ERROR.message)
    assert "-> write ab" in str(failure.text)
    (case,) = found["a.yaml"]
    assert (case.get("file"), case.get("line")) == ("a.yaml", "5")
    (case,) = found["gone.yaml"]
    assert (case.get("file"), case.get("line")) == ("gone.yaml", None)


def test_a_file_has_one_suite_wherever_its_diagnostics_are() -> None:
    found = suites(Report(command="lint", diagnostics=[ERROR, GONE, ERROR]))
    assert {name: len(suite) for name, suite in found.items()} == {"a.yaml": 2, "gone.yaml": 1}


def test_names_are_unique_in_a_suite() -> None:
    """Though one may look like another with its number."""
    numbered = replace(OK, subject="vpc-1 (2)")
    suite = suites(Report(command="verify", diagnostics=[OK, numbered, OK, OK, NOTE]))["verify"]
    names = [case.get("name") for case in suite]
    assert len(set(names)) == len(names) == 5
    assert names[:2] == ["dns: vpc-1", "dns: vpc-1 (2)"]


@given(
    st.lists(st.tuples(st.sampled_from(["a?", "a\n", ""]), st.text(alphabet="a (2)\n\t\x00?", max_size=6)), max_size=12)
)
def test_names_stay_unique_when_their_characters_are_replaced(texts: list[tuple[str, str]]) -> None:
    """Such as line ends and control characters."""
    diagnostics = [replace(OK, location=Location(file=file), subject=subject) for file, subject in texts]
    for suite in suites(Report(command="verify", diagnostics=diagnostics)).values():
        names = [case.get("name") for case in suite]
        assert len(set(names)) == len(names)


def test_a_report_without_diagnostics_is_a_test_that_passed() -> None:
    """No test at all looks as if nothing ran."""
    (suite,) = suites(EMPTY).values()
    (case,) = suite
    assert (case.get("name"), list(case)) == ("0 errors, 0 warnings", [])


def test_text_of_others_is_cleaned() -> None:
    text = written(Report(command="lint", diagnostics=[evil(severity) for severity in SEVERITIES]))
    assert all(each.isprintable() or each == "\n" for each in text)
    (suite,) = ElementTree.fromstring(text.encode())
    assert len(suite) == len(SEVERITIES)
    assert "?[31mb?c" in str(suite[3][0].text)
