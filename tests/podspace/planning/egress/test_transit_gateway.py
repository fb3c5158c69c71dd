"""Transit gateways and the attachment of the VPC."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.mother import A_NEW_VPC, AN_IPV6_CLUSTER, Changes, a_plan
from tests.planning_errors import Error, errors, remarks
from tests.podspace.planning.egress.entries import CORPORATE, SUBNETS, TRANSIT, UNIQUE, ZONES, egress


def test_a_transit_gateway_of_several_entries_is_attached_once() -> None:
    attached = {**TRANSIT, "to": ["10.128.0.0/9"], "attachment_subnets": SUBNETS}
    plan = a_plan(egress(TRANSIT, attached, **UNIQUE))
    (gateway,) = plan.pods.gateways
    assert (gateway.new, gateway.zones) == (True, ZONES)


def test_an_attachment_keeps_its_name_when_another_entry_is_put_before_it() -> None:
    attached = {**TRANSIT, "attachment_subnets": SUBNETS}
    before = {**TRANSIT, "to": ["10.128.0.0/9"], "name": "office"}
    (first,) = a_plan(egress(attached, **UNIQUE)).pods.gateways
    (second,) = a_plan(egress(before, attached, **UNIQUE)).pods.gateways
    assert (first.place, second.place) == ("egress[0].transit_gateway", "egress[1].transit_gateway")
    assert replace(second, place=first.place) == first


@pytest.mark.parametrize(
    "changes",
    [
        egress({**TRANSIT, "attachment_subnets": SUBNETS, "route_tables": ["rtb-0000000a"]}, **UNIQUE),
        {**A_NEW_VPC, **egress({**TRANSIT, "attachment_subnets": "per_zone"}, **UNIQUE)},
        {**AN_IPV6_CLUSTER, "egress": [{**TRANSIT, "to": ["internet", "2001:db9::/32"]}]},
        {**AN_IPV6_CLUSTER, "egress": [{**TRANSIT, "to": "2001:db8::/32"}]},
    ],
)  # fmt: skip
def test_transit_gateways_are_planned(changes: Changes) -> None:
    assert a_plan(changes).pods.gateways


REFUSED: dict[str, tuple[Changes, list[Error]]] = {
    "ids of node subnets for an attachment": (
        {**A_NEW_VPC, **egress({**TRANSIT, "attachment_subnets": SUBNETS}, **UNIQUE)},
        [("subnet-of-new-vpc-by-id", "egress[0].attachment_subnets", "")],
    ),
    "an attachment in a zone without pods": (
        egress({**TRANSIT, "attachment_subnets": {**SUBNETS, "eu-west-1c": "subnet-0000001c"}}, **UNIQUE),
        [("zone-without-pods", "egress[0].attachment_subnets.eu-west-1c", "subnet-0000001c")],
    ),
    "an attachment twice": (
        egress({**TRANSIT, "attachment_subnets": SUBNETS}, {**TRANSIT, "to": "10.128.0.0/9", "attachment_subnets": SUBNETS}, **UNIQUE),
        [("attachment-twice", "egress[1].attachment_subnets", "tgw-0000000a")],
    ),
    "a transit gateway for a block that is not unique": (
        egress(TRANSIT),
        [("pods-not-unique", "egress[0].transit_gateway", "100.64.0.0/16")],
    ),
    "an attachment subnet that is another zone's": (
        egress({**CORPORATE, "transit_gateway": "tgw-0000000a", "attachment_subnets": dict(zip(ZONES, reversed(list(SUBNETS.values())), strict=True))}),
        [("subnet-in-two-zones", "egress[0].attachment_subnets.eu-west-1a", "subnet-0000001b"), ("subnet-in-two-zones", "egress[0].attachment_subnets.eu-west-1b", "subnet-0000001a")],
    ),
    "a transit gateway that a new VPC is not attached to": (
        {**A_NEW_VPC, **egress(TRANSIT, **UNIQUE)},
        [("new-vpc-not-attached", "egress[0].attachment_subnets", "")],
    ),
    "an attachment that leaves a zone out": (
        egress({**TRANSIT, "attachment_subnets": {ZONES[0]: "subnet-0000000c"}}, **UNIQUE),
        [("zone-missing", "egress[0].attachment_subnets", "eu-west-1b")],
    ),
    "an attachment in two zones by one subnet": (
        egress({**TRANSIT, "attachment_subnets": dict.fromkeys(ZONES, "subnet-0000000c")}, **UNIQUE),
        [("subnet-for-two-zones", "egress[0].attachment_subnets.eu-west-1b", "subnet-0000000c")],
    ),
    "route tables in a new VPC": (
        {**A_NEW_VPC, **egress({**TRANSIT, "route_tables": ["rtb-0000000a"]}, **UNIQUE)},
        [("route-tables-of-new-vpc", "egress[0].route_tables", ""), ("new-vpc-not-attached", "egress[0].attachment_subnets", "")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), REFUSED.values(), ids=REFUSED)
def test_a_transit_gateway_that_pods_cannot_use_is_an_error(changes: Changes, expected: list[Error]) -> None:
    assert errors(changes) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"egress": [{**TRANSIT, "attachment_subnets": SUBNETS}], **UNIQUE}, {"routes-not-used": "warning", "transit-gateway-acceptance": "note"}),
        ({"egress": [TRANSIT], **UNIQUE}, {"routes-not-used": "note"}),
    ],
)  # fmt: skip
def test_acceptance_of_a_new_attachment_is_reported(changes: Changes, expected: dict[str, str]) -> None:
    assert remarks(changes) == expected


PROPAGATION = "transit-gateway-propagation"
TWO_BLOCKS = [{"cidr": "100.64.0.0/16", "unique": True}, "100.70.0.0/16"]


@pytest.mark.parametrize(
    "further",
    [
        {},
        {"route_tables": ["rtb-0000000a"]},
        {"attachment_subnets": SUBNETS},
        {"attachment_subnets": SUBNETS, "route_tables": ["rtb-0000000a"]},
    ],
)
def test_propagation_of_addresses_that_are_not_unique_is_reported_for_every_spelling(further: dict[str, Any]) -> None:
    entry = {**CORPORATE, "transit_gateway": "tgw-0000000a", **further}
    found = {remark.id: remark.subject for remark in a_plan(egress(entry, **{"pods.cidrs": TWO_BLOCKS})).remarks}
    assert found[PROPAGATION] == "100.70.0.0/16"
    assert PROPAGATION not in remarks(egress(entry, **UNIQUE))


def test_without_a_transit_gateway_nothing_is_propagated() -> None:
    assert PROPAGATION not in remarks(egress(CORPORATE))
