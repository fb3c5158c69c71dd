"""A cluster that is made here: roles, access, and what AWS prescribes for Auto Mode."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Match, Template
from cdk_nag import AwsSolutionsChecks

from constructs_lib import AutoModeCluster
from tests.mother import A_NEW_CLUSTER, AN_IPV6_CLUSTER, Changes, a_plan
from tests.template import a_stack, canonical, properties, resources, target, the

SUBNETS = {"eu-west-1a": ["subnet-a"], "eu-west-1b": ["subnet-b"]}
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1b2c3d4e"
ROLE = "arn:aws:iam::111122223333:role/nodes"


def synthesised(changes: Changes | None = None, **passed_in: Any) -> Template:
    stack = a_stack()
    plan = a_plan({**A_NEW_CLUSTER, **(changes or {})}).cluster
    arguments = {"vpc": "vpc-1", "node_subnets": SUBNETS} | passed_in
    AutoModeCluster(stack, "Cluster", plan=plan, **arguments)
    assert not AwsSolutionsChecks().validate_scope(stack).violations
    return Template.from_stack(stack)


def test_compute_storage_and_load_balancing_are_all_auto_modes() -> None:
    template = synthesised()
    template.resource_count_is("AWS::EKS::Cluster", 1)
    access = {"AuthenticationMode": "API", "BootstrapClusterCreatorAdminPermissions": False}
    template.has_resource_properties(
        "AWS::EKS::Cluster",
        {
            "Name": "cluster",
            "Version": "1.36",
            "ComputeConfig": {"Enabled": True},
            "StorageConfig": {"BlockStorage": {"Enabled": True}},
            "KubernetesNetworkConfig": {"ElasticLoadBalancing": {"Enabled": True}},
            "BootstrapSelfManagedAddons": False,
            "AccessConfig": Match.object_equals(access),
        },
    )


def test_the_clusters_role_has_exactly_the_five_policies_and_may_tag_sessions() -> None:
    (role,) = properties(synthesised(), "AWS::IAM::Role")
    policies = {canonical(arn).rpartition("/")[2].rstrip('"]}') for arn in role["ManagedPolicyArns"]}
    assert policies == {
        "AmazonEKSClusterPolicy", "AmazonEKSComputePolicy", "AmazonEKSBlockStoragePolicyV2",
        "AmazonEKSLoadBalancingPolicy", "AmazonEKSNetworkingPolicy",
    }  # fmt: skip
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Service": "eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
    }
    assert "Policies" not in role


def test_cdk_adds_no_policy_to_the_role() -> None:
    template = synthesised()
    template.resource_count_is("AWS::IAM::Policy", 0)
    template.resource_count_is("AWS::IAM::Role", 1)


def test_built_in_node_pools_are_off_and_with_them_the_role_of_nodes() -> None:
    assert the(synthesised(), "AWS::EKS::Cluster")["ComputeConfig"] == {"Enabled": True, "NodePools": []}


def test_built_in_node_pools_have_the_role_they_are_given() -> None:
    pools = ["system", "general-purpose"]
    template = synthesised({"cluster.create.built_in_node_pools": pools}, node_role_arn=ROLE)
    compute = the(template, "AWS::EKS::Cluster")["ComputeConfig"]
    assert (compute["NodePools"], compute["NodeRoleArn"]) == (pools, ROLE)
    template.resource_count_is("AWS::IAM::Role", 1)


def test_the_api_server_is_reached_from_inside_or_from_the_networks_named() -> None:
    inside = the(synthesised(), "AWS::EKS::Cluster")["ResourcesVpcConfig"]
    assert (inside["EndpointPrivateAccess"], inside["EndpointPublicAccess"]) == (True, False)
    office = synthesised({"cluster.create.public_access_cidrs": ["203.0.113.0/24"]})
    outside = the(office, "AWS::EKS::Cluster")["ResourcesVpcConfig"]
    assert (outside["EndpointPrivateAccess"], outside["EndpointPublicAccess"]) == (True, True)
    assert outside["PublicAccessCidrs"] == ["203.0.113.0/24"]


def test_the_control_plane_is_in_the_node_subnets() -> None:
    assert the(synthesised(), "AWS::EKS::Cluster")["ResourcesVpcConfig"]["SubnetIds"] == ["subnet-a", "subnet-b"]
    two = {**SUBNETS, "eu-west-1a": ["subnet-a", "subnet-c"], "eu-west-1c": ["subnet-d"]}
    cluster = the(synthesised(node_subnets=two), "AWS::EKS::Cluster")
    assert cluster["ResourcesVpcConfig"]["SubnetIds"] == ["subnet-a", "subnet-b"], "so that further ones change nothing"


def test_logs_secrets_deletion_services_and_address_family_are_as_asked() -> None:
    asked = {
        "cluster.create.logs": ["api", "audit"],
        "cluster.create.secrets_key_arn": KEY,
        "cluster.create.deletion_protection": True,
        "cluster.service_cidr": "172.20.0.0/16",
    }
    cluster = the(synthesised(asked), "AWS::EKS::Cluster")
    assert [log["Type"] for log in cluster["Logging"]["ClusterLogging"]["EnabledTypes"]] == ["api", "audit"]
    assert cluster["EncryptionConfig"] == [{"Provider": {"KeyArn": KEY}, "Resources": ["secrets"]}]
    assert cluster["DeletionProtection"] is True
    assert cluster["KubernetesNetworkConfig"]["ServiceIpv4Cidr"] == "172.20.0.0/16"
    default = the(synthesised(), "AWS::EKS::Cluster")
    assert default["DeletionProtection"] is False
    logs = {log["Type"] for log in default["Logging"]["ClusterLogging"]["EnabledTypes"]}
    assert logs == {"api", "audit", "authenticator", "controllerManager", "scheduler"}
    assert "EncryptionConfig" not in default
    create = {"version": "1.36", "zones": ["eu-west-1a", "eu-west-1b"]}
    six = the(synthesised({**AN_IPV6_CLUSTER, "cluster.create": create}), "AWS::EKS::Cluster")
    assert six["KubernetesNetworkConfig"]["IpFamily"] == "ipv6"


def test_each_admin_has_an_access_entry_that_waits_for_the_cluster() -> None:
    arns = [
        f"arn:aws:iam::{who}"
        for who in (
            "111122223333:role/Admin",
            "444455556666:role/Admin",
            "1" * 12 + ":role/a/b",
            "1" * 12 + ":role/a-b",
        )
    ]
    template = synthesised({"cluster.create.admins": arns})
    assert {entry["PrincipalArn"] for entry in properties(template, "AWS::EKS::AccessEntry")} == set(arns)
    cluster = template.get_resource_id("AWS::EKS::Cluster")
    template.all_resources("AWS::EKS::AccessEntry", {"DependsOn": Match.array_with([cluster])})
    policy = {
        "PolicyArn": {"Fn::Join": ["", Match.array_with([Match.string_like_regexp("AmazonEKSClusterAdminPolicy$")])]},
        "AccessScope": Match.object_equals({"Type": "cluster"}),
    }
    template.all_resources_properties("AWS::EKS::AccessEntry", {"Type": "STANDARD", "AccessPolicies": [policy]})


def test_custom_tags_have_the_policy_of_the_user_guide_and_only_for_this_cluster() -> None:
    (role,) = properties(synthesised({"node_classes.0.tags": {"team": "a"}}), "AWS::IAM::Role")
    (policy,) = role["Policies"]
    statements = {statement["Sid"]: statement for statement in policy["PolicyDocument"]["Statement"]}
    assert set(statements) == {
        "Compute",
        "Storage",
        "Networking",
        "LoadBalancer",
        "ShieldProtection",
        "ShieldTagResource",
    }
    for statement in statements.values():
        assert statement["Condition"]["StringEquals"] == {
            "aws:RequestTag/eks:eks-cluster-name": "${aws:PrincipalTag/eks:eks-cluster-name}"
        }
    assert statements["Networking"]["Action"] == ["ec2:CreateNetworkInterface"]
    assert statements["Networking"]["Condition"]["StringLike"] == {"aws:RequestTag/eks:kubernetes-cni-node-name": "*"}
    assert set(statements["Compute"]["Condition"]["StringLike"]) == {
        "aws:RequestTag/eks:kubernetes-node-class-name",
        "aws:RequestTag/eks:kubernetes-node-pool-name",
    }
    assert {sid: statement["Action"] for sid, statement in statements.items()} == {
        "Compute": ["ec2:CreateFleet", "ec2:RunInstances", "ec2:CreateLaunchTemplate"],
        "Storage": ["ec2:CreateVolume", "ec2:CreateSnapshot"],
        "Networking": ["ec2:CreateNetworkInterface"],
        "LoadBalancer": [
            *(f"elasticloadbalancing:Create{what}" for what in ("LoadBalancer", "TargetGroup", "Listener", "Rule")),
            "ec2:CreateSecurityGroup",
        ],
        "ShieldProtection": ["shield:CreateProtection"],
        "ShieldTagResource": ["shield:TagResource"],
    }
    assert {statement["Effect"] for statement in statements.values()} == {"Allow"}
    for kind in ("volume", "snapshot"):
        assert f":ec2:*:*:{kind}/*" in canonical(statements["Storage"]["Resource"])
    assert ":shield::*:protection/*" in canonical(statements["ShieldTagResource"]["Resource"])


def test_the_subnets_of_the_app_may_be_passed_in_as_objects() -> None:
    stack = a_stack()
    zones = ["eu-west-1a", "eu-west-1b"]
    vpc = ec2.Vpc(stack, "Own", nat_gateways=0, availability_zones=zones)
    plan = a_plan(A_NEW_CLUSTER).cluster
    subnets = {subnet.availability_zone: [subnet] for subnet in vpc.isolated_subnets}
    made = AutoModeCluster(stack, "Cluster", plan=plan, vpc=vpc, node_subnets=subnets)
    template = Template.from_stack(stack)
    ids = {target(id) for id in the(template, "AWS::EKS::Cluster")["ResourcesVpcConfig"]["SubnetIds"]}
    assert ids <= set(resources(template, "AWS::EC2::Subnet"))
    assert made.cluster.cluster_name


@pytest.mark.parametrize(
    ("changes", "passed_in", "message"),
    [
        ({}, {"node_role_arn": ROLE}, "node_role_arn was given, but the plan has no built-in node pools"),
        ({"cluster.create.built_in_node_pools": ["system"]}, {}, "node_role_arn is missing"),
        ({}, {"node_subnets": {"eu-west-1a": ["subnet-a"]}}, "node_subnets has nothing for eu-west-1b"),
        ({}, {"node_subnets": ["subnet-a", "subnet-b"]}, "node_subnets is not a mapping"),
        ({}, {"node_subnets": {"eu-west-1a": ["eni-a"], "eu-west-1b": ["subnet-b"]}}, "'eni-a' is not an AWS id"),
    ],
)
def test_what_is_passed_in_must_be_what_the_plan_needs(
    changes: Changes, passed_in: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        synthesised(changes, **passed_in)
