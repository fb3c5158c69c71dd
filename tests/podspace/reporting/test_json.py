"""Reports as JSON: one shape, version 1, as its schema has it."""

from __future__ import annotations

import json

from podspace.diagnostic import SEVERITIES
from podspace.reporting.json import written
from podspace.reporting.json_schema import report_schema
from tests.json_report import PATH, the_report
from tests.podspace.reporting.reports import ACCEPTED, ALL, EMPTY, ERROR, EVIL, REPORT, evil


def test_the_report_has_the_keys_of_version_1() -> None:
    report = the_report(written(REPORT))
    assert list(report) == ["version", "command", "exit_status", "summary", "diagnostics", "accepted", "facts"]
    assert (report["version"], report["command"], report["exit_status"]) == (1, "lint", 1)
    assert report["summary"] == dict.fromkeys(SEVERITIES, 1)
    assert [each["id"] for each in report["diagnostics"]] == [each.id for each in ALL]
    assert [each["accepted"] for each in report["accepted"]] == [ACCEPTED.accepted]


def test_a_diagnostic_has_every_key_whatever_is_known() -> None:
    first, *others = json.loads(written(REPORT))["diagnostics"]
    assert first == {
        "id": "refused-by-api-server",
        "severity": "error",
        "subject": '"a b"',
        "location": {
            "file": "a.yaml",
            "line": 5,
            "document": 2,
            "kind": "NodeClass",
            "name": "pods",
            "path": "spec.role",
            "construct_path": "",
        },
        "message": "must be a name",
        "cause": "IAM takes no other",
        "fix": "write ab",
        "source": "https://example.com",
        "inferred": True,
        "accepted": "",
    }
    assert all(list(each) == list(first) for each in others)
    assert all(list(each["location"]) == list(first["location"]) for each in others)


def test_an_empty_report_has_the_same_keys() -> None:
    report = the_report(written(EMPTY))
    assert list(report) == list(json.loads(written(REPORT)))
    assert (report["diagnostics"], report["facts"], report["exit_status"]) == ([], {}, 0)


def test_text_of_others_is_kept_and_escaped() -> None:
    """Letters beyond ASCII stay as they are."""
    assert "größe" in written(type(EMPTY)(command="größe", diagnostics=()))
    text = written(type(EMPTY)(command="lint", diagnostics=[evil("error")]))
    assert all(each.isprintable() or each == "\n" for each in text)
    assert json.loads(text)["diagnostics"][0]["message"] == EVIL


def test_the_documented_schema_is_that_of_the_code() -> None:
    assert json.loads(PATH.read_text()) == report_schema()


def test_every_key_of_the_schema_is_described() -> None:
    definitions = report_schema()["$defs"]
    assert isinstance(definitions, dict)
    for name in ("diagnostic", "location"):
        properties = json.loads(json.dumps(definitions[name]))["properties"]
        assert all(each["description"] for each in properties.values())
    assert set(json.loads(written(REPORT))["diagnostics"][0]) == set(
        json.loads(json.dumps(definitions["diagnostic"]))["properties"]
    )
    assert ERROR.inferred
