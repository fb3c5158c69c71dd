"""What prevents the deletion of a pod network."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.diagnostic import Diagnostic, exit_status
from podspace.live.aws import call
from podspace.teardown import dependencies
from tests.canned_account import ROLE, ROLE_ARN, Answers, a_sound_account, a_subnet, denied
from tests.mother import A_NEW_CLUSTER, A_NEW_VPC, Changes, a_plan

SUBNET = "subnet-00000caa"
STACK = {"StackName": "podspace-cluster-net", "StackStatus": "CREATE_COMPLETE"}


def deployed(**answers: Any) -> Answers:
    ours = a_subnet(SUBNET, "a", "100.64.0.0/18", tags=a_plan().pods.subnets[0].tags)
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
    return list(dependencies(a_plan(changes), a_sound_account(answers)))


def test_without_dependencies_there_is_no_error() -> None:
    found = left(deployed())
    assert {diagnostic.severity for diagnostic in found} == {"ok"}
    assert exit_status(found) == 0


def test_network_interfaces_are_reported_with_their_owners() -> None:
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
    (held,) = (diagnostic for diagnostic in found if diagnostic.id == "interfaces")
    assert held.severity == "error"
    for whose in (
        "of node i-1 of NodePool pool",
        "of node i-9, for its pods",
        "not deleted by node i-8",
        "of a network load balancer (ELB net/x/1)",
        "not attached (aws-K8S-i-7)",
        "of amazon-rds (RDSNetworkInterface)",
    ):
        assert f"1 {whose}" in held.message
    assert all(each["NetworkInterfaceId"] in held.fix for each in interfaces)
    (pool,) = (diagnostic for diagnostic in found if diagnostic.id == "nodes")
    assert (pool.severity, pool.subject) == ("error", "NodePool pool")


@pytest.mark.parametrize(
    ("answers", "id", "severity", "subject"),
    [
        ({"ListInstanceProfilesForRole": [{"InstanceProfileName": "eks-1"}]}, "instance-profiles", "error", "eks-1"),
        ({"GetRole": []}, "instance-profiles", "ok", ROLE),
        ({"DescribeVolumes": [{"VolumeId": "vol-1", "State": "available", "Size": 80}]}, "volumes", "warning", "vol-1"),
        ({"DescribeVolumes": [{"VolumeId": "vol-1", "State": "in-use", "Size": 80}]}, "volumes", "ok", "nodes"),
        ({"DescribeStacks": [{**STACK, "EnableTerminationProtection": True}]}, "stack", "error", STACK["StackName"]),
        ({"DescribeStacks": [{**STACK, "StackStatus": "DELETE_FAILED", "StackStatusReason": "subnet in use"}]}, "stack", "error", STACK["StackName"]),
        ({"DescribeStacks": []}, "stack", "ok", STACK["StackName"]),
        ({"DescribeSubnets": []}, "interfaces", "ok", "net"),
    ],
)  # fmt: skip
def test_every_dependency_is_reported(answers: dict[str, Any], id: str, severity: str, subject: str) -> None:
    (found,) = (diagnostic for diagnostic in left(deployed(**answers)) if diagnostic.id == id)
    assert (found.severity, found.subject) == (severity, subject)


def test_the_pod_subnets_of_a_vpc_that_the_stack_created_are_found() -> None:
    """By the VPC's logical id in the stack."""
    file = {**A_NEW_VPC, **A_NEW_CLUSTER}
    subnet = a_subnet(SUBNET, "a", "100.64.0.0/18", tags=a_plan(file).pods.selector)
    answers = deployed(
        DescribeSubnets=lambda asked: [subnet] if asked["Filters"][0]["Values"] == ("vpc-00000001",) else [],
        ListStackResources=[
            {"LogicalResourceId": "Other", "PhysicalResourceId": "vpc-00000002", "ResourceType": "AWS::EC2::VPC"},
            {"LogicalResourceId": "VpcFB0DB6AD", "PhysicalResourceId": "vpc-00000001", "ResourceType": "AWS::EC2::VPC"},
        ],
    )
    (found,) = (diagnostic for diagnostic in left(answers, file) if diagnostic.id == "interfaces")
    assert found.subject.startswith(SUBNET)


def test_pod_subnets_that_the_config_names_are_checked_too() -> None:
    """They are not deleted, and must not have interfaces of the nodes either."""
    changes: Changes = {"pods": {"subnet_ids": {"eu-west-1a": ["subnet-0000000d"]}}, "egress": []}
    answers = {"DescribeSubnets": [a_subnet("subnet-0000000d", "a", "100.64.0.0/18")], "DescribeNetworkInterfaces": [an_interface("eni-1", SubnetId="subnet-0000000d")]}  # fmt: skip
    assert "error" in {diagnostic.severity for diagnostic in left(answers, changes) if diagnostic.id == "interfaces"}


def test_resources_of_auto_mode_are_requested() -> None:
    """EC2 leaves them out of its lists unless IncludeManagedResources is true."""
    account = a_sound_account(deployed())
    list(dependencies(a_plan(), account))
    asked = dict(account.asked)
    for operation in ("DescribeNetworkInterfaces", "DescribeInstances", "DescribeVolumes"):
        assert asked[operation]["IncludeManagedResources"] is True


def test_a_denied_call_is_unknown_and_the_other_checks_run() -> None:
    for each in call.CALLS:
        found = left(deployed(**{each.operation: denied(each)}))
        assert {diagnostic.subject for diagnostic in found if diagnostic.severity == "unknown"} <= {each.action}
        assert len(found) >= 4
