"""Limits of security groups; their rules are asserted where they are built."""

from __future__ import annotations

import pytest

from tests.mother import Changes, a_plan
from tests.planning_errors import Error, errors


def ports(count: int) -> Changes:
    return {"cluster.host_network_ports": list(range(20000, 20000 + count))}


def test_a_group_may_hold_sixty_rules() -> None:
    rules = a_plan(ports(58)).pod_group.rules
    assert sum(rule.on == "cluster" for rule in rules) == 60


def test_a_group_with_more_rules_is_an_error() -> None:
    quota = ("group-rule-quota", "cluster.host_network_ports", "61 ingress rules on one security group")
    assert errors(ports(59)) == [quota]


def test_descriptions_use_only_what_ec2_allows() -> None:
    allowed = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789. _-:/()#,@[]+=&;{}!$*")
    plan = a_plan({"cluster.node_security_group_ids": ["sg-0000000d"]}).pod_group
    assert all(set(text) <= allowed for text in (plan.description, *(rule.reason for rule in plan.rules)))


NODES = "sg-0000000d"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"cluster.node_security_group_ids": ["sg-0123456789abcdef0"]},
            ("node-group-twice", "cluster.node_security_group_ids[0]", "sg-0123456789abcdef0"),
        ),
        (
            {"cluster.node_security_group_ids": [NODES, NODES]},
            ("node-group-twice", "cluster.node_security_group_ids[1]", NODES),
        ),
        (
            {"pods.security_group": "sg-0123456789abcdef0"},
            ("pod-group-of-others", "pods.security_group", "sg-0123456789abcdef0"),
        ),
        (
            {"pods.security_group": NODES, "cluster.node_security_group_ids": [NODES]},
            ("pod-group-of-others", "pods.security_group", NODES),
        ),
    ],
)
def test_a_group_in_two_roles_is_an_error(changes: Changes, expected: Error) -> None:
    """Two equal rules on one group: EC2 refuses the second."""
    assert errors(changes) == [expected]


def test_no_rule_is_planned_twice() -> None:
    served = ["443", "10250", "9100", "9100/tcp", "53/udp", "53/tcp"]
    rules = a_plan({"cluster.host_network_ports": served}).pod_group.rules
    ports = [(rule.on, rule.source, rule.protocol, rule.ports) for rule in rules]
    assert len(ports) == len(set(ports))
    assert {(p, f) for on, _, p, r in ports if on == "cluster" and r for f in r[:1]} == {
        ("tcp", 443), ("tcp", 10250), ("tcp", 9100), ("udp", 53), ("tcp", 53)
    }  # fmt: skip


def test_nodes_apart_from_pods_in_the_clusters_group_are_remarked() -> None:
    plan = a_plan({"pods.security_group": "cluster", "cluster.node_security_group_ids": [NODES], "egress": []})
    assert [remark.id for remark in plan.remarks] == ["nodes-apart"]
