"""Selectors are judged against templates only if the NodeClass belongs to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from podspace.lint.linter import lint
from tests.podspace.lint.stacks import a_template, of, ref, write
from tests.podspace.manifests import a_node_class

Body = dict[str, Any]


def tags(**values: str) -> list[Body]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


VPC: Body = {
    "Vpc": of("EC2::VPC", CidrBlock="10.0.0.0/16", Tags=tags(Name="web")),
    "More": of("EC2::VPCCidrBlock", VpcId=ref("Vpc"), CidrBlock="10.1.0.0/16"),
    "A": of("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.0.0/20", AvailabilityZone="eu-west-1a",
            Tags=tags(**{"Name": "web-a", "kubernetes.io/role/internal-elb": "1"})),
    "B": {**of("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.1.0.0/18", AvailabilityZone="eu-west-1a",
               Tags=tags(Name="web-b")), "DependsOn": "More"},
    "Group": of("EC2::SecurityGroup", GroupDescription="web", VpcId=ref("Vpc"), Tags=tags(team="web")),
}  # fmt: skip
"""A VPC that is complete, of which nothing says whose it is."""


def selecting(tag: str = "karpenter.sh/discovery", value: str = "shop", *, cluster: str = "shop") -> Body:
    """A NodeClass whose terms select by one tag, and by the group of its cluster."""
    return a_node_class(
        role="shop-nodes",
        subnetSelectorTerms=[{"tags": {tag: value}}],
        podSubnetSelectorTerms=[{"tags": {tag: value}}],
        podSecurityGroupSelectorTerms=[{"tags": {"aws:eks:cluster-name": cluster}}],
        securityGroupSelectorTerms=[{"tags": {"aws:eks:cluster-name": cluster}}],
        snatPolicy="Disabled",
    )


def found(folder: Path, resources: Body, node_class: Body, **more: Body) -> set[str]:
    files = {"t.json": a_template({**VPC, **resources}), "m.json": node_class, **more}
    return {one.id for one in lint([write(folder, files)]).findings if "matches-nothing" in one.id}


def a_cluster(name: str, *, auto: bool = True) -> Body:
    return of("EKS::Cluster", Name=name, ResourcesVpcConfig={"SubnetIds": [ref("A")]}, ComputeConfig={"Enabled": auto})


NODES, PODS = "node-selector-matches-nothing", "pod-selector-matches-nothing"


@pytest.mark.parametrize(
    ("resources", "node_class"),
    [
        ({}, selecting()),
        ({}, selecting("Name", "shop-private-*")),
        ({}, selecting("kubernetes.io/role/internal-elb", "yes")),
        ({}, selecting("team", "shop")),
        ({"Cluster": a_cluster("web")}, selecting()),
        ({"Pool": of("EKS::Addon", ClusterName="web", AddonName="vpc-cni")}, selecting()),
        ({"Role": of("IAM::Role", RoleName="web-nodes")}, selecting()),
    ],
)  # fmt: skip
def test_a_complete_vpc_of_something_else_is_no_reason_to_report(
    tmp_path: Path, resources: Body, node_class: Body
) -> None:
    assert found(tmp_path, resources, node_class) == set()


@pytest.mark.parametrize(
    ("resources", "node_class"),
    [
        ({"Cluster": a_cluster("shop")}, selecting()),
        ({"Addon": of("EKS::Addon", ClusterName="shop", AddonName="vpc-cni")}, selecting()),
        ({"Role": of("IAM::Role", RoleName="shop-nodes")}, selecting()),
        ({"Table": of("EC2::RouteTable", VpcId=ref("Vpc"), Tags=tags(team="shop"))}, selecting("team", "shop")),
        ({"Table": of("EC2::RouteTable", VpcId=ref("Vpc"), Tags=tags(**{"acme/shop": "x"}))}, selecting("acme/shop", "y")),
    ],
)  # fmt: skip
def test_a_cluster_a_role_or_a_tag_that_both_have_is_a_reason(
    tmp_path: Path, resources: Body, node_class: Body
) -> None:
    assert found(tmp_path, resources, node_class) == {NODES, PODS}


def test_a_term_that_selects_something_is_a_reason(tmp_path: Path) -> None:
    node_class = selecting()
    assert found(tmp_path, {}, node_class) == set()
    node_class["spec"]["securityGroupSelectorTerms"] = [{"tags": {"team": "web"}}]
    assert found(tmp_path, {}, node_class) == {NODES, PODS}


POD_SUBNET: Body = {
    "Pods": {**of("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.1.64.0/18", AvailabilityZone="eu-west-1a",
                  Tags=tags(**{"podspace/payments/pods": "pods"})), "DependsOn": "More"},
}  # fmt: skip
TYPO = selecting("podspace/payments/podz", "pods")


def warned(folder: Path, resources: Body, *node_classes: Body) -> list[str]:
    files = {f"{number}.json": one for number, one in enumerate(node_classes)}
    linted = lint([write(folder, {"t.json": a_template({**VPC, **resources}), **files})])
    return [one.severity for one in linted.findings if one.id == "pod-subnets-not-selected"]


def test_a_typo_in_the_key_of_a_tag_is_a_warning(tmp_path: Path) -> None:
    """Where pod subnets are in the input that no NodeClass selects."""
    assert warned(tmp_path / "typo", POD_SUBNET, TYPO) == ["warning"]
    assert warned(tmp_path / "right", POD_SUBNET, selecting("podspace/payments/pods", "pods")) == []
    assert warned(tmp_path / "both", POD_SUBNET, TYPO, selecting("podspace/payments/pods", "pods")) == []
    assert warned(tmp_path / "none", {}, TYPO) == []
