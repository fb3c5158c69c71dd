"""`podspace teardown`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from podspace.commands.console import FormatOption, Profile, failures_reported, finish, progress
from podspace.reporting import Format, Report
from podspace.reporting.step import step_facts, step_lines


def teardown(
    config: Annotated[Path, typer.Argument(readable=False, help="The config file of the pod network to remove.")],
    *,
    profile: Profile = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Show the order in which to remove a pod network, and what prevents its removal.

    Checks nodes, network interfaces in the pod subnets and their owners, volumes,
    instance profiles that contain the node role, the stack, and what is retained
    when it is deleted. Changes and deletes nothing.

    podspace teardown config/prod.yaml

    Exit status: 0: `cdk destroy` can be run. 1: something prevents it, or the
    account or region differs from the config. 2: no error, but something could
    not be read.
    """
    with failures_reported("teardown", format_, path=config):
        from podspace.live.aws.account import Account  # noqa: PLC0415
        from podspace.planning import read_network_file  # noqa: PLC0415
        from podspace.teardown import dependencies, steps  # noqa: PLC0415

        file = read_network_file(config)
        with progress(f"{config}: reading what still exists"):
            left = tuple(dependencies(file.plan, Account(profile=profile, region=file.plan.region)))
    order = steps(file)
    report = Report(
        command="teardown",
        diagnostics=left,
        facts={"steps": step_facts(order)},
        text="\n".join([*step_lines(order), "", "still existing:"]),
    )
    finish(report, format_)
