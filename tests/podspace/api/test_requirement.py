"""A requirement compares with a number that the API server can read, by an operator that it has."""

from __future__ import annotations

import pytest

from podspace.api import Requirement, doubts_of, problems_in, read
from podspace.diagnostic import Diagnostic
from tests.podspace.api.verdict import the_problem, the_ruled_problem, written
from tests.podspace.manifests import a_node_pool

COUNTING = ["Gt", "Lt", "Gte", "Lte"]
MOST = 2**63 - 1


def requirement(operator: str, *values: str, key: str = "eks.amazonaws.com/instance-cpu") -> dict[str, object]:
    return {"key": key, "operator": operator, "values": list(values)}


@pytest.mark.parametrize("operator", COUNTING)
def test_a_number_fits_in_64_bits(operator: str) -> None:
    """From nothing to the largest that the API server reads."""
    for number in (0, 1, MOST):
        given = requirement(operator, str(number))
        assert written(Requirement, given) == given
    problem = the_ruled_problem(Requirement, requirement(operator, str(MOST + 1)))
    assert (problem.location.path, problem.subject) == ("values", f'["{MOST + 1}"]')
    assert f'one whole number in quotes, such as "4", for the operator {operator}' in problem.message


@pytest.mark.parametrize("operator", COUNTING)
@pytest.mark.parametrize("values", [[], ["1", "2"], ["a"], [""], ["1.5"], ["0x1"]])
def test_an_operator_that_counts_takes_one_number(operator: str, values: list[str]) -> None:
    """None and two are none, and text is not one."""
    problem = the_ruled_problem(Requirement, requirement(operator, *values))
    assert problem.location.path == "values"
    assert "one whole number" in problem.message
    assert not problem.inferred


@pytest.mark.parametrize("operator", ["In", "NotIn"])
def test_an_operator_that_lists_takes_values(operator: str) -> None:
    """One at least; one that is empty is a value."""
    given = requirement(operator, "", "a" * 63)
    assert written(Requirement, given) == given
    problem = the_ruled_problem(Requirement, requirement(operator))
    assert (problem.location.path, problem.subject) == ("values", "[]")
    assert f"at least one value for the operator {operator}" in problem.message
    assert not problem.inferred


@pytest.mark.parametrize("operator", ["Exists", "DoesNotExist"])
def test_an_operator_that_only_looks_takes_none(operator: str) -> None:
    """An empty list is none."""
    assert written(Requirement, requirement(operator))
    problem = the_ruled_problem(Requirement, requirement(operator, "a"))
    assert (problem.location.path, problem.subject) == ("values", '["a"]')
    assert f"must be removed for the operator {operator}" in problem.message
    assert not problem.inferred


@pytest.mark.parametrize("least", [1, 2])
def test_different_values_are_as_many_as_are_requested(least: int) -> None:
    """A value that comes twice counts once."""
    given = {**requirement("In", "a", "b", "b"), "minValues": least}
    assert written(Requirement, given) == given


def test_no_more_different_values_are_requested_than_there_are() -> None:
    """Where values are listed; other operators leave them to the instance types."""
    problem = the_ruled_problem(Requirement, {**requirement("In", "a", "b", "b"), "minValues": 3})
    assert (problem.location.path, problem.subject) == ("minValues", "3")
    assert problem.message == "must be at most the number of different values, 2"
    assert written(Requirement, {**requirement("NotIn", "a"), "minValues": 3})


@pytest.mark.parametrize("number", [1, 50])
def test_1_to_50_different_values_may_be_requested(number: int) -> None:
    """And no others."""
    given = {"key": "eks.amazonaws.com/instance-family", "operator": "Exists", "minValues": number}
    assert written(Requirement, given) == given
    outside = 0 if number == 1 else 51
    assert the_problem(Requirement, {**given, "minValues": outside}).location.path == "minValues"


@pytest.mark.parametrize("operator", ["Gte", "Lte"])
def test_an_operator_newer_than_the_public_schema_leaves_a_doubt(operator: str) -> None:
    """With the one to use instead."""
    (doubt,) = doubts_of(Requirement.model_validate(requirement(operator, "4")))
    assert (doubt.location.path, doubt.subject) == ("operator", operator)
    assert "Karpenter 1.9" in doubt.message
    assert doubt.fix == "write Gt with the number minus 1, or Lt with the number plus 1"
    assert doubt.source.startswith("https://")
    assert doubt.inferred


@pytest.mark.parametrize(
    "given",
    [
        requirement("Gt", "4"),
        requirement("Lt", "4"),
        requirement("In", "4"),
        requirement("NotIn", "4"),
        requirement("Exists"),
        requirement("DoesNotExist"),
    ],
)
def test_any_other_operator_leaves_none(given: object) -> None:
    """They are as old as the kind."""
    assert not list(doubts_of(Requirement.model_validate(given)))


