"""Pod subnets: the addresses of each zone in every CIDR block, and their errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING, Final

from podspace.cidr import (
    SUBNET_SIZE_PAGE,
)
from podspace.diagnostic import Diagnostic, Location
from podspace.planning.addresses.layout import Layout, Share, overlap
from podspace.planning.addresses.plan import PodSubnet
from podspace.planning.addresses.slot import prefix_reservations
from podspace.quota import QUOTA_PAGE

if TYPE_CHECKING:  # it is made of what is here
    from podspace.planning.network import Network

RESERVATION_REGIONS: Final = frozenset(
    {"us-east-1", "us-west-2", "me-south-1", "eusc-de-east-1", "us-iso-east-1", "us-iso-west-1"}
    | {"us-isob-east-1", "us-isob-west-1", "us-isof-east-1", "us-isof-south-1", "eu-isoe-west-1"}
)
"""Regions with the type AWS::EC2::SubnetCidrReservation in CloudFormation's schemas of October 2026."""


def pod_layout(network: Network) -> Layout:
    """How the CIDR blocks of the pods are cut into subnets."""
    pods = network.config.pods
    return Layout(
        place="pods",
        ranges=tuple(block.cidr for block in pods.cidrs),
        zones=network.zones,
        prefix=None if pods.subnets is not None else pods.subnet_prefix,
        subnets=pods.subnets,
        what="pod subnet",
    )


def pod_subnets(network: Network) -> Iterator[PodSubnet]:
    """The new pod subnets of a plan."""
    ipv6 = _ipv6_by_share(network)
    for share in network.pod_layout.shares():
        if block := block_of(network, share.cidr):
            yield PodSubnet(
                zone=share.zone,
                cidr=share.cidr,
                block=block,
                tags=_tags(network, share),
                ipv6_cidr=ipv6.get(share.cidr),
                reservations=prefix_reservations(share.cidr) if network.config.pods.prefix_reservation else (),
            )


def _tags(network: Network, share: Share) -> dict[str, str]:
    """The tags of a pod subnet.

    The `aws-cdk:` tags keep a later `Vpc.from_lookup` from taking pod subnets for private subnets, which would put load
    balancers and control-plane interfaces in them.
    """
    return {
        **network.tags("pods", share.zone, str(share.cidr)),
        "kubernetes.io/role/pod": "1",
        "aws-cdk:subnet-name": "pods",
        "aws-cdk:subnet-type": "Isolated",
        **network.selector("pods"),
    }


def _ipv6_by_share(network: Network) -> Mapping[IPv4Network, IPv6Network]:
    by_zone = {zone: iter(cidrs) for zone, cidrs in (network.config.pods.ipv6_subnets or {}).items()}
    pairs = ((share.cidr, next(by_zone.get(share.zone, iter(())), None)) for share in network.pod_layout.shares())
    return {cidr: ipv6 for cidr, ipv6 in pairs if ipv6}


def block_of(network: Network, cidr: IPv4Network) -> IPv4Network | None:
    """The CIDR block of the pods that a subnet is cut from."""
    return next((block.cidr for block in network.config.pods.cidrs if cidr.subnet_of(block.cidr)), None)


def subnet_problems(network: Network) -> Iterator[Diagnostic]:
    """Errors of the pod subnets of a config."""
    layout = network.pod_layout
    yield from layout.problems(inside=[block.cidr for block in network.config.pods.cidrs])
    if network.config.pods.prefix_reservation and not network.ipv6:
        yield from _region_problems(network)
        yield from _single_address_problems(network)
        yield from _too_small_to_reserve(layout)
    found = list(layout.shares()) if layout.subnets is not None else []
    for share in found:
        yield from _outside(network, share)
    for index, block in enumerate(network.config.pods.cidrs):
        for number, other in enumerate(block.other_subnets):
            if not other.subnet_of(block.cidr):
                yield Diagnostic(
                    id="other-subnet-outside-block",
                    location=Location(path=f"pods.cidrs[{index}].other_subnets[{number}]"),
                    subject=str(other),
                    message=f"must be inside {block.cidr}, its CIDR block",
                    fix="list it under the CIDR block that contains it",
                )
            for share in found:
                yield from overlap(share.place, share.cidr, other, "an existing subnet of the CIDR block")
    yield from _quota_problems(network)


