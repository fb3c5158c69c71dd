"""`podspace eni-configs`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from podspace.commands.console import FormatOption, failures_reported, finish
from podspace.reporting import Format, Report
from podspace.reporting.wording import printable


def eni_configs(
    config: Annotated[Path, typer.Argument(readable=False, help="A config file with a vpc_cni section.")],
    outputs: Annotated[
        Path | None, typer.Option(readable=False, help="The file that `cdk deploy --outputs-file` wrote.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--to", help="The folder to write to; dist/<name>/vpc-cni by default.")
    ] = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Write the ENIConfigs of managed node groups, and the configuration of the VPC CNI add-on.

    ENIConfigs contain ids of subnets and security groups. The ids of existing
    ones are in the config; the others are read from the outputs of the
    deployment.

    podspace eni-configs config/prod.yaml --outputs outputs.json

    Exit status: 0: written. 1: the config or the outputs are wrong; nothing is
    written. 2: a file cannot be read.
    """
    from podspace.planning.files.eni_configs import write_eni_configs  # noqa: PLC0415

    with failures_reported("eni-configs", format_, path=folder or config):
        files = write_eni_configs(config, outputs=outputs, folder=folder)
    if format_ is Format.TEXT:
        for path in files:
            typer.echo(printable(f"wrote {path}"), err=True)
        return
    finish(Report(command="eni-configs", diagnostics=(), facts={"files": [str(path) for path in files]}), format_)
