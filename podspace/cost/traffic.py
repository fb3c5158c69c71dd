"""What each GB costs, by every way out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from podspace.planning import Config, Plan
from podspace.planning.config import EgressConfig
from podspace.planning.gateways import gateways_of
from podspace.planning.subnets import zones

_KINDS: Final = {
    "nat_gateways": ("NAT gateways", "nat_gateway_gb"),
    "new_nat_gateways": ("NAT gateways", "nat_gateway_gb"),
    "regional_nat_gateway": ("regional NAT gateway", "regional_nat_gateway_gb"),
    "private_nat_gateways": ("private NAT gateways", "nat_gateway_gb"),
    "transit_gateway": ("transit gateway", "transit_gateway_gb"),
    "egress_only_gateway": ("egress-only gateway", ""),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Traffic:
    """A way out.

    Attributes:
        to: where it leads, as in the config.
        by: its gateways, in words.
        parts: the keys of the prices a GB costs, and how many times each.
        carries_traffic: whether pods send anything by it; None where that depends on another file.
    """

    to: tuple[str, ...]
    by: str
    parts: tuple[tuple[str, float], ...]
    carries_traffic: bool | None


def traffic(config: Config, plan: Plan) -> Iterator[Traffic]:
    """Every way out, in the order of the config; and interface endpoints that are made here."""
    for entry in config.egress:
        yield Traffic(
            to=tuple(map(str, entry.to)),
            by=_words(entry),
            parts=tuple(_parts(config, entry)),
            carries_traffic=_carries(config, plan, entry),
        )
    if plan.endpoints and plan.endpoints.interfaces:
        parts = (("interface_endpoint_gb", 1.0),)
        yield Traffic(to=("AWS services",), by="interface endpoints", parts=parts, carries_traffic=True)


def _words(entry: EgressConfig) -> str:
    words, _ = _KINDS[entry.kind]
    if entry.gateways and entry.gateways.shared:
        words = f"one {words.removesuffix('s')} for all zones"
    return f"{words}, then transit gateway" if entry.gateways and entry.transit_gateway else words


def _parts(config: Config, entry: EgressConfig) -> Iterator[tuple[str, float]]:
    _, price = _KINDS[entry.kind]
    if price:
        yield price, 1
    if entry.gateways and entry.transit_gateway:
        yield "transit_gateway_gb", 1
    count = len(zones(config))
    if entry.gateways and entry.gateways.shared and count > 1:
        # Pods spread evenly: all zones but the gateway's own send to another zone, which both ends pay for.
        yield "cross_zone_gb", 2 * (count - 1) / count
    if "internet" in entry.to and entry.transit_gateway is None:
        yield "internet_gb", 1


def _carries(config: Config, plan: Plan, entry: EgressConfig) -> bool | None:
    ours = {gateway.name for gateway in gateways_of(config, entry)}
    carried = [
        route.carries_traffic for table in plan.pods.route_tables for route in table.routes if route.gateway in ours
    ]
    return True if True in carried else None if None in carried else False
