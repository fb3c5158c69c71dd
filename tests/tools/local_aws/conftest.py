"""A local AWS for each module of tests, and an account of its own in it, as moto keeps its accounts in the process."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from tests.tools.local_aws.network import Network, network
from tests.tools.local_aws.stacks import Stacks
from tools.local_aws import LocalAws

_ACCOUNTS = count(210000000001)


@pytest.fixture(scope="module")
def local() -> Iterator[LocalAws]:
    with LocalAws() as local:
        yield local


@pytest.fixture(scope="module")
def account_stacks(local: LocalAws) -> Stacks:
    return Stacks(local=local, aws=local.clients.of(str(next(_ACCOUNTS)), "eu-west-1"))


@pytest.fixture
def stacks(account_stacks: Stacks) -> Iterator[Stacks]:
    """The stacks of an account, with no fault planned."""
    account_stacks.local.engine.faults.clear()
    yield account_stacks
    account_stacks.local.engine.faults.clear()


@pytest.fixture
def net(stacks: Stacks) -> Network:
    return network(stacks.aws)
