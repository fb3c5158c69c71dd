"""Each hindrance, with pods that it hinders and pods that it does not."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.migration import HINDRANCES
from tests.podspace.cluster_objects import a_node_pool, a_pod
from tests.podspace.migration.moving import (
    GENERAL,
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
from tests.template import REPOSITORY


def test_pods_that_can_move_have_no_hindrance() -> None:
    migration = migrated(poddisruptionbudgets=[a_budget(allowed=1)])
    assert hindrances(migration, notes=True) == {}
    assert (migration.left, migration.moved, migration.hindered) == (2, 1, 0)


def test_a_budget_that_allows_nothing_hinders_each_of_its_pods() -> None:
    migration = migrated(poddisruptionbudgets=[a_budget(allowed=0)])
    assert hindrances(migration) == {"disruption-budget": "PodDisruptionBudget shop/web"}
    assert migration.hindered == 2


@pytest.mark.parametrize(
    "budget",
    [
        pytest.param(
            a_budget("other", allowed=0, spec={"selector": {"matchLabels": {"app": "other"}}}), id="other labels"
        ),
        pytest.param(a_budget(allowed=0, metadata={"namespace": "team"}), id="another namespace"),
        pytest.param(a_budget(allowed=0, spec={"selector": None}), id="no selector"),
        pytest.param(
            a_budget(
                allowed=0,
                spec={"selector": {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]}},
                status={"expectedPods": 0},
            ),
            id="no pod expected",
        ),
    ],
)
def test_a_budget_of_other_pods_hinders_nothing(budget: Any) -> None:
    """One without pods allows 0 disruptions too."""
    assert hindrances(migrated(poddisruptionbudgets=[budget])) == {}


@pytest.mark.parametrize(
    ("operator", "values", "selects"),
    [
        ("In", ["web"], True),
        ("In", ["db"], False),
        ("NotIn", ["db"], True),
        ("Exists", [], True),
        ("DoesNotExist", [], False),
    ],
)
def test_a_budget_selects_by_expressions_too(operator: str, values: list[str], selects: bool) -> None:
    expression = {"key": "app", "operator": operator, "values": values}
    budget = a_budget(allowed=0, spec={"selector": {"matchExpressions": [expression]}})
    assert bool(hindrances(migrated(poddisruptionbudgets=[budget]))) is selects


def test_an_empty_selector_of_a_budget_selects_every_pod_of_its_namespace() -> None:
    assert hindrances(migrated(poddisruptionbudgets=[a_budget(allowed=0, spec={"selector": {}})]))


def test_a_budget_whose_status_is_of_an_earlier_spec_hinders() -> None:
    """The API server evicts no pod until the status is of the current one."""
    assert hindrances(migrated(poddisruptionbudgets=[a_budget(allowed=2, metadata={"generation": 2})]))


@pytest.mark.parametrize(
    ("status", "spec", "hinders"),
    [
        ({"currentHealthy": 2, "desiredHealthy": 2}, {}, False),
        ({"currentHealthy": 1, "desiredHealthy": 2}, {}, True),
        ({"currentHealthy": 0, "desiredHealthy": 0}, {}, True),
        ({"currentHealthy": 1, "desiredHealthy": 2}, {"unhealthyPodEvictionPolicy": "AlwaysAllow"}, False),
    ],
)
def test_pods_that_are_not_ready_are_evicted_by_the_policy_of_their_budget(
    status: dict[str, int], spec: dict[str, str], hinders: bool
) -> None:
    budget = a_budget(allowed=0, status=status, spec=spec)
    assert bool(hindrances(migrated(pods=two_pods(ready=False), poddisruptionbudgets=[budget]))) is hinders


def test_a_pod_that_has_not_started_is_evicted_whatever_its_budgets_allow() -> None:
    pods = two_pods(status={"phase": "Pending"}, ready=False)
    assert hindrances(migrated(pods=pods, poddisruptionbudgets=[a_budget(allowed=0), a_budget("b", allowed=0)])) == {}


def test_two_budgets_for_a_pod_hinder_whatever_they_allow() -> None:
    migration = migrated(poddisruptionbudgets=[a_budget(allowed=1), a_budget("a", allowed=1)])
    assert hindrances(migration) == {"disruption-budgets-overlap": "PodDisruptionBudgets shop/a and shop/web"}


@pytest.mark.parametrize(("value", "hinders"), [("true", True), ("4h30m", True), ("false", False), ("soon", False)])
def test_do_not_disrupt_hinders(value: str, hinders: bool) -> None:
    """As `true` or as a duration; Karpenter ignores other values."""
    migration = migrated(pods=two_pods(annotations={"karpenter.sh/do-not-disrupt": value}))
    assert ("do-not-disrupt" in hindrances(migration)) is hinders


def test_a_pod_without_a_controller_is_hindered() -> None:
    (diagnostic,) = found(migrated(pods=[an_old_pod("one-off", kind="")]), "no-controller")
    assert "Pod shop/one-off" in diagnostic.message
    owned_only = an_old_pod("x")
    owned_only["metadata"]["ownerReferences"][0]["controller"] = False
    assert found(migrated(pods=[owned_only]), "no-controller")


def affinity(*terms: Any) -> dict[str, Any]:
    """The spec of a pod with required node affinity, of which a node must meet one term."""
    required = {"nodeSelectorTerms": [{"matchExpressions": list(term)} for term in terms]}
    return {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}}


def expression(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"key": key, "operator": operator, "values": list(values)}


NODE_POOL, ARCH, ZONE, CPU = (
    "karpenter.sh/nodepool",
    "kubernetes.io/arch",
    "topology.kubernetes.io/zone",
    "eks.amazonaws.com/instance-cpu",
)
REQUIREMENTS = [
    {"key": ARCH, "operator": "In", "values": ["amd64"]},
    {"key": "eks.amazonaws.com/instance-category", "operator": "In", "values": ["m"]},
    {"key": CPU, "operator": "Lt", "values": ["17"]},
    {"key": "team/tier", "operator": "Exists"},
]
LABELED = {"node_pools": [{"name": "pool", "requirements": REQUIREMENTS, "labels": {"team": "shop"}}]}


@pytest.mark.parametrize(
    ("spec", "fits"),
    [
        ({"nodeSelector": {"team": "shop"}}, True),
        ({"nodeSelector": {"team": "other"}}, False),
        ({"nodeSelector": {"unknown": "label"}}, False),
        ({"nodeSelector": {"team/tier": "gold"}}, True),
        ({"nodeSelector": {NODE_POOL: "pool"}}, True),
        ({"nodeSelector": {NODE_POOL: "general-purpose"}}, False),
        ({"nodeSelector": {"eks.amazonaws.com/compute-type": "auto", "kubernetes.io/os": "linux"}}, True),
        ({"nodeSelector": {"eks.amazonaws.com/compute-type": "fargate"}}, False),
        ({"nodeSelector": {"eks.amazonaws.com/nodegroup": "old"}}, False),
        ({"nodeSelector": {"kubernetes.io/hostname": "i-old"}}, False),
        ({"nodeSelector": {ARCH: "amd64"}}, True),
        ({"nodeSelector": {ARCH: "arm64"}}, False),
        ({"nodeSelector": {"beta.kubernetes.io/arch": "arm64"}}, False),
        ({"nodeSelector": {ZONE: "eu-west-1a"}}, True),
        ({"nodeSelector": {ZONE: "eu-west-1c"}}, False),
        ({"nodeSelector": {"topology.kubernetes.io/region": "us-east-1"}}, False),
        ({"nodeSelector": {"karpenter.sh/capacity-type": "spot"}}, True),
        ({"nodeSelector": {"node.kubernetes.io/instance-type": "m7i.xlarge"}}, True),
        ({"nodeSelector": {"node.kubernetes.io/instance-type": "c7i.xlarge"}}, False),
        (affinity([expression("team", "NotIn", "other")]), True),
        (affinity([expression("team", "NotIn", "shop")]), False),
        (affinity([expression("team", "Exists")]), True),
        (affinity([expression("team", "DoesNotExist")]), False),
        (affinity([expression("unknown", "NotIn", "x"), expression("other", "DoesNotExist")]), True),
        (affinity([expression("unknown", "Exists")]), False),
        (affinity([expression(CPU, "Gt", "8")]), True),
        (affinity([expression(CPU, "Gt", "16")]), False),
        (affinity([expression(CPU, "Lt", "1")]), False),
        (affinity([expression("unknown", "Gt", "1")]), False),
        (affinity([expression("team", "In", "other")], [expression("team", "In", "shop")]), True),
        (affinity([expression("team", "In", "shop"), expression(ARCH, "In", "arm64")]), False),
        (affinity(), False),
        (affinity([]), False),
        (affinity([expression("team", "Near", "shop")]), False),
        (affinity([expression(CPU, "Gt", "many")]), False),
        ({"affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1}]}}}, True),
    ],
)
def test_what_a_pod_asks_of_its_node_is_compared_with_the_node_pools(spec: dict[str, Any], fits: bool) -> None:
    """A label that the NodePool does not name is on its nodes only if Karpenter knows it."""
    migration = migrated(LABELED, pods=two_pods(spec=spec))
    assert hindrances(migration).keys() == (set() if fits else {"node-selection"})


def test_a_pod_pinned_to_its_node_by_name_is_hindered() -> None:
    fields = {"matchFields": [expression("metadata.name", "In", "i-old")]}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [fields]}}
    migration = migrated(pods=two_pods(spec={"affinity": {"nodeAffinity": required}}))
    assert hindrances(migration) == {"node-selection": "metadata.name In i-old"}


def test_one_node_pool_that_fits_is_enough() -> None:
    """A NodePool of the cluster on a NodeClass of the config is one of the NodePools to move to."""
    theirs = a_node_pool("theirs")
    theirs["spec"]["template"]["metadata"] = {"labels": {"team": "shop"}}
    pools = [a_node_pool(), theirs]
    spec = {"nodeSelector": {"team": "shop"}}
    assert hindrances(migrated(pods=two_pods(spec=spec), nodepools=pools)) == {}
    assert hindrances(migrated(pods=two_pods(spec=spec))) == {"node-selection": "team In shop"}
    on_another_class = a_node_pool("theirs", node_class="other")
    on_another_class["spec"]["template"]["metadata"] = {"labels": {"team": "shop"}}
    assert hindrances(migrated(pods=two_pods(spec=spec), nodepools=[a_node_pool(), on_another_class]))


def tainted(effect: str = "NoSchedule") -> dict[str, Any]:
    pool = {
        "name": "pool",
        "requirements": REQUIREMENTS[:1],
        "taints": [{"key": "pods", "value": "new", "effect": effect}],
    }
    return {"node_pools": [pool]}


@pytest.mark.parametrize(
    ("toleration", "tolerates"),
    [
        ({"key": "pods", "value": "new", "effect": "NoSchedule"}, True),
        ({"key": "pods", "operator": "Equal", "value": "new"}, True),
        ({"key": "pods", "operator": "Exists"}, True),
        ({"operator": "Exists"}, True),
        ({"key": "pods", "value": "old"}, False),
        ({"key": "pods", "operator": "Exists", "effect": "NoExecute"}, False),
        ({"key": "other", "operator": "Exists"}, False),
    ],
)
def test_a_taint_of_the_node_pool_must_be_tolerated(toleration: dict[str, str], tolerates: bool) -> None:
    migration = migrated(tainted(), pods=two_pods(spec={"tolerations": [toleration]}))
    assert hindrances(migration) == ({} if tolerates else {"tolerations": "pods=new:NoSchedule"})


def test_a_taint_that_only_prefers_hinders_nothing() -> None:
    assert hindrances(migrated(tainted("PreferNoSchedule"))) == {}
    assert "tolerations" in hindrances(migrated(tainted("NoExecute")))


@pytest.mark.parametrize(
    "key",
    ["topology.kubernetes.io/zone", "topology.ebs.csi.aws.com/zone", "topology.ebs.csi.eks.amazonaws.com/zone"],
)
def test_a_volume_in_a_zone_without_pod_subnets_hinders(key: str) -> None:
    objects: dict[str, Any] = {"pods": two_pods(spec=with_claim()), "persistentvolumeclaims": [a_claim()]}
    there = migrated(**objects, persistentvolumes=[a_volume(zones=["eu-west-1a"], key=key)])
    assert hindrances(there) == {}
    elsewhere = migrated(**objects, persistentvolumes=[a_volume(zones=["eu-west-1c"], key=key)])
    assert hindrances(elsewhere) == {"zonal-volume": f"{ZONE} In eu-west-1c"}


def test_a_volume_in_a_zone_that_no_fitting_node_pool_has_hinders() -> None:
    """The NodePool that fits the pod is in another zone than the volume."""
    requirements = [*REQUIREMENTS[:1], {"key": ZONE, "operator": "In", "values": ["eu-west-1b"]}]
    migration = migrated(
        {"node_pools": [{"name": "pool", "requirements": requirements}]},
        pods=two_pods(spec=with_claim()),
        persistentvolumeclaims=[a_claim()],
        persistentvolumes=[a_volume(zones=["eu-west-1a"])],
    )
    assert hindrances(migration) == {"zonal-volume": f"{ZONE} In eu-west-1a"}


def test_a_node_pool_whose_taint_is_not_tolerated_does_not_offer_its_zone() -> None:
    in_zone = {zone: {"key": ZONE, "operator": "In", "values": [zone]} for zone in ("eu-west-1a", "eu-west-1b")}
    closed = tainted()["node_pools"][0] | {"requirements": [in_zone["eu-west-1a"]]}
    changes = {"node_pools": [closed, {"name": "open", "requirements": [in_zone["eu-west-1b"]]}]}
    objects: dict[str, Any] = {
        "persistentvolumeclaims": [a_claim()],
        "persistentvolumes": [a_volume(zones=["eu-west-1a"])],
    }
    pools = [a_node_pool(), a_node_pool("open")]
    migration = migrated(changes, pods=two_pods(spec=with_claim()), nodepools=pools, **objects)
    assert hindrances(migration) == {"zonal-volume": f"{ZONE} In eu-west-1a"}
    spec = {**with_claim(), "tolerations": [{"key": "pods", "operator": "Exists"}]}
    assert hindrances(migrated(changes, pods=two_pods(spec=spec), nodepools=pools, **objects)) == {}


def test_a_volume_of_every_zone_or_without_a_claim_hinders_nothing() -> None:
    """As of EFS; a claim without a volume gets one where its pod starts."""
    pods = two_pods(spec=with_claim())
    anywhere = migrated(pods=pods, persistentvolumeclaims=[a_claim()], persistentvolumes=[a_volume()])
    assert hindrances(anywhere) == {}
    unbound = migrated(pods=pods, persistentvolumeclaims=[a_claim(volume="")])
    assert hindrances(unbound) == {}


@pytest.mark.parametrize("objects", [{}, {"persistentvolumeclaims": [a_claim()]}])
def test_a_volume_that_is_not_found_is_unknown(objects: dict[str, Any]) -> None:
    migration = migrated(pods=two_pods(spec=with_claim()), **objects)
    assert [each.severity for each in found(migration, "volume-unknown")] == ["unknown"]
    assert migration.hindered == 2, "their node is drained last"


def test_volumes_of_the_ebs_csi_driver_hinder_on_nodes_that_are_not_of_auto_mode() -> None:
    """A pod that uses one on a node of EKS Auto Mode shows that it can."""
    objects: dict[str, Any] = {
        "pods": two_pods(spec=with_claim()),
        "persistentvolumeclaims": [a_claim()],
        "persistentvolumes": [a_volume(driver="ebs.csi.aws.com")],
    }
    group = an_old_node("i-old", pool="", **{"eks.amazonaws.com/compute-type": "", "eks.amazonaws.com/nodegroup": "g"})
    assert hindrances(migrated(**objects, nodes=[group])) == {"volume-driver": "ebs.csi.aws.com"}
    assert hindrances(migrated(**objects)) == {}


def test_host_ports_are_a_note() -> None:
    ports = {"containers": [{"ports": [{"containerPort": 80, "hostPort": 8080}, {"containerPort": 81}]}]}
    migration = migrated(pods=two_pods(spec=ports))
    assert hindrances(migration, notes=True) == {"host-ports": "8080/TCP"}
    assert [each.severity for each in found(migration, "host-ports")] == ["note"]
    assert migration.hindered == 0


def test_local_data_is_a_note() -> None:
    migration = migrated(pods=two_pods(spec={"volumes": [{"name": "cache", "emptyDir": {}}]}))
    assert [each.severity for each in found(migration, "local-data")] == ["note"]


def test_a_workload_of_one_pod_is_a_note() -> None:
    """One that has moved counts as its other pod; a Job ends anyway."""
    assert [each.severity for each in found(migrated(pods=[an_old_pod()]), "single-pod")] == ["note"]
    assert not found(migrated(pods=[an_old_pod(), an_old_pod("web-7d9c-2", node="i-a")]), "single-pod")
    assert not found(migrated(pods=[an_old_pod(kind="Job", owner="x")]), "single-pod")


def test_every_obstacle_of_a_pod_is_reported() -> None:
    """So that one correction does not uncover the next."""
    spec = {"nodeSelector": {"a": "b"}, **with_claim()}
    pod = an_old_pod(spec=spec, annotations={"karpenter.sh/do-not-disrupt": "true"})
    migration = migrated(
        tainted(),
        pods=[pod],
        poddisruptionbudgets=[a_budget(allowed=0)],
        persistentvolumeclaims=[a_claim()],
        persistentvolumes=[a_volume(zones=["eu-west-1c"])],
    )
    expected = {"disruption-budget", "do-not-disrupt", "node-selection", "tolerations", "zonal-volume"}
    assert hindrances(migration).keys() == expected
    assert migration.hindered == 1


@pytest.mark.parametrize(
    "pod",
    [
        pytest.param(an_old_pod(kind="DaemonSet", owner="agent"), id="of a DaemonSet"),
        pytest.param(an_old_pod(kind="Node", owner="i-old"), id="static"),
        pytest.param(an_old_pod(spec={"hostNetwork": True}), id="host network"),
    ],
)
def test_pods_that_need_no_move_are_left_out(pod: Any) -> None:
    migration = migrated(pods=[pod], poddisruptionbudgets=[a_budget(allowed=0)])
    assert hindrances(migration, notes=True) == {}
    assert (migration.left, migration.sources[GENERAL].stay) == (0, 1)


@pytest.mark.parametrize("phase", ["Succeeded", "Failed"])
def test_pods_that_have_ended_or_are_being_deleted_are_left_out(phase: str) -> None:
    ended = an_old_pod("a", status={"phase": phase})
    deleted = an_old_pod("b")
    deleted["metadata"]["deletionTimestamp"] = "2026-11-20T10:00:00Z"
    migration = migrated(pods=[ended, deleted], poddisruptionbudgets=[a_budget(allowed=0)])
    assert (migration.left, migration.hindered, migration.proven) == (0, 0, True)


def test_every_hindrance_is_on_its_page() -> None:
    page = (REPOSITORY / "docs" / "migration.md").read_text()
    for each in HINDRANCES:
        assert f"| `{each.id}` |" in page


def test_pods_of_the_config_are_not_judged() -> None:
    migration = migrated(pods=[a_pod()], poddisruptionbudgets=[a_budget(allowed=0, spec={"selector": {}})])
    assert (migration.left, migration.moved) == (0, 1)
    assert hindrances(migration, notes=True) == {}
