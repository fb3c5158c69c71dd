"""Checks of firewall endpoints and of the routes to and from them."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Final

from podspace.deployment import Deployment
from podspace.diagnostic import Diagnostic, error, ok, warning
from podspace.live.aws.group import Endpoint
from podspace.live.aws.network import Network
from podspace.live.aws.routing import Route, RouteTable
from podspace.planning import NatGateway, id_of
from podspace.planning.egress.firewall_endpoint import ASYMMETRY_PAGE, FIREWALL_PAGE, FirewallEndpoint

_ENDPOINTS: Final = "firewall-endpoints"
_ROUTES: Final = "firewall-routes"


def firewall_endpoints(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """The firewall endpoints exist, are available, in their zones, and in subnets of their own."""
    for gateway, id in _named(deployment):
        yield _endpoint(deployment, network, gateway, id)


def _named(deployment: Deployment) -> Iterator[tuple[FirewallEndpoint, str]]:
    for gateway in deployment.plan.pods.gateways:
        if isinstance(gateway, FirewallEndpoint) and (id := id_of(gateway.origin)):
            yield gateway, id


def _endpoint(deployment: Deployment, network: Network, gateway: FirewallEndpoint, id: str) -> Diagnostic:
    found = _live(network, id)
    if found is None:
        text = f"{id} is not a VPC endpoint of {network.vpc_id}"
        return error(_ENDPOINTS, id, text, fix=f"correct {gateway.place}")
    if found.endpoint_type != "GatewayLoadBalancer":
        text = f"{id} is an endpoint of type {found.endpoint_type}; a route needs one of type GatewayLoadBalancer"
        return error(_ENDPOINTS, id, text, fix="give the endpoint of the firewall", source=FIREWALL_PAGE)
    if found.state.lower() != "available":
        return error(_ENDPOINTS, id, f"{id} is {found.state}", fix="wait until it is available")
    subnets = [network.subnets[each] for each in found.subnet_ids if each in network.subnets]
    if not any(gateway.zone in {subnet.zone, subnet.zone_id} for subnet in subnets):
        zones = ", ".join(subnet.zone for subnet in subnets) or "another zone"
        text = f"{id} is in {zones}; {gateway.place} names it for {gateway.zone}"
        return error(_ENDPOINTS, id, text, fix=f"give the endpoint of {gateway.zone}", source=ASYMMETRY_PAGE)
    others = dict.fromkeys(deployment.pod_subnets, "pods")
    others |= dict.fromkeys(_nat_subnets(deployment, network), "a NAT gateway")
    for subnet in found.subnet_ids:
        if subnet in others:
            text = f"{id} is in {subnet}, the subnet of {others[subnet]}, so that its traffic would come back to it"
            fix = "create the endpoint in a separate subnet"
            return error(_ENDPOINTS, id, text, fix=fix, source=FIREWALL_PAGE)
    return ok(_ENDPOINTS, id, f"is available in {gateway.zone}")


def _live(network: Network, id: str) -> Endpoint | None:
    return next((each for each in network.endpoints if each.endpoint_id == id), None)


def _nat_subnets(deployment: Deployment, network: Network) -> Iterator[str]:
    """The subnets of the NAT gateways that the plan names or creates."""
    for gateway in deployment.plan.pods.gateways:
        if isinstance(gateway, NatGateway):
            yield _nat_subnet(network, gateway)


def _nat_subnet(network: Network, gateway: NatGateway) -> str:
    """The subnet of a NAT gateway; empty if it is not known."""
    if gateway.subnet is not None:
        return id_of(gateway.subnet)
    nat = network.nat_gateways.get(id_of(gateway.origin))
    return nat.subnet_id if nat else ""


def firewall_routes(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """Firewall subnets route to the NAT gateway of their zone, and its subnet routes back through the same endpoint."""
    for gateway, id in _named(deployment):
        found = _live(network, id)
        nat = next((each for each in deployment.plan.pods.gateways if each.name == gateway.nat_gateway), None)
        if found is None or not isinstance(nat, NatGateway):
            continue
        tables = {
            "firewall subnets": [table for each in found.subnet_ids if (table := network.table_of(each))],
            "NAT gateway subnets": [table for each in [_nat_subnet(network, nat)] if (table := network.table_of(each))],
        }
        if nat.new:
            yield from _named_tables(deployment, gateway, tables)
        else:
            for table in tables["firewall subnets"]:
                yield from _there(deployment, gateway, nat, table)
            for table in tables["NAT gateway subnets"]:
                yield from _back(deployment, network, gateway, table)


def _named_tables(
    deployment: Deployment, gateway: FirewallEndpoint, tables: dict[str, list[RouteTable]]
) -> Iterator[Diagnostic]:
    """For a new NAT gateway the deployment adds the routes, to the tables that the config names."""
    for planned in deployment.plan.pods.route_tables:
        named = id_of(planned.origin)
        if planned.zone != gateway.zone or planned.of not in tables or not named:
            continue
        used = [table.route_table_id for table in tables[planned.of]]
        if named in used:
            yield ok(_ROUTES, named, f"is the route table of the {planned.of} in {gateway.zone}")
        else:
            text = f"{named} is not the route table of the {planned.of} in {gateway.zone}, which use {', '.join(used)}"
            yield error(_ROUTES, named, text, fix=f"name {', '.join(used)} in {planned.place}", source=FIREWALL_PAGE)


def _there(
    deployment: Deployment, gateway: FirewallEndpoint, nat: NatGateway, table: RouteTable
) -> Iterator[Diagnostic]:
    """The routes of the firewall subnet to the NAT gateway of the zone."""
    planned = [route for each in deployment.plan.pods.route_tables if each.of == "pods" for route in each.routes]
    for to in dict.fromkeys(route.destination for route in planned if route.gateway == gateway.name):
        route = _most_specific(table, IPv4Network(to))
        if route and route.nat_gateway_id == id_of(nat.origin):
            yield ok(_ROUTES, table.route_table_id, f"has a route to {to} by {route.nat_gateway_id}")
            continue
        text = f"the route table of the firewall subnet in {gateway.zone} has no route to {to} by {id_of(nat.origin)}"
        fix = f"add the route {to} to {id_of(nat.origin)} to {table.route_table_id}"
        yield error(_ROUTES, table.route_table_id, text, fix=fix, source=FIREWALL_PAGE)


def _back(
    deployment: Deployment, network: Network, gateway: FirewallEndpoint, table: RouteTable
) -> Iterator[Diagnostic]:
    """The routes of the NAT gateway's subnet back to the pod subnets of the zone; EC2 accepts them for subnets only."""
    endpoint, existing = id_of(gateway.origin), {subnet.cidr for subnet in network.subnets.values()}
    for subnet in deployment.plan.pods.subnets:
        if subnet.zone != gateway.zone:
            continue
        where = f"{table.route_table_id}, {subnet.cidr}"
        route = _most_specific(table, subnet.cidr)
        if route and route.gateway_id == endpoint:
            yield ok(_ROUTES, where, f"goes back through {endpoint}")
            continue
        text = f"answers to pods in {subnet.cidr} do not pass {endpoint}, so that the firewall drops the connections"
        fix = f"add the route {subnet.cidr} to {endpoint} to {table.route_table_id}"
        if subnet.cidr in existing:
            yield error(_ROUTES, where, text, fix=fix, source=ASYMMETRY_PAGE)
        else:
            text += "; EC2 accepts this route when the deployment has created the subnet"
            yield warning(_ROUTES, where, text, fix=f"{fix} after the deployment", source=ASYMMETRY_PAGE)


def _most_specific(table: RouteTable, to: IPv4Network) -> Route | None:
    """The active route that traffic to a whole network takes."""
    routes = [
        (each.destination.prefixlen, each)
        for each in table.routes
        if each.destination and to.subnet_of(each.destination) and each.state != "blackhole"
    ]
    return max(routes, key=lambda found: found[0])[1] if routes else None
