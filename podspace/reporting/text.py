"""Reports for a person, on a terminal or in a log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from podspace.diagnostic import SEVERITIES, Diagnostic, Severity
from podspace.reporting.report import Report
from podspace.reporting.wording import printable

_COLORS: Final[Mapping[Severity, str]] = {"ok": "32", "note": "36", "warning": "33", "error": "31", "unknown": "35"}
_WIDTH: Final = max(map(len, SEVERITIES))


def written(report: Report, *, color: bool = False) -> str:
    """A paragraph for each diagnostic, and a last line that counts them."""
    return "\n".join([*paragraphs(report.diagnostics, color=color), report.summary])


def paragraphs(diagnostics: Iterable[Diagnostic], *, color: bool = False) -> list[str]:
    """Each diagnostic as lines of text: where it is in a file, else its severity, comes first.

    Text from files, accounts and clusters is cleaned: `?` takes the place of characters that a terminal obeys.
    """
    return [
        _in_file(diagnostic, color=color) if diagnostic.location.file else _elsewhere(diagnostic, color=color)
        for diagnostic in diagnostics
    ]


def _in_file(diagnostic: Diagnostic, *, color: bool) -> str:
    at = diagnostic.location
    where = f"{at.file}:{at.line}" if at.line else at.file
    named = f"{at.kind} {at.name}".strip()
    construct = f" ({at.construct_path})" if at.construct_path and at.in_template else ""
    where = printable(": ".join(filter(None, [where, named])) + construct)
    severity = _colored(f"{diagnostic.severity}[{diagnostic.id}]", _COLORS[diagnostic.severity], color=color)
    head = printable(": ".join(filter(None, [at.path, diagnostic.subject])))
    first = ": ".join(filter(None, [_colored(where, "1", color=color), severity, head]))
    return "\n".join([first, *map(printable, diagnostic.details())])


def _elsewhere(diagnostic: Diagnostic, *, color: bool) -> str:
    at = diagnostic.location
    named = f"{at.kind} {at.name}".strip()
    severity = _colored(f"{diagnostic.severity:{_WIDTH}}", _COLORS[diagnostic.severity], color=color)
    message, *details = diagnostic.details(indent=" " * (_WIDTH + 2))
    if diagnostic.severity == "ok":
        details = []
    head = ": ".join(filter(None, [diagnostic.id, named, at.path, diagnostic.subject, message.strip()]))
    return "\n".join([f"{severity}  {printable(head)}", *map(printable, details)])


def _colored(text: str, code: str, *, color: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if color else text
