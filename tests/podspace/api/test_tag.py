"""A tag is one that EC2 takes, and that neither EKS nor AWS writes itself."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from pydantic import TypeAdapter

from podspace.api.tag import Tags
from tests.podspace.api.verdict import the_problem, the_ruled_problem, written

TAGS: TypeAdapter[Mapping[str, str]] = TypeAdapter(Tags)


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"a": ""},
        {"a" * 128: "b" * 256},
        {"Cost centre": "a b"},
        {"a.b:c/d=e+f@g-h_i": "*"},
        {"größe": "ü"},
        {"kubernetes.io/role": "x"},
        {"karpenter.sh/other": "x"},
        {"eks.amazonaws.com/other": "x"},
        {"eks:other": "x"},
        {"awsome": "x"},
    ],
)
def test_a_tag_of_ones_own_is_taken(tags: dict[str, str]) -> None:
    """1 to 128 characters, with a value of at most 256."""
    assert written(TAGS, tags) == tags


@pytest.mark.parametrize(
    ("key", "inferred"),
    [
        ("kubernetes.io/cluster/c", False),
        ("kubernetes.io/cluster", False),
        ("kubernetes.io/clusters", False),
        ("karpenter.sh/provisioner-name", False),
        ("karpenter.sh/nodepool", False),
        ("karpenter.sh/nodeclaim", False),
        ("karpenter.sh/managed-by", False),
        ("eks.amazonaws.com/nodeclass", False),
        ("eks:eks-cluster-name", True),
        ("aws:eks:cluster-name", True),
        ("AWS:x", True),
    ],
)
def test_a_tag_that_is_written_for_one_is_refused(key: str, inferred: bool) -> None:
    """The first of them by the schema, the others by inference."""
    problem = the_ruled_problem(TAGS, {key: "x"})
    assert problem.location.path == f'["{key}"]'.replace('["kubernetes"]', "kubernetes")
    assert "a tag that EKS Auto Mode or AWS writes itself" in problem.message
    assert problem.fix == "use another key"
    assert problem.inferred is inferred


@pytest.mark.parametrize("key", ["", "a" * 129, "a\n", "a\tb", "a,b", "$x", "a(b)"])
def test_no_other_key_is_taken(key: str) -> None:
    """Of those that EC2 refuses."""
    problem = the_ruled_problem(TAGS, {key: "x"})
    assert "1 to 128 letters, digits, spaces or _.:/=+-@" in problem.message
    assert not problem.inferred


@pytest.mark.parametrize(("value", "gist"), [("b" * 257, "at most 256 characters"), (1, "text"), (True, "text")])
def test_no_other_value_is_taken(value: object, gist: str) -> None:
    """The problem stands at the tag."""
    problem = the_problem(TAGS, {"team": value})
    assert problem.location.path == "team"
    assert gist in problem.message
