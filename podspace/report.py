"""What `podspace lint` found, for a person and for a program."""

from __future__ import annotations

import json
from collections import Counter

from pydantic import JsonValue

from podspace.finding import Finding
from podspace.lint import Linted
from podspace.problem import Problem
from podspace.wording import printable


def text_report(linted: Linted, *, color: bool = False) -> str:
    """One paragraph for each finding, and a last line that counts."""
    paragraphs = [_unreadable_text(problem, color=color) for problem in linted.unreadable]
    paragraphs += [_finding_text(finding, color=color) for finding in linted.findings]
    return "\n".join([*paragraphs, summary(linted)])


def summary(linted: Linted) -> str:
    """What was read, and what came of it, in one line."""
    errors = len(linted.errors)
    warnings = len(linted.findings) - errors
    parts = [f"checked {_counted(linted.checked) or 'no template, NodeClass, NodePool or ENIConfig'}"]
    if linted.passed_over:
        parts.append(f"passed over {_counted(linted.passed_over)}")
    parts.append(f"{_number(errors, 'error')}, {_number(warnings, 'warning')}")
    if linted.acknowledged:
        parts.append(f"{len(linted.acknowledged)} acknowledged")
    if linted.unreadable:
        parts.append(f"{len(linted.unreadable)} unreadable")
    return "; ".join(parts)


def _counted(kinds: Counter[str]) -> str:
    return ", ".join(_number(n, kind) if kind == "stack" else f"{n} {kind}" for kind, n in sorted(kinds.items()))


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _finding_text(finding: Finding, *, color: bool) -> str:
    head, *lines = str(finding.problem).splitlines()
    construct = f" ({finding.construct_path})" if finding.construct_path and finding.of_template else ""
    where = f"{printable(finding.file)}:{finding.line}: {finding.kind} {printable(finding.name)}".rstrip() + construct
    level = _colored(f"{finding.level}[{finding.rule}]", "31" if finding.level == "error" else "33", color=color)
    return "\n".join([f"{_colored(where, '1', color=color)}: {level}: {head}", *lines])


def _unreadable_text(problem: Problem, *, color: bool) -> str:
    head, *lines = str(problem).splitlines()
    return "\n".join([f"{head}: {_colored('unreadable', '31', color=color)}", *lines])


def _colored(text: str, code: str, *, color: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if color else text


def json_report(linted: Linted) -> str:
    """Everything as one JSON object."""
    report: dict[str, JsonValue] = {
        "findings": [_finding_json(finding) for finding in linted.findings],
        "acknowledged": [_finding_json(finding) | {"reason": reason} for finding, reason in linted.acknowledged],
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
        "constructPath": finding.construct_path,
    }
    return where | _problem_json(finding.problem)


def _problem_json(problem: Problem) -> dict[str, JsonValue]:
    return {
        "path": problem.place,
        "value": problem.value,
        "must": problem.must,
        "why": problem.why,
        "fix": problem.fix,
        "source": problem.source,
        "inferred": problem.inferred,
    }
