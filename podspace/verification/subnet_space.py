"""Free addresses and free /28 prefixes in the pod subnets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from ipaddress import IPv4Network, collapse_addresses
from typing import Final

from pydantic import JsonValue

from podspace.cidr import PREFIX, SUBNET_SIZE_PAGE
from podspace.diagnostic import Diagnostic
from podspace.reporting.wording import counted

PREFIX_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html"
_RESERVATION_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html"
APPEND: Final = "append a CIDR block to pods.cidrs; new nodes use its subnets too"
_SCARCE: Final = 0.1
_SCATTERED: Final = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """The owner of addresses.

    Attributes:
        words: who it is, such as `of node i-0b01` or `of Lambda orders`; text of EC2, not cleaned.
        instance: the id of its instance, or the name of its node; empty for a service, and for a network interface
            that is attached to nothing.
    """

    words: str
    instance: str = ""


@dataclass(frozen=True, kw_only=True)
class SubnetUse:
    """A pod subnet and its addresses in use.

    Attributes:
        id: subnet id, `subnet-…`.
        zone: zone name or zone id, as in the config.
        cidr: IPv4 CIDR block.
        free: number of free addresses, EC2's AvailableIpAddressCount. Space that is reserved for prefixes is not
            counted (inferred: two independent reports, https://github.com/aws-samples/sample-apex-skills/issues/223 and
            https://github.com/awslabs/kubernetes-iteration-toolkit/pull/511, and no page of AWS).
        taken: addresses and prefixes of network interfaces that this account can see, and ranges that are reserved for
            explicit assignment, each with its owner.
        reservations: ranges that are reserved for /28 prefixes.
    """

    id: str
    zone: str
    cidr: IPv4Network
    free: int
    taken: Mapping[IPv4Network, Owner] = field(default_factory=dict)
    reservations: tuple[IPv4Network, ...] = ()

    @cached_property
    def space(self) -> SubnetSpace:
        """Free space of the subnet, as far as the account sees its network interfaces."""
        return space_of(self.cidr, self.taken, reservations=self.reservations)

    def free_of(self, space: SubnetSpace) -> int:
        """How many single addresses are free, by EC2 and, with reservations, by the given space of the subnet."""
        return min(self.free, space.addresses) if self.reservations else self.free


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountSubnets:
    """The pod subnets of a plan in the account.

    Attributes:
        uses: existing subnets and their addresses.
        diagnostics: an error if none exists, and data that could not be read.
    """

    uses: tuple[SubnetUse, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SubnetSpace:
    """The free space of a subnet.

    Single addresses come from outside of the reservations, and prefixes from the reservations, if there are some.

    Attributes:
        addresses: how many single addresses are free; more than EC2 counts if the account does not see all interfaces.
        all_addresses: how many single addresses the subnet has when it is empty.
        prefixes: how many whole /28 are free; an upper bound if the account does not see all interfaces.
        all_prefixes: how many whole /28 the subnet has when it is empty.
        fragmentation: the share of the free addresses, where prefixes come from, in no whole free /28, from 0 to 1.
    """

    addresses: int
    all_addresses: int
    prefixes: int
    all_prefixes: int
    fragmentation: float


def space_of(
    subnet: IPv4Network, taken: Iterable[IPv4Network], *, reservations: Iterable[IPv4Network] = ()
) -> SubnetSpace:
    """The free space of a subnet; AWS reserves its first four addresses and the last one."""
    own = _reserved_by_aws(subnet)
    used = [*own, *(each for each in taken if each.subnet_of(subnet))]
    kept = list(collapse_addresses(each for each in reservations if each.subnet_of(subnet)))
    parts = kept or [subnet]
    whole = {number for part in parts for number in _whole(part)}
    prefixes = len(whole - touched(used))
    free = _size(parts) - _size(part for each in collapse_addresses(used) for part in _within(each, parts))
    return SubnetSpace(
        addresses=subnet.num_addresses - _size(collapse_addresses([*used, *kept])),
        all_addresses=subnet.num_addresses - _size(collapse_addresses([*own, *kept])),
        prefixes=prefixes,
        all_prefixes=len(whole - touched(own)),
        fragmentation=1 - prefixes * PREFIX / free if free else 0.0,
    )


def usable_prefixes(use: SubnetUse) -> set[int]:
    """The numbers of the /28 of a subnet that nodes could have as prefixes if the subnet was empty."""
    parts = [each for each in use.reservations if each.subnet_of(use.cidr)] or [use.cidr]
    return {number for part in parts for number in _whole(part)} - touched(_reserved_by_aws(use.cidr))


def _reserved_by_aws(subnet: IPv4Network) -> list[IPv4Network]:
    return [IPv4Network((int(subnet.network_address), 30)), IPv4Network((int(subnet.broadcast_address), 32))]


def _size(networks: Iterable[IPv4Network]) -> int:
    return sum(each.num_addresses for each in networks)


def _within(used: IPv4Network, parts: Iterable[IPv4Network]) -> Iterator[IPv4Network]:
    """The ranges of `used` that are in one of the disjoint parts."""
    yield from (used if used.subnet_of(part) else part for part in parts if used.overlaps(part))


def _whole(part: IPv4Network) -> range:
    """The numbers of the /28 that a range contains whole."""
    first = int(part.network_address) // PREFIX
    return range(first, first + part.num_addresses // PREFIX)


def touched(used: Iterable[IPv4Network]) -> set[int]:
    """The numbers of the /28 that contain used addresses: their first addresses divided by 16."""
    return {
        number
        for each in used
        for number in range(int(each.network_address) // PREFIX, int(each.broadcast_address) // PREFIX + 1)
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class ZoneSpace:
    """The free space of the pod subnets of a network in a zone.

    Attributes:
        zone: by the name or id that the config has.
        addresses: how many single addresses the subnets have when they are empty; `free_addresses` are free.
        prefixes: how many whole /28 they have when they are empty; `free_prefixes` are free.
    """

    zone: str
    addresses: int = 0
    free_addresses: int = 0
    prefixes: int = 0
    free_prefixes: int = 0

    @property
    def used_addresses(self) -> int:
        """How many single addresses are not free."""
        return self.addresses - self.free_addresses

    @property
    def used_prefixes(self) -> int:
        """How many /28 are not free as a whole."""
        return self.prefixes - self.free_prefixes


def zone_spaces(subnets: Iterable[SubnetUse]) -> tuple[ZoneSpace, ...]:
    """The free space of pod subnets by zone."""
    zones: dict[str, ZoneSpace] = {}
    for subnet in subnets:
        space, sum_ = subnet.space, zones.get(subnet.zone, ZoneSpace(zone=subnet.zone))
        zones[subnet.zone] = replace(
            sum_,
            addresses=sum_.addresses + space.all_addresses,
            free_addresses=sum_.free_addresses + subnet.free_of(space),
            prefixes=sum_.prefixes + space.all_prefixes,
            free_prefixes=sum_.free_prefixes + space.prefixes,
        )
    return tuple(zones[zone] for zone in sorted(zones))


def space_diagnostics(subnets: Iterable[SubnetUse], *, prefixes: bool) -> Iterator[Diagnostic]:
    """Diagnostics about the free space of each pod subnet.

    A warning if less than a tenth is free, because it takes time to append a CIDR block and to replace nodes, or if
    more than half of the free addresses are in no whole /28, because nodes then use single addresses.

    Args:
        subnets: the pod subnets.
        prefixes: whether nodes take /28 prefixes, or single addresses only.
    """
    for subnet in subnets:
        space = subnet.space
        free = subnet.free_of(space)
        diagnostic = Diagnostic(
            id="subnet-space",
            severity="ok",
            subject=f"{subnet.id} ({subnet.cidr} in {subnet.zone})",
            message=_text(subnet, space, free=free, prefixes=prefixes),
        )
        if subnet.reservations and prefixes:
            yield _judged_by_reservations(diagnostic, space, free=free)
        else:
            yield _judged(diagnostic, space, free=free, prefixes=prefixes)


def space_facts(network: str, subnets: Iterable[SubnetUse]) -> list[JsonValue]:
    """The free space of each pod subnet of a network as data."""
    return [_fact(network, subnet, subnet.space) for subnet in subnets]


def _fact(network: str, subnet: SubnetUse, space: SubnetSpace) -> JsonValue:
    return {
        "network": network,
        "id": subnet.id,
        "zone": subnet.zone,
        "cidr": str(subnet.cidr),
        "free_addresses": subnet.free_of(space),
        "addresses": space.all_addresses,
        "free_prefixes": space.prefixes,
        "prefixes": space.all_prefixes,
        "fragmentation": round(space.fragmentation, 4),
        "reservations": [str(each) for each in subnet.reservations],
    }


def _judged(diagnostic: Diagnostic, space: SubnetSpace, *, free: int, prefixes: bool) -> Diagnostic:
    if not free:
        cause = "the pods of a node have no address if the node finds none for its pod interface"
        return replace(diagnostic, severity="error", cause=cause, fix=APPEND, source=SUBNET_SIZE_PAGE)
    scarce = replace(diagnostic, severity="warning", fix=APPEND, source=SUBNET_SIZE_PAGE)
    if free < _SCARCE * space.all_addresses:
        return replace(scarce, cause="less than a tenth is left")
    scattered = replace(scarce, source=PREFIX_PAGE)
    if prefixes and not space.all_prefixes:
        cause = "no whole /28 fits between the addresses that AWS reserves: nodes take single addresses"
        return replace(scattered, cause=cause, fix="use larger subnets")
    if prefixes and space.fragmentation > _SCATTERED:
        cause = "most free addresses are in no whole /28: nodes that find none take single addresses instead"
        return replace(scattered, cause=cause, fix=f"{APPEND}, with pods.prefix_reservation where your region has it")
    return diagnostic


def _judged_by_reservations(diagnostic: Diagnostic, space: SubnetSpace, *, free: int) -> Diagnostic:
    """The diagnostic of a subnet with reservations, judged by its prefixes and by its other addresses.

    That a pod interface needs an address outside of the reservations is inferred, as in the plan of such a subnet.
    """
    if not free and not space.prefixes:
        cause = "neither a /28 prefix nor an address outside of the reservations is left: pods get no address"
        return replace(diagnostic, severity="error", cause=cause, fix=APPEND, source=_RESERVATION_PAGE)
    scarce = replace(diagnostic, severity="warning", fix=APPEND, source=_RESERVATION_PAGE)
    if not space.prefixes:
        cause = "no whole /28 is left in the reservations: nodes take single addresses from the rest"
        return replace(scarce, cause=cause, inferred=True)
    if not free:
        cause = "a new pod interface needs an address outside of the reservations, and none is left"
        return replace(scarce, cause=cause, inferred=True)
    if space.prefixes < _SCARCE * space.all_prefixes:
        return replace(scarce, cause="less than a tenth of the whole /28 is left")
    if free < _SCARCE * space.all_addresses:
        return replace(scarce, cause="less than a tenth of the addresses outside of the reservations is left")
    return diagnostic


def _text(subnet: SubnetUse, space: SubnetSpace, *, free: int, prefixes: bool) -> str:
    left = f"{free:,} of {counted(space.all_addresses, 'address', 'addresses')}"
    outside = " outside of its reservations" if subnet.reservations else ""
    text = f"{left}{outside} {'is' if free == 1 else 'are'} free"
    if not prefixes:
        return text
    most = "at most " if space.addresses > subnet.free else ""  # some of what is taken was not seen
    whole = f"{most}{space.prefixes:,} of {counted(space.all_prefixes, 'whole /28', 'whole /28s')}"
    where = " in its reservations" if subnet.reservations else ""
    return f"{text}, and {whole}{where}; {space.fragmentation:.0%} of the free addresses{where} are in no whole /28"
