"""The command `podspace`: a thin shell over the library."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from podspace.junit import junit_report
from podspace.lint import Linted, lint
from podspace.problem import PlanError
from podspace.report import json_report, text_report
from podspace.sarif import sarif_report

app = typer.Typer(
    name="podspace",
    help="Pod networks for EKS Auto Mode.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


_UNREADABLE = 2


class Format(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"


@app.callback()
def _podspace() -> None:
    """Pod networks for EKS Auto Mode."""


@app.command(name="lint")
def _lint(
    files: Annotated[
        list[Path],
        typer.Argument(
            readable=False,
            help="Templates, manifests, what `cdk synth` wrote, folders (read at any depth), or - for standard input.",
        ),
    ],
    format_: Annotated[Format, typer.Option("--format", help="How to print what is found.")] = Format.TEXT,
    against: Annotated[
        list[Path] | None,
        typer.Option(readable=False, help="What is applied now, as files, folders or -: changes to it are judged too."),
    ] = None,
) -> None:
    """Check templates, and manifests of NodeClass, NodePool and ENIConfig.

    Reads what any tool wrote, offline. Give both halves of a deployment, and
    selectors, zones, routes, groups and roles are held against each other.
    Objects of other kinds are passed over.

    podspace lint cdk.out manifests/

    helm template chart | podspace lint network.yaml -

    kubectl get nodeclass,nodepool -o yaml | podspace lint new.yaml --against -

    Exit status: 0 nothing is wrong but for warnings, 1 something is,
    2 something could not be read.
    """
    linted = lint(files, against=against or ())
    typer.echo(_REPORTS[format_](linted))
    raise typer.Exit(linted.exit_code)


def _text(linted: Linted) -> str:
    return text_report(linted, color=bool(sys.stdout and sys.stdout.isatty()) and "NO_COLOR" not in os.environ)


_REPORTS: dict[Format, Callable[[Linted], str]] = {
    Format.TEXT: _text,
    Format.JSON: json_report,
    Format.SARIF: sarif_report,
    Format.JUNIT: junit_report,
}


@app.command(name="eni-configs")
def _eni_configs(
    config: Annotated[Path, typer.Argument(readable=False, help="A config file with a vpc_cni section.")],
    outputs: Annotated[
        Path | None, typer.Option(readable=False, help="What `cdk deploy --outputs-file` wrote.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--to", help="The folder to write to; dist/<name>/vpc-cni by default.")
    ] = None,
) -> None:
    """Write the ENIConfigs of managed node groups, and the configuration of the VPC CNI add-on.

    ENIConfigs name subnets and groups by id, so these come from the config, where they exist already, or from the
    outputs of the deployment.

    Exit status: 0 written, 1 something is wrong and nothing is written.
    """
    from podspace.planning.eni_config_files import write_eni_configs  # noqa: PLC0415  `podspace lint` starts without

    try:
        written = write_eni_configs(config, outputs=outputs, folder=folder)
    except PlanError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except OSError as error:
        typer.echo(f"{error.filename or folder or config}: {error.strerror}", err=True)
        raise typer.Exit(1) from None
    for path in written:
        typer.echo(f"wrote {path}", err=True)


def main() -> None:
    """Run the command line."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # rather than fail over a name in another script
    try:
        app()
    except OSError as error:  # of standard output, such as a disk that is full
        typer.echo(f"podspace: {error.strerror}", err=True)
        os._exit(_UNREADABLE)
