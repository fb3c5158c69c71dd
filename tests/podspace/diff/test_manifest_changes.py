"""Changes of Kubernetes objects."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.diff.change import Change
from podspace.diff.manifest_changes import manifest_changes
from tests.mother import ZONES, Changes, a_file, a_plan

POOL: dict[str, Any] = a_file()["node_pools"][0]


def changes(old: Changes, new: Changes) -> list[Change]:
    return list(manifest_changes(a_plan(old), a_plan(new)))


@pytest.mark.parametrize(
    ("new", "effect", "text"),
    [
        ({"node_classes": [{"name": "class", "snat_policy": "Disabled"}]}, "replaces-nodes", 'spec.snatPolicy "Random" to "Disabled"'),
        ({"cluster.node_role": {"name": "other", "access_entry": True}}, "refused", 'spec.role "cluster-net-nodes-eu-west-1" to "other"'),
        ({"node_pools": [{**POOL, "weight": 10}]}, "updated", "spec.weight"),
        ({"node_pools": [{**POOL, "weight": 10, "limits": {"cpu": "10"}}]}, "updated", "spec.limits, spec.weight"),
    ],
)  # fmt: skip
def test_a_changed_object_is_refused_or_replaces_nodes_or_is_updated(new: Changes, effect: str, text: str) -> None:
    (change,) = changes({}, new)
    assert (change.effect, change.text) == (effect, text)


def test_a_change_that_replaces_nodes_is_apart_from_one_that_does_not() -> None:
    new = {"node_pools": [{**POOL, "weight": 10, "labels": {"team": "a"}}]}
    assert {change.effect: change.text for change in changes({}, new)} == {
        "replaces-nodes": 'spec.template.metadata.labels.team null to "a"',
        "updated": "spec.weight",
    }


NODE_SUBNETS = {zone: [f"subnet-0000000{n}"] for n, zone in enumerate(ZONES[:3])}
POD_SUBNETS = {zone: [f"subnet-0000001{n}"] for n, zone in enumerate(ZONES[:3])}


def selecting(*, node_zones: int = 3, pod_zones: int = 3) -> Changes:
    return {
        "vpc.node_subnets": dict(list(NODE_SUBNETS.items())[:node_zones]),
        "pods": {"subnet_ids": dict(list(POD_SUBNETS.items())[:pod_zones])},
        "egress": [],
    }


@pytest.mark.parametrize("fewer", [selecting(node_zones=2), selecting(pod_zones=2)])
def test_more_subnets_leave_nodes_where_they_are_and_fewer_do_not(fewer: Changes) -> None:
    (widened,) = changes(fewer, selecting())
    assert widened.effect == "updated"
    assert "ubnetSelectorTerms" in widened.text
    assert widened.advice.inferred
    assert {change.effect for change in changes(selecting(), fewer)} == {"replaces-nodes"}


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ({}, {}, "it stays in the cluster until you delete it there"),
        ({"apply": True}, {"apply": True}, "the deployment deletes it, and its nodes with it"),
        ({"apply": True}, {}, "the deployment deletes it, because it applied it"),
    ],
)
def test_a_removed_object_is_deleted_only_if_the_stack_applied_it(old: Changes, new: Changes, cause: str) -> None:
    other = {**POOL, "name": "other"}
    (change,) = changes({**old, "node_pools": [POOL, other]}, {**new, "node_pools": [POOL]})
    assert (change.kind, change.name, change.effect) == ("NodePool", "other", "removed")
    assert cause in change.advice.cause


def test_network_policies_stay_on() -> None:
    (change,) = changes({"cluster.enable_network_policy": True}, {})
    assert "network policies stay on" in change.advice.cause
    assert change.advice.steps


def test_a_new_object_is_added() -> None:
    (change,) = changes(
        {}, {"node_classes": [{"name": "class"}, {"name": "other"}], "node_pools": [{**POOL, "node_class": "class"}]}
    )
    assert (change.kind, change.name, change.effect) == ("NodeClass", "other", "added")


def test_a_limit_that_follows_from_more_addresses_is_updated_in_place() -> None:
    """Also if it becomes lower: Karpenter removes no node because of a limit."""
    less: Changes = {"node_pools": [{**POOL, "limits": "from_capacity"}], "pods.subnet_prefix": 20}
    more: Changes = {**less, "pods.cidrs": ["100.64.0.0/16", "100.65.0.0/16"]}
    for old, new in ((less, more), (more, less)):
        (change,) = changes(old, new)
        assert (change.kind, change.effect, change.text) == ("NodePool", "updated", "spec.limits")
