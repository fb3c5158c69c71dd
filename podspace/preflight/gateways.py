"""What routes lead to: there, in the right zone and state, and not doubled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from podspace.diagnostic import Diagnostic, error, ok, warning
from podspace.live.aws.network import Network
from podspace.planning import SHARED
from podspace.planning.config import EgressConfig
from podspace.preflight.scene import Scene
from podspace.preflight.subnets import subnet_problem

_NAT_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html"
_TGW_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html"


def nat_gateways(scene: Scene, network: Network) -> Iterator[Diagnostic]:
    """The NAT gateways that are named exist, are available, public, and in their zones."""
    for index, entry in enumerate(scene.config.egress):
        named = entry.nat_gateways.ids if entry.nat_gateways and entry.nat_gateways.ids else {}
        for zone, nat_id in named.items():
            if zone == SHARED or zone in scene.plan.pods.zones:
                yield _nat_gateway(network, nat_id, zone, f"egress[{index}].nat_gateways")


def _nat_gateway(network: Network, nat_id: str, zone: str, place: str) -> Diagnostic:  # noqa: PLR0911  one for each case
    check, nat = "nat-gateways", network.nat_gateways.get(nat_id)
    if nat is None:
        return error(check, nat_id, f"is not in {network.vpc_id}, or is gone", fix=f"mend {place}")
    if nat.state != "available":
        return error(check, nat_id, f"is {nat.state}", fix="wait until it is available, or name another one")
    if nat.connectivity_type == "private":
        text = "is private, and drops what goes to an internet gateway"
        return error(check, nat_id, text, fix="name a public one", source=_NAT_PAGE)
    if nat.availability_mode == "regional":
        return ok(check, nat_id, "is regional and available, for every zone")
    subnet = network.subnets.get(nat.subnet_id)
    if not network.is_public(nat.subnet_id):
        text = f"is in {nat.subnet_id}, which has no route to an internet gateway"
        return error(check, nat_id, text, fix="add the route to that subnet's table", source=_NAT_PAGE)
    lives = subnet.zone if subnet else "another zone"
    if zone == SHARED:
        return ok(check, nat_id, f"is available in {lives}, for every zone")
    if subnet and zone not in {subnet.zone, subnet.zone_id}:
        text = f"is in {lives}, and {place} names it for {zone}: each zone depends on the other, and pays for it"
        return warning(check, nat_id, text, fix="name the gateway of that zone, or one id for all zones")
    return ok(check, nat_id, f"is available in {lives}")


def gateway_subnets(scene: Scene, network: Network) -> Iterator[Diagnostic]:
    """The subnets for gateways and attachments to be made are there; public gateways stand in public ones."""
    for index, entry in enumerate(scene.config.egress):
        for key, zone, subnet_id in subnets_of(entry):
            place = f"egress[{index}].{key}"
            wanted = network.subnets[subnet_id].zone if zone == SHARED and subnet_id in network.subnets else zone
            problem = subnet_problem("gateway-subnets", network, subnet_id, wanted, place)
            if not problem and key == "new_nat_gateways" and not network.is_public(subnet_id):
                text = "has no route to an internet gateway, which a public NAT gateway needs"
                problem = error("gateway-subnets", subnet_id, text, fix="name a public subnet", source=_NAT_PAGE)
            yield problem or ok("gateway-subnets", subnet_id, f"is there, for {key} of {zone}")


def subnets_of(entry: EgressConfig) -> Iterator[tuple[str, str, str]]:
    """Key, zone and id of each subnet an entry puts something in."""
    for key in ("new_nat_gateways", "private_nat_gateways"):
        gateways = entry.new_nat_gateways if key == "new_nat_gateways" else entry.private_nat_gateways
        for zone, subnet in ((gateways.ids or {}) if gateways else {}).items():
            yield key, zone, subnet
    if isinstance(entry.attachment_subnets, Mapping):
        for zone, subnet in entry.attachment_subnets.items():
            yield "attachment_subnets", zone, subnet


def attachments(scene: Scene, network: Network) -> Iterator[Diagnostic]:
    """The transit gateways are there; the VPC is attached to them, or is going to be, once."""
    made = {entry.transit_gateway for entry in scene.config.egress if entry.attachment_subnets is not None}
    named = {entry.transit_gateway for entry in scene.config.egress if entry.transit_gateway}
    for gateway_id in sorted(filter(None, named)):
        gateway = network.transit_gateway(gateway_id)
        attached = [each for each in network.attachments if each.transit_gateway_id == gateway_id]
        ours = [each for each in attached if scene.is_ours(each.attachment_id)]
        if gateway is None:
            fix = "mend the id, or have it shared with this account"
            yield error("attachments", gateway_id, "is not a transit gateway that this account sees", fix=fix)
        elif gateway.state != "available":
            yield error("attachments", gateway_id, f"is {gateway.state}", fix="wait until it is available")
        elif gateway_id in made and attached and not ours:
            text = f"is attached to the VPC already, by {attached[0].attachment_id}"
            fix = "leave attachment_subnets out: a VPC is attached to a transit gateway once"
            yield error("attachments", gateway_id, text, fix=fix, source=_TGW_PAGE)
        elif gateway_id in made:
            yield ok("attachments", gateway_id, "is attached by this stack" if ours else "is going to be attached")
        elif not attached:
            fix = "give attachment_subnets, or attach it"
            yield error("attachments", gateway_id, "is not attached to the VPC, so no route can lead to it", fix=fix)
        elif attached[0].state != "available":
            text = f"has the attachment {attached[0].attachment_id}, which is {attached[0].state}"
            yield error("attachments", gateway_id, text, fix="have it accepted, then look again")
        else:
            yield ok("attachments", gateway_id, f"is attached, by {attached[0].attachment_id}")


def route_tables(scene: Scene, network: Network) -> Iterator[Diagnostic]:
    """The route tables that get routes are there, and lead those destinations nowhere else."""
    there = {table.route_table_id: table for table in network.route_tables}
    for planned in scene.plan.pods.route_tables:
        if planned.new or not planned.name.startswith("rtb-"):
            continue
        table = there.get(planned.name)
        if table is None:
            text = f"is not a route table of {network.vpc_id}"
            yield error("route-tables", planned.name, text, fix="mend egress[].route_tables")
            continue
        wanted = {route.destination for route in planned.routes}
        taken = [(route.to_cidr or route.to_list) for route in table.routes if not scene.stack.state]
        if clash := wanted & set(taken):
            text = f"has a route to {', '.join(sorted(clash))} already, and EC2 takes one for a destination"
            yield error("route-tables", planned.name, text, fix="leave the table out of egress[].route_tables")
        else:
            yield ok("route-tables", planned.name, f"is there, and gets {len(wanted)} routes")
