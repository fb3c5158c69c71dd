"""A block is appended with the pod subnets that a map writes out."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.diagnostic import InputError
from podspace.planning.files.new_block import NewBlock
from tests.mother import AN_IPV6_CLUSTER, ZONES, Changes, a_network

MAP: Changes = {
    "pods": {"cidrs": ["100.64.0.0/16"], "subnets": {ZONES[0]: ["100.64.0.0/18"], ZONES[1]: ["100.64.64.0/18"]}}
}
SIZES: Changes = {
    "pods": {"cidrs": ["100.64.0.0/16"], "subnets": {ZONES[0]: ["100.64.0.0/18"], ZONES[1]: ["100.64.64.0/19"]}}
}
BLOCK = "100.65.0.0/16"


def appends(changes: Changes, block: NewBlock) -> list[tuple[str, Any]]:
    return [(str(append), append.value) for append in block.appends(a_network(changes))]


def test_a_list_of_zones_needs_the_block_alone() -> None:
    assert appends({}, NewBlock(cidr=BLOCK)) == [("pods.cidrs", BLOCK)]


@pytest.mark.parametrize(
    ("block", "item"),
    [
        (NewBlock(cidr=BLOCK, unique=True), {"cidr": BLOCK, "unique": True}),
        (NewBlock(cidr=BLOCK, associated=True), {"cidr": BLOCK, "associated": True}),
        (NewBlock(cidr=BLOCK, associated=True, unique=True), {"cidr": BLOCK, "associated": True, "unique": True}),
    ],
)
def test_the_settings_of_a_cidr_block_are_written_with_it(block: NewBlock, item: dict[str, Any]) -> None:
    assert appends({}, block) == [("pods.cidrs", item)]


def test_in_a_map_each_zone_takes_its_slot_as_large_as_all_subnets_are() -> None:
    assert appends(MAP, NewBlock(cidr=BLOCK)) == [
        ("pods.cidrs", BLOCK),
        (f"pods.subnets.{ZONES[0]}", "100.65.0.0/18"),
        (f"pods.subnets.{ZONES[1]}", "100.65.64.0/18"),
    ]


def test_a_map_takes_what_is_given() -> None:
    assert appends(MAP, NewBlock(cidr=BLOCK, subnets=[f"{ZONES[1]}={BLOCK}"])) == [
        ("pods.cidrs", BLOCK),
        (f"pods.subnets.{ZONES[1]}", BLOCK),
    ]


@pytest.mark.parametrize(
    ("changes", "block", "said"),
    [
        (MAP, NewBlock(cidr="100.65.0.0/18"), "too small for a /18"),
        (MAP, NewBlock(cidr="100.65.0.0/20"), "too small for a /18"),
        (SIZES, NewBlock(cidr=BLOCK), "several sizes, /18, /19"),
        (MAP, NewBlock(cidr=BLOCK, associated=True), "associated CIDR block"),
    ],
)
def test_subnets_are_required_if_slots_do_not_follow(changes: Changes, block: NewBlock, said: str) -> None:
    with pytest.raises(InputError, match=said) as refusal:
        block.appends(a_network(changes))
    assert "--subnet ZONE=CIDR" in str(refusal.value)


@pytest.mark.parametrize(
    ("changes", "block", "said"),
    [
        ({}, NewBlock(cidr="100.64.0.0/16"), "must be a new CIDR block: the file has this one already"),
        ({}, NewBlock(cidr="100.65.0.1/16"), "with no host bits set; write 100.65.0.0/16"),
        ({}, NewBlock(cidr="block"), "must be an IPv4 CIDR"),
        ({}, NewBlock(cidr=BLOCK, subnets=[f"{ZONES[0]}={BLOCK}"]), "pods.subnet_prefix"),
        ({}, NewBlock(cidr=BLOCK, ipv6_subnets=[f"{ZONES[0]}=2001:db8::/64"]), "must not be given: the file has no"),
        (MAP, NewBlock(cidr=BLOCK, subnets=[BLOCK]), "must be ZONE=CIDR, with a zone of eu-west-1a, eu-west-1b"),
        (MAP, NewBlock(cidr=BLOCK, subnets=[f"eu-west-1c={BLOCK}"]), "must be ZONE=CIDR"),
        ({"pods": {"subnet_ids": {ZONES[0]: ["subnet-00000021"]}}, "egress": []}, NewBlock(cidr=BLOCK), "subnet_ids"),
    ],
)  # fmt: skip
def test_a_cidr_block_that_cannot_be_appended_is_reported(changes: Changes, block: NewBlock, said: str) -> None:
    with pytest.raises(InputError, match=said):
        block.appends(a_network(changes))


def test_an_ipv6_cluster_needs_a_range_for_each_new_subnet() -> None:
    with pytest.raises(InputError) as refusal:
        NewBlock(cidr=BLOCK, ipv6_subnets=[f"{ZONES[0]}=2001:db8:1:12::/64"]).appends(a_network(AN_IPV6_CLUSTER))
    assert [problem.fix for problem in refusal.value.diagnostics] == ["add --ipv6-subnet eu-west-1b=2001:db8:…::/64"]
    both = [f"{ZONES[0]}=2001:db8:1:12::/64", f"{ZONES[1]}=2001:db8:1:13::/64"]
    assert appends(AN_IPV6_CLUSTER, NewBlock(cidr=BLOCK, ipv6_subnets=both))[3:] == [
        (f"pods.ipv6_subnets.{ZONES[0]}", "2001:db8:1:12::/64"),
        (f"pods.ipv6_subnets.{ZONES[1]}", "2001:db8:1:13::/64"),
    ]
