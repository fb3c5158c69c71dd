"""Ranges of addresses, and the range that an address is in."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address


@dataclass(frozen=True, kw_only=True, slots=True)
class Range:
    """A CIDR with its zone.

    Attributes:
        cidr: the addresses.
        zone: the zone that uses them, by name or by id; empty for any.
    """

    cidr: IPv4Network | IPv6Network
    zone: str = ""


class AddressTable:
    """Disjoint ranges, searched by bisection."""

    def __init__(self, ranges: Iterable[Range]) -> None:
        self._ranges: dict[int, list[Range]] = {4: [], 6: []}
        for each in sorted(ranges, key=lambda each: int(each.cidr.network_address)):
            self._ranges[each.cidr.version].append(each)
        self._starts = {v: [int(each.cidr.network_address) for each in found] for v, found in self._ranges.items()}

    def find(self, address: IPv4Address | IPv6Address) -> Range | None:
        """The range that an address is in."""
        position = bisect_right(self._starts[address.version], int(address)) - 1
        found = self._ranges[address.version][position] if position >= 0 else None
        return found if found and address in found.cidr else None


def address_of(text: str) -> IPv4Address | IPv6Address | None:
    """The address in a text; None if the text is not one."""
    try:
        return ip_address(text)
    except ValueError:
        return None
