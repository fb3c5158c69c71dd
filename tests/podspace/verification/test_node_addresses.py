"""Nodes are where the file has them, and out of the pod subnets."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.live.kubernetes import Node
from podspace.verification.expectation import expectation_of
from podspace.verification.node_addresses import Place, node_diagnostics, place_of_node
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, AN_IPV6_CLUSTER, Changes, a_plan
from tests.podspace.cluster_objects import a_node

ASSOCIATED: Changes = {
    "pods": {
        "cidrs": [{"cidr": "100.64.0.0/16", "associated": True}],
        "subnets": {"eu-west-1a": ["100.64.0.0/18"], "eu-west-1b": ["100.64.64.0/18"]},
    }
}
BY_SUBNET_IDS: Changes = {
    "pods": {"subnet_ids": {"eu-west-1a": ["subnet-00000001"], "eu-west-1b": ["subnet-00000002"]}},
    "egress": [],
}
NEW: Changes = {**A_NEW_VPC, **A_NEW_CLUSTER}


@pytest.mark.parametrize(
    ("changes", "address", "place"),
    [
        pytest.param({}, "10.0.15.255", Place.RIGHT, id="in a block of the VPC"),
        pytest.param({}, "10.0.16.0", Place.OUTSIDE, id="beyond it"),
        pytest.param({}, "100.64.0.5", Place.POD_SUBNET, id="in a pod subnet"),
        pytest.param({}, "100.64.128.5", Place.OUTSIDE, id="in the pods' own block, in no subnet"),
        pytest.param({}, "2001:db8::1", Place.UNCHECKED, id="of a family the file is silent about"),
        pytest.param({}, "nonsense", Place.OUTSIDE, id="no address"),
        pytest.param(ASSOCIATED, "100.64.192.5", Place.RIGHT, id="in a block that was there, beside the pod subnets"),
        pytest.param(ASSOCIATED, "100.64.64.5", Place.POD_SUBNET, id="in a pod subnet of it"),
        pytest.param(BY_SUBNET_IDS, "10.0.0.5", Place.RIGHT, id="where pod subnets are not known"),
        pytest.param(NEW, "10.0.8.5", Place.RIGHT, id="in the subnet made for nodes of the zone"),
        pytest.param(NEW, "10.0.10.5", Place.OUTSIDE, id="in that of the other zone"),
        pytest.param(NEW, "10.0.0.5", Place.OUTSIDE, id="in a public subnet"),
        pytest.param(AN_IPV6_CLUSTER, "2001:db8:1:1::5", Place.RIGHT, id="in an IPv6 block of the VPC"),
        pytest.param(AN_IPV6_CLUSTER, "2001:db8:1:10::5", Place.POD_SUBNET, id="in a pod subnet's /64"),
        pytest.param(AN_IPV6_CLUSTER, "2001:db8:2::5", Place.OUTSIDE, id="in no IPv6 block of it"),
        pytest.param(AN_IPV6_CLUSTER, "10.0.0.5", Place.RIGHT, id="with its IPv4 address"),
    ],
)
def test_an_address_is_in_one_place(changes: Changes, address: str, place: Place) -> None:
    """By the blocks of the VPC, the subnets made for nodes, and the pod subnets."""
    expected = expectation_of(a_plan(changes), pools=[], subnets=[])
    assert place_of_node(Node.of(a_node()), address, expected) is place


def diagnostics_of(*nodes: Any) -> dict[tuple[str, str], str]:
    expected = expectation_of(a_plan(), pools=[], subnets=[])
    return {(each.id, each.severity): each.message for each in node_diagnostics(map(Node.of, nodes), expected)}


def test_correct_nodes_are_reported_in_one_line() -> None:
    """With where they are."""
    text = "2 nodes have their addresses in 10.0.0.0/20, and none in a pod subnet"
    assert diagnostics_of(a_node(), a_node("i-b")) == {("node-addresses", "ok"): text}


def test_nodes_with_other_addresses_are_named() -> None:
    """With the expected ranges; no node is then reported as ok."""
    (text,) = diagnostics_of(a_node(), a_node("i-x", addresses=["10.9.0.1"])).values()
    for fact in ("i-x 10.9.0.1 in eu-west-1a", "10.0.0.0/20"):
        assert fact in text


def test_only_a_nodes_own_address_counts() -> None:
    """The first of its family; further ones are of interfaces for pods, if it tells them at all."""
    assert set(diagnostics_of(a_node(addresses=["10.0.0.10", "100.64.0.5"]))) == {("node-addresses", "ok")}
    assert set(diagnostics_of(a_node(addresses=["100.64.0.5", "10.0.0.10"]))) == {("node-addresses", "error")}


def test_other_nodes_are_not_looked_at() -> None:
    """They may be anywhere, and in any state."""
    other = a_node("i-x", addresses=["10.9.0.1"], labels={"karpenter.sh/nodepool": "other"}, ready="False")
    assert diagnostics_of(other) == {}


@pytest.mark.parametrize("ready", ["False", "Unknown"])
def test_a_node_that_is_not_ready_is_a_warning(ready: str) -> None:
    """It may be starting."""
    found = diagnostics_of(a_node(), a_node("i-x", ready=ready))
    assert "1 node is not ready: i-x" in found["nodes-ready", "warning"]
    assert ready in found["nodes-ready", "warning"]
