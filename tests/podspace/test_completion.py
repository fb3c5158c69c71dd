"""Completion of a shell, driven as a shell drives it: by environment variables."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from podspace.cli import app
from podspace.lint.every_rule import EVERY_RULE
from podspace.reporting import Format

COMMANDS = typer.main.get_group(app).commands
BEGUN = [id for id in EVERY_RULE if id.startswith("subnet-")]


def completed(*words: str) -> list[str]:
    """What bash is offered for the last word."""
    environment = {
        "_PODSPACE_COMPLETE": "complete_bash",
        "COMP_WORDS": " ".join(["podspace", *words]),
        "COMP_CWORD": str(len(words)),
    }
    done = CliRunner().invoke(app, [], prog_name="podspace", env=environment)
    return done.stdout.splitlines()


def test_commands_are_completed() -> None:
    assert sorted(completed("")) == sorted(COMMANDS)
    assert completed("pref") == ["preflight"]


@pytest.mark.parametrize("command", COMMANDS)
def test_options_of_every_command_are_completed(command: str) -> None:
    options = {name for each in COMMANDS[command].params for name in each.opts if name.startswith("--")}
    assert options <= set(completed(command, "--"))


@pytest.mark.parametrize("command", ["lint", "plan", "verify"])
def test_formats_are_completed(command: str) -> None:
    assert completed(command, "--format", "") == [each.value for each in Format]


@pytest.mark.parametrize("option", ["--select", "--ignore", "--explain"])
def test_ids_of_rules_are_completed(option: str) -> None:
    assert BEGUN
    assert completed("lint", option, "subnet-") == BEGUN


def test_the_last_of_several_ids_is_completed() -> None:
    assert completed("lint", "--select", "may-not-work,subnet-") == [f"may-not-work,{id}" for id in BEGUN]


def test_schemas_are_completed() -> None:
    assert completed("schema", "node") == ["nodeclass", "nodepool"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_is_shown(shell: str) -> None:
    done = CliRunner().invoke(app, [], prog_name="podspace", env={"_PODSPACE_COMPLETE": f"source_{shell}"})
    assert "_PODSPACE_COMPLETE" in done.stdout


def test_the_script_is_installed_for_the_shell_that_runs(tmp_path: Path) -> None:
    """Below the home folder."""
    environment = {**os.environ, "HOME": str(tmp_path), "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    command = [sys.executable, "-c", "import sys; sys.argv[0] = 'podspace'; from podspace.cli import main; main()"]
    done = subprocess.run(
        [*command, "--install-completion", "bash"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "_PODSPACE_COMPLETE" in (tmp_path / ".bash_completions" / "podspace.sh").read_text()
