"""A template is refused if it has what the engine does not emulate, and its parameters get values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.tools.local_aws.stacks import body, parameter, subnet, vpc
from tools.local_aws.cloudformation.dependencies import creation_order
from tools.local_aws.cloudformation.failure import CloudFormationError
from tools.local_aws.cloudformation.functions import Scope
from tools.local_aws.cloudformation.template import (
    active,
    check,
    check_rules,
    parameter_values,
    parameters_given,
    parsed,
)

NO: Mapping[str, Any] = {"No": {"Fn::Equals": ["a", "b"]}, "Yes": {"Fn::Equals": ["a", "a"]}}
SSM = "AWS::SSM::Parameter::Value<String>"


def scope(template: Mapping[str, Any], **values: Any) -> Scope:
    return Scope(template=template, values=values)


def of(resource: Mapping[str, Any], **parts: Any) -> dict[str, Any]:
    return {"Resources": {"Vpc": resource}, **parts}


def values(
    parameters: Mapping[str, Any], given: Mapping[str, str | None], previous: Mapping[str, str]
) -> dict[str, Any]:
    template = {"Parameters": parameters}
    texts = parameters_given(template, given, previous=previous)
    return parameter_values(template, texts, ssm_parameter=lambda name: f"value of {name}")


@pytest.mark.parametrize(
    "text",
    [
        body({"Vpc": vpc("10.0.0.0/16")}),
        "Resources:\n  Vpc:\n    Type: AWS::EC2::VPC\n    Properties: {CidrBlock: 10.0.0.0/16}",
    ],
    ids=["JSON", "YAML"],
)
def test_a_template_is_read(text: str) -> None:
    assert parsed(text)["Resources"] == {"Vpc": vpc("10.0.0.0/16")}


def test_short_forms_of_functions_are_read() -> None:
    text = (
        "Resources: {}\nA: !Ref B\nC: !GetAtt B.Nested.Arn\nD: !Sub ['${E}', {E: !Ref B}]\n"
        "F: !If [IsSet, !Base64 text, {G: !Condition IsSet}]\nH: !Transform {Name: I}"
    )
    found = parsed(text.replace("{}", "{X: {}}", 1))
    assert {key: found[key] for key in "ACDFH"} == {
        "A": {"Ref": "B"},
        "C": {"Fn::GetAtt": ["B", "Nested.Arn"]},
        "D": {"Fn::Sub": ["${E}", {"E": {"Ref": "B"}}]},
        "F": {"Fn::If": ["IsSet", {"Fn::Base64": "text"}, {"G": {"Condition": "IsSet"}}]},
        "H": {"Fn::Transform": {"Name": "I"}},
    }


@pytest.mark.parametrize("text", ["", "{", "{}", "[]", "text", "a: [", '{"Resources": {}}', '{"Resources": []}'])
def test_what_is_no_template_is_refused(text: str) -> None:
    with pytest.raises(CloudFormationError):
        parsed(text)


@pytest.mark.parametrize(
    "template",
    [
        of(vpc("10.0.0.0/16", DeletionPolicy="Retain", UpdateReplacePolicy="Retain", Metadata={"a": 1}, DependsOn=[])),
        of(vpc("10.0.0.0/16", DeletionPolicy="RetainExceptOnCreate")),
        of(vpc("10.0.0.0/16"), AWSTemplateFormatVersion="2010-09-09", Description="", Outputs={}, Rules={}),
        of({"Type": "AWS::Unknown::Type", "Condition": "No"}, Conditions=NO),
        of({"Type": "AWS::EC2::VPC", "Properties": {"Unknown": 1}, "Condition": "No"}, Conditions=NO),
    ],
    ids=str,
)
def test_a_template_is_accepted(template: Mapping[str, Any]) -> None:
    check(scope(template), "eu-west-1")


@pytest.mark.parametrize(
    "template",
    [
        pytest.param(of(vpc("10.0.0.0/16"), Transform="AWS::Serverless-2016-10-31"), id="section not emulated"),
        pytest.param(of(vpc("10.0.0.0/16"), Unknown={}), id="unknown section"),
        pytest.param(of({"Type": "AWS::Unknown::Type"}), id="unknown type"),
        pytest.param(of({"Type": "AWS::EC2::Instance"}), id="type not emulated"),
        pytest.param(of({"Properties": {}}), id="no type"),
        pytest.param(of({"Type": "AWS::Unknown::Type", "Condition": "Yes"}, Conditions=NO), id="condition holds"),
        pytest.param(of({**vpc("10.0.0.0/16"), "Condition": "Unknown"}), id="unknown condition"),
        pytest.param(of({"Type": "AWS::EC2::VPC", "Properties": {"Cidr": "10.0.0.0/16"}}), id="no such property"),
        pytest.param(of({"Type": "AWS::EC2::VPC", "Properties": {"Ipv4IpamPoolId": "a"}}), id="property not emulated"),
        pytest.param(of(vpc("10.0.0.0/16", CreationPolicy={})), id="attribute not emulated"),
        pytest.param(of(vpc("10.0.0.0/16", DeletionPolicy="Snapshot")), id="DeletionPolicy not emulated"),
        pytest.param(of(vpc("10.0.0.0/16", DeletionPolicy="Keep")), id="unknown DeletionPolicy"),
        pytest.param(of(vpc("10.0.0.0/16", UpdateReplacePolicy="Snapshot")), id="UpdateReplacePolicy not emulated"),
        pytest.param(
            of(vpc("10.0.0.0/16", UpdateReplacePolicy="RetainExceptOnCreate")), id="no such UpdateReplacePolicy"
        ),
        pytest.param(of({"Type": "AWS::EC2::SubnetCidrReservation"}), id="type of other regions"),
        pytest.param({"Resources": {f"A{number}": vpc("10.0.0.0/16") for number in range(501)}}, id="501 resources"),
    ],
)
def test_a_template_that_is_not_emulated_is_refused(template: Mapping[str, Any]) -> None:
    with pytest.raises(CloudFormationError):
        check(scope(template), "eu-west-1")


def test_the_refusal_of_types_names_each_with_its_resource() -> None:
    resources = {"Q": {"Type": "AWS::SQS::Queue"}, "R": {"Type": "AWS::SQS::Queue"}, "Vpc": vpc("10.0.0.0/16")}
    with pytest.raises(CloudFormationError) as error:
        check(scope({"Resources": resources}), "eu-west-1")
    assert "AWS::SQS::Queue (resource Q), AWS::SQS::Queue (resource R)" in str(error.value)
    assert "Vpc" not in str(error.value)


def test_a_type_is_accepted_in_the_regions_that_have_it() -> None:
    check(scope(of({"Type": "AWS::EC2::SubnetCidrReservation"})), "us-east-1")


def test_a_custom_type_is_checked_by_its_handler_alone() -> None:
    kind = "Custom::AWSCDK-EKS-KubernetesResource"
    check(scope(of({"Type": kind, "Properties": {"ServiceToken": "a", "Manifest": "[]"}})), "eu-west-1")
    with pytest.raises(CloudFormationError):
        check(scope(of({"Type": kind, "Properties": {"PruneLabel": "a"}})), "eu-west-1")


def test_500_resources_are_accepted() -> None:
    check(scope({"Resources": {f"A{number}": vpc("10.0.0.0/16") for number in range(500)}}), "eu-west-1")


def test_only_resources_whose_condition_holds_are_active_and_nothing_waits_for_the_others() -> None:
    template = {
        "Conditions": NO,
        "Resources": {
            "Vpc": vpc("10.0.0.0/16"),
            "Off": {**vpc("10.1.0.0/16"), "Condition": "No"},
            "On": subnet("Vpc", "10.0.0.0/24", Condition="Yes", DependsOn=["Off", "Vpc"]),
            "Text": subnet("Vpc", "10.0.1.0/24", DependsOn="Off"),
        },
    }
    assert sorted(creation_order(active(scope(template)), seed=0)) == ["On", "Text", "Vpc"]


@pytest.mark.parametrize(
    ("parameters", "given", "previous", "expected"),
    [
        ({"A": {"Type": "String", "Default": "d"}}, {}, {}, {"A": "d"}),
        ({"A": {"Type": "String", "Default": "d"}}, {"A": "g"}, {}, {"A": "g"}),
        ({"A": {"Type": "String", "Default": "d"}}, {"A": ""}, {}, {"A": ""}),
        ({"A": {"Type": "String", "Default": ""}}, {}, {}, {"A": ""}),
        ({"A": {"Type": "String", "Default": "d"}}, {"A": None}, {"A": "p"}, {"A": "p"}),
        ({"A": {"Type": "Number", "Default": 1}}, {}, {}, {"A": "1"}),
        ({"A": {"Type": "CommaDelimitedList", "Default": "a, b,c"}}, {}, {}, {"A": ["a", "b", "c"]}),
        ({"A": {"Type": "CommaDelimitedList"}}, {"A": None}, {"A": "a,b"}, {"A": ["a", "b"]}),
        ({"A": {"Type": "CommaDelimitedList", "Default": ""}}, {}, {}, {"A": []}),
        ({"A": {"Type": SSM, "Default": "/name"}}, {}, {}, {"A": "value of /name"}),
        ({"A": {"Type": SSM, "Default": "/name"}}, {"A": None}, {"A": "/other"}, {"A": "value of /other"}),
        ({"A": {"Type": "String", "AllowedValues": ["a", "b"]}}, {"A": "b"}, {}, {"A": "b"}),
    ],
    ids=str,
)
def test_a_parameter_has_its_value(
    parameters: Mapping[str, Any],
    given: Mapping[str, str | None],
    previous: Mapping[str, str],
    expected: Mapping[str, Any],
) -> None:
    assert values(parameters, given, previous) == expected


@pytest.mark.parametrize(
    ("parameters", "given"),
    [
        ({"A": {"Type": "String"}}, {}),
        ({"A": {"Type": "String", "Default": "d"}}, {"A": None}),
        ({}, {"A": "g"}),
        ({"A": {"Type": "List<Number>", "Default": "1"}}, {}),
        ({"A": {"Default": "d"}}, {}),
        ({"A": {"Type": "String", "AllowedValues": ["a", "b"]}}, {"A": "c"}),
        ({"A": {"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}}, {"A": "a,c"}),
    ],
    ids=str,
)
def test_a_parameter_without_a_value_or_that_is_not_known_is_refused(
    parameters: Mapping[str, Any], given: Mapping[str, str | None]
) -> None:
    with pytest.raises(CloudFormationError):
        values(parameters, given, {})


@pytest.mark.parametrize(
    ("value", "condition", "allowed"),
    [("a", "a", True), ("b", "a", False), ("b", "b", False), ("b", "c", True)],
    ids=["assertion holds", "assertion does not hold", "rule applies", "rule does not apply"],
)
def test_a_rule_allows_values_of_parameters(value: str, condition: str, allowed: bool) -> None:
    is_a = {"Assert": {"Fn::Equals": [{"Ref": "A"}, "a"]}, "AssertDescription": "A is a"}
    rule: dict[str, Any] = {"Assertions": [is_a]}
    if condition != "a":
        rule["RuleCondition"] = {"Fn::Equals": [{"Ref": "A"}, condition]}
    found = scope({"Rules": {"Rule": rule}}, A=value)
    if allowed:
        check_rules(found)
    else:
        with pytest.raises(CloudFormationError, match="Rule"):
            check_rules(found)


def test_a_resource_of_the_tests_is_accepted() -> None:
    check(scope({"Resources": {"A": parameter("a"), "Vpc": vpc("10.0.0.0/16")}}), "eu-west-1")
