"""What still holds a pod network."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.diagnostic import Diagnostic, exit_status
from podspace.live.aws import call
from podspace.planning.naming import subnet_tags
from podspace.teardown import remains
from tests.canned_account import ROLE, ROLE_ARN, Answers, a_sound_account, a_subnet, denied
from tests.mother import Changes, a_config, a_network_file

SUBNET = "subnet-00000caa"
STACK = {"StackName": "podspace-cluster-net", "StackStatus": "CREATE_COMPLETE"}


def deployed(**answers: Any) -> Answers:
    ours = a_subnet(SUBNET, "a", "100.64.0.0/18", tags=subnet_tags(a_config(), "eu-west-1a"))
    return {
        "DescribeSubnets": [ours],
        "DescribeStacks": [STACK],
        "GetRole": [{"RoleName": ROLE, "Arn": ROLE_ARN}],
        **answers,
    }


def an_interface(name: str, **changes: Any) -> dict[str, Any]:
    return {"NetworkInterfaceId": name, "SubnetId": SUBNET, "Status": "in-use", **changes}


def tags(**values: str) -> list[dict[str, str]]:
    return [{"Key": key.replace("__", ":").replace("_", "-"), "Value": value} for key, value in values.items()]


def left(answers: Answers, changes: Changes | None = None) -> list[Diagnostic]:
    return list(remains(a_network_file(changes), a_sound_account(answers)))


def test_where_nothing_is_left_the_stack_can_go() -> None:
    found = left(deployed())
    assert {verdict.severity for verdict in found} == {"ok"}
    assert exit_status(found) == 0


def test_interfaces_are_told_with_whose_they_are() -> None:
    """A subnet cannot be deleted while one is in it."""
    interfaces = [
        an_interface("eni-1", Attachment={"InstanceId": "i-1"}),
        an_interface("eni-2", TagSet=tags(eks__kubernetes_cni_node_name="i-9")),
        an_interface("eni-3", Status="available", TagSet=tags(eks__kubernetes_cni_node_name="i-8")),
        an_interface("eni-4", InterfaceType="network_load_balancer", Description="ELB net/x/1"),
        an_interface("eni-5", Status="available", Description="aws-K8S-i-7"),
        an_interface("eni-6", RequesterId="amazon-rds", Description="RDSNetworkInterface"),
    ]
    nodes = [
        {
            "Instances": [
                {"InstanceId": "i-1", "State": {"Name": "running"}, "Tags": tags(eks__kubernetes_node_pool_name="pool")}
            ]
        }
    ]
    found = left(deployed(DescribeNetworkInterfaces=interfaces, DescribeInstances=nodes))
    (held,) = (verdict for verdict in found if verdict.id == "interfaces")
    assert held.severity == "error"
    for whose in (
        "of node i-1 of NodePool pool",
        "of node i-9, for its pods",
        "left behind by node i-8",
        "of a network load balancer (ELB net/x/1)",
        "left behind, attached to nothing (aws-K8S-i-7)",
        "of amazon-rds (RDSNetworkInterface)",
    ):
        assert f"1 {whose}" in held.message
    assert all(each["NetworkInterfaceId"] in held.fix for each in interfaces)
    (pool,) = (verdict for verdict in found if verdict.id == "nodes")
    assert (pool.severity, pool.message) == ("error", "has 1 node")


@pytest.mark.parametrize(
    ("answers", "check", "outcome", "text"),
    [
        ({"ListInstanceProfilesForRole": [{"InstanceProfileName": "eks-1"}]}, "instance-profiles", "error", "which IAM does not delete"),
        ({"GetRole": []}, "instance-profiles", "ok", "is gone"),
        ({"DescribeVolumes": [{"VolumeId": "vol-1", "State": "available", "Size": 80}]}, "volumes", "warning", "80 GiB"),
        ({"DescribeVolumes": [{"VolumeId": "vol-1", "State": "in-use", "Size": 80}]}, "volumes", "ok", "no volume"),
        ({"DescribeStacks": [{**STACK, "EnableTerminationProtection": True}]}, "stack", "error", "protected"),
        ({"DescribeStacks": [{**STACK, "StackStatus": "DELETE_FAILED", "StackStatusReason": "subnet in use"}]}, "stack", "error", "subnet in use"),
        ({"DescribeStacks": []}, "stack", "ok", "is gone"),
        ({"DescribeSubnets": []}, "interfaces", "ok", "has no pod subnet"),
    ],
)  # fmt: skip
def test_what_else_holds_it_is_told(answers: dict[str, Any], check: str, outcome: str, text: str) -> None:
    (found,) = (verdict for verdict in left(deployed(**answers)) if verdict.id == check)
    assert found.severity == outcome
    assert text in found.message


def test_pod_subnets_that_are_named_are_looked_into_too() -> None:
    """They are not deleted, and must be free of our nodes all the same."""
    changes: Changes = {"pods": {"subnet_ids": {"eu-west-1a": ["subnet-0000000d"]}}, "egress": []}
    answers = {"DescribeSubnets": [a_subnet("subnet-0000000d", "a", "100.64.0.0/18")], "DescribeNetworkInterfaces": [an_interface("eni-1", SubnetId="subnet-0000000d")]}  # fmt: skip
    assert "error" in {verdict.severity for verdict in left(answers, changes) if verdict.id == "interfaces"}


def test_managed_resources_are_asked_for() -> None:
    """EC2 hides what EKS Auto Mode makes from who does not ask for it."""
    account = a_sound_account(deployed())
    list(remains(a_network_file(), account))
    asked = dict(account.asked)
    for operation in ("DescribeNetworkInterfaces", "DescribeInstances", "DescribeVolumes"):
        assert asked[operation]["IncludeManagedResources"] is True


def test_each_call_may_be_denied_and_nothing_else_is_lost() -> None:
    for each in call.CALLS:
        found = left(deployed(**{each.operation: denied(each)}))
        assert {verdict.subject for verdict in found if verdict.severity == "unknown"} <= {each.action}
        assert len(found) >= 4
