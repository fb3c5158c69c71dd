"""Routes out of the VPC for pods, and endpoints that they reach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network

from pydantic import JsonValue

from podspace.live.aws.group import Endpoint
from podspace.proposal.choice import Choice
from podspace.proposal.survey import Survey

_HTTPS = 443
_USE = "used by pods with snatPolicy Disabled; with Random, pods use the routes of their nodes"


def egress(found: Survey, zones: Sequence[str]) -> Choice:
    """The egress of pods that keep their address: existing NAT gateways."""
    by_zone: dict[str, JsonValue] = {}
    regional = [nat.nat_gateway_id for nat in found.nat_gateways if nat.availability_mode == "regional"]
    for nat in found.nat_gateways:
        zone = found.network.zone_of(nat)
        if zone in zones and nat.availability_mode == "zonal":
            by_zone.setdefault(zone, nat.nat_gateway_id)
    if set(by_zone) >= set(zones):
        gateways: JsonValue = {zone: by_zone[zone] for zone in zones}
        return _internet(gateways, f"the existing NAT gateway of each zone; {_USE}")
    if regional:
        return _internet(regional[0], f"the existing regional NAT gateway; {_USE}")
    if by_zone:
        zone, nat_id = next(iter(by_zone.items()))
        return _internet(nat_id, f"the NAT gateway of {zone} for all zones, as not every zone has one; {_USE}")
    return Choice(
        value=[],
        why=f"no public NAT gateway is in these zones; pods use the routes of their nodes: {_node_egress(found)}",
    )


def _internet(gateways: JsonValue, why: str) -> Choice:
    return Choice(value=[{"to": "internet", "nat_gateways": gateways}], why=why)


def _node_egress(found: Survey) -> str:
    """The targets of the default routes of the node subnets, in words."""
    defaults = [route for route in found.node_routes if route.to_cidr == "0.0.0.0/0"]
    targets = {
        each.nat_gateway_id or each.transit_gateway_id or each.gateway_id or "another target" for each in defaults
    }
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
        and not all(groups[each.group_id].lets_in(block, port=_HTTPS) for block in blocks)
    }
    why = "security groups of endpoints that do not admit the pods' addresses yet"
    return Choice(value=[*sorted(closed)], why=why) if closed else None


def _available(found: Survey) -> Iterator[Endpoint]:
    endpoints = found.known("endpoints", lambda: found.network.endpoints) or ()
    return (each for each in endpoints if each.state in {"available", "pending", ""})
