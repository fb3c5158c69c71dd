"""Other CDK apps that use what is installed, each from its own folder, as their authors would run them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from aws_cdk.assertions import Template

from tests.checkout import checkout
from tests.template import REPOSITORY, Resource, properties, resources, tags_of, target, the, zone_of

EXAMPLES = REPOSITORY / "examples"
App = tuple[Template, dict[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The distribution, built and installed as pip does it, apart from this repository."""
    folder = tmp_path_factory.mktemp("installed")
    copy = checkout(tmp_path_factory.mktemp("source") / "podspace", tools=False)
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation",
         "--target", folder, copy],
        check=True,
    )  # fmt: skip
    return folder


def synthesise(example: str, installed: Path, work: Path) -> App:
    """The template and the manifests, by kind and name, of an example run in a folder that is not ours."""
    out = work / "cdk.out"
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("AWS_")},
        "PYTHONPATH": f"{installed}",
        "CDK_OUTDIR": str(out),
    }
    subprocess.run([sys.executable, EXAMPLES / example / "app.py"], cwd=work, env=environment, check=True)
    (template,) = out.glob("*.template.json")
    manifests = [yaml.safe_load(file.read_text()) for file in sorted(work.glob("dist/*/*.yaml"))]
    return Template.from_string(template.read_text()), {m["kind"]: m for m in manifests}


def test_an_app_with_its_own_vpc_hands_everything_over_as_objects(installed: Path, tmp_path: Path) -> None:
    template, manifests = synthesise("own_vpc", installed, tmp_path)
    subnets = resources(template, "AWS::EC2::Subnet")
    vpc = template.get_resource_id("AWS::EC2::VPC")
    template.all_resources_properties("AWS::EC2::VPCCidrBlock", {"VpcId": {"Ref": vpc}})
    spec = manifests["NodeClass"]["spec"]
    pods = {cidr for cidr in map(cidr_of, subnets.values()) if cidr.startswith("100.64.")}
    assert selected(spec["podSubnetSelectorTerms"], subnets.values()) == pods
    private = {cidr_of(s) for s in subnets.values() if tags_of(s["Properties"]).get("aws-cdk:subnet-type") == "Private"}
    assert selected(spec["subnetSelectorTerms"], subnets.values()) == private
    assert len(private) == 3
    gateways = resources(template, "AWS::EC2::NatGateway")
    tables = {
        target(a["SubnetId"]): target(a["RouteTableId"])
        for a in properties(template, "AWS::EC2::SubnetRouteTableAssociation")
    }
    routes = {
        target(r["RouteTableId"]): target(r["NatGatewayId"])
        for r in properties(template, "AWS::EC2::Route")
        if "NatGatewayId" in r
    }
    control_plane = {target(id) for id in the(template, "AWS::EKS::Cluster")["ResourcesVpcConfig"]["SubnetIds"]}
    assert control_plane <= {id for id, s in subnets.items() if cidr_of(s) in private}, "never a pod subnet"
    for id, subnet in subnets.items():
        if cidr_of(subnet).startswith("100.64."):
            gateway = gateways[routes[tables[id]]]
            assert zone_of(subnets[target(gateway["Properties"]["SubnetId"])]) == zone_of(subnet)


def cidr_of(subnet: Resource) -> str:
    return str(subnet["Properties"]["CidrBlock"])


def selected(terms: list[dict[str, Any]], subnets: Iterable[Resource]) -> set[str]:
    """The CIDR blocks of the subnets that the selector terms match."""
    return {cidr_of(s) for s in subnets for term in terms if term["tags"].items() <= tags_of(s["Properties"]).items()}


def test_an_app_with_folders_named_like_ours_keeps_them(installed: Path, tmp_path: Path) -> None:
    template, manifests = synthesise("existing_vpc", installed, tmp_path)
    assert set(manifests) == {"NodeClass", "NodePool", "CronJob"}
    group = template.get_resource_id("AWS::EC2::SecurityGroup")
    database = {"GroupId": "sg-0e00000000000000e"}
    template.resource_properties_count_is("AWS::EC2::SecurityGroupIngress", database, 1)
    source = {"Fn::GetAtt": [group, "GroupId"]}
    template.has_resource_properties("AWS::EC2::SecurityGroupIngress", {**database, "SourceSecurityGroupId": source})


def test_what_is_installed_is_typed(installed: Path) -> None:
    assert all((installed / package / "py.typed").exists() for package in ("podspace", "constructs_lib"))


def test_only_the_library_is_installed(installed: Path) -> None:
    """Every CDK app has folders named stacks and k8s; ours must not stand in their way."""
    assert {path.name for path in installed.iterdir() if path.suffix != ".dist-info"} == {
        "bin",
        "podspace",
        "constructs_lib",
    }
    assert [path.name for path in (installed / "bin").iterdir()] == ["podspace"]
