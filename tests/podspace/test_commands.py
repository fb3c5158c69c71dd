"""What holds of every command."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from podspace.cli import app
from tests.template import REPOSITORY

COMMANDS = dict(get_command(app).commands)  # type: ignore[attr-defined]
PAGE = (REPOSITORY / "docs" / "commands.md").read_text()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_on_the_page_of_commands(name: str) -> None:
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("name", COMMANDS)
def test_help_teaches_by_example_and_says_every_exit_status(name: str) -> None:
    text = " ".join(CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "200"}).output.split())
    assert "Exit status: 0" in text
    assert f"podspace {name} " in text.partition("Usage:")[2].partition(name)[2] or name == "eni-configs"


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"eni-configs", "add-zone", "add-cidr", "schema"}))
def test_every_command_with_output_has_it_as_json_too(name: str) -> None:
    assert re.search(r"--format\b.*json", " ".join(CliRunner().invoke(app, [name, "--help"]).output.split()))


def test_no_command_loads_what_another_one_needs() -> None:
    """So that `podspace --help` prints at once."""
    script = (
        "import sys\nfrom podspace.cli import app\ntry: app(['--help'])\nexcept SystemExit: pass\n"
        "print('loaded:', *sorted({'boto3', 'lightkube', 'pydantic', 'rich'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=REPOSITORY, check=True)
    assert ran.stdout.splitlines()[-1].split() == ["loaded:"]


def test_the_list_of_commands_has_their_whole_first_sentences() -> None:
    text = " ".join(CliRunner().invoke(app, ["--help"]).output.split())
    for command in app.registered_commands:
        assert command.callback
        assert " ".join((command.callback.__doc__ or "").partition("\n\n")[0].split()) in text


def test_the_version_is_said() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", CliRunner().invoke(app, ["--version"]).output)
