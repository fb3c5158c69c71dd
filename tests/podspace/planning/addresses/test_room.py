"""What is left of the blocks, and for how many zones."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.planning.addresses.room import Room, room
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, ZONES, Changes, a_plan


def the_room(changes: Changes | None = None) -> Room:
    return room(a_plan(changes))


def listed(prefix: int, zones: int, *cidrs: str) -> Changes:
    return {"pods": {"cidrs": list(cidrs), "zones": ZONES[:zones], "subnet_prefix": prefix}, "egress": []}


def mapped(subnets: dict[str, list[str]], *blocks: Any) -> Changes:
    return {"pods": {"cidrs": list(blocks), "subnets": subnets}, "egress": []}


@given(prefix=st.integers(17, 24), zones=st.integers(1, 4), length=st.integers(16, 20))
def test_the_parts_of_a_block_are_all_of_it_and_overlap_nowhere(prefix: int, zones: int, length: int) -> None:
    """In the order of their addresses."""
    if prefix - length < 2:
        return
    for block in the_room(listed(prefix, zones, f"100.64.0.0/{length}")).blocks:
        parts = [part.cidr for part in block.parts]
        assert sum(part.num_addresses for part in parts) == block.cidr.num_addresses
        assert parts == sorted(parts)
        assert all(one.broadcast_address < two.network_address for one, two in pairwise(parts))


@pytest.mark.parametrize(("zones", "left", "takes"), [(1, 3, "100.64.64.0/18"), (3, 1, "100.64.192.0/18")])
def test_a_list_has_room_for_a_zone_in_each_free_slot(zones: int, left: int, takes: str) -> None:
    """And the next zone takes the next slot, as it would in the plan."""
    found = the_room(listed(18, zones, "100.64.0.0/16"))
    assert found.zones == left
    assert [str(cidr) for cidr in found.next_zone] == [takes]
    appended = a_plan(listed(18, zones + 1, "100.64.0.0/16")).pods.subnets[-1]
    assert appended.cidr == found.next_zone[0]


def test_the_next_zone_takes_a_slot_of_every_block_that_has_one() -> None:
    """A smaller block may have none left."""
    found = the_room(listed(18, 2, "100.64.0.0/16", "100.65.0.0/17"))
    assert [str(cidr) for cidr in found.next_zone] == ["100.64.128.0/18"]
    assert found.zones == 2


def test_a_list_that_is_full_has_no_room_and_names_nothing() -> None:
    """Though a slot of another number may be free."""
    found = the_room(listed(17, 2, "100.64.0.0/16"))
    assert (found.zones, found.next_zone) == (0, ())
    assert not found.blocks[0].free


def test_a_map_has_room_for_zones_as_large_as_the_largest_subnet() -> None:
    """Around subnets of others."""
    block = {"cidr": "100.64.0.0/16", "associated": True, "other_subnets": ["100.64.128.0/18"]}
    found = the_room(mapped({ZONES[0]: ["100.64.0.0/19"], ZONES[1]: ["100.64.32.0/20"]}, block))
    assert found.prefix == 19
    assert found.zones == 2 + 2  # in 100.64.64.0/18 and 100.64.192.0/18; what is left of 100.64.32.0/19 is too small
    assert found.next_zone == (IPv4Network("100.64.64.0/19"),)
    (other,) = (part for part in found.blocks[0].parts if part.use == "other")
    assert str(other.cidr) == "100.64.128.0/18"
    assert found.blocks[0].associated


def test_in_a_new_vpc_the_ranges_of_its_own_subnets_limit_the_zones_too() -> None:
    """Its public and its node subnets are cut by the same rule."""
    changes = {**A_NEW_VPC, **A_NEW_CLUSTER}
    found = the_room(changes)
    assert found.zones == 2
    assert {part.use for part in found.primary.parts} == {"public", "nodes", "free"} if found.primary else False
    small = {**changes, "vpc.create": {"nodes": {"cidrs": ["10.0.8.0/22"], "subnet_prefix": 23}}}
    small["egress"] = [{"to": "internet", "regional_nat_gateway": "automatic"}]
    assert (the_room(small).zones, the_room(small).limit) == (0, "vpc.create.nodes.cidrs")


def test_blocks_are_left_as_the_quota_allows() -> None:
    """Of all the VPC has and gets."""
    assert the_room().more_blocks == 3
    assert the_room({"vpc.cidr_quota": 50}).more_blocks == 48
    assert the_room({"vpc.cidr_quota": 2}).more_blocks == 0


def test_existing_subnets_have_no_cidr_blocks_in_the_plan() -> None:
    """But of the quota."""
    ids = {ZONES[0]: ["subnet-0000001a"]}
    found = the_room({"pods": {"subnet_ids": ids}, "egress": []})
    assert found.blocks == ()
    assert (found.zones, found.more_blocks) == (0, 4)
