"""Rules and remarks that hold for every kind of gateway: destinations, names, quotas, routes that pods use."""

from __future__ import annotations

import pytest

from tests.mother import AN_IPV6_CLUSTER, Changes, a_plan
from tests.planning_errors import Error, errors, remarks
from tests.podspace.planning.egress.entries import (
    ADDRESSES,
    CORPORATE,
    DISABLED,
    INTERNET,
    NAT,
    SUBNETS,
    TRANSIT,
    UNIQUE,
    egress,
    to_internet,
)

REFUSED: dict[str, tuple[Changes, list[Error]]] = {
    "a destination in two entries": (
        egress(INTERNET, {**CORPORATE, "to": ["10.128.0.0/9", "internet"], "transit_gateway": "tgw-0000000a", "route_tables": ["rtb-0000000a"]}),
        [("destination-twice", "egress[1].to[1]", "internet")],
    ),
    "a destination twice in one entry": (egress({**CORPORATE, "to": ["10.128.0.0/9"] * 2}), [("destination-twice", "egress[0].to[1]", "10.128.0.0/9")]),
    "all of IPv6 as a CIDR": ({**AN_IPV6_CLUSTER, "egress": [{**TRANSIT, "to": "::/0"}]}, [("default-route-as-cidr", "egress[0].to", "::/0")]),
    "a destination inside the VPC": (egress({**CORPORATE, "to": "10.0.8.0/24"}), [("destination-in-vpc", "egress[0].to", "10.0.8.0/24")]),
    "a destination that is the pods' block": (egress({**CORPORATE, "to": "100.64.0.0/16"}), [("destination-in-vpc", "egress[0].to", "100.64.0.0/16")]),
    "the internet as a CIDR": (egress({**INTERNET, "to": "0.0.0.0/0"}), [("default-route-as-cidr", "egress[0].to", "0.0.0.0/0")]),
    "an IPv6 destination in an IPv4 cluster": (egress({**CORPORATE, "to": "2001:db8::/32"}), [("destination-of-other-family", "egress[0].to", "2001:db8::/32")]),
    "two of a kind without names": (
        egress(INTERNET, {"to": "10.128.0.0/9", "nat_gateways": NAT}),
        [("gateway-name-twice", "egress[1].name", "")],
    ),
    "two transit gateways without names": (
        egress(TRANSIT, {"to": "10.128.0.0/9", "transit_gateway": "tgw-0000000b"}, **UNIQUE),
        [("gateway-name-twice", "egress[1].name", "")],
    ),
    "a NAT gateway in an IPv6 cluster": (
        {**AN_IPV6_CLUSTER, "egress": [INTERNET]},
        [("egress-without-ipv6", "egress[0].nat_gateways", "")],
    ),
    "gateways of two kinds with one name": (
        egress(INTERNET, {"to": "203.0.113.0/24", "regional_nat_gateway": "automatic", "name": "eu-west-1b"}),
        [("gateway-name-twice", "egress[1].name", "eu-west-1b")],
    ),
    "a gateway named like a transit gateway": (
        egress({"to": "203.0.113.0/24", "regional_nat_gateway": "automatic", "name": "transit-gateway"}, TRANSIT, **UNIQUE),
        [("gateway-name-twice", "egress[1].name", "")],
    ),
    "an address in two entries": (
        egress({"to": "internet", "new_nat_gateways": SUBNETS, "allocation_ids": ADDRESSES}, {"to": "203.0.113.0/24", "regional_nat_gateway": ADDRESSES}),
        [("allocation-twice", "egress[1]", "eipalloc-00000000"), ("allocation-twice", "egress[1]", "eipalloc-00000010"), ("allocation-twice", "egress[1]", "eipalloc-00000001"), ("allocation-twice", "egress[1]", "eipalloc-00000011")],
    ),
    "a range that no VPC can use": (egress({**CORPORATE, "to": "169.254.0.0/16"}), [("cidr-not-usable", "egress[0].to", "169.254.0.0/16")]),
    "an IPv4 destination in an IPv6 cluster": (
        {**AN_IPV6_CLUSTER, "egress": [{**TRANSIT, "to": "10.128.0.0/9"}]},
        [("destination-of-other-family", "egress[0].to", "10.128.0.0/9")],
    ),
    "an IPv6 destination inside the VPC": (
        {**AN_IPV6_CLUSTER, "egress": [{**TRANSIT, "to": "2001:db8:1:20::/60"}]},
        [("destination-in-vpc", "egress[0].to", "2001:db8:1:20::/60")],
    ),
    "addresses for existing NAT gateways": (egress({**INTERNET, "addresses": 2}), [("setting-of-other-kind", "egress[0].addresses", "")]),
    "Elastic IP addresses for private NAT gateways": (egress({**CORPORATE, "allocation_ids": ADDRESSES}), [("setting-of-other-kind", "egress[0].allocation_ids", "")]),
    "an attachment without a transit gateway": (egress({**INTERNET, "attachment_subnets": SUBNETS}), [("setting-of-other-kind", "egress[0].attachment_subnets", "")]),
    "route tables without a transit gateway": (egress({**INTERNET, "route_tables": ["rtb-0000000a"]}), [("setting-of-other-kind", "egress[0].route_tables", "")]),
    "more routes than a table holds": (
        egress({**CORPORATE, "to": ["10.128.0.0/16", "10.129.0.0/16"]}, **{"vpc.route_quota": 1}),
        [("route-quota", "egress", "2 routes in one route table")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), REFUSED.values(), ids=REFUSED)
def test_egress_that_ec2_refuses_is_an_error(changes: Changes, expected: list[Error]) -> None:
    assert errors(changes) == expected


def test_an_entry_that_is_written_twice_is_one_error() -> None:
    twice = {"egress": [{"to": "internet", "nat_gateways": "shared"}] * 2}
    assert errors(twice) == [("destination-twice", "egress[1].to", "internet")]


@pytest.mark.parametrize(
    "changes",
    [
        egress({**INTERNET, "to": ["internet", "pl-0000000a"]}),
        egress({**CORPORATE, "to": ["10.128.0.0/16", "10.129.0.0/16"]}, **{"vpc.route_quota": 2}),
    ],
)  # fmt: skip
def test_prefix_lists_and_as_many_routes_as_the_quota_allows_are_planned(changes: Changes) -> None:
    assert a_plan(changes).pods.gateways


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (to_internet("nat_gateways", "per_zone"), {"routes-not-used": "note"}),
        (to_internet("new_nat_gateways", "per_zone"), {"routes-not-used": "warning", "nat-connections": "note"}),
        ({**to_internet("nat_gateways", NAT), **DISABLED}, {}),
        ({"egress": []}, {}),
        ({"egress": [], **DISABLED}, {"no-egress": "note"}),
        ({**AN_IPV6_CLUSTER, **DISABLED}, {}),
    ],
)
def test_routes_that_pods_do_not_use_or_do_not_have_are_reported(changes: Changes, expected: dict[str, str]) -> None:
    assert remarks(changes) == expected


