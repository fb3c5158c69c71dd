"""A placement group is selected by its name or by its ID."""

from __future__ import annotations

import pytest

from podspace.api import PlacementGroupSelector
from tests.podspace.api.verdict import the_problem, the_ruled_problem, written


@pytest.mark.parametrize(
    "selector",
    [{"name": "a"}, {"name": "my group"}, {"name": "a" * 255}, {"id": "pg-0"}, {"id": "pg-02465754522cda020"}, {"id": "pg-z"}],
)  # fmt: skip
def test_a_name_or_an_id_is_taken(selector: dict[str, object]) -> None:
    """A name is whatever EC2 takes."""
    assert written(PlacementGroupSelector, selector) == selector


@pytest.mark.parametrize(
    ("selector", "place", "gist"),
    [
        ({}, "", "exactly one of name and id"),
        ({"name": "a", "id": "pg-0"}, "", "exactly one of name and id"),
        ({"id": "pg-"}, "id", "the ID of a placement group"),
        ({"id": "pg-0A"}, "id", "the ID of a placement group"),
        ({"id": "a"}, "id", "the ID of a placement group"),
        ({"id": "xpg-0"}, "id", "the ID of a placement group"),
        ({"id": "pg-0\n"}, "id", "the ID of a placement group"),
    ],
)
def test_any_other_selector_is_refused(selector: object, place: str, gist: str) -> None:
    """Its form is inferred from Karpenter's own kind."""
    problem = the_ruled_problem(PlacementGroupSelector, selector)
    assert problem.location.path == place
    assert gist in problem.message
    assert problem.inferred


@pytest.mark.parametrize(
    ("selector", "place", "gist"),
    [
        ({"name": ""}, "name", "at least 1 character"),
        ({"name": "a" * 256}, "name", "at most 255 characters"),
        ({"name": 1}, "name", "text"),
        ({"tags": {"a": "b"}}, "tags", "no such key"),
    ],
)
def test_a_value_of_another_form_is_refused(selector: object, place: str, gist: str) -> None:
    """Each at its own place."""
    problem = the_problem(PlacementGroupSelector, selector)
    assert problem.location.path == place
    assert gist in problem.message
