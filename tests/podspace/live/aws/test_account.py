"""Regions, profiles and credentials, and the errors of AWS that concern every call."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore.exceptions import (
    ClientError,
    CredentialRetrievalError,
    NoAuthTokenError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOTokenLoadError,
    TokenRetrievalError,
)

from podspace.live.aws.access import explained, told_by, unreachable, without_secrets
from podspace.live.aws.account import Account
from podspace.live.failure import LiveError, UnreadError
from tests.aws_environment import use_as_aws


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A process without AWS's variables but credentials, and a file for profiles."""
    use_as_aws("http://127.0.0.1:9", monkeypatch)
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    config = tmp_path / "config"
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    return config


def test_the_region_is_the_first_that_is_given(environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the caller, AWS_REGION, AWS_DEFAULT_REGION, the profile."""
    environment.write_text("[profile prod]\nregion = eu-west-4\n")
    assert Account(profile="prod").region == "eu-west-4"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-3")
    assert Account().region == "eu-west-3"
    monkeypatch.setenv("AWS_REGION", "eu-west-2")
    assert Account().region == "eu-west-2"
    assert Account(region="eu-west-1").region == "eu-west-1"


def test_without_a_region_no_account_is_opened() -> None:
    with pytest.raises(LiveError) as failure:
        Account()
    assert "--region" in failure.value.diagnostic.fix


def test_a_profile_that_does_not_exist_is_named() -> None:
    with pytest.raises(LiveError) as failure:
        Account(profile="nobody", region="eu-west-1")
    assert "nobody" in failure.value.diagnostic.message
    assert failure.value.diagnostic.fix


def test_a_config_file_that_cannot_be_read_is_reported(environment: Path) -> None:
    environment.write_text("region = eu-west-1\n[")
    with pytest.raises(LiveError) as failure:
        Account(region="eu-west-1")
    assert failure.value.diagnostic.fix


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "why"}}, "DescribeVpcs")


OF_EVERY_CALL = {
    "no region": (NoRegionError(), "--region"),
    "no profile": (ProfileNotFound(profile="x"), "list-profiles"),
    "no credentials": (NoCredentialsError(), "AWS_PROFILE"),
    "half of the credentials": (PartialCredentialsError(provider="env", cred_var="AWS_SECRET"), "AWS_PROFILE"),
    "no token of SSO": (SSOTokenLoadError(error_msg="x"), "aws sso login"),
    "old token": (TokenRetrievalError(provider="sso", error_msg="x"), "aws sso login"),
    "no token": (NoAuthTokenError(), "aws sso login"),
    "failed process": (CredentialRetrievalError(provider="p", error_msg="x"), "aws sso login"),
    **{code: (refused(code), "sign in") for code in ("ExpiredToken", "ExpiredTokenException", "RequestExpired")},
    **{
        code: (refused(code), "keys")
        for code in (
            "AuthFailure",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "OptInRequired",
            "SignatureDoesNotMatch",
            "UnrecognizedClientException",
        )
    },
}


@pytest.mark.parametrize("name", OF_EVERY_CALL)
def test_an_error_of_every_call_ends_the_run_with_what_to_do(name: str) -> None:
    error, fix = OF_EVERY_CALL[name]
    with pytest.raises(LiveError) as failure, explained():
        raise error
    assert not isinstance(failure.value, UnreadError)
    assert failure.value.__suppress_context__
    assert failure.value.diagnostic.subject == "AWS"
    assert fix in failure.value.diagnostic.fix


@pytest.mark.parametrize("error", [refused("AccessDenied"), ValueError("x")], ids=["denied", "other"])
def test_an_error_of_one_call_is_left_as_it_is(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, explained():
        raise error
    assert raised.value is error


def test_the_code_and_the_message_of_an_error_may_be_missing() -> None:
    assert told_by(refused("AuthFailure")) == ("AuthFailure", "why")
    assert told_by(ClientError({}, "DescribeVpcs")) == ("", "")


def test_a_message_is_one_line_without_passwords() -> None:
    error = OSError("no way to https://ann:secret@proxy.example/x from //b:c@d/\n<html>")
    assert without_secrets(error) == "no way to https://…@proxy.example/x from //…@d/"
    assert without_secrets(OSError("x" * 300)) == "x" * 200
    assert "no way" in unreachable(error).diagnostic.message
