"""Stacks say what their templates have, and resources what they are given."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from podspace.formats.document import Document
from podspace.lint.stack import Origin, Resource, Stack
from podspace.lint.value import UNKNOWN, Reference, Text, Value
from tests.podspace.lint.stacks import UNTOLD, Body, a_deployment, a_stack, made, of, own_tags, ref, resource_of

NAME = Reference("stack", "Name")


def the(resource: Body, *, tags: dict[str, str] | None = None) -> Resource:
    """The only resource of a stack."""
    origin = Origin(name="stack", tags=tags or {})
    return resource_of(a_deployment({"A": resource}, origin=origin, Parameters={"Name": {"Type": "String"}}), "A")


def test_a_section_that_is_none_is_empty() -> None:
    """And so is all of what is no template."""
    stack = a_stack({"A": of("EC2::VPC"), "B": "text", "C": {}, "D": {"Type": 5}}, Outputs=["a"])
    assert stack.key == "stack"
    assert a_stack(origin=Origin(name="net", key="out/Net")).key == "out/Net"
    assert stack.section("Outputs") == stack.section("Missing") == {}
    assert [id for id, _ in stack.bodies()] == ["A"]
    odd = Stack(origin=Origin(name="odd"), document=Document(path=Path("a"), data=["a"], lines={"": 1}))
    assert (odd.section("Resources"), odd.whole) == ({}, False)


@pytest.mark.parametrize(
    ("id", "name", "value"),
    [("A", "CidrBlock", "10.0.0.0/16"), ("A", "Missing", None), ("B", "a", None), ("C", "a", None), ("Missing", "a", None)],
)  # fmt: skip
def test_a_property_is_what_the_template_has(id: str, name: str, value: object) -> None:
    """None where it has none."""
    stack = a_stack({"A": of("EC2::VPC", CidrBlock="10.0.0.0/16"), "B": "text", "C": {"Properties": ["a"]}})
    assert stack.property(id, name) == value


@pytest.mark.parametrize(
    ("resources", "sections", "whole"),
    [
        ({"A": of("EC2::VPC")}, {}, True),
        ({}, {}, True),
        ({"A": of("EC2::VPC")}, {"Transform": "AWS::LanguageExtensions"}, True),
        ({"A": of("EC2::VPC")}, {"Transform": ["AWS::Serverless-2016-10-31"]}, True),
        ({"A": of("EC2::VPC")}, {"Transform": ["AWS::LanguageExtensions", "Macro"]}, False),
        ({"Fn::ForEach::A": []}, {"Transform": "AWS::LanguageExtensions"}, False),
        ({"A": of("EC2::VPC")}, {"Transform": ["Macro"]}, False),
        ({"Fn::ForEach::Subnets": ["Zone", ["a"], {}]}, {}, False),
    ],
)
def test_a_macro_may_make_more_than_is_listed(resources: Body, sections: Body, whole: bool) -> None:
    """And a loop makes something else."""
    assert a_stack(resources, **sections).whole is whole


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("Known",), "a"),
        (("Missing",), None),
        (("Map", "Inner"), "b"),
        (("Map", "Missing"), None),
        (("Map", "Inner", "more"), None),
        (("Known", "more"), None),
        (("List", "more"), None),
        (("Missing", "more"), None),
        (("Open", "more"), NAME),
        (("Untold",), UNKNOWN),
        (("Untold", "more", "still"), UNKNOWN),
        (("Nothing",), None),
        (("Nothing", "more"), None),
        (("Text", "more"), Text((NAME, "-a"))),
    ],
)
def test_a_property_is_found_by_its_path(path: tuple[str, ...], value: Value) -> None:
    """Below what is not known it is not known either, and below what has no value it is not given."""
    properties = {
        "Known": "a",
        "Map": {"Inner": "b"},
        "List": ["a"],
        "Open": ref("Name"),
        "Untold": UNTOLD,
        "Nothing": ref("AWS::NoValue"),
        "Text": {"Fn::Sub": "${Name}-a"},
    }
    assert the(of("EC2::VPC", **properties)).get(*path) == value


def test_nothing_is_known_of_properties_that_a_macro_makes() -> None:
    """They may have any."""
    assert the({"Type": "AWS::EC2::Subnet", "Properties": UNTOLD}).get("CidrBlock") is UNKNOWN


@pytest.mark.parametrize("body", [{}, {"Properties": None}, {"Properties": "text"}, {"Properties": []}])
def test_a_resource_may_have_no_properties(body: Body) -> None:
    """Of whatever form they are not."""
    resource = the({"Type": "AWS::EC2::VPC", **body})
    assert (resource.type, resource.properties, own_tags(resource), resource.get("a")) == (
        "AWS::EC2::VPC",
        {},
        {},
        None,
    )
    assert resource.reference == made("A")
    assert resource.tags_known


@pytest.mark.parametrize(
    ("tags", "found", "known"),
    [
        ([{"Key": "a", "Value": "b"}], {"a": "b"}, True),
        ([{"Key": "a", "Value": "b"}, {"Key": "a", "Value": "c"}], {"a": "c"}, True),
        ([{"Key": "a", "Value": ref("Name")}], {"a": NAME}, True),
        ([{"Key": "a"}], {"a": None}, True),
        ([{"Key": {"Fn::Sub": "a-${AWS::NoValue}"}, "Value": "b"}, {"Key": "c", "Value": "d"}], {"c": "d"}, None),
        ([], {}, True),
        ([UNTOLD, {"Key": "a", "Value": "b"}], {"a": "b"}, False),
        (UNTOLD, {}, False),
        (ref("Name"), {}, False),
        ({"Key": "a", "Value": "b"}, {"a": "b"}, False),
        ([{"Fn::If": ["No", {"Key": "a", "Value": "b"}, ref("AWS::NoValue")]}], {}, False),
        (["text"], {}, False),
        ([{"Value": "b"}], {}, False),
    ],
)
def test_tags_are_found_by_their_keys(tags: Any, found: dict[str, Value], known: bool | None) -> None:
    """And whether those are all."""
    resource = the(of("EC2::Subnet", Tags=tags))
    assert own_tags(resource) == found
    if known is not None:
        assert resource.tags_known is known


@pytest.mark.parametrize("key", [{"Fn::Sub": "kubernetes.io/cluster/${Name}"}, ref("Name"), UNTOLD])
def test_tags_of_which_one_key_is_not_known_are_not_all_known(key: Body) -> None:
    """It may be the one that is looked for."""
    assert not the(of("EC2::Subnet", Tags=[{"Key": key, "Value": "owned"}, {"Key": "a", "Value": "b"}])).tags_known


def test_the_tags_of_a_stack_are_on_each_of_its_resources() -> None:
    """Unless the resource has one of that key itself."""
    resource = the(of("EC2::Subnet", Tags=[{"Key": "a", "Value": "own"}]), tags={"a": "stack", "team": "net"})
    assert own_tags(resource) == {"a": "own", "team": "net"}
    assert own_tags(the(of("EC2::VPC"), tags={"team": "net"})) == {"team": "net"}


def test_cloudformation_tags_each_resource_with_its_logical_id() -> None:
    assert the(of("EC2::VPC")).tags == {"aws:cloudformation:logical-id": "A"}


@pytest.mark.parametrize(
    ("metadata", "path"),
    [({"aws:cdk:path": "S/Vpc/Resource"}, "S/Vpc/Resource"), ({"aws:cdk:path": 5}, ""), ({}, ""), ("text", ""), (None, "")],
)  # fmt: skip
def test_a_resource_knows_its_construct(metadata: object, path: str) -> None:
    """Where its metadata says so."""
    assert the({**of("EC2::VPC"), "Metadata": metadata}).construct_path == path


DEV = Origin(name="net", folder="dev")
PROD = Origin(name="net", folder="prod")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (DEV, DEV, True),
        (DEV, PROD, False),
        (Origin(name="a"), Origin(name="b"), True),
        (replace(DEV, region="eu-west-1"), replace(DEV, region="us-east-1"), False),
        (replace(DEV, region="eu-west-1"), DEV, True),
        (replace(DEV, account="1"), replace(DEV, account="2"), False),
        (replace(DEV, account="1"), replace(PROD, account="1"), True),
        (replace(DEV, account="1"), PROD, False),
        (replace(DEV, account="1", region="a"), replace(PROD, account="1", region="b"), False),
    ],
)
def test_two_stacks_may_be_in_one_environment(one: Origin, other: Origin, expected: bool) -> None:
    """Those of one assembly unless they say another, those of two stages only if they say the same."""
    assert one.may_share(other) is expected
    assert other.may_share(one) is expected


@pytest.mark.parametrize(
    "body", [of("EC2::VPC", CidrBlock="10.0.0.0/16"), of("EC2::VPC"), {"Type": "AWS::EC2::VPC"}, "text", None]
)
def test_a_property_is_none_where_the_template_has_none(body: Any) -> None:
    stack = a_stack({"Vpc": body})
    written = body["Properties"].get("CidrBlock") if isinstance(body, dict) and "Properties" in body else None
    assert stack.property("Vpc", "CidrBlock") == written
    assert stack.property("Other", "CidrBlock") is None
