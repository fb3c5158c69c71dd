"""VPC peering connections: routes to the other VPC, and to nothing behind it."""

from __future__ import annotations

import pytest

from podspace.planning import Existing, PassedIn
from tests.mother import A_NEW_VPC, AN_IPV6_CLUSTER, Changes, a_plan
from tests.planning_errors import Error, errors, remarks
from tests.podspace.planning.egress.entries import INTERNET, ZONES, egress, table

PEERING = {"to": "10.150.0.0/16", "vpc_peering_connection": "pcx-0000000a"}
OTHER = {"to": "10.160.0.0/16", "vpc_peering_connection": "pcx-0000000b"}
PEERS = {"vpc.peers": ["10.150.0.0/16", "10.160.0.0/16"]}


@pytest.mark.parametrize("zone", ZONES)
def test_every_zone_has_a_route_to_each_connection(zone: str) -> None:
    changes = egress(INTERNET, PEERING, OTHER, **PEERS)
    assert table(changes, zone) == {
        "0.0.0.0/0": zone,
        "10.150.0.0/16": "pcx-0000000a",
        "10.160.0.0/16": "pcx-0000000b",
    }
    assert Existing("pcx-0000000a") in {gateway.origin for gateway in a_plan(changes).pods.gateways}


def test_one_connection_may_be_in_several_entries() -> None:
    plan = a_plan(egress(PEERING, {**PEERING, "to": "10.160.0.0/16"}, **PEERS))
    assert [gateway.name for gateway in plan.pods.gateways] == ["pcx-0000000a"]


def test_a_connection_that_an_app_passes_in_is_named_by_a_word() -> None:
    (gateway,) = a_plan(egress({**PEERING, "vpc_peering_connection": "given"}, **PEERS)).pods.gateways
    assert gateway.origin == PassedIn("peering")


def test_a_connection_supports_ipv6() -> None:
    changes = {**AN_IPV6_CLUSTER, "egress": [{**PEERING, "to": "2001:db9::/56"}]}
    (gateway,) = a_plan(changes).pods.gateways
    assert gateway.kind == "vpc_peering_connection"


REFUSED: dict[str, tuple[Changes, list[Error]]] = {
    "the internet": (
        egress({**PEERING, "to": "internet"}, **PEERS),
        [("peering-to-internet", "egress[0].to", "internet")],
    ),
    "what is behind the other VPC": (
        egress({**PEERING, "to": ["10.150.0.0/16", "10.170.0.0/16"]}, **PEERS),
        [("peering-beyond-peer", "egress[0].to", "10.170.0.0/16")],
    ),
    "a new VPC": (
        {**A_NEW_VPC, **egress(PEERING, {"to": "internet", "new_nat_gateways": "per_zone"})},
        [("gateway-of-new-vpc", "egress[0].vpc_peering_connection", "")],
    ),
    "a CIDR block of the pods that the other VPC has": (
        egress(PEERING, **{"vpc.peers": ["100.64.0.0/16", "10.150.0.0/16"]}),
        [("cidr-overlap", "pods.cidrs[0]", "100.64.0.0/16")],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), REFUSED.values(), ids=REFUSED)
def test_what_a_connection_does_not_carry_is_an_error(changes: Changes, expected: list[Error]) -> None:
    assert errors(changes) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (egress(PEERING, **PEERS), {"peering-other-side"}),
        (egress(PEERING), {"peering-other-side", "other-side-unknown"}),
        (egress({**PEERING, "to": "10.0.0.0/8"}, **PEERS), {"peering-other-side", "peering-wider-than-peer"}),
    ],
)
def test_what_the_other_side_needs_and_what_is_not_known_of_it_is_reported(
    changes: Changes, expected: set[str]
) -> None:
    found = {id for id in remarks(changes) if id.startswith(("peering", "other-side"))}
    assert found == expected


def test_connections_that_an_app_passes_in_differ_by_the_names_of_entries() -> None:
    given = {**PEERING, "vpc_peering_connection": "given"}
    plan = a_plan(egress(given, {**given, "to": "10.160.0.0/16", "name": "two"}, **PEERS))
    assert [gateway.origin for gateway in plan.pods.gateways] == [PassedIn("peering"), PassedIn("two-peering")]
