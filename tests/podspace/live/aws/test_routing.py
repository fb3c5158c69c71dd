"""Routes and route tables as EC2 answers them."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.live.aws.routing import Route, RouteTable

LOCAL = {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local"}
LEARNED = {"DestinationCidrBlock": "10.8.0.0/16", "GatewayId": "vgw-1", "Origin": "EnableVgwRoutePropagation"}
CREATED = {"DestinationCidrBlock": "10.9.0.0/16", "GatewayId": "vgw-1", "Origin": "CreateRoute"}


def a_route_table(*routes: dict[str, Any], associations: list[dict[str, Any]] | None = None) -> RouteTable:
    return RouteTable.model_validate(
        {"RouteTableId": "rtb-1", "Routes": list(routes), "Associations": associations or []}
    )


@pytest.mark.parametrize(
    ("answer", "to", "destination"),
    [
        ({"DestinationCidrBlock": "10.8.0.0/16"}, "10.8.0.0/16", "10.8.0.0/16"),
        ({"DestinationIpv6CidrBlock": "2001:DB8:0::/32"}, "2001:db8::/32", None),
        ({"DestinationPrefixListId": "pl-1"}, "pl-1", None),
    ],
)
def test_a_destination_is_a_cidr_or_a_prefix_list(answer: dict[str, str], to: str, destination: str | None) -> None:
    route = Route.model_validate(answer)
    assert (route.to, route.destination and str(route.destination)) == (to, destination)


def test_static_routes_are_neither_local_nor_propagated() -> None:
    table = a_route_table(LOCAL, LEARNED, CREATED)
    assert [route.to for route in table.static_routes] == ["10.9.0.0/16"]
    assert [route.propagated for route in table.routes] == [False, True, False]
    assert [route.local for route in table.routes] == [True, False, False]


@pytest.mark.parametrize(
    ("routes", "default"),
    [
        ([], False),
        ([{"DestinationIpv6CidrBlock": "::/0", "NatGatewayId": "nat-1"}], True),
        ([LOCAL, {"DestinationIpv6CidrBlock": "::/0", "NatGatewayId": "nat-1"}], True),
        ([{"DestinationIpv6CidrBlock": "::/0", "NatGatewayId": "nat-1", "State": "blackhole"}], False),
        ([{"DestinationIpv6CidrBlock": "2001:db8::/32", "NatGatewayId": "nat-1"}], False),
        ([{"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1"}], False),
    ],
)
def test_a_default_route_for_ipv6_is_active(routes: list[dict[str, str]], default: bool) -> None:
    assert a_route_table(*routes).is_default_for_ipv6 is default


@pytest.mark.parametrize(
    ("associations", "only"),
    [
        ([], False),
        ([{"SubnetId": "subnet-1"}], True),
        ([{"SubnetId": "subnet-1"}, {"SubnetId": "subnet-2"}], True),
        ([{"SubnetId": "subnet-1"}, {"SubnetId": "subnet-3"}], False),
        ([{"Main": True}], False),
    ],
)
def test_a_route_table_is_only_for_subnets_if_each_association_is_one_of_them(
    associations: list[dict[str, Any]], only: bool
) -> None:
    table = a_route_table(associations=associations)
    assert table.is_only_for({"subnet-1", "subnet-2"}) is only
    assert [each.main for each in table.associations] == [each.get("Main", False) for each in associations]
