"""The blocks of the VPC: which ones it has once a pod network is deployed, and why some cannot be added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network
from itertools import combinations

from podspace.cidr import (
    EKS_NETWORK_PAGE,
    QUOTA_PAGE,
    VPC_CIDR_PAGE,
    association_problems,
    default_service_cidr,
    route_problems,
    size_problems,
    usable_problems,
)
from podspace.planning.config import BlockConfig, Config
from podspace.problem import Problem


def vpc_cidrs(config: Config) -> tuple[IPv4Network, ...]:
    """Every block the VPC has once this is deployed, the primary first, each once."""
    return tuple(dict.fromkeys((*config.vpc.cidrs, *(block.cidr for block in config.pods.cidrs))))


def block_problems(config: Config) -> Iterator[Problem]:
    """Everything wrong with the blocks the VPC has and those asked for."""
    yield from _vpc_problems(config)
    yield from _quota_problems(config)
    for index, block in enumerate(config.pods.cidrs):
        for problem in _block_problems(config, block):
            yield problem.within(f"pods.cidrs[{index}]")
    yield from _overlap_problems(
        "pods.cidrs", [(f"pods.cidrs[{i}]", block.cidr) for i, block in enumerate(config.pods.cidrs)]
    )


def _vpc_problems(config: Config) -> Iterator[Problem]:
    places = [(f"vpc.cidrs[{index}]", cidr) for index, cidr in enumerate(config.vpc.cidrs)]
    for place, cidr in places:
        yield from (problem.within(place) for problem in size_problems(cidr))
    yield from _overlap_problems("vpc.cidrs", places)
    service = config.cluster.service_cidr
    if service is None:
        return
    private = any(service.subnet_of(IPv4Network(n)) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
    if not (private and 12 <= service.prefixlen <= 24):  # noqa: PLR2004 the API reference's own bounds
        yield Problem(
            place="cluster.service_cidr",
            value=str(service),
            must="must be a /12 to /24 from 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
            fix="give what `aws eks describe-cluster` shows as kubernetesNetworkConfig.serviceIpv4Cidr",
            source="https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html",
        )


def _overlap_problems(where: str, places: Sequence[tuple[str, IPv4Network]]) -> Iterator[Problem]:
    for (_, first), (place, second) in combinations(places, 2):
        if first.overlaps(second):
            yield Problem(
                place=place,
                value=str(second),
                must=f"must not overlap {first}: the blocks of {where} are disjoint",
                fix="remove one of the two, or move it",
                source=VPC_CIDR_PAGE,
            )


def _block_problems(config: Config, block: BlockConfig) -> Iterator[Problem]:
    cidr = block.cidr
    yield from size_problems(cidr)
    yield from usable_problems(cidr)
    service = config.cluster.service_cidr
    neighbours = [
        *(
            (
                other,
                "which the VPC has already (vpc.cidrs)",
                "choose a free block, or mark it `associated: true`",
            )
            for other in config.vpc.cidrs
            if not (block.associated and other == cidr)
        ),
        *((other, "the block of a peered VPC (vpc.peers)", "choose a block no peer has") for other in config.vpc.peers),
        (
            service or default_service_cidr(config.vpc.cidrs),
            "the cluster's service CIDR" if service else "the service CIDR that EKS chooses for this VPC by default",
            "choose another block"
            if service
            else "choose another block, or say which service CIDR the cluster has as cluster.service_cidr",
        ),
    ]
    for other, what, fix in neighbours:
        if cidr.overlaps(other):
            yield Problem(
                place="",
                value=str(cidr),
                must=f"must not overlap {other}, {what}",
                fix=fix,
                source=EKS_NETWORK_PAGE if "service" in what else VPC_CIDR_PAGE,
            )
    if not block.associated:
        others = [other for other in vpc_cidrs(config) if other != cidr]
        yield from association_problems(cidr, primary=config.vpc.cidrs[0], beside=others)
        yield from route_problems(cidr, config.vpc.routes)


def _quota_problems(config: Config) -> Iterator[Problem]:
    vpc = config.vpc
    if len(vpc_cidrs(config)) > vpc.cidr_quota:
        yield Problem(
            place="pods.cidrs",
            value=f"{len(vpc_cidrs(config))} IPv4 blocks in the VPC, with its own",
            must=f"must be at most {vpc.cidr_quota}, the VPC's quota of IPv4 blocks",
            fix="use fewer, larger blocks, or have quota L-83CA0A9D raised (to 50 at most) and set vpc.cidr_quota",
            source=QUOTA_PAGE,
        )
