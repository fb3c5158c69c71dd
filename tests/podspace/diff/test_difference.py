"""Differences between properties, in words."""

from __future__ import annotations

import pytest

from podspace.diff.difference import Words, differences, worded
from podspace.planning import PassedIn
from podspace.planning.inventory import Ref, Value


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("a", "a", ""),
        ("a", "b", "key a to b"),
        ("", "b", "key none to b"),
        (None, "b", "key none to b"),
        (("a", "b"), ("a", "b"), ""),
        (("a", "b"), ("a", "b", "c"), "key gains c"),
        (("a", "b"), ("c",), "key gains c and loses a, b"),
        (("a", "b"), ("b", "a"), "key in another order"),
        ((), ("a",), "key gains a"),
        (("a",), None, "key loses a"),
        (("a", "b"), "2", "key a, b to 2"),
    ],
)
def test_a_difference_of_lists_is_what_they_gain_and_lose(old: Words | None, new: Words | None, text: str) -> None:
    def properties(words: Words | None) -> dict[str, Words]:
        return {"same": "x"} if words is None else {"key": words, "same": "x"}

    assert differences(properties(old), properties(new)) == text


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, {"key": "true"}),
        (Ref(("A", "B")), {"key": "pod subnet b"}),
        (PassedIn("vpc"), {"key": "passed in as vpc"}),
        ({"inner": {"innermost": 1}}, {"key.inner.innermost": "1"}),
        (({"zone": "a", "ids": ("x", "y")},), {"key": ("zone a ids x y",)}),
    ],
)
def test_properties_are_worded_by_their_paths(value: Value, words: dict[str, Words]) -> None:
    assert worded({"key": value}, {("A", "B"): "pod subnet b"}) == words


def test_tags_are_a_list() -> None:
    assert worded({"Tags": {"Name": "a", "team": "b"}}, {}) == {"Tags": ("Name=a", "team=b")}
