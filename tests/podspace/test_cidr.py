"""AWS's rules about blocks, each with blocks that keep it and blocks that break it."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.cidr import (
    association_problems,
    covers,
    default_service_cidr,
    is_private,
    is_within,
    outermost,
    parse_cidr,
    parse_ipv6_cidr,
    pieces,
    route_problems,
    size_problems,
    usable_problems,
)
from podspace.planning.addresses.slot import prefix_reservations, slot

N = IPv4Network


@st.composite
def networks(draw: st.DrawFn, *, shortest: int = 8, longest: int = 30) -> IPv4Network:
    prefix = draw(st.integers(shortest, longest))
    return N((draw(st.integers(0, 2**prefix - 1)) << (32 - prefix), prefix))


@given(networks())
def test_every_network_reads_back_as_it_is_written(network: IPv4Network) -> None:
    assert parse_cidr(str(network)) == network


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("100.64.0.1/16", "no host bits set; write 100.64.0.0/16"),
        ("100.64.0.0", "address and a prefix length"),
        ("100.64.0.0/33", "must be an IPv4 CIDR"),
        ("100.64.0.0/255.255.0.0", "written as 100.64.0.0/16"),
        ("2001:db8::/64", "must be an IPv4 CIDR"),
        ("", "must be an IPv4 CIDR"),
        (42, "must be an IPv4 CIDR"),
    ],
)
def test_what_is_no_network_is_refused_with_what_to_write(text: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_cidr(text)


@pytest.mark.parametrize("block", ["100.64.0.0/16", "100.64.0.0/28"])
def test_a_block_of_16_to_28_has_a_size_vpcs_take(block: str) -> None:
    assert not list(size_problems(N(block)))


@pytest.mark.parametrize(
    ("block", "remedy"), [("100.64.0.0/10", "100.64.0.0/16"), ("100.64.0.64/29", "100.64.0.64/28")]
)
def test_a_larger_or_smaller_block_is_refused_with_one_that_fits(block: str, remedy: str) -> None:
    (problem,) = size_problems(N(block))
    assert remedy in problem.fix
    assert "vpc-cidr-blocks" in problem.source


@pytest.mark.parametrize("block", ["0.1.0.0/16", "127.0.0.0/16", "169.254.0.0/16", "224.0.0.0/16", "239.1.0.0/16"])
def test_ranges_no_vpc_can_use_are_refused(block: str) -> None:
    (problem,) = usable_problems(N(block))
    assert "no VPC can use" in problem.message


def test_shared_address_space_is_usable() -> None:
    assert not list(usable_problems(N("100.127.0.0/16")))


ALLOWED = [
    # primary, others, new block
    ("10.0.0.0/16", [], "100.64.0.0/16"),
    ("172.16.0.0/16", [], "100.64.0.0/16"),
    ("192.168.0.0/16", [], "100.64.0.0/16"),
    ("198.19.0.0/20", [], "100.64.0.0/16"),
    ("203.0.112.0/20", [], "100.64.0.0/16"),
    ("100.64.0.0/16", [], "100.65.0.0/16"),
    ("10.2.0.0/16", [], "10.3.0.0/16"),
    ("10.1.0.0/16", [], "10.2.0.0/16"),
    ("10.2.0.0/16", ["100.64.0.0/16"], "10.3.0.0/16"),
    ("10.2.0.0/16", [], "10.0.0.0/16"),
    ("172.16.0.0/16", [], "172.17.0.0/16"),
    ("192.168.0.0/20", [], "192.168.128.0/20"),
    ("10.0.0.0/16", [], "8.8.0.0/16"),
    ("198.19.0.0/20", [], "8.8.0.0/16"),
    ("198.19.0.0/20", [], "198.19.128.0/20"),
]
REFUSED = [
    ("10.2.0.0/16", [], "172.16.0.0/16"),
    ("10.2.0.0/16", [], "192.168.0.0/20"),
    ("10.2.0.0/16", [], "198.19.0.0/20"),
    ("10.1.0.0/24", [], "10.0.0.0/20"),
    ("10.0.0.0/24", [], "10.0.16.0/20"),
    ("10.2.0.0/16", ["10.1.0.0/16"], "10.0.0.0/16"),
    ("172.16.0.0/16", [], "10.0.0.0/16"),
    ("172.16.0.0/16", [], "192.168.0.0/20"),
    ("172.16.0.0/16", [], "172.31.0.0/20"),
    ("172.31.0.0/20", [], "172.31.16.0/20"),
    ("172.16.0.0/16", [], "198.19.0.0/20"),
    ("192.168.0.0/20", [], "10.0.0.0/16"),
    ("192.168.0.0/20", [], "172.16.0.0/16"),
    ("192.168.0.0/20", [], "198.19.0.0/20"),
    ("198.19.0.0/20", [], "10.0.0.0/16"),
    ("198.19.0.0/20", [], "172.16.0.0/16"),
    ("198.19.0.0/20", [], "192.168.0.0/20"),
    ("8.8.0.0/16", [], "10.0.0.0/16"),
    ("8.8.0.0/16", [], "198.19.0.0/20"),
    ("100.64.0.0/16", [], "10.0.0.0/16"),
    ("100.64.0.0/16", [], "192.168.0.0/20"),
    ("100.64.0.0/16", [], "198.19.0.0/20"),
]


@pytest.mark.parametrize(("primary", "others", "block"), ALLOWED)
def test_the_association_table_allows(primary: str, others: list[str], block: str) -> None:
    assert not list(association_problems(N(block), primary=N(primary), others=map(N, others)))


@pytest.mark.parametrize(("primary", "others", "block"), REFUSED)
def test_the_association_table_refuses(primary: str, others: list[str], block: str) -> None:
    problems = list(association_problems(N(block), primary=N(primary), others=map(N, others)))
    assert problems
    assert all("vpc-cidr-blocks" in problem.source and "100.64.0.0/10" in problem.fix for problem in problems)


@given(networks(shortest=16, longest=28))
def test_shared_address_space_is_allowed_with_every_primary(primary: IPv4Network) -> None:
    assert not list(association_problems(N("100.64.0.0/16"), primary=primary, others=[]))


@pytest.mark.parametrize(
    ("block", "refused"),
    [("100.64.0.0/16", True), ("100.64.0.0/15", True), ("100.64.0.0/17", False), ("100.65.0.0/16", False)],
)
def test_a_block_must_be_smaller_than_a_route_it_lies_in(block: str, refused: bool) -> None:
    assert bool(list(route_problems(N(block), [N("100.64.0.0/16")]))) is refused


def test_a_wider_route_allows_a_block_inside_it() -> None:
    assert not list(route_problems(N("100.64.0.0/16"), [N("100.64.0.0/10")]))


@pytest.mark.parametrize(
    ("vpc", "service"),
    [
        (["10.0.0.0/16"], "172.20.0.0/16"),
        (["192.168.0.0/16", "10.0.0.0/16"], "172.20.0.0/16"),
        (["172.16.0.0/16"], "10.100.0.0/16"),
        (["100.64.0.0/16"], "10.100.0.0/16"),
    ],
)
def test_eks_chooses_a_service_cidr_away_from_the_vpc(vpc: list[str], service: str) -> None:
    assert default_service_cidr([N(cidr) for cidr in vpc]) == N(service)


@given(networks(shortest=8, longest=24), st.integers(0, 6), st.integers(0, 80))
def test_slots_are_the_subnets_of_a_block_in_order(block: IPv4Network, longer: int, index: int) -> None:
    prefix = block.prefixlen + longer
    subnets = list(block.subnets(new_prefix=prefix))
    assert slot(block, prefix=prefix, index=index) == (subnets[index] if index < len(subnets) else None)


def test_a_block_smaller_than_a_slot_has_none() -> None:
    assert slot(N("100.64.0.0/20"), prefix=18, index=0) is None


@given(st.integers(17, 27), st.integers(0, 1023))
def test_most_of_a_subnet_is_reserved_and_enough_is_left_for_pod_interfaces(prefix: int, number: int) -> None:
    first = int(IPv4Network("100.64.0.0/10").network_address)
    subnet = IPv4Network((first + number * 2 ** (32 - prefix), prefix))
    parts = prefix_reservations(subnet)
    assert parts, "a /27 and larger has room"
    assert all(part.subnet_of(subnet) and part.prefixlen <= 28 for part in parts)
    assert not any(a.overlaps(b) for a, b in combinations(parts, 2))
    reserved = sum(part.num_addresses for part in parts)
    left = subnet.num_addresses - reserved
    assert left >= reserved / 16, "each /28 of 16 addresses needs one address for its interface"
    assert not any(subnet.network_address in part for part in parts), "AWS keeps the first four addresses"
    assert reserved * 16 >= subnet.num_addresses * 15 or parts[-1].prefixlen == 28


def test_a_whole_subnet_is_never_reserved() -> None:
    assert not prefix_reservations(IPv4Network("100.64.0.0/28"))
    assert [str(part) for part in prefix_reservations(IPv4Network("100.64.0.0/18"))] == [
        "100.64.32.0/19", "100.64.16.0/20", "100.64.8.0/21", "100.64.4.0/22"
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["2001:db8:1234:1a00::/56", "2001:DB8::/32"])
def test_an_ipv6_cidr_is_a_network(text: str) -> None:
    assert str(parse_ipv6_cidr(text)) == text.lower()


@pytest.mark.parametrize("text", ["2001:db8::1/56", "2001:db8::", "10.0.0.0/8", "::g/64", 6])
def test_what_is_no_ipv6_cidr_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="must be"):
        parse_ipv6_cidr(text)


@pytest.mark.parametrize(
    ("cidr", "private"),
    [("10.1.0.0/16", True), ("172.31.0.0/16", True), ("192.168.1.0/24", True), ("100.127.0.0/16", True), ("203.0.113.0/24", False), ("172.32.0.0/16", False), ("0.0.0.0/0", False)],
)  # fmt: skip
def test_private_addresses_are_distinguished_from_public_ones(cidr: str, private: bool) -> None:
    assert is_private(IPv4Network(cidr)) == private


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(20, 32)), max_size=6))
def test_pieces_are_inside_or_outside_of_every_border_and_have_all_addresses(borders: list[tuple[int, int]]) -> None:
    block = IPv4Network("10.0.0.0/24")
    others = [IPv4Network((int(block[0]) + offset, length), strict=False) for offset, length in borders]
    found = pieces(block, [*others, IPv6Network("::/0")])
    assert covers(found, block)
    assert sum(each.num_addresses for each in found) == block.num_addresses
    for piece in found:
        assert all(is_within(piece, other) or not other.overlaps(IPv4Network(str(piece))) for other in others)


def test_networks_of_two_families_are_not_within_each_other() -> None:
    four, six = IPv4Network("0.0.0.0/0"), IPv6Network("::/0")
    assert not is_within(four, six)
    assert not is_within(six, four)
    assert not covers([six], four)
    assert covers([IPv6Network("::/1"), IPv6Network("8000::/1")], six)
    assert pieces(six, [four]) == [six]


def test_blocks_inside_others_are_not_outermost() -> None:
    large, small, six = IPv4Network("10.0.0.0/20"), IPv4Network("10.0.1.0/24"), IPv6Network("::/0")
    assert outermost([small, large, six, large]) == (large, six)
    assert outermost([small]) == (small,)
    assert outermost([]) == ()
