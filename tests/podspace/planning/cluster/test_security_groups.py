"""Limits of security groups; their rules are asserted where they are built."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from podspace.diagnostic import InputError
from podspace.planning import plan_of_data
from podspace.planning.cluster.security_groups import traffic
from tests.mother import AN_IPV6_CLUSTER, FORMER_RULES, ZONES, Changes, a_file, a_plan
from tests.planning_errors import Error, errors, remarks
from tests.stacks.configs import pod_groups


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
    party = [{"prefix_list": "pl-0000000d"}, "sg-0000000a", "10.9.0.0/16", "vpc"]
    group = {
        "ingress": [{"from": each} for each in party],
        "egress": [{"to": each} for each in party],
        "reaches": [{"id": "sg-000000dd", "ports": [1]}],
    }
    changes: Changes = {"cluster.node_security_group_ids": ["sg-0000000d"], "pods.security_group": group}
    plan = a_plan({**changes, "cluster.name": "a_b-c"}).pod_group
    texts = [*(rule.reason for rule in plan.rules), *(rule.reason for rule in plan.egress or ())]
    assert all(set(text) <= allowed for text in (plan.description, *texts))


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


INGRESS, EGRESS, REACHES = (f"pods.security_group.{key}" for key in ("ingress", "egress", "reaches"))
GROUP = "sg-0000000a"
EXISTS = {"id": "sg-0000000e"}
REFUSED: dict[str, tuple[dict[str, Any], list[Error]]] = {
    "ingress of the cluster's group": ({"kind": "cluster", "ingress": "vpc"}, [("rules-of-cluster-group", INGRESS, "")]),
    "no ingress of the cluster's group": ({"kind": "cluster", "ingress": []}, [("rules-of-cluster-group", INGRESS, "")]),
    "egress of the cluster's group": ({"kind": "cluster", "egress": []}, [("rules-of-cluster-group", EGRESS, "")]),
    "ingress of a group without rules": ({**EXISTS, "ingress": "vpc"}, [("rules-of-existing-group", INGRESS, "")]),
    "egress of an existing group": ({**EXISTS, "add_rules": True, "egress": []}, [("rules-of-existing-group", EGRESS, "")]),
    "a loopback address": ({"egress": [{"to": "127.0.0.1/32"}]}, [("loopback-in-rule", f"{EGRESS}[0].to", "127.0.0.1/32")]),
    "every address": (
        {"ingress": [{"from": "0.0.0.0/0", "ports": [443]}, {"from": GROUP}]},
        [("ingress-from-everywhere", f"{INGRESS}[0].from", "0.0.0.0/0")],
    ),
    "a source twice": ({"ingress": [{"from": GROUP}, {"from": GROUP}]}, [("group-rule-twice", f"{INGRESS}[1].from", "")]),
    "a port of a source twice": (
        {"ingress": [{"from": GROUP, "ports": [443]}, {"from": GROUP, "ports": [80, 443]}]},
        [("group-rule-twice", f"{INGRESS}[1].from", "")],
    ),
    "a block of the VPC twice": (
        {"ingress": [{"from": "vpc"}, {"from": "10.0.0.0/20"}]},
        [("group-rule-twice", f"{INGRESS}[1].from", "")],
    ),
    "a destination twice": ({"egress": [{"to": "pl-00000001"}, {"to": {"prefix_list": "pl-00000001", "max_entries": 2}}]}, [("group-rule-twice", f"{EGRESS}[1].to", "")]),
    "a reached port twice": (
        {"reaches": [{"id": GROUP, "ports": [5432]}, {"id": GROUP, "ports": [5432, 80]}]},
        [("group-rule-twice", f"{REACHES}[1].id", "")],
    ),
    "pods reach their own group": ({**EXISTS, "reaches": [{"id": EXISTS["id"], "ports": [80]}]}, [("reached-group-of-pods", f"{REACHES}[0].id", EXISTS["id"])]),
    "pods reach the cluster's group that they are in": (
        {"kind": "cluster", "reaches": [{"id": "sg-0123456789abcdef0", "ports": [80]}]},
        [("reached-group-of-pods", f"{REACHES}[0].id", "sg-0123456789abcdef0")],
    ),
    "an IPv6 source": ({"ingress": [{"from": "2001:db8::/56"}]}, [("ipv6-in-ipv4-cluster", f"{INGRESS}[0].from", "2001:db8::/56")]),
    "an IPv6 destination": ({"egress": [{"to": "2001:db8::/56"}]}, [("ipv6-in-ipv4-cluster", f"{EGRESS}[0].to", "2001:db8::/56")]),
    "a long prefix list": (
        {"ingress": [{"from": {"prefix_list": "pl-00000001", "max_entries": 59}}]},
        [("group-rule-quota", INGRESS, "61 ingress rules on one security group")],
    ),
    "a long prefix list of destinations": (
        {"egress": [{"to": {"prefix_list": "pl-00000001", "max_entries": 55}}]},
        [("group-rule-quota", EGRESS, "61 egress rules on one security group")],
    ),
    "many ports of a reached group": (
        {"reaches": [{"id": GROUP, "ports": list(range(1, 62))}]},
        [("group-rule-quota", REACHES, "61 ingress rules on one security group")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_rules_that_cannot_be_added_are_an_error(case: str) -> None:
    group, expected = REFUSED[case]
    assert errors({"pods.security_group": group}) == expected


PLACES_OF_GROUPS = [f"{INGRESS}[0].from", f"{EGRESS}[0].to", f"{REACHES}[0].id"]
GIVEN_GROUPS = {
    "ingress": [{"from": "given:alb", "ports": [8080]}],
    "egress": [{"to": "given:proxy", "ports": [3128]}],
    "reaches": [{"id": "given:database", "ports": [5432]}],
}


def test_rules_may_be_about_groups_that_a_cdk_app_passes_in() -> None:
    group = a_plan({"pods.security_group": GIVEN_GROUPS}).pod_group
    assert ("pods", "given:alb", (8080, 8080)) in {(rule.on, rule.source, rule.ports) for rule in group.rules}
    assert ("given:database", "pods", (5432, 5432)) in {(rule.on, rule.source, rule.ports) for rule in group.rules}
    reached = {(rule.to, rule.ports) for rule in group.egress or ()}
    assert {("given:proxy", (3128, 3128)), ("given:database", (5432, 5432))} <= reached
    assert set(group.passed_in) == {"alb", "proxy", "database"}
    assert not a_plan({"pods.security_group": {"ingress": [{"from": GROUP}]}}).pod_group.passed_in


def test_two_entries_of_one_given_group_with_an_equal_rule_are_an_error() -> None:
    entry = {"from": "given:alb", "ports": [8080]}
    assert errors({"pods.security_group": {"ingress": [entry, {"from": "given:other", "ports": [8080]}, entry]}}) == [
        ("group-rule-twice", f"{INGRESS}[2].from", "")
    ]


@pytest.mark.parametrize("party", ["given:", "given:Alb", "given:a b", "given"])
def test_a_given_group_is_a_word_with_a_short_name(party: str) -> None:
    group = {"ingress": [{"from": party}], "egress": [{"to": party}], "reaches": [{"id": party, "ports": [80]}]}
    with pytest.raises(InputError) as refused:
        plan_of_data(a_file({"pods.security_group": group}))
    assert [(each.id, each.location.path) for each in refused.value.diagnostics] == [
        ("invalid-config", place) for place in PLACES_OF_GROUPS
    ]


@pytest.mark.parametrize("party", ["${Token[TOKEN.7]}", object()])
def test_an_object_of_a_cdk_app_is_refused_with_the_keyword_to_pass_it_by(party: object) -> None:
    group = {"ingress": [{"from": party}], "egress": [{"to": party}], "reaches": [{"id": party, "ports": [80]}]}
    with pytest.raises(InputError) as refused:
        plan_of_data(a_file({"pods.security_group": group}))
    assert [(each.id, each.location.path) for each in refused.value.diagnostics] == [
        ("object-in-config", place) for place in PLACES_OF_GROUPS
    ]
    assert all("given:" in each.fix and "security_groups" in each.fix for each in refused.value.diagnostics)


@pytest.mark.parametrize(
    "group",
    [
        {"ingress": [{"from": GROUP, "ports": [443]}, {"from": GROUP, "ports": [80, "443/udp"]}]},
        {"ingress": [{"from": GROUP}], "egress": [{"to": GROUP}], "reaches": [{"id": GROUP, "ports": [80]}]},
        {"ingress": [{"from": {"prefix_list": "pl-00000001", "max_entries": 58}}]},
        {"egress": [{"to": {"prefix_list": "pl-00000001", "max_entries": 54}}]},
        {**EXISTS, "add_rules": True, "ingress": "vpc"},
        {**EXISTS, "reaches": [{"id": GROUP, "ports": [80]}]},
    ],
)
def test_rules_that_ec2_accepts_are_planned(group: dict[str, Any]) -> None:
    assert a_plan({"pods.security_group": group}).pod_group.rules


def test_rules_of_the_two_address_families_are_counted_apart() -> None:
    """The quota is for each of them."""
    blocks = [f"2001:db8:{n}::/56" for n in range(1, 51)]
    four = [{"from": f"10.9.{n}.0/24"} for n in range(50)]
    group = {"ingress": [{"from": "vpc"}, *four]}
    changes: Changes = {**AN_IPV6_CLUSTER, "vpc.ipv6_cidrs": blocks, "pods.security_group": group}
    assert len(a_plan({**changes, "pods.ipv6_subnets": {zone: [f"2001:db8:1:1{n}::/64"] for n, zone in enumerate(ZONES[:2])}}).pod_group.rules) > 100  # fmt: skip


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ({"ingress": [{"from": "pl-00000001"}]}, {"prefix-list-size": "note"}),
        ({"ingress": [{"from": {"prefix_list": "pl-00000001", "max_entries": 1}}]}, {}),
        ({"ingress": [{"from": "vpc"}, {"from": "10.0.1.0/24", "ports": [443]}]}, {"group-rule-covered": "note"}),
        ({"ingress": [{"from": "vpc", "ports": [443]}, {"from": "10.0.1.0/24", "ports": [80]}]}, {}),
        ({"ingress": [{"from": "vpc", "ports": ["400-500"]}, {"from": "10.0.1.0/24", "ports": [443]}]}, {"group-rule-covered": "note"}),
        ({"ingress": [{"from": "sg-0123456789abcdef0", "ports": [443]}]}, {"group-rule-covered": "note"}),
        ({"kind": "cluster", "reaches": [{"id": GROUP, "ports": [80]}]}, {"reached-by-cluster-group": "note"}),
        ({"egress": []}, {"pod-egress-not-filtered": "warning"}),
        ({"egress": [{"to": "sg-0123456789abcdef0", "ports": [443]}]}, {"pod-egress-not-filtered": "warning", "group-rule-covered": "note"}),
        ({"egress": [{"to": "10.0.1.0/24"}, {"to": "vpc"}]}, {"pod-egress-not-filtered": "warning", "group-rule-covered": "note"}),
    ],
)  # fmt: skip
def test_rules_that_do_less_than_they_seem_to_are_remarked(group: dict[str, Any], expected: dict[str, str]) -> None:
    base = remarks({})
    found = remarks({"pods.security_group": group})
    assert {id: severity for id, severity in found.items() if id not in base} == expected


def test_under_disabled_the_pods_group_filters_all_egress() -> None:
    disabled: Changes = {"node_classes": [{"name": "class", "snat_policy": "Disabled"}]}
    assert "pod-egress-not-filtered" not in remarks({**disabled, "pods.security_group": {"egress": []}})


@pytest.mark.parametrize("direction", [{"ingress": [{"from": "10.9.0.0/16"}]}, {"egress": [{"to": "10.9.0.0/16"}]}])
def test_ipv4_rules_of_an_ipv6_cluster_are_remarked(direction: dict[str, Any]) -> None:
    found = remarks({**AN_IPV6_CLUSTER, "pods.security_group": direction})
    assert found["ipv4-in-ipv6-cluster"] == "warning"
    assert "ipv4-in-ipv6-cluster" not in remarks({"pods.security_group": direction})


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({"pods.security_group": None, "cluster.host_network_ports": None}, [INGRESS, "cluster.host_network_ports"]),
        ({"pods.security_group": "dedicated"}, [INGRESS]),
        ({"cluster.host_network_ports": None}, ["cluster.host_network_ports"]),
        ({"pods.security_group": {**EXISTS, "add_rules": True}}, [INGRESS]),
        ({"pods.security_group": EXISTS, "cluster.host_network_ports": None}, []),
        ({"pods.security_group": "cluster", "cluster.host_network_ports": None}, []),
        ({}, []),
        (FORMER_RULES, []),
    ],
)
def test_a_key_whose_default_has_changed_is_known_if_it_is_left_out(changes: Changes, keys: list[str]) -> None:
    assert [each.key for each in a_plan(changes).pod_group.former_defaults] == keys


@pytest.mark.parametrize(
    "group",
    [{"kind": "dedicated"}, {"kind": "dedicated", "name": 'a: "b"'}, {**EXISTS, "add_rules": True}],
)
def test_the_lines_of_a_former_default_keep_or_drop_its_rules(group: dict[str, Any]) -> None:
    """Written into the config, as YAML."""
    changes: Changes = {"pods.security_group": group, "cluster.host_network_ports": None}
    left_out = a_plan(changes).pod_group
    for line, expected in (("keeps", {rule for each in left_out.former_defaults for rule in each.rules}), ("drops", set())):  # fmt: skip
        written: dict[str, Any] = {}
        for each in left_out.former_defaults:
            ((key, value),) = yaml.safe_load(getattr(each, line)).items()
            written[f"{each.section}.{key}"] = value
        stated = a_plan({**changes, **written}).pod_group
        assert not stated.former_defaults
        assert set(stated.rules) - set(left_out.rules) == expected
        assert stated.tags == left_out.tags


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


@given(pod_groups(), st.sampled_from([[], [NODES]]), st.sampled_from([[], [9100, "53/udp"]]))
def test_what_any_group_admits_from_pods_they_may_reach(group: Any, nodes: list[str], ports: list[Any]) -> None:
    """And no group gets two equal rules."""
    changes = {"cluster.node_security_group_ids": nodes, "cluster.host_network_ports": ports}
    plan = a_plan({**changes, "pods.security_group": group, "endpoints": {"interfaces": {"services": ["sts"]}}})
    rules, egress = plan.pod_group.rules, plan.pod_group.egress
    assert plan.endpoints
    for each in (rules, (*(egress or ()), *plan.endpoints.egress)):
        assert len({traffic(rule) for rule in each}) == len(each)
    if egress is not None:
        allowed = {(rule.to, rule.protocol, rule.ports) for rule in egress}
        assert {(rule.on, rule.protocol, rule.ports) for rule in rules if rule.source == "pods"} <= allowed


def test_entries_of_one_direction_do_not_cover_those_of_the_other() -> None:
    """Answers need no rule, and what pods admit is not what they may reach."""
    partner = "203.0.113.0/24"
    group = {"ingress": [{"from": partner}], "egress": [{"to": partner, "ports": [443]}]}
    assert "group-rule-covered" not in remarks({"pods.security_group": group})
    covered = {"egress": [{"to": partner}, {"to": partner, "ports": [443]}]}
    assert "group-rule-covered" in remarks({"pods.security_group": covered})


DISABLED = {"node_classes.0.snat_policy": "Disabled"}


@pytest.mark.parametrize(
    ("egress", "reported"),
    [
        ([], True),
        ([{"to": "10.0.0.0/24"}], True),
        ([{"to": "203.0.113.0/24"}], False),
        ([{"to": {"prefix_list": "pl-00000001", "max_entries": 1}}], False),
    ],
)
def test_a_route_that_the_egress_list_allows_nothing_of_is_reported(egress: list[Any], reported: bool) -> None:
    changes = {"pods.security_group": {"ingress": [], "egress": egress}, **DISABLED}
    assert ("route-without-egress-rule" in remarks(changes)) is reported
    assert "route-without-egress-rule" not in remarks({**DISABLED, "pods.security_group": {"ingress": []}})


def test_a_group_that_pods_may_reach_and_that_no_rule_opens_is_reported() -> None:
    listed = {"egress": [{"to": GROUP, "ports": [5432]}]}
    assert "egress-without-ingress" in remarks({"pods.security_group": listed})
    both = {**listed, "reaches": [{"id": GROUP, "ports": [5432]}]}
    assert "egress-without-ingress" not in remarks({"pods.security_group": both})


def test_rules_to_endpoints_count_against_the_quota() -> None:
    group = {"egress": [{"to": {"prefix_list": "pl-00000001", "max_entries": 54}}]}
    assert a_plan({"pods.security_group": group}).pod_group.egress
    with_endpoints = {"pods.security_group": group, "endpoints.interfaces": {"services": ["sts"]}}
    assert errors(with_endpoints) == [("group-rule-quota", EGRESS, "61 egress rules on one security group")]
