"""The hooks of pre-commit run as it runs them: the entry, with the names of files behind it."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from podspace.cli import app
from tests.podspace.manifests import a_node_class
from tests.template import REPOSITORY

HOOKS = {hook["id"]: hook for hook in yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())}


def run(hook: str, *files: str) -> int:
    name, *arguments = shlex.split(HOOKS[hook]["entry"])
    assert name == "podspace"
    return CliRunner().invoke(app, [*arguments, *files], catch_exceptions=False).exit_code


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_hooks_have_the_ids_that_are_documented() -> None:
    page = (REPOSITORY / "docs" / "integrations.md").read_text()
    assert HOOKS.keys() == set(re.findall("id: ([a-z-]+)", page))


def test_lint_fails_for_a_manifest_that_is_wrong_and_passes_over_other_files(folder: Path) -> None:
    (folder / "package.json").write_text('{"name": "other"}')
    (folder / "right.yaml").write_text(yaml.safe_dump(a_node_class()))
    (folder / "wrong.yaml").write_text(yaml.safe_dump(a_node_class(snatPolicy="random")))
    assert run("podspace-lint", "package.json") == 0
    assert run("podspace-lint", "package.json", "right.yaml") == 0
    assert run("podspace-lint", "package.json", "wrong.yaml") == 1


def test_plan_fails_for_one_wrong_config_of_several(folder: Path) -> None:
    for name in ("article.yaml", "three-zones.yaml"):
        shutil.copy(REPOSITORY / "config" / name, folder / name)
    assert run("podspace-plan", "article.yaml", "three-zones.yaml") == 0
    wrong = (folder / "article.yaml").read_text().replace("100.64.0.0/16", "100.64.0.0/10")
    (folder / "article.yaml").write_text(wrong)
    assert run("podspace-plan", "article.yaml", "three-zones.yaml") == 1


def test_plan_gets_no_file_before_its_user_names_the_configs() -> None:
    assert not re.search(HOOKS["podspace-plan"]["files"], "config/article.yaml")
