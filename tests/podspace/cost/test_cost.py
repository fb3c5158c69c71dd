"""The cost of gateways and endpoints, by the hour and by the GB."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.cost import HOURS, Cost, cost
from podspace.live.aws import prices
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, AN_IPV6_CLUSTER, Changes, a_plan

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
    return cost(a_plan(changes), gb=gb)


def hourly(found: Cost) -> dict[tuple[str, bool], int]:
    return {(each.what, each.new): each.units for each in found.hourly}


def test_the_costs_of_existing_and_new_gateways_are_separate() -> None:
    """At least one address of each existing gateway is counted."""
    there, made = the_cost(), the_cost({"to": "internet", "new_nat_gateways": SUBNETS})
    assert hourly(there) == {("NAT gateway", False): 2, ("its Elastic IP address", False): 2}
    assert (there.new_monthly, made.existing_monthly) == (0, 0)
    assert hourly(made) == {("NAT gateway", True): 2, ("its Elastic IP address", True): 2}
    assert made.new_monthly == pytest.approx(there.existing_monthly) == pytest.approx(2 * HOURS * (0.045 + 0.005))


def test_a_gateway_that_two_zones_name_is_counted_once() -> None:
    twice = the_cost({"to": "internet", "nat_gateways": {A: "nat-0000000a", B: "nat-0000000a"}})
    assert hourly(twice) == hourly(the_cost({"to": "internet", "nat_gateways": "nat-0000000a"}))


def test_each_address_of_a_new_gateway_is_counted_as_new_or_existing() -> None:
    many = the_cost({"to": "internet", "new_nat_gateways": SUBNETS, "addresses": 3})
    assert hourly(many)["its Elastic IP address", True] == 6
    ids = {A: ["eipalloc-0000000a"], B: ["eipalloc-0000000b"]}
    given = the_cost({"to": "internet", "new_nat_gateways": SUBNETS, "allocation_ids": ids})
    assert hourly(given)["its Elastic IP address", False] == 2


def test_a_regional_gateway_costs_in_each_zone() -> None:
    """Its price is inferred."""
    found = the_cost({"to": "internet", "regional_nat_gateway": "automatic"})
    assert hourly(found)["regional NAT gateway in 2 zones", True] == 2
    assert found.applied_prices["regional_nat_gateway_hour"].inferred
    assert found.new_monthly == the_cost({"to": "internet", "new_nat_gateways": SUBNETS}).new_monthly
    ids = {A: ["eipalloc-0000000a", "eipalloc-0000000c"], B: ["eipalloc-0000000b"]}
    given = the_cost({"to": "internet", "regional_nat_gateway": ids})
    assert hourly(given)["its Elastic IP address", False] == 3


def test_a_transit_gateway_costs_an_attachment() -> None:
    """Private NAT gateways may be before it."""
    entry = {"to": "internet", "transit_gateway": "tgw-0000000a"}
    there = the_cost(entry, changes=UNIQUE)
    made = the_cost({**entry, "attachment_subnets": SUBNETS}, changes=UNIQUE)
    assert hourly(there) == {("transit gateway attachment", False): 1}
    assert hourly(made) == {("transit gateway attachment", True): 1}
    private = the_cost({**PRIVATE, "addresses": 2})
    assert hourly(private) == {("private NAT gateway", True): 2, ("transit gateway attachment", False): 1}


def test_a_core_network_costs_an_attachment_and_its_traffic() -> None:
    arn = "arn:aws:networkmanager::111122223333:core-network/core-network-0000000a"
    entry = {"to": "10.1.0.0/16", "core_network": arn}
    there = the_cost(entry, changes=UNIQUE)
    made = the_cost({**entry, "attachment_subnets": SUBNETS}, changes=UNIQUE)
    assert hourly(there) == {("core network attachment", False): 1}
    assert hourly(made) == {("core network attachment", True): 1}
    prices = made.prices.prices
    assert made.per_gb(made.traffic[0]) == prices["core_network_gb"].amount
    assert made.new_monthly == pytest.approx(prices["core_network_hour"].amount * 730)


def test_a_virtual_private_gateway_costs_nothing_by_the_hour() -> None:
    entry = {"to": "10.1.0.0/16", "virtual_private_gateway": "vgw-0000000a", "propagate_routes": True}
    assert hourly(the_cost(entry, changes=UNIQUE)) == {}


def test_interface_endpoints_cost_by_service_and_zone_and_gateway_endpoints_nothing() -> None:
    """Existing interface endpoints are not in the config."""
    endpoints = {"gateways": ["s3"], "interfaces": {"services": ["sts", "ec2", "eks"]}}
    found = the_cost(changes={**DISABLED, "egress": [], "endpoints": endpoints})
    assert hourly(found) == {("interface endpoints of 3 services in 2 zones", True): 6}
    one = {"interfaces": {"services": ["sts"], "subnets": {"eu-west-1a": "subnet-0000001a"}}}
    assert set(hourly(the_cost(changes={**DISABLED, "egress": [], "endpoints": one}))) == {
        ("interface endpoints of 1 service in 1 zone", True)
    }
    existing = {"interfaces": {"existing": True, "security_group_ids": ["sg-0000000e"]}}
    assert not the_cost(changes={**DISABLED, "egress": [], "endpoints": existing}).hourly


def test_an_alarm_costs_for_each_metric_that_it_compares() -> None:
    """One for port allocation, three for dropped packets, two for bytes; one for the usage of the VPC."""
    asked: Changes = {"monitoring": {"nat_gateways": {"bytes_per_hour": 1}, "network_address_usage": {}}}
    found, without = the_cost(changes=asked), the_cost()
    assert hourly(found)["metric of an alarm", True] == 2 * (1 + 3 + 2) + 1
    assert found.new_monthly - without.new_monthly == pytest.approx(13 * 0.10, rel=1e-3)


def test_a_month_has_the_same_hours_where_aws_lists_a_price_for_it() -> None:
    assert prices._MONTH == HOURS


def test_a_gb_costs_the_prices_of_every_gateway_that_it_passes() -> None:

    def per_gb(entry: dict[str, Any], changes: Changes = DISABLED) -> float:
        found = the_cost(entry, changes=changes)
        return found.per_gb(found.traffic[0])

    internet = per_gb({"to": "internet", "new_nat_gateways": SUBNETS})
    assert internet == pytest.approx(0.045 + 0.09)
    public = {"to": ["10.1.0.0/16"], "new_nat_gateways": SUBNETS}
    assert per_gb(public) == pytest.approx(0.045)
    assert per_gb(PRIVATE) == pytest.approx(0.045 + 0.02)
    assert per_gb({"to": "internet", "transit_gateway": "tgw-0000000a"}, UNIQUE) == pytest.approx(0.02)


def test_private_nat_gateways_with_a_transit_gateway_cost_the_same_per_gb_in_an_existing_and_a_new_vpc() -> None:
    new_vpc = {**A_NEW_VPC, **A_NEW_CLUSTER, **DISABLED}
    entry = {
        "to": ["10.1.0.0/16"],
        "private_nat_gateways": "per_zone",
        "transit_gateway": "tgw-0000000a",
        "attachment_subnets": "per_zone",
    }
    internet = {"to": "internet", "new_nat_gateways": "per_zone"}
    existing, new = the_cost(PRIVATE), the_cost(entry, internet, changes=new_vpc)
    attached = the_cost({**PRIVATE, "attachment_subnets": SUBNETS})
    prices = [found.per_gb(found.traffic[0]) for found in (existing, attached, new)]
    assert prices == [pytest.approx(0.045 + 0.02)] * 3


def test_equal_items_of_several_entries_are_added_up() -> None:
    second = {"to": ["10.1.0.0/16"], "name": "private", "new_nat_gateways": SUBNETS}
    found = the_cost({"to": "internet", "new_nat_gateways": SUBNETS}, second)
    assert hourly(found) == {("NAT gateway", True): 4, ("its Elastic IP address", True): 4}


def test_a_gateway_that_zones_share_costs_traffic_between_zones() -> None:
    """It is paid at both ends, in all zones but that of the gateway."""
    shared = the_cost({"to": "internet", "nat_gateways": "nat-0000000a"})
    alone = the_cost()
    assert shared.per_gb(shared.traffic[0]) - alone.per_gb(alone.traffic[0]) == pytest.approx(0.01)
    one = {"pods.zones": [A], **DISABLED}
    single = the_cost({"to": "internet", "nat_gateways": "nat-0000000a"}, changes=one)
    assert single.per_gb(single.traffic[0]) == alone.per_gb(alone.traffic[0])


def test_traffic_costs_for_each_entry_that_pods_use() -> None:
    """With snatPolicy Random, pods use the routes of the node subnets."""
    entries = ({"to": "internet", "new_nat_gateways": SUBNETS}, {"to": ["10.1.0.0/16"], "nat_gateways": "nat-0000000a"})
    found = the_cost(*entries, gb=100)
    assert found.traffic_monthly == pytest.approx(sum(100 * found.per_gb(egress) for egress in found.traffic))
    not_used = the_cost(*entries, gb=100, changes={})
    assert not_used.traffic_monthly == 0
    assert [egress.used for egress in not_used.traffic] == [False, False]
    assert not_used.new_monthly == found.new_monthly


def test_in_a_new_vpc_nodes_use_the_gateways_with_either_snat_policy() -> None:
    changes = {**A_NEW_VPC, **A_NEW_CLUSTER}
    found = cost(a_plan(changes), gb=10)
    assert found.traffic_monthly > 0


def test_an_egress_only_gateway_costs_only_internet_traffic() -> None:
    changes = {**AN_IPV6_CLUSTER, "egress": [{"to": "internet", "egress_only_gateway": "new"}]}
    found = cost(a_plan(changes), gb=1)
    assert not found.hourly
    assert found.traffic_monthly == pytest.approx(0.09)


def test_a_plan_without_gateways_and_endpoints_costs_nothing() -> None:
    found = the_cost(changes={**DISABLED, "egress": []}, gb=1000)
    assert (found.new_monthly, found.existing_monthly, found.traffic_monthly, found.applied_prices) == (0, 0, 0, {})
