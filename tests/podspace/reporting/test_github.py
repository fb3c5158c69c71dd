"""Reports as workflow commands of GitHub Actions."""

from __future__ import annotations

import re
from dataclasses import replace

from podspace.diagnostic import SEVERITIES
from podspace.reporting import Report
from podspace.reporting.github import written
from tests.podspace.reporting.reports import EMPTY, ERROR, REPORT, evil


def test_every_severity_has_its_annotation() -> None:
    """An `ok` and what is accepted have none; the last line counts."""
    assert written(REPORT).splitlines() == [
        '::error file=a.yaml,line=5,title=podspace refused-by-api-server::NodeClass pods: spec.role: "a b": '
        "must be a name%0Awhy: IAM takes no other%0A-> write ab%0Asee https://example.com (inferred)",
        "::warning title=podspace may-not-work::NodePool: spec: must be given",
        "::error file=gone.yaml,title=unknown%3A podspace unreadable::must be a file%0A-> look",
        "::notice title=podspace size::subnet-1: has 3 free addresses%0A-> use more",
        "checked 2 stacks; 1 ok, 1 error, 1 warning, 1 note, 1 unknown, 1 accepted",
    ]


def test_an_empty_report_is_its_summary() -> None:
    assert written(EMPTY) == "0 errors, 0 warnings"


def test_percent_signs_colons_and_commas_are_escaped() -> None:
    at = replace(ERROR.location, file="a,b:c%.yaml")
    line = written(Report(command="lint", diagnostics=[replace(ERROR, location=at, message="100%0A")])).splitlines()[0]
    assert line.startswith("::error file=a%2Cb%3Ac%25.yaml,line=5,")
    assert "100%250A" in line


def test_text_of_others_cannot_add_a_command() -> None:
    attack = "x\n::add-mask::y\r::error::z\u2028::stop-commands::w"
    found = [evil(severity) for severity in SEVERITIES]
    found += [replace(each, subject=attack, message=attack, id=attack) for each in found]
    text = written(Report(command="lint", diagnostics=found, scope=attack))
    assert all(each.isprintable() or each == "\n" for each in text)
    *annotations, _ = text.split("\n")
    assert len(annotations) == 2 * (len(SEVERITIES) - 1)
    assert all(re.match("::(error|warning|notice) file=", line) for line in annotations)
