"""A CIDR block that is appended to a network, with its pod subnets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from pydantic import JsonValue

from podspace.cidr import parse_cidr
from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.planning.addresses.slot import slot
from podspace.planning.files.append import Append
from podspace.planning.network import Network


@dataclass(frozen=True, kw_only=True, slots=True)
class NewBlock:
    """A CIDR block to append to a network.

    Attributes:
        cidr: the CIDR block.
        associated: whether the VPC has the CIDR block already.
        unique: whether no other network behind the transit gateway uses its addresses.
        subnets: its pod subnets for a config with a map, each `ZONE=CIDR`; empty if zones take slots.
        ipv6_subnets: a /64 for each pod subnet in an IPv6 cluster, each `ZONE=CIDR`.
    """

    cidr: str
    associated: bool = False
    unique: bool = False
    subnets: Sequence[str] = ()
    ipv6_subnets: Sequence[str] = ()

    def appends(self, network: Network) -> tuple[Append, ...]:
        """The items to append to the file of a config.

        Raises:
            InputError: the CIDR block is invalid or is in the config already, or an option is missing or superfluous.
        """
        block = self._block(network)
        subnets = _pairs(network, "--subnet", self.subnets)
        if network.config.pods.subnets is None:
            if subnets:
                must = "must not be given: pods.subnet_prefix divides the CIDR block between the zones"
                raise InputError(
                    [
                        Diagnostic(
                            id="option-superfluous",
                            location=Location(path="--subnet"),
                            subject=", ".join(self.subnets),
                            message=must,
                        )
                    ]
                )
        elif not subnets:
            subnets = self._slots(network, block)
        ipv6 = _pairs(network, "--ipv6-subnet", self.ipv6_subnets)
        if problems := tuple(_ipv6_problems(network, subnets, ipv6)):
            raise InputError(problems)
        return (
            Append(place=("pods", "cidrs"), value=self._item()),
            *(Append(place=("pods", "subnets", zone), value=cidr) for zone, cidr in subnets),
            *(Append(place=("pods", "ipv6_subnets", zone), value=cidr) for zone, cidr in ipv6),
        )

    def _block(self, network: Network) -> IPv4Network:
        try:
            block = parse_cidr(self.cidr)
        except ValueError as error:
            raise InputError(
                [Diagnostic(id="option-form", location=Location(path="CIDR"), subject=self.cidr, message=str(error))]
            ) from None
        if network.config.pods.subnet_ids is not None:
            must = "must be for a config that creates its pod subnets: this file uses existing ones (subnet_ids)"
            fix = "create the subnets, then append their ids to pods.subnet_ids"
            raise InputError(
                [
                    Diagnostic(
                        id="block-of-existing-subnets",
                        location=Location(path="pods"),
                        subject=self.cidr,
                        message=must,
                        fix=fix,
                    )
                ]
            )
        if block in [other.cidr for other in network.config.pods.cidrs]:
            raise InputError(
                [
                    Diagnostic(
                        id="block-twice",
                        location=Location(path="pods.cidrs"),
                        subject=self.cidr,
                        message="must be a new CIDR block: the file has this one already",
                    )
                ]
            )
        return block

    def _item(self) -> JsonValue:
        if not self.associated and not self.unique:
            return self.cidr
        flags = {"associated": self.associated, "unique": self.unique}
        return {"cidr": self.cidr, **{key: True for key, value in flags.items() if value}}

    def _slots(self, network: Network, block: IPv4Network) -> list[tuple[str, str]]:
        """Slot number i for zone number i, as large as all pod subnets are that the zones have."""
        sizes = {cidr.prefixlen for cidrs in (network.config.pods.subnets or {}).values() for cidr in cidrs}
        reason = "the free parts of an associated CIDR block are not in the file" if self.associated else ""
        if len(sizes) != 1:
            reason = reason or f"the zones have pod subnets of several sizes, /{', /'.join(map(str, sorted(sizes)))}"
        slots = [(zone, slot(block, prefix=min(sizes), index=index)) for index, zone in enumerate(network.zones)]
        if None in [part for _, part in slots]:
            reason = reason or (
                f"it is too small for a /{min(sizes)}, the size of the pod subnets, in each of the zones"
            )
        if reason:
            must = f"must have --subnet for its pod subnets: {reason}"
            fix = f"add --subnet ZONE=CIDR for each zone that gets a subnet of it, from {', '.join(network.zones)}"
            raise InputError(
                [
                    Diagnostic(
                        id="option-missing",
                        location=Location(path="pods.subnets"),
                        subject=self.cidr,
                        message=must,
                        fix=fix,
                    )
                ]
            )
        return [(zone, str(part)) for zone, part in slots]


def _pairs(network: Network, option: str, given: Sequence[str]) -> list[tuple[str, str]]:
    """What is given zone by zone, as `ZONE=CIDR`."""
    pairs = [text.partition("=") for text in given]
    problems = [
        Diagnostic(
            id="option-form",
            location=Location(path=option),
            subject=text,
            message=f"must be ZONE=CIDR, with a zone of {', '.join(network.zones)}",
        )
        for text, (zone, _, cidr) in zip(given, pairs, strict=True)
        if not cidr or zone not in network.zones
    ]
    if problems:
        raise InputError(problems)
    return [(zone, cidr) for zone, _, cidr in pairs]


def _ipv6_problems(
    network: Network, subnets: Sequence[tuple[str, str]], ipv6: Sequence[tuple[str, str]]
) -> Iterator[Diagnostic]:
    if network.config.pods.ipv6_subnets is None:
        if ipv6:
            must = "must not be given: the file has no pods.ipv6_subnets"
            yield Diagnostic(
                id="option-superfluous",
                location=Location(path="--ipv6-subnet"),
                subject=", ".join(f"{zone}={cidr}" for zone, cidr in ipv6),
                message=must,
            )
        return
    given = Counter(zone for zone, _ in ipv6)
    for zone, count in Counter(zone for zone, _ in subnets).items():
        if given[zone] != count:
            yield Diagnostic(
                id="ipv6-subnet-count",
                location=Location(path="pods.ipv6_subnets"),
                subject=f"{given[zone]} given",
                message=f"must have a free /64 for each of the {count} new pod subnets of {zone}",
                fix=f"add --ipv6-subnet {zone}=2001:db8:…::/64",
            )
