"""The addresses proposed for pods: CIDR blocks, and how they are divided into subnets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from pydantic import JsonValue

from podspace.cidr import RESERVED, SMALLEST
from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.planning.addresses.slot import slot
from podspace.proposal.choice import Choice
from podspace.proposal.free_block import free_block, unused_block
from podspace.proposal.survey import Survey
from podspace.reporting.wording import counted


@dataclass(frozen=True, kw_only=True, slots=True)
class Addresses:
    """The addresses of the `pods` section: CIDR blocks, and either zones with a prefix length or a map of subnets.

    Attributes:
        blocks: the CIDR blocks.
        associated_by_stack: CIDR blocks that the stack of the config associates with the VPC, or has associated
            already.
    """

    blocks: tuple[IPv4Network, ...]
    associated_by_stack: frozenset[IPv4Network]
    cidrs: Choice
    zones: Choice | None = None
    subnet_prefix: Choice | None = None
    subnets: Choice | None = None

    @property
    def pod_zones(self) -> tuple[str, ...]:
        """The zones of a map."""
        return tuple(self.subnets.value) if self.subnets and isinstance(self.subnets.value, dict) else ()


def addresses(found: Survey, *, zones: Sequence[str], wanted: Sequence[IPv4Network]) -> Addresses:
    """The CIDR blocks of the pods, and how they are divided into subnets.

    Args:
        found: the existing VPC and cluster.
        zones: the zones of the nodes.
        wanted: requested CIDR blocks; if empty, one is chosen.

    Raises:
        InputError: no CIDR block is available, or the pod network is already deployed with other ones.
    """
    if found.deployed:
        if wanted:
            raise InputError([_deployed(found)])
        return _as_deployed(found)
    if wanted:
        if any(block in found.vpc.cidrs for block in wanted):
            return _mapped(found, wanted, zones, why="as requested; the VPC has those that are `associated` already")
        return _cut(wanted, zones, why="as requested")
    if unused := unused_block(found):
        return _mapped(found, [unused], zones, why="the VPC has it, and no subnet is in it")
    block, why = free_block(found)
    return _cut([block], zones, why=why)


def _as_deployed(found: Survey) -> Addresses:
    ours = sorted((each.zone, each.cidr) for each in found.deployed if each.cidr)
    blocks = [block for block in found.vpc.cidrs if any(cidr.subnet_of(block) for _, cidr in ours)]
    subnets: dict[str, JsonValue] = {zone: [str(cidr) for at, cidr in ours if at == zone] for zone, _ in ours}
    by_stack = frozenset(block for block in blocks if _by_stack(found, block))
    return Addresses(
        blocks=tuple(blocks),
        associated_by_stack=by_stack,
        cidrs=Choice(
            value=[str(block) if block in by_stack else _associated(found, block) for block in blocks],
            why="as deployed already",
        ),
        subnets=Choice(value=subnets, why="as deployed already, recognized by their tags"),
    )


def _by_stack(found: Survey, block: IPv4Network) -> bool:
    """Whether the stack associated a CIDR block of the VPC, assumed of secondary ones if that cannot be read."""
    associations = [each.association_id for each in found.vpc.blocks if each.cidr == block]
    created = found.known("pods.cidrs", lambda: any(map(found.stack.created, associations)))
    return block != found.vpc.primary and created is not False


def _associated(found: Survey, block: IPv4Network) -> JsonValue:
    """A CIDR block that the VPC has already, with the subnets in it that are not those of the pods."""
    others: list[JsonValue] = [str(cidr) for cidr in _others(found, block)]
    return {"cidr": str(block), "associated": True, **({"other_subnets": others} if others else {})}


def _others(found: Survey, block: IPv4Network) -> list[IPv4Network]:
    """The subnets in a CIDR block that are not the pod subnets of this network."""
    subnets = [each for each in found.network.subnets.values() if each not in found.deployed]
    return sorted(each.cidr for each in subnets if each.cidr and each.cidr.subnet_of(block))


def _mapped(found: Survey, blocks: Sequence[IPv4Network], zones: Sequence[str], *, why: str) -> Addresses:
    """CIDR blocks of which the VPC has some already, so that the subnets are in free parts of them.

    Raises:
        InputError: a CIDR block has no free part for each zone.
    """
    parts = {block: _free_parts(block, taken=_others(found, block), zones=len(zones)) for block in blocks}
    if full := [_no_free_part(block, len(zones)) for block, free in parts.items() if not free]:
        raise InputError(full)
    subnets: dict[str, JsonValue] = {
        zone: [str(free[number]) for free in parts.values()] for number, zone in enumerate(zones)
    }
    largest = min(blocks, key=lambda block: block.prefixlen)
    return Addresses(
        blocks=tuple(blocks),
        associated_by_stack=frozenset(block for block in blocks if block not in found.vpc.cidrs),
        cidrs=Choice(
            value=[_associated(found, block) if block in found.vpc.cidrs else str(block) for block in blocks], why=why
        ),
        subnets=Choice(value=subnets, why=_size(parts[largest], len(zones))),
    )


def _free_parts(block: IPv4Network, *, taken: Sequence[IPv4Network], zones: int) -> list[IPv4Network]:
    """The free parts of the largest equal size of which there are enough for the zones; none if there is no size."""
    for prefix in range(_prefix(block, zones), SMALLEST + 1):
        free = [part for part in _parts(block, prefix) if not any(map(part.overlaps, taken))]
        if len(free) >= zones:
            return free
    return []


def _parts(block: IPv4Network, prefix: int) -> list[IPv4Network]:
    """The parts of a CIDR block with a prefix length that pod subnets may take."""
    slots = (slot(block, prefix=prefix, index=index) for index in range(1 << prefix - block.prefixlen))
    return [part for part in slots if part]


def _cut(blocks: Sequence[IPv4Network], zones: Sequence[str], *, why: str) -> Addresses:
    largest = min(blocks, key=lambda block: block.prefixlen)
    shortest = max(block.prefixlen for block in blocks)
    prefix = min(max(_prefix(largest, len(zones)), shortest), SMALLEST)
    return Addresses(
        blocks=tuple(blocks),
        associated_by_stack=frozenset(blocks),
        cidrs=Choice(value=[str(block) for block in blocks], why=why),
        zones=Choice(value=list(zones), why="the zones of the cluster's nodes; append others"),
        subnet_prefix=Choice(value=prefix, why=_size(_parts(largest, prefix), len(zones))),
    )


def _prefix(block: IPv4Network, zones: int) -> int:
    """The prefix length of equal parts of the CIDR block, for each zone and at least one further zone."""
    return block.prefixlen + zones.bit_length()


def _size(parts: Sequence[IPv4Network], zones: int) -> str:
    """The size of equal parts of a CIDR block, in words, and for how many more zones there are parts."""
    spare = max(len(parts) - zones, 0)
    left = counted(spare, "more zone") if spare else "no other zone"
    size = parts[0].num_addresses - RESERVED
    return f"{size:,} addresses in each zone, and space for {left}; it cannot be changed later"


def _no_free_part(block: IPv4Network, zones: int) -> Diagnostic:
    return Diagnostic(
        id="no-free-part",
        location=Location(path="--pod-cidr"),
        subject=str(block),
        message=f"must have a free part for each of {counted(zones, 'zone')}, of a /{SMALLEST} at least",
        fix="give another CIDR block: the VPC has this one already, with subnets in it",
    )


def _deployed(found: Survey) -> Diagnostic:
    subnets = ", ".join(str(each.cidr) for each in found.deployed)
    return Diagnostic(
        id="deployed-already",
        location=Location(path="--pod-cidr"),
        message=f"must not be given: the pod network is deployed already, with {subnets}",
        fix="write the config of the deployed network, then append the CIDR block with `podspace add-cidr`",
    )
