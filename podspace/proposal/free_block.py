"""A CIDR block of 100.64.0.0/10 that a VPC can have, and why others were not chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network
from typing import Final

from podspace.cidr import (
    LARGEST,
    SHARED_SPACE,
    SMALLEST,
    association_problems,
    default_service_cidr,
    route_problems,
)
from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.proposal.survey import Survey
from podspace.quota import BLOCKS, QUOTA_PAGE

_SHOWN: Final = 2
"""How many CIDR blocks that were not chosen are named."""


def unused_block(found: Survey) -> IPv4Network | None:
    """A CIDR block of 100.64.0.0/10 of the VPC, large enough for zones, that contains no subnet."""
    taken = [subnet.cidr for subnet in found.network.subnets.values() if subnet.cidr]
    for block in found.vpc.cidrs[1:]:
        free = not any(cidr.subnet_of(block) for cidr in taken)
        if free and block.subnet_of(SHARED_SPACE) and block.prefixlen < SMALLEST - 4:
            return block
    return None


def free_block(found: Survey) -> tuple[IPv4Network, str]:
    """A CIDR block that can be associated, and the reason for it.

    A CIDR block of another network behind a transit gateway is chosen only if there is no other: the transit gateway
    does not route it to this VPC.

    Raises:
        InputError: the VPC has as many CIDR blocks as its quota allows, or no part of 100.64.0.0/10 is free.
    """
    if len(found.vpc.cidrs) >= found.block_quota:
        raise InputError([_full(found)])
    elsewhere = found.known("pods.cidrs", lambda: routed_elsewhere(found)) or ()
    not_chosen: list[str] = []
    second: IPv4Network | None = None
    for block in SHARED_SPACE.subnets(new_prefix=LARGEST):
        if reason := next(_obstacles(found, block), ""):
            not_chosen.append(f"{block} ({reason})")
        elif routed := [to for to in elsewhere if to.overlaps(block)]:
            second = second or block
            not_chosen.append(f"{block} (a transit gateway routes {routed[0]} to another network)")
        else:
            return block, f"{_where_free(found)}{_instead_of(not_chosen)}"
    if second is None:
        raise InputError([_none_free(found)])
    return (
        second,
        f"free in this VPC; a transit gateway routes {elsewhere[0]} to another network, so do not route pods to it",
    )


def routed_elsewhere(found: Survey) -> tuple[IPv4Network, ...]:
    """The routes of the VPC's transit gateways to other networks, in 100.64.0.0/10 or around it."""
    routes = [each for at in found.network.attachments for each in found.network.routes_over(at, SHARED_SPACE)]
    return tuple(sorted({IPv4Network(route.to_cidr) for route in routes}))


def _obstacles(found: Survey, block: IPv4Network) -> Iterator[str]:
    """Why a CIDR block cannot be associated."""
    service = found.cluster.services.service_ipv4_cidr or default_service_cidr(found.vpc.cidrs)
    taken = [(cidr, "it is a CIDR block of the VPC") for cidr in found.vpc.cidrs]
    taken += [(cidr, f"a peered VPC has {cidr}") for cidr in found.peers]
    taken += [(service, f"services have {service}")]
    yield from (why for cidr, why in taken if cidr.overlaps(block))
    if next(association_problems(block, primary=found.vpc.primary, others=found.vpc.cidrs), None):
        yield "AWS does not allow it together with the VPC's CIDR blocks"
    if next(route_problems(block, found.network.destinations), None):
        yield "a route of the VPC has it or a part of it as its destination"


def _where_free(found: Survey) -> str:
    """Where a chosen CIDR block is free, as far as that could be read."""
    unread = [
        what
        for key, what in (("vpc.peers", "peered VPCs"), ("pods.cidrs", "networks behind transit gateways"))
        if key in found.unread
    ]
    if unread:
        return f"free in this VPC; {' and '.join(unread)} could not be read"
    return "free in this VPC and in every network that it knows"


def _instead_of(not_chosen: Sequence[str]) -> str:
    if not not_chosen:
        return ""
    more = f" and {len(not_chosen) - _SHOWN} more" if len(not_chosen) > _SHOWN else ""
    return f"; not {', '.join(not_chosen[:_SHOWN])}{more}"


def _full(found: Survey) -> Diagnostic:
    return Diagnostic(
        id="block-quota",
        location=Location(kind="VPC", name=found.vpc.vpc_id),
        subject=f"{len(found.vpc.cidrs)} IPv4 CIDR blocks",
        message=f"must be fewer than {found.block_quota}, the quota of the VPC, to associate another one",
        fix=f"request an increase of quota {BLOCKS.code} (to 50 at most), or use a CIDR block of the VPC, as "
        "config/adopted-block.yaml does",
        source=QUOTA_PAGE,
    )


def _none_free(found: Survey) -> Diagnostic:
    return Diagnostic(
        id="no-free-block",
        location=Location(kind="VPC", name=found.vpc.vpc_id),
        message=f"must have a free /{LARGEST} in {SHARED_SPACE}",
        fix="give a free CIDR block with --pod-cidr, such as a smaller one",
    )