PEERS = {"vpc.peers": ["10.60.0.0/16"]}
ROUTES = {"vpc.routes": ["10.60.0.0/16"]}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (egress(**PEERS), "10.60.0.0/16"),
        (egress(**ROUTES), "10.60.0.0/16"),
        (egress({**TRANSIT, "to": "10.61.0.0/16"}, **UNIQUE, **ROUTES), "10.60.0.0/16"),
        (egress(CORPORATE, **{"vpc.routes": ["0.0.0.0/0", "10.60.0.0/16", "10.200.0.0/16"]}), "10.60.0.0/16"),
        (egress({"to": "internet", "nat_gateways": NAT}, **PEERS), ""),
        (egress({"to": "internet", "nat_gateways": NAT}, **ROUTES), ""),
        (egress({**CORPORATE, "to": "10.0.0.0/8"}, **PEERS), ""),
        (egress(TRANSIT, **UNIQUE, **ROUTES), ""),
        (egress(**{"vpc.routes": ["0.0.0.0/0"]}), ""),
        (egress(CORPORATE, **{"vpc.routes": ["0.0.0.0/0", "10.200.0.0/16"]}), ""),
        ({"egress": [], **PEERS}, ""),
    ],
)
def test_private_ranges_without_a_route_are_reported_if_no_route_covers_them(changes: Changes, expected: str) -> None:
    found = [remark.subject for remark in a_plan(changes).remarks if remark.id == "no-private-routes"]
    assert found == ([expected] if expected else [])


def test_a_default_route_of_the_vpc_is_no_destination_in_the_plan() -> None:
    plan = a_plan(egress(INTERNET, **{"vpc.routes": ["0.0.0.0/0", "10.60.0.0/16"]}))
    assert [str(cidr) for cidr in plan.vpc.routes] == ["10.60.0.0/16"]
    assert remarks(egress(INTERNET, **{"vpc.routes": ["0.0.0.0/0"]})) == {}


LIST = {"prefix_list": "pl-0000000a", "max_entries": 3}


def test_a_prefix_list_counts_as_many_routes_as_it_may_have_entries() -> None:
    entry = {**INTERNET, "to": ["internet", LIST]}
    assert a_plan(egress(entry, **{"vpc.route_quota": 4})).pods.route_tables
    assert errors(egress(entry, **{"vpc.route_quota": 3})) == [("route-quota", "egress", "4 routes in one route table")]


def test_a_prefix_list_of_unknown_size_counts_as_one_route_and_is_reported() -> None:
    unknown = egress({**INTERNET, "to": ["internet", "pl-0000000a"]}, **{"vpc.route_quota": 2})
    assert remarks(unknown)["prefix-list-size"] == "note"
    assert "prefix-list-size" not in remarks(egress({**INTERNET, "to": ["internet", LIST]}))
