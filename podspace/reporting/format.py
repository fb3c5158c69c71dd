"""The formats of a report."""

from __future__ import annotations

from enum import StrEnum

from podspace.reporting.report import Report


class Format(StrEnum):
    """Format of a report: text, JSON, a format of a CI system (JUnit, SARIF, GitHub annotations), or metrics."""

    TEXT = "text"
    JSON = "json"
    JUNIT = "junit"
    SARIF = "sarif"
    GITHUB = "github"
    PROMETHEUS = "prometheus"


def written(report: Report, *, format_: Format, color: bool = False) -> str:
    """The report in a format, without a newline at its end; `color` is for text on a terminal."""
    # Each writer is imported when it is used, as most runs use one.
    match format_:
        case Format.TEXT:
            from podspace.reporting import text  # noqa: PLC0415

            return text.written(report, color=color)
        case Format.JSON:
            from podspace.reporting import json  # noqa: PLC0415

            return json.written(report)
        case Format.JUNIT:
            from podspace.reporting import junit  # noqa: PLC0415

            return junit.written(report)
        case Format.SARIF:
            from podspace.reporting import sarif  # noqa: PLC0415

            return sarif.written(report)
        case Format.GITHUB:
            from podspace.reporting import github  # noqa: PLC0415

            return github.written(report)
        case Format.PROMETHEUS:
            from podspace.reporting import prometheus  # noqa: PLC0415

            return prometheus.written(report)
