"""Conditions hold, or not, or it cannot be told."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from podspace.diagnostic import InputError
from podspace.lint.condition import holds
from podspace.lint.linter import lint
from podspace.lint.resolver import Resolver
from podspace.lint.value import UNKNOWN, Value
from tests.podspace.lint.stacks import Body, a_stack, a_template, of, write
from tests.podspace.manifests import a_node_class

NAMED: dict[str, bool | None] = {"Yes": True, "No": False, "Perhaps": None}
YES, NO, PERHAPS = ({"Condition": name} for name in NAMED)
OF = {True: YES, False: NO, None: PERHAPS}
ANSWERS = (True, False, None)


def answer(node: Any) -> bool | None:
    def resolve(value: Any) -> Value:
        return UNKNOWN if value == "?" else value

    return holds(node, resolve=resolve, named=NAMED.__getitem__)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("a", "a", True), ("a", "b", False), ("a", "?", None), ("?", "?", None), (1, "1", True)],
)
def test_values_are_equal_or_not_or_it_is_unknown(one: object, other: object, expected: bool | None) -> None:
    assert answer({"Fn::Equals": [one, other]}) is expected


@pytest.mark.parametrize("parts", [*product(ANSWERS, repeat=2), *product(ANSWERS, repeat=3)])
def test_one_known_condition_can_decide_if_others_are_unknown(parts: tuple[bool | None, ...]) -> None:
    """A no decides what all must say, and a yes what one must say."""
    nodes = [OF[part] for part in parts]
    assert answer({"Fn::And": nodes}) is (False if False in parts else None if None in parts else True)
    assert answer({"Fn::Or": nodes}) is (True if True in parts else None if None in parts else False)


@pytest.mark.parametrize(("part", "expected"), [(True, False), (False, True), (None, None)])
def test_the_negation_of_an_unknown_condition_is_unknown(part: bool | None, expected: bool | None) -> None:
    assert answer({"Fn::Not": [OF[part]]}) is expected


def test_conditions_are_composed() -> None:
    """To any depth."""
    assert answer({"Fn::And": [{"Fn::Not": [{"Fn::Or": [NO, {"Fn::Equals": ["a", "b"]}]}]}, YES]}) is True
    assert answer({"Fn::Or": [{"Fn::And": [PERHAPS, NO]}, {"Fn::Not": [PERHAPS]}]}) is None


@pytest.mark.parametrize(
    "node",
    [
        None,
        "Yes",
        True,
        [],
        {},
        {"Condition": 5},
        {"Condition": ["Yes"]},
        {"Fn::Equals": ["a"]},
        {"Fn::Equals": ["a", "a", "a"]},
        {"Fn::Equals": "a"},
        {"Fn::Not": [YES, YES]},
        {"Fn::Not": []},
        {"Fn::Not": YES},
        {"Fn::Contains": [["a"], "a"]},
        {"Fn::Equals": ["a", "a"], "Fn::Not": [YES]},
        {"Fn::And": [YES, "a"]},
    ],
)
def test_a_value_that_is_no_condition_is_unknown(node: Any) -> None:
    """CloudFormation refuses it in its own words."""
    assert answer(node) is None


def told(name: object, conditions: Body, **sections: Any) -> bool | None:
    stack = a_stack(Conditions=conditions, **sections)
    return Resolver([stack]).condition(stack, name)  # type: ignore[arg-type]


PRODUCTION: Body = {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ({"Type": "String", "Default": "prod"}, True),
        ({"Type": "String", "Default": "dev"}, False),
        ({"Type": "String"}, None),
        ({"Type": "AWS::SSM::Parameter::Value<String>", "Default": "prod"}, None),
    ],
)
def test_a_condition_depends_on_parameters(parameter: Body, expected: bool | None) -> None:
    """As far as their defaults tell."""
    conditions = {"Production": PRODUCTION, "Other": {"Fn::Not": [{"Condition": "Production"}]}}
    assert told("Production", conditions, Parameters={"Stage": parameter}) is expected
    assert told("Other", conditions, Parameters={"Stage": parameter}) is (None if expected is None else not expected)


@pytest.mark.parametrize(("default", "literal"), [("true", True), (True, "true"), ("false", False)])
def test_a_switch_is_on_however_true_is_written(default: object, literal: object) -> None:
    """In YAML it is written without quotes as often as with them."""
    conditions = {"On": {"Fn::Equals": [{"Ref": "Switch"}, literal]}}
    assert told("On", conditions, Parameters={"Switch": {"Type": "String", "Default": default}}) is True


@pytest.mark.parametrize("name", ["Missing", 5, None, ["Production"]])
def test_a_missing_condition_is_unknown(name: object) -> None:
    assert told(name, {"Production": PRODUCTION}) is None


@pytest.mark.parametrize(
    ("conditions", "way"),
    [
        ({"A": {"Condition": "A"}}, "A -> A"),
        ({"A": {"Fn::Not": [{"Condition": "B"}]}, "B": {"Fn::Not": [{"Condition": "A"}]}}, "A -> B -> A"),
        ({"A": {"Fn::Equals": [{"Fn::If": ["A", "b", "c"]}, "b"]}}, "A -> A"),
    ],
)
def test_a_condition_that_refers_to_itself_is_refused(conditions: Body, way: str) -> None:
    """With the way around."""
    with pytest.raises(InputError) as caught:
        told("A", conditions)
    (problem,) = caught.value.diagnostics
    assert problem.location.path.endswith("Conditions.A")
    assert problem.message == f"must not refer to itself: {way}"


def test_conditions_that_refer_to_each_other_too_deeply_are_unreadable(tmp_path: Path) -> None:
    """The manifests are judged all the same."""
    chain: Body = {f"C{at}": {"Fn::Not": [{"Condition": f"C{at + 1}"}]} for at in range(3000)}
    conditions = {**chain, "C3000": {"Fn::Equals": ["a", "a"]}}
    vpc = {**of("EC2::VPC", CidrBlock="10.0.0.0/16"), "Condition": "C0"}
    files = {"t.json": a_template({"Vpc": vpc}, Conditions=conditions), "m.json": a_node_class(snatPolicy="random")}
    linted = lint([write(tmp_path, files)])
    assert [(one.id, one.severity, one.location.file) for one in linted.unreadable] == [
        ("unreadable", "unknown", str(tmp_path / "t.json"))
    ]
    assert [finding.id for finding in linted.findings] == ["refused-by-api-server"]
