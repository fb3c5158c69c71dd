"""CIDR blocks cut into subnets, so that a new zone or CIDR block changes no existing subnet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import combinations

from podspace.cidr import LARGEST, SUBNET_SIZE_PAGE, size_problems
from podspace.diagnostic import Diagnostic, Location, place_of
from podspace.planning.addresses.slot import slot


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """The subnet of a zone in one CIDR block, and the key of the config that decides it."""

    zone: str
    cidr: IPv4Network
    place: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """How CIDR blocks are cut into subnets: by an explicit map, or slot i of every CIDR block for zone number i.

    Attributes:
        subnets: the CIDR blocks of the subnets of each zone; None if zones take slots.
        place: path of the section of the config, such as `pods` or `vpc.create.nodes`.
        ranges: the CIDR blocks that are cut.
        zones: the zones in their order, which decides their slots.
        prefix: prefix length of every subnet; None if there is an explicit map.
    """

    place: str
    ranges: tuple[IPv4Network, ...]
    zones: tuple[str, ...]
    prefix: int | None
    subnets: Mapping[str, Sequence[IPv4Network]] | None
    what: str
    """What the CIDR blocks are cut into, in words: `pod subnet`."""

    def shares(self) -> Iterator[Share]:
        """The subnets, zone after zone."""
        if self.subnets is not None:
            for zone, cidrs in self.subnets.items():
                for index, cidr in enumerate(cidrs):
                    yield Share(zone=zone, cidr=cidr, place=f"{self.place}.{place_of(('subnets', zone, index))}")
        elif self.prefix is not None:
            for number, zone in enumerate(self.zones):
                for block in self.ranges:
                    if free := slot(block, prefix=self.prefix, index=number):
                        yield Share(zone=zone, cidr=free, place=f"pods.zones[{number}]")

    def parts(self) -> list[tuple[str, IPv4Network]]:
        """The CIDR blocks, or the subnets of a map, each with its path in the config."""
        if self.subnets is not None:
            return [(share.place, share.cidr) for share in self.shares()]
        return [(f"{self.place}.cidrs[{index}]", cidr) for index, cidr in enumerate(self.ranges)]

    def problems(self, *, inside: Sequence[IPv4Network]) -> Iterator[Diagnostic]:
        """Errors: CIDR blocks that are too small for a slot, zones without one, subnets of a wrong size, and overlaps.

        Args:
            inside: CIDR blocks that must contain the subnets; a subnet outside is not compared with the others.
        """
        found = list(self.shares())
        small = [block for block in self.ranges if self.prefix is not None and self.prefix < block.prefixlen]
        for index, block in enumerate(self.ranges):
            if block in small:
                yield Diagnostic(
                    id="block-smaller-than-subnet",
                    location=Location(path=f"{self.place}.cidrs[{index}]"),
                    subject=str(block),
                    message=f"must hold at least one subnet of /{self.prefix} ({self.place}.subnet_prefix)",
                    fix=f"use a larger CIDR block or a longer subnet_prefix, or a map under {self.place}.subnets",
                )
        if (self.ranges or self.subnets is not None) and not small:
            yield from self._unserved({share.zone for share in found})
        if self.subnets is not None:
            for share in found:
                yield from (problem.within(share.place) for problem in size_problems(share.cidr))
        elif self.place == "pods":
            return  # slots overlap only if CIDR blocks do, for which there is a rule
        compared = [
            (place, cidr)
            for place, cidr in self.parts()
            if any(map(cidr.subnet_of, inside)) and not any(size_problems(cidr))
        ]
        for (place, one), (other, two) in combinations(compared, 2):
            yield from overlap(other, two, one, place)

    def _unserved(self, served: set[str]) -> Iterator[Diagnostic]:
        for number, zone in enumerate(self.zones):
            if zone in served:
                continue
            if self.prefix is None:
                yield Diagnostic(
                    id="zone-without-subnet",
                    location=Location(path=f"{self.place}.{place_of(('subnets', zone))}"),
                    message=f"must have at least one {self.what}",
                    fix="list a CIDR for it, or remove the zone",
                )
                continue
            fits_a_block = number < 1 << (self.prefix - LARGEST)
            yield Diagnostic(
                id="zone-without-slot",
                location=Location(path=f"pods.zones[{number}]" if self.place == "pods" else f"{self.place}.cidrs"),
                subject=zone,
                message=f"must have at least one {self.what}, but no CIDR block has a /{self.prefix} number "
                f"{number + 1}",
                fix=(f"append a larger CIDR block to {self.place}.cidrs, or " if fits_a_block else "")
                + f"list the subnets as a map under {self.place}.subnets, which changes no existing subnet, and give "
                "the zone one from another CIDR block (a longer subnet_prefix would replace all subnets)",
            )


def overlap(place: str, cidr: IPv4Network, other: IPv4Network, what: str) -> Iterator[Diagnostic]:
    """An error about a subnet that overlaps another one."""
    if cidr.overlaps(other):
        yield Diagnostic(
            id="subnet-overlap",
            location=Location(path=place),
            subject=str(cidr),
            message=f"must be listed once: {what} is the same CIDR"
            if cidr == other
            else f"must not overlap {other} ({what}): subnets of a VPC are disjoint",
            fix="choose a free part of the CIDR block",
            source=SUBNET_SIZE_PAGE,
        )
