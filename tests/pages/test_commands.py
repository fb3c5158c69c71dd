"""Every command in an `sh` block of the README and the pages runs in a new checkout, or is listed here with the reason.

`make docs-test` runs this. `kubectl` is a script that prints the manifests of the checkout or checks that a folder exists.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
import yaml

from tests.checkout import checkout, run
from tests.template import REPOSITORY
from tools.local_aws import LocalAws
from tools.local_aws.existing import ACCOUNT, create_existing

NOT_RUN: Final = {
    r"(pip|pipx|uvx) ": "installs from the package index, as tests/package does",
    r"docker ": "needs Docker",
    r"(helm|kubeconform|aws) ": "needs a program that the project does not install",
    r"kubectl (--context|create|delete|diff|get|kustomize) ": "needs a cluster, or kubectl itself",
    r"podspace verify |kubectl get pods,.* \| podspace verify ": "needs a cluster: docs/walkthrough.md records it",
    r"podspace migrate |kubectl get pods,.* \| podspace migrate ": "needs a cluster, or its exit status is 1: "
    "tests/benchmarks/test_migrate.py compares what it prints with the page",
    r"make demo$": "tests/deploy/test_demo.py runs it",
    r"python -m tools\.local_aws ": "runs until it is stopped: README.md is run against it",
    r"podspace --install-completion": "changes the settings of the reader's shell",
    r"podspace diff .*# exit status 1": "shows what a change of the config would lose, and the config is not changed",
}
"""Beginnings of commands that are run on no page, and why."""
NEEDS_ACCOUNT: Final = r"podspace (init|preflight|teardown) |cdk (deploy|diff|destroy) |kubectl apply "
"""Beginnings of commands that run on the pages of `ACCOUNTS` only; tests/deploy runs them for every config."""
ACCOUNTS: Final = {
    "README.md": "config/article.yaml",
    "docs/managed-node-groups.md": "config/managed-node-groups.yaml",
    "docs/monitoring.md": "config/monitoring.yaml",
}
"""Pages whose commands run against a local AWS, with the config whose VPC and cluster exist there."""
COMPARED: Final = ("docs/capacity.md", "docs/growing.md", "docs/sizing.md")
"""Pages whose commands tests/test_docs.py runs, and compares what they print with the page."""
OWN_CONFIGS: Final = {"docs/migration.md": "prod.yaml", "docs/quick-start.md": "my-cluster.yaml"}
"""Pages whose commands read a config of the reader's own; it is a copy of the article's."""
KUBECTL: Final = """#!/bin/sh
case "$1" in
  get) for file in dist/split-ip/*.yaml; do echo ---; cat "$file"; done ;;
  apply) for last; do :; done; test -d "$last" ;;
  *) exit 64 ;;
esac
"""


def blocks(page: str) -> list[list[str]]:
    """The commands of each `sh` block of a page; a command can have several lines."""
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    found = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [re.findall(r"(?:.*\\\n)*.+", block) for block in found]


def is_run(page: str, command: str) -> bool:
    """Whether a command of a page is run here."""
    left_out = [*NOT_RUN, *([] if page in ACCOUNTS else [NEEDS_ACCOUNT])]
    return not any(re.match(beginning, command) for beginning in left_out)


PAGES: Final = [
    page
    for page in ["README.md", *sorted(f"docs/{file.name}" for file in (REPOSITORY / "docs").glob("*.md"))]
    if page not in COMPARED and any(is_run(page, command) for block in blocks(page) for command in block)
]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout as a repository, with what readers have: a synthesised network, and files and folders of their own."""
    project = checkout(tmp_path_factory.mktemp("prepared") / "podspace")
    for command in (
        "git init --quiet --initial-branch main",
        "git add --all",
        "git -c user.name=a -c user.email=a@example.com commit --quiet --message before",
    ):
        assert run(*command.split(), cwd=project).returncode == 0
    for command in ("make synth", "podspace synth config/article.yaml --output before"):
        done = run(*command.split(), cwd=project, environment={"PYTHONPATH": str(project)})
        assert done.returncode == 0, done.stderr
    shutil.copytree(project / "before", project / "after")
    (template,) = (project / "cdk.out").glob("*.template.json")
    for folder in ("manifests", "path/to/checkout", "path/to/another"):
        shutil.copytree(project / "dist" / "split-ip", project / folder)
    shutil.copy(template, project / "network.yaml")
    shutil.copy(template, project / "path" / "to" / "checkout")
    (project / "pods.json").write_text('{"apiVersion": "v1", "kind": "List", "items": []}')
    return project


@contextmanager
def environment(page: str, home: Path) -> Iterator[dict[str, str]]:
    """The variables of the commands of a page: those of a local AWS, or none of AWS."""
    config = ACCOUNTS.get(page)
    if config is None:
        yield {}
        return
    data = yaml.safe_load((REPOSITORY / config).read_text(encoding="utf-8"))
    with LocalAws() as local:
        aws = create_existing(local, data)
        found = local.process_environment(account=aws.account, region=aws.region, home=home)
        yield {name: value for name, value in found.items() if name.startswith(("AWS_", "CDK_"))}


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_run(page: str, prepared: Path, tmp_path: Path) -> None:
    project, home = tmp_path / "podspace", tmp_path / "home"
    shutil.copytree(prepared, project, symlinks=True)
    if page in OWN_CONFIGS:
        shutil.copy(project / "config" / "article.yaml", project / "config" / OWN_CONFIGS[page])
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "kubectl").write_text(KUBECTL)
    (home / "bin" / "kubectl").chmod(0o755)
    with environment(page, home) as variables:
        variables |= {"PYTHONPATH": str(project), "HOME": str(home), "CDK_REQUIRE_APPROVAL": "never"}
        if page in ACCOUNTS:
            assert executed(f"cdk bootstrap aws://{ACCOUNT}/$AWS_REGION", project, variables).returncode == 0
        for block in blocks(page):
            script = "\n".join(command for command in block if is_run(page, command))
            done = executed(script, project, variables)
            assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"


def executed(script: str, project: Path, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """A script of bash, which ends at the first command that fails."""
    path = f'PATH="{variables["HOME"]}/bin:$PATH"\n'
    return run("bash", "-euo", "pipefail", "-c", path + script, cwd=project, environment=variables)


def test_every_reason_is_needed() -> None:
    commands = [
        command
        for file in [REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md")]
        for block in blocks(str(file.relative_to(REPOSITORY)))
        for command in block
    ]
    assert [each for each in NOT_RUN if not any(re.match(each, command) for command in commands)] == []
