"""A cluster that is made here: roles, access, and what AWS prescribes for Auto Mode."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import aws_ec2 as ec2
from cdk_nag import AwsSolutionsChecks

from constructs_lib import AutoModeCluster
from tests.mother import A_NEW_CLUSTER, AN_IPV6_CLUSTER, Changes, a_plan
from tests.template import Template, a_stack, canonical, target

SUBNETS = {"eu-west-1a": ["subnet-a"], "eu-west-1b": ["subnet-b"]}
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1b2c3d4e"
ROLE = "arn:aws:iam::111122223333:role/nodes"


def synthesised(changes: Changes | None = None, **handed: Any) -> Template:
    stack = a_stack()
    plan = a_plan({**A_NEW_CLUSTER, **(changes or {})}).cluster
    assert plan
    arguments = {"vpc": "vpc-1", "node_subnets": SUBNETS} | handed
    AutoModeCluster(stack, "Cluster", plan=plan, **arguments)
    assert not AwsSolutionsChecks().validate_scope(stack).violations
    return Template(stack)


def test_compute_storage_and_load_balancing_are_all_auto_modes() -> None:
    cluster = synthesised().the("AWS::EKS::Cluster")
    assert cluster["ComputeConfig"]["Enabled"]
    assert cluster["StorageConfig"]["BlockStorage"]["Enabled"]
    assert cluster["KubernetesNetworkConfig"]["ElasticLoadBalancing"]["Enabled"]
    assert cluster["BootstrapSelfManagedAddons"] is False
    assert cluster["AccessConfig"] == {"AuthenticationMode": "API", "BootstrapClusterCreatorAdminPermissions": False}
    assert (cluster["Name"], cluster["Version"]) == ("cluster", "1.36")


def test_the_clusters_role_has_exactly_the_five_policies_and_may_tag_sessions() -> None:
    (role,) = synthesised().properties("AWS::IAM::Role")
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
    assert not template.of_type("AWS::IAM::Policy")
    assert len(template.of_type("AWS::IAM::Role")) == 1, "no stray node role"


def test_built_in_node_pools_are_off_and_with_them_the_role_of_nodes() -> None:
    assert synthesised().the("AWS::EKS::Cluster")["ComputeConfig"] == {"Enabled": True, "NodePools": []}


def test_built_in_node_pools_have_the_role_they_are_given() -> None:
    pools = ["system", "general-purpose"]
    template = synthesised({"cluster.create.built_in_node_pools": pools}, node_role_arn=ROLE)
    compute = template.the("AWS::EKS::Cluster")["ComputeConfig"]
    assert (compute["NodePools"], compute["NodeRoleArn"]) == (pools, ROLE)
    assert len(template.of_type("AWS::IAM::Role")) == 1


def test_the_api_server_is_reached_from_inside_or_from_the_networks_named() -> None:
    inside = synthesised().the("AWS::EKS::Cluster")["ResourcesVpcConfig"]
    assert (inside["EndpointPrivateAccess"], inside["EndpointPublicAccess"]) == (True, False)
    office = synthesised({"cluster.create.public_access_cidrs": ["203.0.113.0/24"]})
    outside = office.the("AWS::EKS::Cluster")["ResourcesVpcConfig"]
    assert (outside["EndpointPrivateAccess"], outside["EndpointPublicAccess"]) == (True, True)
    assert outside["PublicAccessCidrs"] == ["203.0.113.0/24"]


def test_the_control_plane_stands_in_the_node_subnets() -> None:
    assert synthesised().the("AWS::EKS::Cluster")["ResourcesVpcConfig"]["SubnetIds"] == ["subnet-a", "subnet-b"]
    two = {**SUBNETS, "eu-west-1a": ["subnet-a", "subnet-c"], "eu-west-1c": ["subnet-d"]}
    cluster = synthesised(node_subnets=two).the("AWS::EKS::Cluster")
    assert cluster["ResourcesVpcConfig"]["SubnetIds"] == ["subnet-a", "subnet-b"], "so that further ones change nothing"


def test_logs_secrets_deletion_services_and_address_family_are_as_asked() -> None:
    cluster = synthesised(
        {
            "cluster.create.logs": ["api", "audit"],
            "cluster.create.secrets_key_arn": KEY,
            "cluster.create.deletion_protection": False,
            "cluster.service_cidr": "172.20.0.0/16",
        }
    ).the("AWS::EKS::Cluster")
    assert [log["Type"] for log in cluster["Logging"]["ClusterLogging"]["EnabledTypes"]] == ["api", "audit"]
    assert cluster["EncryptionConfig"] == [{"Provider": {"KeyArn": KEY}, "Resources": ["secrets"]}]
    assert cluster["DeletionProtection"] is False
    assert cluster["KubernetesNetworkConfig"]["ServiceIpv4Cidr"] == "172.20.0.0/16"
    protected = synthesised().the("AWS::EKS::Cluster")
    assert protected["DeletionProtection"] is True
    logs = {log["Type"] for log in protected["Logging"]["ClusterLogging"]["EnabledTypes"]}
    assert logs == {"api", "audit", "authenticator", "controllerManager", "scheduler"}
    assert "EncryptionConfig" not in protected
    create = {"version": "1.36", "zones": ["eu-west-1a", "eu-west-1b"]}
    six = synthesised({**AN_IPV6_CLUSTER, "cluster.create": create}).the("AWS::EKS::Cluster")
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
    entries = template.of_type("AWS::EKS::AccessEntry").values()
    assert {entry["Properties"]["PrincipalArn"] for entry in entries} == set(arns)
    for entry in entries:
        assert set(template.of_type("AWS::EKS::Cluster")) <= set(entry["DependsOn"])
        (policy,) = entry["Properties"]["AccessPolicies"]
        assert "AmazonEKSClusterAdminPolicy" in canonical(policy)
        assert policy["AccessScope"] == {"Type": "cluster"}
        assert entry["Properties"]["Type"] == "STANDARD"


def test_custom_tags_have_the_policy_of_the_user_guide_and_only_for_this_cluster() -> None:
    (role,) = synthesised({"node_classes.0.tags": {"team": "a"}}).properties("AWS::IAM::Role")
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


def test_the_apps_own_subnets_may_be_handed_over_as_objects() -> None:
    stack = a_stack()
    zones = ["eu-west-1a", "eu-west-1b"]
    vpc = ec2.Vpc(stack, "Own", nat_gateways=0, availability_zones=zones)
    plan = a_plan(A_NEW_CLUSTER).cluster
    assert plan
    subnets = {subnet.availability_zone: [subnet] for subnet in vpc.isolated_subnets}
    made = AutoModeCluster(stack, "Cluster", plan=plan, vpc=vpc, node_subnets=subnets)
    template = Template(stack)
    ids = {target(id) for id in template.the("AWS::EKS::Cluster")["ResourcesVpcConfig"]["SubnetIds"]}
    assert ids <= set(template.of_type("AWS::EC2::Subnet"))
    assert made.cluster.cluster_name


@pytest.mark.parametrize(
    ("changes", "handed", "said"),
    [
        ({}, {"node_role_arn": ROLE}, "node_role_arn was given, but the plan has no built-in node pools"),
        ({"cluster.create.built_in_node_pools": ["system"]}, {}, "node_role_arn is missing"),
        ({}, {"node_subnets": {"eu-west-1a": ["subnet-a"]}}, "node_subnets has nothing for eu-west-1b"),
        ({}, {"node_subnets": ["subnet-a", "subnet-b"]}, "node_subnets is no mapping"),
        ({}, {"node_subnets": {"eu-west-1a": ["eni-a"], "eu-west-1b": ["subnet-b"]}}, "'eni-a' is no id of AWS"),
    ],
)
def test_what_is_handed_over_is_just_what_the_plan_needs(changes: Changes, handed: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        synthesised(changes, **handed)
