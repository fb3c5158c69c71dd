"""Rules that were the default in former versions: kept, given up, or asked for if neither config states them."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.diff.change import Change
from podspace.diff.comparison import compare
from podspace.diff.former_flow_log import FORMER_FLOW_LOG
from podspace.planning import read_network_file
from tests.mother import A_NEW_CLUSTER, FORMER_RULES, Changes, a_plan
from tests.template import CONFIGS

UNSTATED: Changes = {"pods.security_group": None, "cluster.host_network_ports": None}
NONE: Changes = {"pods.security_group": {"ingress": []}, "cluster.host_network_ports": []}
RULES = {f"pods from {cidr}" for cidr in ("10.0.0.0/20", "100.64.0.0/16")} | {"cluster from pods, tcp 9100"}


def changed(old: Changes, new: Changes) -> tuple[Change, ...]:
    return compare(a_plan(old), a_plan(new))


def test_a_config_that_states_neither_is_one_error_with_the_lines_that_keep_the_rules() -> None:
    (change,) = changed(UNSTATED, UNSTATED)
    assert (change.kind, change.severity) == ("former default", "error")
    for line in ("security_group: { kind: dedicated, ingress: vpc }", "host_network_ports: [9100]"):
        assert f"`{line}`" in change.advice.fix
    for line in ("security_group: { kind: dedicated, ingress: [] }", "host_network_ports: []"):
        assert f"`{line}`" in change.advice.fix


@pytest.mark.parametrize(
    ("stated", "named"),
    [
        ({"cluster.host_network_ports": []}, "pods.security_group.ingress"),
        ({"pods.security_group": {"ingress": []}}, "cluster.host_network_ports"),
    ],
)
def test_only_what_is_left_out_on_both_sides_is_reported(stated: Changes, named: str) -> None:
    (change,) = (each for each in changed({**UNSTATED, **stated}, {**UNSTATED, **stated}) if each.loses)
    assert change.name == f"of {named}"


def test_other_changes_are_reported_as_well() -> None:
    changes = changed(UNSTATED, {**UNSTATED, "cluster.host_network_ports": [8080]})
    assert {each.title for each in changes if each.effect == "added"} == {
        "security group rule cluster from pods, tcp 8080"
    }
    assert [each.name for each in changes if each.kind == "former default"] == ["of pods.security_group.ingress"]


def test_stating_the_former_rules_changes_nothing() -> None:
    assert changed(UNSTATED, FORMER_RULES) == ()


def test_stating_that_there_are_none_warns_of_each_rule() -> None:
    """It may be that they were never deployed, so that the report ends here."""
    changes = changed(UNSTATED, NONE)
    assert {(each.name, each.effect, each.severity) for each in changes} == {
        (name, "removed", "warning") for name in RULES
    }


def test_rules_that_were_stated_are_lost_as_any_other() -> None:
    assert {each.name for each in changed(FORMER_RULES, NONE) if each.loses} == RULES
    assert {each.name for each in changed(FORMER_RULES, UNSTATED) if each.loses} == RULES


def test_a_rule_that_is_lost_with_its_group_is_lost_too() -> None:
    lost = {each.name for each in changed(UNSTATED, {"pods.security_group": "cluster"}) if each.loses}
    assert "pods from pods" in lost
    assert not lost & RULES


@pytest.mark.parametrize("group", ["cluster", "sg-0000000e"])
def test_a_group_without_rules_of_podspace_has_no_former_defaults(group: str) -> None:
    changes: Changes = {"pods.security_group": group, "cluster.host_network_ports": None}
    assert changed(changes, changes) == ()
    assert "former default" not in {each.kind for each in changed(changes, UNSTATED)}


def test_a_new_cluster_is_reported_as_well() -> None:
    new: Changes = {**A_NEW_CLUSTER, **UNSTATED}
    assert [each.kind for each in changed(new, new)] == ["former default"]


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_no_example_leaves_it_out(path: Any) -> None:
    plan = read_network_file(path).plan
    assert {change.kind for change in compare(plan, plan)} <= {FORMER_FLOW_LOG}
    assert not plan.pod_group.former_defaults


def test_a_config_with_newer_keys_was_not_deployed_by_a_former_version() -> None:
    group = {"egress": [{"to": "203.0.113.0/24"}]}
    newer: Changes = {"pods.security_group": group, "cluster.host_network_ports": None}
    assert changed(newer, newer) == ()


def test_a_group_that_is_a_mapping_keeps_its_other_keys() -> None:
    named: Changes = {"pods.security_group": {"name": "pods"}, "cluster.host_network_ports": []}
    (change,) = changed(named, named)
    assert "`ingress: vpc`" in change.advice.fix
    assert "pods.security_group" in change.advice.fix
