"""Reports as SARIF 2.1.0, which code scanning services show next to the lines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

from pydantic import JsonValue

from podspace.diagnostic import Diagnostic, Severity
from podspace.reporting.json import json_text
from podspace.reporting.report import Report, ReportedRule

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_RESULTS: Final[dict[Severity, tuple[str, str]]] = {
    "ok": ("pass", "none"),
    "note": ("fail", "note"),
    "warning": ("fail", "warning"),
    "error": ("fail", "error"),
    "unknown": ("open", "none"),
}
"""Kind and level of a result; `open` is SARIF's word for what the tool could not determine."""


def written(report: Report) -> str:
    """The report as one SARIF log.

    An accepted diagnostic is a suppressed result.  `unknown` is a result of kind `open`, and a notification as well,
    so that the run does not count as successful.
    """
    unknown = [each for each in report.diagnostics if each.severity == "unknown"]
    run: dict[str, JsonValue] = {
        "tool": {"driver": {"name": "podspace", "rules": [*_rules(report)]}},
        "invocations": [
            {
                "executionSuccessful": not unknown,
                "toolExecutionNotifications": [
                    {"level": "error", "descriptor": {"id": each.id}, "message": {"text": str(each)}}
                    for each in unknown
                ],
            }
        ],
        "results": [
            *(_result(each) for each in report.diagnostics),
            *(
                _result(each) | {"suppressions": [{"kind": "inSource", "justification": each.accepted}]}
                for each in report.accepted
            ),
        ],
    }
    return json_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rules(report: Report) -> Iterator[dict[str, JsonValue]]:
    listed = {rule.id: rule for rule in report.rules}
    for each in (*report.diagnostics, *report.accepted):
        listed.setdefault(each.id, ReportedRule(id=each.id, severity=each.severity, what=each.id.replace("-", " ")))
    for rule in listed.values():
        texts = {"fullDescription": rule.cause, "help": rule.fix}
        yield {
            "id": rule.id,
            "shortDescription": {"text": rule.what},
            **{key: {"text": text} for key, text in texts.items() if text},
            **({"helpUri": rule.source} if rule.source else {}),
            "defaultConfiguration": {"level": _RESULTS[rule.severity][1]},
        }


def _result(diagnostic: Diagnostic) -> dict[str, JsonValue]:
    kind, level = _RESULTS[diagnostic.severity]
    text = "\n".join(line.strip() for line in diagnostic.details())
    message = f"{diagnostic.subject}: {text}" if diagnostic.subject else text
    return {
        "ruleId": diagnostic.id,
        "kind": kind,
        "level": level,
        "message": {"text": message},
        "locations": [*_locations(diagnostic)],
    }


def _locations(diagnostic: Diagnostic) -> Iterator[dict[str, JsonValue]]:
    """The one location of a diagnostic, as file and line and as the name of the object; none if neither is known."""
    at = diagnostic.location
    location: dict[str, JsonValue] = {}
    if at.file:
        region: dict[str, JsonValue] = {"region": {"startLine": at.line}} if at.line else {}
        location["physicalLocation"] = {"artifactLocation": {"uri": _uri(at.file)}, **region}
    logical = "/".join(filter(None, [at.kind, at.name])) + (f"#{at.path}" if at.path else "")
    if name := logical or diagnostic.subject:
        location["logicalLocations"] = [{"fullyQualifiedName": name}]
    if location:
        yield location


def _uri(file: str) -> str:
    """A file relative to where the command runs, as code scanning services want it, or as a URL if it is elsewhere."""
    if file == "-":
        return "stdin"
    path = Path(file).absolute()
    return quote(os.fsencode(path.relative_to(Path.cwd()))) if path.is_relative_to(Path.cwd()) else path.as_uri()
