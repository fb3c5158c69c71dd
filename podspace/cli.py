"""The command `podspace`: a thin shell over the library."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from podspace.commands.add_cidr import add_cidr
from podspace.commands.add_zone import add_zone
from podspace.commands.diff import diff
from podspace.commands.eni_configs import eni_configs
from podspace.commands.init import init
from podspace.commands.lint import lint_files
from podspace.commands.manifests import write_network_manifests
from podspace.commands.migrate import migrate
from podspace.commands.plan import plan
from podspace.commands.preflight import preflight_config
from podspace.commands.prices import prices
from podspace.commands.schema import schema
from podspace.commands.smoke import write_smoke_test
from podspace.commands.synth import synth
from podspace.commands.teardown import teardown
from podspace.commands.verify import verify_cluster

app = typer.Typer(
    name="podspace",
    no_args_is_help=True,
    rich_markup_mode=None,  # loading rich would take longer than all else that --help does
    pretty_exceptions_enable=False,
)


_INTERRUPTED = 130
_NOT_PRINTED = 2


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version  # noqa: PLC0415  slow to import

        typer.echo(version("eks-podspace"))
        raise typer.Exit


@app.callback()
def _podspace(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print it.")
    ] = False,
) -> None:
    """Pod networks for EKS Auto Mode: pods get addresses of separate subnets in an existing VPC.

    init, plan, preflight; then `cdk deploy` and `kubectl apply`; then verify.
    """


app.command(name="init")(init)
app.command(name="plan")(plan)
app.command(name="diff")(diff)
app.command(name="add-zone")(add_zone)
app.command(name="add-cidr")(add_cidr)
app.command(name="lint")(lint_files)
app.command(name="manifests")(write_network_manifests)
app.command(name="synth")(synth)
app.command(name="preflight")(preflight_config)
app.command(name="prices")(prices)
app.command(name="smoke")(write_smoke_test)
app.command(name="verify")(verify_cluster)
app.command(name="migrate")(migrate)
app.command(name="teardown")(teardown)
app.command(name="eni-configs")(eni_configs)
app.command(name="schema")(schema)
for _command in app.registered_commands:
    _command.short_help = (_command.callback.__doc__ or "").partition("\n\n")[0]  # the whole sentence in the list


def main() -> None:
    """Run the command line."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # rather than fail over a name in another script
    try:
        app()
    except KeyboardInterrupt:
        os._exit(_INTERRUPTED)
    except OSError as error:  # of standard output, such as a disk that is full
        typer.echo(f"podspace: {error.strerror}", err=True)
        os._exit(_NOT_PRINTED)
