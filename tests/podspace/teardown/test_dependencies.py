"""What prevents the deletion of a pod network."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.diagnostic import Diagnostic, exit_status
from podspace.live.aws import call
from podspace.teardown import dependencies
from tests.canned_account import ROLE, ROLE_ARN, Answers, a_cluster, a_sound_account, a_subnet, denied
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
    held, loose = (diagnostic for diagnostic in found if diagnostic.id == "interfaces")
    assert (held.severity, loose.severity) == ("error", "error")
    for whose in (
        "of node i-1 of NodePool pool",
        "of node i-9, for its pods",
        "of load balancer net/x",
        "of RDS",
    ):
        assert f"1 {whose}" in held.message
    assert all(name in held.fix for name in ("eni-1", "eni-2", "eni-4", "eni-6"))
    assert "eni-3, not deleted by node i-8" in loose.message
    assert "eni-5, not attached (aws-K8S-i-7)" in loose.message
    assert not any(name in held.fix for name in ("eni-3", "eni-5"))
    (pool,) = (diagnostic for diagnostic in found if diagnostic.id == "nodes")
    assert (pool.severity, pool.subject) == ("error", "NodePool pool")


def test_the_command_that_deletes_interfaces_attached_to_nothing_is_given() -> None:
    """That of one by its id, that of several by their subnet."""
    for number in (1, 2):
        loose = [an_interface(f"eni-{each}", Status="available") for each in range(number)]
        (found,) = (each for each in left(deployed(DescribeNetworkInterfaces=loose)) if each.id == "interfaces")
        assert found.severity == "error"
        assert "aws ec2 delete-network-interface --network-interface-id" in found.fix
        assert ("eni-0" if number == 1 else f"Name=subnet-id,Values={SUBNET}") in found.fix


def test_long_lists_are_shortened_with_how_many_more_there_are() -> None:
    attached = [an_interface(f"eni-a{each}", Attachment={"InstanceId": f"i-{each}"}) for each in range(47)]
    loose = [an_interface(f"eni-l{each}", Status="available") for each in range(45)]
    volumes = [{"VolumeId": f"vol-{each}", "State": "available", "Size": 80} for each in range(40)]
    found = left(deployed(DescribeNetworkInterfaces=[*attached, *loose], DescribeVolumes=volumes))
    held, unattached = (each for each in found if each.id == "interfaces")
    (volume,) = (each for each in found if each.id == "volumes")
    assert held.message.endswith("and 37 more")
    assert held.fix.endswith("and 37 more")
    assert unattached.message.endswith("and 35 more")
    assert volume.subject.endswith("and 30 more")


@pytest.mark.parametrize(
    ("answers", "id"),
    [
        ({"GetCallerIdentity": [{"Account": "999900001111"}]}, "account"),
        ({"DescribeVpcs": [], "DescribeCluster": []}, "region"),
    ],
)
def test_in_a_wrong_account_or_region_nothing_seems_deleted(answers: Answers, id: str) -> None:
    found = left(deployed(**answers), {"environment.account": "111122223333"})
    assert [each.id for each in found if each.severity == "error"] == [id]
    assert exit_status(found) == 1
    assert {each.id for each in found} <= {"account", "region"}


LOG_GROUP, BUCKET = "podspace-cluster-net-FlowLogsLogGroup-1", "podspace-cluster-net-flowlogs-1"


@pytest.mark.parametrize(
    ("changes", "resource_type", "id", "command"),
    [
        (
            {"flow_logs": {}},
            "AWS::Logs::LogGroup",
            LOG_GROUP,
            f"aws logs delete-log-group --log-group-name {LOG_GROUP}",
        ),
        ({"flow_logs": {"to": "s3"}}, "AWS::S3::Bucket", BUCKET, f"aws s3 rb s3://{BUCKET} --force"),
    ],
)
def test_retained_resources_are_listed_with_the_command_that_deletes_them(
    changes: Changes, resource_type: str, id: str, command: str
) -> None:
    """By their id while the stack lists them, afterwards by their tag."""
    (resource,) = (each for each in a_plan(changes).resources() if each.type == resource_type)
    listed = [{"LogicalResourceId": resource.logical_id, "PhysicalResourceId": id, "ResourceType": resource_type}]
    (staying,) = (each for each in left(deployed(ListStackResources=listed), changes) if each.id == "retained")
    assert (staying.severity, staying.subject) == ("note", id)
    assert command in staying.fix
    (staying,) = (each for each in left(deployed(DescribeStacks=[]), changes) if each.id == "retained")
    tags = resource.properties["Tags"]
    assert isinstance(tags, dict)
    assert f"Key=Name,Values={tags['Name']}" in staying.fix


def test_the_logs_of_the_control_plane_stay() -> None:
    found = {each.subject: each.fix for each in left(deployed(), A_NEW_CLUSTER) if each.id == "retained"}
    assert found.keys() == {"/aws/eks/cluster/cluster"}
    without = {**A_NEW_CLUSTER, "cluster.create.logs": []}
    assert not [each for each in left(deployed(), without) if each.id == "retained"]


def test_a_config_map_of_the_whole_cluster_stays_in_it() -> None:
    changes: Changes = {"cluster.enable_network_policy": True, "apply": True}
    (staying,) = (each for each in left(deployed(), changes) if each.id == "retained")
    assert "kubectl delete configmap amazon-vpc-cni --namespace kube-system" in staying.fix


@pytest.mark.parametrize(
    ("live", "ours", "severity"),
    [(True, True, "error"), (False, True, "ok"), (True, False, "ok")],
)
def test_deletion_protection_is_read_of_the_cluster(live: bool, ours: bool, severity: str) -> None:
    """It may be on although the config does not say so; a cluster that the stack did not create is not deleted."""
    created = [{"LogicalResourceId": "Cluster", "PhysicalResourceId": "cluster", "ResourceType": "AWS::EKS::Cluster"}]
    answers = deployed(DescribeCluster=[a_cluster(deletionProtection=live)], ListStackResources=created if ours else [])
    (found,) = (each for each in left(answers, A_NEW_CLUSTER) if each.id == "cluster")
    assert found.severity == severity
    assert ("aws eks update-cluster-config --name cluster --no-deletion-protection" in found.fix) == (
        severity == "error"
    )


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
