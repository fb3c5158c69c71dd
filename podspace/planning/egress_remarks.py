"""What a person should know about the ways out before they pay for them."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Final

from podspace.cidr import is_private
from podspace.diagnostic import Diagnostic
from podspace.planning.config import Config
from podspace.planning.gateways import gateways
from podspace.planning.plan import Gateway
from podspace.planning.routes import carries_traffic, keep_addresses, route_tables
from podspace.planning.subnets import zones

_ELASTIC_IPS_A_GATEWAY: Final = 2
_ELASTIC_IPS_A_REGION: Final = 5
_PRIVATE_IPS_A_GATEWAY: Final = 8
_PAID: Final = ("nat_gateway", "private_nat_gateway", "regional_nat_gateway", "transit_gateway")


def egress_remarks(config: Config) -> Iterator[Diagnostic]:
    """What does not fail, but costs, depends on something, or does nothing."""
    if config.pods.subnet_ids is not None:
        return
    made = gateways(config)
    yield from _missing_ways(config)
    yield from _idle(config, made)
    yield from _shared(config)
    yield from _nat_remarks(config, made)
    yield from _transit_remarks(config, made)


def _missing_ways(config: Config) -> Iterator[Diagnostic]:
    if config.cluster.ip_family == "ipv6" or not keep_addresses(config):
        return
    led = [to for entry in config.egress for to in entry.to]
    covered = [to for to in led if isinstance(to, IPv4Network)]
    beyond = [
        str(cidr) for cidr in (*config.vpc.peers, *config.vpc.routes) if not any(cidr.subnet_of(to) for to in covered)
    ]
    anywhere = any(entry.kind == "transit_gateway" and "internet" in entry.to for entry in config.egress)
    if beyond and not anywhere:
        yield Diagnostic(
            id="no-private-routes",
            severity="note",
            message=f"under snatPolicy Disabled pods have no route to {', '.join(beyond)} (vpc.peers, vpc.routes): "
            "their route tables hold the egress of this file and nothing else",
        )
    if not led:
        yield Diagnostic(
            id="no-way-out",
            severity="note",
            message="snatPolicy Disabled and no egress: such pods reach the VPC, its endpoints and nothing else",
        )


def _idle(config: Config, made: tuple[Gateway, ...]) -> Iterator[Diagnostic]:
    busy = {route.gateway for table in route_tables(config) for route in table.routes if route.carries_traffic}
    if carries_traffic(config) is not False or not made:
        return
    new = [gateway.name for gateway in made if gateway.new and gateway.kind in _PAID and gateway.name not in busy]
    if new or not busy:
        yield Diagnostic(
            id="idle-way-out",
            severity="warning" if new else "note",
            message="with snatPolicy Random, traffic that leaves the VPC takes the node's address and the route table "
            "of the NODE subnet, so the routes of the pod route tables carry none (inferred from the VPC CNI's "
            "documentation, not confirmed for Auto Mode)"
            + (f"; the new gateways {', '.join(new)} would cost and stand idle" if new else ""),
        )


def _shared(config: Config) -> Iterator[Diagnostic]:
    """Whether two zones leave by one gateway, written as one id or as the same id twice."""
    ways = [entry.gateways for entry in config.egress if entry.gateways]
    if len(zones(config)) > 1 and any(
        way.shared or len(set((way.ids or {}).values())) < len(way.ids or {}) for way in ways
    ):
        yield Diagnostic(
            id="shared-nat-gateway",
            severity="note",
            message=f"{', '.join(zones(config))} share a NAT gateway: unless that is a regional one, when its zone "
            "fails, pods of the other zones lose their way out too, and their traffic is charged as cross-zone traffic",
        )


def _nat_remarks(config: Config, made: tuple[Gateway, ...]) -> Iterator[Diagnostic]:
    if zonal := [gateway for gateway in made if gateway.addresses]:
        each = ", ".join(f"{gateway.name} {gateway.connections:,}" for gateway in zonal)
        yield Diagnostic(
            id="nat-connections",
            severity="note",
            message="simultaneous connections of each new NAT gateway to one destination (address, port and protocol), "
            f"55,000 for each of its addresses: {each}",
        )
    regional = [gateway for gateway in made if gateway.kind == "regional_nat_gateway" and not gateway.given_addresses]
    if regional:
        yield Diagnostic(
            id="regional-nat-gateway",
            severity="note",
            message=f"NAT gateway {regional[0].name} takes up to 60 minutes to reach a zone after its first interface; "
            "until then that zone leaves through another one it has reached, which is charged as cross-zone traffic; "
            "what happens while it has reached none is not documented",
        )
    public = [gateway for gateway in made if gateway.kind == "nat_gateway" and gateway.new]
    bought = sum(gateway.addresses for gateway in public if not gateway.given_addresses)
    most = max((gateway.addresses for gateway in public), default=0)
    if most > _ELASTIC_IPS_A_GATEWAY or bought > _ELASTIC_IPS_A_REGION:
        yield Diagnostic(
            id="elastic-ip-quota",
            severity="warning",
            message=f"{bought} new Elastic IP addresses, {most} on one NAT gateway: the quotas are "
            f"{_ELASTIC_IPS_A_REGION} a region (L-0263D0A3) and {_ELASTIC_IPS_A_GATEWAY} a NAT gateway unless they "
            "were raised",
        )
    private_most = max((gateway.addresses for gateway in made if gateway.kind == "private_nat_gateway"), default=0)
    if private_most > _PRIVATE_IPS_A_GATEWAY:
        yield Diagnostic(
            id="private-ip-quota",
            severity="warning",
            message=f"{private_most} addresses on one private NAT gateway: the quota is {_PRIVATE_IPS_A_GATEWAY} "
            "unless it was raised",
        )
    for entry in config.egress:
        private = [str(to) for to in entry.to if isinstance(to, IPv4Network) and is_private(to)]
        if private and entry.kind == "new_nat_gateways":
            yield Diagnostic(
                id="public-nat-private-range",
                severity="note",
                message=f"{', '.join(private)} are reached by public NAT gateways: the route tables of their subnets "
                "must lead there, since an internet gateway drops such traffic",
            )


def _transit_remarks(config: Config, made: tuple[Gateway, ...]) -> Iterator[Diagnostic]:
    if not any(gateway.kind == "transit_gateway" for gateway in made):
        return
    if any(gateway.kind == "private_nat_gateway" for gateway in made):
        blocks = ", ".join(str(block.cidr) for block in config.pods.cidrs if not block.unique)
        yield Diagnostic(
            id="transit-gateway-propagation",
            severity="note",
            message=f"a VPC attachment propagates every block of the VPC, also {blocks}, which no other network should "
            "learn: use static routes to the routable blocks in the transit gateway's route table, or turn "
            "propagation off there (inferred)",
        )
    if any(gateway.kind == "transit_gateway" and gateway.new for gateway in made):
        yield Diagnostic(
            id="transit-gateway-acceptance",
            severity="note",
            message="where the transit gateway is another account's and does not accept attachments by itself, the "
            "deployment waits for, and its routes fail without, their acceptance (inferred)",
        )
