"""Core networks of Cloud WAN and the attachment of the VPC."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.planning import Existing, PassedIn
from podspace.planning.egress.private_nat_gateway import PrivateNatGateway
from tests.mother import A_NEW_VPC, AN_IPV6_CLUSTER, Changes, a_plan
from tests.planning_errors import Error, errors, identified, remarks
from tests.podspace.planning.egress.entries import CORPORATE, INTERNET, SUBNETS, UNIQUE, ZONES, egress, table

ID = "core-network-0000000000000000a"
ARN = f"arn:aws:networkmanager::111122223333:core-network/{ID}"
WAN = {"to": "10.128.0.0/9", "core_network": ARN}
BEHIND_NAT = {**CORPORATE, "core_network": ARN}
NEW_NAT = {"to": "internet", "new_nat_gateways": "per_zone"}


@pytest.mark.parametrize("zone", ZONES)
def test_every_zone_has_a_route_to_the_core_network(zone: str) -> None:
    changes = egress(INTERNET, WAN, **UNIQUE)
    assert table(changes, zone) == {"0.0.0.0/0": zone, "10.128.0.0/9": "core-network"}
    assert Existing(ARN) in {gateway.origin for gateway in a_plan(changes).pods.gateways}


def test_a_core_network_that_an_app_passes_in_is_named_by_a_word() -> None:
    (gateway,) = a_plan(egress({**WAN, "core_network": "given"}, **UNIQUE)).pods.gateways
    assert gateway.origin == PassedIn("core-network")


def test_a_core_network_of_several_entries_is_attached_once() -> None:
    attached = {**WAN, "to": "172.16.0.0/12", "attachment_subnets": SUBNETS}
    (gateway,) = a_plan(egress(WAN, attached, **UNIQUE)).pods.gateways
    assert (gateway.new, gateway.zones) == (True, ZONES)


def test_the_attachment_has_the_id_of_the_core_network_and_the_route_its_arn() -> None:
    resources = a_plan(egress({**WAN, "attachment_subnets": SUBNETS}, **UNIQUE)).resources()
    (attachment,) = (each for each in resources if each.type == "AWS::NetworkManager::VpcAttachment")
    assert attachment.create_only["CoreNetworkId"] == ID
    assert attachment.properties["SubnetArns"] == tuple(SUBNETS.values())
    routes = [each for each in resources if each.type == "AWS::EC2::Route"]
    assert {each.properties["CoreNetworkArn"] for each in routes} == {ARN}


def test_a_new_zone_does_not_replace_the_attachment() -> None:
    attached = {**WAN, "attachment_subnets": SUBNETS}
    one = {**WAN, "attachment_subnets": {ZONES[0]: SUBNETS[ZONES[0]]}}
    changes = [egress(one, **UNIQUE, **{"pods.zones": [ZONES[0]]}), egress(attached, **UNIQUE)]
    before, after = (
        [each for each in a_plan(each).resources() if each.kind == "core network attachment"] for each in changes
    )
    assert [(each.logical_id, each.create_only) for each in before] == [
        (each.logical_id, each.create_only) for each in after
    ]


def test_private_nat_gateways_go_on_to_a_core_network() -> None:
    changes = egress({**BEHIND_NAT, "attachment_subnets": SUBNETS, "route_tables": ["rtb-0000000a"]})
    gateways = a_plan(changes).pods.gateways
    assert {each.onward for each in gateways if isinstance(each, PrivateNatGateway)} == {"core-network"}
    assert table(changes, ZONES[0])["10.128.0.0/9"] == f"private-{ZONES[0]}"
    assert table(changes, "rtb-0000000a")["10.128.0.0/9"] == "core-network"
    (entry,) = a_plan(changes).pods.egress
    assert set(entry.prices) == {("nat_gateway_gb", 1), ("core_network_gb", 1)}


def test_the_nodes_of_a_new_vpc_have_routes_to_the_core_network() -> None:
    per_zone = {**BEHIND_NAT, "private_nat_gateways": "per_zone", "attachment_subnets": "per_zone"}
    changes = {**A_NEW_VPC, **egress(NEW_NAT, per_zone)}
    assert table(changes, f"nodes-{ZONES[0]}")["10.128.0.0/9"] == "core-network"
    assert table(changes, ZONES[0])["10.128.0.0/9"] == f"private-{ZONES[0]}"


def test_the_attachment_supports_ipv6_in_an_ipv6_cluster() -> None:
    changes = {**AN_IPV6_CLUSTER, "egress": [{**WAN, "to": "2001:db9::/56", "attachment_subnets": SUBNETS}]}
    found = [each for each in a_plan(changes).resources() if each.kind == "core network attachment"]
    assert [each.properties["Options"] for each in found] == [{"Ipv6Support": True}]


REFUSED: dict[str, tuple[Changes, list[Error]]] = {
    "pod addresses that are not unique": (
        egress(WAN),
        [("pods-not-unique", "egress[0].core_network", "100.64.0.0/16")],
    ),
    "an attachment twice": (
        egress({**WAN, "attachment_subnets": SUBNETS}, {**WAN, "to": "172.16.0.0/12", "attachment_subnets": SUBNETS}, **UNIQUE),
        [("attachment-twice", "egress[1].attachment_subnets", ARN)],
    ),
    "an attachment that leaves a zone out": (
        egress({**WAN, "attachment_subnets": {ZONES[0]: "subnet-0000000c"}}, **UNIQUE),
        [("zone-missing", "egress[0].attachment_subnets", "eu-west-1b")],
    ),
    "a core network that a new VPC is not attached to": (
        {**A_NEW_VPC, **egress(NEW_NAT, WAN, **UNIQUE)},
        [("new-vpc-not-attached", "egress[1].attachment_subnets", "")],
    ),
    "an attachment of another kind": (
        egress({**INTERNET, "attachment_subnets": SUBNETS}),
        [("setting-of-other-kind", "egress[0].attachment_subnets", "")],
    ),
    "two gateways of one name": (
        egress(WAN, {**WAN, "to": "172.16.0.0/12", "core_network": f"{ARN[:-1]}b"}, **UNIQUE),
        [("gateway-name-twice", "egress[1].name", "")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), REFUSED.values(), ids=REFUSED)
def test_a_core_network_that_pods_cannot_use_is_an_error(changes: Changes, expected: list[Error]) -> None:
    assert errors(changes) == expected


@pytest.mark.parametrize(
    "entry",
    [
        {**WAN, "core_network": "core-network-0000000000000000a"},
        {**WAN, "transit_gateway": "tgw-0000000a"},
        {**BEHIND_NAT, "transit_gateway": "tgw-0000000a"},
    ],
)
def test_an_entry_has_one_core_network_by_its_arn(entry: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        a_plan(egress(entry, **UNIQUE))


PROPAGATION, ACCEPTANCE, UNKNOWN = "core-network-propagation", "core-network-acceptance", "other-side-unknown"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (egress(WAN, **UNIQUE), {UNKNOWN}),
        (egress({**WAN, "attachment_subnets": SUBNETS}, **UNIQUE), {UNKNOWN, ACCEPTANCE}),
        (egress({**BEHIND_NAT, "route_tables": ["rtb-0000000a"]}), {UNKNOWN, PROPAGATION}),
    ],
)
def test_what_other_networks_learn_and_accept_is_reported(changes: Changes, expected: set[str]) -> None:
    assert remarks(changes).keys() - {"nat-connections"} == expected


def test_private_nat_gateways_without_a_route_onward_are_reported() -> None:
    attached = {**BEHIND_NAT, "attachment_subnets": SUBNETS}
    found = identified(each for each in a_plan(egress(attached)).remarks if each.severity == "warning")
    assert [id for id, *_ in found] == ["private-nat-gateway-without-onward-route"]
    assert not [each for each in a_plan(egress({**attached, "route_tables": ["rtb-0000000a"]})).remarks if each.severity == "warning"]  # fmt: skip
