"""Processes of the local AWS, and processes that take it for AWS."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import pytest

import tools.local_aws
from tools.local_aws import LocalAws
from tools.local_aws import __main__ as command

OTHER_AWS = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_EC2",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CA_BUNDLE",
    "AWS_CONFIG_FILE",
    "AWS_REGION",
    "CDK_PROFILE",
    "CDK_ROLE_ARN",
    "CDK_PROXY",
    "npm_config_https_proxy",
    *(name for each in ("HTTP", "HTTPS", "ALL", "NO") for name in (f"{each}_PROXY", f"{each.lower()}_proxy")),
)


@pytest.mark.parametrize("name", OTHER_AWS)
def test_a_process_inherits_no_other_aws_and_no_proxy(
    local: LocalAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.setenv(name, "other")
    monkeypatch.setenv("KEPT", "other")
    found = local.process_environment(account="111122223333", region="eu-west-1", home=tmp_path)
    assert [key for key, value in found.items() if value == "other"] == ["KEPT"]
    assert local.environment(account="111122223333", region="eu-west-1").items() <= found.items()


def test_a_process_has_a_home_of_its_own_and_the_jsii_cache_of_the_user(
    local: LocalAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", "/home/user")
    monkeypatch.delenv("JSII_RUNTIME_PACKAGE_CACHE_ROOT", raising=False)
    found = local.process_environment(account="111122223333", region="eu-west-1", home=tmp_path)
    assert found["HOME"] == str(tmp_path)
    assert found["JSII_RUNTIME_PACKAGE_CACHE_ROOT"].startswith("/home/user/")
    monkeypatch.setenv("JSII_RUNTIME_PACKAGE_CACHE_ROOT", "/cache")
    found = local.process_environment(account="111122223333", region="eu-west-1", home=tmp_path)
    assert found["JSII_RUNTIME_PACKAGE_CACHE_ROOT"] == "/cache"


@pytest.mark.parametrize("port", ["80000", "65536", "-1", "http"])
def test_a_port_that_does_not_exist_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], port: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["__main__.py", f"--port={port}"])
    with pytest.raises(SystemExit) as error:
        command.main()
    assert error.value.code == 2
    shown = capsys.readouterr().err
    assert shown.startswith("usage: python -m tools.local_aws ")
    assert f"{port} " in shown.splitlines()[-1]


@pytest.mark.parametrize("name", ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])
def test_the_local_aws_does_not_read_the_profile_of_the_user(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "prod")
    importlib.reload(tools.local_aws)
    assert name not in os.environ
