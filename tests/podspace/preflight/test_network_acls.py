"""Network ACLs: what they drop of the traffic of pods, for certain or in part."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.diagnostic import Diagnostic
from podspace.live.aws import call
from podspace.preflight import preflight
from tests.canned_account import (
    DEFAULT_ACL,
    Answers,
    a_sound_account,
    a_subnet,
    an_acl,
    an_entry,
    both_ways,
    denied,
)
from tests.mother import AN_IPV6_CLUSTER, Changes, a_plan

NODE_SUBNET = "subnet-0000000a"
OTHER = "subnet-000000d1"
OTHERS = [a_subnet(OTHER, "a", "10.0.8.0/24")]
PODS = "100.64.0.0/17"
"""The addresses of the pod subnets."""
ADOPTED: Changes = {"pods": {"subnet_ids": {"eu-west-1a": [OTHER]}}, "egress": []}


def reported(*acls: dict[str, Any], changes: Changes | None = None, **answers: Any) -> list[Diagnostic]:
    """What is reported of network ACLs in a VPC with these next to its default one."""
    sound = a_sound_account()._canned["DescribeSubnets"]
    given: Answers = {"DescribeNetworkAcls": [DEFAULT_ACL, *acls], "DescribeSubnets": [*sound, *OTHERS], **answers}
    return [each for each in preflight(a_plan(changes), a_sound_account(given)) if each.id == "network-acls"]


def severities(*entries: dict[str, Any], subnet: str = OTHER, changes: Changes | None = None) -> list[str]:
    return [each.severity for each in reported(an_acl(*entries, subnets=(subnet,)), changes=changes)]


OPEN = both_ways(100, "allow")
TO_NODES = both_ways(100, "allow", "10.0.0.0/8")
ANSWERS = an_entry(100, "allow", ports=(1024, 65535), egress=True)


@pytest.mark.parametrize("subnet", [NODE_SUBNET, OTHER])
@pytest.mark.parametrize(
    ("entries", "severity"),
    [
        (OPEN, "ok"),
        ([*TO_NODES, *both_ways(110, "allow", "100.64.0.0/10")], "ok"),
        ([*TO_NODES, *both_ways(110, "allow", "100.64.0.0/18"), *both_ways(111, "allow", "100.64.64.0/18")], "ok"),
        (TO_NODES, "warning"),
        ([*both_ways(50, "deny", "100.64.0.0/10"), *OPEN], "warning"),
        ([*both_ways(150, "deny", "100.64.0.0/10"), *OPEN], "ok"),
        ([*TO_NODES, an_entry(110, "allow", PODS)], "warning"),
        ([*TO_NODES, an_entry(110, "allow", PODS, egress=True)], "warning"),
        ([*TO_NODES, an_entry(110, "allow", PODS), an_entry(110, "allow", PODS, ports=(1024, 65535), egress=True)], "warning"),
        ([an_entry(100, "allow", ports=(5432, 5432)), ANSWERS], "ok"),
        ([an_entry(100, "allow", "10.0.0.0/8", ports=(5432, 5432)), ANSWERS], "warning"),
        ([*TO_NODES, *both_ways(110, "allow", "100.64.0.0/18")], "note"),
        ([*both_ways(50, "deny", "100.64.5.0/24"), *OPEN], "note"),
    ],
)  # fmt: skip
def test_what_is_passed_to_nodes_is_passed_to_pods(entries: list[dict[str, Any]], severity: str, subnet: str) -> None:
    """A drop for every pod is a warning, and one for some of them a note."""
    assert severities(*entries, subnet=subnet) == [severity]


@pytest.mark.parametrize(
    ("entries", "elsewhere", "where_pods_must_reach"),
    [
        ([], "ok", "warning"),
        ([an_entry(100, "allow")], "ok", "warning"),
        ([an_entry(100, "allow", egress=True)], "ok", "warning"),
        ([an_entry(100, "allow"), an_entry(100, "allow", ports=(443, 443), egress=True)], "ok", "warning"),
        ([an_entry(100, "allow"), an_entry(100, "allow", ports=(32768, 60999), egress=True)], "ok", "ok"),
        ([an_entry(100, "allow"), an_entry(100, "allow", ports=(49152, 65535), egress=True)], "ok", "warning"),
    ],
)
def test_answers_and_traffic_that_nodes_lack_too_are_reported_where_all_pods_need_them(
    entries: list[dict[str, Any]], elsewhere: str, where_pods_must_reach: str
) -> None:
    """The subnets of nodes, the control plane and endpoints; in others nobody may be meant to connect."""
    assert severities(*entries) == [elsewhere]
    assert severities(*entries, subnet=NODE_SUBNET) == [where_pods_must_reach]
    endpoint = {"VpcEndpointId": "vpce-1", "VpcEndpointType": "Interface", "SubnetIds": [OTHER]}
    with_endpoint = reported(an_acl(*entries, subnets=(OTHER,)), DescribeVpcEndpoints=[endpoint])
    assert [each.severity for each in with_endpoint] == [where_pods_must_reach]


@pytest.mark.parametrize(
    ("entries", "severity"),
    [
        (OPEN, "ok"),
        ([], "warning"),
        ([*both_ways(100, "allow", "10.0.0.0/20")], "ok"),
        ([*both_ways(100, "allow", "10.0.1.0/24")], "warning"),
        ([an_entry(100, "allow"), ANSWERS], "ok"),
        ([an_entry(100, "allow"), an_entry(100, "allow", ports=(1024, 40000), egress=True)], "warning"),
        ([*both_ways(50, "deny", "10.0.1.0/25"), *OPEN], "note"),
    ],
)
def test_the_network_acl_of_adopted_pod_subnets_passes_nodes_and_answers(
    entries: list[dict[str, Any]], severity: str
) -> None:
    found = severities(*entries, changes=ADOPTED)
    assert found[:1] == [severity]


def test_new_pod_subnets_get_the_default_network_acl() -> None:
    """Which is what EC2 does with a new subnet."""
    closed = {**DEFAULT_ACL, "Entries": both_ways(100, "allow", "10.0.0.0/8"), "Associations": []}
    found = reported(DescribeNetworkAcls=[closed])
    assert [each.severity for each in found] == ["warning"]
    assert "new pod subnets" in found[0].subject
    deployed = [
        a_subnet(f"subnet-00000c{letter}{letter}", letter, cidr, tags=a_plan().pods.selector)
        for letter, cidr in (("a", "100.64.0.0/18"), ("b", "100.64.64.0/18"))
    ]
    opened = an_acl(*OPEN, subnets=tuple(each["SubnetId"] for each in deployed))
    assert [each.severity for each in reported(DescribeNetworkAcls=[closed, opened], DescribeSubnets=deployed)] == [
        "ok"
    ]


def test_a_drop_has_its_direction_addresses_and_ports() -> None:
    acl = an_acl(*TO_NODES, an_entry(110, "allow", PODS), ANSWERS, name="acl-9", subnets=(OTHER,))
    (found,) = reported(acl)
    assert found.subject == f"acl-9 of {OTHER}"
    assert f"out to {PODS}" in found.message
    assert "1-1023" in found.message
    assert f"in from {PODS}" not in found.message
    assert PODS in found.fix


def test_addresses_inside_others_are_not_reported_twice() -> None:
    """The node subnets and the adopted pod subnet are inside the primary CIDR block, 10.0.0.0/20."""
    found = reported(an_acl(an_entry(100, "allow"), subnets=(OTHER,)), changes=ADOPTED)[0]
    assert "10.0.0.0/20" in found.message
    assert "10.0.0.0/20" in found.fix
    assert "/24" not in found.message + found.fix


@pytest.mark.parametrize(
    ("entries", "severity"),
    [
        ([*OPEN, *both_ways(101, "allow", "::/0")], "ok"),
        (OPEN, "warning"),
        ([*OPEN, *both_ways(50, "deny", "2001:db8:1:10::/60"), *both_ways(101, "allow", "::/0")], "warning"),
    ],
)
def test_in_an_ipv6_cluster_entries_of_ipv6_count(entries: list[dict[str, Any]], severity: str) -> None:
    assert severities(*entries, subnet=NODE_SUBNET, changes=AN_IPV6_CLUSTER) == [severity]


def test_network_acls_that_cannot_be_read_are_unknown_and_those_of_another_account_a_note() -> None:
    unread = reported(DescribeNetworkAcls=denied(call.DESCRIBE_NETWORK_ACLS))
    assert [(each.severity, each.subject) for each in unread] == [("unknown", "ec2:DescribeNetworkAcls")]
    assert [each.severity for each in reported(DescribeNetworkAcls=[])] == ["note"]
    no_cluster = reported(an_acl(*TO_NODES, subnets=(OTHER,)), DescribeCluster=denied(call.DESCRIBE_CLUSTER))
    assert [each.severity for each in no_cluster] == ["warning"]
