"""Every change that hurts comes with its reason, and with what to do instead."""

from __future__ import annotations

import pytest

from podspace.diff.change import Advice, Change
from podspace.diff.comparison import compare
from tests.mother import ZONES, Changes, a_network_file

ZONE_A, ZONE_B, *_ = ZONES
MAP: Changes = {
    "pods": {"cidrs": ["100.64.0.0/16"], "subnets": {ZONE_A: ["100.64.0.0/18"], ZONE_B: ["100.64.64.0/18"]}}
}


def advice(old: Changes, new: Changes, *, what: str) -> Advice:
    change = next(
        change for change in compare(a_network_file(old), a_network_file(new)) if change.what == what and change.advice
    )
    assert change.advice
    return change.advice


@pytest.mark.parametrize(
    ("old", "new", "keep"),
    [
        ({}, {"pods.subnet_prefix": 17}, "keep subnet_prefix: 18"),
        ({}, {"pods.zones": [ZONE_B, ZONE_A]}, "keep zones as they were, eu-west-1a, eu-west-1b, and append"),
        (MAP, {"pods": {**MAP["pods"], "subnets": {ZONE_A: ["100.64.64.0/18"], ZONE_B: ["100.64.0.0/18"]}}}, "free addresses"),
    ],
)  # fmt: skip
def test_a_replaced_subnet_says_what_to_keep_and_how_to_get_there_all_the_same(
    old: Changes, new: Changes, keep: str
) -> None:
    said = advice(old, new, what="pod subnet")
    assert keep in said.instead
    assert "build a second pod network beside it" in said.instead
    assert said.inferred


def test_a_removed_last_zone_says_how_to_remove_it() -> None:
    two: Changes = {"egress": [{"to": "internet", "nat_gateways": "nat-00000001"}]}
    said = advice(two, {**two, "pods.zones": [ZONE_A]}, what="pod subnet")
    assert "if you mean it" in said.instead
    assert not said.inferred


def test_a_removed_zone_before_the_last_says_to_keep_the_order() -> None:
    base: Changes = {"egress": [{"to": "internet", "nat_gateways": "nat-00000001"}]}
    changes = compare(
        a_network_file({**base, "pods.zones": ZONES[:3]}), a_network_file({**base, "pods.zones": [ZONE_A, ZONES[2]]})
    )
    said = {change.effect: change.advice for change in changes if change.what == "pod subnet"}
    assert said["removed"]
    assert "keep zones as they were" in said["removed"].instead


@pytest.mark.parametrize(
    ("new", "what"),
    [
        ({"name": "other"}, "stack"),
        ({"vpc.id": "vpc-00000001"}, "VPC"),
        ({"pods.cidrs": ["100.64.0.0/17"]}, "block"),
        ({"pods.security_group": "cluster"}, "pod security group"),
    ],
)
def test_what_is_lost_says_why_and_what_to_do(new: Changes, what: str) -> None:
    said = advice({}, new, what=what)
    assert said.why
    assert said.instead
    assert not said.why.endswith(".")


def test_what_is_added_needs_no_word() -> None:
    changes = compare(a_network_file(), a_network_file({"pods.cidrs": ["100.64.0.0/16", "100.65.0.0/16"]}))
    assert {change.advice for change in changes} == {None}


@pytest.mark.parametrize("effect", ["added", "updated", "replaces-nodes"])
def test_only_what_is_lost_or_refused_loses(effect: str) -> None:
    assert not Change(what="pod subnet", name="", effect=effect).loses  # type: ignore[arg-type]
    assert Change(what="NodeClass", name="", effect="refused").loses
    assert not Change(what="NAT gateway", name="", effect="replaced").loses
    assert Change(what="pod subnet", name="", effect="removed").loses
