"""VPC peering connections that routes have as their target."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import Final

from podspace.cidr import is_within
from podspace.deployment import Deployment
from podspace.diagnostic import Diagnostic, Location, error, ok, warning
from podspace.live.aws.network import Network
from podspace.live.aws.vpc import PeerVpc
from podspace.planning import id_of
from podspace.planning.egress.vpc_peering_connection import DNS_PAGE, PEERING_PAGE, VpcPeeringConnection

_CHECK: Final = "peering-connections"


def peering_connections(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """The VPC peering connections of routes are active, and the other VPC has the destinations."""
    for gateway in deployment.plan.pods.gateways:
        if isinstance(gateway, VpcPeeringConnection) and (id := id_of(gateway.origin)):
            yield from _connection(deployment, network, gateway, id)


def _connection(
    deployment: Deployment, network: Network, gateway: VpcPeeringConnection, id: str
) -> Iterator[Diagnostic]:
    found = next((each for each in network.peerings if each.peering_id == id), None)
    if found is None:
        text = f"{id} is not a VPC peering connection of {network.vpc_id}, or is deleted"
        yield error(_CHECK, id, text, fix=f"correct {gateway.place}")
        return
    if found.status.code != "active":
        yield error(_CHECK, id, f"{id} is {found.status.code}", fix="have it accepted, then run preflight again")
        return
    peer = found.peer_of(network.vpc_id)
    routes = [route for table in deployment.plan.pods.route_tables for route in table.routes]
    for to in dict.fromkeys(route.destination for route in routes if route.gateway == gateway.name):
        yield _destination(gateway, id, peer, to)
    if peer.options.dns is False:
        yield Diagnostic(
            id=_CHECK,
            severity="note",
            subject=id,
            location=Location(path=gateway.place),
            message=f"DNS resolution is off at the side of {peer.vpc_id}: public DNS names of its instances resolve to "
            "public addresses, to which this connection is no route",
            fix="have its owner switch it on if pods use such names",
            source=DNS_PAGE,
        )


def _destination(gateway: VpcPeeringConnection, id: str, peer: PeerVpc, to: str) -> Diagnostic:
    """Whether the other VPC has every address of a destination."""
    where = f"{id}, {to}"
    if to.startswith("pl-"):
        list_fix = f"`aws ec2 get-managed-prefix-list-entries --prefix-list-id {to}`"
        return _not_known(gateway, where, f"the entries of {to}, which are not read", fix=list_fix)
    destination = ip_network(to)
    blocks = _blocks(peer, destination)
    if not blocks:
        owner_fix = f"ask the owner of {peer.vpc_id} for its CIDR blocks"
        return _not_known(gateway, where, f"the CIDR blocks of {peer.vpc_id}, which are not shown", fix=owner_fix)
    shown = ", ".join(map(str, blocks))
    if any(is_within(destination, block) for block in blocks):
        return ok(_CHECK, where, f"is in {shown} of {peer.vpc_id}")
    if any(is_within(block, destination) for block in blocks):
        text = f"{to} is more than {peer.vpc_id} has ({shown}); the rest of it is not reached"
        return warning(_CHECK, where, text, fix="write its CIDR blocks as `to`", source=PEERING_PAGE)
    text = f"{peer.vpc_id} has {shown}, and not {to}; peering is not transitive"
    fix = f"correct `to` of {gateway.place.rpartition('.')[0]}, or use a transit gateway"
    return error(_CHECK, where, text, fix=fix, source=PEERING_PAGE)


def _blocks(peer: PeerVpc, to: IPv4Network | IPv6Network) -> tuple[IPv4Network | IPv6Network, ...]:
    """The CIDR blocks of the other VPC of the family of a destination; neighbours are joined."""
    if isinstance(to, IPv4Network):
        return tuple(collapse_addresses(peer.cidrs))
    return tuple(collapse_addresses(block.cidr for block in peer.ipv6_cidr_block_set))


def _not_known(gateway: VpcPeeringConnection, where: str, what: str, *, fix: str) -> Diagnostic:
    return Diagnostic(
        id=_CHECK,
        severity="unknown",
        subject=where,
        location=Location(path=gateway.place),
        message=f"whether the other VPC has this destination depends on {what}",
        fix=fix,
        source=PEERING_PAGE,
    )
