"""Endpoints in the template."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk.assertions import Match, Template

from constructs_lib import Endpoints
from tests.mother import AN_IPV6_CLUSTER, Changes, a_plan
from tests.template import a_stack, properties, resources, target, the

TABLES = ["rtb-a", "rtb-b"]
SUBNETS = {"eu-west-1a": "subnet-a", "eu-west-1b": "subnet-b"}
PASSED_IN: Changes = {"vpc.node_subnets": None}
"""The CDK app passes the node subnets in."""


def synthesised(asked: dict[str, Any], changes: Changes | None = None, **passed_in: Any) -> Template:
    stack = a_stack()
    plan = a_plan({"endpoints": asked, **(changes or {})}).endpoints
    assert plan
    Endpoints(stack, "Endpoints", plan=plan, vpc="vpc-1", **passed_in)
    return Template.from_stack(stack)


def test_gateway_endpoints_are_associated_with_the_pod_route_tables() -> None:
    template = synthesised({"gateways": ["s3", "dynamodb"]}, route_tables=TABLES)
    made = {e["ServiceName"]: e for e in properties(template, "AWS::EC2::VPCEndpoint")}
    assert set(made) == {"com.amazonaws.eu-west-1.s3", "com.amazonaws.eu-west-1.dynamodb"}
    template.all_resources_properties("AWS::EC2::VPCEndpoint", {"VpcEndpointType": "Gateway", "RouteTableIds": TABLES})


def test_interface_endpoints_have_private_names_and_a_group_that_admits_the_pods() -> None:
    template = synthesised({"interfaces": {"services": ["ecr.api", "sts"]}}, PASSED_IN, subnets=SUBNETS)
    ((group, made),) = resources(template, "AWS::EC2::SecurityGroup").items()
    assert made["Properties"]["VpcId"] == "vpc-1"
    template.all_resources_properties(
        "AWS::EC2::VPCEndpoint",
        {
            "VpcEndpointType": "Interface",
            "PrivateDnsEnabled": True,
            "SubnetIds": list(SUBNETS.values()),
            "SecurityGroupIds": [{"Fn::GetAtt": [group, "GroupId"]}],
        },
    )
    rules = list(properties(template, "AWS::EC2::SecurityGroupIngress"))
    assert {(target(r["GroupId"]), r["CidrIp"], r["IpProtocol"], r["FromPort"], r["ToPort"]) for r in rules} == {
        (group, cidr, "tcp", 443, 443) for cidr in ("10.0.0.0/20", "100.64.0.0/16")
    }


def test_ipv6_pods_are_admitted_too() -> None:
    template = synthesised({"interfaces": {"services": ["sts"]}}, {**AN_IPV6_CLUSTER, **PASSED_IN}, subnets=SUBNETS)
    template.has_resource_properties("AWS::EC2::SecurityGroupIngress", {"CidrIpv6": "2001:db8:1::/56"})


EXISTING = {"interfaces": {"existing": True, "security_group_ids": ["sg-0000000e"]}}


def test_the_groups_of_existing_endpoints_admit_the_pods() -> None:
    template = synthesised(EXISTING, pod_security_group="sg-1")
    template.resource_count_is("AWS::EC2::SecurityGroupIngress", 1)
    template.has_resource_properties(
        "AWS::EC2::SecurityGroupIngress",
        {
            "GroupId": "sg-0000000e",
            "SourceSecurityGroupId": "sg-1",
            "IpProtocol": "tcp",
            "FromPort": 443,
            "ToPort": 443,
            "Description": Match.string_like_regexp("."),
        },
    )


def test_a_list_of_egress_allows_pods_to_reach_new_endpoints() -> None:
    changes = {**PASSED_IN, "pods.security_group": {"egress": []}}
    template = synthesised({"interfaces": {"services": ["sts"]}}, changes, subnets=SUBNETS, pod_security_group="sg-1")
    (group,) = resources(template, "AWS::EC2::SecurityGroup")
    rule = the(template, "AWS::EC2::SecurityGroupEgress")
    assert (rule["GroupId"], target(rule["DestinationSecurityGroupId"]), rule["FromPort"]) == ("sg-1", group, 443)
    with pytest.raises(ValueError, match="pod_security_group is missing"):
        synthesised({"interfaces": {"services": ["sts"]}}, changes, subnets=SUBNETS)


def test_in_the_network_account_endpoints_admit_the_addresses_of_pods() -> None:
    half = {
        "vpc.shared_with": ["444455556666"],
        "node_classes": [],
        "node_pools": [],
        "cluster.security_group_id": None,
    }
    rule = the(synthesised(EXISTING, half), "AWS::EC2::SecurityGroupIngress")
    assert rule["CidrIp"] == "100.64.0.0/16"


@pytest.mark.parametrize(
    ("asked", "passed_in", "message"),
    [
        ({"gateways": ["s3"]}, {}, "route_tables is empty"),
        ({"interfaces": {}}, {}, "subnets has nothing for eu-west-1a, eu-west-1b"),
        ({"interfaces": {}}, {"subnets": {**SUBNETS, "eu-west-1c": "subnet-c"}}, "subnets has eu-west-1c, which the plan does not use"),
        ({"interfaces": {}}, {"subnets": ["subnet-a"]}, r"subnets is \['subnet-a'\]: pass a mapping"),
        ({"interfaces": {}}, {"subnets": {**SUBNETS, "eu-west-1b": 1}}, "1 is no id that begins with subnet-, no token, and not an ec2.ISubnet"),
        (EXISTING, {}, "pod_security_group is missing"),
        (EXISTING, {"pod_security_group": "pods"}, "'pods' is not an AWS id that begins with sg-"),
    ],
)  # fmt: skip
def test_what_is_passed_in_must_be_what_the_plan_needs(
    asked: dict[str, Any], passed_in: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        synthesised(asked, PASSED_IN, **passed_in)


def test_subnets_that_the_config_names_need_not_be_passed_in() -> None:
    named = {"SubnetIds": ["subnet-0000000a", "subnet-0000000b"]}
    for passed_in in ({}, {"subnets": {"eu-west-1a": "subnet-0000000a"}}):
        template = synthesised({"interfaces": {"services": ["sts"]}}, **passed_in)
        template.has_resource_properties("AWS::EC2::VPCEndpoint", named)
    with pytest.raises(ValueError, match="is subnet-1, but the config has subnet-0000000b"):
        synthesised({"interfaces": {"services": ["sts"]}}, subnets={"eu-west-1b": "subnet-1"})


def test_a_policy_has_the_account_and_partition_of_its_stack() -> None:
    policies = {"s3": ["account", "eks"], "sts": {"document": {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": ["sts:*"], "Resource": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${aws:username}"}
    ]}}}  # fmt: skip
    asked = {"gateways": ["s3"], "interfaces": {"services": ["sts", "logs"]}, "policies": policies}
    template = synthesised(asked, PASSED_IN, route_tables=TABLES, subnets=SUBNETS)
    found: dict[str, Any] = {e["ServiceName"].rpartition(".")[2]: e.get("PolicyDocument") for e in properties(template, "AWS::EC2::VPCEndpoint")}  # fmt: skip
    account = {"Ref": "AWS::AccountId"}
    own, _, layers = found["s3"]["Statement"]
    assert own["Condition"]["StringEquals"] == {"aws:PrincipalAccount": account, "aws:ResourceAccount": account}
    assert layers["Resource"]["Fn::Join"][1][1] == {"Ref": "AWS::Partition"}
    (statement,) = found["sts"]["Statement"]
    partition = {"Ref": "AWS::Partition"}
    assert statement["Action"] == ["sts:*"]
    assert statement["Resource"] == {"Fn::Join": ["", ["arn:", partition, ":iam::", account, ":role/${aws:username}"]]}
    assert found["logs"] is None