LINUX = {"key": "kubernetes.io/os", "operator": "In", "values": ["linux"]}


@pytest.mark.parametrize(
    "given",
    [
        LINUX,
        {**LINUX, "values": ["linux", "windows"]},
        {**LINUX, "operator": "NotIn", "values": ["windows"]},
        {"key": "kubernetes.io/os", "operator": "Exists"},
    ],
)
def test_the_operating_system_may_be_requested_and_is_doubtful(given: dict[str, object]) -> None:
    """EKS's own pools write it, and AWS says that it is not supported; all that matters is that Linux is allowed."""
    assert not problems_in(a_node_pool(template={"requirements": [given]}))
    (doubt,) = doubts_of(read(a_node_pool(template={"requirements": [given]})))
    assert (doubt.location.path, doubt.fix) == ("spec.template.spec.requirements[0].key", "remove it")


@pytest.mark.parametrize(
    "other",
    [
        {"values": ["windows"]},
        {"operator": "NotIn"},
        {"operator": "NotIn", "values": ["windows", "linux"]},
        {"operator": "DoesNotExist", "values": []},
    ],
)
def test_no_other_operating_system_may_be_requested(other: dict[str, object]) -> None:
    """EKS Auto Mode runs Linux only."""
    (problem,) = problems_in(a_node_pool(template={"requirements": [{**LINUX, **other}]}))
    assert (problem.location.path, problem.fix) == ("spec.template.spec.requirements[0].key", "remove it")
    assert "only Linux" in problem.message


@pytest.mark.parametrize(
    ("key", "value", "meant"),
    [
        ("kubernetes.io/arch", "x86_64", "amd64"),
        ("kubernetes.io/arch", "x86-64", "amd64"),
        ("kubernetes.io/arch", "x86", "amd64"),
        ("kubernetes.io/arch", "AMD64", "amd64"),
        ("kubernetes.io/arch", "aarch64", "arm64"),
        ("kubernetes.io/arch", "arm", "arm64"),
        ("karpenter.sh/capacity-type", "ondemand", "on-demand"),
        ("karpenter.sh/capacity-type", "On-Demand", "on-demand"),
        ("karpenter.sh/capacity-type", "on_demand", "on-demand"),
        ("karpenter.sh/capacity-type", "Spot", "spot"),
        ("topology.kubernetes.io/zone", "EU-West-1a", "eu-west-1a"),
    ],
)
def test_a_value_that_no_node_has_is_a_warning_with_the_right_value(key: str, value: str, meant: str) -> None:
    doubt = the_value_doubt(key, value)
    assert (doubt.id, doubt.severity, doubt.fix) == ("requirement-value", "warning", f"write {meant}")
    assert (doubt.location.path, doubt.subject) == ("spec.template.spec.requirements[0].values", f'"{value}"')
    assert f"did you mean {meant}?" in doubt.message


@pytest.mark.parametrize(
    ("key", "value", "fix"),
    [
        ("kubernetes.io/arch", "riscv64", "write amd64 or arm64"),
        ("karpenter.sh/capacity-type", "cheap", "write spot, on-demand or reserved"),
        ("topology.kubernetes.io/zone", "eu-west-1", "write a zone such as eu-west-1a"),
    ],
)
def test_a_value_that_no_node_has_is_a_warning_with_examples(key: str, value: str, fix: str) -> None:
    doubt = the_value_doubt(key, value)
    assert (doubt.id, doubt.severity, doubt.fix) == ("requirement-value", "warning", fix)
    assert "did you mean" not in doubt.message


def the_value_doubt(key: str, value: str) -> Diagnostic:
    (doubt,) = doubts_of(read(a_node_pool(template={"requirements": [requirement("In", value, key=key)]})))
    return doubt


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("kubernetes.io/arch", "amd64"),
        ("kubernetes.io/arch", "arm64"),
        ("karpenter.sh/capacity-type", "spot"),
        ("karpenter.sh/capacity-type", "on-demand"),
        ("karpenter.sh/capacity-type", "reserved"),
        ("topology.kubernetes.io/zone", "eu-west-1a"),
        ("topology.kubernetes.io/zone", "us-west-2-lax-1a"),
        ("topology.kubernetes.io/zone", "us-gov-west-1b"),
        ("example.com/zone", "x86_64"),
    ],
)
def test_a_value_that_nodes_have_or_may_have_is_not_doubtful(key: str, value: str) -> None:
    assert not list(doubts_of(read(a_node_pool(template={"requirements": [requirement("In", value, key=key)]}))))
