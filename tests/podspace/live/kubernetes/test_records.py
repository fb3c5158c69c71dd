"""Of an object what is asked about it, however it is written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.live.kubernetes import RESOURCE_TYPES, Event, Node, NodeClaim, NodeClass, NodePool, Pod
from tests.podspace.cluster_objects import (
    Object,
    a_condition,
    a_node,
    a_node_claim,
    a_node_class,
    a_node_pool,
    a_pod,
    an_event,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def test_a_pod_has_its_node_and_its_addresses() -> None:
    """All of them, as a pod of two families has two."""
    ips = {"podIPs": [{"ip": "100.64.0.20"}, {"ip": "2001:db8::5"}]}
    pod = Pod.of(a_pod("web-1", status=ips))
    assert (str(pod), pod.node, pod.addresses) == ("shop/web-1", "i-a", ("100.64.0.20", "2001:db8::5"))
    assert not pod.host_network
    assert not pod.finished


def test_a_pod_with_one_address_in_the_old_place_has_it() -> None:
    """`podIP` without `podIPs`."""
    assert Pod.of(a_pod(status={"podIPs": None})).addresses == ("100.64.0.20",)


@pytest.mark.parametrize(
    ("phase", "finished"), [("Running", False), ("Pending", False), ("Succeeded", True), ("Failed", True)]
)
def test_a_pod_is_finished_by_its_phase(phase: str, finished: bool) -> None:
    """Its address is free then."""
    assert Pod.of(a_pod(status={"phase": phase})).finished is finished


def test_what_a_pod_waits_for_is_kept() -> None:
    """Of its containers, and of the scheduler; what runs waits for nothing."""
    waiting = {"state": {"waiting": {"reason": "ErrImagePull", "message": "i/o timeout"}}}
    running = {"state": {"running": {"startedAt": "2026-11-20T10:00:00Z"}}}
    unscheduled = a_condition("PodScheduled", "False", reason="Unschedulable", message="0/3 nodes")
    status = {"initContainerStatuses": [waiting], "containerStatuses": [running], "conditions": [unscheduled]}
    assert Pod.of(a_pod(status=status)).waiting == ("ErrImagePull: i/o timeout", "Unschedulable: 0/3 nodes")


def test_a_pod_has_its_controller() -> None:
    """Of a ReplicaSet whose name ends in the hash of its pods, the Deployment; owners that do not control are none."""

    def owner_of(kind: str, name: str, *, controller: bool = True, template: str = "7d9c") -> str:
        data = a_pod()
        data["metadata"] |= {
            "labels": {"pod-template-hash": template},
            "ownerReferences": [{"kind": kind, "name": name, "controller": controller}],
        }
        owner = Pod.of(data).owner
        return f"{owner.kind}/{owner.name}" if owner else ""

    assert owner_of("ReplicaSet", "web-7d9c") == "Deployment/web"
    assert owner_of("ReplicaSet", "web-7d9c", template="other") == "ReplicaSet/web-7d9c"
    assert owner_of("StatefulSet", "db-7d9c") == "StatefulSet/db-7d9c"
    assert owner_of("Node", "i-a") == "Node/i-a"
    assert owner_of("Batch", "x", controller=False) == ""
    assert Pod.of(a_pod()).owner is None


def test_a_pod_has_its_claims_ports_and_local_data() -> None:
    """A claim that is made for the pod alone is deleted with it."""
    volumes = [
        {"name": "a", "persistentVolumeClaim": {"claimName": "data"}},
        {"name": "b", "ephemeral": {"volumeClaimTemplate": {}}},
        {"name": "c", "emptyDir": {}},
    ]
    ports = [{"containerPort": 80, "hostPort": 8080}, {"containerPort": 53, "hostPort": 53, "protocol": "UDP"}]
    pod = Pod.of(a_pod(spec={"volumes": volumes, "containers": [{"ports": ports}, {"ports": [{"containerPort": 1}]}]}))
    assert (pod.claims, pod.host_ports, pod.local_data) == (("data",), ("8080/TCP", "53/UDP"), True)
    plain = Pod.of(a_pod())
    assert (plain.claims, plain.host_ports, plain.local_data) == ((), (), False)


def test_a_node_pool_has_its_labels_and_taints() -> None:
    """Labels as conditions, before the requirements."""
    data = a_node_pool()
    data["spec"]["template"] |= {"metadata": {"labels": {"team": "shop"}}}
    data["spec"]["template"]["spec"] |= {
        "requirements": [{"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"]}],
        "taints": [{"key": "gpu", "effect": "NoSchedule"}],
    }
    pool = NodePool.of(data)
    assert [(each.key, each.operator, each.values) for each in pool.labels] == [
        ("team", "In", ("shop",)),
        ("kubernetes.io/arch", "In", ("arm64",)),
    ]
    assert list(map(str, pool.taints)) == ["gpu:NoSchedule"]


def test_a_node_has_its_zone_pool_and_internal_addresses() -> None:
    """Names of hosts are no addresses."""
    node = Node.of(a_node())
    assert (node.zone, node.pool, node.group, node.addresses) == ("eu-west-1a", "pool", "", ("10.0.0.10",))
    assert node.ready
    assert node.ready.status == "True"


def test_a_node_of_a_managed_group_has_its_group() -> None:
    """And the id of its zone, where it says it."""
    labels = {"eks.amazonaws.com/nodegroup": "old", "topology.k8s.aws/zone-id": "euw1-az2"}
    node = Node.of(a_node(labels=labels))
    assert (node.pool, node.group, node.zone_id) == ("", "old", "euw1-az2")


def test_what_makes_nodes_has_its_conditions() -> None:
    """And a NodePool its NodeClass, a NodeClaim its NodePool."""
    assert [condition.type for condition in NodeClass.of(a_node_class()).conditions][-1] == "Ready"
    assert NodeClass.of(a_node_class(generation=3)).generation == 3
    assert NodePool.of(a_node_pool(node_class="other")).node_class == "other"
    assert NodeClaim.of(a_node_claim(pool="other")).pool == "other"


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (a_condition("Ready"), "Ready is True"),
        (a_condition("Ready", "False", reason="NotThere"), "Ready is False (NotThere)"),
        (a_condition("Ready", "False", reason="NotThere", message="no subnet"), "Ready is False (NotThere: no subnet)"),
    ],
)
def test_a_condition_is_reported_with_its_reason(condition: Any, text: str) -> None:
    """Unless that only repeats its type."""
    (found,) = NodeClass.of(a_node_class("x", condition)).conditions
    assert str(found) == text


def test_an_event_is_counted_as_often_as_it_was_said() -> None:
    """With the time of the last."""
    event = Event.of(an_event("no", count=7))
    assert (event.kind, event.namespace, event.name, event.count) == ("Pod", "shop", "web-1", 7)
    assert event.last == "2026-11-20T10:05:00Z"


def test_an_event_of_the_newer_group_is_read_alike() -> None:
    """Which has other words for the same."""
    series: Object = {"count": 3, "lastObservedTime": "2026-11-20T10:06:00.000000Z"}
    event = Event.of({"regarding": {"kind": "Pod", "name": "web-1"}, "note": "no", "series": series})
    assert (event.kind, event.message, event.count, event.last) == ("Pod", "no", 3, "2026-11-20T10:06:00.000000Z")


@given(
    data=st.fixed_dictionaries({}, optional={"metadata": JSON, "spec": JSON, "status": JSON, "involvedObject": JSON})
)
def test_any_object_makes_a_record(data: Any) -> None:
    """What is missing or odd counts as not there."""
    for kind in RESOURCE_TYPES:
        assert kind.record(data)
