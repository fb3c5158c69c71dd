"""Rules about the egress routes of pods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from podspace.lint.order import Order
from podspace.lint.picture import NodeClassInUse, Picture
from podspace.lint.route import Route, Way, tables_of
from podspace.lint.rule import Fault, Rule, rule
from podspace.lint.rules.blocks import together
from podspace.lint.stack import Resource
from podspace.lint.value import Known, Reference, key, same, shown

_ROUTES_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html"
_SNAT_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html"


@rule(
    "pods-without-way-out",
    why="With snatPolicy Disabled, pods leave the VPC by the route table of the pod subnet; with Random, by that of "
    "the node subnet. Without an egress route there, they reach nothing outside of the VPC, such as registries and "
    "APIs of AWS.",
    fix="add a default route to the route table",
    source=_SNAT_PAGE,
    inferred=True,
)
def pods_without_way_out(picture: Picture) -> Iterator[Fault]:
    """The route table for the egress of pods has no egress route, and other route tables of the VPC have one."""
    for node_class in picture.node_classes:
        policy = "Disabled" if node_class.disabled_snat else "Random"
        leave = f"with snatPolicy {policy}, pods of NodeClass {node_class.name} use it for egress"
        subnets = node_class.pod_subnets if node_class.disabled_snat else node_class.node_subnets
        isolated, depends_on = _is_isolated(picture, node_class), _only_endpoints(picture, node_class)
        tables = tables_of(picture.routing, subnets)
        for subnet, table in tables:
            if table.leads_out() is False and subnet.vpc and _has_way_out(picture, subnet.vpc) and not isolated:
                if table.resource:
                    must = f"must have an egress route: {leave}"
                    yield Fault(at=table.resource, value=subnet.named, must=must, depends_on=depends_on)
                else:
                    must = (
                        "must be associated with a route table with an egress route: it uses the VPC's main route "
                        f"table, and {leave}"
                    )
                    fix = (
                        "add an AWS::EC2::SubnetRouteTableAssociation for the subnet and a route table with an "
                        "egress route"
                    )
                    yield Fault(at=subnet.resource, value=subnet.named, must=must, fix=fix, depends_on=depends_on)
            elif table.resource and table.lacks_default and node_class.disabled_snat:
                others = [other for other, one in tables if (route := one.default()) and route.resource.certain]
                if others:
                    must = f"must have a default route, as the route table of {others[0].resource.named} has: {leave}"
                    yield Fault(at=table.resource, value=subnet.named, must=must)


def _only_endpoints(picture: Picture, node_class: NodeClassInUse) -> str:
    """What excuses pods that reach nothing but interface endpoints, in every zone; empty if nothing does."""
    tables = tables_of(picture.routing, node_class.pod_subnets)
    alone = bool(tables) and all(table.leads_out() is False for _, table in tables)
    endpoints = any(_has_endpoints(picture, subnet.vpc) for subnet in node_class.pod_subnets)
    only = node_class.disabled_snat and alone and endpoints
    return "these pods need nothing outside of the VPC except through its endpoints" if only else ""


def _is_isolated(picture: Picture, node_class: NodeClassInUse) -> bool:
    """Whether neither nodes nor pods have an egress route in a VPC with interface endpoints, as may be intended."""
    subnets = (*node_class.pod_subnets, *node_class.node_subnets)
    tables = [table for _, table in tables_of(picture.routing, subnets)]
    endpoints = any(_has_endpoints(picture, subnet.vpc) for subnet in subnets)
    return endpoints and not any(table.leads_out() for table in tables)


def _has_endpoints(picture: Picture, vpc: Known | None) -> bool:
    """Whether a VPC has interface endpoints, through which a network without egress reaches AWS."""
    endpoints = picture.deployment.of_type("AWS::EC2::VPCEndpoint")
    return any(one.get("VpcEndpointType") == "Interface" and key(one.get("VpcId")) == vpc for one in endpoints)


def _has_way_out(picture: Picture, vpc: Known) -> bool:
    """Whether a VPC has egress for other than its public subnets; egress for those alone may be intended."""
    ways = {
        route.way
        for table in picture.routing.tables.values()
        if table.resource and key(table.resource.get("VpcId")) == vpc
        for route in table.routes
    }
    return bool(ways & {"nat", "transit"} or ("internet" in ways and not _has_endpoints(picture, vpc)))


@rule(
    "pod-subnet-to-internet-gateway",
    why=(
        "An internet gateway forwards only traffic of network interfaces with a public address, and interfaces of "
        "pods have none."
    ),
    fix="route pods to a NAT gateway; or use snatPolicy Random, with which pods leave with the address of their node",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html",
)
def pod_subnet_to_internet_gateway(picture: Picture) -> Iterator[Fault]:
    """Pods with snatPolicy Disabled are routed to an internet gateway."""
    for node_class in picture.node_classes:
        for subnet, table in tables_of(picture.routing, node_class.pod_subnets if node_class.disabled_snat else ()):
            default = table.default()
            if default and default.way == "internet" and not subnet.resource.get("Ipv6CidrBlock"):
                must = (
                    f"must not have an internet gateway as its target: pods of NodeClass {node_class.name} use "
                    "this route"
                )
                yield Fault(at=default.resource, value=subnet.named, must=must)


@rule(
    "transit-gateway-route-without-attachment",
    why="EC2 refuses a route to a transit gateway that the VPC is not attached to (InvalidTransitGatewayID.NotFound). "
    "A route has no reference to the attachment, so CloudFormation may create the route first.",
    fix="add the AWS::EC2::TransitGatewayAttachment of the VPC to the route's DependsOn",
    source="https://github.com/aws/aws-cdk/issues/8584",
)
def transit_gateway_route_without_attachment(picture: Picture) -> Iterator[Fault]:
    """A route to a transit gateway does not depend on the attachment of its VPC."""
    kinds = ("AWS::EC2::TransitGatewayAttachment", "AWS::EC2::TransitGatewayVpcAttachment")
    yield from _without_attachment(picture, "transit", kinds, gateway="TransitGatewayId")


@rule(
    "internet-gateway-route-without-attachment",
    why='EC2 refuses a route to an internet gateway that is not attached to the VPC ("route table and network gateway '
    'belong to different networks"). A route has no reference to the attachment, so CloudFormation may create the '
    "route first.",
    fix="add the AWS::EC2::VPCGatewayAttachment of the internet gateway to the route's DependsOn",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html",
)
def internet_gateway_route_without_attachment(picture: Picture) -> Iterator[Fault]:
    """A route to an internet gateway does not depend on the gateway's attachment to the VPC."""
    kinds = ("AWS::EC2::VPCGatewayAttachment",)
    yield from _without_attachment(picture, "internet", kinds, gateway="InternetGatewayId")


