"""Functions and conditions of templates are evaluated as CloudFormation does, and unknown ones are refused."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tools.local_aws.cloudformation.failure import CloudFormationError
from tools.local_aws.cloudformation.functions import Scope, references

SCOPE = Scope(
    template={
        "Mappings": {"Zones": {"eu-west-1": {"First": "a"}}},
        "Conditions": {
            "Yes": {"Fn::Equals": ["a", "a"]},
            "No": {"Fn::Not": [{"Condition": "Yes"}]},
            "Named": {"Fn::Equals": [{"Ref": "Name"}, "orders"]},
        },
        "Resources": {},
    },
    values={"Name": "orders", "List": ["x", "y"], "AWS::Region": "eu-west-1"},
    physical_ids={"Vpc": "vpc-1"},
    attributes={"Vpc": {"CidrBlock": "10.0.0.0/16", "Nested.Name": "n"}},
    exports={"shared": "exported"},
    zones=("eu-west-1a", "eu-west-1b"),
)


@pytest.mark.parametrize(
    ("value", "evaluated"),
    [
        ({"Ref": "Name"}, "orders"),
        ({"Ref": "Vpc"}, "vpc-1"),
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        ({"Fn::GetAtt": ["Vpc", "CidrBlock"]}, "10.0.0.0/16"),
        ({"Fn::GetAtt": "Vpc.CidrBlock"}, "10.0.0.0/16"),
        ({"Fn::GetAtt": "Vpc.Nested.Name"}, "n"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Name"}, 1]]}, "a-orders-1"),
        ({"Fn::Join": [",", {"Ref": "List"}]}, "x,y"),
        ({"Fn::Select": [1, {"Ref": "List"}]}, "y"),
        ({"Fn::Select": ["0", {"Fn::GetAZs": ""}]}, "eu-west-1a"),
        ({"Fn::GetAZs": {"Ref": "AWS::Region"}}, ["eu-west-1a", "eu-west-1b"]),
        ({"Fn::Split": ["/", {"Fn::GetAtt": ["Vpc", "CidrBlock"]}]}, ["10.0.0.0", "16"]),
        ({"Fn::If": ["Yes", {"Ref": "Name"}, "otherwise"]}, "orders"),
        ({"Fn::If": ["No", {"Ref": "Unknown"}, "otherwise"]}, "otherwise"),
        ({"Fn::Sub": "${Name}.${AWS::Region}.${Vpc}.${Vpc.CidrBlock}"}, "orders.eu-west-1.vpc-1.10.0.0.0/16"),
        ({"Fn::Sub": "${!Name} $Name {Name} ${Name}"}, "${Name} $Name {Name} orders"),
        ({"Fn::Sub": ["${Own}-${Name}", {"Own": {"Ref": "Vpc"}}]}, "vpc-1-orders"),
        ({"Fn::Sub": ["${Name}", {"Name": "own"}]}, "own"),
        ({"Fn::Sub": ["${Own.Part}", {"Own.Part": "own"}]}, "own"),
        ({"Fn::Base64": {"Ref": "Name"}}, base64.b64encode(b"orders").decode()),
        ({"Fn::FindInMap": ["Zones", {"Ref": "AWS::Region"}, "First"]}, "a"),
        ({"Fn::ImportValue": {"Fn::Sub": "shared"}}, "exported"),
        ({"A": [{"B": {"Ref": "Name"}}], "C": True, "D": 1}, {"A": [{"B": "orders"}], "C": True, "D": 1}),
        ({"A": {"Ref": "AWS::NoValue"}, "B": 1}, {"B": 1}),
        ({"A": {"Ref": "AWS::NoValue"}}, {}),
        ({"A": {"Fn::If": ["No", 1, {"Ref": "AWS::NoValue"}]}}, {}),
        (["a", {"Ref": "AWS::NoValue"}, "b"], ["a", "b"]),
        ({"Fn::Join": ["-", ["a", {"Fn::If": ["No", "b", {"Ref": "AWS::NoValue"}]}, "c"]]}, "a-c"),
    ],
)
def test_a_value_is_evaluated(value: Any, evaluated: Any) -> None:
    assert SCOPE.evaluated(value) == evaluated


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("Yes", True),
        ("No", False),
        ({"Condition": "Named"}, True),
        ({"Fn::Equals": [{"Ref": "Name"}, "orders"]}, True),
        ({"Fn::Equals": [{"Ref": "Name"}, "other"]}, False),
        ({"Fn::Not": [{"Condition": "No"}]}, True),
        ({"Fn::Not": [{"Fn::Equals": ["a", "a"]}]}, False),
        ({"Fn::And": [{"Condition": "Yes"}, {"Condition": "Named"}]}, True),
        ({"Fn::And": [{"Condition": "Yes"}, {"Condition": "No"}]}, False),
        ({"Fn::Or": [{"Condition": "No"}, {"Condition": "Yes"}]}, True),
        ({"Fn::Or": [{"Condition": "No"}, {"Condition": "No"}]}, False),
        ({"Fn::Contains": [["orders", "ledger"], {"Ref": "Name"}]}, True),
        ({"Fn::Contains": [["ledger"], {"Ref": "Name"}]}, False),
    ],
)
def test_a_condition_is_evaluated(condition: Any, holds: bool) -> None:
    assert SCOPE.holds(condition) is holds


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "Unknown"},
        {"Fn::GetAtt": ["Unknown", "Arn"]},
        {"Fn::GetAtt": ["Vpc", "Unknown"]},
        {"Fn::Sub": "${Unknown}"},
        {"Fn::Sub": "${Vpc.Unknown}"},
        {"Fn::Select": [2, {"Ref": "List"}]},
        {"Fn::Select": [-1, {"Ref": "List"}]},
        {"Fn::ImportValue": "unknown"},
        {"Fn::FindInMap": ["Zones", "eu-west-2", "First"]},
        {"Fn::FindInMap": ["Unknown", "eu-west-1", "First"]},
        {"Fn::GetAZs": "us-east-1"},
        {"Fn::If": ["Unknown", 1, 2]},
        {"Fn::Cidr": ["10.0.0.0/16", 2, 8]},
        {"Fn::Transform": {"Name": "AWS::Include"}},
        {"Fn::Length": {"Ref": "List"}},
        {"A": [{"Fn::Unknown": 1}]},
        {"Condition": "Yes"},
    ],
    ids=str,
)
def test_what_has_no_value_or_is_not_emulated_is_refused(value: Any) -> None:
    with pytest.raises(CloudFormationError):
        SCOPE.evaluated(value)


@pytest.mark.parametrize(
    "condition", [{"Fn::EachMemberIn": [["a"], ["a"]]}, {"Condition": "Unknown"}, "Unknown"], ids=str
)
def test_a_condition_that_is_not_known_is_refused(condition: Any) -> None:
    with pytest.raises(CloudFormationError):
        SCOPE.holds(condition)


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("text", []),
        ({"Ref": "A"}, ["A"]),
        ({"Fn::GetAtt": ["A", "Arn"]}, ["A"]),
        ({"Fn::GetAtt": "A.Nested.Arn"}, ["A"]),
        ({"Fn::Sub": "${A}-${B.Arn}-${!C}-${AWS::Region}"}, ["A", "B", "AWS::Region"]),
        ({"Fn::Sub": ["${Own}${A}", {"Own": {"Ref": "B"}}]}, ["A", "B"]),
        ({"Fn::If": ["Yes", {"Ref": "A"}, {"Ref": "B"}]}, ["A", "B"]),
        ({"P": [{"Q": {"Fn::Join": ["", [{"Ref": "A"}, {"Fn::GetAtt": ["B", "Id"]}]]}}]}, ["A", "B"]),
    ],
)
def test_references_of_a_value(value: Any, names: list[str]) -> None:
    assert list(references(value)) == names
