"""A config that a person reads."""

from __future__ import annotations

import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from podspace.proposal.config_text import Entry, config_text

scalars = st.one_of(st.text(max_size=12), st.integers(), st.booleans(), st.none())
items = st.one_of(scalars, st.dictionaries(st.text(max_size=6), scalars, max_size=3))
values: st.SearchStrategy[JsonValue] = st.one_of(scalars, st.lists(items, max_size=3))
words = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=200)


def test_a_reason_stands_behind_its_value_or_above_it_where_it_is_long() -> None:
    text = config_text(
        (Entry(key="name", value="net"), Entry(key="pods", value=(Entry(key="prefix", value=18, why="half"),))),
        head="Made for you.",
        foot="Look at flow logs.",
    )
    assert text.splitlines() == [
        "# Made for you.",
        "name: net",
        "",
        "pods:",
        "  prefix: 18 # half",
        "",
        "# Look at flow logs.",
    ]
    long = config_text((Entry(key="cidrs", value=["100.64.0.0/16"], why="because " * 20),), head="")
    assert long.splitlines()[-1] == "cidrs: [100.64.0.0/16]"
    assert all(len(line) <= 110 for line in long.splitlines())


def test_what_yaml_would_read_otherwise_is_quoted() -> None:
    text = config_text((Entry(key="account", value="111122223333"), Entry(key="on", value="yes")), head="")
    assert yaml.safe_load(text)["account"] == "111122223333"
    assert "'yes'" in text


@given(st.lists(st.tuples(values, words), max_size=5), words)
def test_comments_change_nothing_of_what_it_says(entries: list[tuple[JsonValue, str]], head: str) -> None:
    """Whatever the values and the reasons are."""
    made = tuple(Entry(key=f"k{index}", value=value, why=why) for index, (value, why) in enumerate(entries))
    read = yaml.safe_load(config_text(made, head=head, foot=head)) or {}
    assert read == {entry.key: entry.value for entry in made}
