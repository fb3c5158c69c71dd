"""Verdicts for a person, for a program, and for a CI system."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final
from xml.etree import ElementTree

from pydantic import JsonValue

from podspace.verdict import Outcome, Verdict
from podspace.wording import printable
from podspace.xml_text import element, xml_document, xml_text

_COLORS: Final[Mapping[Outcome, str]] = {"ok": "32", "warning": "33", "error": "31", "unknown": "35"}
_WIDTH: Final = max(map(len, _COLORS))


def text_report(verdicts: Sequence[Verdict], *, color: bool = False) -> str:
    """A line for each verdict, what to do below it, and a last line that counts."""
    return "\n".join([*(_paragraph(verdict, color=color) for verdict in verdicts), summary(verdicts)])


def _paragraph(verdict: Verdict, *, color: bool) -> str:
    outcome = f"{verdict.outcome:{_WIDTH}}"
    subject, text, cause = map(printable, (verdict.subject, verdict.text, verdict.cause))
    if color:
        outcome = f"\x1b[{_COLORS[verdict.outcome]}m{outcome}\x1b[0m"
    lines = [f"{outcome}  {verdict.check}: {subject}: {text}"]
    indent = " " * (_WIDTH + 2)
    if cause:
        lines.append(f"{indent}why: {cause}")
    if verdict.fix:
        lines.append(f"{indent}-> {verdict.fix}")
    if verdict.source and verdict.outcome != "ok":
        lines.append(f"{indent}see {verdict.source}{' (inferred)' if verdict.inferred else ''}")
    return "\n".join(lines)


def summary(verdicts: Sequence[Verdict]) -> str:
    """How many there are of each outcome."""
    counts = Counter(verdict.outcome for verdict in verdicts)
    errors, warnings = counts["error"], counts["warning"]
    parts = [
        f"{counts['ok']} ok",
        f"{warnings} warning{'' if warnings == 1 else 's'}",
        f"{errors} error{'' if errors == 1 else 's'}",
    ]
    return ", ".join(parts + ([f"{counts['unknown']} unknown"] if counts["unknown"] else []))


def json_report(verdicts: Sequence[Verdict], *, facts: Mapping[str, JsonValue] | None = None) -> str:
    """Everything as one JSON object.

    Args:
        verdicts: under the key `verdicts`.
        facts: further keys, such as what was counted.
    """
    return json.dumps(
        {**(facts or {}), "verdicts": [_json(verdict) for verdict in verdicts]}, indent=2, ensure_ascii=False
    )


def _json(verdict: Verdict) -> dict[str, JsonValue]:
    return {
        "check": verdict.check,
        "outcome": verdict.outcome,
        "subject": verdict.subject,
        "text": verdict.text,
        "cause": verdict.cause,
        "fix": verdict.fix,
        "source": verdict.source,
        "inferred": verdict.inferred,
    }


def junit_report(verdicts: Sequence[Verdict], *, suite: str) -> str:
    """One test suite: errors are failures, what could not be read an error, warnings passed tests that say so."""
    counts = Counter(verdict.outcome for verdict in verdicts)
    root = ElementTree.Element("testsuites", name="podspace")
    tests = element(
        root, "testsuite", name=suite, tests=len(verdicts), failures=counts["error"], errors=counts["unknown"]
    )
    for verdict in verdicts:
        case = element(tests, "testcase", classname=suite, name=f"{verdict.check}: {verdict.subject}")
        text = xml_text(_paragraph(verdict, color=False))
        if verdict.outcome == "error":
            element(case, "failure", message=verdict.text, type=verdict.check).text = text
        elif verdict.outcome == "unknown":
            element(case, "error", message=verdict.text, type=verdict.check).text = text
        elif verdict.outcome == "warning":
            element(case, "system-out").text = text
    return xml_document(root)
