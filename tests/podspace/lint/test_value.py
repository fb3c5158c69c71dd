"""Values of templates: what can be told of them, and what cannot."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podspace.lint.intrinsics import joined_text
from podspace.lint.value import (
    UNKNOWN,
    Reference,
    Text,
    Unknown,
    Value,
    has_unknown,
    is_placed,
    items,
    key,
    mapping,
    network,
    number,
    plain,
    references,
    same,
    shown,
    text,
    true,
)

VPC = Reference("s", "Vpc", resource=True)
SUBNET = Reference("s", "Subnet", resource=True)
ARN = Reference("s", "Role", "Arn", resource=True)
PARAMETER = Reference("s", "Parameter")
OTHER = Reference("s", "Other")
HALF = Text((PARAMETER, "-pods"))


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ("a", "a", True),
        ("a", "b", False),
        ("", "", True),
        (1, 1, True),
        (1, "1", True),
        (1, "2", False),
        (1.5, "1.5", True),
        (True, True, True),
        (True, False, False),
        (False, "true", False),
        pytest.param(True, "true", True),
        pytest.param(False, "false", True),
        ([], [], True),
        (["a"], ["a"], True),
        (["a"], ["b"], False),
        (["a"], "a", False),
        ({"a": 1}, {"a": 1}, True),
        ({"a": 1}, {"a": 2}, False),
        (VPC, VPC, True),
        (VPC, SUBNET, False),
        (VPC, Reference("t", "Vpc", resource=True), False),
        (ARN, ARN, True),
        (ARN, Reference("s", "Node", "Arn", resource=True), None),
        (VPC, Reference("s", "Vpc", "Arn", resource=True), None),
        (PARAMETER, PARAMETER, True),
        (PARAMETER, OTHER, None),
        (VPC, PARAMETER, None),
        (VPC, "vpc-0a", None),
        (PARAMETER, "vpc-0a", None),
        (HALF, Text((PARAMETER, "-pods")), True),
        (HALF, Text((OTHER, "-pods")), None),
        (HALF, "shop-pods", None),
        (HALF, "pods", False),
        (HALF, "-pods", None),
        (HALF, "", False),
        (HALF, PARAMETER, False),
        (HALF, OTHER, None),
        (HALF, Text((PARAMETER, "-nodes")), False),
        (HALF, Text((OTHER, "-nodes")), False),
        (HALF, Text((UNKNOWN, "-nodes")), False),
        (HALF, Text((PARAMETER, "-pods-b")), False),
        (HALF, Text((OTHER, "-b-pods")), None),
        (HALF, Text((PARAMETER, "-b-pods")), False),
        (HALF, Text((PARAMETER, OTHER, "-pods")), None),
        (HALF, Text((PARAMETER, UNKNOWN, "-pods")), None),
        (HALF, Text(("shop-", PARAMETER)), None),
        (Text(("a-", PARAMETER)), Text(("b-", PARAMETER)), False),
        (Text(("a-", PARAMETER)), Text((PARAMETER, "-a")), None),
        (Text(("a", PARAMETER, "1", OTHER)), Text(("a", PARAMETER, "2", OTHER)), False),
        (Text(("a", PARAMETER, "1", OTHER)), Text(("a", UNKNOWN, "2", OTHER)), False),
        (Text(("role/", VPC)), Text(("role/", SUBNET)), False),
        (Text(("role/", VPC)), Text(("role/", PARAMETER)), None),
        (Text((VPC, PARAMETER)), Text((SUBNET, PARAMETER)), False),
        (Text((VPC, PARAMETER)), Text((SUBNET, OTHER)), None),
        (Text((PARAMETER, "1")), 1, None),
        (Text((PARAMETER, "1")), 2, False),
        (Text((PARAMETER, "e")), True, None),
        (Text((PARAMETER, "1")), True, False),
        (HALF, None, None),
        (HALF, ["-pods"], None),
        (HALF, {"-pods": 1}, None),
        (Text((UNKNOWN, "-pods")), Text((UNKNOWN, "-pods")), None),
        (UNKNOWN, UNKNOWN, None),
        (UNKNOWN, "a", None),
        (UNKNOWN, VPC, None),
        (UNKNOWN, None, None),
        ([UNKNOWN], [UNKNOWN], None),
        ([VPC], [VPC], None),
        ([UNKNOWN], ["a"], None),
        ({"a": UNKNOWN}, {"a": 1}, None),
    ],
)  # fmt: skip
def test_two_values_are_the_same_or_not_or_it_is_unknown(one: Value, other: Value, answer: bool | None) -> None:
    """Whichever of them comes first."""
    assert same(one, other) is answer
    assert same(other, one) is answer


SHORT = st.text("ab", max_size=3)
PARTS = st.lists(SHORT | st.sampled_from([PARAMETER, OTHER, UNKNOWN]), max_size=4)


@settings(deadline=None)
@given(PARTS, PARTS, st.data())
def test_the_comparison_of_two_texts_holds_for_any_values_of_their_references(
    one: list[Any], other: list[Any], data: st.DataObject
) -> None:
    """The same reference is the same text; what is not known is another one each time."""
    answer = same(joined_text(one), joined_text(other))
    values = {reference: data.draw(SHORT) for reference in (PARAMETER, OTHER)}
    deployed = [
        "".join(data.draw(SHORT) if part is UNKNOWN else values.get(part, part) for part in parts)
        for parts in (one, other)
    ]
    assert answer is None or answer is (deployed[0] == deployed[1])


SCALARS = st.booleans() | st.integers(-9, 9) | st.floats(-2, 2) | st.text(max_size=2) | st.none()
REFERENCES = st.builds(Reference, st.just("s"), st.sampled_from("ab"), st.sampled_from(["", "Arn"]), st.booleans())
TEXTS = st.lists(st.sampled_from("ab") | REFERENCES | st.just(UNKNOWN), min_size=1, max_size=3).map(
    lambda parts: Text(tuple(parts))
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS | REFERENCES | TEXTS | st.just(UNKNOWN),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
)


def holds_unknown(value: Value) -> bool:
    if isinstance(value, Text):
        return UNKNOWN in value.parts
    if isinstance(value, dict):
        return any(map(holds_unknown, value.values()))
    return any(map(holds_unknown, value)) if isinstance(value, list) else isinstance(value, Unknown)


@settings(deadline=None)
@given(one=VALUES, other=VALUES)
def test_which_of_two_values_comes_first_does_not_matter(one: Value, other: Value) -> None:
    """Of any two."""
    assert same(one, other) is same(other, one)


@settings(deadline=None)
@given(value=VALUES, other=VALUES)
def test_what_is_not_known_is_not_even_the_same_as_itself(value: Value, other: Value) -> None:
    """And all plain data is, as far as it is anything at all."""
    if holds_unknown(value):
        assert same(value, value) is None
        assert same(value, other) is not True
    elif not has_unknown(value):
        assert same(value, value) is True


@pytest.mark.parametrize(
    ("value", "tail"), [(HALF, "-pods"), (Text(("a", PARAMETER)), ""), (Text(("a", UNKNOWN)), ""), (Text(()), "")]
)
def test_text_is_known_to_end_with_its_last_part(value: Text, tail: str) -> None:
    """If that is plain."""
    assert value.tail == tail


@pytest.mark.parametrize(
    ("value", "unknown"),
    [
        ("a", False),
        (None, False),
        ([1, {"a": ["b"]}], False),
        (PARAMETER, True),
        (HALF, True),
        (UNKNOWN, True),
        (["a", VPC], True),
        ({"a": [{"b": UNKNOWN}]}, True),
    ],
)
def test_a_value_has_something_unknown_in_it_or_not(value: Value, unknown: bool) -> None:
    """At any depth; a reference too, as only a deployment fills it in."""
    assert has_unknown(value) is unknown


@pytest.mark.parametrize(
    ("value", "expected"), [("a", "a"), ("", None), (VPC, VPC), (HALF, None), (UNKNOWN, None), (1, None), (None, None), ([], None)]
)  # fmt: skip
def test_a_thing_is_named_by_text_or_by_a_reference(value: Value, expected: Value) -> None:
    """Never by text with a gap in it, which may be anything."""
    assert key(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(5, 5), ("5", 5), ("-1", -1), (0, 0), (True, None), (1.0, None), ("1.5", None), ("a", None), ("", None), ("9" * 5000, None), (VPC, None), (UNKNOWN, None), (None, None), ([1], None)],
)  # fmt: skip
def test_a_whole_number_is_one_in_text_as_well(value: Value, expected: int | None) -> None:
    """As a port is; anything else is none."""
    assert number(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), (False, False), ("true", True), ("True", True), ("false", False), ("yes", None), (1, None), (None, None), (VPC, None), (UNKNOWN, None)],
)  # fmt: skip
def test_what_is_true_is_so_in_text_as_well(value: Value, expected: bool | None) -> None:
    """Anything else is neither true nor false."""
    assert true(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("10.0.0.0/16", "10.0.0.0/16"),
        ("10.0.3.7/16", "10.0.0.0/16"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("10.0.0.1", None),
        ("10.0.0.0/33", None),
        ("::/0", None),
        ("pl-0a", None),
        ("", None),
        (5, None),
        (None, None),
        (VPC, None),
        (HALF, None),
        (UNKNOWN, None),
        (["10.0.0.0/16"], None),
    ],
)
def test_a_network_is_read_as_ec2_reads_it(value: Value, expected: str | None) -> None:
    """With its host bits cleared."""
    assert network(value) == (IPv4Network(expected) if expected else None)


@pytest.mark.parametrize(
    ("value", "listed"), [(None, []), ("a", ["a"]), (["a", 1], ["a", 1]), ([], []), (VPC, [VPC]), ({"a": 1}, [{"a": 1}])]
)  # fmt: skip
def test_a_single_value_counts_as_a_list_of_one(value: Value, listed: list[Value]) -> None:
    """As it does to CloudFormation; nothing is no item."""
    assert items(value) == listed


def test_what_is_no_mapping_is_an_empty_one_and_what_is_no_text_is_none() -> None:
    """So that what is asked of it is not there."""
    assert mapping({"a": 1}) == {"a": 1}
    assert text("a") == "a"
    nothing: list[Value] = [VPC, HALF, UNKNOWN, ["a"], 5, None]
    for value in nothing:
        assert mapping(value) == {}
        assert text(value) is None


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("a", "a"),
        (5, "5"),
        (True, "true"),
        (VPC, "Vpc"),
        (ARN, "Role.Arn"),
        (UNKNOWN, "?"),
        (Text(("a-", PARAMETER, UNKNOWN)), "a-<Parameter><?>"),
        (None, "None"),
        (["a"], "['a']"),
    ],
)
def test_a_value_is_named_as_a_person_would(value: Value, named: str) -> None:
    """What is not known by where it comes from."""
    assert shown(value) == named


@pytest.mark.parametrize(("value", "written"), [(True, "true"), (False, "false"), (5, "5"), (1.5, "1.5"), ("a", "a")])
def test_a_scalar_is_written_as_cloudformation_writes_it(value: bool | int | float | str, written: str) -> None:
    """Into text."""
    assert plain(value) == written


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("a", []),
        (UNKNOWN, []),
        (VPC, [VPC]),
        (Text(("a", PARAMETER, UNKNOWN, VPC)), [PARAMETER, VPC]),
        ({"a": [VPC, {"b": HALF}], "c": ARN}, [VPC, PARAMETER, ARN]),
    ],
)
def test_references_are_found_at_any_depth(value: Value, found: list[Reference]) -> None:
    assert list(references(value)) == found


@pytest.mark.parametrize(
    ("id", "placed"),
    [
        (VPC, True),
        (Reference("s", "Cluster", "ClusterSecurityGroupId", resource=True), True),
        ("vpc-0a", True),
        (ARN, False),
        (PARAMETER, False),
        (Reference("", "export vpc"), False),
        (HALF, False),
        (UNKNOWN, False),
        (None, False),
    ],
)
def test_an_id_is_of_one_thing_or_may_be_of_any(id: Value, placed: bool) -> None:
    """A parameter may be the id of what is made here, too."""
    assert is_placed(id) is placed
