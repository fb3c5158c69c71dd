"""Ranges are compared whatever the values of references are."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.lint.address_range import Range, address_range, is_covered, is_inside, overlap, prefix_length, whole
from podspace.lint.value import UNKNOWN, Part, Reference

P, Q = Reference("stack", "P"), Reference("stack", "Q")
NET, HALF = IPv4Network("10.0.0.0/16"), IPv4Network("10.0.0.0/17")


def part(start: int, bits: int, *, id: str = "P") -> Part:
    return Part("stack", id, start=start, bits=bits)


@pytest.mark.parametrize(
    ("one", "other", "inside", "overlapping"),
    [
        (HALF, NET, True, True),
        (NET, HALF, False, True),
        (NET, IPv4Network("10.1.0.0/16"), False, False),
        (P, P, True, True),
        (P, Q, None, None),
        (P, NET, None, None),
        (NET, P, None, None),
        (part(0, 8), P, True, True),
        (P, part(0, 8), None, True),
        (part(0, 8), Q, None, None),
        (part(0, 8), part(0, 8), True, True),
        (part(0, 8), part(0, 9), True, True),
        (part(0, 9), part(256, 8), False, True),
        (part(0, 8), part(256, 8), False, False),
        (part(0, 8), part(0, 8, id="Q"), None, None),
        (part(0, 8), NET, None, None),
        (NET, part(0, 8), None, None),
    ],
)
def test_two_ranges(one: Range, other: Range, inside: bool | None, overlapping: bool | None) -> None:
    assert is_inside(one, other) is inside
    assert overlap(one, other) is overlap(other, one) is overlapping


@pytest.mark.parametrize(
    ("one", "others", "covered"),
    [
        (NET, [HALF, IPv4Network("10.0.128.0/17")], True),
        (NET, [HALF], False),
        (NET, [HALF, P], None),
        (NET, [], False),
        (part(0, 9), [part(256, 8), part(0, 8)], True),
        (part(0, 9), [part(0, 8)], False),
        (part(0, 10), [part(0, 8), part(512, 9)], False),
        (part(0, 9), [part(0, 8), part(256, 8, id="Q")], None),
        (part(0, 9), [P], True),
        (P, [part(0, 8)], None),
        (P, [P, NET], True),
    ],
)
def test_ranges_together(one: Range, others: list[Range], covered: bool | None) -> None:
    assert is_covered(one, others) is covered


PARTS = st.builds(lambda index, bits: part(index << bits, bits), st.integers(0, 7), st.integers(4, 12))


@given(PARTS, PARTS, st.lists(PARTS, max_size=4))
def test_parts_are_compared_as_the_networks_of_any_value(one: Part, other: Part, more: list[Part]) -> None:
    def of(value: Part) -> IPv4Network:
        return IPv4Network((int(NET.network_address) + value.start, 32 - value.bits))

    assert is_inside(one, other) is of(one).subnet_of(of(other))
    assert overlap(one, other) is of(one).overlaps(of(other))
    assert bool(is_covered(one, more)) is is_covered(of(one), list(map(of, more)))


def test_what_a_range_is() -> None:
    assert [address_range(value) for value in ("10.0.0.0/16", P, UNKNOWN, None, "text")] == [NET, P, None, None, None]
    assert [prefix_length(one) for one in (NET, P, part(0, 8), None)] == [16, None, 24, None]
    assert [whole(one) for one in (NET, P, part(0, 8))] == [NET, P, P]
