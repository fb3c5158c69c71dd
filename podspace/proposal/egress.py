"""Routes out of the VPC for pods, and endpoints that they reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network

from pydantic import JsonValue

from podspace.live.aws.group import Endpoint
from podspace.live.aws.routing import NatGateway
from podspace.proposal.choice import Choice
from podspace.proposal.node_subnets import NodeSubnets
from podspace.proposal.survey import Survey, target

_HTTPS = 443
_USE = "used by pods with snatPolicy Disabled; with Random, pods use the routes of their nodes"


def egress(found: Survey, nodes: NodeSubnets, zones: Sequence[str]) -> Choice:
    """The egress of pods that keep their address: existing NAT gateways, those that the nodes of the zone use first.

    Args:
        found: the existing VPC and cluster.
        nodes: the subnets of the nodes.
        zones: the zones of the pods.
    """
    read = found.known("egress", lambda: found.network.nat_gateways)
    if read is None:
        why = f"NAT gateways could not be read; pods use the routes of their nodes: {_node_egress(found, nodes)}"
        return Choice(value=[], why=why)
    usable = {id: each for id, each in sorted(read.items()) if _usable(each)}
    routed = {zone: nat for zone in zones if (nat := _routed(found, nodes.by_zone.get(zone, ()), usable))}
    by_zone = {zone: nat for zone in zones if (nat := routed.get(zone) or _of_zone(found, zone, usable))}
    if not by_zone:
        why = "no public NAT gateway is in these zones; pods use the routes of their nodes"
        return Choice(value=[], why=f"{why}: {_node_egress(found, nodes)}")
    first = next(iter(by_zone.values()))
    chosen: dict[str, JsonValue] = {zone: by_zone.get(zone, first).nat_gateway_id for zone in zones}
    unrouted = [zone for zone in zones if zone not in routed]
    if len(set(map(str, chosen.values()))) == 1:
        return _internet(first.nat_gateway_id, f"{_for_all(found, first, unrouted)}; {_USE}")
    why = "the NAT gateway that the node subnets of each zone route to"
    if unrouted:
        why += f", except in {', '.join(unrouted)}, where they route to no available public one"
    return _internet(chosen, f"{why}; {_USE}")


def _usable(nat: NatGateway) -> bool:
    return nat.state == "available" and nat.connectivity_type == "public"


def _routed(found: Survey, subnets: Sequence[str], usable: Mapping[str, NatGateway]) -> NatGateway | None:
    """The NAT gateway that the default routes of some subnets have as their target."""
    routes = (route for id in subnets if (route := found.default_route(id)))
    return next((usable[route.nat_gateway_id] for route in routes if route.nat_gateway_id in usable), None)


def _of_zone(found: Survey, zone: str, usable: Mapping[str, NatGateway]) -> NatGateway | None:
    """The NAT gateway in a zone, or a regional one."""
    zonal = (nat for nat in usable.values() if nat.availability_mode == "zonal" and found.network.zone_of(nat) == zone)
    regional = (nat for nat in usable.values() if nat.availability_mode == "regional")
    return next(zonal, None) or next(regional, None)


def _for_all(found: Survey, nat: NatGateway, unrouted: Sequence[str]) -> str:
    if nat.availability_mode == "regional":
        return "the existing regional NAT gateway"
    why = f"as {', '.join(unrouted)} has no other" if unrouted else "as the node subnets route to it"
    return f"the NAT gateway of {found.network.zone_of(nat)} for all zones, {why}"


def _internet(gateways: JsonValue, why: str) -> Choice:
    return Choice(value=[{"to": "internet", "nat_gateways": gateways}], why=why)


def _node_egress(found: Survey, nodes: NodeSubnets) -> str:
    """The targets of the default routes of the node subnets, in words."""
    targets = {target(route) for id in nodes.ids if (route := found.default_route(id))}
    return f"default route to {', '.join(sorted(targets))}" if targets else "no default route"


def gateway_endpoints(found: Survey) -> Choice | None:
    """Gateway endpoints on the pod route tables, for the services of the VPC's own gateway endpoints."""
    services = sorted(
        {
            each.service_name.rpartition(".")[2]
            for each in _available(found)
            if each.endpoint_type == "Gateway" and each.service_name.endswith((".s3", ".dynamodb"))
        }
    )
    why = "the VPC has such endpoints on other route tables; those on the pod route tables cost nothing"
    return Choice(value=[*services], why=why) if services else None


def closed_groups(found: Survey, blocks: Sequence[IPv4Network]) -> Choice | None:
    """The security groups of interface endpoints that do not admit the addresses of the pods."""
    own = found.cluster.vpc.cluster_security_group_id
    groups = found.known("endpoints", lambda: found.network.groups) or {}
    closed = {
        each.group_id
        for endpoint in _available(found)
        if endpoint.endpoint_type == "Interface" and endpoint.service_name.startswith("com.amazonaws.")
        for each in endpoint.groups
        if each.group_id != own
        and each.group_id in groups
        and not all(_HTTPS in groups[each.group_id].ports_for(block) for block in blocks)
    }
    why = "security groups of endpoints that do not admit the pods' addresses yet"
    return Choice(value=[*sorted(closed)], why=why) if closed else None


def _available(found: Survey) -> Iterator[Endpoint]:
    endpoints = found.known("endpoints", lambda: found.network.endpoints) or ()
    return (each for each in endpoints if each.state in {"available", "pending", ""})
