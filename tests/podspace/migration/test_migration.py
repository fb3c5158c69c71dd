"""A whole move: what is counted, what is unknown, and when nothing is left."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.diagnostic import Diagnostic, InputError, exit_status
from podspace.live.failure import LiveError, UnreadError
from podspace.live.watch import watched
from podspace.migration import migrate, text_report
from tests.mother import a_network_file
from tests.podspace.cluster_objects import GivenCluster, a_node, a_node_pool, a_pod, cluster_objects
from tests.podspace.migration.moving import (
    GENERAL,
    a_budget,
    an_old_node,
    an_old_pod,
    found,
    hindrances,
    migrated,
    old_cluster,
    two_pods,
)


def test_pods_are_listed_by_what_created_their_nodes() -> None:
    group = {"eks.amazonaws.com/compute-type": "", "eks.amazonaws.com/nodegroup": "old"}
    migration = migrated(
        nodes=[a_node(), an_old_node(), an_old_node("i-g", pool="", **group)],
        pods=[
            a_pod(),
            *two_pods(),
            an_old_pod("db-0", node="i-g", kind="StatefulSet", owner="db", labels={}),
            an_old_pod("agent", kind="DaemonSet", owner="agent"),
            an_old_pod("new", node="", status={"phase": "Pending"}),
        ],
        poddisruptionbudgets=[a_budget(allowed=0)],
    )
    assert migration.facts["pods"] == {"to_move": 3, "hindered": 2, "moved": 1, "unscheduled": 1}
    assert migration.facts["from"] == [
        {
            "name": GENERAL,
            "pods": 2,
            "hindered": 2,
            "stay": 1,
            "kinds": {"Deployment": 2},
            "nodes": 1,
            "hindered_nodes": 1,
        },
        {
            "name": "node group old",
            "pods": 1,
            "hindered": 0,
            "stay": 0,
            "kinds": {"StatefulSet": 1},
            "nodes": 1,
            "hindered_nodes": 0,
        },
    ]
    (budget,) = (each for each in migration.facts["hindrances"] if each["id"] == "disruption-budget")  # type: ignore[union-attr, index, call-overload]
    assert budget == {
        "id": "disruption-budget",
        "subject": "PodDisruptionBudget shop/web",
        "pods": 2,
        "from": {GENERAL: 2},
        "examples": ["Deployment shop/web"],
    }
    lines = text_report(migration).splitlines()
    assert [line.split()[:4] for line in lines if "general-purpose: 2 Deployment" in line] == [["2", "2", "1", "1"]]


def test_a_finished_move_is_proven() -> None:
    migration = migrated(pods=[a_pod()])
    assert [(each.id, each.severity) for each in migration.diagnostics] == [("pods-to-move", "ok")]
    assert migration.proven
    assert exit_status(migration.diagnostics) == 0


def test_pods_without_hindrances_are_no_error() -> None:
    migration = migrated()
    assert not migration.proven
    assert exit_status(migration.diagnostics) == 0
    assert exit_status(migrated(poddisruptionbudgets=[a_budget(allowed=0)]).diagnostics) == 1


def test_of_many_findings_a_few_are_shown_and_all_are_counted() -> None:
    pods = [an_old_pod(f"p{number}", spec={"nodeSelector": {"team": f"t{number:03}"}}) for number in range(50)]
    migration = migrated(pods=pods)
    shown = found(migration, "node-selection")
    assert len(shown) == 6
    assert shown[-1].subject.startswith("45 ")
    assert "45 pods to move" in shown[-1].message
    facts: Any = migration.facts["hindrances"]
    assert len([each for each in facts if each["id"] == "node-selection"]) == 50


def test_memory_is_bounded_if_every_pod_has_another_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("podspace.migration.move_census._MOST_FINDINGS", 5)
    monkeypatch.setattr("podspace.migration.obstacles._MOST_VERDICTS", 5)
    pods = [an_old_pod(f"p{number}", spec={"nodeSelector": {"team": f"t{number:03}"}}) for number in range(50)]
    facts: Any = migrated(pods=pods).facts["hindrances"]
    assert sum(each["pods"] for each in facts if each["id"] == "node-selection") == 50
    assert len(facts) <= 8


def test_a_config_without_a_node_pool_to_move_to_is_an_error() -> None:
    pools = [a_node_pool("general-purpose", node_class="default")]
    migration = migrated({"node_pools": []}, nodepools=pools, pods=two_pods())
    assert hindrances(migration) == {"no-node-pool": "net"}
    assert migration.steps == ()
    theirs = migrated({"node_pools": []}, nodepools=[a_node_pool("theirs")], pods=two_pods())
    assert hindrances(theirs) == {}


FORBIDDEN = UnreadError(Diagnostic(subject="x", message="403 Forbidden", fix="grant it"))


@pytest.mark.parametrize(
    "plural",
    ["pods", "nodes", "nodepools", "poddisruptionbudgets", "persistentvolumeclaims", "persistentvolumes"],
)
def test_what_cannot_be_read_is_unknown_and_the_rest_is_reported(plural: str) -> None:
    migration = migrated(**{plural: []}, broken={plural: FORBIDDEN})  # type: ignore[arg-type]
    assert "unknown" in {each.severity for each in migration.diagnostics}
    assert "error" not in {each.severity for each in migration.diagnostics}
    assert [each.subject for each in found(migration, "readable")] == ["x"]
    assert not migration.proven


@pytest.mark.parametrize("plural", ["pods", "nodes"])
def test_nothing_left_is_not_claimed_of_pods_that_were_not_read(plural: str) -> None:
    migration = migrated(pods=[], broken={plural: FORBIDDEN})
    assert not migration.proven
    assert not [each for each in found(migration, "pods-to-move") if each.severity == "ok"]


def test_pods_on_nodes_that_are_not_known_are_unknown() -> None:
    migration = migrated(pods=[a_pod(), an_old_pod(node="i-new")])
    assert [each.severity for each in found(migration, "pods-to-move")] == ["unknown"]
    assert not migration.proven


def test_an_api_server_that_does_not_answer_is_raised() -> None:
    gone = GivenCluster(cluster_objects(), nodes=LiveError(Diagnostic(subject="https://x", message="must answer")))
    with pytest.raises(LiveError, match="must answer"):
        migrate([a_network_file()], gone)


def test_files_without_budgets_are_a_note_and_a_cluster_without_them_is_not() -> None:
    cluster = GivenCluster(old_cluster())
    assert "disruption-budget" not in hindrances(migrate([a_network_file()], cluster))
    cluster.is_complete = False
    assert "disruption-budget" in hindrances(migrate([a_network_file()], cluster))


def test_the_pods_of_several_networks_of_a_cluster_stay() -> None:
    team = a_network_file(
        {
            "name": "team",
            "pods.cidrs": ["100.80.0.0/16"],
            "node_classes": [{"name": "team-class"}],
            "node_pools.0.name": "team-pool",
        },
        path="team.yaml",
    )
    objects = old_cluster(
        nodes=[a_node(), a_node("i-t", labels={"karpenter.sh/nodepool": "team-pool"})],
        pods=[a_pod(), an_old_pod(node="i-t")],
        nodepools=[a_node_pool(), a_node_pool("team-pool", node_class="team-class")],
    )
    together = migrate([a_network_file(), team], GivenCluster(objects))
    assert (together.left, together.moved) == (0, 2)
    alone = migrate([a_network_file()], GivenCluster(objects))
    assert (alone.left, alone.moved) == (1, 1)


def test_configs_of_several_clusters_are_refused() -> None:
    other = a_network_file({"name": "other", "cluster.name": "other"}, path="other.yaml")
    with pytest.raises(InputError) as refused:
        migrate([a_network_file(), other], GivenCluster(old_cluster()))
    assert {each.id for each in refused.value.diagnostics} == {"several-clusters"}


def test_a_move_that_takes_too_long_is_an_error() -> None:
    migration = migrated().timed_out(60)
    assert [each.severity for each in found(migration, "watch")] == ["error"]
    assert migration.state.startswith("2 pods to move")


def test_names_of_a_cluster_are_cleaned() -> None:
    pods = [an_old_pod("a\x1b[31mb", kind="", namespace="x\u202ey")]
    migration = migrated(pods=pods, nodes=[an_old_node(pool="evil\x1b[2J")])
    for text in (str(migration.facts), text_report(migration), *(each.message for each in migration.diagnostics)):
        assert not {"\x1b", "\u202e"} & set(text)


def test_watching_shows_what_is_left_until_nothing_is() -> None:
    looks, shown = iter([migrated(), migrated(pods=[a_pod()])]), list[str]()
    seen = watched(
        lambda: next(looks), timeout=60, interval=1, tell=shown.append, clock=lambda: 0.0, sleep=lambda _: None
    )
    assert seen.proven
    assert [text.partition(",")[0] for text in shown] == ["2 pods to move"]
