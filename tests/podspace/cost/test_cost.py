"""What the ways out cost, by the hour and by the GB, and who pays for it already."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.cost import HOURS, Cost, cost
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, AN_IPV6_CLUSTER, Changes, a_config, a_plan

A, B = "eu-west-1a", "eu-west-1b"
SUBNETS = {A: "subnet-0000002a", B: "subnet-0000002b"}
DISABLED: Changes = {"node_classes": [{"name": "class", "snat_policy": "Disabled"}]}
PRIVATE: dict[str, Any] = {
    "to": ["10.1.0.0/16"],
    "private_nat_gateways": SUBNETS,
    "transit_gateway": "tgw-0000000a",
    "route_tables": ["rtb-0000000a"],
}
UNIQUE: Changes = {"pods.cidrs": [{"cidr": "100.64.0.0/16", "unique": True}], **DISABLED}


def the_cost(*egress: dict[str, Any], gb: int = 0, changes: Changes = DISABLED) -> Cost:
    changes = {**changes, **({"egress": list(egress)} if egress else {})}
    return cost(a_config(changes), a_plan(changes), gb=gb)


def hourly(found: Cost) -> dict[tuple[str, bool], int]:
    return {(each.what, each.new): each.units for each in found.hourly}


def test_what_exists_is_there_already_and_what_is_made_is_added() -> None:
    """With at least one address of each gateway."""
    there, made = the_cost(), the_cost({"to": "internet", "new_nat_gateways": SUBNETS})
    assert hourly(there) == {("NAT gateway", False): 2, ("its Elastic IP address", False): 2}
    assert (there.added, made.there) == (0, 0)
    assert hourly(made) == {("NAT gateway", True): 2, ("its Elastic IP address", True): 2}
    assert made.added == pytest.approx(there.there) == pytest.approx(2 * HOURS * (0.045 + 0.005))


def test_a_gateway_that_two_zones_name_is_counted_once() -> None:
    """By its id."""
    twice = the_cost({"to": "internet", "nat_gateways": {A: "nat-0000000a", B: "nat-0000000a"}})
    assert hourly(twice) == hourly(the_cost({"to": "internet", "nat_gateways": "nat-0000000a"}))


def test_addresses_are_counted_one_by_one_and_given_ones_are_there_already() -> None:
    """Of new gateways."""
    many = the_cost({"to": "internet", "new_nat_gateways": SUBNETS, "addresses": 3})
    assert hourly(many)["its Elastic IP address", True] == 6
    ids = {A: ["eipalloc-0000000a"], B: ["eipalloc-0000000b"]}
    given = the_cost({"to": "internet", "new_nat_gateways": SUBNETS, "allocation_ids": ids})
    assert hourly(given)["its Elastic IP address", False] == 2


def test_a_regional_gateway_costs_in_each_zone() -> None:
    """By a rate that is inferred."""
    found = the_cost({"to": "internet", "regional_nat_gateway": "automatic"})
    assert hourly(found)["regional NAT gateway in 2 zones", True] == 2
    assert found.used["regional_nat_gateway_hour"].inferred
    assert found.added == the_cost({"to": "internet", "new_nat_gateways": SUBNETS}).added
    ids = {A: ["eipalloc-0000000a", "eipalloc-0000000c"], B: ["eipalloc-0000000b"]}
    given = the_cost({"to": "internet", "regional_nat_gateway": ids})
    assert hourly(given)["its Elastic IP address", False] == 3


def test_a_transit_gateway_costs_an_attachment() -> None:
    """New, or there already; after private NAT gateways too."""
    way = {"to": "internet", "transit_gateway": "tgw-0000000a"}
    there = the_cost(way, changes=UNIQUE)
    made = the_cost({**way, "attachment_subnets": SUBNETS}, changes=UNIQUE)
    assert hourly(there) == {("transit gateway attachment", False): 1}
    assert hourly(made) == {("transit gateway attachment", True): 1}
    private = the_cost({**PRIVATE, "addresses": 2})
    assert hourly(private) == {("private NAT gateway", True): 2, ("transit gateway attachment", False): 1}


def test_interface_endpoints_cost_by_service_and_zone_and_gateway_endpoints_nothing() -> None:
    """Those that exist are not known."""
    endpoints = {"gateways": ["s3"], "interfaces": {"services": ["sts", "ec2", "eks"]}}
    found = the_cost(changes={**DISABLED, "egress": [], "endpoints": endpoints})
    assert hourly(found) == {("interface endpoints of 3 services in 2 zones", True): 6}
    existing = {"interfaces": {"existing": True, "security_group_ids": ["sg-0000000e"]}}
    assert not the_cost(changes={**DISABLED, "egress": [], "endpoints": existing}).hourly


def test_a_gb_costs_what_each_thing_on_its_way_takes() -> None:
    """The gateway, the transit gateway, the internet."""

    def per_gb(way: dict[str, Any], changes: Changes = DISABLED) -> float:
        found = the_cost(way, changes=changes)
        return found.per_gb(found.traffic[0])

    internet = per_gb({"to": "internet", "new_nat_gateways": SUBNETS})
    assert internet == pytest.approx(0.045 + 0.09)
    public = {"to": ["10.1.0.0/16"], "new_nat_gateways": SUBNETS}
    assert per_gb(public) == pytest.approx(0.045)
    assert per_gb(PRIVATE) == pytest.approx(0.045 + 0.02)
    assert per_gb({"to": "internet", "transit_gateway": "tgw-0000000a"}, UNIQUE) == pytest.approx(0.02)


def test_a_gateway_that_zones_share_costs_the_way_to_its_zone() -> None:
    """For all zones but one, at both ends."""
    shared = the_cost({"to": "internet", "nat_gateways": "nat-0000000a"})
    alone = the_cost()
    assert shared.per_gb(shared.traffic[0]) - alone.per_gb(alone.traffic[0]) == pytest.approx(0.01)
    one = {"pods.zones": [A], **DISABLED}
    single = the_cost({"to": "internet", "nat_gateways": "nat-0000000a"}, changes=one)
    assert single.per_gb(single.traffic[0]) == alone.per_gb(alone.traffic[0])


def test_traffic_costs_for_each_way_out_and_nothing_where_none_goes() -> None:
    """Under Random pods leave by the node subnets."""
    ways = ({"to": "internet", "new_nat_gateways": SUBNETS}, {"to": ["10.1.0.0/16"], "nat_gateways": "nat-0000000a"})
    found = the_cost(*ways, gb=100)
    assert found.by_traffic == pytest.approx(sum(100 * found.per_gb(way) for way in found.traffic))
    idle = the_cost(*ways, gb=100, changes={})
    assert idle.by_traffic == 0
    assert [way.carries_traffic for way in idle.traffic] == [False, False]
    assert idle.added == found.added


def test_in_a_new_vpc_the_nodes_use_the_ways_too() -> None:
    """So they carry traffic under either policy."""
    changes = {**A_NEW_VPC, **A_NEW_CLUSTER}
    found = cost(a_config(changes), a_plan(changes), gb=10)
    assert found.by_traffic > 0


def test_an_egress_only_gateway_costs_but_the_internet() -> None:
    """It has no hourly price."""
    changes = {**AN_IPV6_CLUSTER, "egress": [{"to": "internet", "egress_only_gateway": "new"}]}
    found = cost(a_config(changes), a_plan(changes), gb=1)
    assert not found.hourly
    assert found.by_traffic == pytest.approx(0.09)


def test_a_plan_without_ways_out_costs_nothing() -> None:
    """That is known here."""
    found = the_cost(changes={**DISABLED, "egress": []}, gb=1000)
    assert (found.added, found.there, found.by_traffic, found.used) == (0, 0, 0, {})
