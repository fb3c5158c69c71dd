"""Input in which nothing can be checked does not pass silently."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from podspace.cli import app
from podspace.lint.linter import lint
from tests.podspace.lint.stacks import a_template, of, write
from tests.podspace.manifests import a_node_class, a_node_pool

OTHER = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
OF_KARPENTER = a_node_pool(
    template={"nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "a"}}
)


def status(*arguments: object) -> int:
    return CliRunner().invoke(app, ["lint", *map(str, arguments)]).exit_code


@pytest.mark.parametrize(
    "files",
    [
        {"a.json": OTHER},
        {"a.json": OF_KARPENTER},
        {"a.yaml": "text"},
        {"a.json": [1]},
        {"a.json": a_node_class(role="${R}")},
    ],
)
def test_nothing_to_check_is_no_success_unless_it_is_allowed(tmp_path: Path, files: dict[str, Any]) -> None:
    folder = write(tmp_path, files)
    assert status(folder) == 2
    assert status(folder, "--allow-empty") == 0


@pytest.mark.parametrize("file", [a_node_class(), a_template({"A": of("S3::Bucket")})])
def test_one_template_or_manifest_is_enough(tmp_path: Path, file: dict[str, Any]) -> None:
    assert status(write(tmp_path, {"a.json": file, "b.json": OTHER})) == 0


def test_what_is_missing_or_wrong_is_reported_even_so(tmp_path: Path) -> None:
    assert status(tmp_path / "gone", "--allow-empty") == 2
    assert status(write(tmp_path, {"a.json": a_node_class(snatPolicy="random")}), "--allow-empty") == 1


def test_a_file_that_is_not_judged_because_of_an_error_is_no_empty_input(tmp_path: Path) -> None:
    text = "apiVersion: eks.amazonaws.com/v1\nkind: NodeClass\nmetadata: {name: a}\nspec: {role: a, role: b}\n"
    folder = write(tmp_path, {"a.yaml": text})
    linted = lint([folder], allow_empty=False)
    assert ([one.id for one in linted.findings], linted.unreadable) == (["duplicate-key"], [])
    assert status(folder) == 1
