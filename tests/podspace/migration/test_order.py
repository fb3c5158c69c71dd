"""The order of a move: which steps there are, and what their commands act on."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from typing import Any

import pytest

from podspace.migration import Migration
from podspace.reporting.step import step_facts, step_lines
from tests.mother import A_NEW_CLUSTER, Changes
from tests.podspace.cluster_objects import a_condition, a_node, a_node_pool, a_pod
from tests.podspace.migration.moving import an_old_node, an_old_pod, migrated, two_pods


def commands(migration: Migration, beginning: str = "") -> list[list[str]]:
    """The words of the commands, as a shell splits them, that begin with some words."""
    found = [shlex.split(command) for step in migration.steps for command in step.commands]
    first = beginning.split()
    return [command for command in found if command[: len(first)] == first]


def drained(migration: Migration) -> list[str]:
    """The nodes that are drained, in the order of the steps."""
    return [
        word for command in commands(migration, "kubectl drain") for word in command[2:] if not word.startswith("-")
    ]


def test_a_move_is_prepared_tried_done_and_ended() -> None:
    migration = migrated(nodes=[a_node(), an_old_node(), an_old_node("i-older")])
    first_words = [" ".join(command[:3]) for command in commands(migration)]
    assert first_words == [
        "podspace plan net.yaml",
        "podspace manifests net.yaml",
        "kubectl cordon --selector=karpenter.sh/nodepool=general-purpose",
        "kubectl drain i-old",
        "podspace verify net.yaml",
        "aws eks update-cluster-config",
    ]
    assert all(step.done for step in migration.steps)


def test_the_pods_of_the_plan_are_those_to_move_and_those_there() -> None:
    assert commands(migrated(), "podspace plan") == [["podspace", "plan", "net.yaml", "--pods", "3"]]


def test_nothing_is_left_to_do_without_former_nodes() -> None:
    migration = migrated(nodes=[a_node()], pods=[a_pod()], nodepools=[a_node_pool()])
    assert (migration.steps, migration.proven) == ((), True)


def test_after_the_move_only_the_removal_is_left() -> None:
    migration = migrated(pods=[a_pod(), an_old_pod(kind="DaemonSet", owner="agent")])
    assert [command[:3] for command in commands(migration)] == [["aws", "eks", "update-cluster-config"]]


def test_hindered_nodes_are_last_and_those_of_stateful_sets_before_them() -> None:
    nodes = [an_old_node(name) for name in ("i-1", "i-2", "i-3", "i-4")]
    pods = [
        an_old_pod("a", node="i-1", kind=""),
        an_old_pod("b", node="i-2", kind="StatefulSet", owner="db"),
        *(an_old_pod(f"c{number}", node="i-3") for number in range(2)),
        an_old_pod("d", node="i-4"),
        an_old_pod("e", node="i-1", kind="StatefulSet", owner="db"),
    ]
    assert drained(migrated(nodes=nodes, pods=pods)) == ["i-4", "i-3", "i-2", "i-1"]


def test_nodes_with_hindered_pods_are_drained_after_another_look() -> None:
    migration = migrated(pods=[an_old_pod(kind="")])
    (step,) = (step for step in migration.steps if any("drain" in command for command in step.commands))
    assert [command.split()[:2] for command in step.commands] == [["podspace", "migrate"], ["kubectl", "drain"]]


def test_nodes_are_drained_ten_at_a_time() -> None:
    nodes = [an_old_node(f"i-{number:03}") for number in range(26)]
    pods = [an_old_pod(f"p{number}", node=f"i-{number:03}") for number in range(26)]
    migration = migrated(nodes=nodes, pods=pods)
    assert sorted(drained(migration)) == [f"i-{number:03}" for number in range(26)]
    sizes = [len([word for word in each[2:] if word[0] != "-"]) for each in commands(migration, "kubectl drain")]
    assert sizes == [1, 10, 10, 5]


def test_a_drain_passes_over_daemon_sets_and_never_forces() -> None:
    for command in commands(migrated(pods=[an_old_pod(kind=""), *two_pods()]), "kubectl drain"):
        assert "--ignore-daemonsets" in command
        assert not {"--force", "--disable-eviction"} & set(command)


def test_another_node_pool_adds_no_node_during_the_move_and_is_deleted_after_it() -> None:
    """Built-in node pools cannot be changed, and are switched off in the configuration of the cluster."""
    migration = migrated(nodes=[an_old_node(pool="team")], nodepools=[a_node_pool(), a_node_pool("team")][:1])
    (patch,) = commands(migration, "kubectl patch")
    assert patch[2:5] == ["nodepool", "team", "--type=merge"]
    assert json.loads(patch[5].removeprefix("--patch=")) == {"spec": {"limits": {"cpu": "0"}}}
    assert commands(migration, "kubectl delete") == [["kubectl", "delete", "nodepool", "team"]]
    assert not commands(migration, "aws")
    assert not commands(migrated(), "kubectl patch")


def test_built_in_node_pools_are_switched_off_by_the_documented_command() -> None:
    (command,) = commands(migrated(), "aws eks update-cluster-config")
    options = dict(zip(command[3::2], command[4::2], strict=True))
    assert (options["--name"], options["--region"]) == ("cluster", "eu-west-1")
    assert json.loads(options["--compute-config"]) == {"enabled": True, "nodePools": []}
    assert json.loads(options["--storage-config"]) == {"blockStorage": {"enabled": True}}
    assert json.loads(options["--kubernetes-network-config"]) == {"elasticLoadBalancing": {"enabled": True}}


def test_a_node_pool_that_needs_the_built_in_node_class_is_named() -> None:
    pools = [
        a_node_pool(),
        a_node_pool("general-purpose", node_class="default"),
        a_node_pool("x", node_class="default"),
    ]
    assert "x uses the NodeClass default" in migrated(nodepools=pools).steps[-1].what
    assert "the NodeClass default" not in migrated().steps[-1].what


def test_built_in_node_pools_of_a_cluster_of_the_config_are_changed_there() -> None:
    migration = migrated({**A_NEW_CLUSTER, "cluster.create.built_in_node_pools": ["system", "general-purpose"]})
    assert not commands(migration, "aws")
    assert commands(migration)[-1][:2] == ["cdk", "deploy"]


def test_node_pools_with_a_weight_need_no_other() -> None:
    requirements = [{"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64"]}]
    weighted: Changes = {"node_pools": [{"name": "pool", "requirements": requirements, "weight": 5}]}
    assert not commands(migrated(weighted), "podspace manifests")


@pytest.mark.parametrize(
    "pools",
    [
        pytest.param([a_node_pool("general-purpose", node_class="default")], id="not applied"),
        pytest.param([a_node_pool("pool", a_condition("Ready", "False"))], id="not ready"),
    ],
)
def test_node_pools_that_are_not_ready_are_applied_first(pools: Sequence[Any]) -> None:
    migration = migrated(nodepools=pools)
    assert [command[:2] for command in commands(migration, "cdk")] == [["cdk", "deploy"]]
    assert [each.severity for each in migration.diagnostics if each.id == "node-pool-ready"] == ["warning"]
    assert not commands(migrated(), "cdk")


def test_a_node_group_is_cordoned_drained_and_deleted() -> None:
    labels = {"eks.amazonaws.com/compute-type": "", "eks.amazonaws.com/nodegroup": "Old_1"}
    migration = migrated(nodes=[an_old_node(pool="", **labels)], nodepools=[a_node_pool()])
    selector = "--selector=eks.amazonaws.com/nodegroup=Old_1"
    assert commands(migration, "kubectl cordon") == [["kubectl", "cordon", selector]]
    (deletion,) = commands(migration, "aws eks delete-nodegroup")
    assert deletion[-4:] == ["--cluster-name", "cluster", "--nodegroup-name", "Old_1"]


def test_pods_on_fargate_are_not_drained() -> None:
    labels = {"eks.amazonaws.com/compute-type": "fargate"}
    migration = migrated(nodes=[an_old_node(pool="", **labels)], nodepools=[a_node_pool()])
    assert list(migration.sources) == ["Fargate"]
    assert not commands(migration, "kubectl")
    assert commands(migration, "aws eks list-fargate-profiles")


def test_nodes_outside_of_the_vpc_need_no_move() -> None:
    labels = {"eks.amazonaws.com/compute-type": "hybrid"}
    migration = migrated(nodes=[a_node(), an_old_node(pool="", **labels)])
    assert (migration.left, list(migration.sources)) == (0, [])


def test_other_nodes_are_drained_by_name() -> None:
    migration = migrated(nodes=[an_old_node(pool="", **{"eks.amazonaws.com/compute-type": ""})])
    assert list(migration.sources) == ["other nodes"]
    assert drained(migration) == ["i-old"]
    assert not commands(migration, "kubectl cordon")


def test_commands_are_for_the_cluster_that_is_read() -> None:
    context = "--context=arn:aws:eks:eu-west-1:1:cluster/my cluster; rm"
    migration = migrated(connection=[context], pods=[an_old_pod(kind=""), *two_pods()])
    for command in [*commands(migration, "kubectl"), *commands(migration, "podspace migrate")]:
        assert context in command


@pytest.mark.skipif(not shutil.which("kubectl"), reason="kubectl is not installed")
def test_kubectl_knows_every_option_of_its_commands() -> None:
    migration = migrated(
        nodes=[a_node(), an_old_node(), an_old_node("i-t", pool="team")], pods=[*two_pods(), an_old_pod(node="i-t")]
    )
    options = {
        (each[1], word.partition("=")[0])
        for each in commands(migration, "kubectl")
        for word in each
        if word.startswith("--")
    }
    assert {verb for verb, _ in options} == {"patch", "cordon", "drain"}
    for verb in {verb for verb, _ in options}:
        help_text = subprocess.run(["kubectl", verb, "--help"], capture_output=True, text=True, check=True).stdout
        assert [option for of, option in options if of == verb and f"{option}=" not in help_text] == []


@pytest.mark.parametrize("name", ["--force", "i-1;reboot", "$(reboot)", "I 1", "i-1\nreboot"])
def test_names_that_no_object_has_are_in_no_command(name: str) -> None:
    nodes = [
        an_old_node(name),
        an_old_node("i-2", pool=name),
        an_old_node("i-3", pool="", **{"eks.amazonaws.com/compute-type": "", "eks.amazonaws.com/nodegroup": name}),
    ]
    pods = [an_old_pod(f"p{number}", node=node["metadata"]["name"]) for number, node in enumerate(nodes)]
    migration = migrated(nodes=nodes, pods=pods)
    assert migration.left == 3
    assert not [word for command in commands(migration) for word in command if name in word]


def test_text_shows_the_first_commands_of_a_step_and_json_all() -> None:
    nodes = [an_old_node(f"i-{number:03}") for number in range(100)]
    pods = [an_old_pod(f"p{number}", node=f"i-{number:03}") for number in range(100)]
    steps = migrated(nodes=nodes, pods=pods).steps
    assert any("and 5 commands with --format json" in line for line in step_lines(steps))
    text = json.dumps(step_facts(steps))
    assert all(f"i-{number:03}" in text for number in range(100))