def _quota_problems(network: Network) -> Iterator[Diagnostic]:
    """More subnets in the VPC than its quota allows, with all others that are known."""
    existing = sum(map(len, (network.config.vpc.node_subnets or {}).values()))
    new = len(network.new_vpc.subnets) if network.new_vpc else 0
    others = existing + new + sum(len(block.other_subnets) for block in network.config.pods.cidrs)
    wanted = sum(1 for _ in network.pod_layout.shares())
    if others + wanted > network.config.vpc.subnet_quota:
        yield Diagnostic(
            id="subnet-quota",
            location=Location(path="pods"),
            subject=f"{wanted} pod subnets and {others} others",
            message=f"must be at most {network.config.vpc.subnet_quota}, the VPC's quota of subnets",
            fix="use larger subnets; or request a quota increase, then set vpc.subnet_quota",
            source=QUOTA_PAGE,
        )


def _outside(network: Network, share: Share) -> Iterator[Diagnostic]:
    if block_of(network, share.cidr) is None:
        blocks = ", ".join(str(block.cidr) for block in network.config.pods.cidrs) or "none"
        yield Diagnostic(
            id="subnet-outside-blocks",
            location=Location(path=share.place),
            subject=str(share.cidr),
            message=f"must be inside one of pods.cidrs: {blocks}",
            fix="add its CIDR block to pods.cidrs, or choose a subnet of a listed CIDR block",
            source=SUBNET_SIZE_PAGE,
        )


def _too_small_to_reserve(layout: Layout) -> Iterator[Diagnostic]:
    """Subnets of a map, or the one size of all slots."""
    if layout.subnets is None:
        sizes = [("pods.subnet_prefix", str(layout.prefix), share.cidr) for share in layout.shares()][:1]
    else:
        sizes = [(share.place, str(share.cidr), share.cidr) for share in layout.shares()]
    for place, size, cidr in sizes:
        if not prefix_reservations(cidr):
            yield Diagnostic(
                id="subnet-too-small-to-reserve",
                location=Location(path=place),
                subject=size,
                message="must be a /27 or larger with prefix_reservation: part of the subnet stays unreserved, "
                "because pod network interfaces need addresses outside of the prefixes",
                fix="use larger subnets, or remove prefix_reservation",
                inferred=True,
            )


def _region_problems(network: Network) -> Iterator[Diagnostic]:
    if network.region not in RESERVATION_REGIONS:
        yield Diagnostic(
            id="reservation-region",
            location=Location(path="pods.prefix_reservation"),
            message=f"must be removed in {network.region}: CloudFormation has the type "
            "AWS::EC2::SubnetCidrReservation in a few regions only (its schemas of October 2026)",
            fix="use `aws ec2 create-subnet-cidr-reservation --reservation-type prefix` after the deployment",
            source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
            "aws-resource-ec2-subnetcidrreservation.html",
        )


def _single_address_problems(network: Network) -> Iterator[Diagnostic]:
    for index, entry in enumerate(network.config.node_classes):
        if entry.advanced_networking and entry.advanced_networking.ipv4_prefix_size == "32":
            yield Diagnostic(
                id="reservation-with-single-addresses",
                location=Location(path=f"node_classes[{index}].advanced_networking.ipv4_prefix_size"),
                subject='"32"',
                message="must be Auto with pods.prefix_reservation: single addresses are not taken from the "
                "reservations for prefixes",
                fix="remove one of the two",
                source="https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html",
            )
