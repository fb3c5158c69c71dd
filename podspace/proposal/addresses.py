"""The addresses proposed for pods: which blocks, and how they are cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from pydantic import JsonValue

from podspace.cidr import RESERVED, SMALLEST
from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.proposal.choice import Choice
from podspace.proposal.free_block import free_block, unused_block
from podspace.proposal.survey import Survey
from podspace.slot import slot


@dataclass(frozen=True, kw_only=True, slots=True)
class Addresses:
    """The `pods` section's addresses: blocks, and either zones with a prefix length or a map of subnets."""

    blocks: tuple[IPv4Network, ...]
    cidrs: Choice
    zones: Choice | None = None
    subnet_prefix: Choice | None = None
    subnets: Choice | None = None

    @property
    def pod_zones(self) -> tuple[str, ...]:
        """The zones of a map."""
        return tuple(self.subnets.value) if self.subnets and isinstance(self.subnets.value, dict) else ()


def addresses(found: Survey, *, zones: Sequence[str], wanted: Sequence[IPv4Network]) -> Addresses:
    """The blocks of the pods, and how they are cut.

    Args:
        found: what is there.
        zones: where nodes live.
        wanted: the blocks that were asked for; else one is chosen.

    Raises:
        InputError: no block can be had, or others are asked for than are deployed already.
    """
    if found.deployed:
        if wanted:
            raise InputError([_deployed(found)])
        return _as_deployed(found)
    if wanted:
        return _cut(wanted, zones, why="as asked for")
    if unused := unused_block(found):
        return _adopted(unused, zones)
    block, why = free_block(found)
    return _cut([block], zones, why=why)


def _as_deployed(found: Survey) -> Addresses:
    ours = sorted((each.zone, each.cidr) for each in found.deployed if each.cidr)
    blocks = [block for block in found.vpc.cidrs if any(cidr.subnet_of(block) for _, cidr in ours)]
    subnets: dict[str, JsonValue] = {zone: [str(cidr) for at, cidr in ours if at == zone] for zone, _ in ours}
    return Addresses(
        blocks=tuple(blocks),
        cidrs=Choice(value=[_as_it_is(found, block) for block in blocks], why="as deployed already"),
        subnets=Choice(value=subnets, why="as deployed already, known by their tags"),
    )


def _as_it_is(found: Survey, block: IPv4Network) -> JsonValue:
    """The block, marked where another one than the stack added it."""
    ids = found.known("pods.cidrs", lambda: found.stack.ids)
    ours = ids is None or any(each.association_id in ids for each in found.vpc.blocks if each.cidr == block)
    return str(block) if ours else {"cidr": str(block), "associated": True}


def _adopted(block: IPv4Network, zones: Sequence[str]) -> Addresses:
    prefix = _prefix(block, len(zones))
    parts = [part for index in range(len(zones)) if (part := slot(block, prefix=prefix, index=index))]
    subnets: dict[str, JsonValue] = {zone: [str(part)] for zone, part in zip(zones, parts, strict=True)}
    return Addresses(
        blocks=(block,),
        cidrs=Choice(value=[{"cidr": str(block), "associated": True}], why="the VPC has it, and no subnet is in it"),
        subnets=Choice(value=subnets, why=_size(block, prefix, len(zones))),
    )


def _cut(blocks: Sequence[IPv4Network], zones: Sequence[str], *, why: str) -> Addresses:
    largest = min(blocks, key=lambda block: block.prefixlen)
    shortest = max(block.prefixlen for block in blocks)
    prefix = min(max(_prefix(largest, len(zones)), shortest), SMALLEST)
    return Addresses(
        blocks=tuple(blocks),
        cidrs=Choice(value=[str(block) for block in blocks], why=why),
        zones=Choice(value=list(zones), why="where the cluster's nodes live; others are appended"),
        subnet_prefix=Choice(value=prefix, why=_size(largest, prefix, len(zones))),
    )


def _prefix(block: IPv4Network, zones: int) -> int:
    """So that each zone has an equal part of the block, and one more zone may come."""
    return block.prefixlen + zones.bit_length()


def _size(block: IPv4Network, prefix: int, zones: int) -> str:
    spare = max((1 << max(prefix - block.prefixlen, 0)) - zones, 0)
    left = f"{spare} more zone{'' if spare == 1 else 's'}" if spare else "no other zone"
    return f"{(1 << 32 - prefix) - RESERVED:,} addresses in each zone, and room for {left}; it can never change"


def _deployed(found: Survey) -> Diagnostic:
    there = ", ".join(str(each.cidr) for each in found.deployed)
    return Diagnostic(
        location=Location(path="--pod-cidr"),
        message=f"must be left out: the pod network is deployed already, with {there}",
        fix="write the config as it is, then append the block with `podspace add-cidr`",
    )
