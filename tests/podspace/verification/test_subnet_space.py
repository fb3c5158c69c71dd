"""What is free in a subnet, counted as address by address, and when that is too little."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.verification.subnet_space import Owner, SubnetUse, space_diagnostics, space_facts, space_of

SOMEBODY = Owner(words="of Lambda orders")
BASE = int(IPv4Network("100.64.0.0/16").network_address)


@st.composite
def uses(draw: st.DrawFn) -> tuple[IPv4Network, list[IPv4Network]]:
    """A subnet, and addresses and prefixes that are taken in it, or beside it."""
    subnet = IPv4Network((BASE, draw(st.integers(22, 28))))
    lengths = st.sampled_from([28, 32])
    return subnet, [
        IPv4Network((BASE + draw(st.integers(0, subnet.num_addresses + 50)), length), strict=False)
        for length in draw(st.lists(lengths, max_size=40))
    ]


@given(use=uses())
def test_space_is_what_is_left_address_by_address(use: tuple[IPv4Network, list[IPv4Network]]) -> None:
    """Prefixes and addresses may overlap, and lie elsewhere."""
    subnet, taken = use
    every = list(map(int, subnet))
    used = {*every[:4], every[-1], *(address for network in taken for address in map(int, network))}
    free = set(every) - used
    whole = [first for first in every[::16] if set(range(first, first + 16)) <= free]
    space = space_of(subnet, taken)
    assert (space.addresses, space.all_addresses) == (len(free), subnet.num_addresses - 5)
    assert space.prefixes == len(whole)
    assert space.all_prefixes == max(subnet.num_addresses // 16 - 2, 0)
    assert space.fragmentation == pytest.approx(1 - 16 * len(whole) / len(free) if free else 0)


@given(
    use=uses(),
    kept=st.lists(st.tuples(st.integers(0, 1023), st.sampled_from([24, 26, 28, 30])), max_size=4),
)
def test_reservations_part_the_space_address_by_address(
    use: tuple[IPv4Network, list[IPv4Network]], kept: list[tuple[int, int]]
) -> None:
    """Single addresses are counted outside of the reservations, whole /28 inside of them."""
    subnet, taken = use
    reservations = [IPv4Network((BASE + first, length), strict=False) for first, length in kept]
    inside = {address for each in reservations if each.subnet_of(subnet) for address in map(int, each)}
    if not inside:
        return
    every = list(map(int, subnet))
    own = {*every[:4], every[-1]}
    used = own | {address for network in taken for address in map(int, network)}
    space = space_of(subnet, taken, reservations=reservations)
    assert space.addresses == len(set(every) - used - inside)
    assert space.all_addresses == len(set(every) - own - inside)
    assert space.prefixes == sum(set(range(first, first + 16)) <= inside - used for first in every[::16])
    assert space.all_prefixes == sum(set(range(first, first + 16)) <= inside - own for first in every[::16])
    free = len(inside - used)
    assert space.fragmentation == pytest.approx(1 - 16 * space.prefixes / free if free else 0)


def a_use(cidr: str = "100.64.0.0/24", *taken: str, free: int | None = None, reserved: Sequence[str] = ()) -> SubnetUse:
    subnet, networks, reservations = IPv4Network(cidr), *(tuple(map(IPv4Network, each)) for each in (taken, reserved))
    left = space_of(subnet, networks, reservations=reservations).addresses if free is None else free
    return SubnetUse(
        id="subnet-1",
        zone="eu-west-1a",
        cidr=subnet,
        free=left,
        taken=dict.fromkeys(networks, SOMEBODY),
        reservations=reservations,
    )


def verdict_of(use: SubnetUse, **arguments: Any) -> Any:
    (diagnostic,) = space_diagnostics([use], prefixes=arguments.get("prefixes", True))
    return diagnostic


EVERY_OTHER = [f"100.64.0.{16 * number + 8}/32" for number in range(1, 15, 2)]
ONE_IN_EACH = [f"100.64.0.{16 * number + 8}/32" for number in range(1, 15)]


@pytest.mark.parametrize(
    ("use", "severity", "says"),
    [
        pytest.param(a_use(), "ok", "251 of 251 addresses are free, and 14 of 14 whole /28s; 11% of the", id="empty"),
        pytest.param(a_use("100.64.0.0/24", "100.64.0.16/28"), "ok", "13 of 14 whole /28s", id="a node"),
        pytest.param(a_use("100.64.0.0/24", *ONE_IN_EACH), "warning", "0 of 14 whole /28s; 100%", id="broken up"),
        pytest.param(a_use("100.64.0.0/24", *EVERY_OTHER), "warning", "7 of 14 whole /28s; 54%", id="half"),
        pytest.param(a_use("100.64.0.0/24", "100.64.0.0/25"), "ok", "7 of 14 whole /28s; 12%", id="half full"),
        pytest.param(a_use(free=25), "warning", "25 of 251 addresses are free, and at most 14", id="scarce"),
        pytest.param(a_use(free=26), "ok", "26 of 251 addresses are free", id="just not scarce"),
        pytest.param(a_use(free=1), "warning", "1 of 251 addresses is free", id="almost none"),
        pytest.param(a_use(free=0), "error", "0 of 251 addresses are free", id="none"),
        pytest.param(a_use("100.64.0.0/27"), "warning", "0 of 0 whole /28s", id="too small for a prefix"),
        pytest.param(a_use("100.64.0.0/26"), "ok", "2 of 2 whole /28s", id="large enough for one"),
    ],
)
def test_what_is_left_is_judged(use: SubnetUse, severity: str, says: str) -> None:
    """None is an error; less than a tenth, or more in pieces than whole, a warning."""
    diagnostic = verdict_of(use)
    assert diagnostic.severity == severity
    assert says in diagnostic.message
    assert bool(diagnostic.cause and diagnostic.fix and diagnostic.source) is (severity != "ok")


HALVES = ["100.64.0.128/25", "100.64.0.64/26", "100.64.0.32/27", "100.64.0.16/28"]
"""What `pods.prefix_reservation` reserves of 100.64.0.0/24: 14 whole /28 without an address of AWS."""


@pytest.mark.parametrize(
    ("use", "severity", "numbers"),
    [
        pytest.param(a_use(reserved=HALVES), "ok", (12, 14), id="the first day"),
        pytest.param(a_use("100.64.0.0/24", "100.64.0.4/32", "100.64.0.64/28", reserved=HALVES), "ok", (11, 13), id="a node"),
        pytest.param(a_use(free=0, reserved=HALVES), "warning", (0, 14), id="no address for a new pod interface"),
        pytest.param(a_use(free=1, reserved=HALVES), "warning", (1, 14), id="few addresses"),
        pytest.param(a_use(free=251, reserved=HALVES), "ok", (12, 14), id="if EC2 counts reserved space after all"),
        pytest.param(
            a_use("100.64.0.0/24", "100.64.0.128/25", "100.64.0.64/27", "100.64.0.96/28", "100.64.0.32/28", reserved=HALVES),
            "ok", (12, 3), id="few prefixes",
        ),
        pytest.param(
            a_use("100.64.0.0/24", "100.64.0.128/25", "100.64.0.64/26", "100.64.0.32/28", "100.64.0.16/28", reserved=HALVES),
            "warning", (12, 1), id="the last prefix",
        ),
        pytest.param(a_use("100.64.0.0/24", *HALVES, reserved=HALVES), "warning", (12, 0), id="no prefix"),
        pytest.param(a_use("100.64.0.0/24", *HALVES, free=0, reserved=HALVES), "error", (0, 0), id="nothing"),
        pytest.param(a_use(free=0, reserved=["100.64.0.0/24"]), "warning", (0, 14), id="reserved as a whole"),
    ],
)  # fmt: skip
def test_a_subnet_with_reservations_is_judged_by_prefixes_and_by_the_rest(
    use: SubnetUse, severity: str, numbers: tuple[int, int]
) -> None:
    """EC2 counts what is reserved as not free, so that its number alone would be a warning from the first day."""
    diagnostic = verdict_of(use)
    assert diagnostic.severity == severity
    addresses, prefixes = re.findall(r"([0-9]+) of [0-9]+ (?:address|whole)", diagnostic.message)
    assert (int(addresses), int(prefixes)) == numbers
    assert bool(diagnostic.cause and diagnostic.fix and diagnostic.source) is (severity != "ok")


def test_that_pod_interfaces_need_an_address_of_their_own_is_inferred() -> None:
    assert verdict_of(a_use(free=0, reserved=HALVES)).inferred
    assert not verdict_of(a_use(free=0)).inferred


def test_without_prefixes_only_the_rest_counts() -> None:
    """Single addresses do not come from a reservation for prefixes."""
    assert verdict_of(a_use(reserved=HALVES), prefixes=False).severity == "ok"
    assert verdict_of(a_use(free=0, reserved=HALVES), prefixes=False).severity == "error"


def test_pieces_do_not_matter_where_nodes_take_single_addresses() -> None:
    """Which `ipv4PrefixSize: "32"` has them do."""
    diagnostic = verdict_of(a_use("100.64.0.0/24", *ONE_IN_EACH), prefixes=False)
    assert (diagnostic.severity, diagnostic.message) == ("ok", "237 of 251 addresses are free")


def test_programs_get_the_numbers() -> None:
    """Of every subnet."""
    (facts,) = space_facts("net", [a_use("100.64.0.0/24", *ONE_IN_EACH)])
    assert isinstance(facts, dict)
    assert (facts["free_addresses"], facts["free_prefixes"], facts["fragmentation"]) == (237, 0, 1.0)
