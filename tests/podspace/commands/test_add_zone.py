"""`podspace add-zone` appends a zone, or asks for what it needs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from podspace.cli import app
from podspace.planning import read_network_files
from tests.template import CONFIGS, REPOSITORY

GIVEN = ["--node-subnet", "subnet-00000001", "--gateway", "subnet-00000002"]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """With room for one zone more, in a region with four."""
    path = tmp_path / "prod.yaml"
    path.write_text((REPOSITORY / "config" / "three-zones.yaml").read_text().replace("eu-central-1", "us-west-2"))
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["add-zone", *map(str, arguments)])


def test_a_zone_is_appended_with_what_the_file_names_for_each(config: Path) -> None:
    before = config.read_text()
    result = run(config, "us-west-2d", *GIVEN)
    assert result.exit_code == 0
    assert result.stderr == f"wrote {config}\n"
    assert "+  zones: [us-west-2a, us-west-2b, us-west-2c, us-west-2d]" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("5 added, 1 updated; no deployed subnet is replaced or removed; ")
    lines = config.read_text().splitlines()
    assert [line for line in before.splitlines() if line not in lines] == [
        "  zones: [us-west-2a, us-west-2b, us-west-2c]"
    ]
    (file,) = read_network_files(config)
    assert file.plan.pods.zones[-1] == "us-west-2d"


def test_what_is_missing_is_requested_and_nothing_is_written(config: Path) -> None:
    before = config.read_bytes()
    result = run(config, "us-west-2d")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "-> add --node-subnet subnet-…" in result.stderr
    assert "-> add --gateway subnet-…" in result.stderr
    assert config.read_bytes() == before


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_dry_run_shows_the_same_and_writes_nothing(config: Path, form: str) -> None:
    before = config.read_bytes()
    shown = run(config, "us-west-2d", *GIVEN, "--dry-run", "--format", form)
    assert (shown.exit_code, shown.stderr) == (0, f"{config} is not changed\n")
    assert config.read_bytes() == before
    done = run(config, "us-west-2d", *GIVEN, "--format", form)
    assert done.stdout == shown.stdout.replace('"written": false', '"written": true')


def test_json_has_everything_the_text_has(config: Path) -> None:
    text = run(config, "us-west-2d", *GIVEN, "--dry-run").stdout
    found = json.loads(run(config, "us-west-2d", *GIVEN, "--dry-run", "--format", "json").stdout)
    facts = found["facts"]
    assert facts["difference"] in text
    assert all(each["id"] in text and each["message"] in text for each in found["diagnostics"])
    assert all(change["name"] in text for network in facts["networks"] for change in network["changes"])
    assert (facts["config"], facts["written"], found["exit_status"]) == (str(config), False, 0)


@pytest.mark.parametrize(("path", "status"), [(".", 1), ("nothing.yaml", 2)])
def test_what_is_no_config_file_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, status: int
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(path, "us-west-2d")
    assert (result.exit_code, result.stdout) == (status, "")
    assert "must be" in result.stderr


def test_a_folder_that_cannot_be_written_to_is_reported(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(config.parent))

    monkeypatch.setattr("podspace.formats.atomic_write.NamedTemporaryFile", refused)
    result = run(config, "us-west-2d", *GIVEN)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[0] == f"error    system-error: {config.parent}: Permission denied"


def test_every_option_reaches_the_file(config: Path) -> None:
    config.write_text((REPOSITORY / "config" / "twelve-blocks.yaml").read_text())
    block = "100.76.0.0/16"
    result = run(
        config,
        "us-east-1d",
        "--node-subnet",
        "subnet-00000001",
        "--gateway",
        "nat-00000001",
        "--cidr",
        block,
        "--subnet",
        block,
    )
    assert result.exit_code == 0
    pods = yaml.safe_load(config.read_text())["pods"]
    assert (pods["cidrs"][-1], pods["subnets"]["us-east-1d"]) == (block, [block])


def test_help_teaches() -> None:
    shown = run("--help").output
    for word in (
        "podspace add-zone config/prod.yaml",
        "Exit status: 0",
        "--dry-run",
        "--gateway",
        "podspace synth FOLDER",
    ):
        assert word in shown


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_example_says_what_a_new_zone_needs_or_takes_it(path: Path) -> None:
    """Never a traceback."""
    (file,) = read_network_files(path)
    last = max(file.plan.pods.zones)
    result = run(path, f"{last[:-1]}{chr(ord(last[-1]) + 1)}", "--dry-run")
    assert result.exit_code in (0, 1)
    assert result.exit_code == 0 or "-> " in result.stderr


def test_limits_from_the_capacity_grow_with_the_zone(tmp_path: Path) -> None:
    path = tmp_path / "prod.yaml"
    example = (REPOSITORY / "config" / "limited-pools.yaml").read_text()
    path.write_text(example.replace("eu-west-1", "us-west-2"))
    (before,) = read_network_files(path)
    assert run(path, "us-west-2d", "--node-subnet", "subnet-00000001").exit_code == 0
    (after,) = read_network_files(path)
    limits = [{each.pool: each.nodes for each in file.plan.capacity_limits} for file in (before, after)]
    assert limits[0]["general"] < limits[1]["general"]
