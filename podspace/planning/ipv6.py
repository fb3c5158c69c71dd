"""IPv6 clusters: which /64 each pod subnet gets, and what does not go together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from podspace.api.networking import INTERFACES
from podspace.cidr import IPV6_SUBNET, SUBNET_SIZE_PAGE
from podspace.diagnostic import Diagnostic, Location, place_of
from podspace.planning.config import Config
from podspace.planning.subnets import pod_layout, zones

IPV6_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/cni-ipv6.html"


def ipv6_problems(config: Config) -> Iterator[Diagnostic]:
    """Everything wrong with the IPv6 addresses of a pod network."""
    if config.cluster.ip_family == "ipv4":
        for place, given in (
            ("vpc.ipv6_cidrs", config.vpc.ipv6_cidrs),
            ("pods.ipv6_subnets", config.pods.ipv6_subnets),
        ):
            if given:
                yield Diagnostic(
                    location=Location(path=place),
                    message="must be left out: pods of an IPv4 cluster have no IPv6 addresses",
                    fix="remove it, or write `ip_family: ipv6` under cluster",
                    source=IPV6_PAGE,
                )
        yield from _node_class_problems(config)
        return
    yield from _interface_problems(config)
    if not config.vpc.ipv6_cidrs and config.vpc.create is None:
        yield _missing("vpc.ipv6_cidrs", "the IPv6 blocks of the VPC", "`aws ec2 describe-vpcs` shows them")
    if config.vpc.create is not None:
        yield Diagnostic(
            location=Location(path="vpc.create"),
            message="must be left out: the IPv6 block of a VPC that is made here is not known beforehand",
            fix="make the VPC first, and give its id and blocks",
        )
    if config.pods.prefix_reservation:
        yield Diagnostic(
            location=Location(path="pods.prefix_reservation"),
            message="must be left out: pods of an IPv6 cluster take no IPv4 prefixes",
            fix="remove it",
            source=IPV6_PAGE,
        )
    for index in [index for index, entry in enumerate(config.egress) if entry.egress_only_gateway == "new"][1:]:
        yield Diagnostic(
            location=Location(path=f"egress[{index}].egress_only_gateway"),
            subject="new",
            message="must be made once: one egress-only internet gateway takes all IPv6 traffic of a VPC",
            fix="write both destinations under `to` of one entry",
            source="https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html",
        )
    if config.pods.subnet_ids is None:
        if config.pods.ipv6_subnets is None:
            yield _missing("pods.ipv6_subnets", "a /64 for each pod subnet", "write `{zone: [/64]}`")
        yield from _subnet_problems(config)


def _node_class_problems(config: Config) -> Iterator[Diagnostic]:
    for index, entry in enumerate(config.node_classes):
        if entry.advanced_networking and entry.advanced_networking.enable_v4_egress is not None:
            yield Diagnostic(
                location=Location(path=f"node_classes[{index}].advanced_networking.enable_v4_egress"),
                message="must be left out: it is for IPv6 clusters",
                fix="remove it, or write `ip_family: ipv6` under cluster",
                source="https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html",
            )


def _interface_problems(config: Config) -> Iterator[Diagnostic]:
    for index, entry in enumerate(config.node_classes):
        if entry.advanced_networking and entry.advanced_networking.network_interfaces is not None:
            yield Diagnostic(
                location=Location(path=f"node_classes[{index}].advanced_networking.network_interfaces"),
                message="must be left out: IPv6 clusters have no static network interfaces",
                fix="remove it",
                source=INTERFACES,
            )


def _missing(place: str, what: str, fix: str) -> Diagnostic:
    return Diagnostic(
        location=Location(path=place), message=f"must name {what} in an IPv6 cluster", fix=fix, source=IPV6_PAGE
    )


def _subnet_problems(config: Config) -> Iterator[Diagnostic]:
    given = config.pods.ipv6_subnets or {}
    wanted = [share.zone for share in pod_layout(config).shares()]
    for zone in dict.fromkeys((*zones(config), *given)) if given else ():
        count, needed = len(given.get(zone, ())), wanted.count(zone)
        if count != needed:
            yield Diagnostic(
                location=Location(path=place_of(("pods", "ipv6_subnets", zone))),
                subject=f"{count} given",
                message=f"must be one for each pod subnet of {zone}, which are {needed}, in their order",
                fix="add or remove some",
            )
    found = [
        (place_of(("pods", "ipv6_subnets", zone, index)), cidr)
        for zone, cidrs in given.items()
        for index, cidr in enumerate(cidrs)
    ]
    for place, cidr in found:
        if cidr.prefixlen != IPV6_SUBNET:
            must = f"must be a /{IPV6_SUBNET}, of which each node gets a /80"
            yield Diagnostic(location=Location(path=place), subject=str(cidr), message=must, source=IPV6_PAGE)
        elif not any(cidr.subnet_of(block) for block in config.vpc.ipv6_cidrs):
            blocks = ", ".join(map(str, config.vpc.ipv6_cidrs)) or "none"
            yield Diagnostic(
                location=Location(path=place),
                subject=str(cidr),
                message=f"must lie inside one of the blocks of vpc.ipv6_cidrs: {blocks}",
                fix="choose a free /64 of one of them",
                source=SUBNET_SIZE_PAGE,
            )
    for (_, first), (place, second) in combinations(found, 2):
        if first.overlaps(second):
            must = f"must not overlap {first}: subnets of a VPC are disjoint"
            yield Diagnostic(
                location=Location(path=place),
                subject=str(second),
                message=must,
                fix="choose a free /64",
                source=SUBNET_SIZE_PAGE,
            )
