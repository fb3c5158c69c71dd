"""The owners of broken-up /28 prefixes, and the drains that free the most of them, compared with brute force."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from ipaddress import IPv4Network
from itertools import combinations, product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.live.kubernetes import Node
from podspace.verification import SubnetUse
from podspace.verification.broken_prefixes import (
    BrokenPrefixes,
    best_drains,
    broken_prefix_diagnostic,
    broken_prefix_facts,
    broken_prefixes,
)
from podspace.verification.subnet_space import Owner
from tests.podspace.cluster_objects import a_node
from tests.podspace.reporting.reports import EVIL

SUBNET = IPv4Network("100.64.0.0/24")
LAMBDA = Owner(words="of Lambda orders")


def node(name: str, *, instance: str = "") -> Node:
    data = a_node(name)
    data["spec"] = {"providerID": f"aws:///eu-west-1a/{instance or name}"}
    return Node.of(data)


NODES = [node("i-a"), node("i-b"), node("ip-10-0-0-7.ec2.internal", instance="i-c")]


def of(instance: str) -> Owner:
    return Owner(words=f"of node {instance}", instance=instance)


def a_use(taken: Mapping[str, Owner], *, reserved: str = "", cidr: IPv4Network = SUBNET) -> SubnetUse:
    return SubnetUse(
        id="subnet-1",
        zone="eu-west-1a",
        cidr=cidr,
        free=100,
        taken={IPv4Network(each): owner for each, owner in taken.items()},
        reservations=(IPv4Network(reserved),) if reserved else (),
    )


def broken(taken: Mapping[str, Owner], *, reserved: str = "") -> BrokenPrefixes:
    return broken_prefixes([a_use(taken, reserved=reserved)], NODES)


def drains(found: BrokenPrefixes) -> list[tuple[tuple[str, ...], int]]:
    return [(each.nodes, each.prefixes) for each in found.drains or ()]


owners = st.sampled_from([of("i-a"), of("i-b"), of("i-c"), of("i-elsewhere"), LAMBDA])
assignments = st.dictionaries(st.integers(4, 254), owners, max_size=40)


@given(taken=assignments)
def test_owners_and_drains_are_counted_address_by_address(taken: dict[int, Owner]) -> None:
    found = broken({f"100.64.0.{number}": owner for number, owner in taken.items()})
    by_prefix = {
        number: {owner for address, owner in taken.items() if address // 16 == number} for number in range(1, 15)
    }
    assert found.count == sum(bool(each) for each in by_prefix.values())
    assert found.whole == 14
    assert sum(found.owners.values()) == sum(len(each) for each in by_prefix.values())
    drained: set[str] = set()
    instances = {"ip-10-0-0-7.ec2.internal": "i-c"}
    before = 0
    for drain in found.drains or ():
        drained |= {instances.get(name, name) for name in drain.nodes}
        freed = sum(bool(each) and {owner.instance for owner in each} <= drained for each in by_prefix.values())
        assert freed - before == drain.prefixes > 0
        before = freed
    all_nodes = {"i-a", "i-b", "i-c"}
    possible = sum(bool(each) and {owner.instance for owner in each} <= all_nodes for each in by_prefix.values())
    assert before == possible


@given(
    units=st.dictionaries(
        st.frozensets(st.sampled_from("abcdefg"), min_size=1, max_size=3), st.integers(1, 4), max_size=12
    )
)
def test_drains_are_compared_with_every_choice_of_nodes(units: dict[frozenset[str], int]) -> None:
    """The first is the best for each node; together they free at least what the best node frees."""

    def freed(nodes: frozenset[str]) -> int:
        return sum(count for each, count in units.items() if each <= nodes)

    found = list(best_drains(units, most=3))
    drained = frozenset(name for each in found for name in each.nodes)
    assert len(drained) == sum(len(each.nodes) for each in found) <= 3
    assert sum(each.prefixes for each in found) == freed(drained)
    choices = [frozenset(each) for size in (1, 2, 3) for each in combinations("abcdefg", size)]
    best = max(freed(each) for each in choices)
    assert freed(drained) <= best
    assert bool(found) is bool(best)
    for each in choices if found else ():
        if each in units:
            assert freed(each) / len(each) <= found[0].prefixes / len(found[0].nodes)
    assert sum(each.prefixes for each in found) >= max((freed(frozenset(name)) for name in "abcdefg"), default=0)


def test_a_prefix_is_freed_by_all_nodes_that_have_addresses_of_it() -> None:
    found = broken({"100.64.0.16": of("i-a"), "100.64.0.17": of("i-b"), "100.64.0.40": of("i-a")})
    assert drains(found) == [(("i-a",), 1), (("i-b",), 1)]
    together = broken({"100.64.0.16": of("i-a"), "100.64.0.17": of("i-b")})
    assert drains(together) == [(("i-a", "i-b"), 1)]


@pytest.mark.parametrize("other", [LAMBDA, of("i-elsewhere")])
def test_a_prefix_with_an_address_of_no_node_is_freed_by_no_drain(other: Owner) -> None:
    found = broken({"100.64.0.16": of("i-a"), "100.64.0.17": other})
    assert (found.count, drains(found)) == (1, [])
    assert found.owners[other.words] == 1


def test_whole_prefixes_and_those_with_addresses_of_aws_are_not_broken_up() -> None:
    found = broken({"100.64.0.16/28": of("i-a"), "100.64.0.4": of("i-a"), "100.64.0.254": LAMBDA})
    assert (found.count, dict(found.owners), drains(found)) == (0, {}, [])


def test_a_range_reserved_by_hand_stays_taken_after_a_drain() -> None:
    by_hand = Owner(words="of a reservation for addresses assigned by hand")
    found = broken({"100.64.0.16": of("i-a"), "100.64.0.0/27": by_hand, "100.64.0.64/26": by_hand})
    assert (found.count, drains(found)) == (1, [])
    assert found.owners == {by_hand.words: 1, "of node i-a of NodePool pool": 1}


def test_with_reservations_only_their_prefixes_can_be_broken_up() -> None:
    taken = {"100.64.0.40": of("i-a"), "100.64.0.200": of("i-b")}
    assert broken(taken, reserved="100.64.0.128/25").owners.keys() == {"of node i-b of NodePool pool"}


def test_an_instance_is_named_by_its_node() -> None:
    found = broken({"100.64.0.16": of("i-c")})
    assert drains(found) == [(("ip-10-0-0-7.ec2.internal",), 1)]
    assert list(found.owners) == ["of node ip-10-0-0-7.ec2.internal of NodePool pool"]


def test_without_the_nodes_owners_are_named_and_drains_are_not_known() -> None:
    found = broken_prefixes([a_use({"100.64.0.16": of("i-a")})], None)
    assert (found.drains, list(found.owners)) == (None, ["of node i-a"])
    assert broken_prefix_facts(found)["drains"] is None
    assert "drain and delete" not in broken_prefix_diagnostic("net", found).fix


def test_a_network_in_pieces_is_a_note_and_one_without_is_ok() -> None:
    pieces = broken_prefix_diagnostic("net", broken({"100.64.0.16": of("i-a"), "100.64.0.32": LAMBDA}))
    assert (pieces.id, pieces.severity, pieces.subject) == ("broken-prefixes", "note", "net")
    assert "of node i-a of NodePool pool" in pieces.message
    assert LAMBDA.words in pieces.message
    assert "i-a (1)" in pieces.fix
    assert broken_prefix_diagnostic("net", broken({"100.64.0.16/28": of("i-a")})).severity == "ok"


def test_text_of_ec2_is_cleaned() -> None:
    found = broken({"100.64.0.16": Owner(words=f"of a lambda ({EVIL})")})
    (words,) = found.owners
    assert words.isprintable()
    assert broken_prefix_diagnostic("net", found).message.isprintable()


def test_many_owners_and_nodes_are_shortened() -> None:
    nodes = [node(f"i-{number:04}") for number in range(200)]
    subnet = IPv4Network("100.64.0.0/20")
    taken = {str(subnet[16 * number + 20]): of(f"i-{number:04}") for number in range(200)}
    found = broken_prefixes([a_use(taken, cidr=subnet)], nodes)
    facts = broken_prefix_facts(found)
    assert (len(facts["owners"]), len(facts["drains"])) == (20, 5)  # type: ignore[arg-type]
    assert len(broken_prefix_diagnostic("net", found).message) < 500


def test_a_subnet_with_65_536_addresses_of_1_000_nodes_takes_seconds() -> None:
    random = Random(1)
    nodes = [node(f"i-{number:04}") for number in range(1_000)]
    subnet = IPv4Network("100.64.0.0/16")
    taken = {
        str(subnet[16 * number + offset]): of(random.choice(nodes).name)
        for number, offset in product(range(1, 4_095), (1, 7))
    }
    begin = time.perf_counter()
    found = broken_prefixes([a_use(taken, cidr=subnet)], nodes)
    assert time.perf_counter() - begin < 20
    assert found.count == 4_094
    assert Counter(len(each.nodes) for each in found.drains or ())
