"""`podspace diff` tells what a change does, and its exit status what came of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from podspace.cli import app
from podspace.reporting import Format
from tests.mother import Changes, a_file
from tests.podspace.diff.repository import Repository
from tests.template import REPOSITORY


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["diff", *map(str, arguments)])


def written(path: Path, changes: Changes | None = None) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(a_file(changes)))
    return path


@pytest.mark.parametrize(
    ("changes", "verdict", "status"),
    [
        ({}, "nothing changes; no deployed subnet is replaced or removed", 0),
        ({"pods.cidrs": ["100.64.0.0/16", "100.65.0.0/16"]}, "3 added; no deployed subnet is replaced or removed", 0),
        ({"pods.subnet_prefix": 17}, "2 added, 2 replaced; 2 deployed subnets would be replaced or removed", 1),
        ({"cluster.node_role": {"name": "r", "access_entry": True}}, "refused: NodeClass class", 1),
    ],
)
@pytest.mark.parametrize("form", list(Format))
def test_the_status_is_1_where_a_deployed_subnet_is_lost_or_something_is_refused(
    tmp_path: Path, changes: Changes, verdict: str, status: int, form: Format
) -> None:
    """In every format."""
    result = run(written(tmp_path / "old.yaml"), written(tmp_path / "new.yaml", changes), "--format", form)
    assert result.exit_code == status
    if form is Format.TEXT:
        assert f"{verdict}; " in result.stdout.splitlines()[-1]
    if form is Format.JSON:
        report = json.loads(result.stdout)
        found = [change for network in report["facts"]["networks"] for change in network["changes"]]
        assert len(found) == len(report["diagnostics"])
        assert any(change["loses"] for change in found) is bool(status)
    assert "\x1b" not in result.output


def test_a_revision_means_the_same_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = Repository(tmp_path)
    repository.commit("config/prod.yaml")
    path = repository.write("config/prod.yaml", {"pods.subnet_prefix": 17})
    monkeypatch.chdir(tmp_path)
    assert run("main", "config/prod.yaml").exit_code == 1
    assert run("main", "config").output == run("main", "config/prod.yaml").output
    path.unlink()
    repository.write("config/other.yaml", {"name": "other", "vpc.id": "vpc-00000002"})
    gone = run("main", "config/")
    assert gone.exit_code == 1
    assert "error    stack-removed: " in gone.output
    assert "stack podspace-cluster-net: is removed" in gone.output


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["nothing", "new.yaml"], 2),
        (["old.yaml", "nothing"], 2),
        (["wrong.yaml", "new.yaml"], 1),
        (["wrong.yaml", "nothing"], 1),
        (["--", "-x", "new.yaml"], 2),
    ],
)
@pytest.mark.parametrize("form", list(Format))
def test_a_config_that_is_wrong_has_the_status_1_and_one_that_cannot_be_read_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], status: int, form: Format
) -> None:
    """Text is on standard error, and every other format a report on standard output."""
    written(tmp_path / "old.yaml")
    written(tmp_path / "new.yaml")
    written(tmp_path / "wrong.yaml", {"pods.subnet_prefix": 30})
    monkeypatch.chdir(tmp_path)
    result = run("--format", form, *arguments)
    assert result.exit_code == status
    shown, empty = (result.stderr, result.stdout) if form is Format.TEXT else (result.stdout, result.stderr)
    assert (not empty, "must be" in shown) == (True, True)


def test_help_teaches() -> None:
    shown = run("--help").output
    for word in ("podspace diff main config/prod.yaml", "Exit status: 0", "--format", "REVISION"):
        assert word in shown


def test_the_module_says_it_without_a_traceback(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "podspace", "diff", "nothing", str(written(tmp_path / "new.yaml"))]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith(f"unknown  unreadable: nothing:{tmp_path}")
