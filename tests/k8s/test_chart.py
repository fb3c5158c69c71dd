"""The chart holds just the objects of the plan, as cdk8s would write them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cdk8s import ApiObject, App

from k8s import NodeClass, NodePool, PodNetworkChart, manifests_of
from podspace.api import Metadata
from podspace.formats.manifest_files import manifest_files
from podspace.planning import manifests, read_network_files
from tests.mother import Changes, a_plan
from tests.template import CONFIGS


@pytest.mark.parametrize("changes", [{}, {"cluster.enable_network_policy": True}])
def test_the_chart_holds_the_objects_of_the_plan(changes: Changes) -> None:
    plan = a_plan(changes)
    assert manifests_of(PodNetworkChart(App(), "net", plan=plan)) == [dict(m) for m in manifests(plan)]


def test_the_switch_for_network_policies_is_written_only_when_requested() -> None:
    def kinds(changes: Changes) -> list[object]:
        return [m["kind"] for m in manifests_of(PodNetworkChart(App(), "net", plan=a_plan(changes)))]

    assert kinds({}) == ["NodeClass", "NodePool"]
    assert kinds({"cluster.enable_network_policy": True}) == ["ConfigMap", "NodeClass", "NodePool"]


def test_the_switch_is_the_object_that_auto_mode_looks_for() -> None:
    switch = manifests_of(PodNetworkChart(App(), "net", plan=a_plan({"cluster.enable_network_policy": True})))[0]
    assert switch == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "amazon-vpc-cni", "namespace": "kube-system"},
        "data": {"enable-network-policy-controller": "true"},
    }


def test_objects_of_different_kinds_may_share_a_name() -> None:
    plan = a_plan({"node_classes.0.name": "same", "node_pools.0.name": "same"})
    assert len(manifests_of(PodNetworkChart(App(), "net", plan=plan))) == 2


def test_the_chart_is_composed_of_the_typed_constructs_in_the_order_to_apply() -> None:
    chart = PodNetworkChart(App(), "net", plan=a_plan({"cluster.enable_network_policy": True}))
    switch, node_class, node_pool = chart.node.children
    assert isinstance(switch, ApiObject)
    assert isinstance(node_class, NodeClass)
    assert isinstance(node_pool, NodePool)


def test_labels_and_annotations_of_the_plan_are_kept() -> None:
    plan = a_plan()
    metadata = Metadata(name="a", labels={"team": "shop"}, annotations={"example.com/owner": "a@example.com"})
    plan = replace(
        plan,
        node_classes=tuple(each.model_copy(update={"metadata": metadata}) for each in plan.node_classes),
        node_pools=tuple(each.model_copy(update={"metadata": metadata}) for each in plan.node_pools),
    )
    assert manifests_of(PodNetworkChart(App(), "net", plan=plan)) == [dict(m) for m in manifests(plan)]


@pytest.mark.parametrize("file", CONFIGS, ids=lambda file: file.stem)
def test_the_files_of_every_config_are_those_written_without_cdk8s(file: Path) -> None:
    """Byte for byte."""
    for network in read_network_files(file):
        chart = PodNetworkChart(App(), "net", plan=network.plan)
        assert manifest_files(manifests_of(chart)) == manifest_files(manifests(network.plan))
