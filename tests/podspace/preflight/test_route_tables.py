"""Route tables in the account: named ones and their routes, quotas, and default routes of node and gateway subnets."""

from __future__ import annotations

import re
from typing import Any

import pytest

from podspace.diagnostic import Diagnostic
from podspace.live.aws import call
from podspace.preflight import preflight
from tests.canned_account import (
    ATTACHED,
    NODES,
    PUBLIC,
    Answers,
    a_sound_account,
    a_subnet,
    a_table,
    denied,
    to_internet,
)
from tests.mother import AN_IPV6_CLUSTER, Changes, a_plan

TGW = {"TransitGatewayId": "tgw-0000000a"}
ATTACHED_ALREADY: Answers = {
    "DescribeTransitGateways": [{**TGW, "State": "available"}],
    "DescribeTransitGatewayAttachments": [ATTACHED],
}
DISABLED: Changes = {"node_classes": [{"name": "class", "snat_policy": "Disabled"}]}
TO_NAT = [a_table(f"rtb-0000000{each}", f"subnet-0000000{each}", routes=[to_internet(f"nat-0000000{each}")]) for each in "ab"]  # fmt: skip


def found(check: str, answers: Answers, changes: Changes) -> list[Diagnostic]:
    diagnostics = preflight(a_plan(changes), a_sound_account(answers))
    return [each for each in diagnostics if each.id == check]


def severities(check: str, answers: Answers, changes: Changes) -> list[str]:
    return [each.severity for each in found(check, answers, changes)]


def with_named_table(to: Any, **changes: Any) -> Changes:
    """A config whose routes to a transit gateway are added to a route table of the VPC as well."""
    entry = {"to": to, "transit_gateway": "tgw-0000000a", "route_tables": ["rtb-0000000f"]}
    return {"egress": [entry], **DISABLED, "pods.cidrs": [{"cidr": "100.64.0.0/16", "unique": True}], **changes}


IPV6: Changes = {**AN_IPV6_CLUSTER, "egress": [{"to": "2001:db9::/60", "transit_gateway": "tgw-0000000a", "route_tables": ["rtb-0000000f"]}]}  # fmt: skip


def main_with(*routes: dict[str, str]) -> Answers:
    """An account whose main route table, which is in the config, has further routes."""
    main = a_table("rtb-0000000f", routes=[to_internet("igw-0000000a"), *routes], main=True)
    return {**ATTACHED_ALREADY, "DescribeRouteTables": [*TO_NAT, main]}


BY_CIDR: Changes = with_named_table("10.128.0.0/9")
BY_LIST: Changes = with_named_table({"prefix_list": "pl-0000000a", "max_entries": 5})


@pytest.mark.parametrize(
    ("changes", "route", "severity"),
    [
        (BY_CIDR, {"DestinationCidrBlock": "10.128.0.0/9"}, "error"),
        (BY_CIDR, {"DestinationCidrBlock": "10.128.0.0/9", "State": "blackhole"}, "error"),
        (BY_CIDR, {"DestinationCidrBlock": "10.128.0.0/10"}, "ok"),
        (BY_CIDR, {"DestinationCidrBlock": "10.128.0.0/9", "Origin": "EnableVgwRoutePropagation"}, "ok"),
        (BY_LIST, {"DestinationPrefixListId": "pl-0000000a"}, "error"),
        (IPV6, {"DestinationIpv6CidrBlock": "2001:db9::/60"}, "error"),
        (IPV6, {"DestinationIpv6CidrBlock": "2001:0db9:0000::/60"}, "error"),
        (IPV6, {"DestinationIpv6CidrBlock": "2001:db9::/64"}, "ok"),
    ],
)
def test_a_static_route_to_the_same_destination_is_an_error(
    changes: Changes, route: dict[str, str], severity: str
) -> None:
    """A table may have a propagated route in addition to it."""
    (diagnostic,) = found("route-tables", main_with({**route, "TransitGatewayId": "tgw-1"}), changes)
    assert (diagnostic.severity, diagnostic.subject) == (severity, "rtb-0000000f")
    assert severity == "ok" or (diagnostic.fix and diagnostic.source)


def test_the_number_of_new_routes_is_reported() -> None:
    """One static route exists, and the plan adds two."""
    (diagnostic,) = found("route-tables", main_with(), with_named_table(["10.128.0.0/9", "10.64.0.0/10"]))
    assert re.findall(r"\d+", diagnostic.message) == ["1", "2"]


ROUTES = tuple({"DestinationCidrBlock": f"10.{number}.0.0/16", "TransitGatewayId": "tgw-1"} for number in range(16, 24))


