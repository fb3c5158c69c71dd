"""The gateways of a plan, part by part, with the ids of what they stand in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from podspace.growth.part import Part
from podspace.planning import SHARED, Gateway, NetworkFile
from podspace.planning.gateways import gateway_name, transit_gateway_name

_PUBLIC_OR_PRIVATE = {"nat_gateway": "public", "private_nat_gateway": "private", "regional_nat_gateway": "public"}
_KINDS = {"transit_gateway": "transit gateway", "egress_only_gateway": "egress-only gateway"}
_MADE_HERE = "made here"


def gateway_parts(file: NetworkFile) -> Iterator[Part]:
    """The gateways that are made, their addresses, and attachments to transit gateways."""
    for gateway in file.plan.pods.gateways:
        if not gateway.new:
            continue
        if gateway.kind == "transit_gateway":
            yield _attachment(file, gateway)
        elif gateway.kind == "egress_only_gateway":
            yield Part(what="egress-only gateway")
        else:
            yield from _nat_gateway(file, gateway)


def target(file: NetworkFile, name: str) -> str:
    """What a route leads to, in words: the id of a gateway that exists, or which one is made."""
    gateway = next(gateway for gateway in file.plan.pods.gateways if gateway.name == name)
    kind = _KINDS.get(gateway.kind, "NAT gateway")
    if gateway.kind == "transit_gateway" or not gateway.new:
        return f"{kind} {_ids(file)[name]}"
    return f"new {kind}" if gateway.kind == "egress_only_gateway" else f"new {kind} {name}"


def _nat_gateway(file: NetworkFile, gateway: Gateway) -> Iterator[Part]:
    given = _allocations(file).get(gateway.name, {})
    regional = gateway.kind == "regional_nat_gateway"
    zonal = tuple(id for ids in given.values() for id in ids)
    yield Part(
        what="NAT gateway",
        name=gateway.name,
        fixed={
            "kind": f"{'regional' if regional else 'zonal'} {_PUBLIC_OR_PRIVATE[gateway.kind]}",
            "subnet": "" if regional else _subnet(file, gateway),
            "first address": "" if regional else (*zonal, _MADE_HERE)[0],
        },
        free={
            "addresses": tuple(f"{id} in {zone}" for zone, ids in given.items() for id in ids)
            if regional
            else zonal or str(gateway.addresses)
        },
    )
    if gateway.kind == "nat_gateway" and not gateway.given_addresses:
        for number in range(1, gateway.addresses + 1):
            yield Part(what="Elastic IP address", name=gateway.name + (f"-{number}" if number > 1 else ""))


def _attachment(file: NetworkFile, gateway: Gateway) -> Part:
    subnets = {
        zone: subnet
        for entry in file.config.egress
        if isinstance(entry.attachment_subnets, Mapping) and transit_gateway_name(file.config, entry) == gateway.name
        for zone, subnet in entry.attachment_subnets.items()
    }
    return Part(
        what="transit gateway attachment",
        name=gateway.name,
        fixed={"transit gateway": _ids(file)[gateway.name]},
        free={
            "subnets": tuple(subnets.get(zone) or first_subnet(file, zone, "nodes") for zone in gateway.zones),
            "IPv6": "on" if gateway.ipv6 else "off",
        },
    )


def _subnet(file: NetworkFile, gateway: Gateway) -> str:
    if file.plan.vpc is None:
        return _ids(file)[gateway.name]
    zone = next(iter(gateway.zones or file.plan.pods.zones))
    return first_subnet(file, zone, "public" if gateway.kind == "nat_gateway" else "nodes")


def first_subnet(file: NetworkFile, zone: str, role: Literal["public", "nodes"]) -> str:
    """The first of a zone's subnets, where things stand that need one: its CIDR where it is made here, else its id."""
    if file.plan.vpc is None:
        return (file.config.vpc.node_subnets or {}).get(zone, ("",))[0]
    made = [subnet for subnet in file.plan.vpc.subnets if (subnet.zone, subnet.role) == (zone, role)]
    return str(made[0].cidr) if made else ""


def _ids(file: NetworkFile) -> Mapping[str, str]:
    """What the file names for a gateway: itself, where it exists, or the subnet a new one stands in."""
    config = file.config
    found: dict[str, str] = {}
    for entry in config.egress:
        if entry.gateways:
            found |= {gateway_name(config, entry, zone): id for zone, id in (entry.gateways.ids or {}).items()}
        if entry.egress_only_gateway:
            found[gateway_name(config, entry, SHARED)] = entry.egress_only_gateway
        if entry.transit_gateway:
            found[transit_gateway_name(config, entry)] = entry.transit_gateway
    return found


def _allocations(file: NetworkFile) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """The Elastic IP addresses that are given, by gateway and zone."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for entry in file.config.egress:
        for by_zone in (entry.regional_nat_gateway, entry.allocation_ids):
            for zone, ids in by_zone.items() if isinstance(by_zone, Mapping) else ():
                found.setdefault(gateway_name(file.config, entry, zone), {})[zone] = ids
    return found
