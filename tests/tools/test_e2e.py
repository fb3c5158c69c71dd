"""The deployments in an AWS account, run against the local AWS."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.deploy.deployed import Network as Deployed
from tools.e2e import __main__ as command
from tools.e2e.account import BUCKET, LOG_GROUP, STACK, Account
from tools.e2e.cases import Run
from tools.e2e.network import TAG
from tools.local_aws import LocalAws
from tools.local_aws.clients import AccountClients

ACCOUNT, REGION = "111122223333", "eu-west-1"
Main = Callable[..., tuple[int, str]]


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalAws]:
    from moto.moto_api._internal.models import moto_api_backend  # noqa: PLC0415

    moto_api_backend.reset()
    with LocalAws() as local:
        for name, value in local.environment(account=ACCOUNT, region=REGION).items():
            monkeypatch.setenv(name, value)
        yield local
