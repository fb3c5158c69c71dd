"""The role of the nodes, and who knows it."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_eks as eks
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Capture, Match, Template
from cdk_nag import AwsSolutionsChecks

from constructs_lib import NodeRole
from tests.mother import Changes, a_plan
from tests.template import a_stack, canonical, resources, tags_of, target, the

MINIMAL = ("AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly")


def synthesised(changes: Changes | None = None) -> Template:
    stack = a_stack()
    NodeRole(stack, "NodeRole", plan=a_plan(changes).node_role)
    return Template.from_stack(stack)


def existing(*, access_entry: bool) -> Changes:
    return {"cluster.node_role": {"name": "MyNodeRole", "access_entry": access_entry}}


def test_the_role_can_be_taken_by_instances_and_has_the_minimal_policies() -> None:
    template = synthesised()
    template.resource_count_is("AWS::IAM::Role", 1)
    statement = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    policies = Capture()
    template.has_resource_properties(
        "AWS::IAM::Role",
        {
            "AssumeRolePolicyDocument": {"Statement": [Match.object_equals(statement)]},
            "ManagedPolicyArns": policies,
            "Policies": Match.absent(),
        },
    )
    assert [arn["Fn::Join"][1][-1].rpartition("/")[2] for arn in policies.as_array()] == list(MINIMAL)


def entry_policy(entry: dict[str, Any]) -> tuple[str, str]:
    (policy,) = entry["AccessPolicies"]
    return canonical(policy["PolicyArn"]), policy["AccessScope"]["Type"]


def test_a_new_role_has_its_access_entry() -> None:
    template = synthesised()
    entry = the(template, "AWS::EKS::AccessEntry")
    assert target(entry["PrincipalArn"]) in resources(template, "AWS::IAM::Role")
    assert (entry["ClusterName"], entry["Type"]) == ("cluster", "EC2")
    arn, scope = entry_policy(entry)
    assert ":eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy" in arn
    assert "AWS::Partition" in arn
    assert scope == "cluster"


def test_an_existing_role_gets_an_access_entry_only_if_requested() -> None:
    template = synthesised(existing(access_entry=True))
    template.resource_count_is("AWS::IAM::Role", 0)
    assert ":role/MyNodeRole" in canonical(the(template, "AWS::EKS::AccessEntry")["PrincipalArn"])
    assert not resources(synthesised(existing(access_entry=False)))


def test_the_entry_waits_for_a_cluster_of_the_same_app() -> None:
    """It refers to the cluster by name only, so CloudFormation cannot see the order."""
    stack = a_stack()
    vpc_config = eks.CfnCluster.ResourcesVpcConfigProperty(subnet_ids=["subnet-1", "subnet-2"])
    cluster = eks.CfnCluster(
        stack, "Cluster", role_arn="arn:aws:iam::111122223333:role/c", resources_vpc_config=vpc_config
    )
    NodeRole(stack, "NodeRole", plan=a_plan().node_role, cluster=cluster)
    template = Template.from_stack(stack)
    template.resource_count_is("AWS::EKS::AccessEntry", 1)
    template.has_resource("AWS::EKS::AccessEntry", {"DependsOn": [stack.get_logical_id(cluster)]})


def test_the_roles_name_has_cluster_network_and_region() -> None:
    assert a_plan().node_role.name == "cluster-net-nodes-eu-west-1"


def test_a_long_name_is_shortened_the_same_way_every_time_and_stays_its_own() -> None:
    names = {a_plan({"cluster.name": "c" * 80 + end}).node_role.name for end in ("a", "b")}
    assert {len(name) for name in names} == {64}
    assert len(names) == 2
    assert a_plan({"cluster.name": "c" * 80 + "a"}).node_role.name in names


def test_role_and_entry_have_the_tags_of_the_config() -> None:
    template = synthesised({"stack.tags": {"team": "net"}})
    assert tags_of(the(template, "AWS::IAM::Role"))["team"] == "net"
    assert tags_of(the(template, "AWS::EKS::AccessEntry"))["team"] == "net"


def test_the_node_class_names_this_role() -> None:
    plan = a_plan()
    assert plan.node_classes[0].spec.role == plan.node_role.name
    assert the(synthesised(), "AWS::IAM::Role")["RoleName"] == plan.node_role.name


@pytest.mark.parametrize("changes", [None, existing(access_entry=True)])
def test_cdk_nag_finds_nothing_unacknowledged(changes: Changes | None) -> None:
    app = App()
    stack = Stack(app, "Stack")
    NodeRole(stack, "NodeRole", plan=a_plan(changes).node_role)
    assert not AwsSolutionsChecks().validate_scope(stack).violations


def test_the_role_is_open_to_further_policies() -> None:
    stack = a_stack()
    made = NodeRole(stack, "NodeRole", plan=a_plan().node_role)
    for action in ("s3:GetObject", "s3:PutObject"):
        made.role.add_to_principal_policy(iam.PolicyStatement(actions=[action], resources=["arn:aws:s3:::bucket/*"]))
    policy = canonical(the(Template.from_stack(stack), "AWS::IAM::Policy"))
    assert "s3:GetObject" in policy
    assert "s3:PutObject" in policy
