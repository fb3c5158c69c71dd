"""Functions of CloudFormation give what is known, and never more."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podspace.lint.intrinsics import (
    cidrs,
    found_in,
    joined,
    joined_text,
    json_text,
    length,
    selected,
    split,
    substituted,
)
from podspace.lint.value import UNKNOWN, Part, Reference, Text, Value

SUBNETS = Reference("s", "SubnetIds")
NAME = Reference("s", "Name")


def part(start: int, bits: int) -> Part:
    return Part(NAME.stack, NAME.id, start=start, bits=bits)


HALF = Text((NAME, "-pods"))


@pytest.mark.parametrize(
    ("argument", "result"),
    [
        ([",", ["a", "b"]], "a,b"),
        (["", ["a", "b", "c"]], "abc"),
        (["-", []], ""),
        (["-", ["a"]], "a"),
        (["-", [1, True]], "1-true"),
        (["-", ["a", ""]], "a-"),
        (["-", [NAME]], NAME),
        (["-", ["a", NAME, "b"]], Text(("a-", NAME, "-b"))),
        (["-", ["a", UNKNOWN]], Text(("a-", UNKNOWN))),
        (["-", ["a", ["b"]]], Text(("a-", UNKNOWN))),
        ([",", SUBNETS], UNKNOWN),
        ([",", "a"], UNKNOWN),
        ([NAME, ["a", "b"]], UNKNOWN),
        ([","], UNKNOWN),
        ("a,b", UNKNOWN),
        (None, UNKNOWN),
    ],
)
def test_a_list_is_joined(argument: Value, result: Value) -> None:
    """With what is not known in it."""
    assert joined(argument) == result


@pytest.mark.parametrize(
    ("argument", "result"),
    [
        ([",", "a,b"], ["a", "b"]),
        ([", ", "a, b,c"], ["a", "b,c"]),
        ([",", "a"], ["a"]),
        ([",", ""], [""]),
        ([",", NAME], UNKNOWN),
        ([",", Text(("a,", NAME))], ["a", NAME]),
        ([",", Text((NAME, ",b,", UNKNOWN))], [NAME, "b", UNKNOWN]),
        ([",", Text(("a-", NAME, "-b,c"))], [Text(("a-", NAME, "-b")), "c"]),
        ([",", UNKNOWN], UNKNOWN),
        ([",", 5], UNKNOWN),
        (["", "ab"], UNKNOWN),
        ([NAME, "a"], UNKNOWN),
        ([","], UNKNOWN),
        ("a,b", UNKNOWN),
    ],
)
def test_text_is_split(argument: Value, result: Value) -> None:
    """What is not known in it has no delimiter in it, as far as anybody can tell."""
    assert split(argument) == result


@settings(deadline=None)
@given(delimiter=st.text(",;| ", min_size=1, max_size=3), parts=st.lists(st.text("abc0:/", max_size=4), min_size=1))
def test_what_was_joined_splits_into_what_it_was(delimiter: str, parts: list[str]) -> None:
    """Where the delimiter is in none of the parts."""
    assert split([delimiter, joined([delimiter, [*parts]])]) == parts


@pytest.mark.parametrize(
    ("argument", "result"),
    [
        ([0, ["a", "b"]], "a"),
        (["1", ["a", "b"]], "b"),
        ([1, ["a", NAME]], NAME),
        ([0, [UNKNOWN, "b"]], UNKNOWN),
        ([1, [UNKNOWN, "b"]], "b"),
        ([2, ["a", "b"]], UNKNOWN),
        ([-1, ["a", "b"]], UNKNOWN),
        ([NAME, ["a", "b"]], UNKNOWN),
        ([True, ["a", "b"]], UNKNOWN),
        (["a", ["a", "b"]], UNKNOWN),
        ([1, SUBNETS], Reference("s", "SubnetIds", "[1]")),
        (["1", SUBNETS], Reference("s", "SubnetIds", "[1]")),
        ([0, Reference("s", "A", "Blocks", resource=True)], Reference("s", "A", "Blocks[0]")),
        ([0, UNKNOWN], UNKNOWN),
        ([0, Text(("a", NAME))], UNKNOWN),
        ([0, "a"], UNKNOWN),
        ([0], UNKNOWN),
        ("a", UNKNOWN),
    ],
)
def test_an_item_of_a_list_is_selected(argument: Value, result: Value) -> None:
    """Of a list that only a deployment knows, that item of it."""
    assert selected(argument) == result


@pytest.mark.parametrize(
    ("argument", "result"),
    [
        (["10.0.0.0/16", 2, 8], ["10.0.0.0/24", "10.0.1.0/24"]),
        (["10.0.0.0/16", "2", "8"], ["10.0.0.0/24", "10.0.1.0/24"]),
        (["10.0.9.9/16", 1, 8], ["10.0.0.0/24"]),
        (["10.0.0.0/16", 1, 16], ["10.0.0.0/16"]),
        (["10.0.0.0/31", 2, 0], ["10.0.0.0/32", "10.0.0.1/32"]),
        (["10.0.0.0/16", 1, 17], UNKNOWN),
        (["10.0.0.0/16", 1, 33], UNKNOWN),
        (["10.0.0.0/16", 1, -1], UNKNOWN),
        (["10.0.0.0/16", 0, 8], UNKNOWN),
        (["10.0.0.0/16", 257, 8], UNKNOWN),
        (["10.0.0.0/16", 1], UNKNOWN),
        (["10.0.0.0/16"], UNKNOWN),
        (["10.0.0.0/16", UNKNOWN, 8], UNKNOWN),
        (["10.0.0.0/16", 1, NAME], UNKNOWN),
        ([NAME, 2, 8], [part(0, 8), part(256, 8)]),
        ([part(256, 8), "2", "4"], [part(256, 4), part(272, 4)]),
        ([part(256, 8), 17, 4], UNKNOWN),
        ([NAME, 1, 128], [part(0, 128)]),
        ([NAME, 1, 129], UNKNOWN),
        ([NAME, 256, 0], [part(at, 0) for at in range(256)]),
        ([NAME, 257, 0], UNKNOWN),
        ([NAME, 1, NAME], UNKNOWN),
        ([UNKNOWN, 1, 8], UNKNOWN),
        (["fd00::/56", 1, 64], UNKNOWN),
        ("10.0.0.0/16", UNKNOWN),
    ],
)
def test_blocks_are_cut_from_a_block(argument: Value, result: Value) -> None:
    """IPv4, if all that it takes is known; of a reference the parts."""
    assert cidrs(argument) == result


@pytest.mark.parametrize(("length", "known"), [(1_000_000, True), (1_000_001, False)])
def test_text_of_more_than_a_million_characters_is_not_known(length: int, known: bool) -> None:
    """No template is that long."""
    assert (joined(["", ["x", "y" * (length - 1)]]) is not UNKNOWN) is known
    assert (joined(["", [NAME, "y" * (length - 1)]]) is not UNKNOWN) is known


@settings(deadline=None)
@given(prefix=st.integers(8, 28), bits=st.integers(4, 24), count=st.integers(1, 256))
def test_blocks_that_are_cut_are_inside_and_apart(prefix: int, bits: int, count: int) -> None:
    """Of the size that was asked for, and never more than there is room for."""
    made: Any = cidrs([f"10.0.0.0/{prefix}", count, bits])
    if made is UNKNOWN:
        assert 32 - bits < prefix
        return
    networks = [IPv4Network(cidr) for cidr in made]
    assert len(set(networks)) == len(networks) == min(count, 2 ** (32 - bits - prefix))
    assert all(one.prefixlen == 32 - bits and one.subnet_of(IPv4Network(f"10.0.0.0/{prefix}")) for one in networks)


@pytest.mark.parametrize(
    ("template", "result"),
    [
        ("plain", "plain"),
        ("", ""),
        ("${Known}-pods", "shop-pods"),
        ("${ Known }", "shop"),
        ("${Known}${Known}", "shopshop"),
        ("${!Known}", "${Known}"),
        ("${!}", "${}"),
        ("$Known {Known} $", "$Known {Known} $"),
        ("${Name}", NAME),
        ("a${Name}b", Text(("a", NAME, "b"))),
        ("a${Unknown}", Text(("a", UNKNOWN))),
        ("${List}", UNKNOWN),
    ],
)
def test_names_in_text_are_substituted(template: str, result: Value) -> None:
    """What is escaped stays as it is."""
    values: dict[str, Value] = {"Known": "shop", "Name": NAME, "Unknown": UNKNOWN, "List": ["a"]}
    assert substituted(template, values.__getitem__) == result


def test_json_text_and_lengths_are_known_where_what_they_are_of_is() -> None:
    """And not known where it is not."""
    assert json_text({"a": [1, "b"]}) == '{"a": [1, "b"]}'
    assert json_text({"a": NAME}) is UNKNOWN
    assert json_text([UNKNOWN]) is UNKNOWN
    assert length(["a", UNKNOWN]) == 2
    assert length([]) == 0
    for value in (SUBNETS, UNKNOWN, "ab", None):
        assert length(value) is UNKNOWN


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["Regions", "eu-west-1", "Cidr"], "10.0.0.0/16"),
        (["Regions", "eu-west-1", "Zones"], ["a", "b"]),
        (["Regions", "us-east-1", "Cidr"], None),
        (["Regions", "eu-west-1", "Other"], None),
        (["Other", "eu-west-1", "Cidr"], None),
        (["Regions", NAME, "Cidr"], None),
        (["Regions", UNKNOWN, "Cidr"], None),
        (["Regions", "eu-west-1", "Cidr", "more"], None),
        ([], None),
    ],
)
def test_a_mapping_is_looked_up(names: list[Value], found: Value) -> None:
    """By keys that are known, and there."""
    assert found_in({"Regions": {"eu-west-1": {"Cidr": "10.0.0.0/16", "Zones": ["a", "b"]}}}, names) == found


@pytest.mark.parametrize(
    ("parts", "made"),
    [
        ([], ""),
        ([""], ""),
        (["a", "-", "b"], "a-b"),
        ([1, True, False, 1.5], "1truefalse1.5"),
        ([NAME], NAME),
        (["", NAME, ""], NAME),
        (["a", "b", NAME, "c", "d"], Text(("ab", NAME, "cd"))),
        ([HALF, "x"], Text((NAME, "-podsx"))),
        (["x", HALF], Text(("x", NAME, "-pods"))),
        (["a", UNKNOWN], Text(("a", UNKNOWN))),
        (["a", ["b"]], Text(("a", UNKNOWN))),
        (["a", {"b": "c"}], Text(("a", UNKNOWN))),
        (["a", None], Text(("a", UNKNOWN))),
    ],
)
def test_parts_make_text(parts: list[Value], made: Value) -> None:
    """Plain if all are, a single reference as it is, and what no text can hold as a gap."""
    assert joined_text(parts) == made


def test_text_without_end_is_not_known() -> None:
    """A few functions can make it as long as they like."""
    value: Value = "ab"
    for _ in range(18):
        value = joined_text([value, value])
    assert isinstance(value, str)
    assert joined_text([value, value]) is UNKNOWN
