"""A block of 100.64.0.0/10 that a VPC can have, and why others were passed over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network
from typing import Final

from podspace.cidr import (
    LARGEST,
    QUOTA_PAGE,
    SHARED_SPACE,
    SMALLEST,
    association_problems,
    default_service_cidr,
    route_problems,
)
from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.proposal.survey import Survey

_TOLD: Final = 2
"""How many blocks that were passed over are named."""


def unused_block(found: Survey) -> IPv4Network | None:
    """A block of 100.64.0.0/10 that the VPC has already, with room for zones, that no subnet is in."""
    taken = [subnet.cidr for subnet in found.network.subnets.values() if subnet.cidr]
    for block in found.vpc.cidrs[1:]:
        free = not any(cidr.subnet_of(block) for cidr in taken)
        if free and block.subnet_of(SHARED_SPACE) and block.prefixlen < SMALLEST - 4:
            return block
    return None


def free_block(found: Survey) -> tuple[IPv4Network, str]:
    """A block that can be added, and why it is that one.

    One that another network behind a transit gateway has as well is taken only if there is no other: pods are reached
    by their nodes' addresses then, or not at all.

    Raises:
        InputError: the VPC's quota is used up, or nothing of 100.64.0.0/10 is free.
    """
    if len(found.vpc.cidrs) >= found.block_quota:
        raise InputError([_full(found)])
    elsewhere = found.known("pods.cidrs", lambda: routed_elsewhere(found)) or ()
    passed_over: list[str] = []
    second: IPv4Network | None = None
    for block in SHARED_SPACE.subnets(new_prefix=LARGEST):
        if reason := next(_obstacles(found, block), ""):
            passed_over.append(f"{block} ({reason})")
        elif routed := [to for to in elsewhere if to.overlaps(block)]:
            second = second or block
            passed_over.append(f"{block} (a transit gateway leads {routed[0]} to another network)")
        else:
            return block, f"free here, and in every network known from here{_instead_of(passed_over)}"
    if second is None:
        raise InputError([_none_free(found)])
    return second, f"free here; {elsewhere[0]} of a transit gateway leads elsewhere, so pods must not be routed there"


def routed_elsewhere(found: Survey) -> tuple[IPv4Network, ...]:
    """What transit gateways of the VPC lead to other networks of 100.64.0.0/10, or around it."""
    routes = [each for at in found.network.attachments for each in found.network.routes_over(at, SHARED_SPACE)]
    return tuple(sorted({IPv4Network(route.to_cidr) for route in routes}))


def _obstacles(found: Survey, block: IPv4Network) -> Iterator[str]:
    """Why a block cannot be added."""
    service = found.cluster.services.service_ipv4_cidr or default_service_cidr(found.vpc.cidrs)
    taken = [(cidr, "the VPC has it") for cidr in found.vpc.cidrs]
    taken += [(cidr, f"a peered VPC has {cidr}") for cidr in found.peers]
    taken += [(service, f"services have {service}")]
    yield from (why for cidr, why in taken if cidr.overlaps(block))
    if next(association_problems(block, primary=found.vpc.primary, beside=found.vpc.cidrs), None):
        yield "AWS does not allow it beside the VPC's blocks"
    if next(route_problems(block, found.network.destinations), None):
        yield "a route of the VPC leads to it, or to a part of it"


def _instead_of(passed_over: Sequence[str]) -> str:
    if not passed_over:
        return ""
    more = f" and {len(passed_over) - _TOLD} more" if len(passed_over) > _TOLD else ""
    return f"; not {', '.join(passed_over[:_TOLD])}{more}"


def _full(found: Survey) -> Diagnostic:
    return Diagnostic(
        location=Location(kind="VPC", name=found.vpc.vpc_id),
        subject=f"{len(found.vpc.cidrs)} IPv4 blocks",
        message=f"must have room for one more: {found.block_quota} is its quota",
        fix="have quota L-83CA0A9D raised (to 50 at most), or adopt a block it has, as config/adopted-block.yaml does",
        source=QUOTA_PAGE,
    )


def _none_free(found: Survey) -> Diagnostic:
    return Diagnostic(
        location=Location(kind="VPC", name=found.vpc.vpc_id),
        message=f"must have a free /{LARGEST} in {SHARED_SPACE}",
        fix="give a block that is free with --pod-cidr, such as a smaller one",
    )
