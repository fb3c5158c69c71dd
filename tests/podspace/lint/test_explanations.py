"""A finding names what is to be changed, so that a person finds it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.defects.corpus import good_cases
from podspace.diagnostic import Diagnostic
from podspace.lint.catalogue import PARTS
from podspace.lint.linter import lint
from podspace.lint.template import template_document
from tests.podspace.lint.stacks import a_template, an_assembly, artifact, of, ref, write
from tests.podspace.manifests import a_node_class, a_node_pool
from tools import REPOSITORY

Body = dict[str, Any]


def a_network(vpc: object, *, subnet: str = "Subnet") -> Body:
    return a_template({subnet: of("EC2::Subnet", VpcId=vpc, CidrBlock="10.0.0.0/20", AvailabilityZone="eu-west-1a")})


def found(folder: Path, files: Body, rule: str) -> list[Diagnostic]:
    return [one for one in lint([write(folder, files)]).findings if one.id == rule]


def test_resources_of_one_logical_id_are_named_with_their_files(tmp_path: Path) -> None:
    files = {"blue.json": a_network("vpc-0a"), "red.json": a_network("vpc-0a")}
    (finding,) = found(tmp_path, files, "subnets-overlap")
    assert (Path(finding.location.file).name, "blue.json" in finding.message) == ("red.json", True)


def test_resources_of_one_logical_id_are_named_with_their_stacks(tmp_path: Path) -> None:
    stacks = {name: artifact(f"{name}.template.json") for name in ("Blue", "Red")}
    files = an_assembly(stacks, Blue=a_network("vpc-0a"), Red=a_network("vpc-0a"))
    (finding,) = found(tmp_path, files, "subnets-overlap")
    assert "Subnet of Blue" in finding.message


def test_a_logical_id_of_one_stack_is_enough(tmp_path: Path) -> None:
    files = {"blue.json": a_network("vpc-0a"), "red.json": a_network("vpc-0a", subnet="Other")}
    (finding,) = found(tmp_path, files, "subnets-overlap")
    assert "blue.json" not in finding.message


def test_the_node_class_of_eks_is_never_recommended(tmp_path: Path) -> None:
    """EKS takes back changes to it, and refuses another one of its name."""
    built_in = a_node_class(podSubnetSelectorTerms=[{"id": "subnet-0b"}]) | {"metadata": {"name": "default"}}
    lost = a_node_pool(template={"nodeClassRef": {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": "gone"}})
    (alone,) = found(tmp_path / "a", {"a.json": built_in, "b.json": lost}, "node-class-not-found")
    (finding,) = found(
        tmp_path / "b", {"a.json": built_in, "b.json": lost, "c.json": a_node_class()}, "node-class-not-found"
    )
    assert ["default" in one.message for one in (alone, finding)] == [False, False]
    assert "pods" in finding.message
    on_default = a_node_pool(
        template={"nodeClassRef": {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": "default"}}
    )
    files = {"a.json": built_in, "b.json": on_default}
    assert found(tmp_path / "c", files, "node-pool-on-default-node-class") == []


def a_cluster(name: str) -> Body:
    return of("EKS::Cluster", Name=name, ResourcesVpcConfig={"SubnetIds": [ref("Subnet")]})


def clusters(entry_in: str) -> Body:
    role = of("IAM::Role", RoleName="blue-nodes")
    entry = of("EKS::AccessEntry", ClusterName=entry_in, PrincipalArn={"Fn::GetAtt": ["Role", "Arn"]}, Type="EC2")
    subnet = of("EC2::Subnet", VpcId="vpc-0a", CidrBlock="10.0.0.0/20", Tags=[{"Key": "nodes", "Value": "blue"}])
    return a_template(
        {"Blue": a_cluster("blue"), "Red": a_cluster("red"), "Role": role, "Entry": entry, "Subnet": subnet}
    )


BLUE = a_node_class(
    role="blue-nodes",
    subnetSelectorTerms=[{"tags": {"nodes": "blue"}}],
    securityGroupSelectorTerms=[{"tags": {"aws:eks:cluster-name": "blue"}}],
)


def test_an_access_entry_in_another_cluster_is_reported_on_the_entry(tmp_path: Path) -> None:
    files = {"t.json": clusters("red"), "m.json": BLUE}
    (finding,) = found(tmp_path, files, "node-role-without-access-entry")
    assert (finding.location.name, finding.location.path) == ("Entry", "Properties.ClusterName")
    assert found(tmp_path, files, "group-selector-matches-nothing") == []


def test_an_access_entry_in_another_cluster_is_the_only_finding(tmp_path: Path) -> None:
    """The groups and rules of the NodeClass are right for its own cluster."""
    (case,) = (one for one in good_cases() if one.name == "plain")
    folder = case.write(tmp_path)
    document = template_document((folder / "network.yaml").read_text(), folder / "network.yaml")
    assert document
    template: Any = copy.deepcopy(document.data)
    resources = template["Resources"]
    resources["Second"] = copy.deepcopy(resources["Cluster"])
    resources["Second"]["Properties"]["Name"] = "second"
    resources["NodeAccessEntry"]["Properties"]["ClusterName"] = {"Ref": "Second"}
    (folder / "network.yaml").write_text(json.dumps(template))
    assert [(one.id, one.location.name) for one in lint([folder]).findings] == [
        ("node-role-without-access-entry", "NodeAccessEntry")
    ]


def test_an_access_entry_in_the_cluster_of_the_node_class_is_right(tmp_path: Path) -> None:
    """Whether or not the role has one in another cluster too."""
    template = clusters("blue")
    assert found(tmp_path / "one", {"t.json": template, "m.json": BLUE}, "node-role-without-access-entry") == []
    other = copy.deepcopy(template["Resources"]["Entry"])
    other["Properties"]["ClusterName"] = "red"
    template["Resources"]["Other"] = other
    assert found(tmp_path / "two", {"t.json": template, "m.json": BLUE}, "node-role-without-access-entry") == []


@pytest.mark.parametrize(("number", "named"), [(4, 4), (5, 4)])
def test_a_message_names_four_subnets_at_most(number: int, named: int, tmp_path: Path) -> None:
    subnets = {
        f"Pods{at}": of(
            "EC2::Subnet", VpcId=ref("Vpc"), CidrBlock=f"100.64.{at}.0/24", Tags=[{"Key": "pods", "Value": "x"}]
        )
        for at in range(number)
    }
    block = of("EC2::VPCCidrBlock", VpcId=ref("Vpc"), CidrBlock="100.64.0.0/16")
    cluster = of("EKS::Cluster", Name="a", ComputeConfig={"Enabled": True})
    template = a_template(
        {"Vpc": of("EC2::VPC", CidrBlock="10.0.0.0/16"), "Block": block, "Cluster": cluster, **subnets}
    )
    node_class = a_node_class(podSubnetSelectorTerms=[{"tags": {"pods": "y"}}])
    (finding,) = found(tmp_path, {"t.json": template, "m.json": node_class}, "pod-selector-matches-nothing")
    assert finding.message.count("(pods=x)") == named
    assert ("others" in finding.message) is (number > named)


def test_the_page_of_checks_has_a_section_for_each_part_of_the_catalogue() -> None:
    """After one for the rules that look at one manifest."""
    lines = (REPOSITORY / "docs" / "checks.md").read_text(encoding="utf-8").splitlines()
    _, *sections = (line.removeprefix("## ") for line in lines if line.startswith("## "))
    assert sections == [*PARTS]
