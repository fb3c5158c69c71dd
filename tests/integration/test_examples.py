"""Other CDK apps that use what is installed, each from its own folder, as their authors would run them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from aws_cdk.assertions import Template

from podspace.planning import read_network_file
from podspace.testing import assert_sound
from stacks import PodNetworkStack
from tests.checkout import checkout
from tests.template import REPOSITORY, Resource, an_app, properties, resources, tags_of, target, the, zone_of

EXAMPLES = REPOSITORY / "examples"
App = tuple[Template, dict[str, dict[str, Any]]]


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
    return Template.from_string(template.read_text()), {m["kind"]: m for m in manifests}


def test_an_app_with_its_own_vpc_passes_everything_in_as_objects(installed: Path, tmp_path: Path) -> None:
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


def test_the_chart_of_another_app_is_applied_by_its_cluster(installed: Path, tmp_path: Path) -> None:
    template, manifests = synthesise("own_chart", installed, tmp_path)
    assert not manifests, "the deployment applies them"
    applied = the(template, "Custom::AWSCDK-EKS-KubernetesResource")
    node_class, node_pool = json.loads(applied["Manifest"])
    assert (node_class["kind"], node_pool["kind"]) == ("NodeClass", "NodePool")
    assert node_pool["spec"]["template"]["spec"]["nodeClassRef"]["name"] == node_class["metadata"]["name"]
    assert {node_class["metadata"]["labels"]["team"], node_pool["metadata"]["labels"]["team"]} == {"shop"}
    subnets, spec = resources(template, "AWS::EC2::Subnet").values(), node_class["spec"]
    nodes, pods = (selected(spec[terms], subnets) for terms in ("subnetSelectorTerms", "podSubnetSelectorTerms"))
    assert len(nodes) == len(pods) == 2
    assert nodes.isdisjoint(pods)
    roles = resources(template, "AWS::IAM::Role").items()
    (role,) = (id for id, each in roles if each["Properties"].get("RoleName") == spec["role"])
    entries = list(properties(template, "AWS::EKS::AccessEntry"))
    assert role in {target(entry["PrincipalArn"]) for entry in entries if entry.get("Type") == "EC2"}
    assert_sound(tmp_path / "cdk.out")


def test_a_pod_network_on_the_vpc_and_cluster_of_an_app(installed: Path, tmp_path: Path) -> None:
    template, manifests = synthesise("auto_mode_pods", installed, tmp_path)
    subnets, spec = resources(template, "AWS::EC2::Subnet"), manifests["NodeClass"]["spec"]
    by_cidr = {cidr_of(subnet): zone_of(subnet) for subnet in subnets.values()}
    pods, nodes = (
        sorted(by_cidr[cidr] for cidr in selected(spec[terms], subnets.values()))
        for terms in ("podSubnetSelectorTerms", "subnetSelectorTerms")
    )
    assert pods == nodes == ["eu-west-1a", "eu-west-1b"]
    assert_sound(tmp_path / "cdk.out", manifests=[tmp_path / "dist"])


def test_a_config_file_outside_this_repository_needs_six_lines(installed: Path, tmp_path: Path) -> None:
    _, app = re.findall(
        r"^```python\n(.*?)^```$", (REPOSITORY / "docs" / "cdk-apps.md").read_text(), re.DOTALL | re.MULTILINE
    )
    lines = [line for line in app.splitlines() if line]
    assert len(lines) <= 7
    (tmp_path / "config").mkdir()
    shutil.copy(REPOSITORY / "config" / "article.yaml", tmp_path / "config")
    (tmp_path / "app.py").write_text(app)
    environment = {**os.environ, "PYTHONPATH": f"{installed}", "CDK_OUTDIR": str(tmp_path / "cdk.out")}
    subprocess.run([sys.executable, "app.py"], cwd=tmp_path, env=environment, check=True)
    (template,) = (tmp_path / "cdk.out").glob("*.template.json")
    ours = Template.from_stack(PodNetworkStack(an_app(), "x", plan=read_network_file(tmp_path / "config").plan))
    assert resources(Template.from_string(template.read_text())).keys() == resources(ours).keys()


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
stacks.PodNetworkStack(app, "stack", plan=file.plan)
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
