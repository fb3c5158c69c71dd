"""Pod subnets: how many addresses and whole /28 prefixes they have for pods, and how many nodes that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from podspace.capacity.node import NodeNeed
from podspace.cidr import PREFIX, RESERVED, SMALLEST


def usable(cidr: IPv4Network) -> int:
    """Addresses of a subnet after AWS's own."""
    return cidr.num_addresses - RESERVED


@dataclass(frozen=True, kw_only=True, slots=True)
class SubnetRoom:
    """What an empty subnet has for pods.

    Attributes:
        reservations: the parts of it that are kept for prefixes; then prefixes are taken from these, and single
            addresses from the rest
            (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html; that prefixes come from
            nowhere else is inferred).
    """

    zone: str
    cidr: IPv4Network
    reservations: tuple[IPv4Network, ...] = ()

    @property
    def usable(self) -> int:
        """Addresses after AWS's own."""
        return usable(self.cidr)

    @property
    def prefixes(self) -> int:
        """Whole /28 prefixes, without those that hold an address of AWS's own."""
        parts = self.reservations or (self.cidr,)
        lost = {_prefix_of(address) for address in self._own()}
        return sum(_prefixes(part) - sum(prefix.subnet_of(part) for prefix in lost) for part in parts)

    @property
    def singles(self) -> int:
        """Addresses that can be taken singly without a prefix being lost for it."""
        if not self.reservations:
            return self.usable - PREFIX * self.prefixes
        kept = sum(part.num_addresses for part in self.reservations)
        own = sum(not _in_any(address, self.reservations) for address in self._own())
        return self.cidr.num_addresses - kept - own

    def nodes(self, need: NodeNeed) -> int:
        """How many nodes of such a need fit into the empty subnet.

        The best case: single addresses lie where no whole prefix is lost, and after that sixteen to a prefix.
        Addresses that are scattered leave fewer whole prefixes, and Auto Mode then falls back to single ones, which
        are not counted here.
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
