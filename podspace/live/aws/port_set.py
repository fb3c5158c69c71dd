"""Sets of TCP and UDP ports, which rules of security groups and entries of network ACLs admit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_
from typing import Final

HIGHEST_PORT: Final = 65535
_PROTOCOLS: Final = {"tcp": ("tcp",), "6": ("tcp",), "udp": ("udp",), "17": ("udp",), "-1": ("tcp", "udp")}
"""The protocols with ports by the name or number that EC2 uses; `-1` is every protocol."""
_FIRST_BIT: Final = {"tcp": 0, "udp": HIGHEST_PORT + 1}


@dataclass(frozen=True, slots=True)
class PortSet:
    """TCP and UDP ports from 1 to 65535; other protocols, such as ICMP, have no ports and are never in it.

    Attributes:
        bits: a bit for each port: bit 80 for TCP 80, bit 65536 + 53 for UDP 53.
    """

    bits: int = 0

    def __or__(self, other: PortSet) -> PortSet:
        return PortSet(self.bits | other.bits)

    def __and__(self, other: PortSet) -> PortSet:
        return PortSet(self.bits & other.bits)

    def __sub__(self, other: PortSet) -> PortSet:
        return PortSet(self.bits & ~other.bits)

    def __bool__(self) -> bool:
        return bool(self.bits)

    def __contains__(self, port: int) -> bool:
        """Whether a TCP port is in it."""
        return 1 <= port <= HIGHEST_PORT and bool(self.bits >> port & 1)

    @property
    def ranges(self) -> tuple[str, ...]:
        """As a config writes ports: `5432`, `30000-32767`, `53/udp`; TCP first, in ascending order."""
        return tuple(
            f"{run.start()}{f'-{run.end() - 1}' if run.end() - run.start() > 1 else ''}{suffix}"
            for protocol, suffix in (("tcp", ""), ("udp", "/udp"))
            for run in re.finditer("1+", f"{(self.bits >> _FIRST_BIT[protocol]) & _EVERY_BIT:b}"[::-1])
        )


_EVERY_BIT: Final = (1 << HIGHEST_PORT + 1) - 1
NO_PORTS: Final = PortSet()


@cache
def ports(protocol: str, first: int | None = None, last: int | None = None) -> PortSet:
    """The ports from the first to the last one; all of the protocol if they are left out.

    Args:
        protocol: by name or number, as EC2 answers it; `-1` is every protocol, and then every port.
        first: 0 is read as 1, which is the lowest port that is used.
        last: included.
    """
    low, high = max(first or 1, 1), HIGHEST_PORT if last is None else last
    if protocol == "-1":
        low, high = 1, HIGHEST_PORT
    one = ((1 << high + 1) - 1) & ~((1 << low) - 1) if 1 <= low <= high <= HIGHEST_PORT else 0
    return PortSet(sum(one << _FIRST_BIT[each] for each in _PROTOCOLS.get(protocol, ())))


def union(sets: Iterable[PortSet]) -> PortSet:
    """The ports that are in any of the sets."""
    return reduce(or_, sets, NO_PORTS)
