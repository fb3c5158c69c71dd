"""The next route of the traffic of a private NAT gateway, in the route table of its subnet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, collapse_addresses
from typing import Final

from podspace.deployment import Deployment
from podspace.diagnostic import Diagnostic, Location, ok
from podspace.live.aws.network import Network
from podspace.live.aws.routing import Route, RouteTable
from podspace.planning import PrivateNatGateway, id_of

_CHECK: Final = "onward-routes"
_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-scenarios.html"
_EVERYWHERE: Final = IPv4Network("0.0.0.0/0")

Routes = Mapping[IPv4Network, str]
"""Routes of a route table by destination: why it drops traffic of a private NAT gateway, empty if it forwards it."""


def onward_routes(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """The route table of each private NAT gateway's subnet has routes to the destinations of the gateway."""
    for gateway in deployment.plan.pods.gateways:
        if isinstance(gateway, PrivateNatGateway) and id_of(gateway.subnet) in network.subnets:
            table = network.table_of(id_of(gateway.subnet))
            if table:
                yield from _of_gateway(deployment, network, gateway, table)


def _of_gateway(
    deployment: Deployment, network: Network, gateway: PrivateNatGateway, table: RouteTable
) -> Iterator[Diagnostic]:
    routes = [route for each in deployment.plan.pods.route_tables for route in each.routes]
    added = _added(deployment, table)
    for destination in dict.fromkeys(route.destination for route in routes if route.gateway == gateway.name):
        lists = {route.to_list: _obstacle(route, table, network) for route in table.routes if route.to_list}
        if destination in added or lists.get(destination) == "":
            yield _forwarded(gateway, table, destination)
        else:
            yield _by_address(network, gateway, table, destination, added=added)


def _added(deployment: Deployment, table: RouteTable) -> frozenset[str]:
    """The destinations of the routes that the deployment adds to a route table, which has none to them yet."""
    existing = {route.to for route in table.static_routes}
    planned = [each for each in deployment.plan.pods.route_tables if id_of(each.origin) == table.route_table_id]
    return frozenset(route.destination for each in planned for route in each.routes) - existing


def _by_address(
    network: Network, gateway: PrivateNatGateway, table: RouteTable, destination: str, *, added: frozenset[str]
) -> Diagnostic:
    """Whether every address of a destination has a route, by the longest prefix."""
    is_list = destination.startswith("pl-")
    to = _EVERYWHERE if is_list else IPv4Network(destination)
    routes = {each.destination: _obstacle(each, table, network) for each in table.routes if each.destination}
    # The pods' own route tables have the local routes too, so that such traffic does not come to the gateway.
    local = {each.destination for each in table.routes if each.local and each.destination != to}
    routes |= {cidr: "" for cidr in local if cidr and cidr.subnet_of(to)}
    routes |= {IPv4Network(cidr): "" for cidr in added if not cidr.startswith("pl-")}
    dropped = dict(_dropped(to, routes))
    if not dropped:
        return _forwarded(gateway, table, destination)
    forwarding = {each.to_cidr or each.to_list for each in table.routes if not _obstacle(each, table, network)} | added
    unread = {each for each in forwarding if each.startswith("pl-")} | (
        {destination} if is_list and forwarding else set()
    )
    if unread:
        return _not_known(gateway, table, destination, sorted(unread))
    return _lost(gateway, table, destination, {} if is_list else dropped)


def _obstacle(route: Route, table: RouteTable, network: Network) -> str:
    """Why a route does not forward traffic that leaves a private NAT gateway; empty if it does."""
    if route.state == "blackhole":
        return "the target of its route does not exist (blackhole)"
    if route.local:
        return "its route is the local route"
    if route.gateway_id.startswith("igw-"):
        return f"its route is to {route.gateway_id}, and an internet gateway drops such traffic"
    if nat := network.nat_gateways.get(route.nat_gateway_id) if route.nat_gateway_id else None:
        its_table = network.table_of(nat.subnet_id)
        if its_table and its_table.route_table_id == table.route_table_id:
            return f"its route is to {route.nat_gateway_id}, which uses this route table itself"
    return ""


def _dropped(to: IPv4Network, routes: Routes) -> Iterator[tuple[IPv4Network, str]]:
    """The parts of a destination that no route forwards, each with the reason."""
    if any(cidr != to and cidr.subnet_of(to) for cidr in routes):
        for half in to.subnets():
            yield from _dropped(half, routes)
        return
    covering = [cidr for cidr in routes if to.subnet_of(cidr)]
    reason = routes[max(covering, key=lambda cidr: cidr.prefixlen)] if covering else "it has no route"
    if reason:
        yield to, reason


def _forwarded(gateway: PrivateNatGateway, table: RouteTable, destination: str) -> Diagnostic:
    return ok(_CHECK, id_of(gateway.subnet), f"{table.route_table_id} has a route to {destination}")


def _lost(gateway: PrivateNatGateway, table: RouteTable, destination: str, dropped: Routes) -> Diagnostic:
    subnet, rtb = id_of(gateway.subnet), table.route_table_id
    reasons = "; ".join(dict.fromkeys(dropped.values())) or "it has no route"
    parts = ", ".join(map(str, collapse_addresses(dropped)))
    only = f" ({parts} of it)" if parts not in {"", destination} else ""
    by_plan = f", list {rtb} under route_tables so that the deployment adds it" if gateway.onward else ""
    return Diagnostic(
        id=_CHECK,
        subject=subnet,
        location=Location(path=gateway.place),
        message=f"route table {rtb} of {subnet} does not forward traffic of the private NAT gateway {gateway.name} to "
        f"{destination}{only}: {reasons}",
        cause="it needs an active route there that is not the local route, not to an internet gateway, and not back "
        "to a NAT gateway that uses the same route table",
        fix=f"add the route to {rtb}{by_plan}, or choose another subnet in {gateway.place}",
        source=_PAGE,
    )


def _not_known(gateway: PrivateNatGateway, table: RouteTable, destination: str, lists: list[str]) -> Diagnostic:
    subnet, rtb = id_of(gateway.subnet), table.route_table_id
    return Diagnostic(
        id=_CHECK,
        severity="unknown",
        subject=subnet,
        location=Location(path=gateway.place),
        message=f"whether route table {rtb} of {subnet} forwards traffic to {destination} depends on the entries of "
        f"{', '.join(lists)}, which are not read",
        fix=" and ".join(f"`aws ec2 get-managed-prefix-list-entries --prefix-list-id {each}`" for each in lists),
        source=_PAGE,
    )
