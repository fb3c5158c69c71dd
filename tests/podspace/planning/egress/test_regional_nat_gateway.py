"""Regional NAT gateways."""

from __future__ import annotations

import pytest

from tests.mother import A_NEW_VPC, Changes, a_plan
from tests.planning_errors import Error, errors, remarks
from tests.podspace.planning.egress.entries import ADDRESSES, ZONES, egress


@pytest.mark.parametrize(
    "changes",
    [
        egress({"to": "203.0.113.0/24", "regional_nat_gateway": "automatic"}),
        egress({"to": "internet", "regional_nat_gateway": ADDRESSES}),
        {**A_NEW_VPC, **egress({"to": "internet", "regional_nat_gateway": "automatic"})},
    ],
)  # fmt: skip
def test_a_regional_nat_gateway_is_planned(changes: Changes) -> None:
    assert a_plan(changes).pods.gateways


REFUSED: dict[str, tuple[Changes, list[Error]]] = {
    "more addresses of a regional gateway than it takes": (
        egress({"to": "internet", "regional_nat_gateway": {**ADDRESSES, ZONES[0]: [f"eipalloc-000001{n:02}" for n in range(33)]}}),
        [("too-many-addresses", "egress[0].regional_nat_gateway.eu-west-1a", "33 addresses")],
    ),
    "a regional gateway for private ranges": (
        egress({"to": ["203.0.113.0/24", "10.128.0.0/9"], "regional_nat_gateway": "automatic"}),
        [("regional-nat-gateway-private-range", "egress[0].to", "10.128.0.0/9")],
    ),
    "a regional gateway for shared space": (egress({"to": "100.96.0.0/12", "regional_nat_gateway": "automatic"}), [("regional-nat-gateway-private-range", "egress[0].to", "100.96.0.0/12")]),
    "an allocation twice": (
        egress({"to": "internet", "regional_nat_gateway": {key: ["eipalloc-00000001"] for key in ZONES}}),
        [("address-twice", "egress[0].regional_nat_gateway", "eipalloc-00000001")],
    ),
    "a zone without an allocation": (
        egress({"to": "internet", "regional_nat_gateway": {ZONES[0]: ["eipalloc-00000001"]}}),
        [("zone-missing", "egress[0].regional_nat_gateway", "eu-west-1b")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), REFUSED.values(), ids=REFUSED)
def test_a_regional_nat_gateway_that_ec2_refuses_is_an_error(changes: Changes, expected: list[Error]) -> None:
    assert errors(changes) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (egress({"to": "internet", "regional_nat_gateway": "automatic"}), {"regional-nat-gateway": "note"}),
        (egress({"to": "internet", "regional_nat_gateway": ADDRESSES}), {}),
        ({"egress": [{"to": "internet", "regional_nat_gateway": "automatic"}]}, {"regional-nat-gateway": "note", "routes-not-used": "warning"}),
    ],
)  # fmt: skip
def test_the_delay_of_automatic_zones_is_reported(changes: Changes, expected: dict[str, str]) -> None:
    assert remarks(changes) == expected
