"""A change loses something if running pods depend on it: rules, routes, and the addresses that other networks see."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.diff.change import Change
from podspace.diff.comparison import compare
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, FORMER_RULES, ZONES, Changes, a_plan

DISABLED: Changes = {"node_classes": [{"name": "class", "snat_policy": "Disabled"}]}
GROUP = "sg-000000aa"


def changed(old: Changes, new: Changes) -> tuple[Change, ...]:
    return compare(a_plan(old), a_plan({**old, **new}))


def lost(changes: tuple[Change, ...]) -> set[str]:
    return {change.title for change in changes if change.loses}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("dedicated", "cluster"),
        ("dedicated", GROUP),
        ("dedicated", {"id": GROUP, "add_rules": True}),
        ({"id": GROUP, "add_rules": True}, GROUP),
        ({"id": GROUP, "add_rules": True}, {"id": "sg-000000bb", "add_rules": True}),
        ({"id": GROUP, "add_rules": True}, "cluster"),
    ],
)
def test_rules_that_running_pods_depend_on_are_lost(old: object, new: object) -> None:
    changes = changed({"pods.security_group": old}, {"pods.security_group": new})
    assert "security group rule cluster from pods, tcp 443" in lost(changes)
    assert "security group rule pods from pods" in lost(changes)


@pytest.mark.parametrize("old", ["cluster", GROUP])
def test_rules_that_are_added_lose_nothing(old: object) -> None:
    assert not lost(changed({"pods.security_group": old}, {"pods.security_group": "dedicated"}))


def test_another_group_of_the_cluster_loses_the_rule_for_the_api_server() -> None:
    changes = changed({}, {"cluster.security_group_id": "sg-00000001"})
    assert "security group rule cluster from pods, tcp 443" in lost(changes)


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        ([{"first": 9100, "last": 9100}], {"security group rule cluster from pods, tcp 53"}),
        ([9000, 53], {"security group rule cluster from pods, tcp 9100"}),
        (["9000-9200", 53], set()),
        (["53/udp", 9100], {"security group rule cluster from pods, tcp 53"}),
        (["1-100", "9100-9101"], set()),
    ],
)
def test_a_removed_rule_is_no_loss_if_another_rule_admits_the_traffic(ports: list[Any], expected: set[str]) -> None:
    base: Changes = {"cluster.host_network_ports": [53, 9100]}
    assert lost(changed(base, {"cluster.host_network_ports": ports})) == expected


def test_a_cidr_block_of_the_vpc_that_is_in_a_larger_one_is_no_loss() -> None:
    base: Changes = {**FORMER_RULES, "vpc.cidrs": ["10.0.0.0/20", "10.1.0.0/24"]}
    assert lost(changed(base, {"vpc.cidrs": ["10.0.0.0/20"]})) == {"security group rule pods from 10.1.0.0/24"}
    assert not lost(changed(base, {"vpc.cidrs": ["10.0.0.0/20", "10.1.0.0/16"]}))


def test_the_rule_on_the_group_of_an_existing_endpoint_is_lost() -> None:
    base: Changes = {"endpoints": {"interfaces": {"existing": True, "security_group_ids": ["sg-000000ee"]}}}
    assert lost(changed(base, {"endpoints": {}})) == {"endpoint rule sg-000000ee from pods, tcp 443"}


def listed(*to: str) -> Changes:
    return {"pods.security_group": {"ingress": [], "egress": [{"to": each, "ports": [443]} for each in to]}}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({}, listed(), {"pod security group"}),
        (listed(), {"pods.security_group": {"ingress": []}}, set()),
        (listed("10.9.0.0/16"), listed(), {"security group rule pods to 10.9.0.0/16, tcp 443"}),
        (listed("pl-00000001"), listed(), {"security group rule pods to pl-00000001, tcp 443"}),
        (listed("10.9.0.0/16"), listed("10.8.0.0/15"), set()),
        (listed(), listed("10.9.0.0/16"), set()),
    ],
)
def test_egress_that_pods_use_is_lost_unless_another_rule_allows_it(
    old: Changes, new: Changes, expected: set[str]
) -> None:
    base: Changes = {"pods.security_group": {"ingress": []}, **old}
    assert lost(changed(base, new)) == expected


def nat(id: str = "nat-00000001", **entry: Any) -> dict[str, Any]:
    return {"to": "internet", "nat_gateways": id, **entry}


ROUTES = {f"route 0.0.0.0/0 of {zone}" for zone in ZONES[:2]}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([nat()], [], ROUTES),
        ([nat()], [nat("nat-00000002")], ROUTES),
        ([nat(to=["internet", "pl-00000001"])], [nat()], {f"route pl-00000001 of {zone}" for zone in ZONES[:2]}),
        ([nat(to=["internet", "10.64.0.0/16"])], [nat()], set()),
        ([nat(to="10.64.0.0/16")], [nat(to="10.64.0.0/15")], set()),
        ([nat(to="10.64.0.0/16")], [nat("nat-00000002", to="10.64.0.0/15")], {f"route 10.64.0.0/16 of {zone}" for zone in ZONES[:2]}),
        ([nat()], [nat(to=["internet", "10.64.0.0/16"])], set()),
    ],
)  # fmt: skip
def test_routes_that_pods_use_are_lost_with_their_destination_or_gateway(
    old: list[dict[str, Any]], new: list[dict[str, Any]], expected: set[str]
) -> None:
    assert lost(changed({**DISABLED, "egress": old}, {"egress": new})) == expected


@pytest.mark.parametrize("new", [[], [nat("nat-00000002")]])
def test_routes_that_no_pod_uses_are_no_loss(new: list[dict[str, Any]]) -> None:
    changes = changed({"egress": [nat()]}, {"egress": new})
    assert changes
    assert not lost(changes)


def new_gateways(**entry: Any) -> Changes:
    subnets = {zone: f"subnet-0000001{n}" for n, zone in enumerate(ZONES[:2])}
    return {**DISABLED, "egress": [{"to": "internet", "new_nat_gateways": subnets, **entry}]}


ADDRESSES = {zone: [f"eipalloc-0000001{n}", f"eipalloc-0000002{n}"] for n, zone in enumerate(ZONES[:2])}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (new_gateways(), new_gateways(new_nat_gateways={zone: f"subnet-0000002{n}" for n, zone in enumerate(ZONES[:2])}), "NAT gateway eu-west-1a"),
        (new_gateways(), new_gateways(name="out"), "Elastic IP address eu-west-1a"),
        (new_gateways(), new_gateways(name="out"), "route 0.0.0.0/0 of eu-west-1a"),
        (new_gateways(), new_gateways(allocation_ids=ADDRESSES), "Elastic IP address eu-west-1a"),
        (new_gateways(addresses=2), new_gateways(), "Elastic IP address eu-west-1a-2"),
        (new_gateways(allocation_ids=ADDRESSES), new_gateways(allocation_ids={zone: ids[:1] for zone, ids in ADDRESSES.items()}), "NAT gateway eu-west-1a"),
    ],
)  # fmt: skip
def test_an_address_that_other_networks_see_is_lost(old: Changes, new: Changes, expected: str) -> None:
    assert expected in lost(changed(old, new))


@pytest.mark.parametrize(
    ("old", "new", "loses"),
    [
        ("automatic", ADDRESSES, True),
        (ADDRESSES, "automatic", True),
        (ADDRESSES, {**ADDRESSES, ZONES[0]: ["eipalloc-00000010"]}, True),
        (ADDRESSES, {**ADDRESSES, ZONES[0]: [*ADDRESSES[ZONES[0]], "eipalloc-00000030"]}, False),
    ],
)
def test_a_regional_nat_gateway_loses_the_addresses_that_are_removed(old: object, new: object, loses: bool) -> None:
    def regional(given: object) -> Changes:
        return {**DISABLED, "egress": [{"to": "internet", "regional_nat_gateway": given}]}

    assert bool(lost(changed(regional(old), regional(new)))) is loses


@pytest.mark.parametrize(("count", "loses"), [(1, True), (3, False)])
def test_a_private_nat_gateway_loses_addresses_if_it_gets_fewer(count: int, loses: bool) -> None:
    def private(addresses: int) -> Changes:
        subnets = {zone: f"subnet-0000001{n}" for n, zone in enumerate(ZONES[:2])}
        return {**DISABLED, "egress": [{"to": "10.64.0.0/16", "private_nat_gateways": subnets, "addresses": addresses}]}

    assert bool(lost(changed(private(2), private(count)))) is loses


def test_more_addresses_are_no_loss() -> None:
    assert not lost(changed(new_gateways(), new_gateways(addresses=2)))


def test_the_gateways_of_a_new_vpc_are_used_by_its_nodes() -> None:
    base: Changes = {**A_NEW_VPC, **A_NEW_CLUSTER}
    changes = changed(base, {"egress": [{"to": "internet", "regional_nat_gateway": "automatic"}]})
    assert {"NAT gateway eu-west-1a", "route 0.0.0.0/0 of nodes-eu-west-1a"} <= lost(changes)
    assert "route 0.0.0.0/0 of eu-west-1a" not in lost(changes)


@pytest.mark.parametrize(
    "edit",
    [
        {"endpoints": {}},
        {"flow_logs": None},
        {"cluster.node_role": {"name": "nodes", "access_entry": False}},
    ],
)
def test_endpoints_flow_logs_roles_and_access_entries_are_no_loss(edit: Changes) -> None:
    base: Changes = {"endpoints": {"gateways": ["s3"], "interfaces": {"services": ["sts"]}}, "flow_logs": {}}
    changes = [change for change in changed(base, edit) if change.kind != "NodeClass"]
    assert any(change.effect == "removed" for change in changes)
    assert not any(change.loses for change in changes)


APPLIANCES = {"eu-west-1a": "eni-0000000a", "eu-west-1b": "eni-0000000b"}


@pytest.mark.parametrize("id", ["eni-0000000c", "i-0000000c"])
def test_another_appliance_of_a_zone_changes_the_target_of_its_route(id: str) -> None:
    """The new one has another address, and knows no open connection."""
    old = {"egress": [{"to": "internet", "appliances": APPLIANCES}], **DISABLED}
    (change,) = changed(old, {"egress": [{"to": "internet", "appliances": {**APPLIANCES, "eu-west-1b": id}}]})
    assert (change.title, change.effect, change.loses) == ("route 0.0.0.0/0 of eu-west-1b", "updated", True)
