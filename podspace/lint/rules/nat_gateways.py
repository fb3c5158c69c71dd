"""Rules about NAT gateways."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from podspace.cidr import is_private as is_private_range
from podspace.lint.picture import Picture
from podspace.lint.route import Route, is_private, is_regional
from podspace.lint.rule import Fault, Rule, rule
from podspace.lint.stack import Resource
from podspace.lint.value import shown
from podspace.lint.vpc import Subnet, other_zone

_NAT_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html"
_REGIONAL_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html"
_PRIVATE_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-scenarios.html"


def _gateway(picture: Picture, route: Route | None) -> Resource | None:
    """The NAT gateway of the templates that is the target of a route."""
    return picture.routing.nat_gateways.get(route.gateway) if route and route.gateway else None


@rule(
    "nat-gateway-of-another-zone",
    level="warning",
    why="The traffic crosses zones, which is charged in both directions, and stops when the other zone fails.",
    fix="route each zone to its own NAT gateway",
    source=_NAT_PAGE,
)
def nat_gateway_of_another_zone(picture: Picture) -> Iterator[Fault]:
    """A subnet routes to a NAT gateway of another zone, and its own zone has a NAT gateway."""
    for subnet in picture.vpcs.subnets:
        table = picture.routing.table_of(subnet)
        route = table.default() if table else None
        gateway = _gateway(picture, route)
        home = picture.routing.subnet_of(gateway) if gateway else None
        if not (route and gateway and home and other_zone(subnet.zone, home.zone)):
            continue
        nearer = [one for one in picture.routing.nat_gateways.values() if _serves(picture, one, subnet, like=gateway)]
        if nearer:
            must = f"must be {nearer[0].named}, which is in {shown(subnet.zone)}, the zone of {subnet.resource.named}"
            yield Fault(at=route.resource, place="Properties.NatGatewayId", value=gateway.named, must=must)


def _serves(picture: Picture, gateway: Resource, subnet: Subnet, *, like: Resource) -> bool:
    """Whether a NAT gateway is of the kind of another one, and in the VPC and zone of a subnet."""
    home = picture.routing.subnet_of(gateway)
    there = home is not None and home.vpc == subnet.vpc and other_zone(subnet.zone, home.zone) is False
    return there and is_private(gateway) == is_private(like) and gateway.certain


@rule(
    "nat-gateway-without-internet",
    why="A public NAT gateway reaches the internet through the route table of its own subnet.",
    fix="place it in a public subnet, whose route table has a default route to an internet gateway",
    source=_NAT_PAGE,
)
def nat_gateway_without_internet(picture: Picture) -> Iterator[Fault]:
    """A public NAT gateway is in a subnet that has no route to an internet gateway."""
    for gateway in picture.routing.nat_gateways.values():
        public = gateway.get("ConnectivityType") in (None, "public")  # a list too is compared
        home = picture.routing.subnet_of(gateway)
        table = picture.routing.table_of(home) if home and public else None
        if home and table and not table.may_lead("internet", "transit", "vpn", "other"):
            must = (
                f"must be in a public subnet: the route table of {home.resource.named} has no route to an internet "
                "gateway"
            )
            yield Fault(at=gateway, place="Properties.SubnetId", value=home.resource.named, must=must)


@rule(
    "private-nat-gateway-to-internet",
    why="An internet gateway drops traffic from a private NAT gateway.",
    fix=(
        "use a public NAT gateway for the internet, or route the subnet of the private NAT gateway to a transit gateway"
    ),
    source=_PRIVATE_PAGE,
)
def private_nat_gateway_to_internet(picture: Picture) -> Iterator[Fault]:
    """A private NAT gateway is the target of a route to the internet, but cannot reach it."""
    for table in picture.routing.tables.values():
        route = table.default()
        gateway = _gateway(picture, route)
        home = picture.routing.subnet_of(gateway) if gateway and is_private(gateway) else None
        beyond = picture.routing.table_of(home) if home else None
        if not (route and gateway and beyond and beyond.whole):
            continue
        onward = beyond.default()
        if onward.way == "internet" if onward else not beyond.routes:
            must = "must be a public NAT gateway: traffic to the internet is dropped after this private NAT gateway"
            yield Fault(at=route.resource, place="Properties.NatGatewayId", value=gateway.named, must=must)


@rule(
    "regional-nat-gateway-for-private-range",
    why="A regional NAT gateway is always public, and private networks have no routes to its addresses.",
    fix="use a private NAT gateway in each zone for private networks",
    source=_REGIONAL_PAGE,
)
def regional_nat_gateway_for_private_range(picture: Picture) -> Iterator[Fault]:
    """A regional NAT gateway is used for private connectivity."""
    for gateway in picture.routing.nat_gateways.values():
        if is_regional(gateway) and is_private(gateway):
            must = "must be public: a regional NAT gateway has no private connectivity"
            yield Fault(at=gateway, place="Properties.ConnectivityType", value="private", must=must)
    for route in picture.routing.routes:
        target = _gateway(picture, route)
        if target and is_regional(target) and route.to and is_private_range(route.to):
            must = f"must not have {target.named}, a regional NAT gateway, as its target"
            yield Fault(at=route.resource, value=str(route.to), must=must)


RULES: Final[tuple[Rule, ...]] = (
    nat_gateway_of_another_zone,
    nat_gateway_without_internet,
    private_nat_gateway_to_internet,
    regional_nat_gateway_for_private_range,
)
