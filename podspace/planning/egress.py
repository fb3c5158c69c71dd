"""Ways out: the NAT gateways and routes of every zone."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Final

from podspace.planning.config import SHARED, Config
from podspace.planning.naming import tags_named
from podspace.planning.plan import NatGateway, Remark, Route, RouteTable
from podspace.planning.subnets import zones
from podspace.problem import Problem, place_of

INTERNET: Final = IPv4Network("0.0.0.0/0")


def nat_gateways(config: Config) -> tuple[NatGateway, ...]:
    """The NAT gateways on a way out, one a zone or one that all share."""
    return tuple(
        NatGateway(
            name=name,
            new=entry.kind == "new_nat_gateways",
            tags=tags_named(config, f"{config.cluster.name}-{config.name}-{name}"),
        )
        for entry in config.egress
        for name in ((SHARED,) if entry.gateways.shared else zones(config))
    )


def route_tables(config: Config) -> tuple[RouteTable, ...]:
    """One route table a zone, with a default route through the zone's own or the shared gateway."""
    gateways = {gateway.name for gateway in nat_gateways(config)}
    carries = any(node_class.snat_policy == "Disabled" for node_class in config.node_classes)
    return tuple(
        RouteTable(
            zone=zone,
            routes=tuple(
                Route(destination=INTERNET, nat_gateway=name, carries_traffic=carries)
                for name in (zone, SHARED)
                if name in gateways
            ),
            tags=tags_named(config, f"Internal/pods-{zone}"),
        )
        for zone in zones(config)
    )


def egress_problems(config: Config) -> Iterator[Problem]:
    """Ways out that do not fit the zones, or each other."""
    for index, entry in enumerate(config.egress):
        kind, gateways = entry.kind, entry.gateways
        if index:
            yield Problem(
                place=f"egress[{index}].to",
                value=entry.to,
                must="must be led to once: an earlier entry leads there already",
                fix="keep one of the two",
            )
        if gateways.shared or gateways.ids is None:
            continue
        what = "a NAT gateway" if kind == "nat_gateways" else "a public subnet for its new NAT gateway"
        for zone in zones(config):
            if zone not in gateways.ids:
                yield Problem(
                    place=f"egress[{index}].{kind}",
                    must=f"must name {what} for every pod zone, but has none for {zone}",
                    fix=f"add {zone}, or give one id in place of the map for one gateway that every zone shares",
                )
        for zone, id in gateways.ids.items():
            first = next(other for other, same in gateways.ids.items() if same == id)
            if kind == "new_nat_gateways" and first != zone:
                yield Problem(
                    place=place_of(("egress", index, kind, zone)),
                    value=id,
                    must=f"must be a public subnet in {zone}, but stands for {first} already: a subnet is in one zone",
                    fix="name the public subnet of the zone, or give one id in place of the map for a shared gateway",
                )
            if zone not in zones(config):
                yield Problem(
                    place=place_of(("egress", index, kind, zone)),
                    value=id,
                    must=f"must be for a pod zone, which are {', '.join(zones(config))}",
                    fix="remove it, or add the zone to the pods",
                )


def _shares_a_gateway(config: Config) -> bool:
    """Whether two zones leave by one gateway, written as one id or as the same id twice."""
    ways = [entry.gateways for entry in config.egress]
    return len(zones(config)) > 1 and any(
        way.shared or len(set((way.ids or {}).values())) < len(way.ids or {}) for way in ways
    )


def egress_remarks(config: Config) -> Iterator[Remark]:
    """What a person should know about the ways out before they pay for them."""
    policies = {node_class.snat_policy or "Random" for node_class in config.node_classes}
    made = nat_gateways(config)
    beyond = [str(cidr) for cidr in (*config.vpc.peers, *config.vpc.routes)]
    if beyond and "Disabled" in policies and config.pods.subnet_ids is None:
        yield Remark(
            id="no-private-routes",
            level="note",
            text=f"under snatPolicy Disabled pods have no route to {', '.join(beyond)} (vpc.peers, vpc.routes): their "
            "route tables hold the egress of this file and nothing else",
        )
    if not made and not config.pods.subnet_ids and "Disabled" in policies:
        yield Remark(
            id="no-way-out",
            level="note",
            text="snatPolicy Disabled and no egress: pods of such a NodeClass reach the VPC and nothing else",
        )
    if made and not any(route.carries_traffic for table in route_tables(config) for route in table.routes):
        new = [gateway.name for gateway in made if gateway.new]
        yield Remark(
            id="idle-way-out",
            level="warning" if new else "note",
            text="with snatPolicy Random, traffic that leaves the VPC takes the node's address and the route table "
            "of the NODE subnet, so the default routes of the pod route tables carry none (inferred from the VPC "
            "CNI's documentation, not confirmed for Auto Mode)"
            + (f"; the new NAT gateways {', '.join(new)} would cost and stand idle" if new else ""),
        )
    if _shares_a_gateway(config):
        yield Remark(
            id="shared-nat-gateway",
            level="note",
            text=f"{', '.join(zones(config))} share a NAT gateway: when its zone fails, pods of the other zones lose "
            "their way out too, and their traffic is charged as cross-zone traffic",
        )
