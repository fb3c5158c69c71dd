"""Reports in the text format of Prometheus, read by a strict parser."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.diagnostic import SEVERITIES
from podspace.reporting import Format, Report, written
from podspace.reporting.metric import Metric, Sample
from tests.podspace.reporting.reports import ALL, EMPTY, EVIL, REPORT, evil
from tests.prometheus_text import Series, series_of, value, values


def read(report: Report) -> dict[Series, float]:
    """The series of a report, as a command prints it."""
    return dict(series_of(written(report, format_=Format.PROMETHEUS) + "\n"))


def a_report(*samples: Sample, help_: str = "A number.") -> Report:
    return replace(EMPTY, metrics=[Metric(name="podspace_x", help=help_, samples=samples)])


def test_every_report_has_its_exit_status_and_the_number_of_its_diagnostics() -> None:
    series = read(REPORT)
    assert value(series, "podspace_exit_status", command="lint") == REPORT.exit_status == 1
    assert {severity: values(series, "podspace_diagnostics", severity=severity) for severity in SEVERITIES} == {
        severity: [1] for severity in SEVERITIES
    }
    assert value(series, "podspace_diagnostics", id="dns", severity="ok", command="lint") == 1


def test_a_report_without_diagnostics_has_the_status_0() -> None:
    assert list(read(EMPTY).values()) == [0]


def test_diagnostics_of_one_id_and_severity_are_counted_together() -> None:
    twice = replace(EMPTY, diagnostics=[ALL[0], ALL[0], ALL[1]])
    assert sorted(values(read(twice), "podspace_diagnostics")) == [1, 2]


def test_what_is_wrong_is_in_comments_and_what_is_ok_is_not() -> None:
    comments = [line for line in written(REPORT, format_=Format.PROMETHEUS).splitlines() if line.startswith("# | ")]
    for each in ALL:
        assert any(each.message in line for line in comments) is (each.severity != "ok")


@pytest.mark.parametrize(
    ("given_value", "shown"),
    [(3, "3"), (0, "0"), (0.25, "0.25"), (math.inf, "+Inf"), (-math.inf, "-Inf"), (1e20, str(10**20)), (True, "1")],
)
def test_numbers_are_written_as_go_reads_them(given_value: float, shown: str) -> None:
    last = written(a_report(Sample(value=given_value)), format_=Format.PROMETHEUS).splitlines()[-1]
    assert last == f"podspace_x {shown}"


@given(
    text=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1) | st.sampled_from(['"', "\\", '\\"', "a\\n"])
)
def test_a_label_is_read_as_it_was_given(text: str) -> None:
    assert value(read(a_report(Sample(value=1, labels={"pool": text}), help_=text)), "podspace_x", pool=text) == 1


def test_an_empty_label_is_left_out() -> None:
    assert ("podspace_x", frozenset({("b", "c")})) in read(a_report(Sample(value=1, labels={"a": "", "b": "c"})))


def test_a_metric_without_samples_is_left_out() -> None:
    assert "podspace_x" not in written(a_report(), format_=Format.PROMETHEUS)


@pytest.mark.parametrize("severity", SEVERITIES)
def test_text_of_strangers_ends_no_line_and_no_label(severity: str) -> None:
    report = replace(a_report(Sample(value=1, labels={"a": EVIL})), diagnostics=[evil(severity)])
    assert len(values(read(report), "podspace_diagnostics")) == 1


@pytest.mark.parametrize("text", ["HELP podspace_x y", "TYPE podspace_x counter", "x\n# TYPE podspace_x counter"])
def test_a_diagnostic_cannot_be_taken_for_metadata(text: str) -> None:
    diagnostic = replace(ALL[1], id=text, message=text, location=replace(ALL[1].location, file=text))
    read(replace(a_report(Sample(value=1)), diagnostics=[diagnostic]))


@pytest.mark.parametrize(
    "text",
    [
        "podspace_x 1",
        "podspace_x 1\n",
        "# HELP podspace_x A.\n# TYPE podspace_x gauge\n",
        "# HELP podspace_x A.\n# TYPE podspace_x gauge\npodspace_x 1\npodspace_x 1\n",
        '# HELP podspace_x A.\n# TYPE podspace_x gauge\npodspace_x{a="b\\q"} 1\n',
        '# HELP podspace_x A.\n# TYPE podspace_x gauge\npodspace_x{a="b",a="c"} 1\n',
        "# HELP podspace_x A.\n# TYPE podspace_x gauge\npodspace_x inf\n",
    ],
)
def test_the_parser_refuses_what_a_server_may_refuse(text: str) -> None:
    with pytest.raises(AssertionError):
        series_of(text)
