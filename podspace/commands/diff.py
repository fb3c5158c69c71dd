"""`podspace diff`."""

from __future__ import annotations

from typing import Annotated

import typer

from podspace.commands.console import FormatOption, failures_reported, finish
from podspace.reporting import Format, Report


def diff(
    old: Annotated[
        str,
        typer.Argument(
            help=("The deployed config: a file or folder, REVISION:PATH, or a git revision of NEW, such as main.")
        ),
    ],
    new: Annotated[str, typer.Argument(help="The new config: a file or folder, or REVISION:PATH.")],
    format_: FormatOption = Format.TEXT,
) -> None:
    """Show what a config change would do to the deployed network.

    Shows every change with its effect: added, updated in place, replaced,
    removed, refused by AWS or the API server, or nodes are replaced. Reads
    files and git only, no account.

    podspace diff main config/prod.yaml

    podspace diff HEAD~1:config/prod.yaml config/prod.yaml

    podspace diff main config/

    Exit status: 0: running nodes and pods keep everything that they depend on. 1:
    they would lose a subnet, a rule, a route or an address that other networks
    see; or a change is refused; or a config is wrong. 2: a file or revision could
    not be read.
    """
    from podspace.diff.comparison_report import comparison_facts, diagnostics, verdict  # noqa: PLC0415
    from podspace.diff.network_comparison import compare_sides  # noqa: PLC0415
    from podspace.diff.side import read_sides  # noqa: PLC0415

    with failures_reported("diff", format_):
        before, after = read_sides(old, new)
    comparisons = compare_sides(before, after)
    report = Report(
        command="diff",
        diagnostics=tuple(each for comparison in comparisons for each in diagnostics(comparison)),
        facts={"networks": [comparison_facts(each) for each in comparisons]},
        scope=verdict(comparisons),
        file=comparisons[0].new or comparisons[0].old if len(comparisons) == 1 else "",
    )
    finish(report, format_)
