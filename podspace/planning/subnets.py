"""Pod subnets: which addresses each zone gets of every block, and why some cannot be had."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from podspace.cidr import QUOTA_PAGE, SUBNET_SIZE_PAGE
from podspace.diagnostic import Diagnostic, Location
from podspace.planning.config import Config
from podspace.planning.layout import Layout, Share, overlap
from podspace.planning.naming import subnet_tags
from podspace.planning.plan import PodSubnet
from podspace.slot import prefix_reservations

RESERVATION_REGIONS: Final = frozenset(
    {"us-east-1", "us-west-2", "me-south-1", "eusc-de-east-1", "us-iso-east-1", "us-iso-west-1"}
    | {"us-isob-east-1", "us-isob-west-1", "us-isof-east-1", "us-isof-south-1", "eu-isoe-west-1"}
)
"""Where CloudFormation has the type AWS::EC2::SubnetCidrReservation, by its schemas of October 2026."""


def zones(config: Config) -> tuple[str, ...]:
    """Every zone pods can run in."""
    pods = config.pods
    return pods.zones or tuple(pods.subnets or pods.subnet_ids or ())


def pod_layout(config: Config) -> Layout:
    """How the blocks of the pod network are cut."""
    pods = config.pods
    return Layout(
        place="pods",
        ranges=tuple(block.cidr for block in pods.cidrs),
        zones=zones(config),
        prefix=None if pods.subnets is not None else pods.subnet_prefix,
        subnets=pods.subnets,
        what="pod subnet",
    )


def pod_subnets(config: Config) -> Iterator[PodSubnet]:
    """The pod subnets to be made, with everything about them."""
    ipv6 = _ipv6_by_share(config)
    for share in pod_layout(config).shares():
        if block := block_of(config, share.cidr):
            yield PodSubnet(
                zone=share.zone,
                cidr=share.cidr,
                block=block,
                tags=subnet_tags(config, share.zone),
                ipv6_cidr=ipv6.get(share.cidr),
                reservations=prefix_reservations(share.cidr) if config.pods.prefix_reservation else (),
            )


def _ipv6_by_share(config: Config) -> Mapping[IPv4Network, IPv6Network]:
    by_zone = {zone: iter(cidrs) for zone, cidrs in (config.pods.ipv6_subnets or {}).items()}
    pairs = ((share.cidr, next(by_zone.get(share.zone, iter(())), None)) for share in pod_layout(config).shares())
    return {cidr: ipv6 for cidr, ipv6 in pairs if ipv6}


def block_of(config: Config, cidr: IPv4Network) -> IPv4Network | None:
    """The block of the pod network that a subnet is cut from."""
    return next((block.cidr for block in config.pods.cidrs if cidr.subnet_of(block.cidr)), None)


def subnet_problems(config: Config) -> Iterator[Diagnostic]:
    """Everything wrong with the subnets asked for."""
    found = list(pod_layout(config).shares())
    yield from pod_layout(config).problems()
    if config.pods.prefix_reservation:
        yield from _region_problems(config)
        yield from _single_address_problems(config)
    for share in found:
        yield from _outside(config, share)
        if config.pods.prefix_reservation:
            yield from _too_small_to_reserve(share)
    for index, block in enumerate(config.pods.cidrs):
        for number, other in enumerate(block.other_subnets):
            if not other.subnet_of(block.cidr):
                yield Diagnostic(
                    location=Location(path=f"pods.cidrs[{index}].other_subnets[{number}]"),
                    subject=str(other),
                    message=f"must lie inside its block, {block.cidr}",
                    fix="list it under the block it is in",
                )
            for share in found:
                yield from overlap(share.place, share.cidr, other, "a subnet the block has already")


def subnet_quota_problems(config: Config, *, others: int) -> Iterator[Diagnostic]:
    """More subnets in the VPC than its quota allows, with `others` that are known."""
    wanted = sum(1 for _ in pod_layout(config).shares())
    if others + wanted > config.vpc.subnet_quota:
        yield Diagnostic(
            location=Location(path="pods"),
            subject=f"{wanted} pod subnets beside {others} others",
            message=f"must be at most {config.vpc.subnet_quota}, the VPC's quota of subnets",
            fix="use larger subnets, or have the quota raised and set vpc.subnet_quota",
            source=QUOTA_PAGE,
        )


def _outside(config: Config, share: Share) -> Iterator[Diagnostic]:
    if block_of(config, share.cidr) is None:
        blocks = ", ".join(str(block.cidr) for block in config.pods.cidrs) or "none"
        yield Diagnostic(
            location=Location(path=share.place),
            subject=str(share.cidr),
            message=f"must lie inside one of the blocks of pods.cidrs: {blocks}",
            fix="add its block to pods.cidrs, or choose a subnet of one that is there",
            source=SUBNET_SIZE_PAGE,
        )


def _too_small_to_reserve(share: Share) -> Iterator[Diagnostic]:
    if not prefix_reservations(share.cidr):
        yield Diagnostic(
            location=Location(path=share.place),
            subject=str(share.cidr),
            message="must be a /27 or larger beside prefix_reservation: a whole subnet is never reserved, as pod "
            "interfaces need addresses of their own outside the prefixes (inferred)",
            fix="use larger subnets, or leave prefix_reservation out",
        )


def _region_problems(config: Config) -> Iterator[Diagnostic]:
    if config.environment.region not in RESERVATION_REGIONS:
        yield Diagnostic(
            location=Location(path="pods.prefix_reservation"),
            message=f"must be left out in {config.environment.region}: CloudFormation has the type "
            "AWS::EC2::SubnetCidrReservation in a few regions only (its schemas of October 2026)",
            fix="use `aws ec2 create-subnet-cidr-reservation --reservation-type prefix` once the subnets are there",
            source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
            "aws-resource-ec2-subnetcidrreservation.html",
        )


def _single_address_problems(config: Config) -> Iterator[Diagnostic]:
    for index, entry in enumerate(config.node_classes):
        if entry.advanced_networking and entry.advanced_networking.ipv4_prefix_size == "32":
            yield Diagnostic(
                location=Location(path=f"node_classes[{index}].advanced_networking.ipv4_prefix_size"),
                subject='"32"',
                message="must be Auto beside pods.prefix_reservation: single addresses are not taken from what is "
                "reserved for prefixes",
                fix="leave one of the two out",
                source="https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html",
            )
