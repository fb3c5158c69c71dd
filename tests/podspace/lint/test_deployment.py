"""A deployment is all stacks and manifests at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from podspace.diagnostic import InputError
from podspace.formats.document import Document
from podspace.formats.manifest_reader import Reading, manifests_in
from podspace.lint.deployment import Deployment, Manifest
from podspace.lint.value import UNKNOWN, Value
from tests.podspace.lint.stacks import Body, a_deployment, a_stack, made, nested, nested_in, of, ref
from tests.podspace.manifests import a_node_class, a_node_pool

CONDITIONS: Body = {
    "Yes": {"Fn::Equals": ["a", "a"]},
    "No": {"Fn::Equals": ["a", "b"]},
    "Perhaps": {"Fn::Equals": [ref("Name"), "a"]},
}
PARAMETERS: Body = {"Name": {"Type": "String"}}


@pytest.mark.parametrize(
    ("condition", "certain"),
    [("Yes", True), ("Perhaps", False), ("Missing", False), (["Yes"], False), (None, False), ("No", None)],
)
def test_a_resource_is_there_unless_its_condition_does_not_hold(condition: object, certain: bool | None) -> None:
    """And for certain only where it does."""
    resources = {"A": {**of("EC2::VPC"), "Condition": condition}, "B": of("EC2::VPC")}
    made = a_deployment(resources, Conditions=CONDITIONS, Parameters=PARAMETERS).resources
    assert [(resource.id, resource.certain) for resource in made if resource.id == "B"] == [("B", True)]
    assert [resource.certain for resource in made if resource.id == "A"] == ([] if certain is None else [certain])


def test_resources_are_found_by_their_types() -> None:
    """In the order of the types and of the stacks, whatever else there is."""
    other = a_stack({"C": of("EC2::VPC"), "D": "text"}, name="other")
    deployment = a_deployment({"A": of("EC2::VPC"), "B": of("EC2::Subnet")}, other)
    assert [resource.id for resource in deployment.of_type("AWS::EC2::VPC")] == ["A", "C"]
    assert [resource.id for resource in deployment.of_type("AWS::EC2::Subnet", "AWS::EC2::VPC")] == ["B", "A", "C"]
    assert deployment.of_type("AWS::EC2::Nothing") == deployment.of_type() == []


def applying(*manifests: object) -> Body:
    return {"Type": "Custom::AWSCDK-EKS-KubernetesResource", "Properties": {"Manifest": json.dumps(manifests)}}


def test_manifests_are_those_of_files_and_those_of_templates() -> None:
    """Each with where it is from."""
    reading = Reading()
    manifests_in(json.dumps(a_node_class()), Path("a.json"), reading)
    resources = {"Applied": applying(a_node_pool(), {"kind": "ConfigMap", "metadata": {"name": "amazon-vpc-cni"}})}
    deployment = Deployment(
        [a_stack(resources)], reading.objects, [Document(path=Path("b"), data={"kind": "ConfigMap"}, lines={})]
    )
    (from_file,) = deployment.of_kind("NodeClass")
    assert (from_file.found, from_file.applied_by, from_file.name) == (reading.objects[0], None, "pods")
    (from_template,) = deployment.of_kind("NodePool")
    assert from_template.found is None
    assert from_template.applied_by
    assert (from_template.applied_by.id, from_template.name) == ("Applied", "pool")
    assert deployment.switches == [{"kind": "ConfigMap"}, {"kind": "ConfigMap", "metadata": {"name": "amazon-vpc-cni"}}]
    assert deployment.of_kind("ENIConfig") == []


def test_what_is_not_applied_for_certain_is_still_a_manifest() -> None:
    """Unless it is certain that it is not."""
    resources = {name: {**applying(a_node_class()), "Condition": name} for name in CONDITIONS}
    deployment = a_deployment(resources, Conditions=CONDITIONS, Parameters=PARAMETERS)
    assert [one.applied_by.id for one in deployment.of_kind("NodeClass") if one.applied_by] == ["Yes", "Perhaps"]


@pytest.mark.parametrize(
    ("metadata", "name"), [({"name": "a"}, "a"), ({"name": 5}, ""), ({}, ""), ("a", ""), ({"name": UNKNOWN}, "")]
)
def test_a_manifest_may_have_no_name_that_is_known(metadata: Value, name: str) -> None:
    assert Manifest(kind="NodeClass", data={"metadata": metadata}).name == name


@pytest.mark.parametrize(
    ("path", "value"),
    [(("spec", "role"), "a"), (("spec", "terms"), [1]), (("spec", "terms", "a"), None), (("other", "role"), None), ((), {"spec": {"role": "a", "terms": [1]}})],
)  # fmt: skip
def test_a_value_of_a_manifest_is_found_by_its_path(path: tuple[str, ...], value: Value) -> None:
    """None where it is not given."""
    assert Manifest(kind="NodeClass", data={"spec": {"role": "a", "terms": [1]}}).get(*path) == value


def test_a_deployment_is_whole_if_all_its_stacks_are() -> None:
    """Without a stack it is."""
    assert Deployment([]).whole
    assert a_deployment({}, a_stack(name="other")).whole
    assert not a_deployment({}, a_stack(name="other", Transform="Macro")).whole


def test_a_value_that_refers_to_itself_is_no_deployment() -> None:
    """Where it decides whether a resource is made."""
    with pytest.raises(InputError, match="must not refer to itself: A -> A"):
        a_deployment({"A": {**of("EC2::VPC"), "Condition": "A"}}, Conditions={"A": {"Condition": "A"}})


@pytest.mark.parametrize(
    ("outer", "inner", "depends_on"),
    [
        ("Yes", "Yes", []),
        ("Yes", "Perhaps", [("stack/Child", "Perhaps")]),
        ("Perhaps", "Yes", [("stack", "Perhaps")]),
        ("Perhaps", "Perhaps", [("stack", "Perhaps"), ("stack/Child", "Perhaps")]),
        ("Yes", "No", None),
        ("No", "Yes", None),
        ("No", "Perhaps", None),
    ],
)
def test_what_is_nested_is_there_where_the_stack_around_it_is(
    outer: str, inner: str, depends_on: list[tuple[str, str]] | None
) -> None:
    """And under its own condition."""
    sections: Body = {"Conditions": CONDITIONS, "Parameters": PARAMETERS}
    parent = a_stack({"Child": {**nested("a"), "Condition": outer}}, **sections)
    child = nested_in(parent, "Child", {"A": {**of("EC2::VPC"), "Condition": inner}}, **sections)
    found = [sorted(resource.depends_on) for resource in Deployment([parent, child]).of_type("AWS::EC2::VPC")]
    assert found == ([] if depends_on is None else [depends_on])


def test_a_resource_with_a_macro_in_it_is_not_certain() -> None:
    """It may have any property more."""
    properties = {"Fn::Transform": {"Name": "Macro"}, "CidrBlock": "10.0.0.0/16"}
    (resource,) = a_deployment({"A": {"Type": "AWS::EC2::VPC", "Properties": properties}}).resources
    assert (resource.certain, resource.get("CidrBlock")) == (False, "10.0.0.0/16")


def test_a_deployment_is_whole_if_nested_stacks_are_in_the_input() -> None:
    """Or a template elsewhere may make more."""
    parent = a_stack({"Child": nested("https://example.com/a.json")})
    assert not Deployment([parent]).whole
    assert Deployment([parent, nested_in(parent, "Child")]).whole


@pytest.mark.parametrize("kind", ["Acme::Net::Vpc::MODULE", "AWS::CloudFormation::StackSet"])
def test_a_deployment_is_not_whole_if_a_resource_makes_others(kind: str) -> None:
    assert not a_deployment({"A": {"Type": kind}}).whole


@pytest.mark.parametrize(
    ("kind", "customised"),
    [
        ("Custom::Routes", True),
        ("AWS::CloudFormation::CustomResource", True),
        ("Custom::VpcRestrictDefaultSG", False),
        ("Custom::AWSCDK-EKS-KubernetesResource", False),
        ("Custom::S3AutoDeleteObjects", False),
        ("Custom::LogRetention", False),
        ("AWS::EC2::Subnet", False),
    ],
)
def test_a_custom_resource_may_change_resources_that_it_refers_to(kind: str, customised: bool) -> None:
    """But for those of CDK that do not."""
    custom = {"Type": kind, "Properties": {"ServiceToken": "arn", "Tables": [ref("Table")], "Other": "a"}}
    found = a_deployment({"Table": of("EC2::RouteTable"), "Custom": custom}).customised
    assert found == (frozenset({made("Table")}) if customised else frozenset())
