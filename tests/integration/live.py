"""Commands that read an account, run as people run them."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner, Result

from podspace.cli import app
from podspace.planning import NetworkFile, read_network_files


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments], catch_exceptions=False)


def initialised(*arguments: str) -> NetworkFile:
    """The config file that init writes for the cluster prod, prod.yaml."""
    done = run("init", "--cluster", "prod", "--name", "pods", "--to", "prod.yaml", *arguments)
    assert done.exit_code == 0, done.output
    (file,) = read_network_files(Path("prod.yaml"))
    return file
