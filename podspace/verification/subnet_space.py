"""Free addresses and free /28 prefixes in the pod subnets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, collapse_addresses
from typing import Final

from pydantic import JsonValue

from podspace.cidr import PREFIX, RESERVED, SUBNET_SIZE_PAGE
from podspace.diagnostic import Diagnostic, Severity
from podspace.reporting.wording import counted

_PREFIX_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html"
_SCARCE: Final = 0.1
_SCATTERED: Final = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class SubnetUse:
    """A pod subnet and its addresses in use.

    Attributes:
        id: its id, `subnet-…`.
        zone: its zone, by the name or id that the config has.
        cidr: its IPv4 CIDR.
        free: how many addresses are free, by EC2.
        taken: the addresses and prefixes of network interfaces that this account sees.
    """

    id: str
    zone: str
    cidr: IPv4Network
    free: int
    taken: tuple[IPv4Network, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SubnetSpace:
    """The free space of a subnet.

    Attributes:
        addresses: how many addresses are free; more than EC2 counts if the account does not see all interfaces.
        prefixes: how many whole /28 are free; an upper bound if the account does not see all interfaces.
        all_prefixes: how many whole /28 an empty subnet of this size has.
    """

    addresses: int
    prefixes: int
    all_prefixes: int

    @property
    def fragmentation(self) -> float:
        """The share of the free addresses that are in no whole free /28, from 0 to 1."""
        return 1 - self.prefixes * PREFIX / self.addresses if self.addresses else 0.0


def space_of(subnet: IPv4Network, taken: Iterable[IPv4Network]) -> SubnetSpace:
    """The free space of a subnet; AWS reserves its first four addresses and the last one."""
    reserved = [IPv4Network((int(subnet.network_address), 30)), IPv4Network((int(subnet.broadcast_address), 32))]
    inside = [each for each in taken if each.subnet_of(subnet)]
    used = list(collapse_addresses([*reserved, *inside]))
    whole = subnet.num_addresses // PREFIX
    return SubnetSpace(
        addresses=subnet.num_addresses - sum(each.num_addresses for each in used),
        prefixes=whole - len(_touched(used)),
        all_prefixes=whole - len(_touched(reserved)),
    )


def _touched(used: Iterable[IPv4Network]) -> set[int]:
    """The numbers of the /28 that contain used addresses."""
    return {
        number
        for each in used
        for number in range(int(each.network_address) // PREFIX, int(each.broadcast_address) // PREFIX + 1)
    }


def space_diagnostics(subnets: Iterable[SubnetUse], *, prefixes: bool) -> Iterator[Diagnostic]:
    """The free space of each pod subnet.

    It is a warning if less than a tenth is free, as it takes time to append a CIDR block and to replace nodes, or if
    more than half of the free addresses are in no whole /28, as nodes then take single addresses.

    Args:
        subnets: the pod subnets.
        prefixes: whether nodes take /28 prefixes, or single addresses only.
    """
    for subnet in subnets:
        space = space_of(subnet.cidr, subnet.taken)
        severity, cause, fix = _judged(subnet, space, prefixes=prefixes)
        yield Diagnostic(
            id="subnet-space",
            severity=severity,
            subject=f"{subnet.id} ({subnet.cidr} in {subnet.zone})",
            message=_text(subnet, space, prefixes=prefixes),
            cause=cause,
            fix=fix,
            source="" if severity == "ok" else _PREFIX_PAGE if "/28" in cause else SUBNET_SIZE_PAGE,
        )


def space_facts(subnets: Iterable[SubnetUse]) -> list[JsonValue]:
    """The free space of each pod subnet as data."""
    return [
        {
            "id": subnet.id,
            "zone": subnet.zone,
            "cidr": str(subnet.cidr),
            "free_addresses": subnet.free,
            "free_prefixes": (space := space_of(subnet.cidr, subnet.taken)).prefixes,
            "fragmentation": round(space.fragmentation, 4),
        }
        for subnet in subnets
    ]


def _judged(subnet: SubnetUse, space: SubnetSpace, *, prefixes: bool) -> tuple[Severity, str, str]:
    append = "append a CIDR block to pods.cidrs; new nodes use its subnets too"
    if not subnet.free:
        return "error", "the pods of a node have no address if the node finds none for its pod interface", append
    if subnet.free < _SCARCE * (subnet.cidr.num_addresses - RESERVED):
        return "warning", "less than a tenth is left", append
    if prefixes and not space.all_prefixes:
        cause = "no whole /28 fits between the addresses that AWS reserves: nodes take single addresses"
        return "warning", cause, "use larger subnets"
    if prefixes and space.fragmentation > _SCATTERED:
        cause = "most free addresses are in no whole /28: nodes that find none take single addresses instead"
        return "warning", cause, f"{append}, with pods.prefix_reservation where your region has it"
    return "ok", "", ""


def _text(subnet: SubnetUse, space: SubnetSpace, *, prefixes: bool) -> str:
    usable = subnet.cidr.num_addresses - RESERVED
    free = f"{subnet.free:,} of {counted(usable, 'address', 'addresses')} {'is' if subnet.free == 1 else 'are'} free"
    if not prefixes:
        return free
    most = "at most " if space.addresses > subnet.free else ""  # some of what is taken was not seen
    whole = f"{most}{space.prefixes:,} of {counted(space.all_prefixes, 'whole /28', 'whole /28s')}"
    return f"{free}, and {whole}; {space.fragmentation:.0%} of the free addresses are in pieces"
