"""Whatever a report says, every format can be printed, read, and shows nothing that a terminal obeys."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.diagnostic import SEVERITIES, Diagnostic, Location
from podspace.reporting import Format, Report, written
from tests.json_report import the_report

texts = st.text(max_size=12) | st.sampled_from(["\x1b[2J", "\u202e", "\n::error::", "]]>", "\udcff", "\u2028", "%0A"])
files = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
locations = st.builds(
    Location,
    file=files,
    line=st.integers(0, 9),
    kind=texts,
    name=texts,
    path=texts,
    construct_path=texts,
)
diagnostics = st.builds(
    Diagnostic,
    id=texts,
    severity=st.sampled_from(SEVERITIES),
    subject=texts,
    location=locations,
    message=texts,
    cause=texts,
    fix=texts,
    source=texts,
    inferred=st.booleans(),
)
reports = st.builds(
    Report,
    command=st.just("lint"),
    diagnostics=st.lists(diagnostics, max_size=4),
    accepted=st.lists(diagnostics, max_size=2),
    facts=st.just({"checked": {}, "passed_over": {}}),
    scope=texts,
)


@pytest.mark.parametrize("format_", Format)
@given(report=reports)
def test_no_format_prints_an_unprintable_character(format_: Format, report: Report) -> None:
    text = written(report, format_=format_)
    assert all(each.isprintable() or each == "\n" for each in text)
    text.encode()


@given(report=reports)
def test_programs_can_read_every_report(report: Report) -> None:
    read = the_report(written(report, format_=Format.JSON))
    assert [each["message"] for each in read["diagnostics"]] == [each.message for each in report.diagnostics]
    run = json.loads(written(report, format_=Format.SARIF))["runs"][0]
    assert len(run["results"]) == len(report.diagnostics) + len(report.accepted)
    cases = list(ElementTree.fromstring(written(report, format_=Format.JUNIT).encode()).iter("testcase"))
    assert len(cases) == max(1, len(report.diagnostics))
