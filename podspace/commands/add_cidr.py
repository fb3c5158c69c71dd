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
    cidr: Annotated[str, typer.Argument(help="The CIDR block, such as 100.65.0.0/16.")],
    *,
    subnet: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ZONE=CIDR",
            help=("A pod subnet in the CIDR block, if the config has a map of subnets. Repeatable."),
        ),
    ] = None,
    ipv6_subnet: Annotated[
        list[str] | None,
        typer.Option(metavar="ZONE=CIDR", help="A free /64 for each new pod subnet. Repeatable."),
    ] = None,
    associated: Annotated[
        bool,
        typer.Option("--associated", help=("The VPC has the CIDR block already; the stack does not associate it.")),
    ] = False,
    unique: Annotated[
        bool, typer.Option("--unique", help="No other network behind the transit gateway uses its addresses.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be appended, without writing the file.")
    ] = False,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Append a CIDR block to a config file, for more pods in its zones.

    With a list of zones, each zone gets a subnet of pods.subnet_prefix. With a
    map, each zone gets a subnet as large as its other pod subnets, or the one
    that --subnet gives.

    The rest of the file stays, including comments. The new plan is compared with
    the old one first; the file is not written if a deployed subnet would be
    removed. Other config files are not read: `podspace synth FOLDER` checks
    several together.

    podspace add-cidr config/prod.yaml 100.65.0.0/16

    Exit status: 0: appended, or shown with --dry-run. 1: the result would be
    wrong or an option is missing; nothing is written. 2: the file cannot be read,
    or the command line is wrong.
    """
    from podspace.planning.files.new_block import NewBlock  # noqa: PLC0415

    block = NewBlock(
        cidr=cidr, associated=associated, unique=unique, subnets=subnet or (), ipv6_subnets=ipv6_subnet or ()
    )
    grow("add-cidr", config, block, dry_run=dry_run, format_=format_)
