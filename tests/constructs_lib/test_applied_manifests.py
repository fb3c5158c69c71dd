"""Manifests that the deployment applies: the same objects, in the order in which they depend on each other."""

from __future__ import annotations

import json
import sys

import pytest
from aws_cdk import CfnResource, Environment, Stack
from aws_cdk.assertions import Match, Template
from cdk_nag import AwsSolutionsChecks

from constructs_lib import AppliedManifests
from podspace.planning import manifests
from tests.mother import a_plan
from tests.template import Resource, an_app, canonical, properties, resources, target

KIND = "Custom::AWSCDK-EKS-KubernetesResource"
PLAN = a_plan({"cluster.enable_network_policy": True})


def synthesised() -> Template:
    stack = Stack(an_app(), "Stack", env=Environment(region="eu-west-1"))
    needed, cluster = (CfnResource(stack, name, type="AWS::EC2::InternetGateway") for name in ("Needed", "Cluster"))
    AppliedManifests(
        stack,
        "Manifests",
        manifests=manifests(PLAN),
        cluster_name="cluster",
        cluster_security_group="sg-1",
        vpc="vpc-1",
        subnets={"eu-west-1a": ["subnet-a"], "eu-west-1b": ["subnet-b"]},
        after=[needed],
        cluster=cluster,
    )
    assert not AwsSolutionsChecks().validate_scope(stack).violations
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def template() -> Template:
    return synthesised()


def applied(template: Template) -> dict[str, tuple[str, Resource]]:
    """Logical id and resource by the kind of what is applied."""
    found = {}
    for id, resource in resources(template, KIND).items():
        (manifest,) = json.loads(resource["Properties"]["Manifest"])
        found[manifest["kind"]] = (id, resource)
    return found


def test_what_is_applied_is_what_is_written_to_files(template: Template) -> None:
    found = [json.loads(r["Properties"]["Manifest"])[0] for r in resources(template, KIND).values()]
    assert sorted(map(canonical, found)) == sorted(map(canonical, manifests(PLAN)))


def test_node_pools_wait_for_node_classes_and_those_for_what_they_select(template: Template) -> None:
    found = applied(template)
    assert found["NodeClass"][0] in found["NodePool"][1]["DependsOn"]
    for kind in ("ConfigMap", "NodeClass"):  # the functions that apply them need a way to AWS
        assert "Needed" in found[kind][1]["DependsOn"]


def test_everything_waits_for_the_right_to_apply_it(template: Template) -> None:
    ((entry, access),) = resources(template, "AWS::EKS::AccessEntry").items()
    template.all_resources(KIND, {"DependsOn": Match.array_with([entry])})
    assert access["DependsOn"] == ["Cluster"]
    role = resources(template, "AWS::IAM::Role")[target(access["Properties"]["PrincipalArn"])]
    assert "lambda.amazonaws.com" in canonical(role["Properties"]["AssumeRolePolicyDocument"])
    functions = {target(f["Role"]) for f in properties(template, "AWS::Lambda::Function")}
    assert target(access["Properties"]["PrincipalArn"]) in functions
    (policy,) = access["Properties"]["AccessPolicies"]
    assert "AmazonEKSClusterAdminPolicy" in canonical(policy)
    assert (access["Properties"]["Type"], policy["AccessScope"]) == ("STANDARD", {"Type": "cluster"})


def test_nothing_is_applied_before_every_part_of_the_provider_is_there(template: Template) -> None:
    """A function that is called before its log group exists makes one, and CloudFormation's own fails."""
    made = resources(template)
    parts = {id for id, r in made.items() if r["Type"].startswith(("AWS::Lambda::Function", "AWS::Logs::"))}
    assert any(made[id]["Type"] == "AWS::Logs::LogGroup" for id in parts)
    for _, resource in applied(template).values():
        assert parts <= set(resource["DependsOn"])


def test_the_clusters_config_map_is_never_deleted(template: Template) -> None:
    policies = {kind: resource.get("DeletionPolicy", "Delete") for kind, (_, resource) in applied(template).items()}
    assert policies == {"ConfigMap": "Retain", "NodeClass": "Delete", "NodePool": "Delete"}


def test_what_was_applied_by_hand_is_taken_over_and_nothing_is_pruned(template: Template) -> None:
    template.all_resources_properties(KIND, {"Overwrite": True, "PruneLabel": Match.absent(), "ClusterName": "cluster"})


def test_the_functions_have_the_node_subnets_and_the_clusters_group(template: Template) -> None:
    network = Match.object_equals({"SecurityGroupIds": ["sg-1"], "SubnetIds": ["subnet-a", "subnet-b"]})
    template.all_resources_properties("AWS::Lambda::Function", {"VpcConfig": network})


def test_the_function_that_applies_may_find_the_cluster_and_nothing_else_of_eks(template: Template) -> None:
    (role,) = (r for r in properties(template, "AWS::IAM::Role") if "Policies" in r)
    (statement,) = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Allow", "eks:DescribeCluster")
    assert canonical(statement["Resource"]).endswith(':cluster/cluster"]]}')
    policies = canonical([r.get("ManagedPolicyArns") for r in properties(template, "AWS::IAM::Role")])
    assert "ContainerRegistry" not in policies
    assert not template.find_conditions("*")


def test_without_the_layer_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aws_cdk.lambda_layer_kubectl_v36", None)
    with pytest.raises(
        ValueError, match=r"apply: true needs the Lambda layer with kubectl, which is not installed: pip"
    ):
        synthesised()
