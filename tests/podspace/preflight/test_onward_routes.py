"""Routes behind private NAT gateways: preflight compares them with the route tables in the account."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.diagnostic import Diagnostic
from podspace.live.aws import call
from podspace.preflight import preflight
from tests.canned_account import (
    ATTACHED,
    PUBLIC,
    Answers,
    a_nat_gateway,
    a_sound_account,
    a_table,
    denied,
    to_internet,
)
from tests.mother import Changes, a_plan

DESTINATION = "10.128.0.0/9"
SUBNETS = {"eu-west-1a": "subnet-0000000a", "eu-west-1b": "subnet-0000000b"}
TGW = {"TransitGatewayId": "tgw-0000000a", "State": "available"}
ATTACHED_ALREADY = {"DescribeTransitGateways": [TGW], "DescribeTransitGatewayAttachments": [ATTACHED]}
MAIN = a_table("rtb-0000000f", routes=[to_internet("igw-0000000a")], main=True)


def egress(**entry: Any) -> Changes:
    """Private NAT gateways in the node subnets, which route to one destination."""
    return {
        "egress": [{"to": DESTINATION, "private_nat_gateways": SUBNETS, **entry}],
        "node_classes": [{"name": "class", "snat_policy": "Disabled"}],
    }


def to(destination: str, **target: str) -> dict[str, str]:
    """A route as EC2 shows it."""
    key = "DestinationPrefixListId" if destination.startswith("pl-") else "DestinationCidrBlock"
    return {key: destination, "State": "active", **target}


def with_routes(*routes: dict[str, str]) -> Answers:
    """An account whose two node subnets use route tables with these routes."""
    tables = [a_table(f"rtb-0000000{each}", f"subnet-0000000{each}", routes=[*routes]) for each in "ab"]
    return {"DescribeRouteTables": [*tables, MAIN]}


def diagnostics(answers: Answers, changes: Changes) -> list[Diagnostic]:
    found = list(preflight(a_plan(changes), a_sound_account(answers)))
    return [each for each in found if each.id == "onward-routes"]


def severities(answers: Answers, changes: Changes | None = None) -> list[tuple[str, str]]:
    return [(each.severity, each.subject) for each in diagnostics(answers, changes or egress())]


def both(severity: str) -> list[tuple[str, str]]:
    return [(severity, subnet) for subnet in SUBNETS.values()]


@pytest.mark.parametrize(
    "routes",
    [
        [to(DESTINATION, TransitGatewayId="tgw-0000000a")],
        [to("10.0.0.0/8", VpcPeeringConnectionId="pcx-1")],
        [to("0.0.0.0/0", GatewayId="vgw-0000000a")],
        [to(DESTINATION, NetworkInterfaceId="eni-1")],
        [to("10.128.0.0/10", TransitGatewayId="tgw-1"), to("10.192.0.0/10", VpcPeeringConnectionId="pcx-1")],
        [to("0.0.0.0/0", GatewayId="igw-0000000a"), to(DESTINATION, TransitGatewayId="tgw-1")],
        [to(DESTINATION, NatGatewayId="nat-0000000a")],
    ],
    ids=["transit gateway", "peering", "virtual private gateway", "interface", "two halves", "specific", "other NAT"],
)
def test_a_route_to_the_destination_is_ok(routes: list[dict[str, str]]) -> None:
    assert severities(with_routes(*routes)) == both("ok")


@pytest.mark.parametrize(
    "routes",
    [
        [],
        [to(DESTINATION, TransitGatewayId="tgw-1", State="blackhole")],
        [to("0.0.0.0/0", GatewayId="igw-0000000a")],
        [to("10.128.0.0/10", TransitGatewayId="tgw-1")],
        [to("10.0.0.0/8", TransitGatewayId="tgw-1"), to("10.129.0.0/16", TransitGatewayId="tgw-2", State="blackhole")],
        [to("10.0.0.0/8", TransitGatewayId="tgw-1"), to(DESTINATION, GatewayId="igw-0000000a")],
        [to("10.0.0.0/8", GatewayId="local")],
    ],
    ids=["none", "blackhole", "internet gateway", "half", "blackhole inside", "internet gateway inside", "local"],
)
def test_a_destination_without_a_usable_route_is_an_error(routes: list[dict[str, str]]) -> None:
    assert severities(with_routes(*routes)) == both("error")


def test_an_error_names_subnet_route_table_destination_and_fix() -> None:
    lost = diagnostics(with_routes(to("10.128.0.0/10", TransitGatewayId="tgw-1")), egress())[0]
    assert lost.subject == "subnet-0000000a"
    assert lost.location.path == "egress[0].private_nat_gateways"
    for fact in ("rtb-0000000a", DESTINATION, "10.192.0.0/10"):
        assert fact in lost.message
    assert lost.cause
    assert "rtb-0000000a" in lost.fix


def test_local_routes_inside_the_destination_are_not_an_error() -> None:
    """The pod route tables have them too, so that such traffic does not reach the gateway."""
    local = to("10.130.0.0/20", GatewayId="local")
    assert severities(with_routes(to(DESTINATION, TransitGatewayId="tgw-1"), local)) == both("ok")


def test_a_route_back_to_a_nat_gateway_of_the_same_route_table_is_an_error() -> None:
    """This is the second deployment: the gateway exists, and the table routes to it."""
    nat = a_nat_gateway("nat-0000000c", "subnet-0000000a", ConnectivityType="private")
    shared = a_table("rtb-0000000a", *SUBNETS.values(), routes=[to(DESTINATION, NatGatewayId="nat-0000000c")])
    found = severities({"DescribeRouteTables": [shared, MAIN], "DescribeNatGateways": [nat]})
    assert found == both("error")


def test_a_route_that_the_plan_adds_is_ok() -> None:
    by_plan = egress(transit_gateway="tgw-0000000a", route_tables=["rtb-0000000a"])
    found = severities({**with_routes(), **ATTACHED_ALREADY}, by_plan)
    assert found == [("ok", "subnet-0000000a"), ("error", "subnet-0000000b")]


def test_a_route_of_the_plan_does_not_replace_a_blackhole() -> None:
    """The table has a route to the destination, so that the deployment changes nothing."""
    by_plan = egress(transit_gateway="tgw-0000000a", route_tables=["rtb-0000000a", "rtb-0000000b"])
    dead = to(DESTINATION, TransitGatewayId="tgw-0000000a", State="blackhole")
    assert severities({**with_routes(dead), **ATTACHED_ALREADY}, by_plan) == both("error")


def test_a_transit_gateway_that_is_attached_already_needs_the_routes_too() -> None:
    """Nothing is created for it: preflight checks its attachment and the routes of the subnets."""
    attached = egress(transit_gateway="tgw-0000000a")
    assert severities({**with_routes(), **ATTACHED_ALREADY}, attached) == both("error")
    route = to(DESTINATION, TransitGatewayId="tgw-0000000a")
    assert severities({**with_routes(route), **ATTACHED_ALREADY}, attached) == both("ok")
    not_attached = list(
        preflight(a_plan(attached), a_sound_account({**with_routes(route), "DescribeTransitGateways": [TGW]}))
    )
    assert [(each.severity, each.subject) for each in not_attached if each.id == "attachments"] == [
        ("error", "tgw-0000000a")
    ]


@pytest.mark.parametrize("each", [call.DESCRIBE_ROUTE_TABLES, call.DESCRIBE_SUBNETS], ids=lambda each: each.operation)
def test_a_route_table_or_subnet_that_cannot_be_read_is_unknown(each: call.Call) -> None:
    answers = {**with_routes(), each.operation: denied(each)}
    assert severities(answers) == [("unknown", each.action)]


def test_a_subnet_that_does_not_exist_is_reported_once() -> None:
    found = list(preflight(a_plan(egress()), a_sound_account({**with_routes(), "DescribeSubnets": PUBLIC})))
    assert [each.subject for each in found if each.id == "gateway-subnets"] == [*SUBNETS.values()]
    assert [each for each in found if each.id == "onward-routes"] == []


@pytest.mark.parametrize(
    ("routes", "severity"),
    [
        ([to("pl-0123abcd", TransitGatewayId="tgw-1")], "ok"),
        ([to("0.0.0.0/0", TransitGatewayId="tgw-1")], "ok"),
        ([to("10.0.0.0/8", TransitGatewayId="tgw-1")], "unknown"),
        ([to("pl-0123abcd", TransitGatewayId="tgw-1", State="blackhole")], "error"),
        ([to("0.0.0.0/0", GatewayId="igw-0000000a")], "error"),
        ([], "error"),
    ],
)
def test_a_prefix_list_needs_a_route_to_the_same_list_or_to_everything(
    routes: list[dict[str, str]], severity: str
) -> None:
    assert severities(with_routes(*routes), egress(to="pl-0123abcd")) == both(severity)


def test_a_route_to_a_prefix_list_makes_the_routes_of_a_cidr_unknown() -> None:
    """The entries of prefix lists are not read."""
    assert severities(with_routes(to("pl-0123abcd", TransitGatewayId="tgw-1"))) == both("unknown")
