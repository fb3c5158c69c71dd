"""`podspace add-cidr`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from podspace.commands.console import FormatOption
from podspace.commands.growth import grow
from podspace.reporting import Format


def add_cidr(
    config: Annotated[Path, typer.Argument(readable=False, help="The config file of one network.")],
    cidr: Annotated[str, typer.Argument(help="The block, such as 100.65.0.0/16.")],
    *,
    subnet: Annotated[
        list[str] | None,
        typer.Option(metavar="ZONE=CIDR", help="A pod subnet of the block, for a map of subnets. Repeatable."),
    ] = None,
    ipv6_subnet: Annotated[
        list[str] | None,
        typer.Option(metavar="ZONE=CIDR", help="A free /64 for each new pod subnet. Repeatable."),
    ] = None,
    associated: Annotated[
        bool, typer.Option("--associated", help="The VPC has the block already, and no association is made.")
    ] = False,
    unique: Annotated[
        bool, typer.Option("--unique", help="No other network behind the transit gateway uses its addresses.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be appended, and write nothing.")] = False,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Append a block of addresses to a config file, for more pods in its zones.

    In a list of zones each takes its slot of the block. In a map each takes
    a part as large as all pod subnets are, or what --subnet gives.

    All else in the file stays, comments and spaces too. What comes of it is
    planned and compared first; nothing is written where a live subnet would
    be lost. Files beside it are not read: make synth CONFIG=folder does that.

    podspace add-cidr config/prod.yaml 100.65.0.0/16

    Exit status: 0 appended, or shown with --dry-run, 1 something is wrong or
    missing and nothing is written, 2 the file cannot be read, or the command
    line is wrong.
    """
    from podspace.planning.files.new_block import NewBlock  # noqa: PLC0415

    block = NewBlock(
        cidr=cidr, associated=associated, unique=unique, subnets=subnet or (), ipv6_subnets=ipv6_subnet or ()
    )
    grow("add-cidr", config, block, dry_run=dry_run, format_=format_)
