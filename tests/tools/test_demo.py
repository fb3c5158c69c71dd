"""The demo without its commands: how it starts, and how it ends early."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.template import REPOSITORY
from tools.demo import existing, network
from tools.local_aws import LocalAws

_SLOW_IMPORT = """
import contextlib, sys, types

try:
    sys.stdin.readline()
except BaseException:  # as an import can swallow it
    sys.stdin.readline()


def LocalAws():
    return contextlib.nullcontext(types.SimpleNamespace(clients=types.SimpleNamespace(url="http://127.0.0.1:1")))
"""
Start = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The demo with a local AWS whose import waits for a line of stdin."""
    for name in ("tools/__init__.py", "tools/demo.py", "config/article.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(REPOSITORY / name, tmp_path / name)
    (tmp_path / "tools/local_aws").mkdir()
    (tmp_path / "tools/local_aws/__init__.py").write_text(_SLOW_IMPORT)
    (tmp_path / "tools/local_aws/existing.py").write_text("def create_existing(*_): ...")
    return tmp_path


@pytest.fixture
def start(project: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def started_demo() -> subprocess.Popen[str]:
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "tools.demo"],
                cwd=project,
                env={**os.environ, "PYTHONPATH": str(project)},
                text=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        )
        return started[-1]

    yield started_demo
    for process in started:
        process.kill()
        with process:
            pass  # closes its pipes


def lines(process: subprocess.Popen[str]) -> list[str]:
    """What a demo that ends with status 1 writes, without empty lines."""
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (1, "")
    return [line for line in output.splitlines() if line]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_during_imports_ends_the_demo_without_a_traceback(start: Start, number: signal.Signals) -> None:
    process = start()
    assert process.stdout
    assert process.stdout.readline()
    process.send_signal(number)
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (130, "")
    assert [line.partition(".")[0] for line in output.splitlines() if line] == ["Interrupted"]


def test_a_second_demo_in_the_same_folder_does_not_start(start: Start, project: Path) -> None:
    first = start()
    assert first.stdout
    assert first.stdout.readline()
    (line,) = lines(start())
    assert str(project / "demo") in line
    first.kill()
    first.wait()
    (project / "demo" / "my-cluster.yaml").write_text("")
    third = start()
    assert third.stdout
    assert third.stdout.readline()
    assert not (project / "demo" / "my-cluster.yaml").exists()


def test_the_config_stays_while_another_demo_runs(start: Start, project: Path) -> None:
    config = project / "demo" / "my-cluster.yaml"
    config.parent.mkdir()
    config.write_text("")
    with (config.parent / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        lines(start())
    assert config.exists()


@pytest.mark.parametrize("name", ["demo", "dist", "cdk.out"])
def test_a_file_in_place_of_a_folder_is_reported_with_its_path(start: Start, project: Path, name: str) -> None:
    (project / name).write_text("")
    (line,) = lines(start())
    assert str(project / name) in line


def test_a_folder_in_place_of_the_config_is_reported_with_its_path(start: Start, project: Path) -> None:
    config = project / "demo" / "my-cluster.yaml"
    config.mkdir(parents=True)
    (line,) = lines(start())
    assert str(config) in line


def test_the_demo_ends_without_a_traceback_when_nothing_reads_its_output(start: Start) -> None:
    process = start()
    assert process.stdout
    assert process.stdin
    assert process.stderr
    assert process.stdout.readline()
    process.stdout.close()
    process.stdin.write("\n")
    process.stdin.close()
    assert process.wait(30) == 1
    assert process.stderr.read() == ""


def test_what_was_created_after_the_snapshot_is_new() -> None:
    with LocalAws() as local:
        aws = local.clients.of("210000000099", "eu-west-1")
        ec2 = aws("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        old = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        before = existing(aws, vpc=vpc)
        ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="100.64.0.0/16")
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="100.64.0.0/18")["Subnet"]["SubnetId"]
        gateway = ec2.create_nat_gateway(SubnetId=old, ConnectivityType="private")["NatGateway"]["NatGatewayId"]
        words = " ".join(network(aws, vpc=vpc, before=before)).replace(",", "").split()
    assert {old, vpc, "10.0.0.0/16"} <= set(words)
    assert {word for word, mark in pairwise(words) if mark == "(new)"} == {
        "100.64.0.0/16",
        subnet,
        gateway,
    }
