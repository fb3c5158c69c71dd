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
    zone: Annotated[str, typer.Argument(help="The zone, by name or by id, as the zones in the file.")],
    *,
    node_subnet: Annotated[
        _Several,
        typer.Option(
            metavar="ID",
            help=("A node subnet in the zone: its id, or its CIDR in a VPC that the stack creates. Repeatable."),
        ),
    ] = None,
    gateway: Annotated[
        _Several,
        typer.Option(
            metavar="[NAME=]ID",
            help="The id that an egress entry needs for each zone: of a NAT gateway, a subnet or an Elastic IP "
            "address. NAME is the key of the entry, if there are several. Repeatable.",
        ),
    ] = None,
    subnet: Annotated[
        _Several,
        typer.Option(
            metavar="CIDR",
            help=("A pod subnet, if the config has a map of subnets: its CIDR, or its id if it exists. Repeatable."),
        ),
    ] = None,
    cidr: Annotated[
        _Several, typer.Option(metavar="CIDR", help="A CIDR block to append as well, for --subnet. Repeatable.")
    ] = None,
    ipv6_subnet: Annotated[
        _Several, typer.Option(metavar="CIDR", help="A free /64 for each pod subnet. Repeatable.")
    ] = None,
    public_subnet: Annotated[
        _Several, typer.Option(metavar="CIDR", help="A public subnet in a VPC that the stack creates. Repeatable.")
    ] = None,
    endpoint_subnet: Annotated[
        str | None, typer.Option(metavar="ID", help="The subnet for interface endpoints.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be appended, without writing the file.")
    ] = False,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Append a zone to a config file, with the ids that the file has for each zone.

    Without options, it lists the options that the file needs. With a list of
    zones, the new zone gets the next free subnet of each CIDR block. With a map,
    it gets the next free part of the CIDR blocks with subnets of all zones, or
    the subnet that --subnet gives.

    The rest of the file stays, including comments. The new plan is compared with
    the old one first; the file is not written if a deployed subnet would be
    removed. Other config files are not read: `podspace synth FOLDER` checks
    several together.

    podspace add-zone config/prod.yaml eu-west-1a --node-subnet subnet-… --gateway nat-…

    Exit status: 0: appended, or shown with --dry-run. 1: the result would be
    wrong or an option is missing; nothing is written. 2: the file cannot be read,
    or the command line is wrong.
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
