"""`podspace init`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from podspace.commands.console import FormatOption, Profile, Region, failures_reported, finish, progress
from podspace.diagnostic import unknown
from podspace.reporting import Format, Report
from podspace.reporting.wording import printable

if TYPE_CHECKING:
    from podspace.proposal import Proposal


def init(
    *,
    cluster: Annotated[str, typer.Option(help="The name of the EKS cluster.")],
    vpc: Annotated[str | None, typer.Option(help="The VPC's id; by default, the cluster's VPC.")] = None,
    pod_cidr: Annotated[
        list[str] | None,
        typer.Option(
            help=("A CIDR block for the pods, such as 100.64.0.0/16; by default, podspace chooses one. Repeatable.")
        ),
    ] = None,
    node_subnet: Annotated[
        list[str] | None,
        typer.Option(help="A subnet for nodes; by default, the cluster's private subnets. Repeatable."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="The name of the pod network; <cluster>-pods by default.")] = None,
    to: Annotated[Path | None, typer.Option(help="The file to write; config/<cluster>.yaml by default.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file if it exists.")] = False,
    region: Region = None,
    profile: Profile = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Write a config for an existing VPC and cluster.

    Reads both; chooses the node subnets by their routes, and CIDR blocks for pods
    that AWS accepts; reuses the NAT gateways of the nodes in each zone; and gives
    the reason for each value in a comment. Changes nothing in AWS. The config can
    be synthesised without edits. A JSON Schema for editors is written next to it.

    podspace init --cluster prod --region eu-west-1

    podspace init --cluster prod --vpc vpc-0a1b2c3d4e5f67890 --pod-cidr 100.66.0.0/16

    Exit status: 0: written. 1: no config can be written. 2: something could not
    be read; if the config is only partly affected, it is written, and a comment
    lists what is missing.
    """
    file = to or Path("config") / f"{cluster}.yaml"
    with failures_reported("init", format_, path=file):
        from podspace.live.aws.account import Account  # noqa: PLC0415
        from podspace.proposal import propose, request, schema_path, write_config  # noqa: PLC0415

        asked = request(
            cluster=cluster, network=name, vpc_id=vpc, pod_cidrs=pod_cidr or (), node_subnets=node_subnet or ()
        )
        with progress(f"reading cluster {cluster}"):
            proposal = propose(Account(profile=profile, region=region), asked)
        write_config(file, proposal, overwrite=force)
    report = Report(
        command="init",
        diagnostics=[
            *proposal.warnings,
            *(
                replace(unknown("not-read", key, reason), fix=f"complete {key} in {file} by hand, or allow the call")
                for key, reason in proposal.unread.items()
            ),
        ],
        facts={
            "file": str(file),
            "schema": str(schema_path(file)),
            "config": proposal.data,
            "choices": {key: {"value": choice.value, "reason": choice.why} for key, choice in proposal.choices.items()},
        },
        text=_text(proposal, file),
    )
    finish(report, format_)


def _text(proposal: Proposal, file: Path) -> str:
    from podspace.proposal import schema_path  # noqa: PLC0415
    from podspace.proposal.config_text import flow  # noqa: PLC0415

    lines = []
    for key, choice in proposal.choices.items():
        lines.append(printable(f"{key}: {flow(choice.value)}"))
        lines += [f"    {printable(line)}" for line in choice.why.splitlines()]
    return "\n".join(
        [
            *lines,
            f"wrote {file}",
            f"wrote {schema_path(file)}",
            "",
            "next:",
            f"    podspace plan {file}",
            f"    podspace preflight {file}",
            "",
        ]
    )
