"""What the commands have in common that append to a config file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from podspace.commands.console import Format, colored, told

if TYPE_CHECKING:  # which the commands import when they run
    from pydantic import JsonValue

    from podspace.growth.append import Append
    from podspace.growth.grown_file import GrownFile
    from podspace.planning import Config

_COLORS = {"+": "32", "-": "31", "@": "36"}


def grow(config: Path, appends: Callable[[Config], Sequence[Append]], *, dry_run: bool, format_: Format) -> None:
    """Append to a file, unless only to show it, and print what is appended and what it does."""
    from podspace.growth.comparison_report import json_report  # noqa: PLC0415
    from podspace.growth.grown_file import grown  # noqa: PLC0415

    with told(config):
        file = grown(config, appends)
        if not dry_run:
            file.write()
    if format_ is Format.JSON:
        facts: dict[str, JsonValue] = {
            "config": str(config),
            "written": not dry_run,
            "difference": "\n".join(file.difference()),
            "remarks": [{"id": each.id, "level": each.severity, "text": each.message} for each in file.remarks],
        }
        typer.echo(json_report([file.comparison], facts=facts))
    else:
        typer.echo(_text(file))
    typer.echo(f"{config} is left as it is" if dry_run else f"wrote {config}", err=True)


def _text(file: GrownFile) -> str:
    from podspace.growth.comparison_report import text_report  # noqa: PLC0415

    color = colored()
    difference = [
        f"\x1b[{_COLORS[line[0]]}m{line}\x1b[0m" if color and line[0] in _COLORS else line for line in file.difference()
    ]
    remarks = [f"{remark.severity}: {remark.message}" for remark in file.remarks]
    return "\n".join([*difference, "", *remarks, text_report([file.comparison], color=color)])
