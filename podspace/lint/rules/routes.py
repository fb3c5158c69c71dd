"""Rules about routes that EC2 refuses, or whose target drops the traffic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from podspace.api.zone import zone_name
from podspace.lint.picture import NodeClassInUse, Picture
from podspace.lint.route import Route, Way
from podspace.lint.rule import Fault, Rule, rule
from podspace.lint.rules.blocks import ELSEWHERE, together
from podspace.lint.stack import Resource
from podspace.lint.value import Known, items, key, same, shown
from podspace.lint.vpc import Subnet, other_zone

_OUT_OF_THE_VPC: Final = frozenset[Way]({"internet", "transit", "peering", "vpn"})
_HALF: Final = 1
"""The prefix length of 0.0.0.0/1 and 128.0.0.0/1, which together are a default route."""
_ATTACHMENTS: Final = ("AWS::EC2::TransitGatewayAttachment", "AWS::EC2::TransitGatewayVpcAttachment")


@rule(
    "default-route-to-peering",
    why="A VPC peering connection passes on only traffic between the addresses of its two VPCs: the internet "
    "gateway, NAT gateways, VPN connections and gateway endpoints of the other VPC cannot be used through it.",
    fix="route 0.0.0.0/0 to a NAT gateway or a transit gateway, and the CIDR blocks of the other VPC to the peering "
    "connection",
    source="https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html",
)
def default_route_to_peering(picture: Picture) -> Iterator[Fault]:
    """The default route of a route table, or a route to half of all addresses, is to a VPC peering connection."""
    for route in picture.routing.routes:
        is_default = route.to is not None and route.to.prefixlen <= _HALF
        if is_default and route.way == "peering" and route.gateway and route.resource.certain:
            must = "must not be a default route: traffic to addresses outside the other VPC is dropped"
            yield Fault(at=route.resource, place="Properties.DestinationCidrBlock", value=str(route.to), must=must)


@rule(
    "ipv4-to-egress-only-gateway",
    why="An egress-only internet gateway is for IPv6 only.",
    fix="route IPv4 to a NAT gateway, and ::/0 (DestinationIpv6CidrBlock) to the egress-only internet gateway",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html",
)
def ipv4_to_egress_only_gateway(picture: Picture) -> Iterator[Fault]:
    """A route for IPv4 is to an egress-only internet gateway."""
    for route in picture.routing.routes:
        gateway = key(route.resource.get("EgressOnlyInternetGatewayId"))
        destination = key(route.resource.get("DestinationCidrBlock"))
        if gateway and destination and route.resource.certain:
            must = f"must have an IPv6 destination: {shown(gateway)} is an egress-only internet gateway"
            yield Fault(at=route.resource, place="Properties.DestinationCidrBlock", value=shown(destination), must=must)


@rule(
    "transit-gateway-not-in-zone",
    why="Traffic reaches a transit gateway only from zones in which the attachment of the VPC has a subnet.",
    fix="add a subnet of this zone to the SubnetIds of the attachment",
    source="https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html",
)
def transit_gateway_not_in_zone(picture: Picture) -> Iterator[Fault]:
    """Pods are routed to a transit gateway whose attachment has no subnet in their zone."""
    for node_class in picture.node_classes:
        for subnet, route in _routes_to_transit_gateways(picture, node_class):
            for attachment in picture.deployment.of_type(*_ATTACHMENTS):
                ends = (attachment.get("TransitGatewayId"), route.gateway), (attachment.get("VpcId"), subnet.vpc)
                if all(same(*pair) for pair in ends) and _has_no_subnet_in(picture, attachment, subnet):
                    must = (
                        f"must have a subnet in {shown(subnet.zone)}: {route.resource.named} routes pods of NodeClass "
                        f"{node_class.name} in {subnet.resource.named} to {shown(route.gateway)}"
                    )
                    value = subnet.resource.id
                    yield Fault(at=attachment, place="Properties.SubnetIds", value=value, must=must)


def _routes_to_transit_gateways(picture: Picture, node_class: NodeClassInUse) -> Iterator[tuple[Subnet, Route]]:
    """The subnets from which pods reach a transit gateway, directly or through a NAT gateway, with the routes to it."""
    for start in node_class.pod_subnets if node_class.disabled_snat else node_class.node_subnets:
        subnets = [start]
        for subnet in subnets:
            table = picture.routing.table_of(subnet)
            for route in table.routes if table else ():
                if route.way == "transit" and route.gateway and route.resource.certain:
                    yield subnet, route
                gateway = picture.routing.nat_gateways.get(route.gateway) if route.gateway else None
                home = picture.routing.subnet_of(gateway) if gateway else None
                if home and home not in subnets:
                    subnets.append(home)


def _has_no_subnet_in(picture: Picture, attachment: Resource, subnet: Subnet) -> bool:
    """Whether for certain no subnet of an attachment is in the zone of another subnet, which is no Local Zone."""
    zone = zone_name(subnet.zone) if isinstance(subnet.zone, str) else None
    if isinstance(subnet.zone, str) and not (zone and zone.type == "availability-zone"):
        return False  # a subnet in a Local Zone reaches it through the parent zone
    ids = [key(id) for id in items(attachment.get("SubnetIds"))]
    homes = [picture.vpcs.subnet.get(id) if id else None for id in ids]
    return bool(homes) and attachment.certain and all(home and other_zone(subnet.zone, home.zone) for home in homes)


@rule(
    "route-for-own-block",
    why="Every route table has a local route for each CIDR block of its VPC. EC2 refuses a route for the same "
    "addresses or part of them, unless it is to a NAT gateway, a network interface or a Gateway Load Balancer "
    "endpoint.",
    fix="remove the route, or give the destination of the other network",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html",
)
def route_for_own_block(picture: Picture) -> Iterator[Fault]:
    """A route to a target outside of the VPC has a CIDR block of the VPC, or part of one, as its destination."""
    for table in picture.routing.tables.values():
        id: Known | None = key(table.resource.get("VpcId")) if table.resource else None
        vpc = picture.vpcs.all.get(id) if id else None
        for route in table.routes:
            if not vpc or not route.to or route.way not in _OUT_OF_THE_VPC:
                continue
            for block in vpc.blocks:
                reported = not block.primary and route.way in ELSEWHERE  # by `block-meets-route`
                at_once = together(block.resource, route.resource)
                if not reported and at_once and route.resource.certain and route.to.subnet_of(block.cidr):
                    must = f"must not be inside {block.cidr}, a CIDR block of {vpc.name} ({block.resource.named})"
                    place = "Properties.DestinationCidrBlock"
                    yield Fault(at=route.resource, place=place, value=str(route.to), must=must)


RULES: Final[tuple[Rule, ...]] = (
    default_route_to_peering,
    ipv4_to_egress_only_gateway,
    transit_gateway_not_in_zone,
    route_for_own_block,
)
