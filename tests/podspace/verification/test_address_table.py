"""An address is found in the range it is in."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.verification.address_table import AddressTable, Range, address_of

BLOCK = IPv4Network("100.64.0.0/20")
PARTS = list(BLOCK.subnets(new_prefix=26))


@given(chosen=st.sets(st.sampled_from(PARTS)), offset=st.integers(-300, 4096 + 300))
def test_it_is_found_as_by_looking_at_each(chosen: set[IPv4Network], offset: int) -> None:
    """Also outside of all, and between them."""
    address = IPv4Address(int(BLOCK.network_address) + offset)
    found = AddressTable(Range(cidr=cidr) for cidr in chosen).find(address)
    assert (found and found.cidr) == next((cidr for cidr in chosen if address in cidr), None)


def test_families_are_kept_apart() -> None:
    """A number is no address by itself."""
    table = AddressTable([Range(cidr=IPv4Network("0.0.0.0/0")), Range(cidr=IPv6Network("2001:db8::/64"))])
    found = table.find(ip_address("2001:db8::1"))
    assert found
    assert found.cidr.version == 6
    assert table.find(ip_address("::1")) is None


@pytest.mark.parametrize("text", ["", "web", "10.0.0", "10.0.0.0/24", "10.0.0.256"])
def test_what_is_no_address_is_none(text: str) -> None:
    """And no error."""
    assert address_of(text) is None
