"""A checkout of this repository in a folder of its own, as a fresh clone after set-up."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.template import REPOSITORY

_TOOLS = (".venv", "node_modules")


def source_files() -> list[Path]:
    """Every file of the repository that git tracks or would track, relative to it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    )
    return [Path(name) for name in listed.stdout.split("\0") if name and (REPOSITORY / name).is_file()]


def checkout(folder: Path, *, tools: bool = True) -> Path:
    """Copy the repository and, with `tools`, use those that are set up here already."""
    for file in source_files():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(REPOSITORY / file, folder / file)
    for tool in _TOOLS if tools else ():
        (folder / tool).symlink_to(REPOSITORY / tool)
    for made_from in (folder / "setup.py", *folder.glob("requirements*.txt"), *folder.glob("package*.json")):
        os.utime(made_from, (0, 0))  # or make would set the linked tools up anew while they are in use
    return folder


def run(
    *command: str,
    cwd: Path,
    validation: bool = False,
    config: str = "",
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a command as a person does, without credentials.

    Args:
        command: the words of the command.
        cwd: where to run it.
        validation: whether CDK's own template validation is on, as it is for people, or off, which is faster.
        config: the config to give where the CDK CLI does not run the app.
        environment: further variables.
    """
    left_out = ("AWS_", "CDK_", "MAKE", "MFLAGS")  # of a make that runs the tests, too
    variables = {key: value for key, value in os.environ.items() if not key.startswith(left_out)}
    variables |= {
        **(environment or {}),
        "PATH": f"{REPOSITORY / '.venv' / 'bin'}:{variables['PATH']}",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    if not validation:
        variables["CDK_VALIDATION"] = "false"
    if config:
        variables["CDK_CONTEXT_JSON"] = json.dumps({"config": config})
        variables["CDK_OUTDIR"] = "cdk.out"
    return subprocess.run(command, cwd=cwd, env=variables, check=False, capture_output=True, text=True)
