"""Appliances, VPC peering connections and prefix lists: preflight compares them with what the account has."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.diagnostic import Diagnostic
from podspace.live.aws import call
from podspace.preflight import preflight
from tests.canned_account import NODES, PUBLIC, VPC, Answers, a_peering, a_sound_account, a_subnet, denied
from tests.mother import AN_IPV6_CLUSTER, Changes, a_plan

POD_SUBNET = a_subnet("subnet-0000000c", "a", "100.64.0.0/18", tags=a_plan().pods.selector)


def found(check: str, answers: Answers, changes: Changes) -> list[Diagnostic]:
    diagnostics = preflight(a_plan(changes), a_sound_account(answers))
    return [each for each in diagnostics if each.id == check]


def severities(check: str, answers: Answers, changes: Changes) -> list[tuple[str, str]]:
    return [(each.severity, each.subject) for each in found(check, answers, changes)]


def by(appliances: Any) -> Changes:
    return {"egress": [{"to": "internet", "appliances": appliances}]}


def an_interface(id: str = "eni-0000000a", **changes: Any) -> dict[str, Any]:
    interface = {"NetworkInterfaceId": id, "SubnetId": "subnet-000000aa", "Status": "in-use", "SourceDestCheck": False}
    return {**interface, **changes}


def an_instance(*interfaces: dict[str, Any], state: str = "running") -> dict[str, Any]:
    instance = {"InstanceId": "i-0000000a", "State": {"Name": state}, "NetworkInterfaces": [*interfaces]}
    return {"Instances": [instance]}


ATTACHMENT = {"InstanceId": "i-0000000a"}
ZONES_OF_A: Changes = by({"eu-west-1a": "eni-0000000a", "eu-west-1b": "eni-0000000a"})
SOUND = {"DescribeNetworkInterfaces": [an_interface()]}


@pytest.mark.parametrize(
    ("answers", "appliance"),
    [
        (SOUND, "eni-0000000a"),
        ({"DescribeNetworkInterfaces": [an_interface(Attachment=ATTACHMENT)], "DescribeInstances": [an_instance()]}, "eni-0000000a"),
        ({"DescribeInstances": [an_instance(an_interface())]}, "i-0000000a"),
    ],
    ids=["interface", "interface of an instance", "instance"],
)  # fmt: skip
def test_an_appliance_that_can_forward_is_ok(answers: Answers, appliance: str) -> None:
    assert severities("appliances", answers, by(appliance)) == [("ok", appliance)]


BROKEN: dict[str, tuple[str, Answers]] = {
    "no such interface": ("eni-0000000a", {}),
    "no such instance": ("i-0000000a", {}),
    "an interface of another VPC": ("eni-0000000a", {"DescribeNetworkInterfaces": [an_interface(SubnetId="subnet-1")]}),
    "an instance of another VPC": ("i-0000000a", {"DescribeInstances": [an_instance(an_interface(SubnetId="subnet-1"))]}),
    "an interface of no instance": ("eni-0000000a", {"DescribeNetworkInterfaces": [an_interface(Status="available")]}),
    "an interface of a stopped instance": ("eni-0000000a", {"DescribeNetworkInterfaces": [an_interface(Attachment=ATTACHMENT)], "DescribeInstances": [an_instance(state="stopped")]}),
    "a stopped instance": ("i-0000000a", {"DescribeInstances": [an_instance(an_interface(), state="stopped")]}),
    "an instance with two interfaces": ("i-0000000a", {"DescribeInstances": [an_instance(an_interface(), an_interface("eni-0000000b"))]}),
    "source/destination check": ("eni-0000000a", {"DescribeNetworkInterfaces": [an_interface(SourceDestCheck=True)]}),
    "source/destination check of an instance": ("i-0000000a", {"DescribeInstances": [an_instance(an_interface(SourceDestCheck=True))]}),
    "a pod subnet": ("eni-0000000a", {"DescribeNetworkInterfaces": [an_interface(SubnetId="subnet-0000000c")], "DescribeSubnets": [*NODES, *PUBLIC, POD_SUBNET]}),
}  # fmt: skip


@pytest.mark.parametrize(("appliance", "answers"), BROKEN.values(), ids=BROKEN)
def test_an_appliance_that_cannot_forward_is_an_error(appliance: str, answers: Answers) -> None:
    (problem,) = found("appliances", answers, by(appliance))
    assert (problem.severity, problem.subject) == ("error", appliance)
    assert problem.fix


def test_an_appliance_of_another_zone_is_a_warning() -> None:
    assert severities("appliances", SOUND, ZONES_OF_A) == [("ok", "eni-0000000a"), ("warning", "eni-0000000a")]


def test_every_problem_of_an_appliance_is_reported() -> None:
    wrong = {"DescribeNetworkInterfaces": [an_interface(SubnetId="subnet-0000000c", SourceDestCheck=True)]}
    answers = {**wrong, "DescribeSubnets": [*NODES, *PUBLIC, POD_SUBNET]}
    assert [severity for severity, _ in severities("appliances", answers, by("eni-0000000a"))] == ["error", "error"]


@pytest.mark.parametrize(
    ("which", "appliance"),
    [(call.DESCRIBE_INTERFACES, "eni-0000000a"), (call.DESCRIBE_INSTANCES, "i-0000000a")],
)
def test_appliances_that_cannot_be_read_are_unknown(which: call.Call, appliance: str) -> None:
    answers = {which.operation: denied(which)}
    assert severities("appliances", answers, by(appliance)) == [("unknown", which.action)]


def peering(to: Any = "10.150.0.0/16", **changes: Any) -> Changes:
    return {"egress": [{"to": to, "vpc_peering_connection": "pcx-0000000a"}], **changes}


def a_connection(*cidrs: str, dns: bool = True, code: str = "active", **accepter: Any) -> Answers:
    blocks = {"CidrBlockSet": [{"CidrBlock": cidr} for cidr in cidrs]}
    options = {"PeeringOptions": {"AllowDnsResolutionFromRemoteVpc": dns}}
    other = {"VpcId": "vpc-1", **blocks, **options, **accepter}
    connection = {**a_peering(""), "VpcPeeringConnectionId": "pcx-0000000a", "AccepterVpcInfo": other}
    return {"DescribeVpcPeeringConnections": [{**connection, "Status": {"Code": code}}]}


@pytest.mark.parametrize(
    ("cidrs", "severity"),
    [
        (("10.150.0.0/16",), "ok"),
        (("10.148.0.0/14",), "ok"),
        (("10.9.0.0/16", "10.150.0.0/17", "10.150.128.0/17"), "ok"),
        (("10.150.0.0/17",), "warning"),
        (("10.151.0.0/16",), "error"),
        ((), "unknown"),
    ],
)
def test_the_destinations_are_compared_with_the_cidr_blocks_of_the_other_vpc(
    cidrs: tuple[str, ...], severity: str
) -> None:
    (diagnostic,) = found("peering-connections", a_connection(*cidrs), peering())
    assert (diagnostic.severity, diagnostic.subject) == (severity, "pcx-0000000a, 10.150.0.0/16")
    assert severity == "ok" or (diagnostic.fix and diagnostic.source)


@pytest.mark.parametrize(("block", "severity"), [("2001:db9::/56", "ok"), ("2001:dba::/56", "error")])
def test_the_ipv6_cidr_blocks_of_the_other_vpc_are_compared(block: str, severity: str) -> None:
    answers = a_connection("10.150.0.0/16", Ipv6CidrBlockSet=[{"Ipv6CidrBlock": block}])
    changes = {**AN_IPV6_CLUSTER, **peering("2001:db9::/60")}
    assert severities("peering-connections", answers, changes) == [(severity, "pcx-0000000a, 2001:db9::/60")]


def test_the_entries_of_a_prefix_list_are_not_known() -> None:
    answers = a_connection("10.150.0.0/16")
    changes = peering({"prefix_list": "pl-0000000a", "max_entries": 5})
    assert severities("peering-connections", answers, changes) == [("unknown", "pcx-0000000a, pl-0000000a")]


@pytest.mark.parametrize("answers", [{}, a_connection("10.150.0.0/16", code="pending-acceptance"), {"DescribeVpcPeeringConnections": [a_peering("10.150.0.0/16")]}])  # fmt: skip
def test_a_connection_must_be_one_of_the_vpc_and_active(answers: Answers) -> None:
    assert severities("peering-connections", answers, peering()) == [("error", "pcx-0000000a")]


def test_dns_resolution_that_is_off_at_the_other_side_is_reported() -> None:
    on = severities("peering-connections", a_connection("10.150.0.0/16"), peering())
    off = severities("peering-connections", a_connection("10.150.0.0/16", dns=False), peering())
    assert [each for each in off if each not in on] == [("note", "pcx-0000000a")]
    unsaid = a_connection("10.150.0.0/16", PeeringOptions={})
    assert severities("peering-connections", unsaid, peering()) == on


def test_the_other_side_may_be_the_requester() -> None:
    """Its CIDR blocks are those of the side that is not this VPC."""
    (connection,) = a_connection("10.0.0.0/20")["DescribeVpcPeeringConnections"]
    sides = {"AccepterVpcInfo": {"VpcId": VPC, "CidrBlock": "10.0.0.0/20"}, "RequesterVpcInfo": {"VpcId": "vpc-1", "CidrBlock": "10.150.0.0/16"}}  # fmt: skip
    answers = {"DescribeVpcPeeringConnections": [{**connection, **sides}]}
    assert [severity for severity, _ in severities("peering-connections", answers, peering())] == ["ok"]


def test_peering_connections_that_cannot_be_read_are_unknown() -> None:
    answers = {"DescribeVpcPeeringConnections": denied(call.DESCRIBE_PEERINGS)}
    assert severities("peering-connections", answers, peering()) == [("unknown", call.DESCRIBE_PEERINGS.action)]


def with_list(max_entries: int | None = None, **changes: Any) -> Changes:
    listed = {"prefix_list": "pl-0000000a", **({"max_entries": max_entries} if max_entries else {})}
    return {"egress": [{"to": ["10.150.0.0/16", listed], "nat_gateways": "nat-0000000a"}], **changes}


def a_list(**answer: Any) -> Answers:
    return {"DescribeManagedPrefixLists": [{"PrefixListId": "pl-0000000a", "AddressFamily": "IPv4", **answer}]}


@pytest.mark.parametrize(
    ("answers", "planned", "severity"),
    [
        (a_list(MaxEntries=20), 20, "ok"),
        (a_list(MaxEntries=20), 30, "ok"),
        (a_list(MaxEntries=20), None, "ok"),
        (a_list(), 55, "ok"),
        (a_list(MaxEntries=20), 10, "warning"),
        (a_list(MaxEntries=20, AddressFamily="IPv6"), 20, "error"),
        ({}, 20, "error"),
        (a_list(), None, "unknown"),
    ],
)
def test_a_prefix_list_has_no_more_entries_than_the_config_says(
    answers: Answers, planned: int | None, severity: str
) -> None:
    (diagnostic,) = found("prefix-lists", answers, with_list(planned))
    assert (diagnostic.severity, diagnostic.subject) == (severity, "pl-0000000a")
    assert severity == "ok" or diagnostic.fix


@pytest.mark.parametrize(
    ("answers", "planned", "quota", "severity"),
    [
        (a_list(MaxEntries=20), 10, 21, "ok"),
        (a_list(MaxEntries=20), 10, 20, "error"),
        (a_list(MaxEntries=20), None, 20, "error"),
        (a_list(), 20, 21, "ok"),
    ],
)
def test_routes_are_counted_with_the_size_that_prefix_lists_have(
    answers: Answers, planned: int | None, quota: int, severity: str
) -> None:
    """One route to a CIDR, and the prefix list."""
    live = {**answers, "GetServiceQuota": [{"Value": quota}]}
    assert severities("route-quota", live, with_list(planned)) == [
        (severity, zone) for zone in ("eu-west-1a", "eu-west-1b")
    ]


def test_prefix_lists_that_cannot_be_read_are_unknown() -> None:
    answers = {"DescribeManagedPrefixLists": denied(call.DESCRIBE_PREFIX_LISTS)}
    for check in ("prefix-lists", "route-quota"):
        assert severities(check, answers, with_list(20)) == [("unknown", call.DESCRIBE_PREFIX_LISTS.action)]
    assert severities("route-quota", answers, {}) == []
