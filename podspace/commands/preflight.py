"""`podspace preflight`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from podspace.commands.console import FormatOption, Profile, failures_reported, finish, progress
from podspace.reporting import Format, Report

if TYPE_CHECKING:
    from pydantic import JsonValue

    from podspace.diagnostic import Diagnostic


def preflight_config(
    config: Annotated[Path, typer.Argument(readable=False, help="A config file, or a folder of them.")],
    *,
    profile: Profile = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Check a plan against the live VPC, cluster and account, before `cdk deploy`.

    Checks CIDR blocks and quotas, route destinations, peerings and transit
    gateways, zones and states of subnets and gateways, DNS, EKS Auto Mode,
    security groups, roles, access entries and endpoints. Resources that this
    stack has created already are no conflict. Calls you are not allowed to make
    are reported as `unknown`; the other checks still run. Changes nothing in AWS.

    podspace preflight config/prod.yaml --profile prod

    Exit status: 0: no error. 1: at least one error. 2: no error, but something could not be read.
    """
    with failures_reported("preflight", format_, path=config):
        from podspace.live.aws.account import Account  # noqa: PLC0415
        from podspace.planning import read_network_files  # noqa: PLC0415
        from podspace.preflight import preflight  # noqa: PLC0415

        diagnostics: list[Diagnostic] = []
        files = read_network_files(config)
        for file in files:
            region, others = file.plan.region, tuple(each.plan for each in files if each is not file)
            with progress(f"{file.path}: reading {region}"):
                found = preflight(file.plan, Account(profile=profile, region=region), others=others)
                diagnostics += (_in_file(each, file.path) if len(files) > 1 else each for each in found)
    facts: dict[str, JsonValue] = {"files": [str(file.path) for file in files]}
    finish(Report(command="preflight", diagnostics=diagnostics, facts=facts), format_)


def _in_file(diagnostic: Diagnostic, path: Path) -> Diagnostic:
    return replace(diagnostic, location=replace(diagnostic.location, file=str(path)))
