"""Every pod stands one way to the plan, and is counted once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.live.kubernetes import Node, NodePool, Pod
from podspace.verification.expectation import Expectation, expectation_of
from podspace.verification.pod_census import PodCensus, PodState, state_of
from tests.mother import AN_IPV6_CLUSTER, Changes, a_plan
from tests.podspace.cluster_objects import Object, a_node, a_node_pool, a_pod

NODES = {
    node.name: node
    for node in map(
        Node.of,
        [
            a_node(),
            a_node("i-b", zone="eu-west-1b", addresses=["10.0.4.10"]),
            a_node("i-other", labels={"karpenter.sh/nodepool": "general-purpose"}, addresses=["10.0.0.12"]),
            a_node("i-group", labels={"eks.amazonaws.com/nodegroup": "old"}, addresses=["10.0.0.13"]),
            a_node("i-nowhere", zone="", addresses=["10.0.0.14"]),
            a_node("i-bare", zone="", labels={}, addresses=[]),
        ],
    )
}


def expected(changes: Changes | None = None) -> Expectation:
    return expectation_of(a_plan(changes), pools=[], subnets=[])


TWO: Object = {"podIPs": [{"ip": "100.64.0.20"}, {"ip": "10.0.0.77"}]}
HOST: Object = {"spec": {"hostNetwork": True}}


@pytest.mark.parametrize(
    ("pod", "state"),
    [
        pytest.param(a_pod(), PodState.RIGHT, id="in its zone's subnet"),
        pytest.param(a_pod(node="i-b", address="100.64.127.255"), PodState.RIGHT, id="the last of its subnet"),
        pytest.param(a_pod(address="10.0.0.77"), PodState.OUTSIDE, id="in a node subnet"),
        pytest.param(a_pod(address="100.64.128.1"), PodState.OUTSIDE, id="in the block, in no subnet"),
        pytest.param(a_pod(address="100.63.255.255"), PodState.OUTSIDE, id="below the block"),
        pytest.param(a_pod(address="nonsense"), PodState.OUTSIDE, id="no address at all"),
        pytest.param(a_pod(address="2001:db8::1"), PodState.OUTSIDE, id="of another family"),
        pytest.param(a_pod(status=TWO), PodState.OUTSIDE, id="with one address in order and one not"),
        pytest.param(a_pod(address="100.64.64.20"), PodState.OTHER_ZONE, id="of the other zone"),
        pytest.param(a_pod(node="i-bare"), PodState.ELSEWHERE, id="on a node that says nothing of itself"),
        pytest.param(a_pod(node="i-other"), PodState.ELSEWHERE, id="on another pool"),
        pytest.param(a_pod(node="i-other", address=None), PodState.ELSEWHERE, id="on another pool, starting"),
        pytest.param(a_pod(node="i-group"), PodState.ELSEWHERE, id="on a node group"),
        pytest.param(a_pod(address="10.0.0.10", **HOST), PodState.HOST_NETWORK, id="with the host's address"),
        pytest.param(a_pod(node="i-other", address="10.0.0.12", **HOST), PodState.HOST_NETWORK, id="elsewhere too"),
        pytest.param(a_pod(node="i-bare", address="10.0.0.99", **HOST), PodState.HOST_NETWORK, id="of unknown address"),
        pytest.param(a_pod(address="100.64.0.20", **HOST), PodState.NOT_THE_HOSTS, id="not the host's"),
        pytest.param(a_pod(address=None, **HOST), PodState.WAITING, id="waiting for the host's"),
        pytest.param(a_pod(address=None), PodState.WAITING, id="waiting"),
        pytest.param(a_pod(node="", address=None), PodState.UNSCHEDULED, id="on no node"),
        pytest.param(a_pod(node="i-gone"), PodState.UNKNOWN_NODE, id="on a node that went"),
        pytest.param(a_pod(address="10.0.0.77", status={"phase": "Succeeded"}), PodState.FINISHED, id="ended"),
        pytest.param(a_pod(address="10.0.0.77", status={"phase": "Failed"}), PodState.FINISHED, id="failed"),
    ],
)
def test_a_pod_stands_one_way(pod: Any, state: PodState) -> None:
    """By its phase, its node and its addresses."""
    record = Pod.of(pod)
    assert state_of(record, node=NODES.get(record.node), expected=expected()) is state


BY_ID: Changes = {
    "vpc.node_subnets": {"euw1-az1": ["subnet-0000000a"], "euw1-az2": ["subnet-0000000b"]},
    "pods.zones": ["euw1-az1", "euw1-az2"],
    "egress": [{"to": "internet", "nat_gateways": {"euw1-az1": "nat-0000000a", "euw1-az2": "nat-0000000b"}}],
}


@pytest.mark.parametrize(
    ("zone_id", "state"),
    [("euw1-az1", PodState.RIGHT), ("euw1-az2", PodState.OTHER_ZONE), ("", PodState.RIGHT)],
)
def test_zones_are_compared_by_what_the_file_writes(zone_id: str, state: PodState) -> None:
    """A node that does not say its zone's id cannot be held against it."""
    labels = {"karpenter.sh/nodepool": "pool", "topology.k8s.aws/zone-id": zone_id}
    node = Node.of(a_node(labels=labels))
    assert state_of(Pod.of(a_pod()), node=node, expected=expected(BY_ID)) is state


