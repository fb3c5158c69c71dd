"""Parts say what differs in words."""

from __future__ import annotations

import pytest

from podspace.diff.part import Value, differences


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("a", "a", ""),
        ("a", "b", "key a to b"),
        ("", "b", "key none to b"),
        (("a", "b"), ("a", "b"), ""),
        (("a", "b"), ("a", "b", "c"), "key gains c"),
        (("a", "b"), ("c",), "key gains c and loses a, b"),
        (("a", "b"), ("b", "a"), "key in another order"),
        ((), ("a",), "key gains a"),
        (("a", "b"), "2", "key a, b to 2"),
    ],
)
def test_of_a_list_only_what_comes_and_goes_is_told(old: Value, new: Value, text: str) -> None:
    assert differences({"key": old, "same": "x"}, {"key": new, "same": "x"}) == text