def _without_attachment(picture: Picture, way: Way, kinds: Sequence[str], *, gateway: str) -> Iterator[Fault]:
    """The routes of a way that are not made after the attachment of their gateway to the VPC.

    Args:
        kinds: of resources that attach such a gateway.
        gateway: the property of those that names it.
    """
    order = Order(picture.deployment)
    attachments = picture.deployment.of_type(*kinds)
    for table in picture.routing.tables.values():
        vpc = key(table.resource.get("VpcId")) if table.resource else None
        for route in table.routes:
            if route.way != way or not vpc or not route.gateway or not route.resource.certain:
                continue
            fits = {one: (same(one.get(gateway), route.gateway), same(one.get("VpcId"), vpc)) for one in attachments}
            own = [one for one, answers in fits.items() if answers == (True, True)]
            if own and not any(order.waits(route.resource, one) for one in own):
                must = f"must depend on {own[0].named}, which attaches {shown(vpc)} to {shown(route.gateway)}"
                yield Fault(at=route.resource, place="DependsOn", must=must)
            none_fits = picture.deployment.whole and all(False in answers for answers in fits.values())
            told = not {vpc, route.gateway} & picture.deployment.customised
            if none_fits and told and _must_be_here(vpc, route.gateway, route.resource):
                must = (
                    f"must depend on an attachment of {shown(vpc)} to {shown(route.gateway)}: the templates have none"
                )
                yield Fault(at=route.resource, must=must)


def _must_be_here(vpc: Known, gateway: Known, route: Resource) -> bool:
    """Whether an attachment can only be made here: an end of it is, and no template was deployed before this one."""
    made = [id for id in (vpc, gateway) if isinstance(id, Reference) and id.resource]
    return bool(made) and (bool(route.stack.origin.folder) or all(id.stack == route.stack.key for id in made))


@rule(
    "route-twice",
    why="EC2 refuses a second route with the destination of the first.",
    fix="remove one of the two",
    source=_ROUTES_PAGE,
)
def route_twice(picture: Picture) -> Iterator[Fault]:
    """A route table has two routes for one destination."""
    for table in picture.routing.tables.values():
        by_text: dict[str, list[Route]] = {}  # destinations that are the same have the same text
        for route in table.routes:
            others = by_text.setdefault(shown(route.destination), [])
            earlier = next((one for one in others if _clash(one, route)), None)
            others.append(route)
            if earlier:
                must = f"must be the only route to this destination: {earlier.resource.named} is another"
                yield Fault(at=route.resource, value=shown(route.destination), must=must)


def _clash(one: Route, other: Route) -> bool:
    return one.destination is not None and bool(
        same(one.destination, other.destination) and together(one.resource, other.resource)
    )


@rule(
    "subnet-with-two-route-tables",
    why="A subnet has one route table, and EC2 refuses the second association.",
    fix="remove one of the two; a subnet construct of CDK, such as PrivateSubnet, creates a route table of its own",
    source=_ROUTES_PAGE,
)
def subnet_with_two_route_tables(picture: Picture) -> Iterator[Fault]:
    """A subnet is associated with two route tables."""
    for subnet, associations in picture.routing.associations.items():
        first: Resource = associations[0]
        for other in associations[1:]:
            if together(first, other):
                must = f"must have one route table: {first.named} is another association of this subnet"
                yield Fault(at=other, place="Properties.SubnetId", value=shown(subnet), must=must)


RULES: Final[tuple[Rule, ...]] = (
    pods_without_way_out,
    pod_subnet_to_internet_gateway,
    transit_gateway_route_without_attachment,
    internet_gateway_route_without_attachment,
    route_twice,
    subnet_with_two_route_tables,
)
