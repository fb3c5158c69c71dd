"""Subnets hold what is left of them after AWS's own addresses, whole prefixes apart."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.capacity import NodeNeed, SubnetRoom
from podspace.cidr import PREFIX
from podspace.planning.addresses.slot import prefix_reservations


def a_subnet(prefix: int, *, reserved: bool = False) -> SubnetRoom:
    cidr = IPv4Network(("100.64.0.0", prefix))
    return SubnetRoom(zone="z", cidr=cidr, reservations=prefix_reservations(cidr) if reserved else ())


@pytest.mark.parametrize(
    ("prefix", "prefixes", "addresses"),
    [
        (16, 4094, 65_531),
        (17, 2046, 32_763),
        (18, 1022, 16_379),
        (24, 14, 251),
        (26, 2, 59),
        (27, 0, 27),
        (28, 0, 11),
    ],
)
def test_whole_prefixes_are_those_without_an_address_of_awss_own(prefix: int, prefixes: int, addresses: int) -> None:
    """The first and the last /28 of a subnet hold one."""
    assert a_subnet(prefix).prefixes == prefixes
    assert a_subnet(prefix).usable == addresses


def test_what_no_whole_prefix_is_lost_for_is_left_for_single_addresses() -> None:
    """The rest of the first and the last /28; of a reserved subnet what is outside the reservations."""
    assert a_subnet(24).singles == 12 + 15
    assert a_subnet(24, reserved=True).singles == PREFIX - 4
    assert a_subnet(18, reserved=True).prefixes == 1024 * 15 // 16 - 1


NEEDS = st.builds(NodeNeed, prefixes=st.integers(0, 7), addresses=st.integers(0, 111), interfaces=st.integers(1, 14))


def brute_force(subnet: SubnetRoom, need: NodeNeed) -> int:
    """Nodes that can be placed address by address: prefixes in whole free /28s, then singles in what is left."""
    own = {*(subnet.cidr[index] for index in range(4)), subnet.cidr[-1]}
    free: set[IPv4Address] = set(subnet.cidr) - own
    parts = subnet.reservations or (subnet.cidr,)
    whole = [
        prefix
        for part in parts
        for prefix in (part.subnets(new_prefix=28) if part.prefixlen <= 28 else ())
        if set(prefix) <= free
    ]
    nodes = 0
    while True:
        wanted = (nodes + 1) * need.prefixes
        left = free - {address for prefix in whole[:wanted] for address in prefix}
        if subnet.reservations:
            left = {address for address in left if not any(address in part for part in subnet.reservations)}
        if wanted > len(whole) or (nodes + 1) * need.singles > len(left):
            return nodes
        nodes += 1


@given(prefix=st.integers(24, 28), reserved=st.booleans(), need=NEEDS)
def test_as_many_nodes_fit_as_can_be_placed_address_by_address(prefix: int, reserved: bool, need: NodeNeed) -> None:
    """In small subnets, where that can be tried."""
    subnet = a_subnet(prefix, reserved=reserved)
    assert subnet.nodes(need) == brute_force(subnet, need)


@given(prefix=st.integers(16, 28), reserved=st.booleans(), need=NEEDS)
def test_what_the_nodes_take_never_exceeds_the_subnet(prefix: int, reserved: bool, need: NodeNeed) -> None:
    """And one more would."""
    subnet = a_subnet(prefix, reserved=reserved)
    nodes = subnet.nodes(need)
    assert nodes * need.prefixes <= subnet.prefixes
    assert nodes * need.total <= subnet.usable
    if not subnet.reservations:
        assert (nodes + 1) * need.prefixes > subnet.prefixes or (nodes + 1) * need.total > subnet.usable


@given(prefix=st.integers(17, 28), reserved=st.booleans(), need=NEEDS)
def test_a_larger_subnet_never_holds_less(prefix: int, reserved: bool, need: NodeNeed) -> None:
    """Nor two halves more than the whole, but for what is kept of each."""
    assert a_subnet(prefix - 1, reserved=reserved).nodes(need) >= a_subnet(prefix, reserved=reserved).nodes(need)


@given(prefix=st.integers(16, 28), need=NEEDS, more=st.integers(0, 3))
def test_a_node_that_takes_more_never_fits_more_often(prefix: int, need: NodeNeed, more: int) -> None:
    """Whatever it takes more of."""
    larger = NodeNeed(prefixes=need.prefixes + more, addresses=need.addresses + more, interfaces=need.interfaces)
    assert a_subnet(prefix).nodes(larger) <= a_subnet(prefix).nodes(need)
