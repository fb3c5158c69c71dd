"""Ways out that do not fit the zones, the addresses, or each other."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from podspace.cidr import QUOTA_PAGE, SHARED_SPACE, VPC_CIDR_PAGE, is_private, usable_problems
from podspace.diagnostic import Diagnostic, Location
from podspace.planning.blocks import vpc_cidrs
from podspace.planning.config import Config, EgressConfig
from podspace.planning.egress_settings import setting_problems
from podspace.planning.gateways import allocations, gateways_of
from podspace.planning.routes import destinations, route_tables

REGIONAL_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html"
NAT_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-scenarios.html"
TRANSIT_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html"
EGRESS_ONLY_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html"
_IPV6_KINDS: Final = ("egress_only_gateway", "transit_gateway")


def egress_problems(config: Config) -> Iterator[Diagnostic]:
    """Every problem of the `egress` section."""
    for index, entry in enumerate(config.egress):
        for problem in (
            *_destination_problems(config, entry),
            *_kind_problems(config, entry),
            *setting_problems(config, entry),
        ):
            yield problem.within(f"egress[{index}]")
    yield from _clashes(config)
    yield from _transit_clashes(config)
    yield from _quota_problems(config)


def _clashes(config: Config) -> Iterator[Diagnostic]:
    """Two entries that lead to one destination, share an address, or whose gateways would have one name."""
    taken: dict[str, int] = {}
    for index, entry in enumerate(config.egress):
        for number, (to, destination) in enumerate(zip(entry.to, destinations(config, entry), strict=True)):
            if destination in taken:
                yield Diagnostic(
                    location=Location(path=f"egress[{index}].to" + (f"[{number}]" if len(entry.to) > 1 else "")),
                    subject=str(to),
                    message="must be led to once: an earlier entry leads there already"
                    if taken[destination] != index
                    else "must be led to once",
                    fix="keep one of the two",
                )
            taken.setdefault(destination, index)
    yield from _name_clashes(config)
    addresses: dict[str, int] = {}
    for index, entry in enumerate(config.egress):
        for id in allocations(entry):
            if addresses.setdefault(id, index) != index:
                must = f"must be of one gateway, but is given in egress[{addresses[id]}] too"
                yield Diagnostic(
                    location=Location(path=f"egress[{index}]"),
                    subject=id,
                    message=must,
                    fix="give each its own address",
                )


def _name_clashes(config: Config) -> Iterator[Diagnostic]:
    owners: dict[str, tuple[int, str | int]] = {}
    for index, entry in enumerate(config.egress):
        for gateway in gateways_of(config, entry):
            # One transit gateway may stand in several entries.
            which = str(entry.transit_gateway) if gateway.kind == "transit_gateway" else index
            owner, same = owners.setdefault(gateway.name, (index, which))
            if same != which:
                yield Diagnostic(
                    location=Location(path=f"egress[{index}].name"),
                    subject=entry.name or "",
                    message=f"must tell this entry from egress[{owner}]: both would have a gateway {gateway.name}",
                    fix="give one of the two another `name`; its gateways are named after it",
                )
                break


def _transit_clashes(config: Config) -> Iterator[Diagnostic]:
    attached: set[str] = set()
    for index, entry in enumerate(config.egress):
        if entry.transit_gateway is not None and entry.attachment_subnets is not None:
            if entry.transit_gateway in attached:
                yield Diagnostic(
                    location=Location(path=f"egress[{index}].attachment_subnets"),
                    message="must be given once: a VPC is attached to a transit gateway once",
                    fix="keep it in one of the entries",
                    source=TRANSIT_PAGE,
                )
            attached.add(entry.transit_gateway)


def _quota_problems(config: Config) -> Iterator[Diagnostic]:
    for table in route_tables(config):
        if len(table.routes) > config.vpc.route_quota:
            yield Diagnostic(
                location=Location(path="egress"),
                subject=f"{len(table.routes)} routes in one route table",
                message=f"must be at most {config.vpc.route_quota}, the quota of routes of a route table",
                fix="join destinations, use a prefix list, or have the quota raised and set vpc.route_quota",
                source=QUOTA_PAGE,
            )
            return


def _destination_problems(config: Config, entry: EgressConfig) -> Iterator[Diagnostic]:
    family = config.cluster.ip_family
    wanted = IPv4Network if family == "ipv4" else IPv6Network
    blocks = (*vpc_cidrs(config), *config.vpc.ipv6_cidrs)
    for number, to in enumerate(entry.to):
        place = "to" + (f"[{number}]" if len(entry.to) > 1 else "")
        if not isinstance(to, IPv4Network | IPv6Network):
            continue
        if not isinstance(to, wanted):
            yield Diagnostic(
                location=Location(path=place),
                subject=str(to),
                message=f"must be an {'IPv4' if family == 'ipv4' else 'IPv6'} CIDR: pods of this cluster have such "
                "addresses only (cluster.ip_family)",
                fix="correct it, or remove it",
            )
        elif not to.prefixlen:
            yield Diagnostic(
                location=Location(path=place),
                subject=str(to),
                message="must be written `internet`",
                fix="write `to: internet`",
            )
        if isinstance(to, IPv4Network) and to.prefixlen:
            yield from (problem.within(place) for problem in usable_problems(to))
        for block in blocks:
            if isinstance(to, IPv4Network) and isinstance(block, IPv4Network) and to.subnet_of(block):
                yield _inside(place, to, block)
            if isinstance(to, IPv6Network) and isinstance(block, IPv6Network) and to.subnet_of(block):
                yield _inside(place, to, block)


def _inside(place: str, to: IPv4Network | IPv6Network, block: IPv4Network | IPv6Network) -> Diagnostic:
    return Diagnostic(
        location=Location(path=place),
        subject=str(to),
        message=f"must not lie inside {block}, a block of the VPC, which every route table leads to by itself",
        fix="remove it, or widen it",
        source=VPC_CIDR_PAGE,
    )


def _kind_problems(config: Config, entry: EgressConfig) -> Iterator[Diagnostic]:
    family = config.cluster.ip_family
    if family == "ipv6" and entry.kind not in _IPV6_KINDS:
        yield Diagnostic(
            location=Location(path=entry.kind),
            message="must be a way out that IPv6 traffic can take: pods of an IPv6 cluster have no IPv4 address, and "
            "reach IPv4 destinations by their node's (advanced_networking.enable_v4_egress)",
            fix=f"use one of {', '.join(_IPV6_KINDS)}",
            source="https://docs.aws.amazon.com/eks/latest/userguide/cni-ipv6.html",
        )
    if entry.kind == "egress_only_gateway" and family == "ipv4":
        yield Diagnostic(
            location=Location(path=entry.kind),
            message="must be for an IPv6 cluster: an egress-only gateway takes IPv6 traffic, and pods here have none",
            fix="use a NAT gateway, or set cluster.ip_family",
            source=EGRESS_ONLY_PAGE,
        )
    yield from _nat_problems(entry)
    if entry.kind == "transit_gateway" and family == "ipv4":
        yield from _transit_problems(config)


def _nat_problems(entry: EgressConfig) -> Iterator[Diagnostic]:
    private = [to for to in entry.to if isinstance(to, IPv4Network) and is_private(to)]
    if entry.kind == "regional_nat_gateway" and private:
        yield Diagnostic(
            location=Location(path="to"),
            subject=", ".join(map(str, private)),
            message="must not be private addresses: a regional NAT gateway has no private connectivity",
            fix="use private_nat_gateways and a transit_gateway for them, in an entry of its own",
            source=REGIONAL_PAGE,
        )
    if entry.kind == "private_nat_gateways" and "internet" in entry.to and entry.transit_gateway is None:
        yield Diagnostic(
            location=Location(path="to"),
            subject="internet",
            message="must not be the internet: traffic of a private NAT gateway is dropped by an internet gateway",
            fix="use new_nat_gateways, or name the transit_gateway that leads to the internet",
            source=NAT_PAGE,
        )


def _transit_problems(config: Config) -> Iterator[Diagnostic]:
    for index, block in enumerate(config.pods.cidrs):
        if not block.unique:
            yield Diagnostic(
                location=Location(path="transit_gateway"),
                subject=str(block.cidr),
                message=f"must not carry pods.cidrs[{index}], which is not declared unique: where another network "
                f"behind the transit gateway uses the same addresses, as is usual of {SHARED_SPACE}, answers go "
                "there, and the second VPC's route is not propagated",
                fix="use private_nat_gateways beside transit_gateway, or write "
                f"`{{cidr: {block.cidr}, unique: true}}` if it is",
                source=TRANSIT_PAGE,
            )
