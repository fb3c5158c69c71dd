"""A selector term selects in exactly one way, and says what it selects."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from podspace.api.refusal import problems_of
from podspace.api.selector import (
    PodSecurityGroupSelectorTerm,
    PodSecurityGroupSelectorTerms,
    SecurityGroupSelectorTerm,
    SecurityGroupSelectorTerms,
    SelectorTerm,
    SubnetSelectorTerm,
    SubnetSelectorTerms,
)
from podspace.diagnostic import Diagnostic

SUBNETS: TypeAdapter[tuple[SubnetSelectorTerm, ...]] = TypeAdapter(SubnetSelectorTerms)
GROUPS: TypeAdapter[tuple[SecurityGroupSelectorTerm, ...]] = TypeAdapter(SecurityGroupSelectorTerms)
POD_GROUPS: TypeAdapter[tuple[PodSecurityGroupSelectorTerm, ...]] = TypeAdapter(PodSecurityGroupSelectorTerms)


def problems(model: type[SelectorTerm], term: object) -> list[Diagnostic]:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(term)
    return problems_of(caught.value, model=model)


@pytest.mark.parametrize(
    ("model", "term"),
    [
        (SubnetSelectorTerm, {"id": "subnet-0a1b2c3d"}),
        (SubnetSelectorTerm, {"id": "subnet-0123456789abcdef0"}),
        (SubnetSelectorTerm, {"id": "subnet-z"}),
        (SubnetSelectorTerm, {"tags": {"Name": "*"}}),
        (SubnetSelectorTerm, {"tags": {f"k{n}": "v" for n in range(20)}}),
        (SecurityGroupSelectorTerm, {"id": "sg-0a1b2c3d"}),
        (SecurityGroupSelectorTerm, {"tags": {"aws:eks:cluster-name": "c"}}),
        (SecurityGroupSelectorTerm, {"name": "eks-cluster-sg-c"}),
        (PodSecurityGroupSelectorTerm, {"id": "sg-0a1b2c3d"}),
        (PodSecurityGroupSelectorTerm, {"tags": {"Name": "pods"}}),
    ],
)
def test_a_term_with_one_way_to_select_is_accepted(model: type[SelectorTerm], term: object) -> None:
    """By ID, by tags, and a security group of nodes by name; an ID is as wide as the schema takes it."""
    assert model.model_validate(term).model_dump(mode="json", exclude_none=True) == term


@pytest.mark.parametrize(
    ("model", "term", "place", "gist"),
    [
        (SubnetSelectorTerm, {}, "", "exactly one of id, tags"),
        (SubnetSelectorTerm, {"id": "subnet-1", "tags": {"a": "b"}}, "", "exactly one of id, tags"),
        (SecurityGroupSelectorTerm, {}, "", "exactly one of id, tags, name"),
        (SecurityGroupSelectorTerm, {"id": "sg-1", "name": "a"}, "", "exactly one of id, tags, name"),
        (SecurityGroupSelectorTerm, {"tags": {"a": "b"}, "name": "a"}, "", "exactly one of id, tags, name"),
        (SecurityGroupSelectorTerm, {"name": ""}, "name", "at least 1 character"),
        (PodSecurityGroupSelectorTerm, {"name": "a"}, "name", "no such key"),
        (SubnetSelectorTerm, {"name": "a"}, "name", "no such key"),
        (SubnetSelectorTerm, {"id": "subnet-"}, "id", "subnet ID"),
        (SubnetSelectorTerm, {"id": "subnet-0A"}, "id", "subnet ID"),
        (SubnetSelectorTerm, {"id": "my-subnet-0a"}, "id", "subnet ID"),
        (SubnetSelectorTerm, {"id": "subnet-0a "}, "id", "subnet ID"),
        (SubnetSelectorTerm, {"id": "subnet-0a\n"}, "id", "subnet ID"),
        (SubnetSelectorTerm, {"id": "sg-0a"}, "id", "subnet ID"),
        (SecurityGroupSelectorTerm, {"id": "subnet-0a"}, "id", "security group ID"),
        (PodSecurityGroupSelectorTerm, {"id": "subnet-0a"}, "id", "security group ID"),
        (SubnetSelectorTerm, {"tags": {}}, "tags", "at least 1 item"),
        (SubnetSelectorTerm, {"tags": {f"k{n}": "v" for n in range(21)}}, "tags", "at most 20 items"),
        (SubnetSelectorTerm, {"tags": {"": "v"}}, 'tags[""]', "at least 1 character"),
        (SubnetSelectorTerm, {"tags": {"a/b": ""}}, 'tags["a/b"]', "at least 1 character"),
        (SubnetSelectorTerm, {"tags": {"role": 1}}, "tags.role", "must be text"),
    ],
)
def test_any_other_term_is_refused(model: type[SelectorTerm], term: object, place: str, gist: str) -> None:
    """None or several ways to select, an ID of something else, tags that are empty or too many."""
    (problem,) = problems(model, term)
    assert problem.location.path == place
    assert gist in problem.message


def test_one_bad_term_next_to_a_good_one_is_refused() -> None:
    """The API server lets this pass and then selects something else than was meant."""
    with pytest.raises(ValidationError) as caught:
        SUBNETS.validate_python([{"id": "subnet-1"}, {"id": "subnet-2", "tags": {"a": "b"}}])
    (problem,) = problems_of(caught.value)
    assert (problem.location.path, problem.fix) == ("[1]", "keep one of id, tags, or write two terms")


@pytest.mark.parametrize("adapter", [SUBNETS, GROUPS, POD_GROUPS])
def test_there_are_1_to_30_terms(adapter: TypeAdapter[tuple[SelectorTerm, ...]]) -> None:
    """An empty list selects nothing, and the schema takes no more than 30."""
    term = {"tags": {"a": "b"}}
    assert len(adapter.validate_python([term] * 30)) == 30
    for terms, gist in (([], "at least 1 item"), ([term] * 31, "at most 30 items")):
        with pytest.raises(ValidationError) as caught:
            adapter.validate_python(terms)
        assert gist in problems_of(caught.value)[0].message


PARTS = st.fixed_dictionaries(
    {},
    optional={
        "id": st.from_regex(r"\Asg-[0-9a-f]{8}\Z"),
        "tags": st.dictionaries(st.text(min_size=1), st.text(min_size=1), min_size=1, max_size=20),
        "name": st.text(min_size=1),
    },
)


@given(PARTS)
def test_a_term_is_accepted_exactly_when_it_selects_in_one_way(term: dict[str, object]) -> None:
    """Whatever the ID, the tags and the name are."""
    if len(term) == 1:
        assert SecurityGroupSelectorTerm.model_validate(term).model_dump(exclude_none=True) == term
    else:
        assert problems(SecurityGroupSelectorTerm, term)[0].location.path == ""
