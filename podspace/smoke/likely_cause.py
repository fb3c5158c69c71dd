"""The likely cause of a connection that fails, by how it fails and by what the plan has for its destination."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

from podspace.cidr import is_private
from podspace.planning import NatGateway, Plan, Route
from podspace.planning.egress.regional_nat_gateway import RegionalNatGateway
from podspace.planning.egress.routes import INTERNET
from podspace.smoke.expected_routes import route_table, routed_by, routes_to
from podspace.smoke.probe import Probe

GROUPS_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html"
ACL_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html"
ROUTES_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html"
DNS_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html"
IPV6_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/cni-ipv6.html"

FAILURES: Final[Mapping[str, str]] = {
    "timeout": "does not answer within 5 seconds",
    "refused": "refuses the connection",
    "unreachable": "is not reachable: the network answers that there is no route",
    "no-name": "has no address: its name does not resolve",
}
"""Each outcome of a connection that failed, in words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LikelyCause:
    """Why a connection fails, as far as that can be inferred, and what to do."""

    cause: str
    fix: str
    source: str


def address_of(text: str) -> IPv4Address | IPv6Address | None:
    """The address in a text; None if it has none."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def in_vpc(plan: Plan, address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is in a CIDR block of the VPC."""
    cidrs: list[IPv4Network | IPv6Network] = [*plan.vpc.cidrs, *plan.vpc.ipv6_cidrs]
    return any(address in cidr for cidr in cidrs)


def is_private_address(plan: Plan, address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is in the VPC, or the internet has no route to it."""
    return in_vpc(plan, address) or (isinstance(address, IPv4Address) and is_private(IPv4Network(address)))


def likely_cause(plan: Plan, probe: Probe, outcome: str, address: IPv4Address | IPv6Address | None) -> LikelyCause:
    """The likely cause of a TCP connection that failed.

    Args:
        plan: of the network.
        probe: that tried it.
        outcome: one of `FAILURES`.
        address: of the destination, as the probe resolved it; None if it is not known.
    """
    if outcome == "no-name":
        return LikelyCause(
            cause="the name is wrong, or the resolver does not have it: DNS resolution of the VPC, a private hosted "
            "zone that is not associated with the VPC, or a rule of the Resolver",
            fix="check the name from another machine in the VPC; associate its private hosted zone with the VPC",
            source=DNS_PAGE,
        )
    if outcome == "refused":
        return LikelyCause(
            cause="packets arrive and are answered, so routes and security groups admit them: nothing listens on the "
            "port, or a firewall rejects the connection",
            fix="check the port, and that the server listens on it",
            source="",
        )
    if isinstance(address, IPv6Address) and plan.cluster.ip_family != "ipv6":
        return LikelyCause(
            cause="the pods of an IPv4 cluster have no IPv6 address",
            fix="give the destination an IPv4 address, and try that",
            source=IPV6_PAGE,
        )
    if address is not None and in_vpc(plan, address):
        return _inside()
    return _outside(plan, probe, address)


def _only_internet(plan: Plan, route: Route) -> bool:
    """Whether a route is a default route to a public NAT gateway."""
    gateway = plan.pods.gateway(route.gateway)
    return route.destination == INTERNET[4] and isinstance(gateway, NatGateway | RegionalNatGateway)


def _inside() -> LikelyCause:
    return LikelyCause(
        cause="routes inside the VPC are always there, so a security group or a network ACL drops the packets",
        fix="admit the security group of the pods, or their CIDR blocks, in the security group of the destination; "
        "check the egress rules of the pods' group, and the network ACLs of both subnets in both directions",
        source=GROUPS_PAGE,
    )


def _outside(plan: Plan, probe: Probe, address: IPv4Address | IPv6Address | None) -> LikelyCause:
    version = address.version if address else 4
    side = routed_by(plan, probe, version=version)
    of = f"the {side} subnet (snatPolicy {probe.snat_policy})"
    table = route_table(plan, probe, version=version)
    routes = routes_to(table, address) if table and address else ()
    if table and address and not routes:
        return LikelyCause(
            cause=f"traffic follows the route table of {of}, and the plan has no route to the destination there",
            fix="add an entry with this destination to egress, deploy, and try again",
            source=ROUTES_PAGE,
        )
    gateways = [plan.pods.gateway(route.gateway).full_name for route in routes]
    private = address is not None and is_private_address(plan, address)
    if private and routes and all(_only_internet(plan, route) for route in routes):
        return LikelyCause(
            cause=f"traffic follows the route table of {of}, where only the default route to a NAT gateway has this "
            "private address; the internet gateway behind it drops such traffic",
            fix="add an entry with the network of the destination to egress, such as by transit_gateway or "
            "vpc_peering_connection, deploy, and try again",
            source=ROUTES_PAGE,
        )
    way = f", which routes it to {' or '.join(gateways)}" if gateways else ""
    unread = "" if table else "; the plan does not have its routes: check that there is one to the destination"
    return LikelyCause(
        cause=f"traffic follows the route table of {of}{way}{unread}: a route, its target or a network behind that, an "
        f"egress rule of the security group of the {side}s, or a network ACL drops the packets",
        fix="check the route and the state of its target, the route back, the egress rules of that group, and the "
        "network ACLs of the subnet and of the gateway's subnet (answers arrive at ports 1024 to 65535)",
        source=ROUTES_PAGE if not gateways else ACL_PAGE,
    )
