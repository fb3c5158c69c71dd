"""Pod subnets: how many addresses and whole /28 prefixes they have for pods, and for how many nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from podspace.capacity.node import NodeNeed
from podspace.cidr import PREFIX, RESERVED, SMALLEST


def usable(cidr: IPv4Network) -> int:
    """Addresses of a subnet without the five that AWS reserves."""
    return cidr.num_addresses - RESERVED


@dataclass(frozen=True, kw_only=True, slots=True)
class SubnetRoom:
    """An empty subnet, with its addresses and prefixes for pods.

    Attributes:
        reservations: the parts of it that are reserved for prefixes; if there are some, prefixes come from these, and
            single addresses from the rest
            (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html; that prefixes come from
            nowhere else is inferred).
    """

    zone: str
    cidr: IPv4Network
    reservations: tuple[IPv4Network, ...] = ()

    @property
    def usable(self) -> int:
        """Addresses without the five that AWS reserves."""
        return usable(self.cidr)

    @property
    def prefixes(self) -> int:
        """Whole /28 prefixes, without those that contain a reserved address."""
        parts = self.reservations or (self.cidr,)
        lost = {_prefix_of(address) for address in self._own()}
        return sum(_prefixes(part) - sum(prefix.subnet_of(part) for prefix in lost) for part in parts)

    @property
    def singles(self) -> int:
        """Single addresses that are in no whole prefix."""
        if not self.reservations:
            return self.usable - PREFIX * self.prefixes
        kept = sum(part.num_addresses for part in self.reservations)
        own = sum(not _in_any(address, self.reservations) for address in self._own())
        return self.cidr.num_addresses - kept - own

    def nodes(self, need: NodeNeed) -> int:
        """How many nodes with such a need fit into the empty subnet, at best.

        At best, single addresses use no whole prefix before the other ones are used, and then sixteen use one prefix.
        Fragmented addresses leave fewer whole prefixes; Auto Mode then falls back to single addresses, which is not
        counted here.
        """
        by_prefixes = self.prefixes // need.prefixes if need.prefixes else self.usable
        if self.reservations:
            return min(by_prefixes, self.singles // need.singles)
        return min(by_prefixes, self.usable // need.total)

    def _own(self) -> Sequence[IPv4Address]:
        return (*(self.cidr[index] for index in range(RESERVED - 1)), self.cidr[-1])


def _prefix_of(address: IPv4Address) -> IPv4Network:
    return IPv4Network((address, SMALLEST), strict=False)


def _prefixes(part: IPv4Network) -> int:
    return part.num_addresses // PREFIX


def _in_any(address: IPv4Address, parts: Sequence[IPv4Network]) -> bool:
    return any(address in part for part in parts)
