"""The most nodes and pods that fit, zone by zone."""

from __future__ import annotations

import pytest

from podspace.capacity import Fit, Size, fit, listed, nodes_of
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, AN_IPV6_CLUSTER, Changes, a_plan


def the_fit(changes: Changes | None = None, *, name: str = "m5.large", size: Size = "Auto") -> Fit:
    plan = a_plan(changes)
    (node,) = nodes_of(
        node_classes=plan.node_classes,
        node_pools=plan.node_pools,
        ipv6=plan.cluster.ip_family == "ipv6",
        asked=[name],
        limits=listed(),
    )
    return fit(node, size, plan.zone_rooms)


def test_a_zone_holds_what_all_its_pod_subnets_hold() -> None:
    """And an appended block adds as much again."""
    one = the_fit()
    two = the_fit({"pods.cidrs": ["100.64.0.0/16", "100.65.0.0/16"]})
    assert two.by_zone == {zone: 2 * nodes for zone, nodes in one.by_zone.items()}
    assert two.pods == 2 * one.pods == 2 * one.nodes * one.node.pods


def test_the_loss_of_a_zone_is_that_of_the_largest() -> None:
    """What is left is on the others."""
    subnets = {"eu-west-1a": ["100.64.0.0/18"], "eu-west-1b": ["100.64.64.0/20"]}
    found = the_fit({"pods": {"cidrs": ["100.64.0.0/16"], "subnets": subnets}})
    assert found.nodes_left == found.by_zone["eu-west-1b"] < found.by_zone["eu-west-1a"]
    assert found.pods_left == found.nodes_left * found.node.pods


def test_in_a_new_vpc_node_subnets_limit_the_nodes_too() -> None:
    """Each node takes one of their addresses."""
    changes = {**A_NEW_VPC, **A_NEW_CLUSTER}
    found = the_fit(changes, size="32")
    assert set(found.by_zone.values()) == {512 - 5}
    assert found.by_node_subnets == ("eu-west-1a", "eu-west-1b")
    assert not the_fit(changes, name="m5.4xlarge").by_node_subnets


def test_a_zone_without_node_subnets_holds_no_node() -> None:
    """However many addresses its pod subnets have."""
    found = the_fit({"vpc.node_subnets": {"eu-west-1a": ["subnet-0000000a"]}})
    assert found.by_zone["eu-west-1b"] == 0 < found.by_zone["eu-west-1a"]
    assert found.nodes_left == 0


def test_nothing_is_known_of_existing_subnets() -> None:
    """No file says how large they are."""
    ids = {"eu-west-1a": ["subnet-0000001a"], "eu-west-1b": ["subnet-0000001b"]}
    found = the_fit({"pods": {"subnet_ids": ids}, "egress": []})
    assert (found.by_zone, found.nodes, found.nodes_left) == ({}, 0, 0)


def test_a_node_of_an_ipv6_cluster_takes_one_ipv4_address_of_the_pod_subnet() -> None:
    """So a /26 holds 59 of them."""
    found = the_fit(AN_IPV6_CLUSTER, size="IPv6")
    assert set(found.by_zone.values()) == {59}
    assert found.planned


@pytest.mark.parametrize(("size", "planned"), [("Auto", True), ("32", False)])
def test_a_fit_knows_whether_it_is_as_the_node_classes_have_it(size: Size, planned: bool) -> None:
    """The other one is shown for comparison."""
    assert the_fit(size=size).planned is planned


@pytest.mark.parametrize("size", ["Auto", "32"])
def test_a_type_without_pods_does_not_fit(size: Size) -> None:
    """An hpc6id.32xlarge has one interface on its first network card."""
    assert the_fit(name="hpc6id.32xlarge", size=size).nodes == 0
