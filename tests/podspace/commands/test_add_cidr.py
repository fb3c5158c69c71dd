"""`podspace add-cidr` appends a block of addresses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from podspace.cli import app
from podspace.reporting import Format
from tests.template import CONFIGS, REPOSITORY


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["add-cidr", *map(str, arguments)])


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "prod.yaml"
    path.write_text((REPOSITORY / "config" / "article.yaml").read_text())
    return path


def test_a_block_is_appended(config: Path) -> None:
    before = config.read_text()
    result = run(config, "100.65.0.0/16")
    assert (result.exit_code, result.stderr) == (0, f"wrote {config}\n")
    assert result.stdout.splitlines()[-1].startswith("4 added; no deployed subnet is replaced or removed; ")
    assert config.read_text() == before.replace("[100.64.0.0/16]", "[100.64.0.0/16, 100.65.0.0/16]")


def test_blocks_are_appended_one_after_the_other(config: Path) -> None:
    for block in ("100.65.0.0/16", "100.66.0.0/17"):
        assert run(config, block, "--format", "json").exit_code == 0
    assert yaml.safe_load(config.read_text())["pods"]["cidrs"] == ["100.64.0.0/16", "100.65.0.0/16", "100.66.0.0/17"]


def test_every_option_reaches_the_file(config: Path) -> None:
    config.write_text((REPOSITORY / "config" / "ipv6.yaml").read_text())
    given = ["--subnet", "eu-west-1a=100.65.0.0/26", "--ipv6-subnet", "eu-west-1a=2001:db8:1234:1a12::/64"]
    assert run(config, "100.65.0.0/16", "--associated", "--unique", *given).exit_code == 0
    pods = yaml.safe_load(config.read_text())["pods"]
    assert pods["cidrs"][-1] == {"cidr": "100.65.0.0/16", "associated": True, "unique": True}
    assert pods["subnets"]["eu-west-1a"][-1] == "100.65.0.0/26"
    assert pods["ipv6_subnets"]["eu-west-1a"][-1] == "2001:db8:1234:1a12::/64"


@pytest.mark.parametrize("block", ["100.64.0.0/16", "100.64.0.0/10", "10.196.24.0/24", "172.20.0.0/16", "block"])
@pytest.mark.parametrize("form", list(Format))
def test_a_block_that_cannot_be_appended_is_reported_and_nothing_is_written(
    config: Path, block: str, form: Format
) -> None:
    before = config.read_bytes()
    result = run(config, block, "--format", form)
    assert result.exit_code == 1
    shown, empty = (result.stderr, result.stdout) if form is Format.TEXT else (result.stdout, result.stderr)
    assert (not empty, "must" in shown) == (True, True)
    assert config.read_bytes() == before


def test_a_dry_run_writes_nothing(config: Path) -> None:
    before = config.read_bytes()
    found = json.loads(run(config, "100.65.0.0/16", "--dry-run", "--format", "json").stdout)
    assert (found["facts"]["written"], found["exit_status"]) == (False, 0)
    assert config.read_bytes() == before


def test_help_teaches() -> None:
    shown = run("--help").output
    for word in ("podspace add-cidr config/prod.yaml", "Exit status: 0", "--dry-run", "ZONE=CIDR"):
        assert word in shown


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_example_takes_a_block_or_says_what_it_needs(path: Path) -> None:
    """Never a traceback."""
    result = run(path, "100.127.0.0/16", "--dry-run")
    assert result.exit_code in (0, 1)
    assert result.exit_code == 0 or "-> " in result.stderr
