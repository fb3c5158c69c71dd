"""A capacity reservation is selected by its ID, or by its tags and perhaps its owner."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from podspace.api import CapacityReservationSelectorTerm
from podspace.api.selector import CapacityReservationSelectorTerms
from tests.podspace.api.verdict import the_problem, the_ruled_problem, written

TERMS: TypeAdapter[tuple[CapacityReservationSelectorTerm, ...]] = TypeAdapter(CapacityReservationSelectorTerms)
TAGS = {"tags": {"Name": "odcr"}}


@pytest.mark.parametrize(
    "term",
    [
        {"id": "cr-0"},
        {"id": "cr-56fac701cc1951b03"},
        {"id": "cr-z"},
        TAGS,
        {"tags": {"Name": "*"}},
        {**TAGS, "owner": "012345678901"},
    ],
)
def test_a_term_by_id_or_by_tags_is_taken(term: dict[str, object]) -> None:
    """With the tags, an account may be named."""
    assert written(CapacityReservationSelectorTerm, term) == term


@pytest.mark.parametrize(
    ("term", "place", "gist", "inferred"),
    [
        ({}, "", "exactly one of id and tags", True),
        ({"id": "cr-0", **TAGS}, "", "exactly one of id and tags", True),
        ({"id": "cr-0", "owner": "012345678901"}, "owner", "together with tags", True),
        ({"id": "cr-"}, "id", "the ID of a capacity reservation", True),
        ({"id": "cr-0A"}, "id", "the ID of a capacity reservation", True),
        ({"id": "odcr-0"}, "id", "the ID of a capacity reservation", True),
        ({"id": "cr-0\n"}, "id", "the ID of a capacity reservation", True),
        ({**TAGS, "owner": "1234567890"}, "owner", "an AWS account id of 12 digits", False),
        ({**TAGS, "owner": "01234567890"}, "owner", "an AWS account id of 12 digits", False),
        ({**TAGS, "owner": "0123456789012"}, "owner", "an AWS account id of 12 digits", False),
        ({**TAGS, "owner": "self"}, "owner", "an AWS account id of 12 digits", False),
    ],
)
def test_any_other_term_is_refused(term: object, place: str, gist: str, inferred: bool) -> None:
    """That an ID stands alone is inferred."""
    problem = the_ruled_problem(CapacityReservationSelectorTerm, term)
    assert problem.location.path == place
    assert gist in problem.message
    assert problem.inferred is inferred


@pytest.mark.parametrize(
    ("term", "place", "gist", "fix"),
    [
        ({"tags": {}}, "tags", "at least 1 item", ""),
        ({"tags": {f"k{n}": "v" for n in range(21)}}, "tags", "at most 20 items", ""),
        ({"tags": {"Name": ""}}, "tags.Name", "at least 1 character", ""),
        ({**TAGS, "owner": 123456789012}, "owner", "text", 'put it in quotes: "123456789012"'),
        ({**TAGS, "ownerID": "012345678901"}, "ownerID", "no such key", "EKS Auto Mode's pages call it owner"),
        ({**TAGS, "instanceMatchCriteria": "open"}, "instanceMatchCriteria", "no such key", "the keys here are id, tags, owner"),
    ],
)  # fmt: skip
def test_a_value_of_another_form_is_refused(term: object, place: str, gist: str, fix: str) -> None:
    """Among them the spelling of Karpenter's own kind, with the one to use."""
    problem = the_problem(CapacityReservationSelectorTerm, term)
    assert problem.location.path == place
    assert gist in problem.message
    assert problem.fix == fix


def test_there_are_1_to_30_terms() -> None:
    """As of subnets."""
    for number in (1, 30):
        assert written(TERMS, [TAGS] * number) == [TAGS] * number
    assert "at least 1 item" in the_problem(TERMS, []).message
    assert "at most 30 items" in the_problem(TERMS, [TAGS] * 31).message
