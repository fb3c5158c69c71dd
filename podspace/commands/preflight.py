"""`podspace preflight`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from podspace.commands.console import FormatOption, Profile, failures_reported, finish, progress
from podspace.reporting import Format, Report

if TYPE_CHECKING:
    from pydantic import JsonValue

    from podspace.diagnostic import Diagnostic
    from podspace.preflight import ClosedGroup


def preflight_config(
    config: Annotated[Path, typer.Argument(readable=False, help="A config file, or a folder of them.")],
    *,
    profile: Profile = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Check a plan against the live VPC, cluster and account, before `cdk deploy`.

    Checks CIDR blocks and quotas, route destinations, peerings and transit
    gateways, zones and states of subnets and gateways, DNS, EKS Auto Mode,
    security groups, network ACLs, roles, access entries and endpoints. Lists the
    security groups that admit nodes on a port, and not pods: what uses each, and
    the lines of the config that admit the pods. Resources that this stack has
    created already are no conflict. Calls you are not allowed to make are
    reported as `unknown`; the other checks still run. Changes nothing in AWS.

    podspace preflight config/prod.yaml --profile prod

    Exit status: 0: no error. 1: at least one error. 2: no error, but something could not be read.
    """
    with failures_reported("preflight", format_, path=config):
        from podspace.live.aws.account import Account  # noqa: PLC0415
        from podspace.planning import read_network_files  # noqa: PLC0415
        from podspace.preflight import groups_to_open, preflight, reaches_yaml  # noqa: PLC0415

        diagnostics: list[Diagnostic] = []
        texts: list[str] = []
        reaches: list[JsonValue] = []
        files = read_network_files(config)
        for file in files:
            region, others = file.plan.region, tuple(each.plan for each in files if each is not file)
            with progress(f"{file.path}: reading {region}"):
                account = Account(profile=profile, region=region)
                found = tuple(preflight(file.plan, account, others=others))
                diagnostics += (_in_file(each, file.path) if len(files) > 1 else each for each in found)
                if groups := groups_to_open(file.plan, account, found):
                    texts.append(f"{_HEADING.format(file=file.path)}\n\n{reaches_yaml(file.plan, groups)}\n")
                    reaches += (_fact(each, file.path) for each in groups)
    facts: dict[str, JsonValue] = {"files": [str(file.path) for file in files], "reaches": reaches}
    finish(Report(command="preflight", diagnostics=diagnostics, facts=facts, text="\n".join(texts)), format_)


_HEADING: Final = (
    "These lines of {file} admit the pods where nodes are admitted. Leave out entries that pods do not need:"
)


def _fact(closed: ClosedGroup, path: Path) -> JsonValue:
    return {
        "file": str(path),
        "id": closed.group.group_id,
        "name": closed.group.name,
        "ports": list(closed.ports.ranges),
        "nodes": list(closed.nodes),
        "interfaces": len(closed.interfaces),
        "owners": list(closed.owners),
    }


def _in_file(diagnostic: Diagnostic, path: Path) -> Diagnostic:
    return replace(diagnostic, location=replace(diagnostic.location, file=str(path)))
