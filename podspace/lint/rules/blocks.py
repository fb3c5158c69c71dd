"""Rules about the CIDR blocks of a VPC."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import IPv4Network
from itertools import islice
from typing import Final

from podspace.cidr import (
    SHARED_SPACE,
    VPC_CIDR_PAGE,
    association_problems,
    route_problems,
    size_problems,
    usable_problems,
)
from podspace.diagnostic import Diagnostic
from podspace.lint.address_range import overlap, shown_range
from podspace.lint.picture import Picture
from podspace.lint.rule import Fault, Rule, rule
from podspace.lint.stack import Resource
from podspace.lint.value import Reference, items, key, network, shown
from podspace.lint.vpc import Block, Vpc
from podspace.quota import BLOCKS, QUOTA_PAGE

_PLACE: Final = "Properties.CidrBlock"
ELSEWHERE: Final = frozenset({"transit", "peering", "vpn"})
"""The targets of routes that `block-meets-route` compares with CIDR blocks."""
SERVICE_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html"


def _each(picture: Picture) -> Iterator[tuple[Vpc, Block]]:
    return ((vpc, block) for vpc in picture.vpcs.all.values() for block in vpc.blocks)


def _faults(block: Block, problems: Iterator[Diagnostic]) -> Iterator[Fault]:
    for problem in problems:
        written = str(block.resource.get("CidrBlock"))
        yield Fault(at=block.resource, place=_PLACE, value=written, must=problem.message)


def _by_size(problems: Callable[[IPv4Network], Iterator[Diagnostic]], picture: Picture) -> Iterator[Fault]:
    for _, block in _each(picture):
        yield from _faults(block, problems(block.cidr))


@rule(
    "block-size",
    why="EC2 refuses any other size, and the size of a CIDR block cannot be changed.",
    fix="use a /16 to /28; for more addresses, use several /16 CIDR blocks",
    source=VPC_CIDR_PAGE,
)
def block_size(picture: Picture) -> Iterator[Fault]:
    """A CIDR block of a VPC is larger than a /16 or smaller than a /28."""
    yield from _by_size(size_problems, picture)


@rule(
    "block-host-bits",
    level="warning",
    why=(
        "EC2 clears the host bits without an error, so the CIDR block of the VPC differs from the one in the template."
    ),
    fix="write the network address",
    source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateVpcCidrBlock.html",
)
def block_host_bits(picture: Picture) -> Iterator[Fault]:
    """A CIDR block of a VPC has host bits set."""
    for _, block in _each(picture):
        yield from host_bits(block.resource, block.cidr)


def host_bits(resource: Resource, cidr: IPv4Network) -> Iterator[Fault]:
    """The fault of a CIDR that is not written as its network's address."""
    written = str(resource.get("CidrBlock"))
    if written.partition("/")[0] != str(cidr.network_address):
        yield Fault(
            at=resource, place=_PLACE, value=written, must=f"must have no host bits set: EC2 changes it to {cidr}"
        )


@rule(
    "block-unusable",
    why="These ranges are reserved, and EC2 refuses them.",
    fix="use a CIDR block from 100.64.0.0/10",
    source=VPC_CIDR_PAGE,
)
def block_unusable(picture: Picture) -> Iterator[Fault]:
    """A CIDR block of a VPC is in a range that no VPC can use."""
    yield from _by_size(usable_problems, picture)


@rule(
    "block-restricted",
    why=(
        "EC2 refuses CIDR blocks of some ranges in a VPC with CIDR blocks of certain other ranges, even if they do "
        "not overlap."
    ),
    fix="use a CIDR block from 100.64.0.0/10, which AWS allows with every other range",
    source=VPC_CIDR_PAGE,
)
def block_restricted(picture: Picture) -> Iterator[Fault]:
    """A secondary CIDR block is of a range that AWS does not associate with a VPC that has these other CIDR blocks."""
    for vpc, block in _each(picture):
        primary = next((other.cidr for other in vpc.blocks if other.primary), None)
        others = [o.cidr for o in vpc.blocks if o is not block and together(o.resource, block.resource)]
        if not block.primary and others:
            # without a known primary the row about primaries does not apply
            first = primary or next((o for o in others if o.is_private and not o.subnet_of(SHARED_SPACE)), None)
            if first:
                yield from _faults(block, islice(association_problems(block.cidr, primary=first, others=others), 1))


