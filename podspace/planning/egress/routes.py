"""Routes of every route table that a plan adds routes to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from podspace.planning.egress.gateway import PROPAGATED, EgressPlan, Gateway, NamedRoute, Route, RouteTable
from podspace.planning.egress.kinds import egress_kind
from podspace.planning.origin import Created

if TYPE_CHECKING:  # it contains all of these
    from podspace.planning.egress.config import EgressConfig
    from podspace.planning.network import Network

INTERNET: Final = {4: "0.0.0.0/0", 6: "::/0"}
"""Destination of a route to the internet, by IP version."""


def destinations(network: Network, entry: EgressConfig) -> tuple[str, ...]:
    """Destinations of an entry's routes in EC2: CIDR blocks or ids of prefix lists."""
    return tuple(INTERNET[6 if network.ipv6 else 4] if to == "internet" else str(to) for to in entry.to)


def gateways(network: Network) -> tuple[Gateway, ...]:
    """Every gateway of the `egress` section, each once.

    A transit gateway of several entries is attached once, by the entry with `attachment_subnets`.
    """
    found: dict[str, Gateway] = {}
    for index, entry in enumerate(network.config.egress):
        for gateway in egress_kind(entry).gateways(network, entry, f"egress[{index}]"):
            known = found.get(gateway.name)
            if known is None or (gateway.new and not known.new):
                found[gateway.name] = gateway
    return tuple(found.values())


def route_tables(network: Network) -> tuple[RouteTable, ...]:
    """The pod route table of each zone, those of the node subnets of a new VPC, and those that the config names."""
    if network.config.pods.subnet_ids is not None:
        return ()
    return (*_pod_tables(network), *_node_tables(network), *_named_tables(network))


def _pod_tables(network: Network) -> Iterator[RouteTable]:
    for zone in network.zones:
        yield RouteTable(
            name=zone,
            origin=Created(zone),
            of="pods",
            zone=zone,
            routes=tuple(
                Route(
                    destination=to,
                    gateway=egress_kind(entry).gateway_of(network, entry, zone),
                    used=network.route_use.pods,
                )
                for entry in network.config.egress
                for to in network.destinations(entry)
            ),
            propagated=tuple(
                Route(destination=PROPAGATED, gateway=gateway, used=network.route_use.pods)
                for gateway in _propagating(network, zone)
            ),
            tags=network.tags("pods", zone),
        )


def _propagating(network: Network, zone: str) -> Iterator[str]:
    """The names of the gateways that add routes to the pod route table of a zone."""
    entries = [(egress_kind(entry), entry) for entry in network.config.egress]
    yield from dict.fromkeys(kind.gateway_of(network, entry, zone) for kind, entry in entries if kind.propagates(entry))


def node_table(zone: str) -> str:
    """Name in the plan of the route table of a zone's node subnets in a new VPC."""
    return f"nodes-{zone}"


def _node_tables(network: Network) -> Iterator[RouteTable]:
    for zone in network.zones if network.config.vpc.create else ():
        yield RouteTable(
            name=node_table(zone),
            origin=Created(node_table(zone)),
            of="nodes",
            zone=zone,
            routes=tuple(
                Route(destination=to, gateway=egress_kind(entry).gateway_of_nodes(network, entry, zone), used=True)
                for entry in network.config.egress
                for to in network.destinations(entry)
            ),
        )


def _named_tables(network: Network) -> Iterator[RouteTable]:
    """Route tables that exist, with the routes of all entries that name them."""
    named: dict[str, list[NamedRoute]] = {}
    for index, entry in enumerate(network.config.egress):
        for route in egress_kind(entry).named_routes(network, entry, f"egress[{index}]"):
            named.setdefault(route.table, []).append(route)
    for table, (first, *further) in named.items():
        yield RouteTable(
            name=table,
            origin=first.origin,
            of=first.of,
            zone=first.zone,
            place=first.place,
            routes=(first.route, *(each.route for each in further)),
        )


def egress_plans(network: Network) -> Iterator[EgressPlan]:
    """Every entry of the `egress` section, resolved."""
    for index, entry in enumerate(network.config.egress):
        kind = egress_kind(entry)
        names = tuple(gateway.name for gateway in kind.gateways(network, entry, f"egress[{index}]"))
        used = [route.used for table in network.route_tables for route in table.all_routes if route.gateway in names]
        internet = [("internet_gb", 1.0)] if "internet" in entry.to and kind.from_here else []
        yield EgressPlan(
            to=(*map(str, entry.to), *([PROPAGATED] if kind.propagates(entry) else ())),
            by=kind.words(entry),
            gateways=names,
            prices=(*kind.prices(network, entry), *internet),
            used=True if True in used else None if None in used else False,
        )
