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


@dataclass(frozen=True, kw_only=True, slots=True)
class Addresses:
    """The addresses of the `pods` section: CIDR blocks, and either zones with a prefix length or a map of subnets."""

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
    """The CIDR blocks of the pods, and how they are divided into subnets.

    Args:
        found: the existing VPC and cluster.
        zones: the zones of the nodes.
        wanted: the requested CIDR blocks; if empty, one is chosen.

    Raises:
        InputError: no CIDR block is available, or the pod network is deployed already with others.
    """
    if found.deployed:
        if wanted:
            raise InputError([_deployed(found)])
        return _as_deployed(found)
    if wanted:
        return _cut(wanted, zones, why="as requested")
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
        cidrs=Choice(value=[_deployed_block(found, block) for block in blocks], why="as deployed already"),
        subnets=Choice(value=subnets, why="as deployed already, recognized by their tags"),
    )


def _deployed_block(found: Survey, block: IPv4Network) -> JsonValue:
    """A deployed CIDR block, `associated` if the stack did not associate it."""
    associations = [each.association_id for each in found.vpc.blocks if each.cidr == block]
    created = found.known("pods.cidrs", lambda: any(map(found.stack.created, associations)))
    return {"cidr": str(block), "associated": True} if created is False else str(block)


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
        zones=Choice(value=list(zones), why="the zones of the cluster's nodes; append others"),
        subnet_prefix=Choice(value=prefix, why=_size(largest, prefix, len(zones))),
    )


def _prefix(block: IPv4Network, zones: int) -> int:
    """The prefix length of equal parts of the CIDR block, for each zone and at least one further zone."""
    return block.prefixlen + zones.bit_length()


def _size(block: IPv4Network, prefix: int, zones: int) -> str:
    spare = max((1 << max(prefix - block.prefixlen, 0)) - zones, 0)
    left = f"{spare} more zone{'' if spare == 1 else 's'}" if spare else "no other zone"
    return f"{(1 << 32 - prefix) - RESERVED:,} addresses in each zone, and space for {left}; it cannot be changed later"


def _deployed(found: Survey) -> Diagnostic:
    subnets = ", ".join(str(each.cidr) for each in found.deployed)
    return Diagnostic(
        id="deployed-already",
        location=Location(path="--pod-cidr"),
        message=f"must be left out: the pod network is deployed already, with {subnets}",
        fix="write the config of the deployed network, then append the CIDR block with `podspace add-cidr`",
    )
