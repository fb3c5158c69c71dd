"""Reports as annotations, which GitHub Actions shows next to the lines of a pull request.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from podspace.diagnostic import Diagnostic, Severity
from podspace.reporting.report import Report
from podspace.reporting.wording import printable

_COMMANDS: Final[Mapping[Severity, str]] = {
    "note": "notice",
    "warning": "warning",
    "error": "error",
    "unknown": "error",
}


def written(report: Report) -> str:
    """A workflow command for each diagnostic but those that are `ok`, and a last line that counts them.

    `unknown` is shown as an error whose title says so, as the run fails for it.
    """
    lines = [_annotation(each) for each in report.diagnostics if each.severity != "ok"]
    return "\n".join([*lines, _data(report.summary)])


def _annotation(diagnostic: Diagnostic) -> str:
    at = diagnostic.location
    unknown = "unknown: " if diagnostic.severity == "unknown" else ""
    properties = {
        "file": "" if at.file == "-" else at.file,
        "line": str(at.line) if at.line and at.file != "-" else "",
        "title": f"{unknown}podspace {diagnostic.id}",
    }
    given = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    about = ": ".join(filter(None, [f"{at.kind} {at.name}".strip(), at.path, diagnostic.subject]))
    lines = [line.strip() for line in diagnostic.details()]
    message = "\n".join([f"{about}: {lines[0]}" if about else lines[0], *lines[1:]])
    return f"::{_COMMANDS[diagnostic.severity]} {given}::{_data(message)}"


def _data(text: str) -> str:
    lines = [printable(line) for line in text.splitlines()]
    return "%0A".join(line.replace("%", "%25") for line in lines)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
