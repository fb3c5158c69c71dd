"""Who may reach whom: the rules on the pod group, the cluster's group and the nodes' groups."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Match, Template

from constructs_lib import PodSecurityGroup
from tests.mother import AN_IPV6_CLUSTER, FORMER_RULES, Changes, a_plan
from tests.template import a_stack, a_vpc, properties, resources, tags_of, target, the

CLUSTER = "sg-0123456789abcdef0"
NODES = "sg-0000000d"
POD_GROUP = "the pod group"

Rule = tuple[str, str, str]


def synthesised(changes: Changes | None = None, cluster: str | None = CLUSTER) -> Template:
    stack = a_stack()
    plan = a_plan(changes).pod_group
    PodSecurityGroup(stack, "PodGroup", plan=plan, vpc=a_vpc(stack), cluster_security_group=cluster)
    return Template.from_stack(stack)


def rules(template: Template, direction: str = "Ingress") -> set[Rule]:
    """(on, from or to, ports) of every ingress or egress rule."""
    groups = resources(template, "AWS::EC2::SecurityGroup")
    peer = {"Ingress": "Source", "Egress": "Destination"}[direction]

    def group(value: Any) -> str:
        return POD_GROUP if target(value) in groups else str(value)

    def ports(rule: dict[str, Any]) -> str:
        return "all" if rule["IpProtocol"] == "-1" else f"{rule['IpProtocol']} {rule['FromPort']}-{rule['ToPort']}"

    def other(rule: dict[str, Any]) -> str:
        (value,) = (
            rule[key] for key in ("CidrIp", "CidrIpv6", f"{peer}SecurityGroupId", f"{peer}PrefixListId") if key in rule
        )
        return group(value)

    return {
        (group(rule["GroupId"]), other(rule), ports(rule))
        for rule in properties(template, f"AWS::EC2::SecurityGroup{direction}")
    }


NEEDED = {
    (POD_GROUP, POD_GROUP, "all"),
    (POD_GROUP, CLUSTER, "all"),
    (CLUSTER, POD_GROUP, "tcp 443-443"),
    (CLUSTER, POD_GROUP, "tcp 10250-10250"),
}


@pytest.mark.parametrize("group", [None, "dedicated", {"ingress": []}, {"egress": []}])
def test_by_default_groups_admit_what_kubernetes_needs_and_nothing_else(group: object) -> None:
    assert rules(synthesised({"pods.security_group": group, "cluster.host_network_ports": None})) == NEEDED


def test_the_cidr_blocks_of_the_vpc_and_ports_of_nodes_are_admitted_on_request() -> None:
    assert rules(synthesised(FORMER_RULES)) - NEEDED == {
        (POD_GROUP, "10.0.0.0/20", "all"),
        (POD_GROUP, "100.64.0.0/16", "all"),
        (CLUSTER, POD_GROUP, "tcp 9100-9100"),
    }


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("vpc", {"10.0.0.0/20", "100.64.0.0/16"}),
        ("10.9.0.0/16", {"10.9.0.0/16"}),
        ("pl-000000aa", {"pl-000000aa"}),
        ({"prefix_list": "pl-000000aa", "max_entries": 10}, {"pl-000000aa"}),
        ("sg-000000aa", {"sg-000000aa"}),
    ],
)
def test_each_source_is_admitted_on_each_of_its_ports(source: object, expected: set[str]) -> None:
    entry = {"from": source, "ports": [443, "8080-8090", "53/udp"]}
    ports = {"tcp 443-443", "tcp 8080-8090", "udp 53-53"}
    found = rules(synthesised({"pods.security_group": {"ingress": [entry]}}))
    assert found - NEEDED == {(POD_GROUP, each, numbers) for each in expected for numbers in ports}


def test_a_source_without_ports_is_admitted_on_all() -> None:
    found = rules(synthesised({"pods.security_group": {"ingress": [{"from": "sg-000000aa"}]}}))
    assert found - NEEDED == {(POD_GROUP, "sg-000000aa", "all")}


def test_the_cluster_group_as_a_source_gets_no_second_rule() -> None:
    assert rules(synthesised({"pods.security_group": {"ingress": [{"from": CLUSTER}]}})) == NEEDED


DATABASE = {"id": "sg-000000dd", "ports": [5432]}


@pytest.mark.parametrize(
    "kind", [{"kind": "dedicated"}, {"id": "sg-0000000e"}, {"id": "sg-0000000e", "add_rules": True}]
)
def test_a_reached_group_admits_the_pods(kind: dict[str, Any]) -> None:
    found = rules(synthesised({"pods.security_group": {**kind, "reaches": [DATABASE]}}))
    pods = kind.get("id", POD_GROUP)
    assert ("sg-000000dd", pods, "tcp 5432-5432") in found


def test_a_reached_group_admits_pods_in_the_clusters_group() -> None:
    template = synthesised({"pods.security_group": {"kind": "cluster", "reaches": [DATABASE]}})
    assert rules(template) == {("sg-000000dd", CLUSTER, "tcp 5432-5432")}


def test_rules_of_reached_groups_alone_need_no_cluster_group() -> None:
    group = {"id": "sg-0000000e", "reaches": [DATABASE]}
    changes: Changes = {"pods.security_group": group, "cluster.security_group_id": None}
    assert len(rules(synthesised(changes, cluster=None))) == 1


def test_a_list_of_egress_keeps_what_pods_cannot_work_without() -> None:
    group = {"egress": [{"to": "10.9.0.0/16", "ports": [443]}, {"to": "pl-000000aa"}], "reaches": [DATABASE]}
    template = synthesised({"pods.security_group": group, "cluster.host_network_ports": [9100]})
    assert rules(template, "Egress") == {
        (POD_GROUP, POD_GROUP, "all"),
        (POD_GROUP, CLUSTER, "tcp 443-443"),
        (POD_GROUP, CLUSTER, "tcp 10250-10250"),
        (POD_GROUP, CLUSTER, "tcp 9100-9100"),
        (POD_GROUP, CLUSTER, "tcp 53-53"),
        (POD_GROUP, CLUSTER, "udp 53-53"),
        (POD_GROUP, "sg-000000dd", "tcp 5432-5432"),
        (POD_GROUP, "10.9.0.0/16", "tcp 443-443"),
        (POD_GROUP, "pl-000000aa", "all"),
    }


@pytest.mark.parametrize("nodes", [[], [NODES]])
def test_what_a_group_admits_from_pods_a_list_of_egress_allows(nodes: list[str]) -> None:
    group = {"egress": [], "reaches": [DATABASE]}
    changes = {"pods.security_group": group, "cluster.node_security_group_ids": nodes}
    template = synthesised({**changes, "cluster.host_network_ports": ["53/udp"]})
    admitted = {(on, ports) for on, source, ports in rules(template) if source == POD_GROUP}
    allowed = {(to, ports) for _, to, ports in rules(template, "Egress")}
    assert admitted <= allowed


def test_a_list_of_egress_takes_the_place_of_the_rule_to_everywhere() -> None:
    """EC2 creates that rule in a group without another one."""
    template = synthesised({"pods.security_group": {"egress": []}})
    (rule,) = the(template, "AWS::EC2::SecurityGroup")["SecurityGroupEgress"]
    assert rule["CidrIp"] == "127.0.0.1/32"
    template.resource_count_is("AWS::EC2::SecurityGroupIngress", len(NEEDED))


@pytest.mark.parametrize(("egress", "is_open"), [(None, True), ([], False)])
def test_further_egress_rules_can_be_added_to_a_list(egress: object, is_open: bool) -> None:
    stack = a_stack()
    plan = a_plan({"pods.security_group": {"egress": egress} if egress is not None else {}}).pod_group
    made = PodSecurityGroup(stack, "PodGroup", plan=plan, vpc=a_vpc(stack), cluster_security_group=CLUSTER)
    made.security_group.add_egress_rule(ec2.Peer.ipv4("10.9.0.0/16"), ec2.Port.tcp(8080))
    rule = (POD_GROUP, "10.9.0.0/16", "tcp 8080-8080")
    assert (rule in rules(Template.from_stack(stack), "Egress")) is not is_open


def test_nodes_with_a_group_of_their_own_admit_pods_by_that_group() -> None:
    found = rules(
        synthesised({"cluster.node_security_group_ids": [NODES], "cluster.host_network_ports": ["30000-32767"]})
    )
    assert {rule for rule in found if rule[0] == CLUSTER} == {(CLUSTER, POD_GROUP, "tcp 443-443")}
    assert {rule for rule in found if rule[0] == NODES} == {
        (NODES, POD_GROUP, "tcp 10250-10250"),
        (NODES, POD_GROUP, "tcp 30000-32767"),
    }
    assert (POD_GROUP, NODES, "all") in found


@pytest.mark.parametrize("port", [443, 10250])
def test_a_port_that_is_open_already_is_not_opened_twice(port: int) -> None:
    """EC2 refuses a rule that exists."""
    template = synthesised({"cluster.host_network_ports": [port]})
    template.resource_count_is("AWS::EC2::SecurityGroupIngress", len(NEEDED))
    assert rules(template) == NEEDED


def test_the_clusters_own_group_needs_no_rule() -> None:
    assert not resources(synthesised({"pods.security_group": "cluster"}))


def test_an_existing_group_is_not_changed() -> None:
    assert not resources(synthesised({"pods.security_group": "sg-0000000e"}, cluster=None))


def test_an_existing_group_gets_the_rules_if_requested() -> None:
    dedicated = rules(synthesised())
    found = rules(synthesised({"pods.security_group": {"id": "sg-0000000e", "add_rules": True}}))
    assert {tuple(part.replace("sg-0000000e", POD_GROUP) for part in rule) for rule in found} == dedicated


def test_the_internet_is_not_admitted() -> None:
    template = synthesised()
    assert "SecurityGroupIngress" not in the(template, "AWS::EC2::SecurityGroup")
    assert all(rule[1] not in {"0.0.0.0/0", "::/0"} for rule in rules(template))


def test_pods_may_reach_everything() -> None:
    template = synthesised()
    template.resource_count_is("AWS::EC2::SecurityGroup", 1)
    everything = {"CidrIp": "0.0.0.0/0", "IpProtocol": "-1"}
    template.has_resource_properties("AWS::EC2::SecurityGroup", {"SecurityGroupEgress": [everything]})


def test_every_rule_says_what_it_is_for() -> None:
    described = {"Description": Match.string_like_regexp(".")}
    synthesised().all_resources_properties("AWS::EC2::SecurityGroupIngress", described)


def test_the_group_has_a_name_tag_but_no_fixed_group_name() -> None:
    """A fixed GroupName makes a replacement fail: the old group still has it."""
    group = the(
        synthesised({"pods.security_group": {"name": "cgnat-overlay-sg"}, "stack.tags": {"team": "net"}}),
        "AWS::EC2::SecurityGroup",
    )
    tags = tags_of(group)
    assert "GroupName" not in group
    assert group["VpcId"] == "vpc-0123456789abcdef0"
    assert tags["Name"] == "cgnat-overlay-sg"
    assert tags["team"] == "net"
    assert tags["podspace/cluster/net"] == "pods"


def test_the_load_balancer_controller_may_edit_the_group() -> None:
    assert tags_of(the(synthesised(), "AWS::EC2::SecurityGroup"))["eks:eks-cluster-name"] == "cluster"


def test_the_cluster_group_is_needed_if_the_plan_uses_it() -> None:
    with pytest.raises(ValueError, match="cluster_security_group is missing"):
        synthesised(cluster=None)
    with pytest.raises(ValueError, match="cluster_security_group is missing"):
        synthesised({"pods.security_group": "cluster", "cluster.security_group_id": None}, cluster=None)


def test_the_cluster_group_that_the_config_names_need_not_be_passed_in() -> None:
    changes: Changes = {"pods.security_group": "cluster"}
    for cluster in (None, CLUSTER):
        made = PodSecurityGroup(
            a_stack(), "PodGroup", plan=a_plan(changes).pod_group, vpc="vpc-1", cluster_security_group=cluster
        )
        assert made.security_group_id == CLUSTER
    with pytest.raises(ValueError, match=f"cluster_security_group is sg-1, but the config has {CLUSTER}"):
        synthesised(changes, cluster="sg-1")


GIVEN_GROUPS: Changes = {
    "pods.security_group": {
        "ingress": [{"from": "given:alb", "ports": [8080]}],
        "egress": [{"to": "given:proxy", "ports": [3128]}],
        "reaches": [{"id": "given:database", "ports": [5432]}],
    }
}


def with_groups(changes: Changes, **groups: str | ec2.ISecurityGroup) -> Template:
    stack = a_stack()
    plan = a_plan(changes).pod_group
    keywords: dict[str, Any] = {"vpc": a_vpc(stack), "cluster_security_group": CLUSTER, "security_groups": groups}
    PodSecurityGroup(stack, "PodSecurityGroup", plan=plan, **keywords)
    return Template.from_stack(stack)


def test_groups_that_are_passed_in_get_the_rules_of_their_names() -> None:
    template = with_groups(GIVEN_GROUPS, alb="sg-000000a1", proxy="sg-000000b1", database="sg-000000dd")
    assert {(POD_GROUP, "sg-000000a1", "tcp 8080-8080"), ("sg-000000dd", POD_GROUP, "tcp 5432-5432")} <= rules(template)
    assert {(POD_GROUP, "sg-000000b1", "tcp 3128-3128"), (POD_GROUP, "sg-000000dd", "tcp 5432-5432")} <= rules(
        template, "Egress"
    )


def test_rules_of_given_groups_have_the_logical_ids_of_the_inventory() -> None:
    """They follow from the name, not from the group that is passed in."""
    planned = {each.logical_id for each in a_plan(GIVEN_GROUPS).resources() if each.path[0] == "PodSecurityGroup"}
    for database in ("sg-000000d1", "sg-000000d2"):
        template = with_groups(GIVEN_GROUPS, alb="sg-000000a1", proxy="sg-000000b1", database=database)
        made = {kind: resources(template, f"AWS::EC2::SecurityGroup{kind}") for kind in ("", "Ingress", "Egress")}
        assert {id for each in made.values() for id in each} == planned


@pytest.mark.parametrize(
    ("changes", "groups", "named"),
    [
        (GIVEN_GROUPS, {"alb": "sg-000000a1", "proxy": "sg-000000b1"}, "security_groups has nothing for database"),
        ({}, {"alb": "sg-000000a1"}, "security_groups has alb, which the plan does not use"),
        (GIVEN_GROUPS, {"alb": "vpc-1", "proxy": "sg-000000b1", "database": "sg-000000dd"}, "'vpc-1' is not an AWS id"),
    ],
)
def test_groups_that_are_missing_superfluous_or_no_groups_are_refused(
    changes: Changes, groups: dict[str, str], named: str
) -> None:
    with pytest.raises(ValueError, match=named):
        with_groups(changes, **groups)


@pytest.mark.parametrize(("other", "equal"), [("sg-000000a1", True), ("sg-000000a2", False)])
def test_one_group_under_two_names_with_an_equal_rule_is_refused(other: str, equal: bool) -> None:
    entries = [{"from": f"given:{name}", "ports": [8080]} for name in ("alb", "other")]
    with pytest.raises(ValueError, match="security_groups") if equal else nullcontext():
        with_groups({"pods.security_group": {"ingress": entries}}, alb="sg-000000a1", other=other)


def test_the_clusters_group_is_not_passed_in_for_a_rule_that_it_has() -> None:
    changes: Changes = {"pods.security_group": {"reaches": [{"id": "given:api", "ports": [443]}]}}
    with pytest.raises(ValueError, match="security_groups"):
        with_groups(changes, api=CLUSTER)


def test_the_group_is_open_to_further_rules() -> None:
    stack = a_stack()
    made = PodSecurityGroup(
        stack, "PodGroup", plan=a_plan().pod_group, vpc=a_vpc(stack), cluster_security_group=CLUSTER
    )
    for port in (8080, 8081):
        made.security_group.add_ingress_rule(ec2.Peer.ipv4("10.9.0.0/16"), ec2.Port.tcp(port))
    assert {(POD_GROUP, "10.9.0.0/16", f"tcp {port}-{port}") for port in (8080, 8081)} <= rules(
        Template.from_stack(stack)
    )


def test_a_group_that_is_no_group_is_refused() -> None:
    with pytest.raises(ValueError, match="'my-group' is not an AWS id that begins with sg-"):
        synthesised(cluster="my-group")


def test_in_an_ipv6_cluster_pods_are_reached_and_reach_out_by_ipv6_too() -> None:
    template = synthesised({**AN_IPV6_CLUSTER, "pods.security_group": {"ingress": "vpc"}})
    egress = the(template, "AWS::EC2::SecurityGroup")["SecurityGroupEgress"]
    assert {rule.get("CidrIp") or rule["CidrIpv6"] for rule in egress} == {"0.0.0.0/0", "::/0"}
    six = [rule for rule in properties(template, "AWS::EC2::SecurityGroupIngress") if "CidrIpv6" in rule]
    assert [(rule["CidrIpv6"], rule["IpProtocol"]) for rule in six] == [("2001:db8:1::/56", "-1")]
    assert all("CidrIp" not in rule for rule in six)
