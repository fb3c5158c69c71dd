"""Routes lead somewhere, tables have routes, and subnets have tables, as far as they are known."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

import pytest

from podspace.lint.route import Route, RouteTable, Routing, Way, is_private, is_regional, tables_of
from podspace.lint.value import Known, Reference
from podspace.lint.vpc import Subnet, Vpcs
from tests.podspace.lint.stacks import UNTOLD, Body, a_deployment, att, made, of, ref, resource_of

PARAMETERS: Body = {"P": {"Type": "String"}}
GATEWAYS: Body = {
    "Igw": of("EC2::InternetGateway"),
    "Vgw": of("EC2::VPNGateway"),
    "Nat": of("EC2::NatGateway", SubnetId=ref("Subnet")),
}
SUBNET = of("EC2::Subnet", VpcId=ref("Vpc"))


def routing_of(resources: Body, **sections: Any) -> tuple[Routing, Vpcs]:
    deployment = a_deployment(resources, Parameters=PARAMETERS, **sections)
    vpcs = Vpcs(deployment)
    return Routing(deployment, vpcs), vpcs


def a_route(**properties: Any) -> Route:
    (route,) = routing_of({**GATEWAYS, "Route": of("EC2::Route", **properties)})[0].routes
    return route


@pytest.mark.parametrize(
    ("target", "way", "gateway"),
    [
        ({"NatGatewayId": "nat-0a"}, "nat", "nat-0a"),
        ({"NatGatewayId": ref("Nat")}, "nat", made("Nat")),
        ({"NatGatewayId": att("Nat", "NatGatewayId")}, "nat", made("Nat")),
        ({"NatGatewayId": UNTOLD}, "nat", None),
        ({"TransitGatewayId": ref("P")}, "transit", Reference("stack", "P")),
        ({"VpcPeeringConnectionId": "pcx-0a"}, "peering", "pcx-0a"),
        ({"InstanceId": "i-0a"}, "other", "i-0a"),
        ({"NetworkInterfaceId": "eni-0a"}, "other", "eni-0a"),
        ({"VpcEndpointId": "vpce-0a"}, "other", "vpce-0a"),
        ({"EgressOnlyInternetGatewayId": "eigw-0a"}, "other", "eigw-0a"),
        ({"CoreNetworkArn": "arn:a"}, "other", "arn:a"),
        ({"CarrierGatewayId": "cagw-0a"}, "other", "cagw-0a"),
        ({"LocalGatewayId": "lgw-0a"}, "other", "lgw-0a"),
        ({"GatewayId": "igw-0a"}, "internet", "igw-0a"),
        ({"GatewayId": "vgw-0a"}, "vpn", "vgw-0a"),
        ({"GatewayId": "other-0a"}, None, "other-0a"),
        ({"GatewayId": ref("Igw")}, "internet", made("Igw")),
        ({"GatewayId": att("Igw", "InternetGatewayId")}, "internet", made("Igw")),
        ({"GatewayId": ref("Vgw")}, "vpn", made("Vgw")),
        ({"GatewayId": ref("P")}, None, Reference("stack", "P")),
        ({"GatewayId": {"Fn::ImportValue": "igw"}}, None, Reference("", "export igw")),
        ({"GatewayId": UNTOLD}, None, None),
        ({}, None, None),
    ],
)
def test_a_route_has_a_target_of_a_kind(target: Body, way: str | None, gateway: Known | None) -> None:
    """By the property, by the id, or by what it is where it is made here."""
    route = a_route(DestinationCidrBlock="0.0.0.0/0", **target)
    assert (route.way, route.gateway) == (way, gateway)


@pytest.mark.parametrize(
    ("destination", "written", "to"),
    [
        ({"DestinationCidrBlock": "0.0.0.0/0"}, "0.0.0.0/0", "0.0.0.0/0"),
        ({"DestinationCidrBlock": "10.0.0.9/8"}, "10.0.0.9/8", "10.0.0.0/8"),
        ({"DestinationIpv6CidrBlock": "::/0"}, "::/0", None),
        ({"DestinationPrefixListId": "pl-0a"}, "pl-0a", None),
        ({"DestinationCidrBlock": ref("P")}, Reference("stack", "P"), None),
        ({}, None, None),
    ],
)
def test_a_route_has_a_destination(destination: Body, written: object, to: str | None) -> None:
    """Which is a network where it is IPv4 and known."""
    route = a_route(NatGatewayId="nat-0a", **destination)
    assert (route.destination, route.to) == (written, IPv4Network(to) if to else None)


def a_table(**route: Any) -> Body:
    return {"Table": of("EC2::RouteTable", VpcId=ref("Vpc")), "Route": of("EC2::Route", **route)}


def test_a_table_has_the_routes_that_name_it() -> None:
    """By Ref or by attribute; one that exists is never known whole."""
    resources = {
        "Table": of("EC2::RouteTable"),
        "A": of("EC2::Route", RouteTableId=ref("Table"), DestinationCidrBlock="10.0.0.0/8"),
        "B": of("EC2::Route", RouteTableId=att("Table", "RouteTableId"), DestinationCidrBlock="0.0.0.0/0"),
        "C": of("EC2::Route", RouteTableId="rtb-0a", DestinationCidrBlock="10.0.0.0/8"),
    }
    tables = routing_of(resources)[0].tables
    own, existing = tables[made("Table")], tables["rtb-0a"]
    assert own.resource
    assert ([route.resource.id for route in own.routes], own.whole) == (["A", "B"], True)
    assert ([route.resource.id for route in existing.routes], existing.whole) == (["C"], False)
    assert existing.resource is None
    default = own.default()
    assert default
    assert (default.resource.id, existing.default()) == ("B", None)


@pytest.mark.parametrize(("condition", "chosen"), [("A", True), ("", False)])
def test_a_condition_may_choose_the_default_route_of_a_table(condition: str, chosen: bool) -> None:
    """One of two is not taken for both; if both are there for certain, the first is."""
    resources: Body = {"Table": of("EC2::RouteTable")}
    for id in ("First", "Second"):
        resources[id] = of("EC2::Route", RouteTableId=ref("Table"), DestinationCidrBlock="0.0.0.0/0")
        resources[id] |= {"Condition": condition} if condition else {}
    conditions = {"A": {"Fn::Equals": [ref("P"), "a"]}}
    default = routing_of(resources, Conditions=conditions)[0].tables[made("Table")].default()
    assert (default is None) is chosen
    assert default is None or default.resource.id == "First"


@pytest.mark.parametrize(
    ("resources", "sections", "whole", "leads_out"),
    [
        ({"Table": of("EC2::RouteTable")}, {}, True, False),
        ({"Table": of("EC2::RouteTable")}, {"Transform": "Macro"}, False, None),
        (a_table(RouteTableId=UNTOLD), {}, False, None),
        (a_table(RouteTableId=ref("Table")), {}, True, True),
        (a_table(RouteTableId=ref("Table")), {"Transform": "Macro"}, False, True),
        (a_table(RouteTableId="rtb-0a"), {}, True, False),
    ],
)
def test_a_table_has_a_route_out_of_the_vpc_or_not_or_it_is_unknown(
    resources: Body, sections: Body, whole: bool, leads_out: bool | None
) -> None:
    """A route of no known table may be of this one."""
    table = routing_of(resources, **sections)[0].tables[made("Table")]
    assert (table.whole, table.leads_out()) == (whole, leads_out)


def table_and_id(resources: Body, **sections: Any) -> tuple[RouteTable | None, Known | None]:
    routing, vpcs = routing_of({"Subnet": SUBNET, "Vpc": of("EC2::VPC"), **resources}, **sections)
    (subnet,) = vpcs.subnets
    return routing.table_of(subnet), routing.id_of_table(subnet)


def associated(table: Any, subnet: Any = None) -> Body:
    return of("EC2::SubnetRouteTableAssociation", RouteTableId=table, SubnetId=subnet or ref("Subnet"))


def test_a_subnet_is_on_the_table_it_is_associated_with() -> None:
    table, id = table_and_id({**a_table(RouteTableId=ref("Table")), "On": associated(ref("Table"))})
    assert table
    assert table.resource
    assert (table.resource.id, id) == ("Table", made("Table"))
    assert [route.resource.id for route in table.routes] == ["Route"]


@pytest.mark.parametrize(("table", "id"), [("rtb-0a", "rtb-0a"), (UNTOLD, None), (ref("P"), Reference("stack", "P"))])
def test_a_subnet_may_be_on_a_table_that_is_not_known(table: Any, id: Known | None) -> None:
    """Which is not the main one."""
    assert table_and_id({"On": associated(table)}) == (None, id)


@pytest.mark.parametrize(
    ("resources", "sections", "known"),
    [
        ({}, {}, True),
        ({"Elsewhere": associated("rtb-0a", "subnet-0a")}, {}, True),
        ({"Elsewhere": associated("rtb-0a", UNTOLD)}, {}, False),
        ({}, {"Transform": "Macro"}, False),
        ({"Subnet": of("EC2::Subnet", VpcId="vpc-0a")}, {}, False),
        ({"Subnet": of("EC2::Subnet", VpcId=UNTOLD)}, {}, False),
    ],
)
def test_a_subnet_without_a_table_is_on_the_main_one(resources: Body, sections: Body, known: bool) -> None:
    """Which leads nowhere in a VPC that is made here, and may lead anywhere in one that exists."""
    table, id = table_and_id(resources, **sections)
    assert (table is not None, id) == (known, None)
    assert table is None or table.leads_out() is False


def test_subnets_are_given_with_their_tables_where_these_are_known() -> None:
    resources = {"A": SUBNET, "B": SUBNET, "Table": of("EC2::RouteTable")}
    resources |= {
        "OnA": associated(ref("Table"), ref("A")),
        "OnB": associated("rtb-0a", ref("B")),
        "Vpc": of("EC2::VPC"),
    }
    routing, vpcs = routing_of(resources)
    found = [(subnet.key, table.whole) for subnet, table in tables_of(routing, vpcs.subnets)]
    assert found == [(made("A"), True)]


@pytest.mark.parametrize(
    ("properties", "where"), [({"SubnetId": ref("Subnet")}, made("Subnet")), ({"SubnetId": "subnet-0a"}, None), ({"SubnetId": UNTOLD}, None), ({}, None)]
)  # fmt: skip
def test_a_nat_gateway_is_in_a_subnet(properties: Body, where: Reference | None) -> None:
    """Where that is made here."""
    routing, _ = routing_of({"Subnet": SUBNET, "Nat": of("EC2::NatGateway", **properties)})
    found: Subnet | None = routing.subnet_of(routing.nat_gateways[made("Nat")])
    assert (found.key if found else None) == where


@pytest.mark.parametrize(
    ("properties", "regional", "private"),
    [
        ({}, False, False),
        ({"AvailabilityMode": "regional"}, True, False),
        ({"AvailabilityMode": "zonal", "ConnectivityType": "public"}, False, False),
        ({"ConnectivityType": "private"}, False, True),
        ({"AvailabilityMode": ref("P"), "ConnectivityType": ref("P")}, False, False),
    ],
)
def test_a_nat_gateway_is_of_a_kind(properties: Body, regional: bool, private: bool) -> None:
    """What is not known is the usual one."""
    gateway = resource_of(a_deployment({"Nat": of("EC2::NatGateway", **properties)}, Parameters=PARAMETERS), "Nat")
    assert (is_regional(gateway), is_private(gateway)) == (regional, private)


@pytest.mark.parametrize(
    ("target", "ways"),
    [({"NatGatewayId": "nat-0a"}, {"nat"}), ({"TransitGatewayId": "tgw-0a"}, {"transit"}), ({"GatewayId": ref("P")}, {"nat", "transit"})],
)  # fmt: skip
def test_a_table_may_lead_some_way(target: Body, ways: set[Way]) -> None:
    """By a route that does, by one of which nobody knows, or where not all routes are known."""
    resources = a_table(RouteTableId=ref("Table"), DestinationCidrBlock="0.0.0.0/0", **target)
    table = routing_of(resources)[0].tables[made("Table")]
    tried: tuple[Way, ...] = ("nat", "transit")
    assert {way for way in tried if table.may_lead(way)} == ways
    assert RouteTable(resource=None, whole=False).may_lead("nat")
    assert not RouteTable(resource=None, whole=True).may_lead("nat")


@pytest.mark.parametrize(
    ("other", "whole"),
    [
        (of("EC2::VPNGatewayRoutePropagation", RouteTableIds=[ref("Table")]), False),
        (of("EC2::VPNGatewayRoutePropagation", RouteTableIds=ref("Table")), False),
        (of("EC2::VPNGatewayRoutePropagation", RouteTableIds=["rtb-0a"]), True),
        (of("EC2::VPNGatewayRoutePropagation", RouteTableIds=ref("P")), False),
        (of("EC2::RouteServerPropagation", RouteTableId=ref("Table")), False),
        ({"Type": "Custom::Routes", "Properties": {"Table": ref("Table")}}, False),
        ({"Type": "Custom::Routes", "Properties": {"Table": "rtb-0a"}}, True),
    ],
)
def test_a_table_may_get_routes_from_elsewhere(other: Body, whole: bool) -> None:
    """By propagation, or from a custom resource."""
    tables = routing_of({"Table": of("EC2::RouteTable"), "Other": other})[0].tables
    assert tables[made("Table")].whole is whole
