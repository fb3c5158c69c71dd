"""Reports for a program: one JSON object of one shape for every command.

docs/json.md describes it and docs/schemas/report.json is its JSON Schema.  Version 1 may get further keys; a key that
is there keeps its name and meaning.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Final

from pydantic import JsonValue

from podspace.diagnostic import SEVERITIES
from podspace.reporting.report import Report

VERSION: Final = 1
"""The version of the shape."""


def written(report: Report) -> str:
    """The report as a JSON object."""
    counts = report.counts
    return json_text(
        {
            "version": VERSION,
            "command": report.command,
            "exit_status": report.exit_status,
            "summary": {severity: counts.get(severity, 0) for severity in SEVERITIES},
            "diagnostics": [asdict(diagnostic) for diagnostic in report.diagnostics],
            "accepted": [asdict(diagnostic) for diagnostic in report.accepted],
            "facts": dict(report.facts),
        }
    )


def json_text(value: JsonValue) -> str:
    """A value as indented JSON: letters of any script as they are, characters that a terminal obeys escaped."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return "".join(each if each.isprintable() or each == "\n" else json.dumps(each)[1:-1] for each in text)
