"""The command `podspace`: a thin shell over the library."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper

import typer

from podspace.commands.add_cidr import add_cidr
from podspace.commands.add_zone import add_zone
from podspace.commands.console import UNREADABLE
from podspace.commands.diff import diff
from podspace.commands.eni_configs import eni_configs
from podspace.commands.lint import lint_files

app = typer.Typer(
    name="podspace",
    help="Pod networks for EKS Auto Mode.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _podspace() -> None:
    """Pod networks for EKS Auto Mode."""


app.command(name="lint")(lint_files)
app.command(name="eni-configs")(eni_configs)
app.command(name="diff")(diff)
app.command(name="add-zone")(add_zone)
app.command(name="add-cidr")(add_cidr)


def main() -> None:
    """Run the command line."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # rather than fail over a name in another script
    try:
        app()
    except OSError as error:  # of standard output, such as a disk that is full
        typer.echo(f"podspace: {error.strerror}", err=True)
        os._exit(UNREADABLE)