@pytest.mark.parametrize(
    ("answers", "quota", "severity"),
    [
        (main_with(*ROUTES), 10, "ok"),
        (main_with(*ROUTES), 9, "error"),
        (main_with(*ROUTES, {"DestinationCidrBlock": "10.9.0.0/16", "GatewayId": "vgw-1", "Origin": "EnableVgwRoutePropagation"}), 10, "ok"),
        (main_with(*ROUTES, {"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-0"}), 10, "ok"),
        ({**main_with(*ROUTES, {"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1"}), "DescribeManagedPrefixLists": [{"PrefixListId": "pl-1", "MaxEntries": 5}]}, 14, "error"),
        ({**main_with(*ROUTES, {"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1"}), "DescribeManagedPrefixLists": [{"PrefixListId": "pl-1", "MaxEntries": 5}]}, 15, "ok"),
    ],
    ids=["within", "beyond", "propagated routes", "IPv6 routes", "a list beyond", "a list within"],
)  # fmt: skip
def test_existing_routes_of_a_named_table_count(answers: Answers, quota: int, severity: str) -> None:
    """The default route, eight others, and the one of the plan; the quota is that of the account."""
    diagnostics = found("route-quota", {**answers, "GetServiceQuota": [{"Value": float(quota)}]}, BY_CIDR)
    assert [each.severity for each in diagnostics if each.subject == "rtb-0000000f"] == [severity]


def test_a_route_of_the_stack_counts_once() -> None:
    (planned,) = [each for each in a_plan(BY_CIDR).resources() if each.type == "AWS::EC2::Route" and each.create_only["RouteTableId"] == "rtb-0000000f"]  # fmt: skip
    resource = {"LogicalResourceId": planned.logical_id, "PhysicalResourceId": "1", "ResourceType": planned.type}
    deployed = {
        **main_with(*ROUTES, {"DestinationCidrBlock": "10.128.0.0/9", **TGW}),
        "DescribeStacks": [{"StackName": a_plan().stack_name, "StackStatus": "CREATE_COMPLETE"}],
        "ListStackResources": [resource],
        "GetServiceQuota": [{"Value": 10.0}],
    }
    assert {*severities("route-quota", deployed, BY_CIDR), *severities("route-tables", deployed, BY_CIDR)} == {"ok"}


def test_new_route_tables_are_compared_with_the_quota_of_the_account() -> None:
    many: Changes = with_named_table([f"10.{number}.0.0/16" for number in range(128, 132)])
    answers = {**ATTACHED_ALREADY, "GetServiceQuota": [{"Value": 3.0}]}
    zones = {each.subject for each in found("route-quota", answers, many) if each.severity == "error"}
    assert zones == {"eu-west-1a", "eu-west-1b", "rtb-0000000f"}
    assert severities("route-quota", {"GetServiceQuota": denied(call.GET_SERVICE_QUOTA)}, many) == ["unknown"]


HALVES = ("0.0.0.0/1", "128.0.0.0/1")


def by(target: dict[str, str], *destinations: str, state: str = "active") -> list[dict[str, str]]:
    keys = ["DestinationPrefixListId" if each.startswith("pl-") else "DestinationCidrBlock" for each in destinations]
    return [{key: to, "State": state, **target} for key, to in zip(keys, destinations, strict=True)]


IGW, NAT, VPCE = {"GatewayId": "igw-0000000a"}, {"NatGatewayId": "nat-0000000a"}, {"GatewayId": "vpce-1"}
NEW_NAT: Changes = {
    "egress": [{"to": "internet", "new_nat_gateways": {"eu-west-1a": "subnet-000000aa", "eu-west-1b": "subnet-000000bb"}}],
    **DISABLED,
}  # fmt: skip


@pytest.mark.parametrize(
    ("routes", "severity"),
    [
        (by(IGW, "0.0.0.0/0"), "ok"),
        (by(IGW, *HALVES), "ok"),
        (by(IGW, "0.0.0.0/1"), "error"),
        (by(IGW, "0.0.0.0/0", state="blackhole"), "error"),
        ([*by(IGW, "0.0.0.0/1"), *by(NAT, "128.0.0.0/1")], "error"),
        (by(IGW, "pl-0000000a"), "unknown"),
        ([*by(IGW, "0.0.0.0/0"), *by(NAT, "pl-0000000a")], "ok"),
    ],
)
@pytest.mark.parametrize("check", ["gateway-subnets", "nat-gateways"])
def test_public_nat_gateways_need_every_address_by_an_internet_gateway(
    check: str, routes: list[dict[str, str]], severity: str
) -> None:
    """By one route, or by several that have every address as their destination together."""
    answers = {"DescribeRouteTables": [*TO_NAT, a_table("rtb-0000000f", routes=routes, main=True)]}
    assert set(severities(check, answers, NEW_NAT if check == "gateway-subnets" else {})) == {severity}


