"""Limits from the capacity keep NodePools inside their subnets, and limits that exceed these are found."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.api import Metadata, NodeClassSettings, NodePool, NodePoolSettings
from podspace.capacity import NodeNeed, Pool, SubnetRoom, ZoneRoom, capacity_limits, excesses, listed, pool_of

ZONES = ("a", "b", "c")
NAME = "node.kubernetes.io/instance-type"


def a_zone(name: str, *prefixes: int, node_addresses: int | None = None) -> ZoneRoom:
    subnets = (SubnetRoom(zone=name, cidr=IPv4Network(("100.64.0.0", prefix))) for prefix in prefixes)
    return ZoneRoom(zone=name, subnets=tuple(subnets), node_addresses=node_addresses, has_nodes=True)


def a_pool(
    name: str = "pool",
    types: list[str] | None = None,
    *,
    zones: tuple[str, ...] = ZONES,
    limits: dict[str, Any] | None = None,
    single: bool = False,
) -> Pool:
    settings = NodePoolSettings.model_validate(
        {
            "requirements": [{"key": NAME, "operator": "In", "values": types or ["m5.large"]}],
            "limits": limits,
        }
    )
    node_class = NodeClassSettings.model_validate({"advanced_networking": {"ipv4_prefix_size": "32"}} if single else {})
    made = NodePool(metadata=Metadata(name=name), spec=settings.spec(node_class="class"))
    return pool_of(made, node_class, ipv6=False, zones=zones)


TYPES = st.lists(st.sampled_from(["m5.large", "m7i.xlarge", "m5.4xlarge", "m8i.xlarge"]), min_size=1, unique=True)
POOLS = st.lists(
    st.builds(
        lambda types, single, nodes, zones: (types, single, nodes, zones),
        TYPES,
        st.booleans(),
        st.none() | st.integers(1, 12),
        st.sampled_from([ZONES, ("a",), ("b", "c")]),
    ),
    min_size=1,
    max_size=4,
)


@given(
    pools=POOLS, lost=st.integers(0, 2), prefixes=st.tuples(*[st.integers(20, 24)] * 3), nodes=st.none() | st.just(60)
)
def test_pools_at_their_limits_fit_together_whatever_the_instance_types_and_the_lost_zones(
    pools: list[Any], lost: int, prefixes: tuple[int, ...], nodes: int | None
) -> None:
    """With nodes spread evenly over the zones that are left, every pool with the type that takes most there."""
    rooms = [a_zone(zone, prefix, node_addresses=nodes) for zone, prefix in zip(ZONES, prefixes, strict=True)]
    made = [
        a_pool(f"p{number}", types, zones=zones, single=single, limits={"nodes": given} if given else None)
        for number, (types, single, given, zones) in enumerate(pools)
    ]
    wanted = {pool.name: lost for pool in made if pool.amounts.nodes is None}
    limits = {limit.pool: limit for limit in capacity_limits(wanted, made, rooms)}
    assert limits.keys() == wanted.keys()
    if not all(limit.nodes for limit in limits.values()) or not limits:
        return
    for gone in combinations(ZONES, lost):
        for room in rooms:
            if room.zone in gone or not any(room.zone in limit.by_zone for limit in limits.values()):
                continue
            there: list[tuple[int, tuple[NodeNeed, ...]]] = []
            for pool in made:
                left = [zone for zone in pool.zones if zone not in gone]
                if room.zone in left:
                    allowed = limits[pool.name].nodes if pool.name in limits else int(pool.amounts.nodes or 0)
                    there.append((-(-allowed // len(left)), pool.needs))
            (subnet,) = room.subnets
            assert sum(count * max(need.prefixes for need in needs) for count, needs in there) <= subnet.prefixes
            assert sum(count * max(need.total for need in needs) for count, needs in there) <= subnet.usable
            assert nodes is None or sum(count for count, _ in there) <= nodes


@given(
    type_=st.sampled_from(["m5.large", "m7i.xlarge", "m5.4xlarge"]),
    prefixes=st.lists(st.integers(23, 26), min_size=1, max_size=6),
    others=st.lists(st.integers(1, 6), max_size=3),
    single=st.booleans(),
)
def test_limits_leave_the_rest_of_each_subnet_that_is_too_small_for_a_node(
    type_: str, prefixes: list[int], others: list[int], single: bool
) -> None:
    """With one instance type: then the nodes that fit are counted subnet by subnet."""
    room = a_zone("a", *prefixes)
    given_ = [
        a_pool(f"p{n}", [type_], zones=("a",), single=single, limits={"nodes": nodes}) for n, nodes in enumerate(others)
    ]
    pool = a_pool("pool", [type_], zones=("a",), single=single)
    (limit,) = capacity_limits({"pool": 0}, [*given_, pool], [room])
    assert limit.nodes == max(pool.held_by(room) - sum(others), 0)


@pytest.mark.parametrize(("second", "exceeds"), [(4, False), (5, True)])
def test_pools_exceed_together_what_the_subnets_hold_one_by_one(second: int, exceeds: bool) -> None:
    """Three /24 have 14 prefixes each: 4 nodes of 3 prefixes, and 2 prefixes are left."""
    room = a_zone("a", 24, 24, 24)
    held = a_pool(types=["m7i.xlarge"], zones=("a",)).held_by(room)
    first = held - 4
    pools = [
        a_pool(name, ["m7i.xlarge"], zones=("a",), limits={"nodes": nodes})
        for name, nodes in (("x", first), ("y", second))
    ]
    assert [each.pools for each in excesses(pools, [room])] == ([("x", "y")] if exceeds else [])


def test_a_pool_alone_gets_an_equal_share_of_the_smallest_zone() -> None:
    """A /24 holds 7 nodes of 33 addresses, by its 14 prefixes."""
    (limit,) = capacity_limits({"pool": 0}, [a_pool()], [a_zone("a", 20), a_zone("b", 24), a_zone("c", 22)])
    assert limit.by_zone["b"] == 7
    assert limit.nodes == 3 * 7


@pytest.mark.parametrize(("lost", "nodes"), [(0, 21), (1, 14), (2, 7)])
def test_each_zone_that_may_be_lost_takes_its_share_from_the_limit(lost: int, nodes: int) -> None:
    (limit,) = capacity_limits({"pool": lost}, [a_pool()], [a_zone(zone, 24) for zone in ZONES])
    assert limit.nodes == nodes


def test_only_zones_that_a_pool_admits_count() -> None:
    (limit,) = capacity_limits({"pool": 0}, [a_pool(zones=("a",))], [a_zone("a", 20), a_zone("b", 28)])
    assert limit.by_zone.keys() == {"a"}


def test_the_admitted_type_with_most_addresses_decides() -> None:
    rooms = [a_zone(zone, 20) for zone in ZONES]
    (small,) = capacity_limits({"pool": 0}, [a_pool(types=["m5.large"])], rooms)
    (both,) = capacity_limits({"pool": 0}, [a_pool(types=["m5.large", "m5.4xlarge"])], rooms)
    assert both.node.instance_type.name == "m5.4xlarge"
    assert both.nodes < small.nodes


def test_pools_divide_what_the_limits_of_others_leave() -> None:
    rooms = [a_zone(zone, 20) for zone in ZONES]
    (alone,) = capacity_limits({"x": 0}, [a_pool("x")], rooms)
    x, y = capacity_limits({"x": 0, "y": 0}, [a_pool("x"), a_pool("y")], rooms)
    assert x.nodes == y.nodes == 3 * (alone.each // 2)
    third = a_pool("z", limits={"nodes": alone.nodes // 3})
    x, y = capacity_limits({"x": 0, "y": 0}, [a_pool("x"), a_pool("y"), third], rooms)
    assert x.each == y.each == int(alone.each * Fraction(2, 3)) // 2


def test_limits_of_others_that_use_everything_leave_no_node() -> None:
    other = a_pool("other", limits={"nodes": 1000})
    (limit,) = capacity_limits({"pool": 0}, [a_pool(), other], [a_zone(zone, 24) for zone in ZONES])
    assert limit.nodes == 0


@given(prefix=st.integers(17, 25), more=st.integers(1, 4))
def test_larger_subnets_never_have_a_smaller_limit(prefix: int, more: int) -> None:
    (less,) = capacity_limits({"pool": 0}, [a_pool(zones=("a",))], [a_zone("a", prefix)])
    (greater,) = capacity_limits({"pool": 0}, [a_pool(zones=("a",))], [a_zone("a", prefix - 1)])
    (blocks,) = capacity_limits({"pool": 0}, [a_pool(zones=("a",))], [a_zone("a", prefix, *[prefix] * more)])
    assert less.nodes <= greater.nodes
    assert blocks.nodes == less.nodes * (1 + more)


@pytest.mark.parametrize(
    ("limits", "nodes"),
    [
        ({"nodes": 21}, None),
        ({"nodes": 22}, 22),
        ({"cpu": "43"}, None),  # 21 nodes of 2 vCPUs
        ({"cpu": "44"}, 22),
        ({"cpu": "44000m"}, 22),
        ({"memory": "175Gi"}, None),  # 21 nodes of 8 GiB
        ({"memory": "176Gi"}, 22),
        ({"nodes": 21, "cpu": "1000"}, None),
        ({"nodes": 1000, "cpu": "44"}, 22),
        ({"nvidia.com/gpu": 8}, None),
        (None, None),
    ],
)
def test_limits_that_exceed_what_a_zone_holds_are_found_and_smaller_ones_are_not(
    limits: dict[str, Any] | None, nodes: int | None
) -> None:
    found = list(excesses([a_pool(limits=limits)], [a_zone(zone, 24) for zone in ZONES]))
    assert [each.nodes for each in found] == ([] if nodes is None else [nodes])
    assert all(each.share > each.held == 7 for each in found)


def test_odd_nodes_are_in_the_zones_with_most_room() -> None:
    """So a limit is not reported because of them."""
    rooms = [a_zone("a", 20), a_zone("b", 24), a_zone("c", 24)]
    assert not list(excesses([a_pool(limits={"nodes": 22})], rooms))
    assert list(excesses([a_pool(limits={"nodes": 23})], rooms))


def test_limits_that_fit_alone_and_not_together_are_found_together() -> None:
    rooms = [a_zone(zone, 24) for zone in ZONES]
    one, two = a_pool("one", limits={"nodes": 12}), a_pool("two", limits={"nodes": 12})
    (found,) = excesses([one, two], rooms)
    assert found.pools == ("one", "two")
    assert not list(excesses([one, a_pool("two", limits={"nodes": 9})], rooms))
    apart = a_pool("one", zones=("a",), limits={"nodes": 6}), a_pool("two", zones=("b",), limits={"nodes": 6})
    assert not list(excesses(apart, rooms))


def test_a_pool_is_bounded_if_its_limits_bound_every_type() -> None:
    assert a_pool(limits={"cpu": "10"}).bounded
    assert not a_pool(limits={"nvidia.com/gpu": "10"}).bounded
    assert not a_pool().bounded
    assert a_pool(limits={"nodes": 4}).amounts.nodes_of(listed()["m5.large"]) == 4
    assert a_pool(limits={"nodes": 4}).amounts.nodes == Decimal(4)
