"""Sets of ports: what rules and entries are about, and how a config writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.live.aws.port_set import HIGHEST_PORT, NO_PORTS, PortSet, ports, union
from podspace.planning.cluster.config import PortRange

PORTS = st.integers(1, HIGHEST_PORT)
RANGES = st.tuples(st.sampled_from(["tcp", "udp"]), PORTS, PORTS).map(lambda each: (each[0], *sorted(each[1:])))


@pytest.mark.parametrize(
    ("protocol", "first", "last", "ranges"),
    [
        ("tcp", 5432, 5432, ("5432",)),
        ("6", 5432, 5440, ("5432-5440",)),
        ("udp", 53, 53, ("53/udp",)),
        ("17", None, None, ("1-65535/udp",)),
        ("tcp", 0, 65535, ("1-65535",)),
        ("tcp", 0, 0, ()),
        ("-1", None, None, ("1-65535", "1-65535/udp")),
        ("-1", -1, -1, ("1-65535", "1-65535/udp")),
        ("icmp", 8, 0, ()),
        ("1", -1, -1, ()),
        ("58", None, None, ()),
        ("132", None, None, ()),
    ],
)
def test_ports_of_a_rule(protocol: str, first: int | None, last: int | None, ranges: tuple[str, ...]) -> None:
    assert ports(protocol, first, last).ranges == ranges


@given(st.lists(RANGES, max_size=5), st.lists(RANGES, max_size=5))
def test_differences_have_exactly_the_ports_of_one_set(one: list[tuple[str, int, int]], other: list[tuple[str, int, int]]) -> None:  # fmt: skip
    difference = union(ports(*each) for each in one) - union(ports(*each) for each in other)
    for protocol, first, last in (*one, *other):
        for port in {max(first - 1, 1), first, last, min(last + 1, HIGHEST_PORT)}:
            expected = any(p == protocol and a <= port <= b for p, a, b in one) and not any(
                p == protocol and a <= port <= b for p, a, b in other
            )
            assert bool(difference & ports(protocol, port, port)) is expected


@given(st.lists(RANGES, max_size=6))
def test_a_config_reads_the_ranges_as_the_same_ports(given_ranges: list[tuple[str, int, int]]) -> None:
    found = union(ports(*each) for each in given_ranges)
    read = [PortRange.model_validate(each) for each in found.ranges]
    assert union(ports(each.protocol, each.first, each.last) for each in read) == found


def test_udp_ports_are_not_tcp_ports() -> None:
    assert [port in ports("udp", 53, 53) for port in (53, 65536 + 53)] == [False, False]
    assert 53 in ports("-1")
    assert not NO_PORTS
    assert PortSet() == ports("tcp", 1, 1) - ports("-1")