GATEWAY_ENDPOINT = {"VpcEndpointId": "vpce-1", "VpcEndpointType": "Gateway", "ServiceName": "com.amazonaws.eu-west-1.s3"}  # fmt: skip


@pytest.mark.parametrize(
    ("routes", "severity"),
    [
        (by(NAT, "0.0.0.0/0"), "ok"),
        (by(NAT, *HALVES), "ok"),
        (by(NAT, "128.0.0.0/1"), "warning"),
        (by(NAT, "0.0.0.0/0", state="blackhole"), "warning"),
        (by(NAT, "pl-0000000a"), "unknown"),
        (by(VPCE, "pl-0000000a"), "warning"),
        ([*by(VPCE, "pl-0000000a"), *by(NAT, *HALVES)], "ok"),
        ([], "warning"),
    ],
)
@pytest.mark.parametrize("changes", [{}, DISABLED], ids=["Random", "Disabled"])
def test_node_subnets_need_routes_to_every_address(
    changes: Changes, routes: list[dict[str, str]], severity: str
) -> None:
    """The prefix list of a gateway endpoint is one service's."""
    table = a_table("rtb-0000000a", "subnet-0000000a", "subnet-0000000b", routes=routes)
    tables = [table, a_table("rtb-0000000f", routes=by(IGW, "0.0.0.0/0"), main=True)]
    answers = {"DescribeRouteTables": tables, "DescribeVpcEndpoints": [GATEWAY_ENDPOINT]}
    diagnostics = found("node-subnets", answers, changes)
    assert {each.severity for each in diagnostics} == {severity}
    assert all(each.fix for each in diagnostics if each.severity != "ok")


def test_a_prefix_list_may_route_everything_to_a_firewall() -> None:
    """Its endpoint is not that of one service."""
    firewall = {"VpcEndpointId": "vpce-1", "VpcEndpointType": "GatewayLoadBalancer", "ServiceName": "firewall"}
    table = a_table("rtb-0000000a", "subnet-0000000a", "subnet-0000000b", routes=by(VPCE, "pl-0000000a"))
    answers = {"DescribeRouteTables": [table], "DescribeVpcEndpoints": [firewall]}
    assert set(severities("node-subnets", answers, {})) == {"unknown"}


def test_an_ipv6_cluster_may_have_a_default_route_of_ipv6() -> None:
    route = {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1"}
    table = a_table("rtb-0000000a", "subnet-0000000a", "subnet-0000000b", routes=[route])
    answers = {"DescribeRouteTables": [table, main_with()["DescribeRouteTables"][-1]]}
    assert set(severities("node-subnets", answers, AN_IPV6_CLUSTER)) == {"ok"}
    assert set(severities("node-subnets", answers, {})) == {"warning"}


def with_addresses(given: bool | None) -> Changes:
    """A NodeClass that decides about public addresses, or leaves it to the subnet."""
    networking = {} if given is None else {"advanced_networking": {"associate_public_ip_address": given}}
    return {"node_classes": [{"name": "class", "snat_policy": "Random", **networking}]}


@pytest.mark.parametrize(
    ("by_subnet", "changes", "severity"),
    [
        (True, with_addresses(None), "ok"),
        (False, with_addresses(None), "warning"),
        (True, with_addresses(False), "warning"),
        (False, with_addresses(True), "ok"),
        (False, {**with_addresses(True), "vpc_cni": {}}, "warning"),
        (True, DISABLED, "ok"),
        (False, DISABLED, "warning"),
    ],
)
def test_public_node_subnets_need_public_addresses(by_subnet: bool, changes: Changes, severity: str) -> None:
    """Of the NodeClass if it says so, else of the subnet; managed node groups have those of the subnet."""
    subnets = [{**subnet, "MapPublicIpOnLaunch": by_subnet} for subnet in NODES]
    answers = {"DescribeSubnets": [*subnets, *PUBLIC], "DescribeRouteTables": [main_with()["DescribeRouteTables"][-1]]}
    assert set(severities("node-subnets", answers, changes)) == {severity}


def test_subnets_without_free_addresses_are_reported_before_their_routes() -> None:
    full = [a_subnet("subnet-0000000a", "a", "10.0.0.0/24", free=0), NODES[1]]
    assert severities("node-subnets", {"DescribeSubnets": [*full, *PUBLIC]}, {})[0] == "error"
