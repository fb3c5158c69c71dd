"""Without a DependsOn that our constructs state, some order of creation or deletion fails."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import pytest

from tests.deploy.conftest import Start
from tests.deploy.deployed import Template, data_of
from tests.template import CONFIGS, template_of_file
from tools.local_aws.cloudformation.dependencies import creation_order

SEEDS: Final = 4
TRIED: Final = 300
Pair = tuple[str, str]
_OF_A_CLUSTER: Final = "comes with the dependency on the construct of the cluster; that on the cluster itself is tried"
_OF_ALL: Final = "NodeClasses are applied when what they select exists; a NodeClass that finds nothing is not refused, but no node starts"
_IAM: Final = "permissions are not enforced here; without the policy the function cannot do its work"
EMULATED: Final[tuple[Pair, ...]] = (
    ("AWS::EC2::NatGateway", "AWS::EC2::VPCGatewayAttachment"),
    ("AWS::EC2::Route", "AWS::EC2::Subnet"),
    ("AWS::EC2::Route", "AWS::EC2::TransitGatewayAttachment"),
    ("AWS::EC2::Route", "AWS::EC2::VPCGatewayAttachment"),
    ("AWS::EC2::Route", "AWS::NetworkManager::VpcAttachment"),
    ("AWS::EC2::Subnet", "AWS::EC2::VPCCidrBlock"),
    ("AWS::EKS::AccessEntry", "AWS::EKS::Cluster"),
    ("AWS::EKS::Addon", "AWS::EKS::Cluster"),
    ("Custom::AWSCDK-EKS-KubernetesResource", "AWS::EKS::AccessEntry"),
)
"""Dependencies whose absence fails here."""
NOT_EMULATED: Final[dict[Pair, str]] = {
    ("AWS::EC2::EIP", "AWS::EC2::VPCGatewayAttachment"): "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-eip.html asks for it; AllocateAddress itself does not refuse",
    ("AWS::EC2::EIP", "AWS::EC2::Route"): "the public route belongs to the way to the internet, as the attachment does",
    ("AWS::EC2::NatGateway", "AWS::EC2::Route"): "a NAT gateway is created without a route to the internet gateway, and has no traffic until then",
    ("AWS::EC2::FlowLog", "AWS::S3::BucketPolicy"): "EC2 adds a policy to a bucket that has none, which the policy of the stack would replace; a local bucket admits every delivery",
    ("AWS::Logs::Delivery", "AWS::Logs::ResourcePolicy"): "CloudWatch Logs adds a policy of its own if none admits the delivery, https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html; permissions are not enforced here",
    ("AWS::EKS::AccessEntry", "AWS::EC2::SecurityGroup"): _OF_A_CLUSTER,
    ("AWS::EKS::AccessEntry", "AWS::EKS::AccessEntry"): _OF_A_CLUSTER,
    ("AWS::EKS::AccessEntry", "AWS::IAM::Role"): _OF_A_CLUSTER,
    ("AWS::EKS::AccessEntry", "AWS::SSM::Parameter"): _OF_A_CLUSTER,
    ("AWS::EKS::Addon", "AWS::EC2::SecurityGroup"): _OF_A_CLUSTER,
    ("AWS::EKS::Addon", "AWS::EKS::AccessEntry"): _OF_A_CLUSTER,
    ("AWS::EKS::Addon", "AWS::IAM::Role"): _OF_A_CLUSTER,
    ("AWS::EKS::Addon", "AWS::SSM::Parameter"): _OF_A_CLUSTER,
    ("AWS::SSM::Parameter", "AWS::EKS::Cluster"): "a parameter that CDK creates to mark the time when a cluster is ready",
    ("AWS::Lambda::Function", "AWS::IAM::Policy"): _IAM,
    ("AWS::Lambda::Function", "AWS::IAM::Role"): "the function refers to the role too",
    ("Custom::AWSCDK-EKS-KubernetesResource", "AWS::IAM::Policy"): _IAM,
    ("Custom::AWSCDK-EKS-KubernetesResource", "AWS::Logs::LogGroup"): "a function that runs before its log group is there creates one, and CloudFormation's own then fails; functions are not run here",
    ("Custom::AWSCDK-EKS-KubernetesResource", "AWS::Lambda::LayerVersion"): "the functions refer to it too",
    ("Custom::AWSCDK-EKS-KubernetesResource", "Custom::AWSCDK-EKS-KubernetesResource"): "a NodePool is applied after its NodeClass; the API server does not refuse one before",
    **{
        ("Custom::AWSCDK-EKS-KubernetesResource", f"AWS::{other}"): _OF_ALL
        for other in (
            "EC2::EIP", "EC2::InternetGateway", "EC2::NatGateway", "EC2::Route", "EC2::RouteTable", "EC2::SecurityGroup",
            "EC2::SecurityGroupIngress", "EC2::Subnet", "EC2::SubnetRouteTableAssociation", "EC2::VPC",
            "EC2::VPCCidrBlock", "EC2::VPCGatewayAttachment", "EKS::Cluster", "IAM::Role", "Lambda::Function", "SSM::Parameter",
        )
    },
}  # fmt: skip
"""Dependencies whose absence fails nothing here, and the reason."""
_WITH_THE_CLUSTER: Final = ("AWS::EC2::SecurityGroup", "AWS::EKS::AccessEntry", "AWS::IAM::Role", "AWS::SSM::Parameter")
STATED_AT_ONCE: Final[dict[Pair, tuple[Pair, ...]]] = {
    ("AWS::EC2::NatGateway", "AWS::EC2::VPCGatewayAttachment"): (
        ("AWS::EC2::NatGateway", "AWS::EC2::Route"),
        ("AWS::EC2::EIP", "AWS::EC2::Route"),
        ("AWS::EC2::EIP", "AWS::EC2::VPCGatewayAttachment"),
    ),
    **{
        (type_, "AWS::EKS::Cluster"): tuple((type_, other) for other in _WITH_THE_CLUSTER)
        for type_ in ("AWS::EKS::AccessEntry", "AWS::EKS::Addon")
    },
}
"""What constructs wait for by the same statement, which is removed with it."""


def stated(template: Template) -> Iterator[tuple[str, str]]:
    """The dependencies that a template states: who waits, and for whom."""
    for id_, resource in template["Resources"].items():
        waits = resource.get("DependsOn", [])
        for other in [waits] if isinstance(waits, str) else waits:
            yield id_, other


def pairs() -> dict[Pair, Path]:
    """Every pair of types of which one states a dependency on the other, with a config that has it."""
    found: dict[Pair, Path] = {}
    for path in CONFIGS:
        template = dict(template_of_file(path).to_json())
        for id_, other in stated(template):
            types = template["Resources"][id_]["Type"], template["Resources"][other]["Type"]
            found.setdefault(types, path)
    return found


def without(template: Template, pair: Pair) -> Template:
    """The template without the dependencies between two types."""
    resources, removed = dict(template["Resources"]), (pair, *STATED_AT_ONCE.get(pair, ()))
    for id_, other in stated(template):
        if (resources[id_]["Type"], resources[other]["Type"]) in removed:
            waits = resources[id_]["DependsOn"]
            kept = [each for each in ([waits] if isinstance(waits, str) else waits) if each != other]
            resources[id_] = {**resources[id_], "DependsOn": kept}
    return {**template, "Resources": resources}


def adverse(template: Template, pair: Pair) -> Iterator[int]:
    """Some seeds with which a resource of the first type is created before one of the second."""
    resources = template["Resources"]
    yield from islice((seed for seed in range(TRIED) if _is_adverse(resources, pair, seed)), SEEDS)


def _is_adverse(resources: Template, pair: Pair, seed: int) -> bool:
    types = [resources[id_]["Type"] for id_ in creation_order(resources, seed=seed)]
    return types.index(pair[0]) < types.index(pair[1])


def test_every_dependency_is_tried_or_explained() -> None:
    assert sorted(pairs()) == sorted((*EMULATED, *NOT_EMULATED))


@pytest.mark.parametrize("pair", EMULATED, ids="-".join)
def test_without_a_dependency_some_order_fails(pair: Pair, start: Start) -> None:
    path = pairs()[pair]
    network = start(data_of(path))
    template = without(dict(template_of_file(path).to_json()), pair)
    for seed in adverse(template, pair):
        network.local.engine.seed = seed
        created = network.deploy(template=template)
        deleted = network.delete()
        if (created, deleted) != ("CREATE_COMPLETE", "DELETE_COMPLETE"):
            return
    pytest.fail(f"{pair[0]} needs no dependency on {pair[1]}, or AWS's rule is not emulated")