@rule(
    "blocks-overlap",
    why="EC2 refuses a CIDR block that overlaps another CIDR block of the VPC.",
    fix="choose a CIDR block that is free in the VPC",
    source=VPC_CIDR_PAGE,
)
def blocks_overlap(picture: Picture) -> Iterator[Fault]:
    """Two CIDR blocks of a VPC overlap."""
    for vpc in picture.vpcs.all.values():
        for index, block in enumerate(vpc.blocks):
            for other in vpc.blocks[:index]:
                if block.cidr.overlaps(other.cidr) and together(block.resource, other.resource):
                    must = f"must not overlap {other.cidr}, a CIDR block of {vpc.name} ({other.resource.named})"
                    yield Fault(at=block.resource, place=_PLACE, value=str(block.cidr), must=must)
        by_reference = [block for block in vpc.ranges if isinstance(block.range, Reference)]
        for index, one in enumerate(by_reference):
            for before in by_reference[:index]:
                if overlap(one.range, before.range) and together(one.resource, before.resource):
                    must = f"must not overlap the CIDR block of {vpc.name} from {before.resource.named}"
                    yield Fault(at=one.resource, place=_PLACE, value=shown_range(one.range), must=must)


def together(one: Resource, other: Resource) -> bool:
    """Whether two resources can be there at once, rather than one under a condition and the other without it."""
    return not one.depends_on or not other.depends_on or one.depends_on == other.depends_on


@rule(
    "too-many-blocks",
    level="warning",
    why=(
        "By default a VPC has at most five IPv4 CIDR blocks, including the primary. Quota L-83CA0A9D can be raised to "
        "50."
    ),
    fix="request a quota increase before you deploy, or use fewer and larger CIDR blocks",
    source=QUOTA_PAGE,
)
def too_many_blocks(picture: Picture) -> Iterator[Fault]:
    """A VPC has more CIDR blocks than the default quota."""
    for vpc in picture.vpcs.all.values():
        first = 0 if vpc.resource else 1  # of a VPC that exists at least the first block is not in hand
        certain = [block for block in vpc.ranges if block.resource.certain]
        for block in certain[BLOCKS.default - first :][:1]:
            must = f"must be one of at most {BLOCKS.default} CIDR blocks: {vpc.name} has {len(certain) + first}"
            yield Fault(at=block.resource, value=shown(block.resource.get("CidrBlock")), must=must)


@rule(
    "block-meets-route",
    why="EC2 refuses a CIDR block that is the same as, or larger than, the destination of a route in the VPC.",
    fix="choose another CIDR block, or give the route a larger destination first",
    source=VPC_CIDR_PAGE,
)
def block_meets_route(picture: Picture) -> Iterator[Fault]:
    """A route of the VPC has a CIDR block of the VPC, or part of one, as its destination."""
    for table in picture.routing.tables.values():
        vpc = picture.vpcs.all.get(key(table.resource.get("VpcId")) or "") if table.resource else None
        routes = [route for route in table.routes if route.to and route.way in ELSEWHERE]
        for block in vpc.blocks if vpc else ():
            for route in routes if not block.primary else ():
                at_once = together(block.resource, route.resource)
                if route.to and at_once and any(route_problems(block.cidr, [route.to])):
                    must = (
                        f"must be smaller than {route.to}, the destination of {route.resource.named}, or outside of it"
                    )
                    yield Fault(at=block.resource, place=_PLACE, value=str(block.cidr), must=must)


@rule(
    "block-meets-service-cidr",
    why=(
        "EKS refuses a service CIDR that overlaps the VPC, and pods cannot reach addresses that are also in the "
        "service CIDR."
    ),
    fix="choose another CIDR block, or another service CIDR if the cluster is not created yet",
    source=SERVICE_PAGE,
)
def block_meets_service_cidr(picture: Picture) -> Iterator[Fault]:
    """A CIDR block of the VPC overlaps the service CIDR of its cluster."""
    for cluster in picture.clusters.all:
        service = network(cluster.resource.get("KubernetesNetworkConfig", "ServiceIpv4Cidr"))
        ids = [key(id) for id in items(cluster.resource.get("ResourcesVpcConfig", "SubnetIds"))]
        vpcs = {picture.vpcs.subnet[id].vpc for id in ids if id in picture.vpcs.subnet}
        for vpc, block in _each(picture):
            if service and vpc.key in vpcs and block.cidr.overlaps(service):
                must = f"must not overlap {service}, the service CIDR of {cluster.resource.named}"
                yield Fault(at=block.resource, place=_PLACE, value=str(block.cidr), must=must)


RULES: Final[tuple[Rule, ...]] = (
    block_size,
    block_host_bits,
    block_unusable,
    block_restricted,
    blocks_overlap,
    too_many_blocks,
    block_meets_route,
    block_meets_service_cidr,
)
