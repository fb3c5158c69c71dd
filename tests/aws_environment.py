"""The environment of a process that takes a server on loopback for AWS."""

from __future__ import annotations

import os
from functools import cache

import pytest
from botocore.loaders import create_loader

loader = cache(create_loader)
"""The loader of botocore's models, which reads each of them once."""


def aws_environment(url: str) -> dict[str, str]:
    """The variables that a process needs to take the server at a URL for AWS."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def use_as_aws(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a server for AWS in this process, without waiting between attempts."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in aws_environment(url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    monkeypatch.setattr("botocore.session.create_loader", loader)
