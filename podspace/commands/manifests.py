"""`podspace manifests`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from podspace.commands.console import FormatOption, failures_reported, finish
from podspace.reporting import Format, Report

if TYPE_CHECKING:
    from podspace.formats.manifest_files import Files
    from podspace.planning import NetworkFile


def write_network_manifests(
    config: Annotated[Path, typer.Argument(readable=False, help="A config file, or a folder of them.")],
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            readable=False,
            help="The folder to write to, with a folder for each pod network. By default, the objects are printed, "
            "for `kubectl apply --filename=-`.",
        ),
    ] = None,
    kustomization: Annotated[
        bool, typer.Option("--kustomization", help="Also write a kustomization.yaml to each folder.")
    ] = False,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Write the NodeClasses and NodePools of a config, as `cdk synth` does.

    One file for each object, named in the order to apply; files that an earlier
    run wrote and this one does not are removed. Needs no AWS account, no CDK and
    no cluster. The objects select subnets and groups that `cdk deploy` creates,
    so deploy first. Objects that the deployment applies, with `apply: true`, are
    written too.

    podspace manifests config/prod.yaml --output manifests --kustomization

    podspace manifests config/prod.yaml | kubectl apply --filename=-

    Exit status: 0: written. 1: the config is wrong or a file cannot be written.
    2: the config cannot be read.
    """
    if output is None and (kustomization or format_ is not Format.TEXT):
        raise typer.BadParameter("needs --output", param_hint="--kustomization, --format")
    with failures_reported("manifests", format_, path=output or config):
        from podspace.formats.manifest_files import kustomization as kustomized  # noqa: PLC0415
        from podspace.formats.manifest_files import write_files  # noqa: PLC0415
        from podspace.planning import read_network_files  # noqa: PLC0415

        files = read_network_files(config)
        folders = manifest_folders(files, within=output or Path())
        if output is None:
            typer.echo("".join(text for each in folders.values() for text in each.values()), nl=False)
            return
        if kustomization:
            folders = {folder: {**each, **kustomized(each)} for folder, each in folders.items()}
        write_files(folders, stale="*.yaml")
    written = [str(folder / name) for folder, each in folders.items() for name in sorted(each)]
    report = Report(
        command="manifests",
        diagnostics=[remark for file in files for remark in file.plan.remarks],
        facts={"files": [*written]},
    )
    finish(report, format_, notes=[f"wrote {path}" for path in written])


def manifest_folders(files: Iterable[NetworkFile], *, within: Path) -> dict[Path, Files]:
    """The manifest files of each network by its folder, `within/NAME`; a network without objects has none."""
    from podspace.formats.manifest_files import manifest_files  # noqa: PLC0415  other commands start without
    from podspace.planning import manifests  # noqa: PLC0415

    texts = {within / file.plan.name: manifest_files(manifests(file.plan)) for file in files}
    return {folder: each for folder, each in texts.items() if each}
