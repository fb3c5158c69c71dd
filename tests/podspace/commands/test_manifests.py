"""`podspace manifests` writes the objects of a config, and nothing over the files of others."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from podspace.cli import app
from podspace.lint.linter import lint
from podspace.planning import manifests, read_network_file
from tests.mother import Changes, a_file
from tests.template import CONFIGS, canonical


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["manifests", *map(str, arguments)])


def written(folder: Path, changes: Changes | None = None) -> Path:
    path = folder / "net.yaml"
    path.write_text(yaml.safe_dump(a_file(changes)))
    return path


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
def test_the_objects_of_the_plan_are_printed_and_written(config: Path, folder: Path) -> None:
    planned = [dict(each) for each in manifests(read_network_file(config).plan)]
    assert list(yaml.safe_load_all(run(config).stdout)) == planned
    assert run(config, "--output", "out").exit_code == 0
    written = [yaml.safe_load(file.read_text()) for file in folder.rglob("*.yaml")]
    assert sorted(map(canonical, written)) == sorted(map(canonical, planned))


def test_a_kustomization_lists_the_files_and_goes_when_it_is_no_longer_requested(folder: Path) -> None:
    config = written(folder)
    assert run(config, "--output", "out", "--kustomization").exit_code == 0
    (kustomization,) = folder.rglob("kustomization.yaml")
    listed = yaml.safe_load(kustomization.read_text())["resources"]
    assert listed == sorted(file.name for file in kustomization.parent.glob("*.k8s.yaml"))
    assert not lint([folder / "out"]).unreadable
    assert run(config, "--output", "out").exit_code == 0
    assert not kustomization.exists()


def test_files_of_objects_that_left_the_config_are_removed_and_those_of_others_stay(folder: Path) -> None:
    assert run(written(folder), "--output", "out").exit_code == 0
    (pool,) = folder.rglob("3-nodepool-*.yaml")
    other = pool.with_name("other.yaml")
    other.write_text("kind: ConfigMap\n")
    pools = [{**pool_, "name": "renamed"} for pool_ in a_file()["node_pools"]]
    assert run(written(folder, {"node_pools": pools}), "--output", "out").exit_code == 0
    assert not pool.exists()
    assert other.exists()


def test_a_file_of_others_is_not_overwritten(folder: Path) -> None:
    config = written(folder)
    assert run(config, "--output", "out").exit_code == 0
    first, *others = sorted(folder.rglob("*.k8s.yaml"))
    first.write_text("kind: NodeClass\n")
    for each in others:
        each.unlink()
    ran = run(config, "--output", "out")
    assert (ran.exit_code, first.read_text()) == (1, "kind: NodeClass\n")
    assert not any(each.exists() for each in others)


@pytest.mark.parametrize("options", [["--kustomization"], ["--format", "json"]])
def test_without_a_folder_only_objects_are_printed(folder: Path, options: list[str]) -> None:
    assert run(written(folder), *options).exit_code == 2


def test_a_wrong_config_writes_nothing(folder: Path) -> None:
    config = written(folder, {"pods": {"cidrs": ["100.64.0.0/10"]}})
    assert run(config, "--output", "out").exit_code == 1
    assert not (folder / "out").exists()
