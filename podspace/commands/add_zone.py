"""`podspace add-zone`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from podspace.commands.console import FormatOption
from podspace.commands.growth import grow
from podspace.reporting import Format

_Several = list[str] | None


def add_zone(
    config: Annotated[Path, typer.Argument(readable=False, help="The config file of one network.")],
    zone: Annotated[str, typer.Argument(help="The zone, by name or id as the others are.")],
    *,
    node_subnet: Annotated[
        _Several,
        typer.Option(metavar="ID", help="A node subnet of the zone; its CIDR in a VPC that is made here. Repeatable."),
    ] = None,
    gateway: Annotated[
        _Several,
        typer.Option(
            metavar="[NAME=]ID",
            help="What an egress entry names for each zone: a NAT gateway, a subnet, an Elastic IP address. NAME is "
            "its key, where there are several. Repeatable.",
        ),
    ] = None,
    subnet: Annotated[
        _Several,
        typer.Option(metavar="CIDR", help="A pod subnet of a map; its id where the pod subnets exist. Repeatable."),
    ] = None,
    cidr: Annotated[
        _Several, typer.Option(metavar="CIDR", help="A block to append too, for --subnet. Repeatable.")
    ] = None,
    ipv6_subnet: Annotated[
        _Several, typer.Option(metavar="CIDR", help="A free /64 for each pod subnet. Repeatable.")
    ] = None,
    public_subnet: Annotated[
        _Several, typer.Option(metavar="CIDR", help="A public subnet of a VPC that is made here. Repeatable.")
    ] = None,
    endpoint_subnet: Annotated[
        str | None, typer.Option(metavar="ID", help="The subnet for interface endpoints.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be appended, and write nothing.")] = False,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Append a zone to a config file, with what the file names for each zone.

    Without options it says which ones the file asks for. In a list of zones
    the new one takes the next slot of every block; in a map the next free
    part of the blocks that all zones share, or --subnet.

    All else in the file stays, comments and spaces too. What comes of it is
    planned and compared first; nothing is written where a live subnet would
    be lost. Files beside it are not read: make synth CONFIG=folder does that.

    podspace add-zone config/prod.yaml eu-west-1a --node-subnet subnet-… --gateway nat-…

    Exit status: 0 appended, or shown with --dry-run, 1 something is wrong or
    missing and nothing is written, 2 the file cannot be read, or the command
    line is wrong.
    """
    from podspace.planning.files.need import Option  # noqa: PLC0415
    from podspace.planning.files.new_zone import NewZone  # noqa: PLC0415

    given: dict[Option, list[str]] = {
        "--node-subnet": node_subnet or [],
        "--gateway": gateway or [],
        "--subnet": subnet or [],
        "--ipv6-subnet": ipv6_subnet or [],
        "--public-subnet": public_subnet or [],
        "--endpoint-subnet": [endpoint_subnet] if endpoint_subnet else [],
    }
    grow("add-zone", config, NewZone(name=zone, given=given, blocks=cidr or ()), dry_run=dry_run, format_=format_)
