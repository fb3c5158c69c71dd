"""The scripts of the pipelines, run with the real command in a git repository of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.podspace.diff.repository import Repository
from tests.template import REPOSITORY

FAULTY = REPOSITORY / "tests" / "article.yaml"
GOOD = REPOSITORY / "benchmarks" / "defects" / "good" / "shared-nat"
CONFIG = "config/my network.yaml"
SMALLER = {"pods.subnet_prefix": 20}


@pytest.fixture
def command(tmp_path: Path) -> Path:
    """`podspace` of this checkout, in a path with a space in it."""
    path = tmp_path / "of a pipeline" / "podspace"
    path.parent.mkdir()
    path.write_text(f'#!/bin/sh\nPYTHONPATH="{REPOSITORY}" exec "{sys.executable}" -m podspace "$@"\n')
    path.chmod(0o755)
    return path


def run(script: str, cwd: Path, variables: Mapping[str, object]) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PODSPACE_")}
    return subprocess.run(
        ["bash", REPOSITORY / "ci" / script],
        cwd=cwd,
        env={**environment, **{key: str(value) for key, value in variables.items()}},
        capture_output=True,
        text=True,
        check=False,
    )


def lint(cwd: Path, command: Path, paths: str, **variables: str) -> subprocess.CompletedProcess[str]:
    given = {"PODSPACE_COMMAND": command, "PODSPACE_PATHS": paths, "PODSPACE_REPORT": cwd / "a report", **variables}
    return run("lint.sh", cwd, given)


def test_good_files_pass_and_the_report_is_written(tmp_path: Path, command: Path) -> None:
    shutil.copytree(GOOD, tmp_path / "my network")
    result = lint(tmp_path, command, "my network\n")
    assert (result.returncode, result.stderr) == (0, "")
    (sarif,) = json.loads((tmp_path / "a report").read_text())["runs"]
    assert sarif["results"] == []
    assert "0 errors" in result.stdout


@pytest.mark.parametrize("format_", ["sarif", "junit"])
def test_faults_fail_and_are_in_the_log_and_in_the_report(tmp_path: Path, command: Path, format_: str) -> None:
    shutil.copytree(GOOD, tmp_path / "my network")
    shutil.copy(FAULTY, tmp_path / "pods.yaml")
    result = lint(tmp_path, command, "my network\n\npods.yaml", PODSPACE_FORMAT=format_)
    assert result.returncode == 1
    assert "pods.yaml:27" in result.stdout
    report = (tmp_path / "a report").read_text()
    if format_ == "sarif":
        assert "refused-by-api-server" in {each["ruleId"] for each in json.loads(report)["runs"][0]["results"]}
    else:
        assert ElementTree.fromstring(report).findall(".//failure")


def test_a_path_that_is_not_there_is_status_2(tmp_path: Path, command: Path) -> None:
    assert lint(tmp_path, command, "nothing").returncode == 2


@pytest.mark.parametrize("path", ["--help", "$(touch injected)", "`touch injected`", "a; touch injected"])
def test_a_path_is_neither_an_option_nor_a_command(tmp_path: Path, command: Path, path: str) -> None:
    shutil.copy(FAULTY, tmp_path / path)
    assert lint(tmp_path, command, path).returncode == 1
    assert not (tmp_path / "injected").exists()


def test_fail_on_is_passed_only_if_it_is_given(tmp_path: Path) -> None:
    recorder = tmp_path / "podspace"
    recorder.write_text('#!/bin/sh\necho "$@" >>arguments\n')
    recorder.chmod(0o755)
    lint(tmp_path, recorder, "a")
    lint(tmp_path, recorder, "a", PODSPACE_FAIL_ON="")
    lint(tmp_path, recorder, "a", PODSPACE_FAIL_ON="warning")
    assert (tmp_path / "arguments").read_text().splitlines() == [
        *("lint --format sarif -- a", "lint -- a") * 2,
        *("lint --format sarif --fail-on warning -- a", "lint --fail-on warning -- a"),
    ]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The checkout of a pipeline: one commit of a branch that changes the config of `main`."""
    (tmp_path / "origin").mkdir()
    origin = Repository(tmp_path / "origin")
    origin.commit(CONFIG)
    origin.git("checkout", "--quiet", "-b", "change")
    origin.commit(CONFIG, SMALLER)
    origin.git("config", "uploadpack.allowReachableSHA1InWant", "true")  # as GitHub and GitLab have it
    folder = tmp_path / "clone"
    source = f"file://{tmp_path / 'origin'}"
    subprocess.run(["git", "clone", "--quiet", "--depth=1", "--branch=change", source, folder], check=True)
    return folder


def diff(clone: Path, command: Path, base: str) -> subprocess.CompletedProcess[str]:
    given = {
        "PODSPACE_COMMAND": command,
        "PODSPACE_BASE": base,
        "PODSPACE_CONFIG": CONFIG,
        "PODSPACE_SUMMARY": clone.parent / "summary.md",
    }
    return run("diff.sh", clone, given)


def commit_of(repository: Path, revision: str) -> str:
    command = ["git", "rev-parse", revision]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("base", ["main", "its commit"])
def test_a_change_that_loses_subnets_fails_and_is_in_the_summary(clone: Path, command: Path, base: str) -> None:
    result = diff(clone, command, base if base == "main" else commit_of(clone.parent / "origin", "main"))
    assert result.returncode == 1, result.stderr
    assert "replaced" in result.stdout
    heading, _, *lines, _, status = (clone.parent / "summary.md").read_text().splitlines()
    assert heading.startswith("## ")
    assert status.endswith(" 1")
    assert [line.removeprefix("    ") for line in lines] == result.stdout.splitlines()
    assert all(line.startswith("    ") for line in lines)


def test_no_change_passes(clone: Path, command: Path) -> None:
    assert diff(clone, command, "HEAD").returncode == 0


def test_a_base_that_is_not_there_fails(clone: Path, command: Path) -> None:
    assert diff(clone, command, "nothing").returncode not in (0, 1)


def test_the_version_decides_what_is_installed(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    fake = tmp_path / "bin" / "python3"
    fake.write_text(
        f'#!/bin/sh\n[ "$1" = -c ] && exec "{sys.executable}" "$@"\n'
        'mkdir -p "$3/bin"; printf \'#!/bin/sh\\necho "$@" >>pip\\n\' >"$3/bin/python"\n'
        'cp "$3/bin/python" "$3/bin/podspace"; chmod +x "$3"/bin/*\n'
    )
    fake.chmod(0o755)
    given = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "PODSPACE_VENV": tmp_path / "a venv"}
    for more in ({"PODSPACE_SOURCE": "a checkout"}, {"PODSPACE_SOURCE": "a checkout", "PODSPACE_VERSION": "1.2.3"}):
        assert run("install.sh", tmp_path, {**given, **more}).returncode == 0
    installed = [
        line.rpartition(" -- ")[2] for line in (tmp_path / "pip").read_text().splitlines() if "install" in line
    ]
    assert installed == ["a checkout", "eks-podspace==1.2.3"]
