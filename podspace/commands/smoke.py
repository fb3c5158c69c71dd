"""`podspace smoke`."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Annotated

import typer

from podspace.commands.console import FormatOption, failures_reported, finish, seconds
from podspace.reporting import Format, Report


def write_smoke_test(
    config: Annotated[
        list[Path],
        typer.Argument(readable=False, help="The config files of one cluster that are deployed, or a folder of them."),
    ],
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            readable=False, help="The file to write; by default, it is printed, for `kubectl apply --filename=-`."
        ),
    ] = None,
    to: Annotated[
        list[str] | None,
        typer.Option(help="HOST:PORT that pods must reach by TCP, such as a database. Repeatable."),
    ] = None,
    node_pool: Annotated[
        list[str] | None, typer.Option(help="A NodePool of the config to test; by default, all. Repeatable.")
    ] = None,
    image: Annotated[
        str | None,
        typer.Option(help="An image with busybox; by default, the official one in the public registry of AWS."),
    ] = None,
    echo: Annotated[
        str | None,
        typer.Option(
            help="URL of a service that answers with the address of its client, or `off`; by default, "
            "http://checkip.amazonaws.com."
        ),
    ] = None,
    wait: Annotated[
        str,
        typer.Option(
            help="How long a probe waits for the probes of other zones: seconds, or 90s, 10m, 1h30m; at most 24h."
        ),
    ] = "10m",
    format_: FormatOption = Format.TEXT,
) -> None:
    """Write a manifest of probe pods that test the network: one in each zone of each NodePool.

    Each probe tests DNS, the API server, the probes of other zones, the internet,
    its public address, VPC endpoints, instance metadata, and each destination of
    --to. It writes the result into its termination message, which
    `podspace verify --smoke` compares with the config. This command applies
    nothing. When you apply the manifest, a NodePool without a node in a zone
    starts one there for the probe.

    podspace smoke config/prod.yaml --to db.example.com:5432
    | kubectl apply --filename=-

    podspace verify config/prod.yaml --smoke --watch

    Exit status: 0: written. 1: the config or an option is wrong, or the file
    cannot be written. 2: the config cannot be read.
    """
    if output is None and format_ is not Format.TEXT:
        raise typer.BadParameter("needs --output", param_hint="--format")
    waits = seconds(wait, "--wait")
    with failures_reported("smoke", format_, path=output or config[0]):
        from podspace.formats.atomic_write import write_atomically  # noqa: PLC0415
        from podspace.formats.manifest_files import manifest_text, refuse_files_of_others  # noqa: PLC0415
        from podspace.planning import read_network_files  # noqa: PLC0415
        from podspace.smoke.manifest import smoke_manifests  # noqa: PLC0415
        from podspace.smoke.settings import ECHO, IMAGE, SmokeSettings  # noqa: PLC0415
        from podspace.verification.one_cluster import of_one_cluster  # noqa: PLC0415

        settings = SmokeSettings.of(
            image=IMAGE if image is None else image,
            echo=ECHO if echo is None else echo,
            destinations=to or (),
            pools=node_pool or (),
            wait=int(waits),
        )
        files, remarks = of_one_cluster(read_network_files(*config))
        text = "".join(map(manifest_text, smoke_manifests([file.plan for file in files], settings)))
        if output is None:
            typer.echo(text, nl=False)
            return
        if output.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(output))
        refuse_files_of_others({output.parent: {output.name: text}})
        write_atomically(output, text)
    report = Report(command="smoke", diagnostics=remarks, facts={"files": [str(output)]})
    finish(report, format_, notes=[f"wrote {output}"])
