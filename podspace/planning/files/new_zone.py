"""A zone that is appended to a network, with all values that it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from itertools import islice

from pydantic import JsonValue

from podspace.diagnostic import Diagnostic, InputError, Location, place_of
from podspace.planning.addresses.slot import slot
from podspace.planning.files.append import Append, Place
from podspace.planning.files.need import OPTIONS, Need, Option, needs
from podspace.planning.network import Network


@dataclass(frozen=True, kw_only=True, slots=True)
class NewZone:
    """A zone to append to a network.

    Attributes:
        name: zone name or zone id.
        given: values for the zone, by option.
        blocks: CIDR blocks to append with the zone, for pod subnets in `given`.
    """

    name: str
    given: Mapping[Option, Sequence[str]] = field(default_factory=dict)
    blocks: Sequence[str] = ()

    def appends(self, network: Network) -> tuple[Append, ...]:
        """The items to append to the file of a config.

        Raises:
            InputError: the config has the zone already, or an option is missing or superfluous.
        """
        if self.name in network.zones:
            raise InputError(
                [
                    Diagnostic(
                        id="zone-twice",
                        location=Location(path="pods"),
                        subject=self.name,
                        message="must be a new zone: the file has this one already",
                    )
                ]
            )
        needed = tuple(needs(network, self.name))
        values = {need.place: self._values(need, network) for need in needed}
        if problems := (*_missing(needed, values), *self._superfluous(needed)):
            raise InputError(problems)
        listed = (("pods", "cidrs"), self.blocks), (("pods", "zones"), [self.name] if network.config.pods.zones else [])
        return (
            *(Append(place=place, value=item) for place, items in listed for item in items),
            *(Append(place=need.place, key=self.name, value=_value(need, values[need.place])) for need in needed),
        )

    def _values(self, need: Need, network: Network) -> Sequence[str]:
        """What is given for a need, or for pod subnets of a map what is free."""
        given = self.given.get(need.option, ())
        if need.name:
            return [text.removeprefix(f"{need.name}=") for text in given if text.startswith(f"{need.name}=")]
        if need.place == ("pods", "subnets") and not given:
            return [str(cidr) for cidr in free_parts(network)]
        return given

    def _superfluous(self, needed: Sequence[Need]) -> Iterator[Diagnostic]:
        for option in OPTIONS:
            given, of_option = self.given.get(option, ()), [need for need in needed if need.option == option]
            names = [need.name for need in of_option if need.name]
            if given and not of_option:
                must = "must not be given: the file has no such value for each zone"
                yield Diagnostic(
                    id="option-superfluous", location=Location(path=option), subject=", ".join(given), message=must
                )
            for text in given if names else ():
                if text.partition("=")[0] not in names or "=" not in text:
                    must = f"must be NAME=ID, with a NAME of {', '.join(names)}"
                    yield Diagnostic(id="option-form", location=Location(path=option), subject=text, message=must)


def _value(need: Need, values: Sequence[str]) -> JsonValue:
    return [*values] if need.several else values[0]


def _missing(needed: Sequence[Need], values: Mapping[Place, Sequence[str]]) -> Iterator[Diagnostic]:
    for need in needed:
        given = values[need.place]
        place, must = place_of(need.place), f"must have {need.what}"
        fix = f"add {need.option} {need.name}{'=' if need.name else ''}{need.example}"
        if len(given) > 1 and not need.several:
            yield Diagnostic(
                id="option-superfluous",
                location=Location(path=place),
                subject=", ".join(given),
                message=f"{must}, and no more than one",
            )
        elif not given and need.place == ("pods", "subnets"):
            must += (
                ": no CIDR block with subnets of all zones has a free part of the same size, as far as the file shows"
            )
            fix += " from a CIDR block of pods.cidrs, or from one that you append with --cidr CIDR"
            yield Diagnostic(id="option-missing", location=Location(path=place), message=must, fix=fix)
        elif not given:
            yield Diagnostic(id="option-missing", location=Location(path=place), message=must, fix=fix)


def free_parts(network: Network) -> Iterator[IPv4Network]:
    """The first free part of each CIDR block in which every zone has a subnet of the same size.

    CIDR blocks that the VPC has already are left out, because they may contain other subnets.
    """
    by_zone = network.config.pods.subnets or {}
    taken = [cidr for cidrs in by_zone.values() for cidr in cidrs]
    for block in network.config.pods.cidrs:
        sizes = {cidr.prefixlen for cidr in taken if cidr.subnet_of(block.cidr)}
        shared = all(any(cidr.subnet_of(block.cidr) for cidr in cidrs) for cidrs in by_zone.values())
        if block.associated or not shared or len(sizes) != 1:
            continue
        (prefix,) = sizes
        parts = (slot(block.cidr, prefix=prefix, index=i) for i in range(1 << (prefix - block.cidr.prefixlen)))
        yield from islice((part for part in parts if part and not any(map(part.overlaps, taken))), 1)
