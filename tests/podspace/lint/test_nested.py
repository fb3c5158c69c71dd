"""Nested stacks are found where their templates are, and are stacks of their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from podspace.lint.deployment import Deployment
from podspace.lint.inputs import Inputs, read_inputs
from podspace.lint.linter import lint
from tests.podspace.lint.stacks import (
    Body,
    a_template,
    an_assembly,
    artifact,
    att,
    made,
    nested,
    of,
    ref,
    write,
)

CHILD = a_template({"Vpc": of("EC2::VPC", CidrBlock="10.0.0.0/16")})
HASH = "0123456789abcdef" * 4
BUCKET: Body = {"Fn::Sub": f"https://s3.eu-west-1.${{AWS::URLSuffix}}/cdk-assets/{HASH}.json"}
JOINED: Body = {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::URLSuffix"}, "/", {"Fn::Sub": "assets-${AWS::Region}"}, f"/{HASH}.json"]]}  # fmt: skip
ASSETS: Body = {"version": "55.0.0", "files": {HASH: {"source": {"path": "child.json", "packaging": "file"}}}}


def names(folder: Path, inputs: Inputs) -> list[str]:
    return sorted(stack.key.removeprefix(f"{folder}/") for stack in inputs.stacks)


def unreadable(folder: Path, inputs: Inputs) -> list[tuple[str, str]]:
    return [(str(problem.location).removeprefix(f"{folder}/"), problem.message) for problem in inputs.unreadable]


@pytest.mark.parametrize(
    ("resource", "files"),
    [
        (nested("child.json"), {}),
        (nested("./child.json"), {}),
        (nested("../app/child.json"), {}),
        ({**nested(BUCKET), "Metadata": {"aws:asset:path": "child.json"}}, {}),
        ({**nested("https://s3.amazonaws.com/a/b.json"), "Metadata": {"aws:asset:path": "child.json"}}, {}),
        (nested(BUCKET), {"app.assets.json": ASSETS}),
        (nested(JOINED), {"app.assets.json": ASSETS}),
        (nested(JOINED), {"a.assets.json": "{", "b.assets.json": {"files": []}, "c.assets.json": "[]", "d.assets.json": ASSETS}),
    ],
)  # fmt: skip
def test_a_nested_template_is_found(tmp_path: Path, resource: Body, files: Body) -> None:
    """By its path, by that of the asset, or by the asset's hash; and is no stack by itself."""
    folder = write(tmp_path / "app", {"root.json": a_template({"Net": resource}), "child.json": CHILD, **files})
    for inputs in (read_inputs([folder / "root.json"]), read_inputs([folder / "root.json", folder / "child.json"])):
        assert inputs.unreadable == []
        assert names(folder, inputs) == ["root.json", "root.json/Net"]
        child = next(stack for stack in inputs.stacks if stack.origin.parent)
        assert (child.origin.parent, child.origin.nested_as) == (str(folder / "root.json"), "Net")
        assert (child.document.path.resolve(), child.document.data) == (folder / "child.json", CHILD)


@pytest.mark.parametrize(
    ("resource", "files"),
    [
        (nested("https://s3.amazonaws.com/bucket/child.json"), {}),
        (nested("s3://bucket/child.json"), {}),
        (nested({"Ref": "Url"}), {}),
        (nested({"Fn::Sub": "https://${Bucket}/child.json"}), {}),
        (nested(BUCKET), {}),
        (nested(BUCKET), {"app.assets.json": {"files": {"0": {}}}}),
        (nested(BUCKET), {"app.assets.json": {"files": {HASH: {"source": {}}}}}),
        (nested(BUCKET), {"app.assets.json": {"files": {HASH: "text"}}}),
        (nested(5), {}),
        (nested(None), {}),
        (nested(["child.json"]), {}),
        ({"Type": "AWS::CloudFormation::Stack"}, {}),
        ({**nested(None), "Metadata": {"aws:asset:path": 5}}, {}),
        ({**nested(None), "Metadata": "text"}, {}),
    ],
)
def test_a_nested_template_that_is_elsewhere_is_passed_over(tmp_path: Path, resource: Body, files: Body) -> None:
    """Nobody can read it."""
    folder = write(tmp_path, {"root.json": a_template({"Net": resource}), **files})
    inputs = read_inputs([folder / "root.json"])
    assert (names(folder, inputs), inputs.unreadable) == (["root.json"], [])


