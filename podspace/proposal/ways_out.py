"""The ways out chosen for pods, and the endpoints that they reach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network

from pydantic import JsonValue

from podspace.live.aws.group import Endpoint
from podspace.proposal.choice import Choice
from podspace.proposal.survey import Survey

_HTTPS = 443
_IDLE = "idle under snatPolicy Random, where pods leave as their nodes do; taken under Disabled"


def egress(found: Survey, zones: Sequence[str]) -> Choice:
    """The way out of pods that keep their address, by NAT gateways that exist."""
    by_zone: dict[str, JsonValue] = {}
    regional = [nat.nat_gateway_id for nat in found.nat_gateways if nat.availability_mode == "regional"]
    for nat in found.nat_gateways:
        zone = found.network.zone_of(nat)
        if zone in zones and nat.availability_mode == "zonal":
            by_zone.setdefault(zone, nat.nat_gateway_id)
    if set(by_zone) >= set(zones):
        gateways: JsonValue = {zone: by_zone[zone] for zone in zones}
        return _way(gateways, f"a NAT gateway that exists in each zone; {_IDLE}")
    if regional:
        return _way(regional[0], f"the regional NAT gateway that exists; {_IDLE}")
    if by_zone:
        zone, nat_id = next(iter(by_zone.items()))
        return _way(nat_id, f"the NAT gateway of {zone} for all zones, as not every zone has one; {_IDLE}")
    return Choice(
        value=[], why=f"no public NAT gateway is in these zones; pods leave as their nodes do: {_leads(found)}"
    )


def _way(gateways: JsonValue, why: str) -> Choice:
    return Choice(value=[{"to": "internet", "nat_gateways": gateways}], why=why)


def _leads(found: Survey) -> str:
    """Where the default route of the node subnets leads."""
    defaults = [route for route in found.node_routes if route.to_cidr == "0.0.0.0/0"]
    ways = sorted(
        {each.nat_gateway_id or each.transit_gateway_id or each.gateway_id or "another way" for each in defaults}
    )
    return f"by {', '.join(ways)}" if ways else "not to the internet at all"


def gateway_endpoints(found: Survey) -> Choice | None:
    """Gateway endpoints for the pod route tables, of the services that the VPC has some for."""
    services = sorted(
        {
            each.service_name.rpartition(".")[2]
            for each in _available(found)
            if each.endpoint_type == "Gateway" and each.service_name.endswith((".s3", ".dynamodb"))
        }
    )
    why = "the VPC has such endpoints on other route tables; those of the pods get their own, which cost nothing"
    return Choice(value=[*services], why=why) if services else None


def closed_groups(found: Survey, blocks: Sequence[IPv4Network]) -> Choice | None:
    """The groups of interface endpoints that let the VPC's nodes in, but not its pods."""
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
    why = "groups of endpoints that let nodes in, and not yet the pods' addresses"
    return Choice(value=[*sorted(closed)], why=why) if closed else None


def _available(found: Survey) -> Iterator[Endpoint]:
    endpoints = found.known("endpoints", lambda: found.network.endpoints) or ()
    return (each for each in endpoints if each.state in {"available", "pending", ""})
