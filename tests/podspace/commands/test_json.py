"""The JSON of every command is a report of the documented schema, also if the command fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from podspace.cli import app
from tests.json_report import the_report
from tests.mother import Changes, a_file
from tests.podspace.cluster_objects import cluster_objects
from tests.podspace.manifests import a_node_class

COMMANDS = {
    "plan": ["plan", "net.yaml", "--pods", "3000"],
    "diff": ["diff", "net.yaml", "net.yaml"],
    "add-zone": ["add-zone", "net.yaml", "eu-west-1a", "--dry-run"],
    "add-cidr": ["add-cidr", "net.yaml", "100.65.0.0/16", "--dry-run"],
    "lint": ["lint", "net.yaml"],
    "preflight": ["preflight", "net.yaml"],
    "verify": ["verify", "net.yaml", "--from", "all.json"],
    "teardown": ["teardown", "net.yaml"],
    "eni-configs": ["eni-configs", "net.yaml"],
}
"""Without `init`, which reads no config; tests/integration/test_live_commands.py has it and those of accounts."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(folder: Path, changes: Changes | None = None, *, name: str = "net.yaml") -> Path:
    path = folder / name
    path.write_text(yaml.safe_dump(a_file(changes)))
    return path


def report_of(*arguments: str) -> Any:
    done = CliRunner().invoke(app, [*arguments, "--format", "json"], catch_exceptions=False)
    report = the_report(done.stdout)
    assert (report["command"], report["exit_status"]) == (arguments[0], done.exit_code)
    return report


@pytest.mark.parametrize("command", ["plan", "diff", "add-cidr", "verify"])
def test_a_config_that_is_right_has_the_facts_of_the_command(folder: Path, command: str) -> None:
    written(folder)
    items = [each for objects in cluster_objects().values() for each in objects]
    (folder / "all.json").write_text(json.dumps({"apiVersion": "v1", "items": items, "kind": "List"}))
    report = report_of(*COMMANDS[command])
    assert report["exit_status"] == 0
    assert report["facts"]


def test_the_remarks_of_a_plan_are_diagnostics_of_its_file(folder: Path) -> None:
    written(folder)
    report = report_of(*COMMANDS["plan"])
    assert "node-subnets-exist" in [each["id"] for each in report["diagnostics"]]
    assert {each["location"]["file"] for each in report["diagnostics"]} == {"net.yaml"}


def test_what_does_not_fit_is_an_error_for_each_instance_type(folder: Path) -> None:
    written(folder)
    report = report_of("plan", "net.yaml", "--nodes", "9000", "--instance-type", "m5.large")
    (error,) = [each for each in report["diagnostics"] if each["severity"] == "error"]
    assert (error["id"], error["subject"]) == ("does-not-fit", "m5.large")


def test_changes_are_diagnostics_with_their_advice(folder: Path) -> None:
    written(folder)
    written(folder, {"pods.subnet_prefix": 17}, name="new.yaml")
    report = report_of("diff", "net.yaml", "new.yaml")
    errors = [each for each in report["diagnostics"] if each["severity"] == "error"]
    assert {each["id"] for each in errors} == {"pod-subnet-replaced"}
    assert all(each["cause"] and each["fix"] and each["source"] for each in errors)
    assert report["exit_status"] == 1


def test_lint_counts_what_it_checked(folder: Path) -> None:
    (folder / "net.yaml").write_text(yaml.safe_dump(a_node_class(snatPolicy="random")))
    report = report_of("lint", "net.yaml")
    assert report["facts"] == {"checked": {"NodeClass": 1}, "passed_over": {}}
    (diagnostic,) = report["diagnostics"]
    assert diagnostic["location"]["line"] > 0


def test_eni_configs_lists_its_files(folder: Path) -> None:
    ids = {"eu-west-1a": ["subnet-0000001a"], "eu-west-1b": ["subnet-0000001b"]}
    written(folder, {"pods": {"subnet_ids": ids, "security_group": {"id": "sg-00000001"}}, "egress": [], "vpc_cni": {}})
    report = report_of("eni-configs", "net.yaml", "--to", "out")
    assert all(Path(file).is_file() for file in report["facts"]["files"])
    assert report["facts"]["files"]


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - {"lint"}))
def test_a_config_that_is_wrong_is_reported_with_its_line(folder: Path, command: str) -> None:
    """Each error by itself, with no facts."""
    path = written(folder, {"pods.subnet_prefix": 30, "vpc.id": "x"})
    report = report_of(*COMMANDS[command])
    assert (report["exit_status"], report["facts"]) == (1, {})
    assert {each["location"]["path"] for each in report["diagnostics"]} >= {"pods.subnet_prefix", "vpc.id"}
    assert {each["location"]["file"] for each in report["diagnostics"]} == {path.name}
    assert all(each["id"] and each["location"]["line"] for each in report["diagnostics"])


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_that_is_not_there_is_one_unknown(folder: Path, command: str) -> None:
    assert folder.exists()
    report = report_of(*COMMANDS[command])
    (diagnostic,) = report["diagnostics"][:1] if command == "diff" else report["diagnostics"]
    assert (diagnostic["id"], diagnostic["severity"]) == ("unreadable", "unknown")
    assert report["exit_status"] == 2


def test_a_cluster_dump_that_is_not_there_is_one_unknown(folder: Path) -> None:
    written(folder)
    report = report_of(*COMMANDS["verify"])
    (diagnostic,) = report["diagnostics"]
    assert (diagnostic["severity"], diagnostic["location"]["file"]) == ("unknown", "all.json")


def test_a_file_that_cannot_be_written_is_an_error(folder: Path) -> None:
    written(folder)
    (folder / "plan.svg").mkdir()
    (folder / "out").write_text("a file")
    report = report_of("plan", "net.yaml", "--svg", "out/plan.svg")
    assert (report["exit_status"], [each["severity"] for each in report["diagnostics"]]) == (1, ["error"])
