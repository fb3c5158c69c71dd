"""What a network ACL passes: entries in their order, ranges of addresses, both families."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.live.aws.network_acl import NetworkAcl
from podspace.live.aws.port_set import NO_PORTS, PortSet, ports
from tests.canned_account import an_entry

PODS = IPv4Network("100.64.0.0/16")
LAST = an_entry(32767, "deny")


def passed(*entries: dict[str, Any], peer: IPv4Network | IPv6Network = PODS, egress: bool = False) -> list[PortSet]:
    acl = NetworkAcl.model_validate({"NetworkAclId": "acl-1", "Entries": entries})
    return [*acl.passed(peer, egress=egress)]


@pytest.mark.parametrize(
    ("entries", "every", "some"),
    [
        ([], (), ()),
        ([LAST], (), ()),
        ([an_entry(100, "allow"), LAST], ("1-65535", "1-65535/udp"), ("1-65535", "1-65535/udp")),
        ([an_entry(100, "allow", egress=True), LAST], (), ()),
        ([an_entry(100, "allow", "10.0.0.0/8"), LAST], (), ()),
        ([an_entry(100, "allow", "::/0"), LAST], (), ()),
        ([an_entry(100, "allow", ports=(443, 443)), LAST], ("443",), ("443",)),
        ([an_entry(100, "allow", protocol="17", ports=(53, 53)), LAST], ("53/udp",), ("53/udp",)),
        ([an_entry(100, "allow", protocol="1"), LAST], (), ()),
        ([an_entry(200, "allow"), an_entry(100, "deny", ports=(1, 1023)), LAST], ("1024-65535", "1-65535/udp"), ("1024-65535", "1-65535/udp")),
        ([an_entry(100, "allow", ports=(443, 443)), an_entry(200, "deny", ports=(1, 1023)), LAST], ("443",), ("443",)),
        ([an_entry(50, "deny", "100.64.0.0/10"), an_entry(100, "allow"), LAST], (), ()),
        ([an_entry(50, "deny", "100.64.128.0/17"), an_entry(100, "allow", ports=(80, 80)), LAST], (), ("80",)),
        ([an_entry(50, "allow", "100.64.0.0/17", ports=(80, 80)), an_entry(60, "allow", "100.64.128.0/17", ports=(80, 81)), LAST], ("80",), ("80-81",)),
    ],
)  # fmt: skip
def test_the_first_entry_about_a_packet_decides(
    entries: list[dict[str, Any]], every: tuple[str, ...], some: tuple[str, ...]
) -> None:
    for order in (entries, entries[::-1]):
        assert tuple(each.ranges for each in passed(*order)) == (every, some)


def test_entries_of_ipv6_are_about_ipv6_addresses() -> None:
    peer = IPv6Network("2001:db8:1::/56")
    assert passed(an_entry(101, "allow", "::/0", ports=(443, 443)), peer=peer)[0].ranges == ("443",)
    assert passed(an_entry(100, "allow"), peer=peer) == [NO_PORTS, NO_PORTS]


CIDRS = st.tuples(st.integers(0, 255), st.integers(8, 32)).map(
    lambda each: str(ip_network((int(IPv4Address("100.64.0.0")) + (each[0] << 8), each[1]), strict=False))
)
ENTRIES = st.lists(
    st.tuples(st.sampled_from(["allow", "deny"]), CIDRS, st.integers(1, 6), st.integers(1, 6)), max_size=6
)


@given(ENTRIES, st.integers(0, 2**16 - 1), st.integers(1, 6))
def test_what_passes_for_every_address_passes_for_each(
    given_entries: list[tuple[str, str, int, int]], offset: int, port: int
) -> None:
    """Compared with one address and one port, decided entry by entry."""
    entries = [
        an_entry(number, action, cidr, ports=(min(a, b), max(a, b)))
        for number, (action, cidr, a, b) in enumerate(given_entries, 1)
    ]
    every, some = passed(*entries)
    address = PODS[offset]
    decisions = [
        action
        for action, cidr, a, b in given_entries
        if address in IPv4Network(cidr) and min(a, b) <= port <= max(a, b)
    ]
    alone = decisions[:1] == ["allow"]
    assert not (port in every and not alone)
    assert not (alone and port not in some)
    assert (passed(*entries, peer=IPv4Network(address))[0] & ports("tcp", port, port)) == (
        ports("tcp", port, port) if alone else NO_PORTS
    )
