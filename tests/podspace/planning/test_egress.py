"""Ways out: which gateway each zone leaves through, and what to know before paying for one."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.planning import PlanError
from tests.mother import Changes, a_plan

DISABLED = {"node_classes.0.snat_policy": "Disabled"}
KINDS = ["nat_gateways", "new_nat_gateways"]


def way(kind: str, gateways: Any) -> Changes:
    return {"egress": [{"to": "internet", kind: gateways}]}


def leads(changes: Changes) -> dict[str, list[tuple[str, str, bool]]]:
    return {
        table.zone: [(str(r.destination), r.nat_gateway, r.carries_traffic) for r in table.routes]
        for table in a_plan(changes).pods.route_tables
    }


@pytest.mark.parametrize("kind", KINDS)
def test_each_zone_leaves_through_its_own_gateway(kind: str) -> None:
    assert leads({**way(kind, "per_zone"), **DISABLED}) == {
        zone: [("0.0.0.0/0", zone, True)] for zone in ("eu-west-1a", "eu-west-1b")
    }


@pytest.mark.parametrize("kind", KINDS)
def test_one_gateway_may_serve_every_zone(kind: str) -> None:
    for gateways in ("shared", {"nat_gateways": "nat-00000001", "new_nat_gateways": "subnet-00000001"}[kind]):
        assert leads({**way(kind, gateways), **DISABLED}) == {
            zone: [("0.0.0.0/0", "shared", True)] for zone in ("eu-west-1a", "eu-west-1b")
        }


def test_no_egress_is_no_route() -> None:
    assert leads({"egress": []}) == {"eu-west-1a": [], "eu-west-1b": []}


def test_under_random_no_route_carries_traffic_and_under_disabled_every_one_does() -> None:
    for policy, carries in (("Random", False), ("Disabled", True)):
        routes = leads({"node_classes.0.snat_policy": policy}).values()
        assert {route[2] for table in routes for route in table} == {carries}


def test_one_node_class_with_its_own_addresses_is_enough_for_a_route_to_carry_traffic() -> None:
    classes = [{"name": "random"}, {"name": "disabled", "snat_policy": "Disabled"}]
    assert all(r[2] for t in leads({"node_classes": classes, "node_pools": []}).values() for r in t)


@pytest.mark.parametrize(
    ("kind", "ids"),
    [("nat_gateways", ["nat-00000001"] * 2), ("new_nat_gateways", ["subnet-00000001", "subnet-00000002"])],
)
def test_a_zone_without_a_gateway_or_a_gateway_without_a_zone_is_named(kind: str, ids: list[str]) -> None:
    with pytest.raises(PlanError) as refusal:
        a_plan(way(kind, dict(zip(("eu-west-1a", "eu-west-1c"), ids, strict=True))))
    missing, superfluous = refusal.value.problems
    assert (missing.place, missing.must.partition("has none for ")[2]) == (f"egress[0].{kind}", "eu-west-1b")
    assert superfluous.place == f"egress[0].{kind}.eu-west-1c"


def test_a_public_subnet_stands_for_one_zone() -> None:
    with pytest.raises(PlanError, match="must be a public subnet in eu-west-1b, but stands for eu-west-1a already"):
        a_plan(way("new_nat_gateways", dict.fromkeys(("eu-west-1a", "eu-west-1b"), "subnet-00000001")))


def test_the_internet_is_led_to_once() -> None:
    with pytest.raises(PlanError, match="must be led to once"):
        a_plan({"egress": [{"to": "internet", "nat_gateways": "shared"}] * 2})


def remarks(changes: Changes) -> dict[str, str]:
    return {remark.id: remark.level for remark in a_plan(changes).remarks}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({**way("nat_gateways", "per_zone")}, {"idle-way-out": "note"}),
        ({**way("new_nat_gateways", "per_zone")}, {"idle-way-out": "warning"}),
        ({**way("new_nat_gateways", "per_zone"), **DISABLED}, {}),
        ({**way("nat_gateways", "per_zone"), **DISABLED}, {}),
        ({**way("nat_gateways", "shared"), **DISABLED}, {"shared-nat-gateway": "note"}),
        (
            {**way("nat_gateways", dict.fromkeys(("eu-west-1a", "eu-west-1b"), "nat-00000001")), **DISABLED},
            {"shared-nat-gateway": "note"},
        ),
        ({**way("nat_gateways", {"eu-west-1a": "nat-00000001", "eu-west-1b": "nat-00000002"}), **DISABLED}, {}),
        ({"egress": []}, {}),
        ({"egress": [], **DISABLED}, {"no-way-out": "note"}),
        ({**way("nat_gateways", "per_zone"), **DISABLED, "vpc.peers": ["10.60.0.0/16"]}, {"no-private-routes": "note"}),
        (
            {**way("nat_gateways", "per_zone"), **DISABLED, "vpc.routes": ["10.60.0.0/16"]},
            {"no-private-routes": "note"},
        ),
        ({"egress": [], "vpc.peers": ["10.60.0.0/16"]}, {}),
    ],
)
def test_what_a_way_out_is_worth_is_remarked(changes: Changes, expected: dict[str, str]) -> None:
    assert remarks(changes) == expected
