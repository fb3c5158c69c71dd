"""Reports for a person, on a terminal or in a log."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Final

from podspace.diagnostic import SEVERITIES, Diagnostic, Severity
from podspace.reporting.report import Report
from podspace.reporting.wording import cleaned, printable

_COLORS: Final[Mapping[Severity, str]] = {"ok": "32", "note": "36", "warning": "33", "error": "31", "unknown": "35"}
_WIDTH: Final = max(map(len, SEVERITIES))
_INDENT: Final = " " * (_WIDTH + 2)
_COLOR: Final = re.compile("(\x1b\\[[0-9;]*m)")


def written(report: Report, *, color: bool = False) -> str:
    """The text of the command, a paragraph for each diagnostic, and a last line that counts them."""
    before = [_cleaned(report.text, color=color)] if report.text else []
    shown = paragraphs(report.diagnostics, color=color, file=report.file)
    return "\n".join([*before, *shown, printable(report.summary)])


def paragraphs(diagnostics: Iterable[Diagnostic], *, color: bool = False, file: str = "") -> Iterator[str]:
    """Each diagnostic as lines of text, with its place first if it is on a line of a file, else its severity.

    The name of `file` is left out, unless a line of it is known.  A cause, fix and source that several diagnostics have
    in common are below the last of them.  Text from files, accounts and clusters is cleaned: `?` takes the place of
    characters that a terminal obeys.
    """
    for diagnostic, later in pairwise([*diagnostics, None]):
        assert diagnostic, "only the last one is None"
        if diagnostic.location.line:
            yield _on_a_line(diagnostic, color=color)
        else:
            details = [] if later and _same_advice(diagnostic, later) else _advice(diagnostic)
            yield "\n".join([_elsewhere(diagnostic, color=color, file=file), *map(printable, details)])


def _on_a_line(diagnostic: Diagnostic, *, color: bool) -> str:
    at = diagnostic.location
    named = f"{at.kind} {at.name}".strip()
    construct = f" ({at.construct_path})" if at.construct_path and at.in_template else ""
    where = printable(": ".join(filter(None, [f"{at.file}:{at.line}", named])) + construct)
    severity = _colored(_with_id(diagnostic), _COLORS[diagnostic.severity], color=color)
    head = printable(": ".join(filter(None, [at.path, diagnostic.subject])))
    first = ": ".join(filter(None, [_colored(where, "1", color=color), severity, head]))
    return "\n".join([first, *map(printable, diagnostic.details())])


def _with_id(diagnostic: Diagnostic) -> str:
    return printable(f"{diagnostic.severity}[{diagnostic.id}]" if diagnostic.id else diagnostic.severity)


def _elsewhere(diagnostic: Diagnostic, *, color: bool, file: str) -> str:
    at = diagnostic.location
    named = f"{at.kind} {at.name}".strip()
    severity = _colored(f"{diagnostic.severity:{_WIDTH}}", _COLORS[diagnostic.severity], color=color)
    head = [diagnostic.id, at.file if at.file != file else "", named, at.path, diagnostic.subject, diagnostic.message]
    return f"{severity}  {printable(': '.join(filter(None, head)))}"


def _advice(diagnostic: Diagnostic) -> list[str]:
    return diagnostic.details(indent=_INDENT)[1:] if diagnostic.severity != "ok" else []


def _same_advice(one: Diagnostic, other: Diagnostic) -> bool:
    same = one.severity == other.severity and one.id == other.id and one.location.file == other.location.file
    return same and not other.location.line and _advice(one) == _advice(other)


def _cleaned(text: str, *, color: bool) -> str:
    """The text of a command, cleaned; with `color` it keeps the colors that the command gave it."""
    parts = _COLOR.split(text) if color else [text]  # text and colors in turns
    return "".join(part if index % 2 else cleaned(part) for index, part in enumerate(parts))


def _colored(text: str, code: str, *, color: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if color else text
