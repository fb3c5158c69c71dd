"""Ranges of IPv4 addresses, known or given by a parameter, and how two of them relate whatever the value is."""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import IPv4Network, collapse_addresses
from typing import Final, TypeAlias

from podspace.lint.value import Part, Reference, Value, network, shown

Range: TypeAlias = IPv4Network | Reference
"""A CIDR block: a known one, one by a reference, or a part of one by a reference."""

_ADDRESS_BITS: Final = 32


def address_range(value: Value) -> Range | None:
    """The range that a CIDR is of; None if it is not known, or none."""
    return value if isinstance(value, Reference) else network(value)


def prefix_length(one: Range | None) -> int | None:
    """The prefix length of a range; None if it is not known."""
    if isinstance(one, Part):
        return _ADDRESS_BITS - one.bits
    return one.prefixlen if isinstance(one, IPv4Network) else None


def is_inside(one: Range, other: Range) -> bool | None:
    """Whether a range is inside another one, or equal to it; None if that depends on an unknown value."""
    if isinstance(one, IPv4Network) and isinstance(other, IPv4Network):
        return one.subnet_of(other)
    if one == other:
        return True
    if not isinstance(one, Part) or not isinstance(other, Reference) or one.whole != whole(other):
        return None
    return one.start >= other.start and one.end <= other.end if isinstance(other, Part) else True


def overlap(one: Range, other: Range) -> bool | None:
    """Whether two ranges have an address in common; None if that depends on a value that is not known."""
    if isinstance(one, IPv4Network) and isinstance(other, IPv4Network):
        return one.overlaps(other)
    if isinstance(one, Part) and isinstance(other, Part) and one.whole == other.whole:
        return one.start < other.end and other.start < one.end
    return True if is_inside(one, other) or is_inside(other, one) else None


def is_covered(one: Range, others: Collection[Range]) -> bool | None:
    """Whether others together have all addresses of a range; None if that depends on a value that is not known."""
    answers = {is_inside(one, other) for other in others}
    if True in answers or _is_in_union(one, others):
        return True
    return None if None in answers else False


def _is_in_union(one: Range, others: Collection[Range]) -> bool:
    if isinstance(one, IPv4Network):
        known = collapse_addresses(other for other in others if isinstance(other, IPv4Network))
        return any(map(one.subnet_of, known))
    if not isinstance(one, Part):
        return False
    parts = [other for other in others if isinstance(other, Part) and other.whole == one.whole]
    reached = one.start
    for part in sorted(parts, key=lambda part: part.start):
        reached = max(reached, part.end) if part.start <= reached else reached
    return reached >= one.end


def whole(one: Range) -> Range:
    """The CIDR block that a part was cut from by Fn::Cidr; any other range itself."""
    return one.whole if isinstance(one, Part) else one


def shown_range(one: Range) -> str:
    """A range as a message names it."""
    return shown(one) if isinstance(one, Reference) else str(one)
