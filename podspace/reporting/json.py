"""Reports for a program: one JSON object of one shape for every command.

docs/json.md describes it and docs/schemas/report.json is its JSON Schema.  Version 1 may get further keys; a key that
is there keeps its name and meaning.
"""

from __future__ import annotations

import json
from typing import Final

from pydantic import JsonValue

from podspace.diagnostic import SEVERITIES, Diagnostic
from podspace.reporting.report import Report

VERSION: Final = 1
"""The version of the shape."""


def written(report: Report) -> str:
    """The report as a JSON object."""
    counts = report.counts
    whole: dict[str, JsonValue] = {
        "version": VERSION,
        "command": report.command,
        "exit_status": report.exit_status,
        "summary": {severity: counts.get(severity, 0) for severity in SEVERITIES},
        "diagnostics": [_diagnostic(diagnostic) for diagnostic in report.diagnostics],
        "accepted": [_diagnostic(diagnostic) for diagnostic in report.accepted],
        "facts": dict(report.facts),
    }
    return json.dumps(whole, indent=2, ensure_ascii=False)


def _diagnostic(diagnostic: Diagnostic) -> dict[str, JsonValue]:
    at = diagnostic.location
    return {
        "id": diagnostic.id,
        "severity": diagnostic.severity,
        "subject": diagnostic.subject,
        "location": {
            "file": at.file,
            "line": at.line,
            "document": at.document,
            "kind": at.kind,
            "name": at.name,
            "path": at.path,
            "construct_path": at.construct_path,
        },
        "message": diagnostic.message,
        "cause": diagnostic.cause,
        "fix": diagnostic.fix,
        "source": diagnostic.source,
        "inferred": diagnostic.inferred,
        "accepted": diagnostic.accepted,
    }
