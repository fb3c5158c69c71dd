"""`podspace preflight`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from podspace.commands.console import Profile, VerdictFormat, colored, progress, told

if TYPE_CHECKING:
    from podspace.diagnostic import Diagnostic


def preflight_config(
    config: Annotated[Path, typer.Argument(readable=False, help="A config file, or a folder of them.")],
    *,
    profile: Profile = None,
    format_: Annotated[
        VerdictFormat, typer.Option("--format", help="How to tell what was found.")
    ] = VerdictFormat.TEXT,
) -> None:
    """Hold a plan against the live VPC, cluster and account, before `cdk deploy`.

    Blocks and quotas, route destinations, peerings and transit gateways,
    subnets and gateways with their zones and states, DNS, EKS Auto Mode,
    groups, roles, access entries and endpoints. What the stack itself has
    made already is no conflict. Nothing in AWS is changed.

    podspace preflight config/prod.yaml --profile prod

    Exit status: 0 it can be deployed, 1 something is in the way, 2 something
    could not be read.
    """
    from podspace.diagnostic import exit_status  # noqa: PLC0415
    from podspace.live.aws.account import Account  # noqa: PLC0415
    from podspace.planning import read_network_files  # noqa: PLC0415
    from podspace.preflight import preflight  # noqa: PLC0415
    from podspace.reporting.verdict_report import json_report, junit_report, text_report  # noqa: PLC0415

    with told(config):
        verdicts: list[Diagnostic] = []
        files = read_network_files(config)
        for file in files:
            region = file.plan.region
            with progress(f"{file.path}: looking at {region}"):
                found = preflight(file.plan, Account(profile=profile, region=region))
                verdicts += (_in_file(each, file.path) if len(files) > 1 else each for each in found)
    match format_:
        case VerdictFormat.JSON:
            typer.echo(json_report(verdicts))
        case VerdictFormat.JUNIT:
            typer.echo(junit_report(verdicts, suite="preflight"))
        case _:
            typer.echo(text_report(verdicts, color=colored()))
    raise typer.Exit(exit_status(verdicts))


def _in_file(verdict: Diagnostic, path: Path) -> Diagnostic:
    return replace(verdict, subject=f"{path}: {verdict.subject}")
