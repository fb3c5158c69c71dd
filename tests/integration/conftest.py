"""A server on loopback that the commands take for AWS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.aws_environment import use_as_aws

if TYPE_CHECKING:
    from tests.aws_server import AwsServer


@pytest.fixture(scope="module")
def server() -> Iterator[AwsServer]:
    from tests.aws_server import AwsServer  # noqa: PLC0415  the other tests here start without moto

    with AwsServer() as server:
        yield server


@pytest.fixture
def aws(server: AwsServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AwsServer:
    """The server, with nothing left of the test before, and a folder to work in."""
    use_as_aws(server.url, monkeypatch)
    monkeypatch.chdir(tmp_path)
    server.reset()
    return server
