"""Assemblies of CDK are read: their stacks, those of their stages, and what the app accepts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from podspace.lint.assembly import Assembly, read_assembly
from podspace.lint.deployment import Deployment
from podspace.lint.stack import Origin
from tests.podspace.lint.stacks import Body, a_template, an_assembly, artifact, of, own_tags, write

VPC = a_template({"Vpc": of("EC2::VPC", CidrBlock="10.0.0.0/16")})


def read(folder: Path, files: Body) -> Assembly:
    assembly = Assembly()
    read_assembly(write(folder, files), assembly)
    return assembly


def the_origin(folder: Path, body: Body) -> Origin:
    assembly = read(folder, an_assembly({"Net": body}, net=VPC))
    assert assembly.unreadable == []
    (stack,) = assembly.stacks
    assert (stack.document.path, stack.document.data) == (folder / "net.template.json", VPC)
    assert (stack.key, stack.origin.folder) == (str(folder / "Net"), str(folder))
    return replace(stack.origin, key="", folder="", waits_for=frozenset())


def names(assembly: Assembly) -> list[str]:
    return [stack.origin.name for stack in assembly.stacks]


def order(assembly: Assembly) -> dict[str, set[str]]:
    """The keys of the stacks that are here, with those that they wait for."""
    keys = {stack.key for stack in assembly.stacks}
    return {stack.key: keys & stack.origin.waits_for for stack in assembly.stacks}


def acknowledged(**reasons: str) -> Body:
    """What CDK writes for each rule that is acknowledged at a construct."""
    return {"type": "aws:cdk:acknowledged-rules", "data": {f"Podspace::{id}": reason for id, reason in reasons.items()}}


@pytest.mark.parametrize(
    ("body", "origin"),
    [
        (artifact("net.template.json"), Origin(name="Net", region="eu-west-1", account="111122223333")),
        (artifact("net.template.json", name="acme-net"), Origin(name="acme-net", region="eu-west-1", account="111122223333")),
        (artifact("net.template.json", environment="unknown-account/unknown-region"), Origin(name="Net")),
        (artifact("net.template.json", environment="unknown-account/eu-west-1"), Origin(name="Net", region="eu-west-1")),
        (artifact("net.template.json", environment="111122223333/unknown-region"), Origin(name="Net", account="111122223333")),
        (artifact("net.template.json", environment="unknown-account/", displayName="Prod/Net"), Origin(name="Net", construct_path="Prod/Net")),
        (artifact("net.template.json", environment="unknown-account/", displayName="Prod/Net (Prod-Net)"), Origin(name="Net", construct_path="Prod/Net")),
        (artifact("net.template.json", environment="unknown-account/", tags={"team": "net", "n": 5}), Origin(name="Net", tags={"team": "net", "n": "5"})),
        (artifact("net.template.json", environment="unknown-account/", dependencies=["Net.assets", "Other", 5]), Origin(name="Net")),
        (artifact("net.template.json", environment="unknown-account/", dependencies="Other", displayName=5, metadata=[]), Origin(name="Net")),
    ],
)  # fmt: skip
def test_a_stack_is_known_by_what_its_assembly_says(tmp_path: Path, body: Body, origin: Origin) -> None:
    """Its name, region, account and tags, as far as the assembly knows them."""
    assert the_origin(tmp_path, body) == origin


def test_a_stack_waits_for_the_stacks_it_depends_on(tmp_path: Path) -> None:
    """By their keys; assets and what is not there are none."""
    artifacts = {
        "Net": artifact("net.template.json", name="acme-net", dependencies=["Net.assets"]),
        "Net.assets": {"type": "cdk:asset-manifest"},
        "Pods": artifact("net.template.json", dependencies=["Net", "Net.assets", "Gone"]),
    }
    assembly = read(tmp_path, an_assembly(artifacts, net=VPC))
    assert names(assembly) == ["acme-net", "Pods"]
    net, pods = (str(tmp_path / id) for id in ("Net", "Pods"))
    assert order(assembly) == {net: set(), pods: {net}}


def test_the_tags_of_a_stack_are_on_its_resources(tmp_path: Path) -> None:
    body = artifact("net.template.json", tags={"team": "net"})
    (vpc,) = Deployment(read(tmp_path, an_assembly({"Net": body}, net=VPC)).stacks).resources
    assert own_tags(vpc) == {"team": "net"}


@pytest.mark.parametrize(
    "template",
    [{}, {"Parameters": {"BootstrapVersion": {"Type": "AWS::SSM::Parameter::Value<String>"}}, "Rules": {}}, {"Resources": {}}],
)  # fmt: skip
def test_a_stack_without_resources_is_one(tmp_path: Path, template: Body) -> None:
    """The manifest says that it is a template, and `cdk synth` writes none but such."""
    assembly = read(tmp_path, an_assembly({"Net": artifact("net.template.json")}, net=template))
    assert (names(assembly), assembly.unreadable) == (["Net"], [])


def staged(*stages: tuple[str, str], name: str = "net", **more: Any) -> Body:
    """The files of an app with a stage for each environment, each of them with a stack of that name."""
    artifacts: Body = {}
    files: Body = {}
    for number, (stage, environment) in enumerate(stages):
        folder = f"assembly-{stage}"
        artifacts[folder] = {"type": "cdk:cloud-assembly", "properties": {"directoryName": folder}}
        stacks = {
            f"{stage}-net": artifact("net.template.json", environment=environment, name=name, displayName=f"{stage}/net (net)"),
            f"{stage}-pods": artifact("net.template.json", environment=environment, name=f"pods-{number}", dependencies=[f"{stage}-net"], displayName=f"{stage}/pods"),
        }  # fmt: skip
        files |= {f"{folder}/{file}": text for file, text in an_assembly(stacks, net=VPC).items()}
    return {**an_assembly(artifacts, **more), **files}


def test_stages_are_assemblies_in_the_assembly(tmp_path: Path) -> None:
    """At any depth."""
    inner = staged(("Prod", "111122223333/eu-west-1"))
    outer = {"assembly-All": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-All"}}}
    files = {**an_assembly(outer), **{f"assembly-All/{name}": text for name, text in inner.items()}}
    assembly = read(tmp_path, files)
    assert assembly.unreadable == []
    assert [stack.origin.construct_path for stack in assembly.stacks] == ["Prod/net", "Prod/pods"]
    folders = {stack.document.path.parent.relative_to(tmp_path) for stack in assembly.stacks}
    assert folders == {Path("assembly-All/assembly-Prod")}


STAGES: dict[str, list[tuple[str, str]]] = {
    "two regions": [(region, f"111122223333/{region}") for region in ("eu-west-1", "us-east-1")],
    "three accounts": [(f"s{account}", f"{account * 12}/eu-west-1") for account in "123"],
    "three stages that say nothing": [(f"s{number}", "unknown-account/unknown-region") for number in "123"],
}


@pytest.mark.parametrize("stages", STAGES.values(), ids=STAGES)
def test_stacks_of_one_name_are_several(tmp_path: Path, stages: list[tuple[str, str]]) -> None:
    """Each with resources of its own, and each waits for that of its own stage."""
    assembly = read(tmp_path, staged(*stages))
    assert names(assembly)[::2] == ["net"] * len(stages)
    folders = [tmp_path / f"assembly-{stage}" for stage, _ in stages]
    waits = {
        str(folder / f"{stage}-pods"): {str(folder / f"{stage}-net")}
        for folder, (stage, _) in zip(folders, stages, strict=True)
    }
    assert {key: before for key, before in order(assembly).items() if before} == waits
    references = {resource.reference for resource in Deployment(assembly.stacks).resources}
    assert len(references) == 2 * len(stages)


@pytest.mark.parametrize("directory", [None, ".", "../app", 5])
def test_an_assembly_that_contains_itself_is_refused(tmp_path: Path, directory: object) -> None:
    """Rather than read for ever."""
    properties = {} if directory is None else {"directoryName": directory}
    artifacts = {"Stage": {"type": "cdk:cloud-assembly", "properties": properties}}
    (problem,) = read(tmp_path / "app", an_assembly(artifacts)).unreadable
    assert problem.message == "must not contain itself"


@pytest.mark.parametrize("section", ["Conditions", "Hooks", "Mappings", "Metadata", "Outputs", "Parameters", "Rules"])
def test_a_template_may_have_any_section_of_cloudformation(tmp_path: Path, section: str) -> None:
    files = an_assembly({"Net": artifact("net.template.json")}, net={section: {}, "Description": "", "Transform": []})
    assert read(tmp_path, files).unreadable == []


def test_what_is_no_stack_is_left_out(tmp_path: Path) -> None:
    """Trees, assets, and what has another form."""
    artifacts: Body = {"Tree": {"type": "cdk:tree"}, "Odd": 5, "Other": {}, "Net": artifact("net.template.json")}
    assembly = read(tmp_path, an_assembly(artifacts, net=VPC))
    assert (names(assembly), assembly.unreadable) == (["Net"], [])


def test_an_assembly_may_have_no_stack(tmp_path: Path) -> None:
    """And nothing wrong in it."""
    assembly = read(tmp_path, an_assembly({}))
    assert (assembly.stacks, assembly.unreadable) == ([], [])


@pytest.mark.parametrize("artifacts", [[], None, "text"])
def test_an_assembly_that_lists_nothing_is_refused(tmp_path: Path, artifacts: Any) -> None:
    """It is none that CDK wrote."""
    (problem,) = read(tmp_path, an_assembly(artifacts)).unreadable
    assert problem.message == "must list the artifacts of the assembly"
    assert problem.location.file == str(tmp_path / "manifest.json")


@pytest.mark.parametrize(
    ("text", "gist"),
    [
        ("{", "must be JSON: "),
        ("", "must be JSON: "),
        ("[]", "must be a JSON object"),
        ("5", "must be a JSON object"),
        ("[" * 100_000, "must be JSON: "),
    ],
)
def test_a_manifest_that_is_broken_is_reported(tmp_path: Path, text: str, gist: str) -> None:
    """With what to do."""
    (problem,) = read(tmp_path, {"manifest.json": text, "cdk.out": ""}).unreadable
    assert str(problem.location) == str(tmp_path / "manifest.json")
    assert problem.message.startswith(gist)
    assert problem.fix == "synthesise again"


@pytest.mark.parametrize(
    ("body", "place", "gist"),
    [
        (artifact("gone.template.json"), "gone.template.json", "No such file"),
        (artifact(""), ".", "must be a file"),
        ({**artifact("net.template.json"), "properties": []}, ".", "must be a file"),
        (artifact("broken.template.json"), "broken.template.json:1", "must be JSON"),
        (artifact("other.template.json"), "other.template.json", "must be a template of CloudFormation"),
        (artifact("a\0b"), "a\0b", "null byte"),
        (artifact("net.template.json", additionalMetadataFile="gone.json"), "gone.json", "No such file"),
        (artifact("net.template.json", additionalMetadataFile="broken.template.json"), "broken.template.json", "must be JSON"),
        ({"type": "cdk:cloud-assembly", "properties": {"directoryName": "gone"}}, "gone/manifest.json", "No such file"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_leaves_the_other_stacks(tmp_path: Path, body: Body, place: str, gist: str) -> None:
    """And is named."""
    artifacts = {"Broken": body, "Net": artifact("net.template.json")}
    assembly = read(tmp_path, an_assembly(artifacts, net=VPC, broken='{"Resources": ', other={"a": "b"}))
    assert names(assembly) == ["Net"]
    (problem,) = assembly.unreadable
    assert str(problem.location) == str(tmp_path / place)
    assert gist in problem.message


@pytest.mark.parametrize("in_a_file", [True, False])
def test_what_is_acknowledged_is_known_by_construct_and_rule(tmp_path: Path, in_a_file: bool) -> None:
    """Of all stacks together; the app itself is the empty path."""
    entry = {"type": "aws:cdk:logicalId", "data": "Vpc"}
    metadata: Body = {
        "/Net": [entry, acknowledged(a="why", b="because")],
        "/Net/Vpc": [acknowledged(a="other"), entry],
        "/": [acknowledged(c="everywhere")],
        "/Net/Odd": [entry, 5, {"type": "aws:cdk:acknowledged-rules", "data": "text"}],
        "/Net/Odder": "text",
    }
    more = {"additionalMetadataFile": "net.metadata.json"} if in_a_file else {"metadata": metadata}
    files = an_assembly({"Net": artifact("net.template.json", **more)}, net=VPC)
    if in_a_file:
        files["net.metadata.json"] = metadata
    assembly = read(tmp_path, files)
    assert assembly.acknowledged == {
        "Net": {"Podspace::a": "why", "Podspace::b": "because"},
        "Net/Vpc": {"Podspace::a": "other"},
        "": {"Podspace::c": "everywhere"},
    }


def test_several_rules_are_acknowledged_at_one_construct(tmp_path: Path) -> None:
    metadata = {"/Net": [acknowledged(a="why"), acknowledged(b="because")]}
    files = an_assembly({"Net": artifact("net.template.json", metadata=metadata)}, net=VPC)
    assert read(tmp_path, files).acknowledged == {"Net": {"Podspace::a": "why", "Podspace::b": "because"}}


def test_two_stacks_may_acknowledge_around_both(tmp_path: Path) -> None:
    """As each has the metadata of the constructs around it."""
    artifacts = {
        "Net": artifact("net.template.json", metadata={"/Prod": [acknowledged(a="why")]}),
        "Pods": artifact("net.template.json", metadata={"/Prod": [acknowledged(b="because")]}),
    }
    assembly = read(tmp_path, an_assembly(artifacts, net=VPC))
    assert assembly.acknowledged == {"Prod": {"Podspace::a": "why", "Podspace::b": "because"}}


def test_what_is_acknowledged_at_the_app_is_in_the_validation_report(tmp_path: Path) -> None:
    """CDK writes it there alone; the rules of other plug-ins are theirs."""
    one = {"acknowledgedAt": "", "ruleName": "a", "reason": "why"}
    plugins = [
        {"pluginName": "Podspace", "suppressedViolations": [one, 5]},
        {"pluginName": "Nag", "suppressedViolations": [one]},
    ]
    for report, expected in (
        ({"pluginReports": plugins}, {"": {"Podspace::a": "why"}}),
        ({"pluginReports": [5, {"pluginName": "Podspace"}]}, {}),
        ({"pluginReports": "text"}, {}),
        ({}, {}),
    ):
        files = {**an_assembly({"Net": artifact("net.template.json")}, net=VPC), "validation-report.json": report}
        assert read(tmp_path, files).acknowledged == expected
