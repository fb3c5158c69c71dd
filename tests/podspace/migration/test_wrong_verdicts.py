"""Clusters and files for which a careless report would claim too much: nothing hindered, or nothing left."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.diagnostic import Diagnostic
from podspace.live.failure import UnreadError
from podspace.migration import Migration
from tests.mother import Changes
from tests.podspace.cluster_objects import Object, a_node, a_node_pool
from tests.podspace.migration.moving import (
    a_budget,
    a_claim,
    a_volume,
    an_old_node,
    an_old_pod,
    found,
    hindrances,
    migrated,
    two_pods,
    with_claim,
)

CPU = "eks.amazonaws.com/instance-cpu"
HUGE = "9" * 5000
"""A number that Python does not convert, and that is beyond the 64 bits of Kubernetes."""


def affinity(*conditions: tuple[str, str, str]) -> Object:
    expressions = [{"key": key, "operator": operator, "values": [value]} for key, operator, value in conditions]
    terms = {"nodeSelectorTerms": [{"matchExpressions": expressions}]}
    return {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}}


@pytest.mark.parametrize(
    ("conditions", "fits"),
    [
        ([(CPU, "Gt", "-1")], True),
        ([(CPU, "Gt", "+1")], True),
        ([(CPU, "Lt", "-1")], False),
        ([(CPU, "Lt", "0")], False),
        ([(CPU, "Gt", HUGE)], False),
        ([(CPU, "Lt", HUGE)], False),
        ([(CPU, "Gt", "٣")], False),
        ([(CPU, "Gt", "four")], False),
        ([(CPU, "In", HUGE), (CPU, "Gt", "3")], False),
    ],
)
def test_numbers_are_those_of_64_bits_as_in_kubernetes(conditions: list[tuple[str, str, str]], fits: bool) -> None:
    migration = migrated(pods=two_pods(spec=affinity(*conditions)))
    assert ("node-selection" not in hindrances(migration)) is fits


def test_a_huge_number_in_a_node_pool_of_the_cluster_is_no_number() -> None:
    requirements = [{"key": "size", "operator": "Gt", "values": ["3"]}]
    pool = a_node_pool("theirs")
    pool["spec"]["template"]["metadata"] = {"labels": {"size": HUGE}}
    pool["spec"]["template"]["spec"]["requirements"] = requirements
    migration = migrated(nodepools=[pool], pods=two_pods(spec=affinity(("size", "Exists", ""))))
    assert "node-selection" in hindrances(migration)


def test_a_node_pool_whose_requirements_cannot_be_met_is_no_target() -> None:
    pool = a_node_pool("theirs")
    pool["spec"]["template"]["spec"]["requirements"] = [
        {"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"]},
        {"key": "team", "operator": "Near", "values": ["3"]},
    ]
    migration = migrated(nodepools=[pool], pods=two_pods(spec=affinity(("kubernetes.io/arch", "In", "arm64"))))
    assert "node-selection" in hindrances(migration)


def test_a_budget_that_is_in_two_files_is_one_budget() -> None:
    assert hindrances(migrated(poddisruptionbudgets=[a_budget(), a_budget()])) == {}
    every = a_budget(spec={"selector": {}})
    assert hindrances(migrated(poddisruptionbudgets=[every], pods=two_pods(labels={"": ""}))) == {}


def test_nothing_left_is_not_claimed_if_nodes_are_not_known() -> None:
    migration = migrated(pods=[an_old_pod(node="gone")])
    assert [each.severity for each in found(migration, "pods-to-move")] == ["unknown"]
    assert not migration.proven


def of_class(name: str, **labels: str) -> Object:
    return a_node(
        name,
        labels={"karpenter.sh/nodepool": "pool", "eks.amazonaws.com/compute-type": "auto", **labels},
    )


CLASS = "eks.amazonaws.com/nodeclass"


def of_one_name(node_class: str) -> Migration:
    """A cluster whose NodePool has the name of the config's, and another NodeClass."""
    return migrated(
        nodes=[of_class("i-1", **{CLASS: node_class})],
        nodepools=[a_node_pool("pool", node_class="default")],
        pods=two_pods(node="i-1"),
    )


def test_pods_on_nodes_of_another_node_class_are_to_move_whatever_their_node_pool_is_called() -> None:
    migration = of_one_name("default")
    assert (migration.left, migration.moved, migration.proven) == (2, 0, False)
    migration = of_one_name("class")
    assert (migration.left, migration.moved) == (0, 2)


def test_a_node_pool_with_the_name_of_one_of_the_config_is_neither_limited_nor_deleted() -> None:
    commands = [command for step in of_one_name("default").steps for command in step.commands]
    assert not [each for each in commands if "patch" in each or "delete nodepool" in each]
    (cordon,) = (each for each in commands if "cordon" in each)
    assert f"{CLASS}!=class" in cordon


def test_a_node_pool_that_gets_another_node_class_is_announced_to_replace_its_nodes() -> None:
    (applied,) = (step for step in of_one_name("default").steps if "NodePools of the config" in step.what)
    assert "drift" in applied.what
    (applied,) = (step for step in migrated(nodepools=[]).steps if "NodePools of the config" in step.what)
    assert "drift" not in applied.what


def test_built_in_node_pools_are_not_changed_if_node_pools_were_not_read() -> None:
    unread = UnreadError(Diagnostic(subject="nodepools", message="403 Forbidden"))
    migration = migrated(nodepools=[], broken={"nodepools": unread})
    commands = [command for step in migration.steps for command in step.commands]
    assert not [each for each in commands if "patch" in each or "delete nodepool" in each]


def by_zone_id(name: str, zone: str, zone_id: str) -> Object:
    node = an_old_node(name, **{"topology.k8s.aws/zone-id": zone_id})
    node["metadata"]["labels"]["topology.kubernetes.io/zone"] = zone
    return node


@pytest.mark.parametrize(("zone", "fits"), [("eu-west-1a", True), ("eu-west-1b", True), ("eu-west-1c", False)])
def test_a_zone_is_excluded_if_its_id_is_known_and_not_in_the_config(zone: str, fits: bool) -> None:
    """No node is in euw1-az2, so that the name of this zone of the config is not known."""
    subnets: Any = {"euw1-az1": ["subnet-0000000a"], "euw1-az2": ["subnet-0000000b"]}
    changes: Changes = {"pods.zones": list(subnets), "vpc.node_subnets": subnets, "egress": []}
    migration = migrated(
        changes,
        nodes=[by_zone_id("i-old", "eu-west-1c", "euw1-az3"), by_zone_id("i-2", "eu-west-1a", "euw1-az1")],
        pods=two_pods(spec=with_claim()),
        persistentvolumeclaims=[a_claim()],
        persistentvolumes=[a_volume(zones=[zone])],
    )
    assert ("zonal-volume" not in hindrances(migration)) is fits
