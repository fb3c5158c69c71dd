"""`podspace lint --list-rules`, `--explain`, `--select`, `--ignore` and `--fail-on`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from podspace.cli import app
from podspace.lint.every_rule import EVERY_RULE
from tests.json_report import the_report
from tests.podspace.manifests import a_node_class

ERROR, WARNING = "refused-by-api-server", "may-not-work"
DOUBTFUL = a_node_class(advancedSecurity={"kernelLockdown": "none"})
REFUSED = {**a_node_class(snatPolicy="random"), "metadata": {"name": "other"}}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a manifest that is refused and one that may not work."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "both.yaml").write_text(yaml.safe_dump_all([DOUBTFUL, REFUSED]))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lint(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["lint", *arguments], catch_exceptions=False)


def report_of(*arguments: str) -> Any:
    done = lint(*arguments, "--format", "json")
    report = the_report(done.stdout)
    assert report["exit_status"] == done.exit_code
    return report


def ids(*arguments: str) -> list[str]:
    return [each["id"] for each in report_of("both.yaml", *arguments)["diagnostics"]]


def test_every_rule_is_listed_in_a_line_of_its_own() -> None:
    done = lint("--list-rules")
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [
        [rule.id, rule.severity] for rule in EVERY_RULE.values()
    ]
    assert all(rule.what in done.stdout for rule in EVERY_RULE.values())
    assert done.exit_code == 0


def test_programs_get_every_rule_with_all_its_texts() -> None:
    rules = report_of("--list-rules")["facts"]["rules"]
    assert [rule["id"] for rule in rules] == list(EVERY_RULE)
    assert all(rule[key] for rule in rules for key in ("severity", "what", "cause", "fix", "source", "accept"))
    assert {rule["inferred"] for rule in rules} == {True, False}


@pytest.mark.parametrize("id", EVERY_RULE)
def test_a_rule_is_explained_in_full(id: str) -> None:
    rule, text = EVERY_RULE[id], lint("--explain", id).stdout
    assert [part for part in (rule.what, rule.cause, rule.fix, rule.source, f"--ignore {id}") if part not in text] == []
    assert ("inferred" in text.partition(rule.source)[2].splitlines()[0]) == rule.inferred
    (facts,) = report_of("--explain", id)["facts"]["rules"]
    assert facts["id"] == id


def test_an_unknown_rule_is_one_error_with_the_closest_ids() -> None:
    report = report_of("--explain", "subnet-overlap")
    (error,) = report["diagnostics"]
    assert (error["id"], error["subject"], report["exit_status"]) == ("unknown-rule", "subnet-overlap", 1)
    assert "subnets-overlap" in error["fix"]


def test_how_to_accept_a_finding_works(folder: Path) -> None:
    """An annotation for what may not work, and none for what is refused."""
    (facts,) = report_of("--explain", WARNING)["facts"]["rules"]
    annotation = facts["accept"]["manifest"].removeprefix("the annotation ").partition(":")[0]
    accepted = {**DOUBTFUL, "metadata": {"name": "a", "annotations": {annotation: "it works for us"}}}
    (folder / "both.yaml").write_text(yaml.safe_dump(accepted))
    report = report_of("both.yaml")
    assert ([each["id"] for each in report["accepted"]], report["diagnostics"]) == ([WARNING], [])
    (facts,) = report_of("--explain", ERROR)["facts"]["rules"]
    assert facts["accept"].keys() == {"run"}


@pytest.mark.usefixtures("folder")
def test_rules_are_selected_and_ignored() -> None:
    assert sorted(ids()) == [WARNING, ERROR]
    assert ids("--select", WARNING) == [WARNING]
    assert ids("--ignore", WARNING) == [ERROR]
    assert ids("--ignore", f"{WARNING}, {ERROR}") == ids("--ignore", WARNING, "--ignore", ERROR) == []
    assert ids("--select", f"{WARNING},{ERROR}", "--ignore", ERROR) == [WARNING]


@pytest.mark.usefixtures("folder")
def test_only_rules_that_are_reported_decide_on_the_exit_status_and_are_in_sarif() -> None:
    assert lint("both.yaml", "--ignore", ERROR).exit_code == 0
    sarif = json.loads(lint("both.yaml", "--select", WARNING, "--format", "sarif").stdout)
    assert [rule["id"] for rule in sarif["runs"][0]["tool"]["driver"]["rules"]] == [WARNING]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_every_unknown_rule_of_an_option_is_an_error(option: str) -> None:
    report = report_of("both.yaml", option, "may-not-wrok,nothing", option, ERROR)
    assert [(each["id"], each["subject"]) for each in report["diagnostics"]] == [
        ("unknown-rule", "may-not-wrok"),
        ("unknown-rule", "nothing"),
    ]
    assert {each["location"]["path"] for each in report["diagnostics"]} == {option}
    assert report["diagnostics"][0]["fix"] == f"did you mean {WARNING}?"
    assert report["exit_status"] == 1


@pytest.mark.usefixtures("folder")
def test_what_cannot_be_read_is_reported_whatever_is_selected() -> None:
    assert ids("gone.yaml", "--select", WARNING) == ["unreadable", WARNING]


@pytest.mark.parametrize(("fail_on", "status"), [([], 0), (["--fail-on", "error"], 0), (["--fail-on", "warning"], 1)])
def test_warnings_fail_on_request(folder: Path, fail_on: list[str], status: int) -> None:
    (folder / "both.yaml").write_text(yaml.safe_dump(DOUBTFUL))
    assert report_of("both.yaml", *fail_on)["exit_status"] == status


def test_files_of_other_kinds_are_passed_over_if_allowed(folder: Path) -> None:
    """Such as the YAML and JSON files of a repository, of which a hook gets those that were changed."""
    (folder / "package.json").write_text('{"name": "a", "kind": 3}')
    (folder / "tsconfig.json").write_text('{"a": 1, // a comment\n}')
    (folder / "list.json").write_text("[1]")
    (folder / "empty.yaml").write_text("")
    (folder / "chart.yaml").write_text("{{- if .Values.x }}\na: {{ .Values.y }}\n{{- end }}\n")
    others = ["package.json", "tsconfig.json", "list.json", "empty.yaml", "chart.yaml"]
    assert lint(*others, "--allow-empty").exit_code == 0
    assert lint(*others, "both.yaml", "--allow-empty").exit_code == 1
    assert lint(*others).exit_code == 2


@pytest.mark.parametrize("text", ["kind: NodeClass\n a: b", "{{- if }}\nkind: NodePool\n", '{"Resources": {'])
def test_a_file_that_may_be_a_manifest_or_a_template_is_not_passed_over(folder: Path, text: str) -> None:
    (folder / "broken.yaml").write_text(text)
    assert lint("broken.yaml", "--allow-empty").exit_code == 2
