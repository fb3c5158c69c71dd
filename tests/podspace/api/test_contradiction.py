"""Conditions that no node meets together are refused, and none that a node meets."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.api import doubts_of, problems_in, read
from podspace.api.contradiction import Condition, contradictions
from tests.podspace.manifests import Manifest, a_node_pool

ZONE, ARCH, CPU = "topology.kubernetes.io/zone", "kubernetes.io/arch", "eks.amazonaws.com/instance-cpu"
FAMILY, CATEGORY, GENERATION = (f"eks.amazonaws.com/instance-{name}" for name in ("family", "category", "generation"))
TYPE = "node.kubernetes.io/instance-type"
SIZE = "eks.amazonaws.com/instance-size"


def asks(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"key": key, "operator": operator, **({"values": list(values)} if values else {})}


def pool(*requirements: dict[str, Any], labels: dict[str, str] | None = None) -> Manifest:
    manifest = a_node_pool(template={"requirements": list(requirements)})
    if labels:
        manifest["spec"]["template"]["metadata"] = {"labels": labels}
    return manifest


@pytest.mark.parametrize(
    "requirements",
    [
        [asks(ZONE, "In", "eu-west-1a"), asks(ZONE, "In", "eu-west-1b")],
        [asks(ZONE, "In", "eu-west-1a"), asks(ZONE, "NotIn", "eu-west-1a")],
        [asks(ZONE, "In", "eu-west-1a"), asks("failure-domain.beta.kubernetes.io/zone", "In", "eu-west-1b")],
        [asks(ARCH, "In", "amd64"), asks(ARCH, "DoesNotExist")],
        [asks(CPU, "Gt", "8"), asks(CPU, "Lt", "4")],
        [asks(CPU, "Gt", "4"), asks(CPU, "Lt", "5")],
        [asks(CPU, "In", "2", "4"), asks(CPU, "Gt", "4")],
        [asks(CPU, "Gt", "3"), asks(CPU, "Lt", "5"), asks(CPU, "NotIn", "4")],
        [asks(ARCH, "In", "amd64"), asks(FAMILY, "In", "m7g", "c8gn")],
        [asks(ARCH, "In", "arm64"), asks(FAMILY, "In", "m7i", "c7i-flex", "g6")],
        [asks(ARCH, "NotIn", "arm64"), asks(TYPE, "In", "t4g.large")],
        [asks(CATEGORY, "In", "c"), asks(FAMILY, "In", "m7i")],
        [asks(GENERATION, "Gt", "5"), asks(FAMILY, "In", "m5", "c4")],
        [asks(SIZE, "In", "large"), asks(TYPE, "In", "m7i.xlarge")],
    ],
)
def test_requirements_that_exclude_each_other_are_refused(requirements: list[dict[str, Any]]) -> None:
    (problem,) = problems_in(pool(*requirements))
    assert problem.location.path.startswith("spec.template.spec.requirements[")
    assert problem.fix
    assert problem.source.startswith("https://")


@pytest.mark.parametrize(
    ("label", "value", "requirement"),
    [
        (ARCH, "amd64", asks(ARCH, "In", "arm64")),
        (ZONE, "eu-west-1a", asks(ZONE, "In", "eu-west-1b")),
        (FAMILY, "m7g", asks(ARCH, "In", "amd64")),
    ],
)
def test_a_label_that_excludes_a_requirement_is_refused(label: str, value: str, requirement: dict[str, Any]) -> None:
    (problem,) = problems_in(pool(requirement, labels={label: value}))
    assert problem.location.path.startswith("spec.template.")


@pytest.mark.parametrize(
    "requirements",
    [
        [asks(ZONE, "In", "eu-west-1a", "eu-west-1b"), asks(ZONE, "NotIn", "eu-west-1a")],
        [asks(ZONE, "Exists"), asks(ZONE, "In", "eu-west-1b")],
        [asks(CPU, "Gt", "4"), asks(CPU, "Lt", "6")],
        [asks(CPU, "Gt", "4"), asks(CPU, "Lt", "33"), asks(CPU, "In", "8")],
        [asks(CPU, "Gt", "4"), asks(CPU, "Lt", "99999999")],
        [asks(ARCH, "In", "amd64"), asks(FAMILY, "In", "m7g", "m7i")],
        [asks(ARCH, "In", "amd64"), asks(FAMILY, "In", "g6", "g4dn", "p5en", "inf2")],
        [asks(ARCH, "In", "arm64"), asks(FAMILY, "In", "a1"), asks(CATEGORY, "In", "a")],
        [asks(ARCH, "In", "arm64"), asks(FAMILY, "In", "p6e-gb200", "mac2")],
        [asks(ARCH, "In", "arm64"), asks(FAMILY, "In", "im4gn"), asks(CATEGORY, "In", "i", "im")],
        [asks(ARCH, "In", "amd64"), asks(FAMILY, "NotIn", "m7g")],
        [asks(CATEGORY, "In", "c", "m"), asks(FAMILY, "In", "m7i"), asks(GENERATION, "Gt", "4")],
        [asks("eks.amazonaws.com/instance-gpu-count", "DoesNotExist")],
    ],
)
def test_requirements_that_a_node_meets_are_taken(requirements: list[dict[str, Any]]) -> None:
    manifest = pool(*requirements)
    assert not problems_in(manifest)
    assert not list(doubts_of(read(manifest)))


@pytest.mark.parametrize(
    "manifest",
    [
        pool(asks("example.com/team", "In", "a"), labels={"example.com/team": "b"}),
        pool(asks("example.com/team", "Exists"), asks("example.com/team", "DoesNotExist")),
        pool(asks(ARCH, "In", "arm64"), asks(CATEGORY, "In", "z", "inf")),
    ],
)
def test_what_a_node_may_lack_is_a_doubt(manifest: Manifest) -> None:
    """Karpenter then leaves a label of one's own out, and a category may get Graviton instance types."""
    assert not problems_in(manifest)
    (doubt,) = doubts_of(read(manifest))
    assert doubt.location.path.startswith("spec.template.spec.requirements[")


CONDITIONS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["In", "NotIn"]), st.lists(st.integers(0, 9).map(str), min_size=1).map(tuple)),
        st.tuples(st.sampled_from(["Gt", "Lt", "Gte", "Lte"]), st.integers(0, 9).map(lambda one: (str(one),))),
        st.tuples(st.just("Exists"), st.just(())),
    ),
    max_size=5,
)


@given(drawn=CONDITIONS, value=st.integers(0, 20).map(str))
def test_what_a_value_meets_is_never_a_contradiction(drawn: list[tuple[str, tuple[str, ...]]], value: str) -> None:
    conditions = [Condition(path="", key=CPU, operator=operator, values=values) for operator, values in drawn]
    if all(one.allows(value) for one in conditions):
        assert not list(contradictions(conditions))