def test_a_list_of_assets_that_is_too_deep_is_no_trouble(tmp_path: Path) -> None:
    """It is no list of assets."""
    folder = write(tmp_path, {"root.json": a_template({"Net": nested(BUCKET)}), "a.assets.json": "[" * 100_000})
    assert names(folder, read_inputs([folder / "root.json"])) == ["root.json"]


@pytest.mark.parametrize(
    ("resource", "place", "gist"),
    [
        (nested("gone.json"), "gone.json", "No such file"),
        (nested("sub/gone.json"), "sub/gone.json", "No such file"),
        ({**nested(BUCKET), "Metadata": {"aws:asset:path": "gone.json"}}, "gone.json", "No such file"),
        (nested(BUCKET), "gone.json", "No such file"),
        (nested("sub"), "sub", "must be a file"),
        (nested("pods.yaml"), "pods.yaml", "must be a template of CloudFormation"),
        (nested("empty.json"), "empty.json", "must be a template of CloudFormation"),
        (nested("broken.json"), "broken.json:1", "must be JSON"),
        (nested("broken.yaml"), "broken.yaml:2", "must be one YAML document"),
        (nested("latin.yaml"), "latin.yaml:1", "must be a text file in UTF-8"),
    ],
)
def test_a_nested_template_that_cannot_be_read_is_reported(
    tmp_path: Path, resource: Body, place: str, gist: str
) -> None:
    """As the rest of the deployment cannot be judged without it; what can be is."""
    files = {
        "root.json": a_template({"Net": resource, "Other": nested("child.json")}),
        "child.json": CHILD,
        "a.assets.json": {"files": {HASH: {"source": {"path": "gone.json"}}}},
        "sub/a.txt": "",
        "pods.yaml": "apiVersion: v1\nkind: Pod\n",
        "empty.json": "{}",
        "broken.json": '{"Resources": ',
        "broken.yaml": "Resources: [\n",
    }
    folder = write(tmp_path, files)
    (folder / "latin.yaml").write_bytes(b"Resources: \xe9")
    inputs = read_inputs([folder / "root.json"])
    ((where, must),) = unreadable(folder, inputs)
    assert where == place
    assert gist in must
    assert names(folder, inputs) == ["root.json", "root.json/Other"]
    assert lint([folder / "root.json"]).exit_status == 2


@pytest.mark.parametrize("url", ["a\0.json", "a\ud800.json"])
def test_a_name_that_no_file_can_have_is_reported(tmp_path: Path, url: str) -> None:
    """As everywhere else."""
    folder = write(tmp_path, {"root.json": a_template({"Net": nested(url)})})
    assert lint([folder / "root.json"]).exit_status == 2


IN_YAML = "Resources:\n  Vpc: {Type: AWS::EC2::VPC}\n"


@pytest.mark.parametrize(
    "template",
    [
        json.dumps(CHILD, indent=1),
        json.dumps(CHILD),
        f"AWSTemplateFormatVersion: 2010-09-09\n{IN_YAML}",
        IN_YAML,
    ],
)
def test_a_nested_template_may_have_a_byte_order_mark(tmp_path: Path, template: str) -> None:
    """As one by itself may."""
    folder = write(tmp_path, {"root.json": a_template({"Net": nested("child.json")})})
    (folder / "child.json").write_bytes(b"\xef\xbb\xbf" + template.encode())
    inputs = read_inputs([folder / "root.json"])
    assert (names(folder, inputs), inputs.unreadable) == (["root.json", "root.json/Net"], [])


