"""Appliances: a route in each zone to its network interface or instance, and what they must be set up for."""

from __future__ import annotations

import pytest

from podspace.diagnostic import InputError
from podspace.planning import Existing, PassedIn, plan_of_data
from podspace.planning.inventory import Resource
from tests.mother import A_NEW_VPC, AN_IPV6_CLUSTER, Changes, a_file, a_network, a_plan
from tests.planning_errors import Error, errors, identified, remarks
from tests.podspace.planning.egress.entries import INTERNET, ZONES, egress, table

IDS = dict(zip(ZONES, ("eni-0000000a", "i-0000000b"), strict=True))
APPLIANCES = {"to": "internet", "appliances": IDS}
EVERY_REMARK = {"appliance-forwarding", "appliance-translation", "appliance-failure", "appliance-interfaces"}


def route_targets(changes: Changes) -> dict[str, object]:
    """The property that names the target of each route, and its value."""
    routes: list[Resource] = [each for each in a_plan(changes).resources() if each.type == "AWS::EC2::Route"]
    return {each.name: each.properties for each in routes}


def test_a_route_names_an_interface_or_an_instance_by_its_own_property() -> None:
    assert route_targets(egress(APPLIANCES)) == {
        "0.0.0.0/0 of eu-west-1a": {"NetworkInterfaceId": "eni-0000000a"},
        "0.0.0.0/0 of eu-west-1b": {"InstanceId": "i-0000000b"},
    }


def test_one_appliance_may_serve_every_zone() -> None:
    plan = a_plan(egress({**APPLIANCES, "appliances": "i-0000000a"}))
    assert [(each.origin, each.zones) for each in plan.pods.gateways] == [(Existing("i-0000000a"), ())]


@pytest.mark.parametrize("zone", ZONES)
def test_an_appliance_and_a_nat_gateway_serve_different_destinations(zone: str) -> None:
    private = {**APPLIANCES, "to": "10.128.0.0/9"}
    assert table(egress(INTERNET, private), zone) == {"0.0.0.0/0": zone, "10.128.0.0/9": f"appliance-{zone}"}


def test_appliances_of_an_app_are_passed_in() -> None:
    origins = {each.origin for each in a_plan(egress({**APPLIANCES, "appliances": "per_zone"})).pods.gateways}
    assert origins == {PassedIn(f"appliance-{zone}") for zone in ZONES}


def test_an_appliance_has_no_known_price_but_traffic_between_zones_is_paid() -> None:
    (per_zone,) = a_plan(egress(APPLIANCES)).pods.egress
    (shared,) = a_plan(egress({**APPLIANCES, "appliances": "i-0000000a"})).pods.egress
    assert dict(per_zone.prices) == {"internet_gb": 1}
    assert dict(shared.prices) == {"internet_gb": 1, "cross_zone_gb": 1}


REFUSED: dict[str, tuple[Changes, list[Error]]] = {
    "a new VPC": ({**A_NEW_VPC, **egress(APPLIANCES)}, [("gateway-of-new-vpc", "egress[0].appliances", "")]),
    "a zone without one": (
        egress({**APPLIANCES, "appliances": {"eu-west-1a": "eni-0000000a"}}),
        [("zone-missing", "egress[0].appliances", "eu-west-1b")],
    ),
    "a setting of NAT gateways": (
        egress({**APPLIANCES, "addresses": 2}),
        [("setting-of-other-kind", "egress[0].addresses", "")],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), REFUSED.values(), ids=REFUSED)
def test_what_an_entry_with_appliances_cannot_have_is_an_error(changes: Changes, expected: list[Error]) -> None:
    assert errors(changes) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (egress(APPLIANCES), EVERY_REMARK),
        (egress({**APPLIANCES, "to": "10.128.0.0/9"}), EVERY_REMARK),
        ({**AN_IPV6_CLUSTER, "egress": [APPLIANCES]}, EVERY_REMARK),
        (egress({**APPLIANCES, "appliances": "eni-0000000a"}), (EVERY_REMARK - {"appliance-interfaces"}) | {"shared-appliance"}),
        (egress({**APPLIANCES, "appliances": dict.fromkeys(ZONES, "i-0000000a")}), EVERY_REMARK | {"shared-appliance"}),
        (egress({**APPLIANCES, "appliances": "per_zone"}), EVERY_REMARK - {"appliance-interfaces"}),
        (egress(INTERNET), set()),
    ],
)  # fmt: skip
def test_what_an_appliance_needs_is_reported(changes: Changes, expected: set[str]) -> None:
    assert {id for id in remarks(changes) if "appliance" in id} == expected
    assert {severity for id, severity in remarks(changes).items() if "appliance" in id} <= {"note"}


def test_the_destinations_that_see_pod_addresses_are_named() -> None:
    """An IPv6 address is public, so that no one has to translate it."""
    entry = {**APPLIANCES, "to": ["internet", "10.128.0.0/9"]}
    ipv4 = [each.subject for each in a_plan(egress(entry)).remarks if each.id == "appliance-translation"]
    assert ipv4 == ["internet", "10.128.0.0/9"]
    plan = a_plan({**AN_IPV6_CLUSTER, "egress": [APPLIANCES]})
    (ipv6,) = (each for each in plan.remarks if each.id == "appliance-translation")
    (of_ipv4,) = (each for each in a_plan(egress(APPLIANCES)).remarks if each.id == "appliance-translation")
    assert ipv6.subject == of_ipv4.subject == "internet"
    assert ipv6.source != of_ipv4.source


@pytest.mark.parametrize(
    ("key", "value", "id"),
    [("local_gateway", "lgw-0000000a", "local-gateway"), ("carrier_gateway", "cagw-0000000a", "carrier-gateway")],
)
def test_gateways_of_outposts_and_wavelength_zones_are_refused_with_a_page(key: str, value: str, id: str) -> None:
    with pytest.raises(InputError) as refused:
        plan_of_data(a_file(egress({"to": "internet", key: value})))
    (problem,) = refused.value.diagnostics
    assert identified([problem]) == [(id, f"egress[0].{key}", f'"{value}"')]
    assert problem.source.startswith("https://docs.aws.amazon.com/")
    assert problem.inferred
    assert getattr(a_network(egress(INTERNET)).config.egress[0], key) is None
