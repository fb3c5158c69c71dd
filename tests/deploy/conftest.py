"""Networks on a local AWS that end with their test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.deploy.deployed import Data, Network
from tools.local_aws import LocalAws

Start = Callable[..., Network]


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
