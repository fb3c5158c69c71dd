"""The messages on docs/troubleshooting.md are those that podspace prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from podspace.cli import app
from podspace.extras import missing
from tests.template import REPOSITORY

PAGE = (REPOSITORY / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
ARTICLE = (REPOSITORY / "config" / "article.yaml").read_text(encoding="utf-8")
MESSAGES = re.findall(r"^\| `([^`]+)`", PAGE, re.MULTILINE)


def output(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "500"})
    return " ".join(result.output.split())


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("must not be given: no such key", ARTICLE.replace("snat_policy", "snat_polcy")),
        (
            "must be between /16 (65,536 addresses) and /28 (16 addresses)",
            ARTICLE.replace("100.64.0.0/16", "100.64.0.0/10"),
        ),
        ("must be one YAML document", "a: [1"),
    ],
)
def test_a_message_about_a_config_is_on_the_page(tmp_path: Path, message: str, text: str) -> None:
    (tmp_path / "config.yaml").write_text(text)
    assert message in MESSAGES
    assert message in output("plan", str(tmp_path / "config.yaml"))


def test_messages_about_two_configs_are_on_the_page(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(ARTICLE)
    printed = output("plan", str(tmp_path))
    for message in ("error[claimed-twice]", "error[cidr-overlap]"):
        assert message in MESSAGES
        assert message in printed


def test_messages_about_files_are_on_the_page(tmp_path: Path) -> None:
    (tmp_path / "any.yaml").write_text("name: any\n")
    for message, printed in (
        ("must be a file that can be read: No such file or directory", output("plan", str(tmp_path / "none.yaml"))),
        ("nothing-to-check", output("lint", str(tmp_path / "any.yaml"))),
    ):
        assert message in MESSAGES
        assert message in printed


def test_the_message_about_a_missing_extra_is_on_the_page() -> None:
    found = missing(ModuleNotFoundError(name="boto3"))
    assert f"{found.id}: {found.subject}: {found.message}" in MESSAGES


def test_every_row_has_a_cause_and_a_fix() -> None:
    rows = [row.split(" | ") for row in PAGE.splitlines() if row.startswith("| ") and not row.startswith("| message")]
    assert rows
    assert [row[0] for row in rows if len(row) != 3 or not all(cell.strip(" |") for cell in row)] == []
