"""`podspace eni-configs`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from podspace.commands.console import told


def eni_configs(
    config: Annotated[Path, typer.Argument(readable=False, help="A config file with a vpc_cni section.")],
    outputs: Annotated[
        Path | None, typer.Option(readable=False, help="What `cdk deploy --outputs-file` wrote.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--to", help="The folder to write to; dist/<name>/vpc-cni by default.")
    ] = None,
) -> None:
    """Write the ENIConfigs of managed node groups, and the configuration of the VPC CNI add-on.

    ENIConfigs name subnets and groups by id, so these come from the config,
    where they exist already, or from the outputs of the deployment.

    podspace eni-configs config/prod.yaml --outputs outputs.json

    Exit status: 0 written, 1 something is wrong and nothing is written.
    """
    from podspace.planning.eni_config_files import write_eni_configs  # noqa: PLC0415

    with told(folder or config):
        written = write_eni_configs(config, outputs=outputs, folder=folder)
    for path in written:
        typer.echo(f"wrote {path}", err=True)
