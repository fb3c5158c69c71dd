"""Private NAT gateways, and the transit gateway that their traffic goes on to."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.planning.egress.private_nat_gateway import PrivateNatGateway
from tests.mother import A_NEW_VPC, Changes, a_plan
from tests.planning_errors import Error, errors, identified, remarks
from tests.podspace.planning.egress.entries import CORPORATE, INTERNET, SUBNETS, TRANSIT, UNIQUE, ZONES, egress


@pytest.mark.parametrize(
    "changes",
    [
        egress({**CORPORATE, "to": "internet", "transit_gateway": "tgw-0000000a"}),
        egress({**CORPORATE, "addresses": 32}),
        egress({**CORPORATE, "transit_gateway": "tgw-0000000a", "attachment_subnets": SUBNETS}),
    ],
)  # fmt: skip
def test_private_nat_gateways_are_planned(changes: Changes) -> None:
    assert a_plan(changes).pods.gateways


REFUSED: dict[str, tuple[Changes, list[Error]]] = {
    "ids of node subnets for private gateways": (
        {**A_NEW_VPC, **egress({**CORPORATE, "transit_gateway": "tgw-0000000a", "attachment_subnets": "per_zone"})},
        [("subnet-of-new-vpc-by-id", "egress[0].private_nat_gateways", ""), ("private-vpc-without-endpoints", "endpoints", "")],
    ),
    "the internet by private NAT gateways": (
        egress({**CORPORATE, "to": "internet"}),
        [("private-nat-gateway-to-internet", "egress[0].to", "internet")],
    ),
    "private NAT gateways without a transit gateway in a new VPC": (
        {**A_NEW_VPC, **egress({**CORPORATE, "private_nat_gateways": "per_zone"}, {"to": "internet", "new_nat_gateways": "per_zone"})},
        [("private-nat-gateway-without-onward-route", "egress[0].transit_gateway", "")],
    ),
    "a routable subnet for two zones": (
        egress({**CORPORATE, "private_nat_gateways": dict.fromkeys(ZONES, "subnet-0000000c")}),
        [("subnet-for-two-zones", "egress[0].private_nat_gateways.eu-west-1b", "subnet-0000000c")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), REFUSED.values(), ids=REFUSED)
def test_private_nat_gateways_that_pods_cannot_use_are_an_error(changes: Changes, expected: list[Error]) -> None:
    assert errors(changes) == expected


ONWARD = "private-nat-gateway-onward-route"
NO_ROUTE = "private-nat-gateway-without-onward-route"
ATTACHED = {**CORPORATE, "transit_gateway": "tgw-0000000a"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"egress": [INTERNET, CORPORATE]}, {"routes-not-used": "warning", "nat-connections": "note", ONWARD: "note"}),
        (egress({**ATTACHED, "route_tables": ["rtb-0000000a"]}), {"nat-connections": "note", "transit-gateway-propagation": "note"}),
        (egress({**CORPORATE, "addresses": 8}), {"nat-connections": "note", ONWARD: "note"}),
        (egress({**CORPORATE, "addresses": 9}), {"nat-connections": "note", "private-ip-quota": "warning", ONWARD: "note"}),
    ],
)  # fmt: skip
def test_quotas_and_routes_onward_are_reported(changes: Changes, expected: dict[str, str]) -> None:
    assert remarks(changes) == expected


def test_a_transit_gateway_that_is_attached_already_may_be_named_without_creating_anything() -> None:
    """Its routes in the route tables of the routable subnets exist; `podspace preflight` checks them."""
    plan = a_plan(egress(ATTACHED))
    assert {gateway.name: gateway.new for gateway in plan.pods.gateways} == {
        "private-eu-west-1a": True,
        "private-eu-west-1b": True,
        "transit-gateway": False,
    }
    assert {each.onward for each in plan.pods.gateways if isinstance(each, PrivateNatGateway)} == {"transit-gateway"}
    assert remarks(egress(ATTACHED)) == {
        "nat-connections": "note",
        "transit-gateway-propagation": "note",
        ONWARD: "note",
    }


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"attachment_subnets": SUBNETS}, (NO_ROUTE, "egress[0].route_tables", "10.128.0.0/9, pl-0000000a")),
        ({"attachment_subnets": SUBNETS, "route_tables": ["rtb-0000000a"]}, None),
        ({"route_tables": ["rtb-0000000a"]}, None),
        ({}, (ONWARD, "egress[0].private_nat_gateways", "10.128.0.0/9, pl-0000000a")),
    ],
)
def test_private_nat_gateways_without_a_route_onward_are_reported(
    entry: dict[str, Any], expected: tuple[str, str, str] | None
) -> None:
    found = identified(
        remark for remark in a_plan(egress({**ATTACHED, **entry})).remarks if remark.id in (ONWARD, NO_ROUTE)
    )
    assert found == ([expected] if expected else [])


def test_the_route_tables_of_a_new_vpc_have_the_route_onward() -> None:
    per_zone = {**ATTACHED, "private_nat_gateways": "per_zone", "attachment_subnets": "per_zone"}
    changes = {**A_NEW_VPC, **egress({"to": "internet", "new_nat_gateways": "shared"}, per_zone)}
    assert not {ONWARD, NO_ROUTE} & remarks(changes).keys()


def test_traffic_is_charged_at_the_nat_gateway_and_at_the_transit_gateway_for_every_spelling() -> None:
    charged = {("nat_gateway_gb", 1), ("transit_gateway_gb", 1)}
    for further in ({}, {"route_tables": ["rtb-0000000a"]}, {"attachment_subnets": SUBNETS}):
        (entry,) = a_plan(egress({**ATTACHED, **further})).pods.egress
        assert set(entry.prices) == charged
    (alone,) = a_plan(egress(CORPORATE)).pods.egress
    assert set(alone.prices) == charged - {("transit_gateway_gb", 1)}
    (direct,) = a_plan(egress(TRANSIT, **UNIQUE)).pods.egress
    assert set(direct.prices) == {("transit_gateway_gb", 1)}
