"""Workflows, the action and the jobs of GitLab, as far as they can be checked without running them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.template import REPOSITORY

WORKFLOWS = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))
ACTION = REPOSITORY / "action.yml"
GITLAB = REPOSITORY / "ci" / "gitlab-ci.yml"
TRIGGERS = True
"""The key `on` of a workflow, which YAML 1.1 reads as a truth value."""


def read(path: Path) -> dict[Any, Any]:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(data, dict)
    return data


def jobs(path: Path) -> dict[str, Any]:
    return dict(read(path)["jobs"])


def steps(path: Path) -> Iterator[Mapping[str, Any]]:
    for job in [read(path)["runs"]] if path == ACTION else jobs(path).values():
        yield from job.get("steps", ())


def uses(path: Path) -> list[str]:
    called = [] if path == ACTION else [job["uses"] for job in jobs(path).values() if "uses" in job]
    return [*called, *(step["uses"] for step in steps(path) if "uses" in step)]


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))


def test_there_are_workflows() -> None:
    assert {path.name for path in WORKFLOWS} == {"test.yml", "release.yml"}


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION], ids=lambda path: path.name)
def test_no_expression_is_in_a_command(path: Path) -> None:
    """An expression is replaced before the shell reads the command, so that text of others may become a command."""
    assert [step["run"] for step in steps(path) if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION], ids=lambda path: path.name)
def test_actions_of_others_are_pinned_to_a_commit_with_its_version_in_a_comment(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for action in uses(path):
        if not action.startswith("./"):
            assert re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40}", action), action
            assert re.search(rf"{action} # v\d+\.\d+\.\d+$", text, re.MULTILINE), action


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_job_has_no_permission_that_it_does_not_name(path: Path) -> None:
    assert read(path)["permissions"] == {}
    assert all("permissions" in job for job in jobs(path).values())


def test_only_the_job_that_publishes_may_write_and_it_runs_no_command() -> None:
    writing = {
        (path.name, name, scope)
        for path in WORKFLOWS
        for name, job in jobs(path).items()
        for scope, access in job["permissions"].items()
        if access != "read"
    }
    assert writing == {("release.yml", "publish", "id-token")}
    publish = jobs(REPOSITORY / ".github" / "workflows" / "release.yml")["publish"]
    assert publish["environment"]
    assert set(publish["needs"]) == {"test", "build"}
    assert not any("run" in step for step in publish["steps"])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_workflow_runs_code_of_others_with_secrets(path: Path) -> None:
    assert "pull_request_target" not in read(path)[TRIGGERS]
    assert "workflow_run" not in read(path)[TRIGGERS]
    assert "secrets." not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_checkout_leaves_no_credentials_behind(path: Path) -> None:
    for step in steps(path):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_make_knows_the_targets_of_a_workflow(path: Path) -> None:
    named = {target for step in steps(path) for target in re.findall(r"\bmake ([a-z-]+)", step.get("run", ""))}
    assert named <= make_targets()


def test_the_tests_run_with_the_versions_of_python_that_the_package_names() -> None:
    test = jobs(REPOSITORY / ".github" / "workflows" / "test.yml")["test"]
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    named = re.findall(r"Programming Language :: Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    assert test["strategy"]["matrix"]["python"] == named
    assert project["requires-python"] == f">={named[0]}"


def test_local_actions_and_workflows_exist() -> None:
    for path in WORKFLOWS:
        for used in uses(path):
            if used.startswith("./"):
                assert (REPOSITORY / used).is_file() or (REPOSITORY / used / "action.yml").is_file()


def test_every_input_of_the_action_is_described_and_used() -> None:
    inputs = read(ACTION)["inputs"]
    assert set(re.findall(r"inputs\.([a-z-]+)", ACTION.read_text())) == set(inputs)
    assert all(each["description"] and "default" in each for each in inputs.values())
    for path in WORKFLOWS:
        for step in steps(path):
            if step.get("uses") == "./":
                assert set(step["with"]) <= set(inputs)


def scripts_run() -> Iterator[tuple[str, str, set[str]]]:
    """Each place that runs a script of `ci/`, the script, and the variables that it gets there."""
    for step in steps(ACTION):
        for script in re.findall(r"ci/(\w+\.sh)", step.get("run", "")):
            yield "action.yml", script, {*step["env"], *re.findall(r"\b(PODSPACE_\w+)=", step["run"])}
    gitlab = read(GITLAB)
    for name, job in gitlab.items():
        merged = {**gitlab[".podspace"], **job}
        variables = {**gitlab[".podspace"]["variables"], **job.get("variables", {})}
        given = set(variables) | set(re.findall(r"\$(PODSPACE_\w+)", str(job.get("rules", ""))))
        for line in [*merged["before_script"], *merged.get("script", ())]:
            (script,) = re.findall(r"^bash ci/(\w+\.sh)$", line)
            yield name, script, given


def test_every_script_gets_the_variables_that_it_needs() -> None:
    found = list(scripts_run())
    scripts = {path.name for path in (REPOSITORY / "ci").glob("*.sh")}
    for place in ("action.yml", "GitLab"):
        assert {script for where, script, _ in found if (where == "action.yml") == (place == "action.yml")} == scripts
    for where, script, given in found:
        text = (REPOSITORY / "ci" / script).read_text()
        optional = set(re.findall(r"\$\{(PODSPACE_\w+):-", text))
        assert set(re.findall(r"\$\{?(PODSPACE_\w+)", text)) - optional <= given, (where, script)


def test_the_report_of_gitlab_is_the_one_that_the_script_writes() -> None:
    job = read(GITLAB)["podspace-lint"]
    assert job["artifacts"]["reports"] == {job["variables"]["PODSPACE_FORMAT"]: job["variables"]["PODSPACE_REPORT"]}
    assert job["artifacts"]["when"] == "always"


def test_the_examples_on_the_page_of_pipelines_use_what_exists() -> None:
    page = (REPOSITORY / "docs" / "ci.md").read_text(encoding="utf-8")
    github, gitlab = (
        yaml.safe_load(text) for text in re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    )
    (job,) = github["jobs"].values()
    checkout, action = job["steps"]
    assert checkout["uses"] in uses(WORKFLOWS[-1])
    assert set(action["with"]) <= set(read(ACTION)["inputs"])
    assert all(f"| `{name}` |" in page for name in read(ACTION)["inputs"])
    assert (REPOSITORY / gitlab["include"][0]["local"]).is_file()
    known = {name for path in (REPOSITORY / "ci").iterdir() for name in re.findall(r"PODSPACE_\w+", path.read_text())}
    assert set(gitlab["variables"]) <= known
