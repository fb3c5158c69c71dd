"""Whether the requested pods or nodes fit, spread evenly over the zones, and with a zone lost."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.capacity import Answer, Node, Question, SubnetRoom, ZoneRoom, answer, fit, listed


def a_node(name: str = "m5.large") -> Node:
    return Node(instance_type=listed()[name], pods=listed()[name].pods(), size="Auto", node_classes=())


def a_zone(name: str, prefix: int, *, has_nodes: bool = True) -> ZoneRoom:
    subnet = SubnetRoom(zone=name, cidr=IPv4Network(("100.64.0.0", prefix)))
    return ZoneRoom(zone=name, subnets=(subnet,), node_addresses=None, has_nodes=has_nodes)


def asked(*zones: ZoneRoom, pods: int | None = None, nodes: int | None = None, name: str = "m5.large") -> Answer:
    return answer(Question(pods=pods, nodes=nodes), a_node(name), zones)


def test_pods_need_as_many_nodes_as_hold_them() -> None:
    found = asked(a_zone("a", 20), a_zone("b", 20), pods=181)
    assert (found.nodes, found.pods_each) == (11, 18)
    assert sorted(found.spread.shares.values()) == [5, 6]
    assert found.fits
    assert found.survives


def test_nodes_alone_are_counted_full() -> None:
    found = asked(a_zone("a", 20), nodes=3)
    assert (found.pods, found.pods_each) == (54, 18)


def test_pods_on_a_number_of_nodes_are_spread_evenly() -> None:
    """Nodes with few pods need fewer addresses."""
    sparse = asked(a_zone("a", 24), pods=14, nodes=14)
    assert sparse.pods_each == 1
    assert sparse.fits
    assert not asked(a_zone("a", 24), nodes=14).fits


def test_more_pods_than_the_nodes_run_do_not_fit() -> None:
    found = asked(a_zone("a", 16), a_zone("b", 16), pods=100, nodes=5)
    assert found.pods_each == 20 > found.node.pods
    assert not found.fits
    assert not found.survives


def test_pods_do_not_fit_on_an_instance_type_that_runs_none() -> None:
    """An hpc6id.32xlarge has no interface for pods."""
    assert not asked(a_zone("a", 16), pods=1, name="hpc6id.32xlarge").fits
    assert not asked(a_zone("a", 16), nodes=1, name="hpc6id.32xlarge").fits


def test_nodes_do_not_fit_if_a_zone_does_not_hold_its_share() -> None:
    found = asked(a_zone("a", 20), a_zone("b", 24), nodes=60)
    assert found.spread.short == ("b",)
    assert not found.fits


def test_the_zone_with_most_room_gets_the_odd_node() -> None:
    room = asked(a_zone("b", 24), nodes=1).spread.room["b"]
    assert asked(a_zone("b", 24), a_zone("a", 20), nodes=2 * room + 1).fits


def test_nodes_may_fit_but_not_with_a_zone_lost() -> None:
    found = asked(a_zone("a", 20), a_zone("b", 20), nodes=200)
    assert found.fits
    assert not found.survives
    assert found.spread_left.short


def test_the_lost_zone_is_the_one_whose_loss_leaves_least_room() -> None:
    found = asked(a_zone("small", 24), a_zone("large", 18), a_zone("middle", 20), nodes=20)
    assert found.fits
    assert found.lost == "large"
    assert found.spread_left.short == ("small",)


def test_one_zone_alone_does_not_survive_its_loss() -> None:
    found = asked(a_zone("a", 20), nodes=1)
    assert found.fits
    assert not found.survives
    assert not found.lost


def test_zones_without_node_subnets_get_no_nodes() -> None:
    found = asked(a_zone("a", 20), a_zone("b", 20, has_nodes=False), nodes=4)
    assert found.spread.shares == {"a": 4}


def test_without_known_subnets_only_the_number_of_nodes_is_known() -> None:
    found = asked(pods=36)
    assert found.nodes == 2
    assert not found.known
    assert not found.fits
    assert asked(a_zone("a", 28), pods=36).known


ZONES = st.lists(st.integers(20, 27), min_size=1, max_size=4).map(
    lambda prefixes: [a_zone(f"z{index}", prefix) for index, prefix in enumerate(prefixes)]
)


@given(zones=ZONES, nodes=st.integers(1, 400))
def test_what_fits_is_never_more_than_the_zones_hold(zones: list[ZoneRoom], nodes: int) -> None:
    found = answer(Question(pods=None, nodes=nodes), a_node(), zones)
    most = fit(a_node(), "Auto", zones)
    assert sum(found.spread.shares.values()) == nodes
    if found.fits:
        assert nodes <= most.nodes
    if found.survives:
        assert nodes <= most.nodes_left
        assert found.fits


@given(zones=ZONES, nodes=st.integers(1, 400))
def test_nodes_survive_if_they_fit_without_each_single_zone(zones: list[ZoneRoom], nodes: int) -> None:
    question = Question(pods=None, nodes=nodes)
    without = [answer(question, a_node(), [zone for zone in zones if zone != lost]).fits for lost in zones]
    assert answer(question, a_node(), zones).survives is all(without)


@given(zones=ZONES, nodes=st.integers(1, 400))
def test_what_fits_still_fits_with_a_node_less(zones: list[ZoneRoom], nodes: int) -> None:
    now = answer(Question(pods=None, nodes=nodes + 1), a_node(), zones)
    fewer = answer(Question(pods=None, nodes=nodes), a_node(), zones)
    assert fewer.fits or not now.fits
    assert fewer.survives or not now.survives


@pytest.mark.parametrize("pods", [1, 18, 19, 1000])
def test_the_nodes_of_an_answer_run_all_the_pods(pods: int) -> None:
    found = asked(a_zone("a", 18), pods=pods)
    assert (found.nodes - 1) * found.pods_each < pods <= found.nodes * found.pods_each
