"""Nodes take of a pod subnet what their pods and their interfaces need."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.capacity import InstanceType, Node, NodeNeed, Size, listed, nodes_of
from podspace.capacity.instance_type import COMMON
from podspace.cidr import PREFIX
from podspace.diagnostic import InputError
from tests.mother import AN_IPV6_CLUSTER, Changes, a_plan

POOLS = [
    {
        "name": "pool",
        "node_class": "class",
        "requirements": [
            {"key": "node.kubernetes.io/instance-type", "operator": "In", "values": ["m5.large", "r5.large"]},
            {"key": "node.kubernetes.io/instance-type", "operator": "NotIn", "values": ["c5.large"]},
        ],
    }
]


def a_node(name: str = "m5.large", *, size: Size = "Auto", pods: int | None = None) -> Node:
    instance_type = listed()[name]
    return Node(
        instance_type=instance_type, pods=instance_type.pods() if pods is None else pods, size=size, node_classes=()
    )


def nodes(changes: Changes | None = None, *asked: str) -> tuple[Node, ...]:
    plan = a_plan(changes)
    return nodes_of(
        node_classes=plan.node_classes,
        node_pools=plan.node_pools,
        ipv6=plan.cluster.ip_family == "ipv6",
        asked=asked,
        limits=listed(),
    )


@pytest.mark.parametrize(
    ("name", "size", "pods", "need"),
    [
        ("m5.large", "Auto", 1, NodeNeed(prefixes=1, addresses=0, interfaces=1)),
        ("m5.large", "Auto", 16, NodeNeed(prefixes=1, addresses=0, interfaces=1)),
        ("m5.large", "Auto", 17, NodeNeed(prefixes=2, addresses=0, interfaces=1)),
        ("m5.large", "Auto", 0, NodeNeed(prefixes=1, addresses=0, interfaces=1)),
        ("m5.4xlarge", "Auto", 110, NodeNeed(prefixes=7, addresses=0, interfaces=1)),
        ("m5.large", "32", 1, NodeNeed(prefixes=0, addresses=2, interfaces=1)),
        ("m5.large", "32", 9, NodeNeed(prefixes=0, addresses=10, interfaces=2)),
        ("m5.large", "32", 18, NodeNeed(prefixes=0, addresses=18, interfaces=2)),  # no place for a spare one
        ("m5.large", "IPv6", 110, NodeNeed(prefixes=0, addresses=0, interfaces=1)),
    ],
)
def test_a_node_takes_prefixes_or_addresses_and_an_address_for_each_interface(
    name: str, size: Size, pods: int, need: NodeNeed
) -> None:
    """A node of one pod takes 17 addresses of the pod subnet under Auto, and 3 under 32."""
    assert a_node(name).need(size, pods=pods) == need


INSTANCE_TYPES = st.builds(InstanceType, name=st.just("x"), interfaces=st.integers(2, 60), addresses=st.integers(2, 64))


@given(instance_type=INSTANCE_TYPES, size=st.sampled_from(["Auto", "32"]), data=st.data())
def test_whatever_the_type_its_pods_have_a_place(instance_type: InstanceType, size: Size, data: st.DataObject) -> None:
    """Interfaces never outnumber those the type has, and what they carry never their places."""
    pods = data.draw(st.integers(1, instance_type.pods()))
    node = Node(instance_type=instance_type, pods=instance_type.pods(), size=size, node_classes=())
    need = node.need(size, pods=pods)
    assert need.interfaces <= instance_type.interfaces - 1
    assert need.prefixes + need.addresses <= need.interfaces * instance_type.places_each
    assert PREFIX * need.prefixes + need.addresses >= pods


@given(instance_type=INSTANCE_TYPES, size=st.sampled_from(["Auto", "32"]), data=st.data())
def test_more_pods_never_take_less(instance_type: InstanceType, size: Size, data: st.DataObject) -> None:
    """Of anything."""
    pods = data.draw(st.integers(1, max(instance_type.pods() - 1, 1)))
    node = Node(instance_type=instance_type, pods=instance_type.pods(), size=size, node_classes=())
    fewer, more = node.need(size, pods=pods), node.need(size, pods=pods + 1)
    assert fewer.prefixes <= more.prefixes
    assert fewer.addresses <= more.addresses
    assert fewer.interfaces <= more.interfaces


def test_instance_types_are_the_requested_ones_or_those_of_the_node_pools_or_common_ones() -> None:
    with_pools = {"node_pools": POOLS}
    assert [each.instance_type.name for each in nodes(with_pools, "c5.large")] == ["c5.large"]
    assert [each.instance_type.name for each in nodes(with_pools)] == ["m5.large", "r5.large"]
    assert [each.instance_type.name for each in nodes()] == list(COMMON)
    assert [each.instance_type.name for each in nodes({"node_pools": []})] == list(COMMON)


def test_a_required_instance_type_that_the_table_lacks_is_not_counted() -> None:
    """A requested one is an error."""
    pools = [{**POOLS[0], "requirements": [{**POOLS[0]["requirements"][0], "values": ["m99.large", "m5.large"]}]}]  # type: ignore[dict-item]
    changes = {"node_pools": pools}
    assert [each.instance_type.name for each in nodes(changes)] == ["m5.large"]
    with pytest.raises(InputError):
        nodes(changes, "m99.large")


def test_node_classes_that_set_something_else_are_kinds_of_their_own() -> None:
    """With the types that their own pools require."""
    changes = {
        "node_classes": [
            {"name": "class"},
            {"name": "few", "advanced_compute": {"kubelet": {"max_pods": 5}}},
            {"name": "sparse", "advanced_networking": {"ipv4_prefix_size": "32"}},
            {"name": "same"},
        ],
        "node_pools": POOLS,
    }
    found = {each.node_classes: each for each in nodes(changes) if each.instance_type.name in {"m5.large", "m7i.large"}}
    assert set(found) == {("class", "same"), ("few",), ("sparse",)}
    assert found["few",].pods == 5
    assert found["few",].instance_type.name == "m7i.large"
    assert found["class", "same"].instance_type.name == "m5.large"
    assert [each.size for each in found.values()] == ["Auto", "Auto", "32"]


def test_nodes_of_an_ipv6_cluster_have_110_pods_whatever_their_interfaces() -> None:
    """Or what the NodeClass allows."""
    assert {(each.size, each.pods) for each in nodes(AN_IPV6_CLUSTER, "m5.large", "m7g.medium")} == {("IPv6", 110)}
    few = {**AN_IPV6_CLUSTER, "node_classes": [{"name": "c", "advanced_compute": {"kubelet": {"max_pods": 9}}}]}
    assert [each.pods for each in nodes({**few, "node_pools": []}, "m5.large")] == [9]


def test_a_plan_without_node_classes_is_counted_by_the_defaults_of_the_api() -> None:
    """As the network's half of a shared VPC is."""
    half = {
        "vpc.shared_with": ["444455556666"],
        "vpc.node_subnets": None,
        "cluster": {"name": "cluster"},
        "node_classes": [],
        "node_pools": [],
    }
    assert {(each.size, each.node_classes) for each in nodes(half)} == {("Auto", ())}
