"""What `podspace lint` found as SARIF 2.1.0, which code scanning services show beside the lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

from pydantic import JsonValue

from podspace.checks import RULES
from podspace.finding import Finding
from podspace.lint import API_RULES, Linted

_UNREADABLE: Final = "unreadable"
_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif_report(linted: Linted) -> str:
    """Everything as one SARIF log; what is acknowledged is in it as suppressed."""
    rules: list[JsonValue] = [*_sarif_rules()]
    run: dict[str, JsonValue] = {
        "tool": {"driver": {"name": "podspace", "rules": rules}},
        "invocations": [
            {
                "executionSuccessful": not linted.unreadable,
                "toolExecutionNotifications": [
                    {"level": "error", "descriptor": {"id": _UNREADABLE}, "message": {"text": str(problem)}}
                    for problem in linted.unreadable
                ],
            }
        ],
        "results": [
            *(_result(finding) for finding in linted.findings),
            *(
                _result(finding) | {"suppressions": [{"kind": "inSource", "justification": reason}]}
                for finding, reason in linted.acknowledged
            ),
        ],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _sarif_rules() -> Iterator[dict[str, JsonValue]]:
    for id, (level, about) in API_RULES.items():
        yield {"id": id, "shortDescription": {"text": about}, "defaultConfiguration": {"level": level}}
    for id, rule in RULES.items():
        yield {
            "id": id,
            "shortDescription": {"text": rule.what},
            "fullDescription": {"text": rule.why},
            "help": {"text": rule.fix},
            "helpUri": rule.source,
            "defaultConfiguration": {"level": rule.level},
        }


def _uri(file: str) -> str:
    """A file relative to where the command runs, as code scanning services want it, or as a URL if it is elsewhere."""
    if file == "-":
        return "stdin"
    path = Path(file).absolute()
    return quote(str(path.relative_to(Path.cwd()))) if path.is_relative_to(Path.cwd()) else path.as_uri()


def _result(finding: Finding) -> dict[str, JsonValue]:
    logical = f"{finding.kind}/{finding.name}"
    return {
        "ruleId": finding.rule,
        "level": finding.level,
        "message": {"text": str(finding.problem)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(finding.file)},
                    "region": {"startLine": finding.line},
                },
                "logicalLocations": [{"fullyQualifiedName": f"{logical}#{finding.problem.place}"}],
            }
        ],
    }
