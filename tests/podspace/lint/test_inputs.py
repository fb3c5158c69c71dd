"""Templates, assemblies and manifests are read together, and what is wrong with one leaves the others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from podspace.diagnostic import Diagnostic, Location
from podspace.lint.inputs import Inputs, read_assemblies, read_inputs, reason_for
from podspace.lint.linter import Linted, lint
from tests.podspace.lint.stacks import VERSION, Body, a_template, an_assembly, artifact, att, nested, of, ref, write
from tests.podspace.manifests import a_node_class, a_node_pool

VPC = a_template({"Vpc": of("EC2::VPC", CidrBlock="10.0.0.0/16")})
OUTSIDE = a_template(
    {
        "Vpc": of("EC2::VPC", CidrBlock="10.0.0.0/16"),
        "Pods": {
            **of("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="192.168.0.0/24", AvailabilityZone="eu-west-1a"),
            "Metadata": {"aws:cdk:path": "App/Net/Pods"},
        },
    }
)
RULE = "subnet-outside-blocks"


def names(folder: Path, inputs: Inputs) -> list[str]:
    return [stack.origin.name.removeprefix(f"{folder}/") for stack in inputs.stacks]


def counted(linted: Linted) -> tuple[int, dict[str, int], dict[str, int]]:
    return linted.exit_status, dict(linted.checked), dict(linted.passed_over)


def test_a_folder_may_hold_everything(tmp_path: Path) -> None:
    """An assembly, templates by themselves and manifests, each read as what it is."""
    assembly = an_assembly({"Net": artifact("net.template.json")}, net=VPC)
    write(tmp_path, {f"app/cdk.out/{name}": text for name, text in assembly.items()})
    write(tmp_path, {"app/cdk.out/tree.json": {"version": "tree-0.1"}, "app/cdk.json": {"app": "python app.py"}})
    write(tmp_path, {"k8s/pods.yaml": yaml.safe_dump_all([a_node_class(), {"kind": "ConfigMap"}])})
    write(tmp_path, {"k8s/pool.json": a_node_pool(), "vpc.template": VPC, "other.yml": yaml.safe_dump(VPC)})
    inputs = read_inputs([tmp_path])
    assert names(tmp_path, inputs) == ["Net", "other.yml", "vpc.template"]
    assert [found.kind.__name__ for found in inputs.manifests.objects] == ["NodeClass", "NodePool"]
    assert (inputs.unreadable, inputs.acknowledged) == ([], {})
    passed_over = {"ConfigMap": 1, "without a kind": 1}
    assert counted(lint([tmp_path])) == (0, {"stack": 3, "NodeClass": 1, "NodePool": 1}, passed_over)


def test_what_is_named_twice_is_read_once(tmp_path: Path) -> None:
    """By itself, by its folder, and by a link."""
    write(tmp_path, {"in/a.json": VPC, "in/b.json": a_node_class()})
    (tmp_path / "link.json").symlink_to("in/a.json")
    paths = [
        tmp_path / "in" / "a.json",
        tmp_path / "in",
        tmp_path / "in" / ".." / "in" / "b.json",
        tmp_path / "link.json",
    ]
    assert counted(lint(paths)) == (0, {"stack": 1, "NodeClass": 1}, {})


def test_what_is_not_written_yet_is_read_as_well(tmp_path: Path) -> None:
    """Template or manifest; and it is told if it cannot be."""
    texts = {
        Path("a.yaml"): yaml.safe_dump(VPC),
        Path("b.yaml"): yaml.safe_dump(a_node_class()),
        Path("c.yaml"): "a: [",
    }
    write(tmp_path, {"d.json": VPC})
    inputs = read_inputs([tmp_path], unwritten=texts)
    assert [Path(stack.key).name for stack in inputs.stacks] == ["d.json", "a.yaml"]
    assert [str(found.document.path) for found in inputs.manifests.objects] == ["b.yaml"]
    assert [str(problem.location) for problem in inputs.unreadable] == ["c.yaml:2"]


def test_an_assembly_in_another_one_is_read_with_that(tmp_path: Path) -> None:
    """However many of its templates are named."""
    stage = {"assembly-Prod": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}}}
    inner = an_assembly(
        {"Net": artifact("net.template.json"), "Pods": artifact("pods.template.json")}, net=VPC, pods=VPC
    )
    files = {**an_assembly(stage), **{f"assembly-Prod/{name}": text for name, text in inner.items()}}
    write(tmp_path / "out", {**files, "root.template.json": VPC})
    write(tmp_path / "other", an_assembly({"Other": artifact("other.template.json")}, other=VPC))
    inputs = Inputs()
    templates = [
        tmp_path / "out" / name
        for name in ("root.template.json", "assembly-Prod/net.template.json", "assembly-Prod/pods.template.json")
    ]
    read_assemblies([*templates, tmp_path / "other" / "other.template.json"], inputs)
    assert names(tmp_path, inputs) == ["Other", "Net", "Pods"]
    assert inputs.unreadable == []


def a_finding(path: str) -> Diagnostic:
    location = Location(
        file="a", line=1, kind="AWS::EC2::Subnet", name="A", path="Properties.CidrBlock", construct_path=path
    )
    return Diagnostic(id=RULE, location=location, message="must be inside")


@pytest.mark.parametrize(
    ("acknowledged", "path", "reason"),
    [
        ({"App/Net/Pods": {f"Podspace::{RULE}": "why"}}, "App/Net/Pods", "why"),
        ({"App/Net": {f"Podspace::{RULE}": "why"}}, "App/Net/Pods", "why"),
        ({"App": {f"Podspace::{RULE}": "why"}}, "App/Net/Pods", "why"),
        ({"": {f"Podspace::{RULE}": "why"}}, "App/Net/Pods", "why"),
        ({"": {f"Podspace::{RULE}": "why"}}, "", ""),  # of a template by itself, which is of no app
        ({"App": {f"Podspace::{RULE}": "far"}, "App/Net": {f"Podspace::{RULE}": "near"}}, "App/Net/Pods", "near"),
        ({"App/Net": {"Podspace::other": "other"}, "App": {f"Podspace::{RULE}": "why"}}, "App/Net/Pods", "why"),
        ({"App/Net": {f"Podspace::{RULE}": ""}}, "App/Net/Pods", "without a reason"),
        ({"App/Net/Pods/Inner": {f"Podspace::{RULE}": "why"}}, "App/Net/Pods", ""),
        ({"App/Network": {f"Podspace::{RULE}": "why"}}, "App/Net/Pods", ""),
        ({"App/Ne": {f"Podspace::{RULE}": "why"}}, "App/Net/Pods", ""),
        ({"App/Net": {RULE: "why"}}, "App/Net/Pods", ""),
        ({"App/Net": {f"Other::{RULE}": "why"}}, "App/Net/Pods", ""),
        ({"App/Net": {f"Podspace::{RULE}": "why"}}, "", ""),
        ({}, "App/Net/Pods", ""),
    ],
)  # fmt: skip
def test_a_finding_is_accepted_where_it_is_or_around_it(acknowledged: Any, path: str, reason: str) -> None:
    """By the nearest reason; it may be none, and is accepted all the same."""
    assert reason_for(a_finding(path), acknowledged) == reason


def accepting(folder: Path, *, at: str = "", rule: str = f"Podspace::{RULE}") -> Linted:
    metadata = {at: [{"type": "aws:cdk:acknowledged-rules", "data": {rule: "on purpose"}}]} if at else {}
    body = artifact("net.template.json", displayName="App/Net", metadata=metadata)
    return lint([write(folder, an_assembly({"Net": body}, net=OUTSIDE))])


@pytest.mark.parametrize("at", ["/App/Net/Pods", "/App/Net", "/App", "/"])
def test_what_the_app_accepts_does_not_fail(tmp_path: Path, at: str) -> None:
    """At the construct, around it, and at the app; and is told with its reason."""
    linted = accepting(tmp_path, at=at)
    assert linted.exit_status == 0
    assert [finding.id for finding in linted.findings] == []
    assert [(each.id, each.location.name, each.accepted) for each in linted.acknowledged] == [
        (RULE, "Pods", "on purpose")
    ]


@pytest.mark.parametrize(
    ("at", "rule"), [("", RULE), ("/App/Net/Vpc", f"Podspace::{RULE}"), ("/App/Net", RULE), ("/App/Net", "Podspace::route-twice")]
)  # fmt: skip
def test_what_the_app_does_not_accept_fails(tmp_path: Path, at: str, rule: str) -> None:
    """Such as what it accepts elsewhere, or under another name."""
    linted = accepting(tmp_path, at=at, rule=rule)
    assert (linted.exit_status, linted.acknowledged) == (1, [])
    (finding,) = linted.findings
    assert (finding.id, finding.location.construct_path) == (RULE, "App/Net/Pods")


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ({"Podspace": {RULE: "on purpose"}}, "on purpose"),
        ({"Podspace": {RULE: "on purpose", "route-twice": "too"}, "aws:cdk:path": "a"}, "on purpose"),
        ({"Podspace": {"route-twice": "on purpose"}}, ""),
        ({"Podspace": {RULE: True}}, ""),
        ({"Podspace": RULE}, ""),
        ({"podspace": {RULE: "on purpose"}}, ""),
        ({RULE: "on purpose"}, ""),
        ("text", ""),
        (None, ""),
    ],
)
def test_a_template_accepts_what_is_found_in_a_resource(tmp_path: Path, metadata: object, reason: str) -> None:
    """By the rule, with a reason; nothing else is accepted."""
    resources = {**OUTSIDE["Resources"], "Pods": {**OUTSIDE["Resources"]["Pods"], "Metadata": metadata}}
    linted = lint([write(tmp_path, {"a.json": a_template(resources)})])
    assert [each.accepted for each in linted.acknowledged] == ([reason] if reason else [])
    assert [finding.id for finding in linted.findings] == ([] if reason else [RULE])


DENYING = a_node_class(networkPolicy="DefaultDeny")
ANNOTATION = "podspace/acknowledge-network-policy-switched-off"


def annotated(manifest: Body, **annotations: str) -> Body:
    return {**manifest, "metadata": {**manifest["metadata"], "annotations": annotations}}


@pytest.mark.parametrize(
    ("annotations", "accepted"),
    [({ANNOTATION: "the add-on does it"}, True), ({f"{ANNOTATION}-too": "why"}, False), ({ANNOTATION: ""}, False), ({}, False)],
)  # fmt: skip
def test_a_manifest_accepts_what_is_found_in_it(tmp_path: Path, annotations: dict[str, str], accepted: bool) -> None:
    """By an annotation of the rule, with a reason."""
    linted = lint([write(tmp_path, {"a.json": annotated(DENYING, **annotations)})])
    assert [each.accepted for each in linted.acknowledged] == (["the add-on does it"] if accepted else [])
    assert [finding.id for finding in linted.findings] == ([] if accepted else ["network-policy-switched-off"])


def test_a_manifest_that_a_template_applies_accepts_it_too(tmp_path: Path) -> None:
    text = json.dumps([annotated(DENYING, **{ANNOTATION: "the add-on does it"})])
    applied = {"Type": "Custom::AWSCDK-EKS-KubernetesResource", "Properties": {"Manifest": text}}
    linted = lint([write(tmp_path, {"a.json": a_template({"A": applied})})])
    assert [each.accepted for each in linted.acknowledged] == ["the add-on does it"]


def test_a_manifest_accepts_a_doubt_about_itself_too(tmp_path: Path) -> None:
    """By the id that the report gives it."""
    doubtful = a_node_class(advancedSecurity={"kernelLockdown": "none"})
    manifest = annotated(doubtful, **{"podspace/acknowledge-may-not-work": "it does here"})
    linted = lint([write(tmp_path, {"a.json": manifest})])
    assert [each.accepted for each in linted.acknowledged] == ["it does here"]


CLUSTER = of("EKS::Cluster", Name=ref("Cluster"))
USER = of("EC2::Subnet", VpcId="vpc-0a", CidrBlock={"Fn::ImportValue": "x"})
TO_ITSELF: dict[str, tuple[Body, str, str]] = {
    "a condition": (
        {"a.json": a_template({"A": {**of("EC2::VPC"), "Condition": "No"}}, Conditions={"No": {"Fn::Not": [{"Condition": "No"}]}})},
        "Conditions.No",
        "No -> No",
    ),
    "two conditions": (
        {"a.json": a_template({"A": {**of("EC2::VPC"), "Condition": "A"}}, Conditions={"A": {"Fn::Not": [{"Condition": "B"}]}, "B": {"Fn::Or": [{"Condition": "A"}, {"Condition": "A"}]}})},
        "Conditions.A",
        "A -> B -> A",
    ),
    "a name": ({"a.json": a_template({"Cluster": CLUSTER, "A": of("EKS::AccessEntry", ClusterName=ref("Cluster"))})}, "Resources.Cluster", "Cluster -> Cluster"),
    "outputs of two stacks": (
        {
            "a.json": a_template({"A": USER}, Outputs={"O": {"Value": {"Fn::ImportValue": "y"}, "Export": {"Name": "x"}}}),
            "b.json": a_template({"B": of("EC2::VPC")}, Outputs={"P": {"Value": {"Fn::ImportValue": "x"}, "Export": {"Name": "y"}}}),
        },
        "Outputs.O",
        "O -> P -> O",
    ),
    "a parameter": (
        {
            "a.json": a_template({"Child": nested("child.json", Cidr=att("Child", "Outputs.Cidr"))}),
            "child.json": a_template({"A": of("EC2::VPC", CidrBlock=ref("Cidr"))}, Parameters={"Cidr": {"Type": "String"}}, Outputs={"Cidr": {"Value": ref("Cidr")}}),
        },
        "Resources.Child",
        "Child -> Child",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "place", "way"), TO_ITSELF.values(), ids=TO_ITSELF)
def test_what_refers_to_itself_is_reported_with_its_line(tmp_path: Path, files: Body, place: str, way: str) -> None:
    """And what else there is to say of the manifests is said."""
    write(tmp_path, {**files, "pods.json": a_node_class(snatPolicy="random")})
    linted = lint([tmp_path])
    assert linted.exit_status == 1
    (problem,) = linted.unreadable
    where, _, inside = str(problem.location).partition(": ")
    file, _, line = where.rpartition(":")
    assert (inside, problem.message.partition(" itself: ")[2]) == (place, way)
    assert Path(file).read_text().splitlines()[int(line) - 1].strip().startswith(f'"{place.rpartition(".")[2]}":')
    assert [finding.id for finding in linted.findings] == ["refused-by-api-server"]


@pytest.mark.parametrize(
    ("text", "gist"),
    [
        ('{"Resources": ', "must be JSON"),
        ('{"Resources": {}', "must be JSON"),
        ('{"AWSTemplateFormatVersion": "2010-09-09"', "must be JSON"),
        ("Resources:\n  A: [\n", "must be one YAML document"),
        ("Resources:\n  A: {Type: !Ref}\n  B: *gone\n", "must be one YAML document"),
        ("{", "must be one YAML document"),
        ("Resources: \x07", "'\\x07'"),
    ],
)
def test_a_broken_template_leaves_the_rest_to_be_judged(tmp_path: Path, text: str, gist: str) -> None:
    """And the run fails."""
    linted = lint([write(tmp_path, {"broken": text, "broken.json": text, "net.json": OUTSIDE})])
    assert linted.exit_status == 1
    (problem,) = linted.unreadable
    assert str(problem.location).startswith(str(tmp_path / "broken.json"))
    assert gist in problem.message
    assert [finding.id for finding in linted.findings] == [RULE]
    assert lint([tmp_path / "broken"]).exit_status == 2


@pytest.mark.parametrize(
    "template",
    [
        VERSION,
        {**VERSION, "Resources": {}},
        {**VERSION, "Resources": None},
        {**VERSION, "Resources": []},
        {**VERSION, "Resources": "text"},
        {**VERSION, "Resources": {"A": None, "B": "text", "C": {}, "D": {"Type": None}, "E": {"Type": "A"}}},
        {**VERSION, "Parameters": [], "Conditions": 5, "Outputs": "text", "Mappings": None},
        a_template(
            {"A": {"Type": "AWS::EC2::Subnet", "Properties": []}, "B": {"Type": "AWS::EC2::VPC", "Properties": "text"}}
        ),
        a_template({"A": {"Type": "AWS::EC2::Subnet", "DependsOn": {"a": 1}, "Condition": {}, "Metadata": 5}}),
    ],
)
@pytest.mark.parametrize("in_yaml", [True, False])
def test_a_template_may_be_empty_or_odd(tmp_path: Path, template: Body, in_yaml: bool) -> None:
    """CloudFormation says what is wrong with it."""
    path = tmp_path / "a.json"
    path.write_text(yaml.safe_dump(template) if in_yaml else json.dumps(template))
    linted = lint([path])
    assert (linted.unreadable, linted.checked) == ([], {"stack": 1})


@pytest.mark.parametrize("depth", [100, pytest.param(400)])  # fmt: skip
def test_a_template_that_is_deep_is_no_trouble(tmp_path: Path, depth: int) -> None:
    """It is read, or refused as YAML of that depth is."""
    value: Any = "10.0.0.0/16"
    for _ in range(depth):
        value = [value]
    linted = lint([write(tmp_path, {"a.json": a_template({"A": of("EC2::VPC", CidrBlock=value)})})])
    assert linted.exit_status in {0, 2}


@pytest.mark.parametrize("length", [50, pytest.param(300)])  # fmt: skip
def test_a_long_way_to_an_answer_is_no_trouble(tmp_path: Path, length: int) -> None:
    """It is found, or told to be too long."""
    conditions: Body = {f"C{n}": {"Fn::Not": [{"Condition": f"C{n + 1}"}]} for n in range(length)}
    conditions[f"C{length}"] = {"Fn::Equals": ["a", "a"]}
    template = a_template({"A": {**of("EC2::VPC"), "Condition": "C0"}}, Conditions=conditions)
    assert lint([write(tmp_path, {"a.json": template})]).exit_status in {0, 2}


def test_a_template_that_is_there_too_is_reported_by_its_line(tmp_path: Path) -> None:
    """In YAML and in JSON, of a template by itself and of one in an assembly."""
    write(tmp_path / "out", an_assembly({"Net": artifact("net.template.json")}, net=OUTSIDE))
    write(tmp_path, {"a.yaml": yaml.safe_dump(OUTSIDE), "b.json": OUTSIDE})
    linted = lint([tmp_path / "a.yaml", tmp_path / "b.json", tmp_path / "out"])
    assert [finding.id for finding in linted.findings] == [RULE] * 3
    for finding in linted.findings:
        assert "192.168.0.0/24" in Path(finding.location.file).read_text().splitlines()[finding.location.line - 1]


@pytest.mark.parametrize("name", ["a.yaml", "a.json", "a.template"])
def test_a_duplicate_key_is_a_finding(tmp_path: Path, name: str) -> None:
    """In YAML and JSON, with its line and the place; the other files are checked."""
    vpc = '{\n"Type": "AWS::EC2::VPC",\n"Properties": {"CidrBlock": "10.0.0.0/16"},\n'
    text = f'{{"Resources": {{"A":\n{vpc}"Type": "AWS::EC2::VPC"}}}}}}\n'
    linted = lint([write(tmp_path, {name: text, "net.json": OUTSIDE})])
    assert (linted.exit_status, linted.unreadable) == (1, [])
    assert {finding.id for finding in linted.findings} == {"duplicate-key", RULE}
    (duplicate,) = (finding for finding in linted.findings if finding.id == "duplicate-key")
    assert (duplicate.location.line, duplicate.location.path) == (5, "Resources.A.Type")
    assert (
        lint([write(tmp_path / "alone", {name: text.replace(',\n"Type": "AWS::EC2::VPC"}}', "}}")})]).exit_status == 0
    )


def test_a_json_template_that_yaml_cannot_read_has_its_duplicate_key_reported(tmp_path: Path) -> None:
    text = '{"Resources": {"A\\ud800": {"Type": "AWS::EC2::VPC", "Type": "AWS::EC2::VPC"}}}'
    (finding,) = lint([write(tmp_path, {"a.json": text})]).findings
    assert (finding.id, finding.location.path) == ("duplicate-key", "Type")


@pytest.mark.parametrize(
    ("destination", "found"),
    [({"DestinationIpv6CidrBlock": "::/0"}, True), ({"DestinationCidrBlock": "0.0.0.0/0"}, False)],
)
def test_a_default_route_for_ipv6_is_no_internet_access_of_a_nat_gateway(
    tmp_path: Path, destination: dict[str, str], found: bool
) -> None:
    template = a_template(
        {
            "Vpc": of("EC2::VPC", CidrBlock="10.0.0.0/16"),
            "Subnet": of("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.0.0/24", AvailabilityZone="eu-west-1a"),
            "Table": of("EC2::RouteTable", VpcId=ref("Vpc")),
            "Put": of("EC2::SubnetRouteTableAssociation", SubnetId=ref("Subnet"), RouteTableId=ref("Table")),
            "Internet": of("EC2::InternetGateway"),
            "Attached": of("EC2::VPCGatewayAttachment", VpcId=ref("Vpc"), InternetGatewayId=ref("Internet")),
            "Route": {
                **of("EC2::Route", RouteTableId=ref("Table"), GatewayId=ref("Internet"), **destination),
                "DependsOn": "Attached",
            },
            "Nat": {
                **of("EC2::NatGateway", SubnetId=ref("Subnet"), AllocationId="eipalloc-1"),
                "DependsOn": "Attached",
            },
        }
    )
    ids = {finding.id for finding in lint([write(tmp_path, {"a.json": template})]).findings}
    assert ("nat-gateway-without-internet" in ids) is found
