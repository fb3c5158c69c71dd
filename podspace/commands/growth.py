"""Shared code of the commands that append to a config file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from podspace.commands.console import colored, failures_reported, finish
from podspace.reporting import Format, Report
from podspace.reporting.wording import printable

if TYPE_CHECKING:  # which the commands import when they run
    from podspace.growth.grown_file import GrownFile
    from podspace.planning.files.append import Addition

_COLORS = {"+": "32", "-": "31", "@": "36"}


def grow(
    command: str,
    config: Path,
    addition: Addition,
    *,
    dry_run: bool,
    format_: Format,
) -> None:
    """Append to a file, or only show it, and report what is appended and what it does."""
    from podspace.diff.comparison_report import comparison_facts, diagnostics, verdict  # noqa: PLC0415
    from podspace.growth.grown_file import grown  # noqa: PLC0415

    with failures_reported(command, format_, path=config):
        file = grown(config, addition)
        if not dry_run:
            file.write()
    remarks = [replace(each, location=replace(each.location, file=str(config))) for each in file.remarks]
    report = Report(
        command=command,
        diagnostics=[*remarks, *diagnostics(file.comparison)],
        facts={
            "config": str(config),
            "written": not dry_run,
            "difference": "\n".join(file.difference()),
            "networks": [comparison_facts(file.comparison)],
        },
        text=_difference(file) + "\n",
        scope=verdict([file.comparison]),
        file=str(config),
    )
    finish(report, format_, notes=[f"{config} is not changed" if dry_run else f"wrote {config}"])


def _difference(file: GrownFile) -> str:
    color = colored()
    lines = map(printable, file.difference())
    return "\n".join(
        f"\x1b[{_COLORS[line[0]]}m{line}\x1b[0m" if color and line and line[0] in _COLORS else line for line in lines
    )