@pytest.mark.parametrize(
    ("address", "state"),
    [
        ("2001:db8:1:10::5", PodState.RIGHT),
        ("2001:db8:1:11::5", PodState.OTHER_ZONE),
        ("2001:db8:1:12::5", PodState.OUTSIDE),
        ("10.0.8.5", PodState.OUTSIDE),
    ],
)
def test_pods_of_an_ipv6_cluster_have_addresses_of_its_subnets(address: str, state: PodState) -> None:
    """The IPv4 addresses of these subnets are not for pods."""
    pod = Pod.of(a_pod(address=address))
    assert state_of(pod, node=NODES["i-a"], expected=expected(AN_IPV6_CLUSTER)) is state


def test_pods_of_managed_node_groups_belong_where_the_file_says_so() -> None:
    """By the custom networking of the VPC CNI."""
    pod = Pod.of(a_pod(node="i-group"))
    assert state_of(pod, node=NODES["i-group"], expected=expected({"vpc_cni": {}})) is PodState.RIGHT


def test_a_pool_of_others_on_a_node_class_of_the_file_counts_as_its_own() -> None:
    """And one on another NodeClass does not."""
    pools = [NodePool.of(a_node_pool("general-purpose", node_class=name)) for name in ("class", "default")]
    for pool, ours in zip(pools, (True, False), strict=True):
        assert expectation_of(a_plan(), pools=[pool], subnets=[]).is_ours(NODES["i-other"]) is ours


def test_pods_whose_subnets_are_known_only_by_id_are_not_compared_with_them() -> None:
    """Until somebody looks these up."""
    ids = {"pods": {"subnet_ids": {"eu-west-1a": ["subnet-00000001"], "eu-west-1b": ["subnet-00000002"]}}, "egress": []}
    assert state_of(Pod.of(a_pod()), node=NODES["i-a"], expected=expected(ids)) is PodState.UNCHECKED


def census_of(*pods: Any) -> PodCensus:
    census = PodCensus(nodes=NODES, networks=[expected()])
    for pod in pods:
        census.add(Pod.of(pod))
    return census


@given(numbers=st.lists(st.integers(0, 3), max_size=60))
def test_every_pod_is_counted_once_and_few_are_kept(numbers: list[int]) -> None:
    """Examples are the first ones."""
    kinds: list[tuple[Object, PodState]] = [
        ({}, PodState.RIGHT),
        ({"address": "10.0.0.77"}, PodState.OUTSIDE),
        ({"node": "i-other"}, PodState.ELSEWHERE),
        ({"address": None}, PodState.WAITING),
    ]
    census = census_of(*(a_pod(f"p{index}", **kinds[number][0]) for index, number in enumerate(numbers)))
    assert census.count(*PodState) == len(numbers)
    for number, (_, state) in enumerate(kinds):
        names = [f"p{index}" for index, each in enumerate(numbers) if each == number]
        assert census.count(state) == len(names)
        examples = census.tally("" if state is PodState.ELSEWHERE else "net", state).examples
        assert [example.split()[0] for example in examples] == [f"shop/{name}" for name in names[:20]]


def test_strangers_are_counted_by_what_made_their_node() -> None:
    """With their namespaces, and how many take addresses that are not meant for them."""
    census = census_of(
        a_pod("a", node="i-other", address="10.0.0.50"),
        a_pod("b", node="i-other", address="100.64.0.50", namespace="kube-system"),
        a_pod("c", node="i-group", address="10.0.0.51"),
        a_pod("d", node="i-bare", address="10.0.0.52"),
    )
    assert set(census.elsewhere) == {"NodePool general-purpose", "node group old", "other nodes"}
    strangers = census.elsewhere["NodePool general-purpose"]
    assert (strangers.count, strangers.in_pod_subnets) == (2, 1)
    assert set(strangers.namespaces) == {"shop", "kube-system"}


def test_pods_that_wait_are_known_with_their_pool() -> None:
    """Whether they are on a node or not; those that have an address, or have ended, do not wait."""
    census = census_of(
        a_pod("a", address=None),
        a_pod("b", address=None, node=""),
        a_pod("c"),
        a_pod("d", address=None, status={"phase": "Failed"}),
    )
    assert [census.pool_of_waiting("shop", name) for name in "abcd"] == ["pool", "", None, None]
    assert census.oldest_waiting == {"net": "2026-11-20T10:00:00Z"}


def test_of_very_many_that_wait_each_is_known_with_its_pool() -> None:
    """And the pods that have an address, or are gone, are not taken for waiting ones."""
    census = PodCensus(nodes=NODES, networks=[expected()])
    for number in range(11_000):
        census.add(Pod.of(a_pod(f"p{number}", address=None, node="i-other" if number % 2 else "i-a")))
    census.add(Pod.of(a_pod("running")))
    assert {census.pool_of_waiting("shop", f"p{number}") for number in range(0, 11_000, 2)} == {"pool"}
    assert {census.pool_of_waiting("shop", f"p{number}") for number in range(1, 11_000, 2)} == {"general-purpose"}
    assert [census.pool_of_waiting("shop", name) for name in ("running", "gone")] == [None, None]
