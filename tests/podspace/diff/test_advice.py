"""Every change that loses something has its cause, how to avoid it, and how to make it safely."""

from __future__ import annotations

from pathlib import Path

import pytest

from podspace.diff.change import Advice, Change
from podspace.diff.comparison import compare, removed_network
from podspace.diff.removal import removal_steps
from podspace.planning import read_network_file
from podspace.planning.inventory import KUBERNETES_OBJECT
from tests.mother import ZONES, Changes, a_plan
from tests.template import CONFIGS

ZONE_A, ZONE_B, *_ = ZONES
MAP: Changes = {
    "pods": {
        "cidrs": ["100.64.0.0/16"],
        "subnets": {ZONE_A: ["100.64.0.0/18"], ZONE_B: ["100.64.64.0/18"]},
        "security_group": {"ingress": []},
    }
}
SHARED: Changes = {"egress": [{"to": "internet", "nat_gateways": "nat-00000001"}]}


def changed(old: Changes, new: Changes) -> tuple[Change, ...]:
    return compare(a_plan(old), a_plan(new))


def advice(old: Changes, new: Changes, *, kind: str) -> Advice:
    return next(change.advice for change in changed(old, new) if change.kind == kind and change.advice.fix)


@pytest.mark.parametrize(
    ("old", "new", "keep"),
    [
        ({}, {"pods.subnet_prefix": 17}, "keep pods.subnet_prefix: 18"),
        ({}, {"pods.zones": [ZONE_B, ZONE_A]}, "keep pods.zones in their order, eu-west-1a, eu-west-1b, and append"),
        (MAP, {"pods": {**MAP["pods"], "subnets": {ZONE_A: ["100.64.64.0/18"], ZONE_B: ["100.64.0.0/18"]}}}, "keep pods.subnets.eu-west-1a[0]"),
    ],
)  # fmt: skip
def test_a_replaced_subnet_has_the_key_to_keep_and_the_steps_of_a_second_network(
    old: Changes, new: Changes, keep: str
) -> None:
    found = advice(old, new, kind="pod subnet")
    assert found.keep.startswith(keep)
    assert found.steps[0].startswith("deploy a second pod network")
    assert found.inferred


def test_a_removed_last_zone_has_the_steps_that_remove_it() -> None:
    found = advice(SHARED, {**SHARED, "pods.zones": [ZONE_A]}, kind="pod subnet")
    assert found.keep == "keep pods.zones[1]"
    assert (found.steps[0], found.steps[-1]) == ("apply the new manifests", "deploy the stack")
    assert not found.inferred


def test_a_removed_zone_before_the_last_has_the_order_to_keep() -> None:
    changes = changed({**SHARED, "pods.zones": ZONES[:3]}, {**SHARED, "pods.zones": [ZONE_A, ZONES[2]]})
    found = {change.effect: change.advice for change in changes if change.kind == "pod subnet"}
    assert found["removed"].keep.startswith("keep pods.zones in their order")


@pytest.mark.parametrize(
    ("new", "kind"),
    [
        ({"name": "other"}, "stack"),
        ({"vpc.id": "vpc-00000001"}, "VPC"),
        ({"pods.cidrs": ["100.64.0.0/17"]}, "CIDR block"),
        ({"pods.security_group": "cluster"}, "pod security group"),
    ],
)
def test_a_loss_has_a_cause_what_to_keep_and_steps(new: Changes, kind: str) -> None:
    found = advice({}, new, kind=kind)
    assert found.cause
    assert found.keep
    assert found.steps
    assert not found.cause.endswith(".")


def test_an_addition_has_no_advice() -> None:
    changes = changed({}, {"pods.cidrs": ["100.64.0.0/16", "100.65.0.0/16"]})
    assert {change.advice for change in changes} == {Advice()}


def test_a_refused_change_has_no_steps() -> None:
    assert removal_steps("cluster", "refused") == ()


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_kind_of_resource_has_steps_that_remove_it(path: Path) -> None:
    """Those that belong to another resource are removed with it."""
    plan = read_network_file(path).plan
    own = [each for each in plan.resources() if not each.part_of and each.type != KUBERNETES_OBJECT]
    assert {each.kind for each in own if removal_steps(each.kind, "removed") == ("deploy the stack",)} <= {
        "prefix reservation",
        "route table",
        "security group of endpoints",
        "VPC",
    }
    assert all(each.keys for each in own)


@pytest.mark.parametrize(
    "edit",
    [
        {"pods.zones": [ZONE_A], **SHARED},
        {"egress": []},
        {"pods.security_group": "cluster"},
        {"cluster.node_role": {"name": "other", "access_entry": False}},
        {"flow_logs": None, "endpoints": {}},
        {"node_pools": []},
        {"cluster.enable_network_policy": False},
        {"apply": False},
    ],
)
def test_every_removed_resource_has_what_to_keep_and_the_steps_that_remove_it(edit: Changes) -> None:
    base: Changes = {
        "flow_logs": {},
        "endpoints": {"gateways": ["s3"], "interfaces": {"services": ["sts"]}},
        "cluster.enable_network_policy": True,
        "apply": True,
    }
    removed = [change for change in changed(base, {**base, **edit}) if change.effect == "removed"]
    assert removed
    for change in removed:
        assert change.advice.keep.startswith("keep "), change.title
        assert change.advice.steps, change.title
        assert "(1) " in change.advice.fix, change.title


def test_a_removed_network_has_the_steps_that_remove_it() -> None:
    assert removed_network(a_plan()).advice.steps
