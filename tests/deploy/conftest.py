"""Networks on a local AWS that end with their test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import botocore.loaders
import botocore.session
import pytest
from typer.testing import CliRunner

from podspace.cli import app
from tests.deploy.deployed import Data, Network
from tests.json_report import the_report
from tools.local_aws import LocalAws

Start = Callable[..., Network]
Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a network; one at a time."""
    started: list[Network] = []

    def started_with(data: Data, *, bootstrapped: bool = True, **settings: Any) -> Network:
        started.append(Network(data=data, local=LocalAws(**settings), bootstrapped=bootstrapped))
        return started[-1]

    yield started_with
    for network in started:
        network.local.stop()


_create_loader = cache(botocore.loaders.create_loader)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command with a local AWS in place of AWS, and return its exit status and report."""

    # Each command has a session of its own, which would read the models of the services again.
    monkeypatch.setattr(botocore.session, "create_loader", _create_loader)

    def ran(network: Network, *arguments: str) -> tuple[int, Any]:
        for name, value in network.local.environment(account=network.aws.account, region=network.aws.region).items():
            monkeypatch.setenv(name, value)
        done = CliRunner().invoke(app, [*arguments, "--format", "json"], catch_exceptions=False)
        return done.exit_code, the_report(done.stdout)

    return ran


def of(report: Any, severity: str) -> list[tuple[str, str]]:
    """Ids and subjects of the diagnostics of a severity."""
    return [(each["id"], each["subject"]) for each in report["diagnostics"] if each["severity"] == severity]
