"""CIDR blocks of the VPC after the deployment of a pod network, and why some cannot be associated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network
from itertools import combinations
from typing import TYPE_CHECKING

from podspace.cidr import (
    EKS_NETWORK_PAGE,
    VPC_CIDR_PAGE,
    association_problems,
    default_service_cidr,
    route_problems,
    service_cidr_problems,
    size_problems,
    usable_problems,
)
from podspace.diagnostic import Diagnostic, Location
from podspace.planning.addresses.config import BlockConfig
from podspace.quota import BLOCKS, QUOTA_PAGE

if TYPE_CHECKING:  # it is made of what is here
    from podspace.planning.network import Network


def block_problems(network: Network) -> Iterator[Diagnostic]:
    """Errors of the CIDR blocks of the VPC, and of those that the config adds."""
    yield from _vpc_problems(network)
    yield from _quota_problems(network)
    for index, block in enumerate(network.config.pods.cidrs):
        for problem in _block_problems(network, block):
            yield problem.within(f"pods.cidrs[{index}]")
    yield from _overlap_problems(
        "pods.cidrs", [(f"pods.cidrs[{i}]", block.cidr) for i, block in enumerate(network.config.pods.cidrs)]
    )


def _vpc_problems(network: Network) -> Iterator[Diagnostic]:
    places = [(f"vpc.cidrs[{index}]", cidr) for index, cidr in enumerate(network.config.vpc.cidrs)]
    for place, cidr in places:
        for problem in (*size_problems(cidr), *usable_problems(cidr)):
            yield problem.within(place)
    yield from _overlap_problems("vpc.cidrs", places)
    if service := network.config.cluster.service_cidr:
        for problem in service_cidr_problems(service):
            yield problem.within("cluster.service_cidr")
        for cidr in network.config.vpc.cidrs:
            what, fix = "a CIDR block of the VPC (vpc.cidrs)", "choose another CIDR block"
            for problem in _overlap(service, cidr, what, fix, EKS_NETWORK_PAGE):
                yield problem.within("cluster.service_cidr")
    yield from _overlap_problems(
        "vpc.ipv6_cidrs",
        [(f"vpc.ipv6_cidrs[{index}]", cidr) for index, cidr in enumerate(network.config.vpc.ipv6_cidrs)],
    )


def _overlap_problems(where: str, places: Sequence[tuple[str, IPv4Network | IPv6Network]]) -> Iterator[Diagnostic]:
    """CIDR blocks of a list that are equal or overlap; a block of a wrong size is compared with no other."""
    first = {cidr: place for place, cidr in reversed(places)}
    for place, cidr in places:
        if first[cidr] != place:
            yield Diagnostic(
                id="block-twice",
                location=Location(path=place),
                subject=str(cidr),
                message=f"must be listed once: {first[cidr]} is the same CIDR block",
                fix="remove it",
            )
    sized = [(place, cidr) for cidr, place in reversed(first.items()) if not _has_wrong_size(cidr)]
    for (_, one), (place, other) in combinations(sized, 2):
        if one.version == other.version and one.overlaps(other):
            yield Diagnostic(
                id="cidr-overlap",
                location=Location(path=place),
                subject=str(other),
                message=f"must not overlap {one}: the CIDR blocks of {where} are disjoint",
                fix="remove one of the two, or choose another CIDR block",
                source=VPC_CIDR_PAGE,
            )


def _has_wrong_size(cidr: IPv4Network | IPv6Network) -> bool:
    return isinstance(cidr, IPv4Network) and any(size_problems(cidr))


def _block_problems(network: Network, block: BlockConfig) -> Iterator[Diagnostic]:
    yield from size_problems(block.cidr)
    yield from usable_problems(block.cidr)
    named = block.cidr in network.config.vpc.cidrs
    if named and not block.associated:
        yield Diagnostic(
            id="block-twice",
            subject=str(block.cidr),
            message="must not be in vpc.cidrs as well: this file associates it, and the VPC has it already",
            fix="choose another CIDR block, or write `associated: true`",
            source=VPC_CIDR_PAGE,
        )
    for other in network.config.vpc.cidrs if not named else ():
        what = "which the VPC has already (vpc.cidrs)"
        yield from _overlap(block.cidr, other, what, "choose another CIDR block, or write `associated: true`")
    if not (named and network.config.cluster.service_cidr):  # it is compared with vpc.cidrs
        yield from _service_overlap(network, block.cidr)
    if not block.associated:
        for other in network.config.vpc.peers:
            yield from _overlap(
                block.cidr,
                other,
                "a CIDR block of a peered VPC (vpc.peers)",
                ("choose a CIDR block that no peered VPC has"),
            )
        others = [other for other in network.vpc_cidrs if other != block.cidr]
        yield from association_problems(block.cidr, primary=network.config.vpc.cidrs[0], others=others)
        yield from route_problems(block.cidr, network.config.vpc.routes)


def _service_overlap(network: Network, cidr: IPv4Network) -> Iterator[Diagnostic]:
    if network.ipv6:
        return  # EKS takes its services' addresses from fc00::/7
    if service := network.config.cluster.service_cidr:
        yield from _overlap(cidr, service, "the cluster's service CIDR", "choose another CIDR block", EKS_NETWORK_PAGE)
        return
    what = "the service CIDR that EKS chooses for this VPC by default"
    fix = "choose another CIDR block, or give the cluster's service CIDR as cluster.service_cidr"
    yield from _overlap(cidr, default_service_cidr(network.config.vpc.cidrs), what, fix, EKS_NETWORK_PAGE)


def _overlap(
    cidr: IPv4Network, other: IPv4Network, what: str, fix: str, source: str = VPC_CIDR_PAGE
) -> Iterator[Diagnostic]:
    if cidr.overlaps(other):
        message = f"must not be {what}" if cidr == other else f"must not overlap {other}, {what}"
        yield Diagnostic(id="cidr-overlap", subject=str(cidr), message=message, fix=fix, source=source)


def _quota_problems(network: Network) -> Iterator[Diagnostic]:
    if any(not block.associated for block in network.config.pods.cidrs):
        yield from quota_problems(
            network.vpc_cidrs, quota=network.config.vpc.cidr_quota, where=("the VPC, including its existing ones")
        )


def quota_problems(blocks: Sequence[IPv4Network], *, quota: int, where: str) -> Iterator[Diagnostic]:
    """An error if the VPC has more CIDR blocks than its quota allows."""
    if len(blocks) > quota:
        yield Diagnostic(
            id="cidr-quota",
            location=Location(path="pods.cidrs"),
            subject=f"{len(blocks)} IPv4 CIDR blocks in {where}",
            message=f"must be at most {quota}, the VPC's quota of IPv4 CIDR blocks",
            fix=(
                f"use fewer, larger CIDR blocks; or request an increase of quota {BLOCKS.code} (to 50 at most), then "
                "set vpc.cidr_quota"
            ),
            source=QUOTA_PAGE,
        )
