"""Other CDK apps that use what is installed, each from its own folder, as their authors would run them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml

from podspace.testing import assert_sound
from tests.checkout import checkout
from tests.template import REPOSITORY, tags_of, target

EXAMPLES = REPOSITORY / "examples"
App = tuple[dict[str, Any], dict[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The distribution, built and installed as pip does it, apart from this repository."""
    return install(tmp_path_factory.mktemp("installed"))[1]


def install(work: Path, *options: str) -> tuple[Path, Path]:
    """Install a copy of this repository: the folder of the copy, and the folder that it is installed in."""
    copy, folder = checkout(work / "source", tools=False), work / "site"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation",
         "--target", folder, *options, copy],
        check=True,
    )  # fmt: skip
    return copy, folder


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
    return json.loads(template.read_text()), {m["kind"]: m for m in manifests}


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {id: r["Properties"] for id, r in template["Resources"].items() if r["Type"] == kind}


def test_an_app_with_its_own_vpc_hands_everything_over_as_objects(installed: Path, tmp_path: Path) -> None:
    template, manifests = synthesise("own_vpc", installed, tmp_path)
    subnets = of_type(template, "AWS::EC2::Subnet")
    (vpc,) = of_type(template, "AWS::EC2::VPC")
    assert {target(block["VpcId"]) for block in of_type(template, "AWS::EC2::VPCCidrBlock").values()} == {vpc}
    spec = manifests["NodeClass"]["spec"]
    assert selected(spec["podSubnetSelectorTerms"], subnets) == {
        cidr for cidr in cidrs(subnets) if cidr.startswith("100.64.")
    }
    private = {s["CidrBlock"] for s in subnets.values() if tags_of(s).get("aws-cdk:subnet-type") == "Private"}
    assert selected(spec["subnetSelectorTerms"], subnets) == private
    assert len(private) == 3
    gateways = of_type(template, "AWS::EC2::NatGateway")
    tables = {
        target(a["SubnetId"]): target(a["RouteTableId"])
        for a in of_type(template, "AWS::EC2::SubnetRouteTableAssociation").values()
    }
    routes = {
        target(r["RouteTableId"]): target(r["NatGatewayId"])
        for r in of_type(template, "AWS::EC2::Route").values()
        if "NatGatewayId" in r
    }
    (cluster,) = of_type(template, "AWS::EKS::Cluster").values()
    control_plane = {target(id) for id in cluster["ResourcesVpcConfig"]["SubnetIds"]}
    assert control_plane <= {id for id, s in subnets.items() if s["CidrBlock"] in private}, "never a pod subnet"
    zone_of = {id: subnet["AvailabilityZone"] for id, subnet in subnets.items()}
    for id, subnet in subnets.items():
        if subnet["CidrBlock"].startswith("100.64."):
            gateway = gateways[routes[tables[id]]]
            assert zone_of[target(gateway["SubnetId"])] == zone_of[id]


def cidrs(subnets: dict[str, dict[str, Any]]) -> set[str]:
    return {subnet["CidrBlock"] for subnet in subnets.values()}


def selected(terms: list[dict[str, Any]], subnets: dict[str, dict[str, Any]]) -> set[str]:
    return {s["CidrBlock"] for s in subnets.values() for term in terms if term["tags"].items() <= tags_of(s).items()}


def test_an_app_with_folders_named_like_ours_keeps_them(installed: Path, tmp_path: Path) -> None:
    template, manifests = synthesise("existing_vpc", installed, tmp_path)
    assert set(manifests) == {"NodeClass", "NodePool", "CronJob"}
    (group,) = of_type(template, "AWS::EC2::SecurityGroup")
    rules = of_type(template, "AWS::EC2::SecurityGroupIngress").values()
    (database,) = [rule for rule in rules if rule["GroupId"] == "sg-0e00000000000000e"]
    assert target(database["SourceSecurityGroupId"]) == group


def test_the_chart_of_another_app_is_applied_by_its_cluster(installed: Path, tmp_path: Path) -> None:
    template, manifests = synthesise("own_chart", installed, tmp_path)
    assert not manifests, "the deployment applies them"
    (applied,) = of_type(template, "Custom::AWSCDK-EKS-KubernetesResource").values()
    node_class, node_pool = json.loads(applied["Manifest"])
    assert (node_class["kind"], node_pool["kind"]) == ("NodeClass", "NodePool")
    assert node_pool["spec"]["template"]["spec"]["nodeClassRef"]["name"] == node_class["metadata"]["name"]
    assert {node_class["metadata"]["labels"]["team"], node_pool["metadata"]["labels"]["team"]} == {"shop"}
    subnets, spec = of_type(template, "AWS::EC2::Subnet"), node_class["spec"]
    nodes, pods = (selected(spec[terms], subnets) for terms in ("subnetSelectorTerms", "podSubnetSelectorTerms"))
    assert len(nodes) == len(pods) == 2
    assert nodes.isdisjoint(pods)
    roles = of_type(template, "AWS::IAM::Role").items()
    (role,) = (id for id, each in roles if each.get("RoleName") == spec["role"])
    entries = of_type(template, "AWS::EKS::AccessEntry").values()
    assert role in {target(entry["PrincipalArn"]) for entry in entries if entry.get("Type") == "EC2"}
    assert_sound(tmp_path / "cdk.out")


STACK_AND_CHART = """
import site, sys
from pathlib import Path
site.addsitedir(sys.argv[1])
import podspace
assert not sys.modules.keys() & {"aws_cdk", "cdk8s", "jsii"}

from aws_cdk import App
from cdk8s import App as Charts
from podspace import k8s, stacks
from podspace.planning import read_network_files

(file,) = read_network_files(Path(sys.argv[2]))
app, chart = App(outdir="cdk.out"), k8s.PodNetworkChart(Charts(), "chart", plan=file.plan)
stacks.PodNetworkStack(app, "stack", config=file.config, plan=file.plan)
app.synth()
print(*(each["kind"] for each in chart.to_json()), k8s.__file__, stacks.__file__)
"""


@pytest.mark.parametrize("editable", [False, True])
def test_stack_and_chart_are_modules_of_podspace(installed: Path, tmp_path: Path, editable: bool) -> None:
    """In an editable installation too, which is what `make setup` makes."""
    place = folder = installed
    if editable:
        place, folder = install(tmp_path, "--editable")
    command = [sys.executable, "-S", "-c", STACK_AND_CHART, str(folder), str(REPOSITORY / "config" / "article.yaml")]
    # With -S, the installation that runs the tests is not found.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), sysconfig.get_path("purelib")])}
    ran = subprocess.run(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    *kinds, k8s, stacks = ran.stdout.split()
    assert kinds == ["NodeClass", "NodePool"]
    inside = place if editable else place / "podspace"
    assert (Path(k8s), Path(stacks)) == (inside / "k8s" / "__init__.py", inside / "stacks" / "__init__.py")
    assert (tmp_path / "cdk.out" / "stack.template.json").exists()


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
