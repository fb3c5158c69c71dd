"""`podspace diff`."""

from __future__ import annotations

from typing import Annotated

import typer

from podspace.commands.console import UNREADABLE, Format, colored, told


def diff(
    old: Annotated[
        str,
        typer.Argument(help="What is deployed: a file or folder, REVISION:PATH, or a revision of NEW, such as main."),
    ],
    new: Annotated[str, typer.Argument(help="What shall be deployed: a file or folder, or REVISION:PATH.")],
    format_: Annotated[Format, typer.Option("--format", help="How to print the changes.")] = Format.TEXT,
) -> None:
    """Tell what a changed config does to a network that lives, before it is deployed.

    Names every change, and what becomes of it: added, updated in place,
    replaced, removed, refused by AWS or the API server, or such that nodes
    are replaced. Reads files and git alone, no account.

    podspace diff main config/prod.yaml

    podspace diff HEAD~1:config/prod.yaml config/prod.yaml

    podspace diff main config/

    Exit status: 0 no live subnet is lost, 1 one would be replaced or removed,
    or something is refused, 2 a side could not be read or planned.
    """
    from podspace.growth.comparison_report import json_report, text_report  # noqa: PLC0415
    from podspace.growth.network_comparison import compare_sides  # noqa: PLC0415
    from podspace.growth.side import read_sides  # noqa: PLC0415

    with told(status=UNREADABLE):
        before, after = read_sides(old, new)
    comparisons = compare_sides(before, after)
    typer.echo(json_report(comparisons) if format_ is Format.JSON else text_report(comparisons, color=colored()))
    raise typer.Exit(int(any(comparison.loses for comparison in comparisons)))