def test_a_template_that_contains_itself_is_refused(tmp_path: Path) -> None:
    """At the line where it does."""
    folder = write(tmp_path, {"root.json": a_template({"Net": nested("sub/../root.json")}), "sub/a.txt": ""})
    inputs = read_inputs([folder / "root.json"])
    ((place, must),) = unreadable(folder, inputs)
    line = (folder / "root.json").read_text().splitlines().index('  "Net": {') + 1
    assert place == f"root.json:{line}"
    assert must == f"must not contain itself: Net is {folder}/sub/../root.json"
    assert names(folder, inputs) == ["root.json"]


def test_templates_that_contain_each_other_are_refused(tmp_path: Path) -> None:
    """Whether one of them is named or both are."""
    files = {"a.json": a_template({"B": nested("b.json")}), "b.json": a_template({"A": nested("a.json")})}
    folder = write(tmp_path, files)
    for paths in ([folder / "a.json"], [folder]):
        linted = lint(paths)
        assert linted.exit_status == 2
        assert all("must not contain itself" in problem.message for problem in linted.unreadable)
    (problem,) = lint([folder / "a.json"]).unreadable
    assert str(problem.location).startswith(f"{folder}/b.json:")


def test_a_template_that_is_nested_twice_is_two_stacks(tmp_path: Path) -> None:
    """Each with what it is passed."""
    resources = {"Blue": nested("child.json", Cidr="10.0.0.0/16"), "Green": nested("child.json", Cidr="10.1.0.0/16")}
    child = a_template({"Vpc": of("EC2::VPC", CidrBlock=ref("Cidr"))}, Parameters={"Cidr": {"Type": "String"}})
    folder = write(tmp_path, {"root.json": a_template(resources), "child.json": child})
    inputs = read_inputs([folder])
    assert names(folder, inputs) == ["root.json", "root.json/Blue", "root.json/Green"]
    vpcs = Deployment(inputs.stacks).of_type("AWS::EC2::VPC")
    assert [vpc.get("CidrBlock") for vpc in vpcs] == ["10.0.0.0/16", "10.1.0.0/16"]
    assert len({vpc.reference for vpc in vpcs}) == 2


def three_levels(leaf: Body, *, mid: Body | None = None, **depends: Any) -> Body:
    """A template in a template in a template."""
    return {
        "root.json": a_template({"Mid": nested("mid.json")}),
        "mid.json": a_template({"Leaf": {**nested("leaf.json"), **depends}, **(mid or {})}),
        "leaf.json": a_template(leaf),
    }


def test_a_nested_stack_may_have_nested_stacks(tmp_path: Path) -> None:
    """At any depth."""
    folder = write(tmp_path, three_levels({"Vpc": of("EC2::VPC")}))
    inputs = read_inputs([folder / "root.json"])
    assert names(folder, inputs) == ["root.json", "root.json/Mid", "root.json/Mid/Leaf"]


def test_a_folder_of_three_levels_is_one_deployment(tmp_path: Path) -> None:
    """What is nested is no stack by itself, and neither is what is nested in that."""
    folder = write(tmp_path, three_levels({"Vpc": of("EC2::VPC")}))
    assert names(folder, read_inputs([folder])) == ["root.json", "root.json/Mid", "root.json/Mid/Leaf"]


def test_a_folder_of_three_levels_is_judged(tmp_path: Path) -> None:
    """With nothing wrong in it."""
    block = {"Block": of("EC2::VPCCidrBlock", VpcId="vpc-0a", CidrBlock="100.64.0.0/16")}
    leaf = {"Pods": of("EC2::Subnet", VpcId="vpc-0a", CidrBlock="100.64.0.0/17", AvailabilityZone="eu-west-1a")}
    folder = write(tmp_path, three_levels(leaf, mid=block, DependsOn="Block"))
    assert lint([folder]).exit_status == 0


