"""The commands that read an account, if something on the way answers in place of AWS."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from podspace.live.aws.call import CALLS
from tests.aws_server import Answer, AwsServer
from tests.integration.live import initialised, run
from tests.json_report import the_report
from tests.vpc_shapes import a_shape, deploy, run_nodes

COMMANDS: Mapping[str, tuple[str, ...]] = {
    "init": ("init", "--cluster", "prod", "--to", "again.yaml"),
    "preflight": ("preflight", "prod.yaml"),
    "teardown": ("teardown", "prod.yaml"),
    "verify": ("verify", "prod.yaml", "--from", "pods.json", "--account"),
    "plan": ("plan", "prod.yaml", "--describe-instance-types"),
}


def instead(body: bytes, kind: str = "text/html") -> Callable[[Answer], Answer]:
    return lambda _: (200, kind, body)


BODIES: Mapping[str, Callable[[Answer], Answer]] = {
    "HTML": instead(b"<!DOCTYPE html><html><body>Sign in<br></body></html>"),
    "HTML that is XML": instead(b"<html><body>Sign in</body></html>"),
    "empty": instead(b""),
    "cut off": lambda answer: (answer[0], answer[1], answer[2][:-5]),
    "wrong root": lambda answer: (
        200,
        answer[1],
        b'{"page": "login"}' if b"json" in answer[1].encode() else b"<Login/>",
    ),
    "JSON list": instead(b"[]", "application/json"),
}


@pytest.fixture
def deployed(aws: AwsServer) -> AwsServer:
    """An account with a deployed pod network of prod.yaml, with a node in each zone."""
    shape = a_shape(aws)
    file = initialised()
    run_nodes(aws, file, shape, deploy(aws, file))
    Path("pods.json").write_text(json.dumps({"kind": "List", "apiVersion": "v1", "items": []}))
    aws.asked.clear()
    return aws


def reported(command: str) -> list[dict[str, Any]]:
    """The diagnostics of a command."""
    found: list[dict[str, Any]] = the_report(run(*COMMANDS[command], "--format", "json").stdout)["diagnostics"]
    return found


def verdicts(found: Iterable[Mapping[str, Any]]) -> set[tuple[str, str, str]]:
    """What is known."""
    return {(each["id"], each["subject"], each["severity"]) for each in found if each["severity"] != "unknown"}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_without_answers_of_aws_knows_nothing(command: str, deployed: AwsServer) -> None:
    for body in BODIES.values():
        for call in CALLS:
            deployed.faults[call.operation] = body
        done = run(*COMMANDS[command], "--format", "json")
        found = [
            each
            for each in the_report(done.stdout)["diagnostics"]
            if command != "verify" or each["id"] == "subnet-space"
        ]
        assert {each["severity"] for each in found} == {"unknown"}
        assert done.exit_code == 2
        assert not Path("again.yaml").exists()


@pytest.mark.parametrize("command", ["preflight", "teardown"])
def test_a_call_without_an_answer_of_aws_is_unknown_alone(command: str, deployed: AwsServer) -> None:
    """What needs the call is unknown; nothing is an error or right because of it, also if it is the first call."""
    right = reported(command)
    made = [call for call in CALLS if call.operation in {each.operation for each in deployed.asked}]
    assert len(made) >= 7
    for call in made:
        deployed.faults.clear()
        deployed.faults[call.operation] = BODIES["HTML that is XML"]
        found = reported(command)
        assert call.action in {each["subject"] for each in found if each["severity"] == "unknown"}
        assert verdicts(found) <= verdicts(right)
