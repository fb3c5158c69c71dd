"""The targets of routes: existing, in the right zone and state, and not created twice."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Final

from podspace.deployment import Deployment
from podspace.diagnostic import Diagnostic, error, ok, warning
from podspace.live.aws.network import Network
from podspace.planning import (
    CoreNetwork,
    Existing,
    NatGateway,
    RouteTable,
    TransitGateway,
    VirtualPrivateGateway,
    id_of,
    is_local_zone,
    is_zone_id,
)
from podspace.planning.egress.core_network import core_network_id
from podspace.preflight.subnets import entries_not_read, subnet_problem

_NAT_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html"
_ADD_ROUTE: Final = "add the route to that subnet's route table"
_VGW_PAGE: Final = "https://docs.aws.amazon.com/vpn/latest/s2svpn/how_it_works.html"
_VGW_ROUTES_PAGE: Final = "https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNRoutingTypes.html"
_CORE_NETWORK_PAGE: Final = "https://docs.aws.amazon.com/network-manager/latest/cloudwan/cloudwan-vpc-attachment.html"
_ATTACHED: Final = {"AVAILABLE", "UPDATING", "PENDING_NETWORK_UPDATE", "PENDING_TAG_ACCEPTANCE"}
"""States of an attachment to a core network in which the VPC is attached."""
_ROUTE_PAGE: Final = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html"
_TGW_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html"


def nat_gateways(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """The NAT gateways that the config names exist, are available, public, and in their zones."""
    for gateway in deployment.plan.pods.gateways:
        if isinstance(gateway, NatGateway) and isinstance(gateway.origin, Existing):
            yield _nat_gateway(network, gateway.origin.id, zone=gateway.zone, place=gateway.place)


def _nat_gateway(network: Network, nat_id: str, *, zone: str, place: str) -> Diagnostic:  # noqa: PLR0911  one for each case
    check, nat = "nat-gateways", network.nat_gateways.get(nat_id)
    if nat is None:
        text = f"{nat_id} is not a NAT gateway of {network.vpc_id}, or is deleted"
        return error(check, nat_id, text, fix=f"correct {place}")
    if nat.state != "available":
        return error(check, nat_id, f"{nat_id} is {nat.state}", fix="wait until it is available, or give another one")
    if nat.connectivity_type == "private":
        text = f"{nat_id} is private; an internet gateway drops its traffic"
        return error(check, nat_id, text, fix="give a public one", source=_NAT_PAGE)
    if nat.availability_mode == "regional" and is_local_zone(zone):
        text = f"{nat_id} is regional; no AWS page says that such a gateway covers Local Zones such as {zone}"
        return warning(check, nat_id, text, fix="give a zonal one of the parent zone", source=_NAT_PAGE)
    if nat.availability_mode == "regional":
        return ok(check, nat_id, "is regional and available in every zone")
    subnet = network.subnets.get(nat.subnet_id)
    text = f"{nat_id} is in {nat.subnet_id}, which has no default route to an internet gateway"
    if problem := _not_public(network, nat.subnet_id, error(check, nat_id, text, fix=_ADD_ROUTE, source=_NAT_PAGE)):
        return problem
    its_zone = subnet.zone if subnet else "another zone"
    if not zone:
        return ok(check, nat_id, f"is available in {its_zone}, for every zone")
    if subnet and (parent := _parent(network, zone)) in {subnet.zone, subnet.zone_id}:
        return ok(check, nat_id, f"is available in {parent}, the parent zone of {zone}")
    if subnet and zone not in {subnet.zone, subnet.zone_id}:
        text = f"{nat_id} is in {its_zone}; {place} names it for {zone}, which depends on {its_zone} and pays for it"
        return warning(check, nat_id, text, fix=f"give the gateway of {zone}, or one id for all zones")
    return ok(check, nat_id, f"is available in {its_zone}")


def _parent(network: Network, zone: str) -> str:
    """The zone that a Local Zone is connected to, written by name or by id as that one is; empty for other zones."""
    if not is_local_zone(zone):
        return ""
    found = network.zones.get(zone)
    return (found.parent_id if is_zone_id(zone) else found.parent_name) if found else ""


def gateway_subnets(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """The subnets of new gateways and attachments exist in their zones; those of public gateways are public."""
    check = "gateway-subnets"
    for gateway in deployment.plan.pods.gateways:
        for subnet in gateway.subnets:
            subnet_id = id_of(subnet.origin)
            if not subnet_id:
                continue
            problem = subnet_problem(check, network, subnet_id, zone=subnet.zone, place=subnet.place)
            if not problem and isinstance(gateway, NatGateway):
                text = f"{subnet_id} has no default route to an internet gateway, which a public NAT gateway needs"
                private = error(check, subnet_id, text, fix="give a public subnet", source=_NAT_PAGE)
                problem = _not_public(network, subnet_id, private)
            yield problem or ok(check, subnet_id, f"exists, for {subnet.place}")


def _not_public(network: Network, subnet_id: str, problem: Diagnostic) -> Diagnostic | None:
    """The problem if a subnet has no default route to an internet gateway; None if it has one."""
    public = network.is_public(subnet_id)
    if public is None:
        return entries_not_read(problem.id, network, subnet_id)
    return None if public else problem


def attachments(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """The transit gateways exist; the VPC is attached to each once, or the deployment attaches it."""
    for gateway in deployment.plan.pods.gateways:
        if isinstance(gateway, TransitGateway) and isinstance(gateway.origin, Existing):
            yield _attachment(deployment, network, gateway.origin.id, new=gateway.new)


def _attachment(deployment: Deployment, network: Network, gateway_id: str, *, new: bool) -> Diagnostic:  # noqa: PLR0911  one for each case
    check, gateway = "attachments", network.transit_gateway(gateway_id)
    if gateway is None:
        text = f"{gateway_id} is not a transit gateway of this account, or shared with it"
        return error(check, gateway_id, text, fix="correct the id, or have it shared with this account")
    if gateway.state != "available":
        return error(check, gateway_id, f"{gateway_id} is {gateway.state}", fix="wait until it is available")
    attached = [each for each in network.attachments if each.transit_gateway_id == gateway_id]
    ours = any(deployment.stack.created(each.attachment_id) for each in attached)
    if new and attached and not ours:
        text = f"the VPC is attached to {gateway_id} already, by {attached[0].attachment_id}"
        fix = "remove attachment_subnets: a VPC is attached to a transit gateway once"
        return error(check, gateway_id, text, fix=fix, source=_TGW_PAGE)
    if new:
        return ok(check, gateway_id, "was attached by this stack" if ours else "is attached by the deployment")
    if not attached:
        text = f"the VPC is not attached to {gateway_id}; no route can have it as a target"
        return error(check, gateway_id, text, fix="give attachment_subnets, or attach it", source=_TGW_PAGE)
    if attached[0].state != "available":
        text = f"the attachment {attached[0].attachment_id} to {gateway_id} is {attached[0].state}"
        return error(check, gateway_id, text, fix="have it accepted, then run preflight again")
    return ok(check, gateway_id, f"is attached, by {attached[0].attachment_id}")


def core_networks(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """The VPC is attached to each core network once, or the deployment attaches it."""
    for gateway in deployment.plan.pods.gateways:
        if isinstance(gateway, CoreNetwork) and isinstance(gateway.origin, Existing):
            yield _core_network(deployment, network, core_network_id(gateway.origin.id), new=gateway.new)


def _core_network(deployment: Deployment, network: Network, network_id: str, *, new: bool) -> Diagnostic:
    check, attached = "core-networks", network.core_network_attachments(network_id)
    ours = any(deployment.stack.created(each.attachment_id) for each in attached)
    if new and attached and not ours:
        text = f"the VPC is attached to {network_id} already, by {attached[0].attachment_id}"
        fix = "remove attachment_subnets: a VPC is attached to a core network once"
        return error(check, network_id, text, fix=fix, source=_CORE_NETWORK_PAGE)
    if new and not ours:
        return ok(check, network_id, "is attached by the deployment")
    if not attached:
        text = f"the VPC is not attached to {network_id}; no route can have it as a target"
        return error(check, network_id, text, fix="give attachment_subnets, or attach it", source=_CORE_NETWORK_PAGE)
    if attached[0].state not in _ATTACHED:
        text = f"the attachment {attached[0].attachment_id} to {network_id} is {attached[0].state}"
        return error(check, network_id, text, fix="have it accepted, then run preflight again")
    return ok(check, network_id, f"is attached, by {attached[0].attachment_id}")


def virtual_private_gateways(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """The virtual private gateway exists, is attached to the VPC, and has learned the destinations of its routes."""
    for gateway in deployment.plan.pods.gateways:
        if isinstance(gateway, VirtualPrivateGateway) and isinstance(gateway.origin, Existing):
            yield _virtual_private_gateway(network, gateway.origin.id, place=gateway.place)
            yield from _unknown_prefixes(deployment, network, gateway.name, gateway.origin.id)


def _virtual_private_gateway(network: Network, gateway_id: str, *, place: str) -> Diagnostic:
    check, gateway = "virtual-private-gateways", network.vpn_gateway(gateway_id)
    if gateway is None or gateway.state != "available":
        state = f"is {gateway.state}" if gateway else "is not a virtual private gateway of this account and region"
        return error(check, gateway_id, f"{gateway_id} {state}", fix=f"correct {place}")
    here = next((each for each in gateway.attachments if each.vpc_id == network.vpc_id), None)
    if here is None or here.state != "attached":
        state = here.state if here else "not attached"
        text = f"{gateway_id} is {state} to {network.vpc_id}; no route of the VPC can have it as a target"
        fix = f"attach it, or give the virtual private gateway of the VPC in {place}"
        return error(check, gateway_id, text, fix=fix, source=_VGW_PAGE)
    return ok(check, gateway_id, f"is attached to {network.vpc_id}")


def _unknown_prefixes(deployment: Deployment, network: Network, name: str, gateway_id: str) -> Iterator[Diagnostic]:
    """Destinations that it propagates no route to, if any route table of the VPC shows what it propagates."""
    known = [ip_network(cidr) for cidr in network.propagated(gateway_id)]
    routes = [route for table in deployment.plan.pods.route_tables for route in table.routes if route.gateway == name]
    for destination in dict.fromkeys(route.destination for route in routes if "/" in route.destination):
        if known and not any(ip_network(destination).overlaps(cidr) for cidr in known):
            text = f"{gateway_id} propagates no route to {destination}, and drops traffic to what it has not learned"
            fix = "advertise the destination from the network behind it, or remove it from `to`"
            yield warning("virtual-private-gateways", destination, text, fix=fix, source=_VGW_ROUTES_PAGE)


def route_tables(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """The route tables that the config names exist, and have no static route to the same destinations yet."""
    for planned in deployment.plan.pods.route_tables:
        if isinstance(planned.origin, Existing):
            yield _route_table(deployment, network, planned)


def _route_table(deployment: Deployment, network: Network, planned: RouteTable) -> Diagnostic:
    check, table_id = "route-tables", id_of(planned.origin)
    table = next((each for each in network.route_tables if each.route_table_id == table_id), None)
    if table is None:
        text = f"{table_id} is not a route table of {network.vpc_id}"
        return error(check, table_id, text, fix=f"correct {planned.place}")
    new = [dict(each.create_only) for each in deployment.new_resources("AWS::EC2::Route")]
    wanted = {str(to) for each in new if each.pop("RouteTableId") == table_id for to in each.values()}
    existing = table.static_routes
    if clash := {route.to: route for route in existing if route.to in wanted}:
        found = ", ".join(f"{to} ({route.state})" for to, route in sorted(clash.items()))
        text = f"{table_id} has a route to {found} already; EC2 accepts one static route for a destination"
        fix = f"remove the table from {planned.place}, or that route"
        return error(check, table_id, text, fix=fix, source=_ROUTE_PAGE)
    return ok(check, table_id, f"exists; static routes: {len(existing)}, to be added: {len(wanted)}")
