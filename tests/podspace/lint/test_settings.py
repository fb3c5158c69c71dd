"""The settings of `podspace lint` in a file: which file, which keys, and what is wrong in one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml
from typer.testing import CliRunner

from podspace.cli import app
from podspace.diagnostic import Diagnostic, InputError
from podspace.lint.linter import lint
from podspace.lint.settings import LintSettings, ReadSettings, read_settings
from podspace.testing import assert_sound
from tests.json_report import the_report
from tests.podspace.manifests import a_node_class

IN_YAML = "lint:\n  select: [malformed-cidr]\n  fail-on: warning\n"
IN_TOML = '[tool.podspace.lint]\nselect = ["malformed-cidr"]\nfail-on = "warning"\n'
SET = LintSettings.model_validate({"select": ["malformed-cidr"], "fail-on": "warning"})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder two folders below the root of a repository."""
    inner = tmp_path / "repository" / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "repository" / ".git").touch()  # as in a worktree
    monkeypatch.chdir(inner)
    return inner


def errors(options: dict[str, Any] | None = None) -> tuple[Diagnostic, ...]:
    with pytest.raises(InputError) as refused:
        read_settings(options or {})
    return refused.value.diagnostics


@pytest.mark.parametrize(("name", "text"), [(".podspace.yaml", IN_YAML), ("pyproject.toml", IN_TOML)])
@pytest.mark.parametrize("level", ["", "..", "../.."])
def test_settings_are_those_of_the_folder_or_of_the_next_one_around_it(
    folder: Path, name: str, text: str, level: str
) -> None:
    (folder / level / name).write_text(text)
    assert read_settings({}) == ReadSettings(settings=SET, file=str(Path(level) / name))


@pytest.mark.usefixtures("folder")
def test_without_a_file_the_settings_are_the_defaults() -> None:
    assert read_settings({}) == ReadSettings(settings=LintSettings(), file="")


def test_the_next_folder_counts_alone(folder: Path) -> None:
    (folder / ".podspace.yaml").write_text("lint: {allow-empty: true}\n")
    (folder / "../pyproject.toml").write_text(IN_TOML)
    assert read_settings({}).settings == LintSettings.model_validate({"allow-empty": True})


def test_nothing_outside_of_the_repository_is_read(folder: Path) -> None:
    (folder / "../../../.podspace.yaml").write_text(IN_YAML)
    assert read_settings({}).file == ""


@pytest.mark.parametrize(
    "text", ["[tool.ruff]\n", "no toml at all", '[project]\nname = "uses-podspace"\n', "tool = 1 # podspace\n"]
)
def test_a_pyproject_of_other_tools_is_passed_over(folder: Path, text: str) -> None:
    (folder / "pyproject.toml").write_text(text)
    (folder / "../.podspace.yaml").write_text(IN_YAML)
    assert read_settings({}).settings == SET


def test_options_win_over_the_file_key_by_key(folder: Path) -> None:
    (folder / ".podspace.yaml").write_text(IN_YAML)
    read = read_settings({"select": ["may-not-work"], "ignore": None, "kubernetes": "1.37", "fail-on": None})
    assert read.settings == LintSettings.model_validate(
        {"select": ["may-not-work"], "fail-on": "warning", "kubernetes": "1.37"}
    )


def test_two_files_of_one_folder_are_refused(folder: Path) -> None:
    (folder / ".podspace.yaml").write_text(IN_YAML)
    (folder / "pyproject.toml").write_text(IN_TOML)
    (error,) = errors()
    assert (error.id, error.location.file) == ("two-settings", "pyproject.toml")


def test_every_error_of_a_yaml_file_is_reported_with_its_line(folder: Path) -> None:
    text = """lint:
  select: [malformed-cdir]
  fail_on: warning
  kubernetes: 1.40
  allow-empty: "yes"
plan: {}
"""
    (folder / ".podspace.yaml").write_text(text)
    found = {each.location.path: each for each in errors({"ignore": ["nothing-at-all"]})}
    assert {path: each.location.line for path, each in found.items()} == {
        "lint.select[0]": 2,
        "lint.fail_on": 3,
        "lint.kubernetes": 4,
        "lint.allow-empty": 5,
        "plan": 6,
        "--ignore": 0,
    }
    assert found["lint.select[0]"].fix == "did you mean malformed-cidr?"
    assert found["lint.fail_on"].fix == "did you mean fail-on?"


def test_every_error_of_a_toml_file_is_reported_with_its_place(folder: Path) -> None:
    (folder / "pyproject.toml").write_text(
        '[tool.podspace.lint]\nselect = "x"\nkubernetes = "1.2"\n[tool.podspace.plan]\n'
    )
    assert [(each.location.file, each.location.path) for each in errors()] == [
        ("pyproject.toml", "tool.podspace.lint.select"),
        ("pyproject.toml", "tool.podspace.lint.kubernetes"),
        ("pyproject.toml", "tool.podspace.plan"),
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".podspace.yaml", "- a"),
        (".podspace.yaml", "lint: ["),
        ("pyproject.toml", "[tool.podspace"),
        (".podspace.yaml", ""),
    ],
)
def test_a_file_that_is_no_settings_at_all_is_one_error(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    (error,) = errors()
    assert (error.severity, error.location.file) == ("error", name)


def test_the_command_reads_them_and_says_so(folder: Path) -> None:
    (folder / "a.yaml").write_text(yaml.safe_dump(a_node_class(advancedSecurity={"kernelLockdown": "none"})))
    (folder / ".podspace.yaml").write_text("lint: {fail-on: warning}\n")
    done = CliRunner().invoke(app, ["lint", "a.yaml"])
    assert (done.exit_code, done.stdout.splitlines()[-1].count("settings of .podspace.yaml")) == (1, 1)
    assert CliRunner().invoke(app, ["lint", "a.yaml", "--fail-on", "error"]).exit_code == 0
    (folder / ".podspace.yaml").write_text("lint: {fail-on: warnings, slect: []}\n")
    wrong = CliRunner().invoke(app, ["lint", "a.yaml", "--format", "json"])
    assert (wrong.exit_code, len(the_report(wrong.stdout)["diagnostics"])) == (1, 2)


def test_only_the_command_reads_them(folder: Path) -> None:
    (folder / "a.yaml").write_text(yaml.safe_dump(a_node_class(snatPolicy="random")))
    (folder / ".podspace.yaml").write_text("lint: {ignore: [refused-by-api-server]}\n")
    assert CliRunner().invoke(app, ["lint", "a.yaml"]).exit_code == 0
    assert [each.id for each in lint([Path("a.yaml")]).findings] == ["refused-by-api-server"]
    with pytest.raises(AssertionError):
        assert_sound(manifests=[Path("a.yaml")])


def test_every_setting_is_an_option_of_that_name() -> None:
    command = typer.main.get_group(app).commands["lint"]
    options = {name.removeprefix("--") for each in command.params for name in each.opts}
    keys = {field.alias for field in LintSettings.model_fields.values()}
    assert keys <= options
    assert options - keys == {"files", "format", "against", "list-rules", "explain"}
