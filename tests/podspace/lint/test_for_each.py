"""Loops over known values are expanded; those over other values stay, and hide what they may create."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from podspace.lint.for_each import expanded
from podspace.lint.inputs import read_inputs
from podspace.lint.linter import lint
from podspace.lint.stack import Stack
from tests.podspace.lint.stacks import Body, a_deployment, a_stack, a_template, nested, of, ref, resource_of, write

LOOPS: Body = {"Transform": "AWS::LanguageExtensions"}
ZONES: Body = {"Parameters": {"Zones": {"Type": "CommaDelimitedList", "Default": "a, b"}}}


def loop(over: Any, output: Body, *, identifier: str = "Z", name: str = "Zones") -> Body:
    return {f"Fn::ForEach::{name}": [identifier, over, output]}


def resources(made: Body, **sections: Any) -> Any:
    return expanded(a_stack(made, **{**LOOPS, **sections})).section("Resources")


SUBNET = {"Subnet${Z}": of("EC2::Subnet", AvailabilityZone={"Fn::Sub": "eu-west-1${Z}"}, Tags=[{"Key": ref("Z")}])}


@pytest.mark.parametrize(
    ("over", "sections"),
    [
        (["a", "b"], {}),
        (ref("Zones"), ZONES),
        ({"Fn::Split": ["-", "a-b"]}, {}),
        ({"Fn::FindInMap": ["Of", "Here", "Zones"]}, {"Mappings": {"Of": {"Here": {"Zones": ["a", "b"]}}}}),
        (["a", "b"], {"Transform": ["AWS::Serverless-2016-10-31", "AWS::LanguageExtensions"]}),
    ],
)
def test_a_loop_over_known_values_is_what_it_creates(over: Any, sections: Body) -> None:
    assert resources({**loop(over, SUBNET), "Vpc": of("EC2::VPC")}, **sections) == {
        "Subneta": of("EC2::Subnet", AvailabilityZone="eu-west-1a", Tags=[{"Key": "a"}]),
        "Subnetb": of("EC2::Subnet", AvailabilityZone="eu-west-1b", Tags=[{"Key": "b"}]),
        "Vpc": of("EC2::VPC"),
    }


@pytest.mark.parametrize(
    ("over", "sections"),
    [
        (ref("Zones"), {"Parameters": {"Zones": {"Type": "CommaDelimitedList"}}}),
        (ref("Zones"), {"Parameters": {"Zones": {"Type": "AWS::SSM::Parameter::Value<List<String>>", "Default": "a"}}}),
        (["a", ref("Zone")], {"Parameters": {"Zone": {"Type": "String"}}}),
        ("a", {}),
        ([], {}),
        ([["a"], ["b"]], {}),
        (["a", "a"], {}),
        (["a", "b"], {"Transform": "Macro"}),
        (["x" * 600_000, "y" * 600_000], {}),
    ],
)  # fmt: skip
def test_any_other_loop_stays_and_may_create_anything(over: Any, sections: Body) -> None:
    stack = expanded(a_stack(loop(over, SUBNET), **{**LOOPS, **sections}))
    assert "Fn::ForEach::Zones" in stack.section("Resources")
    assert not stack.whole


@pytest.mark.parametrize(("characters", "is_expanded"), [(1_000_000, True), (1_000_001, False)])
def test_an_expanded_template_has_a_million_characters_at_most(characters: int, is_expanded: bool) -> None:
    """Each value counts its characters and one more, as for its comma."""
    others = 5 + len("a" + "T")  # the values other than the description, without it
    body = {"Type": "T", "Description": "x" * (characters - others - 1)}
    assert ("Ra" in resources(loop(["a"], {"R${Z}": body}))) is is_expanded


@pytest.mark.parametrize("fragment", [[], "text", {}, None])
def test_what_is_no_loop_stays(fragment: Any) -> None:
    for written in ({"Fn::ForEach::Zones": ["Z", ["a"], fragment]}, {"Fn::ForEach::Zones": fragment}):
        assert resources(written) == written


def test_a_loop_that_creates_a_resource_of_the_template_stays() -> None:
    written = {"Subneta": of("EC2::Subnet"), **loop(["a"], SUBNET)}
    assert resources(written) == written


def test_loops_in_loops_take_the_values_of_both() -> None:
    inner = loop(["1", {"Fn::Sub": "2"}], {"Pod${Z}${N}": of("EC2::Subnet", CidrBlock={"Fn::Sub": "10.${N}.0.0/${Z}"})}, identifier="N", name="Inner")  # fmt: skip
    made = resources(loop([16, 24], inner))
    assert {id: body["Properties"]["CidrBlock"] for id, body in made.items()} == {
        "Pod161": "10.1.0.0/16",
        "Pod162": "10.2.0.0/16",
        "Pod241": "10.1.0.0/24",
        "Pod242": "10.2.0.0/24",
    }


def test_the_values_of_a_loop_in_a_loop_may_depend_on_the_outer_one() -> None:
    zones: Body = {"Mappings": {"Zones": {"a": {"Cells": ["x"]}, "b": {"Cells": ["x", "y"]}}}}
    inner = loop({"Fn::FindInMap": ["Zones", ref("Z"), "Cells"]}, {"S${Z}${C}": of("EC2::Subnet")}, identifier="C")
    assert list(resources(loop(["a", "b"], inner), **zones)) == ["Sax", "Sbx", "Sby"]


def test_a_loop_that_is_not_known_in_one_that_is_leaves_both() -> None:
    inner = loop(ref("Zones"), {"S${Z}${C}": of("EC2::Subnet")}, identifier="C", name="Inner")
    written = loop(["a", "b"], inner)
    assert resources(written, Parameters={"Zones": {"Type": "CommaDelimitedList"}}) == written


def test_an_ampersand_drops_what_a_logical_id_cannot_have() -> None:
    made = resources(loop(["eu-west-1a", "10.0.0.0/24"], {"S&{Z}": of("EC2::Subnet", CidrBlock=ref("Z"))}))
    assert {id: body["Properties"]["CidrBlock"] for id, body in made.items()} == {
        "Seuwest1a": "eu-west-1a",
        "S1000024": "10.0.0.0/24",
    }


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ({"Ref": {"Fn::Sub": "Table${Z}"}}, {"Ref": "Tablea"}),
        ({"Fn::GetAtt": [{"Fn::Sub": "Table${Z}"}, "Arn"]}, {"Fn::GetAtt": ["Tablea", "Arn"]}),
        ({"Fn::Sub": "${Table${Z}}-${AWS::Region}"}, {"Fn::Sub": "${Tablea}-${AWS::Region}"}),
        ({"Fn::If": ["Is${Z}", 1, ref("AWS::NoValue")]}, {"Fn::If": ["Isa", 1, ref("AWS::NoValue")]}),
        (ref("Zone"), ref("Zone")),
        ({"Fn::Sub": "${!Z} ${Zone}"}, {"Fn::Sub": "${!Z} ${Zone}"}),
    ],
)
def test_a_value_in_a_loop(written: Any, becomes: Any) -> None:
    made = resources(loop(["a"], {"R${Z}": {**of("EC2::Route", Value=written), "DependsOn": "Table${Z}"}}))
    assert made == {"Ra": {**of("EC2::Route", Value=becomes), "DependsOn": "Tablea"}}


def test_loops_in_properties_outputs_and_conditions_are_expanded() -> None:
    stack = expanded(
        a_stack(
            {"Vpc": of("EC2::VPC", CidrBlock="10.0.0.0/16", **loop(["Support", "Hostnames"], {"EnableDns${Z}": True}))},
            Conditions=loop(["a", "b"], {"Is${Z}": {"Fn::Equals": [ref("Z"), "a"]}}),
            Outputs=loop(["a"], {"Out${Z}": {"Value": ref("Vpc")}}),
            **LOOPS,
        )
    )
    assert stack.section("Resources")["Vpc"] == of(
        "EC2::VPC", CidrBlock="10.0.0.0/16", EnableDnsSupport=True, EnableDnsHostnames=True
    )
    assert stack.section("Conditions") == {"Isa": {"Fn::Equals": ["a", "a"]}, "Isb": {"Fn::Equals": ["b", "a"]}}
    assert stack.section("Outputs") == {"Outa": {"Value": ref("Vpc")}}


def test_a_property_that_a_loop_may_give_is_not_known() -> None:
    unknown = loop(ref("Names"), {"${Z}": True})
    made = {"Vpc": of("EC2::VPC", CidrBlock="10.0.0.0/16", **unknown), "Eks": of("EKS::Cluster", Config={"A": 1, **unknown})}  # fmt: skip
    deployment = a_deployment(made, Parameters={"Names": {"Type": "CommaDelimitedList"}}, **LOOPS)
    vpc, cluster = resource_of(deployment, "Vpc"), resource_of(deployment, "Eks")
    assert (vpc.get("CidrBlock"), vpc.certain) == ("10.0.0.0/16", False)
    assert vpc.get("EnableDnsSupport") is not None
    assert cluster.get("Config", "B") is not None


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_what_a_loop_creates_is_on_the_lines_of_the_loop(tmp_path: Path, suffix: str) -> None:
    made = {"Vpc": of("EC2::VPC"), **loop(["a", "b"], SUBNET)}
    template = a_template(made, **LOOPS)
    text = json.dumps(template, indent=1) if suffix == "json" else yaml.safe_dump(template, sort_keys=False)
    file = tmp_path / f"t.{suffix}"
    file.write_text(text)
    (stack,) = read_inputs([file]).stacks
    lines = text.splitlines()
    for place, written in (
        ("Resources.Subnetb", "Subnet${Z}"),
        ("Resources.Subneta.Properties.Tags", "Tags"),
        ("Resources.Vpc", "Vpc"),
    ):
        assert lines[stack.document.line_of(place) - 1].strip(' -{"').startswith(written)


def child_of(parameters: Body, **sections: Any) -> Body:
    child = a_template(loop(ref("Zones"), SUBNET), **{**ZONES, **LOOPS})
    return {"root.json": a_template({"Net": nested("child.json", **parameters)}, **sections), "child.json": child}


@pytest.mark.parametrize(
    ("parameters", "sections", "ids"),
    [
        ({}, {}, ["Subneta", "Subnetb"]),
        ({"Zones": "c"}, {}, ["Subnetc"]),
        ({"Zones": {"Fn::Join": [",", ["c", "d"]]}}, {}, ["Subnetc", "Subnetd"]),
        ({"Zones": {"Fn::Join": [",", ref("Zones")]}}, ZONES, ["Subneta", "Subnetb"]),
        ({"Zones": ref("Unknown")}, {"Parameters": {"Unknown": {"Type": "String"}}}, ["Fn::ForEach::Zones"]),
    ],
)
def test_a_nested_stack_loops_over_what_its_parent_passes(
    tmp_path: Path, parameters: Body, sections: Body, ids: list[str]
) -> None:
    stacks: list[Stack] = read_inputs([write(tmp_path, child_of(parameters, **sections))]).stacks
    (child,) = (stack for stack in stacks if stack.origin.parent)
    assert list(child.section("Resources")) == ids


def test_a_loop_over_a_value_that_refers_to_itself_is_reported_once(tmp_path: Path) -> None:
    circle = {"A": {"Fn::Equals": [{"Fn::If": ["A", "x", "y"]}, "x"]}}
    made = loop({"Fn::If": ["A", ["a"], ["b"]]}, SUBNET)
    folder = write(tmp_path, {"t.json": a_template({**made, "Vpc": {**of("EC2::VPC"), "Condition": "A"}}, Conditions=circle, **LOOPS)})  # fmt: skip
    assert [one.id for one in lint([folder]).unreadable] == ["circular-reference"]
