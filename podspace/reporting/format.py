"""The formats of a report."""

from __future__ import annotations

from enum import StrEnum

from podspace.reporting import github, json, junit, sarif, text
from podspace.reporting.report import Report


class Format(StrEnum):
    """For a person, for a program, or for a CI system that shows tests, code scanning results or annotations."""

    TEXT = "text"
    JSON = "json"
    JUNIT = "junit"
    SARIF = "sarif"
    GITHUB = "github"


def written(report: Report, *, format_: Format, color: bool = False) -> str:
    """The report in a format, without a newline at its end; `color` is for text on a terminal."""
    match format_:
        case Format.TEXT:
            return text.written(report, color=color)
        case Format.JSON:
            return json.written(report)
        case Format.JUNIT:
            return junit.written(report)
        case Format.SARIF:
            return sarif.written(report)
        case Format.GITHUB:
            return github.written(report)
