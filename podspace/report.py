"""What `podspace lint` found, for a person, for a program, and for tools that read SARIF."""

from __future__ import annotations

import json
from collections import Counter
from typing import Final
from urllib.parse import quote

from pydantic import JsonValue

from podspace.lint import Finding, Linted, Rule
from podspace.problem import Problem

_ABOUT: Final[dict[Rule, str]] = {
    "refused-by-api-server": "The API server refuses the object, or a rule says that no node or pod would start.",
    "may-not-work": "The API server may take it, and it may still not work.",
    "update-refused": "The object exists, and the API server refuses this change to it.",
    "update-replaces-nodes": "The object exists, and this change replaces nodes.",
}
_UNREADABLE: Final = "unreadable"
_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def text_report(linted: Linted, *, color: bool = False) -> str:
    """One paragraph for each finding, and a last line that counts."""
    paragraphs = [_unreadable_text(problem, color=color) for problem in linted.unreadable]
    paragraphs += [_finding_text(finding, color=color) for finding in linted.findings]
    return "\n".join([*paragraphs, summary(linted)])


def summary(linted: Linted) -> str:
    """What was read, and what came of it, in one line."""
    errors = sum(finding.level == "error" for finding in linted.findings)
    notes = len(linted.findings) - errors
    parts = [f"checked {_counted(linted.checked) or 'no NodeClass, NodePool or ENIConfig'}"]
    if linted.passed_over:
        parts.append(f"passed over {_counted(linted.passed_over)}")
    parts.append(f"{_number(errors, 'problem')}, {_number(notes, 'note')}")
    if linted.unreadable:
        parts.append(f"{len(linted.unreadable)} unreadable")
    return "; ".join(parts)


def _counted(kinds: Counter[str]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _finding_text(finding: Finding, *, color: bool) -> str:
    head, *lines = str(finding.problem).splitlines()
    where = f"{_printable(finding.file)}:{finding.line}: {finding.kind} {_printable(finding.name)}".rstrip()
    level = _colored(finding.level, "31" if finding.level == "error" else "36", color=color)
    return "\n".join([f"{_colored(where, '1', color=color)}: {level}: {head}", *lines])


def _unreadable_text(problem: Problem, *, color: bool) -> str:
    head, *lines = str(problem).splitlines()
    return "\n".join([f"{head}: {_colored('unreadable', '31', color=color)}", *lines])


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)


def _colored(text: str, code: str, *, color: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if color else text


def json_report(linted: Linted) -> str:
    """Everything as one JSON object."""
    report: dict[str, JsonValue] = {
        "findings": [_finding_json(finding) for finding in linted.findings],
        "unreadable": [_problem_json(problem) for problem in linted.unreadable],
        "checked": dict[str, JsonValue](sorted(linted.checked.items())),
        "passedOver": dict[str, JsonValue](sorted(linted.passed_over.items())),
    }
    return json.dumps(report, indent=2, ensure_ascii=False)


def _finding_json(finding: Finding) -> dict[str, JsonValue]:
    where: dict[str, JsonValue] = {
        "rule": finding.rule,
        "level": finding.level,
        "file": finding.file,
        "line": finding.line,
        "document": finding.document,
        "kind": finding.kind,
        "name": finding.name,
    }
    return where | _problem_json(finding.problem)


def _problem_json(problem: Problem) -> dict[str, JsonValue]:
    return {
        "path": problem.place,
        "value": problem.value,
        "must": problem.must,
        "fix": problem.fix,
        "source": problem.source,
        "inferred": problem.inferred,
    }


def sarif_report(linted: Linted) -> str:
    """The findings as SARIF 2.1.0, which code scanning services show beside the lines."""
    rules: list[JsonValue] = [
        {"id": rule, "shortDescription": {"text": about}, "defaultConfiguration": {"level": _level(rule)}}
        for rule, about in _ABOUT.items()
    ]
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
        "results": [_result(finding) for finding in linted.findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _level(rule: Rule) -> str:
    return "error" if rule in {"refused-by-api-server", "update-refused"} else "note"


def _result(finding: Finding) -> dict[str, JsonValue]:
    logical = f"{finding.kind}/{finding.name}"
    return {
        "ruleId": finding.rule,
        "level": finding.level,
        "message": {"text": str(finding.problem)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "stdin" if finding.file == "-" else quote(finding.file)},
                    "region": {"startLine": finding.line},
                },
                "logicalLocations": [{"fullyQualifiedName": f"{logical}#{finding.problem.place}"}],
            }
        ],
    }
