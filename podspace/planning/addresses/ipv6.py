"""IPv6 clusters: the /64 of each pod subnet, and what IPv6 excludes."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv6Network
from typing import TYPE_CHECKING, Final

from podspace.api.networking import INTERFACES
from podspace.cidr import (
    IPV6_SUBNET,
    SUBNET_SIZE_PAGE,
)
from podspace.diagnostic import Diagnostic, Location, place_of

if TYPE_CHECKING:  # it is made of what is here
    from podspace.planning.network import Network

IPV6_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/cni-ipv6.html"


def ipv6_problems(network: Network) -> Iterator[Diagnostic]:
    """Errors of the IPv6 addresses of a pod network."""
    if not network.ipv6:
        for place, given in (
            ("vpc.ipv6_cidrs", network.config.vpc.ipv6_cidrs),
            ("pods.ipv6_subnets", network.config.pods.ipv6_subnets),
        ):
            if given:
                yield Diagnostic(
                    id="ipv6-in-ipv4-cluster",
                    location=Location(path=place),
                    message="must be removed: pods of an IPv4 cluster have no IPv6 addresses",
                    fix="remove it, or write `ip_family: ipv6` under cluster",
                    source=IPV6_PAGE,
                )
        yield from _node_class_problems(network)
        return
    yield from _interface_problems(network)
    if not network.config.vpc.ipv6_cidrs and network.config.vpc.create is None:
        yield _missing("vpc.ipv6_cidrs", "the IPv6 CIDR blocks of the VPC", "`aws ec2 describe-vpcs` shows them")
    if network.config.vpc.create is not None:
        yield Diagnostic(
            id="ipv6-in-new-vpc",
            location=Location(path="vpc.create"),
            message="must be removed: the IPv6 CIDR block of a new VPC is not known before its deployment",
            fix="create the VPC first, then give its id and CIDR blocks",
        )
    if network.config.pods.prefix_reservation:
        yield Diagnostic(
            id="reservation-in-ipv6-cluster",
            location=Location(path="pods.prefix_reservation"),
            message="must be removed: pods of an IPv6 cluster use no IPv4 prefixes",
            fix="remove it",
            source=IPV6_PAGE,
        )
    if network.config.pods.subnet_ids is None:
        if network.config.pods.ipv6_subnets is None:
            yield _missing("pods.ipv6_subnets", "a /64 for each pod subnet", "write `{zone: [/64]}`")
        yield from _subnet_problems(network)


def _node_class_problems(network: Network) -> Iterator[Diagnostic]:
    for index, entry in enumerate(network.config.node_classes):
        if entry.advanced_networking and entry.advanced_networking.enable_v4_egress is not None:
            yield Diagnostic(
                id="ipv6-in-ipv4-cluster",
                location=Location(path=f"node_classes[{index}].advanced_networking.enable_v4_egress"),
                message="must be removed: it is for IPv6 clusters",
                fix="remove it, or write `ip_family: ipv6` under cluster",
                source="https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html",
            )


def _interface_problems(network: Network) -> Iterator[Diagnostic]:
    for index, entry in enumerate(network.config.node_classes):
        if entry.advanced_networking and entry.advanced_networking.network_interfaces is not None:
            yield Diagnostic(
                id="static-interfaces-in-ipv6-cluster",
                location=Location(path=f"node_classes[{index}].advanced_networking.network_interfaces"),
                message="must be removed: IPv6 clusters have no static network interfaces",
                fix="remove it",
                source=INTERFACES,
            )


def _missing(place: str, what: str, fix: str) -> Diagnostic:
    return Diagnostic(
        id="ipv6-addresses-missing",
        location=Location(path=place),
        message=f"must name {what} in an IPv6 cluster",
        fix=fix,
        source=IPV6_PAGE,
    )


def _subnet_problems(network: Network) -> Iterator[Diagnostic]:
    given = network.config.pods.ipv6_subnets or {}
    wanted = [share.zone for share in network.pod_layout.shares()]
    for zone in dict.fromkeys((*network.zones, *given)) if given else ():
        count, needed = len(given.get(zone, ())), wanted.count(zone)
        if count != needed:
            yield Diagnostic(
                id="ipv6-subnet-count",
                location=Location(path=place_of(("pods", "ipv6_subnets", zone))),
                subject=f"{count} given",
                message=f"must have one /64 for each of the {needed} pod subnets of {zone}, in their order",
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
            yield Diagnostic(
                id="ipv6-subnet-size", location=Location(path=place), subject=str(cidr), message=must, source=IPV6_PAGE
            )
        elif network.config.vpc.ipv6_cidrs and not _is_inside(network, cidr):
            blocks = ", ".join(map(str, network.config.vpc.ipv6_cidrs))
            yield Diagnostic(
                id="ipv6-subnet-outside-blocks",
                location=Location(path=place),
                subject=str(cidr),
                message=f"must be inside one of vpc.ipv6_cidrs: {blocks}",
                fix="choose a free /64 of one of these CIDR blocks",
                source=SUBNET_SIZE_PAGE,
            )
    first: dict[IPv6Network, str] = {}
    for place, cidr in found:  # of one size, two that overlap are equal
        if cidr.prefixlen == IPV6_SUBNET and first.setdefault(cidr, place) != place:
            yield Diagnostic(
                id="ipv6-subnet-overlap",
                location=Location(path=place),
                subject=str(cidr),
                message=f"must be listed once: {first[cidr]} is the same, and subnets of a VPC are disjoint",
                fix="choose a free /64",
                source=SUBNET_SIZE_PAGE,
            )


def _is_inside(network: Network, cidr: IPv6Network) -> bool:
    return any(map(cidr.subnet_of, network.config.vpc.ipv6_cidrs))
