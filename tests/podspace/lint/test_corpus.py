"""The corpus: a planted fault is found by the one rule about it, and nothing is found where nothing is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from benchmarks.defects.corpus import Case, fault_cases, good_cases
from podspace.api import ENIConfigSpec, NodeClassSpec, NodePoolSpec
from podspace.diagnostic import Location
from podspace.lint import RULES
from podspace.lint.api_rules import API_RULES
from podspace.lint.linter import Linted, lint
from podspace.lint.rule import Rule
from tools.findings import RECORD, findings_of

FAULTS = list(fault_cases())
GOOD = list(good_cases())
CHANGES = {"update-refused", "update-replaces-nodes"}
"""Rules about a change of what is applied, of which a deployment by itself has none."""
OF_TEXT = {"duplicate-key"}
"""Rules about what is written; the cases here are edits of what is read."""


RECORDED: dict[str, list[str]] = json.loads(RECORD.read_text(encoding="utf-8"))


def found(linted: Linted) -> set[str]:
    return {finding.id for finding in linted.findings}


@pytest.fixture(scope="module")
def linted_case(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Case], Linted]:
    """What is found in a planted fault, which is looked at once."""
    seen: dict[str, Linted] = {}

    def looked_at(case: Case) -> Linted:
        if case.name not in seen:
            seen[case.name] = lint([case.write(tmp_path_factory.mktemp("fault"))])
        return seen[case.name]

    return looked_at


@pytest.mark.parametrize("case", FAULTS, ids=lambda case: case.name)
def test_a_planted_fault_is_found_by_its_rule_alone(case: Case, linted_case: Callable[[Case], Linted]) -> None:
    linted = linted_case(case)
    assert not linted.unreadable
    assert found(linted) == {case.rule}


@pytest.mark.parametrize("case", FAULTS, ids=lambda case: case.name)
def test_severity_place_and_value_of_a_finding_are_as_recorded(
    case: Case, linted_case: Callable[[Case], Linted]
) -> None:
    """`make findings` records what a change of a rule changes."""
    assert findings_of(linted_case(case)) == RECORDED[case.name]


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_nothing_is_found_where_nothing_is_wrong(case: Case, tmp_path: Path) -> None:
    linted = lint([case.write(tmp_path)])
    assert not linted.unreadable
    assert [str(finding) for finding in linted.findings] == []
    assert linted.checked


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_that_is_deleted_is_missed(rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its faults are found by no other rule."""
    monkeypatch.setattr("podspace.lint.checker.RULES", {id: one for id, one in RULES.items() if id != rule})
    cases = [case for case in FAULTS if case.rule == rule]
    assert cases
    for case in cases:
        assert found(lint([case.write(tmp_path)])) == set(), case.name


def test_the_corpus_is_as_large_as_it_should_be() -> None:
    """At least forty faults over all rules, and twenty right deployments."""
    assert RECORDED.keys() == {case.name for case in FAULTS}
    assert {case.rule for case in FAULTS} == (RULES.keys() | API_RULES.keys()) - CHANGES - OF_TEXT
    assert len({case.name for case in FAULTS}) == len(FAULTS) >= 40
    assert len(GOOD) >= 20


@cache
def fields_of(section: str, kind: str) -> set[str]:
    """The fields of a section of the manifests, or the properties of a type of resources; the section itself too."""
    if section == "spec":
        specs = (NodeClassSpec, NodePoolSpec, ENIConfigSpec)
        return {"", *(field.alias or name for spec in specs for name, field in spec.model_fields.items())}
    if section == "Properties":
        return {"", *PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema["properties"]}
    return {"metadata": {"name"}, "DependsOn": {""}, "": {""}}.get(section, set())


def is_at_a_field(location: Location) -> bool:
    """Whether the path of a finding begins with a field or a property that there is."""
    section, _, path = location.path.partition(".")
    return re.split(r"[.[]", path)[0] in fields_of(section, location.kind)


@pytest.mark.parametrize("case", FAULTS, ids=lambda case: case.name)
def test_a_finding_says_where_what_why_and_what_to_do(case: Case, linted_case: Callable[[Case], Linted]) -> None:
    for finding in linted_case(case).findings:
        problem = finding
        assert Path(finding.location.file).is_file()
        assert finding.location.line >= 1
        assert finding.location.name
        assert finding.severity in {"error", "warning", "note"}
        assert problem.message
        if finding.id in RULES:
            assert is_at_a_field(finding.location), finding.location.path
            assert problem.message.startswith("must ")
            assert problem.cause.endswith(".")
            assert problem.fix
            assert problem.source.startswith("https://")


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_says_what_it_finds(rule: Rule) -> None:
    """In a sentence, with a reason, a remedy and a source."""
    assert rule.what.endswith(".")
    assert rule.why.endswith(".")
    assert rule.fix
    assert not rule.fix.endswith(".")
    assert rule.source.startswith("https://")


def test_a_finding_that_occurs_twice_has_the_same_text(tmp_path: Path) -> None:
    """The same files give the same findings, in the same order."""
    (case,) = (case for case in FAULTS if case.name == "pod-route-table-without-default-route")
    folder = case.write(tmp_path)
    assert lint([folder]).findings == lint([folder]).findings
