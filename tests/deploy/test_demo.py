"""`make demo`, without make."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.checkout import checkout


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return checkout(tmp_path / "podspace")


@pytest.fixture
def demo(project: Path) -> Iterator[subprocess.Popen[str]]:
    """The demo of a checkout, whose output is read as it comes."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tools.demo"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project), "CDK_VALIDATION": "false"},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    yield process
    process.kill()
    process.communicate()


def listens(port: int) -> bool:
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0


def processes_in(folder: Path) -> Iterator[str]:
    """Processes whose working directory is in a folder, by /proc; none where there is no /proc."""
    for process in Path("/proc").glob("[0-9]*/cwd"):
        with suppress(OSError):  # it has ended meanwhile
            if process.readlink().is_relative_to(folder):
                yield process.parent.name


def port_of(line: str) -> int:
    found = re.search(r"127\.0\.0\.1:(\d+)", line)
    assert found, line
    return int(found[1])


def test_the_demo_shows_pod_subnets_and_their_gateways(demo: subprocess.Popen[str]) -> None:
    output, _ = demo.communicate(timeout=300)
    assert demo.returncode == 0, output
    exists = output.partition("What exists in the VPC now")[2].partition("\n$ ")[0]
    for zone in "bc":
        (subnet,) = re.findall(rf"eu-west-1{zone}  subnet-\w+ \(new\)  100\.64\.\S+.*\n(?:    .*\n)*", exists)
        assert f"0.0.0.0/0 -> nat-0{zone}1b2c3d4e5f67890" in subnet
    assert re.search(r"  dist/my-cluster-pods/\S+nodeclass\S+\.yaml\n", exists)
    assert not listens(port_of(output))


def test_an_interrupted_demo_ends_what_it_started(demo: subprocess.Popen[str], project: Path) -> None:
    assert demo.stdout
    port = 0
    for line in demo.stdout:
        port = port or (port_of(line) if "127.0.0.1" in line else 0)
        if line.startswith("$ podspace init"):
            break
    assert list(processes_in(project)) or not Path("/proc").exists()
    demo.send_signal(signal.SIGINT)
    demo.communicate(timeout=30)
    assert demo.returncode == 130
    assert not listens(port)
    assert list(processes_in(project)) == []
