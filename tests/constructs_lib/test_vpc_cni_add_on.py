"""The VPC CNI add-on: its ENIConfigs name the pod subnets and the group of the same stack, zone by zone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Match, Template

from constructs_lib import VpcCniAddOn
from tests.mother import A_NEW_CLUSTER, Changes, a_config, a_plan
from tests.template import a_stack, resources, target, template_of, the, zone_of


def configuration(add_on: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The configuration, with each reference as a word, and what each word refers to."""
    parts = add_on["ConfigurationValues"]["Fn::Join"][1]
    references = {f"ref{index}": target(part) for index, part in enumerate(parts) if not isinstance(part, str)}
    text = "".join(part if isinstance(part, str) else f"ref{index}" for index, part in enumerate(parts))
    return json.loads(text), references


def test_each_eni_config_names_the_pod_subnet_of_its_zone_and_the_pod_group() -> None:
    template = template_of(a_config({**A_NEW_CLUSTER, "vpc_cni": {}}))
    values, references = configuration(the(template, "AWS::EKS::Addon"))
    group = target(template.find_outputs("*")["PodSecurityGroupId"]["Value"])
    subnets = resources(template, "AWS::EC2::Subnet")
    assert set(values["eniConfig"]["subnets"]) == {"eu-west-1a", "eu-west-1b"}
    for zone, entry in values["eniConfig"]["subnets"].items():
        assert zone_of(subnets[references[entry["id"]]]) == zone
        assert [references[each] for each in entry["securityGroups"]] == [group]
    assert values["eniConfig"]["region"] == "eu-west-1"


def test_it_is_the_vpc_cni_of_the_cluster_and_waits_for_it() -> None:
    template = template_of(a_config({**A_NEW_CLUSTER, "vpc_cni": {"version": "v1.20.1-eksbuild.1"}}))
    template.resource_count_is("AWS::EKS::Addon", 1)
    cluster = template.get_resource_id("AWS::EKS::Cluster")
    template.has_resource(
        "AWS::EKS::Addon",
        {
            "Properties": {"AddonName": "vpc-cni", "AddonVersion": "v1.20.1-eksbuild.1", "ClusterName": "cluster"},
            "DependsOn": Match.array_with([cluster]),
        },
    )


def test_a_version_that_is_left_out_is_left_to_eks() -> None:
    assert "AddonVersion" not in the(template_of(a_config({**A_NEW_CLUSTER, "vpc_cni": {}})), "AWS::EKS::Addon")


@pytest.mark.parametrize("changes", [{**A_NEW_CLUSTER}, {"vpc_cni": {}}])
def test_no_add_on_is_made_unless_cluster_and_node_groups_are_requested(changes: Changes) -> None:
    template_of(a_config(changes)).resource_count_is("AWS::EKS::Addon", 0)


def made(stack: Stack, **given: Any) -> VpcCniAddOn:
    plan = a_plan({**A_NEW_CLUSTER, "vpc_cni": {}}).vpc_cni
    assert plan
    return VpcCniAddOn(stack, "VpcCni", plan=plan, security_group_id="sg-1", **given)


def test_a_zone_without_its_subnet_is_reported_before_anything_is_created() -> None:
    with pytest.raises(ValueError, match=r"too few for eu-west-1b: pass PodNetwork\.subnet_ids"):
        made(a_stack(), pod_subnet_ids={"eu-west-1a": ["subnet-a"]})


def test_a_node_group_can_wait_for_it() -> None:
    stack = a_stack()
    add_on = made(stack, pod_subnet_ids={"eu-west-1a": ["subnet-a"], "eu-west-1b": ["subnet-b"]})
    ec2.CfnInstance(stack, "Node").node.add_dependency(add_on)
    template = Template.from_stack(stack)
    template.resource_count_is("AWS::EC2::Instance", 1)
    template.has_resource("AWS::EC2::Instance", {"DependsOn": [template.get_resource_id("AWS::EKS::Addon")]})
