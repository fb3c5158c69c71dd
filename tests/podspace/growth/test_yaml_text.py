"""A YAML file gets one item more, and no other byte of it is touched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from podspace.diagnostic import InputError
from podspace.formats.document import parsed_document
from podspace.growth.yaml_text import appended
from podspace.planning.files.append import Append, Place
from tests.mother import a_file
from tests.podspace.growth.yaml_writer import YamlWriter
from tests.template import CONFIGS

PATH = Path("prod.yaml")
VALUES: list[JsonValue] = ["nat-00000001", ["subnet-00000001", "subnet-00000002"], {"cidr": "10.0.0.0/8"}]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: [x, y]\n", "a: [x, y, new]\n"),
        ("a: [ x ]\n", "a: [ x, new ]\n"),
        ("a: []\n", "a: [new]\n"),
        ("a: [x, y,] # why\n", "a: [x, y, new,] # why\n"),
        ("a: [x, y] # why", "a: [x, y, new] # why"),
        ("a: [\n  x,\n  y # why\n]\n", "a: [\n  x,\n  y, # why\n  new\n]\n"),
        ("a: [\n  x, # 1\n  y, # 2\n  # 3\n]\n", "a: [\n  x, # 1\n  y, # 2\n  new,\n  # 3\n]\n"),
        ("a: [x,\n    y]\n", "a: [x,\n    y, new]\n"),
        ("a: [x # 1\n  , y # 2\n  ]\n", "a: [x # 1\n  , y, new # 2\n  ]\n"),
        ("a: [{ b: x }]\n", "a: [{ b: x }, new]\n"),
        ("a:\n  - x # 1\n  - y   # 2\n# 3\nb: z\n", "a:\n  - x # 1\n  - y   # 2\n  - new\n# 3\nb: z\n"),
        ("a:\n- x\n- y", "a:\n- x\n- y\n- new"),
        ("a:\n  - - x\n    - y\n", "a:\n  - - x\n    - y\n  - new\n"),
        ("a:\n  -\n    x\n", "a:\n  -\n    x\n  - new\n"),
        ("a:\n  - |\n    x\n\nb: z\n", "a:\n  - |\n    x\n  - new\n\nb: z\n"),
        ("a:\n  - { b: x }  \t\n", "a:\n  - { b: x }  \t\n  - new\n"),
        ("a:\n  - b: x\n    c: y\n  - b: z # why\n", "a:\n  - b: x\n    c: y\n  - b: z # why\n  - new\n"),
        ("a:\r\n  - x\r\n  - y\r\nb: z\r\n", "a:\r\n  - x\r\n  - y\r\n  - new\r\nb: z\r\n"),
        ("a: ['x', 'y']\n", "a: ['x', 'y', 'new']\n"),
        ('{"a":["x"],"b":1}', '{"a":["x", "new"],"b":1}'),
        ('a: ["é", "😀"] # ünï\n', 'a: ["é", "😀", "new"] # ünï\n'),
        ("\ufeffa: [x]\n", "\ufeffa: [x, new]\n"),
        ("a:\t[x,\ty]\t# why\n", "a:\t[x,\ty, new]\t# why\n"),
        ("---\na:\n  - x\n...\n", "---\na:\n  - x\n  - new\n...\n"),
        ("a: &own [x]\n", "a: &own [x, new]\n"),
        ("a: &own\n  - x\n", "a: &own\n  - x\n  - new\n"),
        ("b: &x y\na: [*x]\n", "b: &x y\na: [*x, new]\n"),
        ("b: &x y\na:\n  - *x # why\n", "b: &x y\na:\n  - *x # why\n  - new\n"),
        ("'a': [x]\n", "'a': [x, new]\n"),
        ("? a\n: [x]\n", "? a\n: [x, new]\n"),
        ("a: !!seq [x]\n", "a: !!seq [x, new]\n"),
    ],
)
def test_a_list_gets_an_item_in_its_own_style(before: str, after: str) -> None:
    assert appended(before, Append(place=("a",), value="new"), path=PATH) == after


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("a: { x: y }\n", "v", "a: { x: y, k: v }\n"),
        ("a: {x: [y]}\n", ["v", "w"], "a: {x: [y], k: [v, w]}\n"),
        ("a: {}\n", "v", "a: {k: v}\n"),
        ("a: {\n  x: y, # 1\n  z: w # 2\n}\n", "v", "a: {\n  x: y, # 1\n  z: w, # 2\n  k: v\n}\n"),
        ("a:\n  x: y # why\nb: z\n", "v", "a:\n  x: y # why\n  k: v\nb: z\n"),
        ("a:\n  x: [y]\n", ["v"], "a:\n  x: [y]\n  k: [v]\n"),
        ("a:\n  x:\n    - y # why\n", ["v", "w"], "a:\n  x:\n    - y # why\n  k:\n    - v\n    - w\n"),
        ("a:\n  x:\n  - y\n", ["v"], "a:\n  x:\n  - y\n  k:\n  - v\n"),
        ("a:\n  x:\n", "v", "a:\n  x:\n  k: v\n"),
        ("a:\n  'x': \"y\"\n", "v", "a:\n  'x': \"y\"\n  'k': \"v\"\n"),
        ('a: { x: ["y"] }\n', ["v"], 'a: { x: ["y"], k: ["v"] }\n'),
    ],
)
def test_a_mapping_gets_an_entry_in_its_own_style(before: str, value: JsonValue, after: str) -> None:
    assert appended(before, Append(place=("a",), key="k", value=value), path=PATH) == after


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("a: [x]", "2001:db8::/64", 'a: [x, "2001:db8::/64"]'),
        ("a: [x]", "on", 'a: [x, "on"]'),
        ("a: [x]", "1e3", "a: [x, 1e3]"),
        ("a: [x]", "012", 'a: [x, "012"]'),
        ("a: ['x']", "it's: \n", "a: ['x', \"it's: \\n\"]"),
        ("a: [x]", {"cidr": "10.0.0.0/8", "unique": True}, "a: [x, {cidr: 10.0.0.0/8, unique: true}]"),
        ("a: [{ b: c }]", {"cidr": "10.0.0.0/8"}, "a: [{ b: c }, { cidr: 10.0.0.0/8 }]"),
    ],
)
def test_a_value_is_quoted_where_yaml_would_read_something_else(before: str, value: JsonValue, after: str) -> None:
    assert appended(before, Append(place=("a",), value=value), path=PATH) == after


@pytest.mark.parametrize(
    "text",
    [
        "b: &x [y]\na: *x\n",
        "a: &x [y]\nb: *x\n",
        "b: { c: &x [y] }\na: *x\n",
        "a: {x: y}\n",
        "a: text\n",
        "a:\n",
        "b: [x]\n",
        "a:\n  - |+\n    x\n\n\nb: z\n",
    ],
)
def test_what_cannot_be_appended_to_without_another_change_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"prod\.yaml:\d.*\n.*must be a literal list or mapping"):
        appended(text, Append(place=("a",), value="new"), path=PATH)


def values(data: JsonValue, place: Place = ()) -> Iterator[tuple[Place, JsonValue]]:
    """The lists and mappings of data, with their places."""
    if isinstance(data, list | dict):
        yield place, data
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from values(value, (*place, key))


def inserted(before: str, after: str) -> bool:
    """Whether one text comes of the other by insertions."""
    rest = iter(after)
    return all(character in rest for character in before)


@given(st.randoms(use_true_random=False), st.data())
@settings(max_examples=100, deadline=None)
def test_whatever_the_style_only_what_is_appended_is_new(random: Random, data: st.DataObject) -> None:
    config = a_file({"stack": {"tags": {}}, "vpc.peers": [], "cluster.host_network_ports": ["53/udp", 9100]})
    before = YamlWriter(random).file(config)
    assert parsed_document(before, PATH).data == config
    place, into = data.draw(st.sampled_from(list(values(config))))
    value = data.draw(st.sampled_from(VALUES))
    append = Append(place=place, key="eu-west-1c" if isinstance(into, dict) else None, value=value)
    after = appended(before, append, path=PATH)
    assert parsed_document(after, PATH).data == append.to(config)
    assert inserted(before, after)
    assert after.count("\r\n") - before.count("\r\n") == (after.count("\n") - before.count("\n")) * ("\r\n" in before)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_list_and_mapping_of_the_examples_can_be_appended_to(path: Path) -> None:
    text = path.read_text()
    data = parsed_document(text, path).data
    for place, into in values(data):
        append = Append(place=place, key="new" if isinstance(into, dict) else None, value="new")
        assert parsed_document(appended(text, append, path=path), path).data == append.to(data)
