"""What routes lead to: NAT gateways of every kind, transit gateways, egress-only gateways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from podspace.planning.config import SHARED, Config, EgressConfig
from podspace.planning.naming import tags_named
from podspace.planning.plan import Gateway, GatewayKind
from podspace.planning.subnets import zones

_KINDS: dict[str, GatewayKind] = {
    "nat_gateways": "nat_gateway",
    "new_nat_gateways": "nat_gateway",
    "regional_nat_gateway": "regional_nat_gateway",
    "private_nat_gateways": "private_nat_gateway",
    "transit_gateway": "transit_gateway",
    "egress_only_gateway": "egress_only_gateway",
}
_PREFIX = {"private_nat_gateways": "private-"}
_ALONE = {
    "regional_nat_gateway": "regional",
    "transit_gateway": "transit-gateway",
    "egress_only_gateway": "egress-only-gateway",
}


def gateway_name(config: Config, entry: EgressConfig, zone: str) -> str:
    """The plan's name for the gateway that a zone's pods reach by this entry."""
    if entry.kind == "transit_gateway":
        return transit_gateway_name(config, entry)
    if entry.gateways is None:
        return entry.name or _ALONE[entry.kind]
    place = SHARED if entry.gateways.shared else zone
    return f"{entry.name}-{place}" if entry.name else f"{_PREFIX.get(entry.kind, '')}{place}"


def transit_gateway_name(config: Config, entry: EgressConfig) -> str:
    """The plan's name for an entry's transit gateway, the same in every entry that names it.

    It is that of the entry that makes the attachment, so that it stays when another one is put before it.
    """
    those = [other for other in config.egress if other.transit_gateway == entry.transit_gateway]
    same = next((other for other in those if other.attachment_subnets is not None), those[0])
    return f"{same.name}-transit-gateway" if same.name else _ALONE["transit_gateway"]


def gateways(config: Config) -> tuple[Gateway, ...]:
    """Every gateway on a way out, each once."""
    found: dict[str, Gateway] = {}
    for entry in config.egress:
        for gateway in gateways_of(config, entry):
            known = found.get(gateway.name)
            # A transit gateway of several entries is attached once, by whichever entry says so.
            if known is None or (gateway.kind == "transit_gateway" and gateway.new and not known.new):
                found[gateway.name] = gateway
    return tuple(found.values())


def allocations(entry: EgressConfig) -> Iterator[str]:
    """The Elastic IP addresses an entry names."""
    for by_zone in (entry.allocation_ids, entry.regional_nat_gateway):
        if isinstance(by_zone, Mapping):
            for ids in by_zone.values():
                yield from ids


def gateways_of(config: Config, entry: EgressConfig) -> Iterator[Gateway]:
    """The gateways of one entry, a transit gateway where it names one."""
    if entry.kind != "transit_gateway":
        for zone in (SHARED,) if entry.gateways is None or entry.gateways.shared else zones(config):
            yield _gateway(config, entry, zone)
    if entry.transit_gateway is not None:
        name = transit_gateway_name(config, entry)
        yield Gateway(
            name=name,
            kind="transit_gateway",
            new=entry.attachment_subnets is not None,
            zones=zones(config) if entry.attachment_subnets is not None else (),
            ipv6=config.cluster.ip_family == "ipv6",
            tags=_tags(config, name),
        )


def _gateway(config: Config, entry: EgressConfig, zone: str) -> Gateway:
    name = gateway_name(config, entry, zone)
    regional = entry.regional_nat_gateway
    given = entry.allocation_ids is not None or (regional is not None and regional != "automatic")
    addresses = entry.addresses or 1
    if isinstance(entry.allocation_ids, Mapping):
        addresses = len(entry.allocation_ids.get(zone, ()))
    zonal = entry.kind in {"new_nat_gateways", "private_nat_gateways"}
    return Gateway(
        name=name,
        kind=_KINDS[entry.kind],
        new=zonal or entry.kind == "regional_nat_gateway" or entry.egress_only_gateway == "new",
        zones=() if zone == SHARED and not (regional and given) else zones(config) if regional else (zone,),
        addresses=addresses if zonal else 0,
        given_addresses=given,
        onward=transit_gateway_name(config, entry) if entry.transit_gateway is not None else "",
        tags=_tags(config, name),
    )


def _tags(config: Config, name: str) -> dict[str, str]:
    return tags_named(config, f"{config.cluster.name}-{config.name}-{name}")
