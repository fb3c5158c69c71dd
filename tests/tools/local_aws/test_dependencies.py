"""Resources are created after what they wait for, and otherwise in an adverse order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.local_aws.cloudformation.dependencies import creation_order, dependencies
from tools.local_aws.cloudformation.failure import CloudFormationError

Resources = dict[str, dict[str, Any]]


def waiting(**waits: list[str]) -> Resources:
    """Resources, each with those that it states in DependsOn."""
    return {name: {"DependsOn": others} for name, others in waits.items()}


def chain(length: int) -> Resources:
    """c0, and each further one waits for the one before."""
    return waiting(**{f"c{number}": [f"c{number - 1}"] if number else [] for number in range(length)})


@st.composite
def graphs(draw: st.DrawFn) -> Resources:
    """Resources in which each waits for some of those before it, by DependsOn, Ref, Fn::GetAtt or Fn::Sub."""
    found: Resources = {}
    names = draw(st.permutations([f"r{number}" for number in range(draw(st.integers(1, 12)))]))
    for number, name in enumerate(names):
        before = st.sampled_from(names[:number] or names)
        others = st.lists(before, max_size=min(number, 3), unique=True)
        found[name] = {
            "DependsOn": draw(others),
            "Properties": {
                "A": [{"Ref": other} for other in draw(others)],
                "B": {"Fn::Sub": "".join(f"${{{other}.Arn}}" for other in draw(others))},
                "C": [{"Fn::GetAtt": [other, "Arn"]} for other in draw(others)],
            },
        }
    return found


@settings(max_examples=50)
@given(resources=graphs(), seed=st.integers())
def test_every_resource_is_created_once_after_all_that_it_waits_for(resources: Resources, seed: int) -> None:
    order = creation_order(resources, seed=seed)
    assert sorted(order) == sorted(resources)
    for name, waits in dependencies(resources).items():
        assert all(order.index(other) < order.index(name) for other in waits)


@settings(max_examples=50)
@given(resources=graphs(), seed=st.integers())
def test_one_seed_gives_one_order_however_the_template_is_sorted(resources: Resources, seed: int) -> None:
    again = {name: resources[name] for name in reversed(resources)}
    assert creation_order(resources, seed=seed) == creation_order(again, seed=seed)


@pytest.mark.parametrize(
    ("resource", "waits"),
    [
        ({"DependsOn": "A"}, {"A"}),
        ({"DependsOn": ["A", "B"]}, {"A", "B"}),
        ({"Properties": {"P": {"Ref": "A"}}}, {"A"}),
        ({"Properties": {"P": {"Fn::Sub": "${B.Arn}"}}}, {"B"}),
        ({"Properties": {"P": {"Ref": "Parameter"}}}, set()),
        ({"Properties": {"P": {"Ref": "AWS::Region"}}}, set()),
        ({"Metadata": {"P": {"Ref": "A"}}}, set()),
        ({}, set()),
    ],
    ids=lambda value: str(sorted(value) if isinstance(value, set) else value),
)
def test_a_resource_waits_for_its_references_and_depends_on(resource: Mapping[str, Any], waits: set[str]) -> None:
    assert dependencies({"A": {}, "B": {}, "C": resource})["C"] == waits


@pytest.mark.parametrize(
    "resources",
    [
        waiting(A=["A"]),
        waiting(A=["B"], B=["A"]),
        waiting(A=["B"], B=["C"], C=["A"], D=[]),
        {"A": {"Properties": {"P": {"Ref": "B"}}}, "B": {"Properties": {"P": {"Fn::Sub": "${A.Arn}"}}}},
    ],
    ids=str,
)
def test_a_circle_is_refused(resources: Resources) -> None:
    for seed in range(5):
        with pytest.raises(CloudFormationError):
            creation_order(resources, seed=seed)


def test_a_dependency_on_what_is_no_resource_is_refused() -> None:
    with pytest.raises(CloudFormationError):
        dependencies(waiting(A=["Unknown"]))


def test_the_end_of_a_long_chain_comes_before_a_resource_that_does_not_wait_and_after_it() -> None:
    resources = {**chain(12), "alone": {}}
    orders = [creation_order(resources, seed=seed) for seed in range(40)]
    before = {order.index("c11") < order.index("alone") for order in orders}
    assert before == {True, False}


def test_a_missing_dependency_is_reached_from_the_end_of_another_chain() -> None:
    """A route waits for its route table, and not for the attachment of the gateway at the end of another chain."""
    resources = {**chain(8), **waiting(table=[], route=["table"])}
    found = [seed for seed in range(40) if creation_order(resources, seed=seed).index("route") == 1]
    assert found