def test_a_nested_stack_of_an_assembly_is_where_its_parent_is(tmp_path: Path) -> None:
    """In its region and account, with its tags, and with what the parent passes."""
    root = a_template({"Vpc": of("EC2::VPC"), "Net": nested(JOINED, VpcId=ref("Vpc"))})
    child = a_template(
        {"Pods": of("EC2::Subnet", VpcId=ref("VpcId"))},
        Parameters={"VpcId": {"Type": "String"}},
        Outputs={"Id": {"Value": ref("Pods")}},
    )
    artifacts = {"Net": artifact("root.template.json", tags={"team": "net"}, displayName="Net")}
    assets = {"files": {HASH: {"source": {"path": "child.nested.template.json"}}}}
    files = {"root.assets.json": assets, "child.nested.template.json": child}
    folder = write(tmp_path, {**an_assembly(artifacts, root=root), **files})
    inputs = read_inputs([folder])
    assert (names(folder, inputs), inputs.unreadable) == (["Net", "Net/Net"], [])
    origin = next(stack.origin for stack in inputs.stacks if stack.origin.parent)
    assert (origin.region, origin.account, origin.tags) == ("eu-west-1", "111122223333", {"team": "net"})
    deployment = Deployment(inputs.stacks)
    (subnet,) = deployment.of_type("AWS::EC2::Subnet")
    assert subnet.get("VpcId") == made("Vpc", stack=str(folder / "Net"))
    assert deployment.resolver.resolve(deployment.stacks[0], att("Net", "Outputs.Id")) == subnet.reference


def test_what_is_found_in_a_nested_stack_is_of_the_app_as_well(tmp_path: Path) -> None:
    """Or it could not be acknowledged: CDK writes paths into templates only if it is asked to."""
    root = a_template({"Net": nested("child.json")})
    artifacts = {"Net": artifact("root.template.json", displayName="Prod/Net")}
    folder = write(tmp_path, {**an_assembly(artifacts, root=root), "child.json": CHILD})
    inputs = read_inputs([folder])
    assert [stack.origin.construct_path.startswith("Prod/Net") for stack in inputs.stacks] == [True, True]


def test_stacks_beyond_number_are_refused(tmp_path: Path) -> None:
    """A few templates can nest as many as they like."""
    levels = {f"{n}.json": a_template({f"S{i}": nested(f"{n + 1}.json") for i in range(6)}) for n in range(4)}
    folder = write(tmp_path, {**levels, "4.json": CHILD})
    linted = lint([folder / "0.json"])
    assert linted.exit_status == 2
    assert [problem.message for problem in linted.unreadable] == ["must nest at most 1,000 stacks"]


@pytest.mark.parametrize(("zone", "found"), [("eu-west-1a", True), ("eu-west-1b", False)])
@pytest.mark.parametrize(
    "passed", [{"Fn::Join": [",", [ref("A"), ref("B")]]}, {"Fn::Sub": "${A},${B}"}, [ref("A"), ref("B")]]
)
def test_a_list_of_references_is_passed_to_a_nested_stack(tmp_path: Path, passed: Any, zone: str, found: bool) -> None:
    """The cluster of the child is in the subnets of the parent."""
    subnets = {
        id: of("EC2::Subnet", VpcId="vpc-1", AvailabilityZone=of_it) for id, of_it in (("A", "eu-west-1a"), ("B", zone))
    }
    child = a_template(
        {"Eks": of("EKS::Cluster", Name="c", ResourcesVpcConfig={"SubnetIds": ref("Subnets")})},
        Parameters={"Subnets": {"Type": "List<AWS::EC2::Subnet::Id>"}},
    )
    root = a_template({**subnets, "Net": nested("child.json", Subnets=passed)})
    folder = write(tmp_path, {"root.json": root, "child.json": child})
    assert ("cluster-in-one-zone" in {one.id for one in lint([folder]).findings}) is found
