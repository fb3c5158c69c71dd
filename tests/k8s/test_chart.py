"""The chart holds just the objects of the plan, as cdk8s would write them."""

from __future__ import annotations

import cdk8s
import pytest
from cdk8s import App, Chart

from k8s import PodNetworkChart, define, manifests_of
from podspace.formats.manifest_files import Manifest
from podspace.planning import manifests
from tests.mother import Changes, a_plan


@pytest.mark.parametrize("changes", [{}, {"cluster.enable_network_policy": True}])
def test_the_chart_holds_the_objects_of_the_plan(changes: Changes) -> None:
    plan = a_plan(changes)
    assert manifests_of(PodNetworkChart(App(), "net", plan=plan)) == [dict(m) for m in manifests(plan)]


def test_the_switch_for_network_policies_is_written_only_when_asked_for() -> None:
    def kinds(changes: Changes) -> list[object]:
        return [m["kind"] for m in manifests_of(PodNetworkChart(App(), "net", plan=a_plan(changes)))]

    assert kinds({}) == ["NodeClass", "NodePool"]
    assert kinds({"cluster.enable_network_policy": True}) == ["ConfigMap", "NodeClass", "NodePool"]


def test_an_object_keeps_everything_beside_its_head() -> None:
    chart = cdk8s.Testing.chart()
    body: Manifest = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a", "namespace": "b"},
        "data": {"k": "v"},
    }
    define(chart, body)
    assert cdk8s.Testing.synth(chart) == [body]


def test_an_object_without_metadata_is_refused() -> None:
    with pytest.raises(ValueError, match="must have a kind and a metadata"):
        define(Chart(App(), "c"), {"apiVersion": "v1", "kind": "ConfigMap", "metadata": "a"})


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
