"""Values are resolved across all stacks in hand, as far as they can be known."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.diagnostic import InputError
from podspace.lint.pseudo_parameter import NO_VALUE
from podspace.lint.resolver import Resolver
from podspace.lint.stack import Origin, Stack
from podspace.lint.value import UNKNOWN, Reference, Text, Value, same
from tests.podspace.lint.stacks import UNTOLD, Body, a_stack, att, made, nested, nested_in, of, ref, resolved

HERE = Origin(name="stack", region="eu-west-1", account="111122223333")
NAME = Reference("stack", "Name")
STRING: Body = {"Type": "String"}
LIST: Body = {"Type": "CommaDelimitedList"}
RESOURCES: Body = {
    "Vpc": of("EC2::VPC", CidrBlock="10.0.0.0/16"),
    "Subnet": of("EC2::Subnet", CidrBlock={"Fn::Select": [1, {"Fn::Cidr": [att("Vpc", "CidrBlock"), 2, 8]}]}),
    "Pool": of("EC2::VPC", Ipv4IpamPoolId="ipam-pool-0a"),
    "Group": of("EC2::SecurityGroup"),
    "Role": of("IAM::Role", RoleName="nodes"),
    "Unnamed": of("IAM::Role"),
    "Cluster": of("EKS::Cluster", Name={"Fn::Sub": "${Name}-cluster"}),
    "Bare": {"Type": "AWS::EC2::InternetGateway"},
    "Text": "text",
}


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ("a", "a"),
        (5, 5),
        (True, True),
        (None, None),
        ([], []),
        ({"a": [1, {"b": "c"}]}, {"a": [1, {"b": "c"}]}),
        ({"Ref": "Vpc"}, made("Vpc")),
        ([ref("Vpc"), ref("Subnet")], [made("Vpc"), made("Subnet")]),
        ({"a": ref("Bare")}, {"a": made("Bare")}),
        (ref("Role"), "nodes"),
        (ref("Unnamed"), made("Unnamed")),
        (ref("Cluster"), Text((NAME, "-cluster"))),
        (ref("Name"), NAME),
        (ref("Missing"), UNKNOWN),
        (ref("Text"), UNKNOWN),
        ({"Ref": ["Vpc"]}, UNKNOWN),
        ({"Ref": None}, UNKNOWN),
        (UNTOLD, UNKNOWN),
        ({"Fn::Base64": "a"}, UNKNOWN),
        ({"Fn::Nothing": "a"}, UNKNOWN),
        ({"Ref": "Vpc", "More": 1}, {"Ref": "Vpc", "More": 1}),
        ({"Condition": "A"}, {"Condition": "A"}),
    ],
)
def test_what_a_template_says_is_resolved(node: Any, value: Value) -> None:
    """Plain data stays as it is, and what nobody can know is unknown."""
    assert resolved(node, resources=RESOURCES, Parameters={"Name": STRING}) == value


@pytest.mark.parametrize(
    ("target", "value"),
    [
        (["Vpc", "VpcId"], made("Vpc")),
        ("Vpc.VpcId", made("Vpc")),
        (["Subnet", "SubnetId"], made("Subnet")),
        (["Group", "GroupId"], made("Group")),
        (["Group", "Id"], made("Group", "Id")),
        (["Bare", "InternetGatewayId"], made("Bare")),
        (["Vpc", "DefaultSecurityGroup"], made("Vpc", "DefaultSecurityGroup")),
        (["Vpc", "CidrBlock"], "10.0.0.0/16"),
        ("Vpc.CidrBlock", "10.0.0.0/16"),
        (["Subnet", "CidrBlock"], "10.0.1.0/24"),
        (["Pool", "CidrBlock"], made("Pool", "CidrBlock")),
        (["Role", "Arn"], made("Role", "Arn")),
        (["Role", "Outputs.Arn"], made("Role", "Outputs.Arn")),
        (["Bare", "CidrBlock"], made("Bare", "CidrBlock")),
        (["Cluster", "ClusterSecurityGroupId"], made("Cluster", "ClusterSecurityGroupId")),
        (["Missing", "Arn"], UNKNOWN),
        (["Text", "Arn"], UNKNOWN),
        ("Role", UNKNOWN),
        (["Role"], UNKNOWN),
        (["Role", ref("Name")], UNKNOWN),
        (["Role", "Arn", "more"], UNKNOWN),
        (5, UNKNOWN),
        (None, UNKNOWN),
    ],
)
def test_an_attribute_is_a_reference_of_its_own_or_that_to_the_resource(target: Any, value: Value) -> None:
    """However it is written; and the block of a network is the one it is given."""
    assert resolved({"Fn::GetAtt": target}, resources=RESOURCES, Parameters={"Name": STRING}) == value


@pytest.mark.parametrize(
    ("kind", "attribute"),
    [
        ("EC2::InternetGateway", "InternetGatewayId"),
        ("EC2::NatGateway", "NatGatewayId"),
        ("EC2::RouteTable", "RouteTableId"),
        ("EC2::SecurityGroup", "GroupId"),
        ("EC2::Subnet", "SubnetId"),
        ("EC2::TransitGateway", "Id"),
        ("EC2::TransitGatewayAttachment", "Id"),
        ("EC2::TransitGatewayVpcAttachment", "Id"),
        ("EC2::VPC", "VpcId"),
        ("EC2::VPCCidrBlock", "Id"),
        ("EC2::VPCEndpoint", "Id"),
    ],
)
def test_an_attribute_that_is_the_id_is_what_ref_gives(kind: str, attribute: str) -> None:
    """So one resource is one thing, whichever of the two its users write."""
    resources: Body = {"A": of(kind)}
    assert resolved(att("A", attribute), resources=resources) == resolved(ref("A"), resources=resources)


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("${Vpc}", made("Vpc")),
        ("${Role}-x", "nodes-x"),
        ("${Group.GroupId}", made("Group")),
        ("${Vpc.CidrBlock}", "10.0.0.0/16"),
        ("${Name}-${AWS::Region}", Text((NAME, "-eu-west-1"))),
        ("${AWS::AccountId}", "111122223333"),
        ("${Missing}", UNKNOWN),
        ("${Missing.Arn}", UNKNOWN),
        (["${a}-${b}", {"a": "x", "b": ref("Vpc")}], Text(("x-", made("Vpc")))),
        (["${Name}", {"Name": "mine"}], "mine"),
        (["${a.b}", {"a.b": "x"}], "x"),
        (["${a}"], UNKNOWN),
        (["${a}", {}, {}], UNKNOWN),
        ([ref("Name"), {}], UNKNOWN),
        (5, UNKNOWN),
    ],
)
def test_names_in_a_text_are_replaced_by_their_values(argument: Any, value: Value) -> None:
    """Those that come with it first."""
    assert resolved({"Fn::Sub": argument}, resources=RESOURCES, origin=HERE, Parameters={"Name": STRING}) == value


CONDITIONS: Body = {
    "Yes": {"Fn::Equals": ["a", "a"]},
    "No": {"Fn::Equals": ["a", "b"]},
    "Perhaps": {"Fn::Equals": [ref("Name"), "a"]},
}


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        (["Yes", "a", "b"], "a"),
        (["No", "a", "b"], "b"),
        (["Yes", ref("Vpc"), UNTOLD], made("Vpc")),
        (["Perhaps", "a", "a"], "a"),
        (["Perhaps", "a", "b"], UNKNOWN),
        (["Perhaps", ref("Vpc"), att("Vpc", "VpcId")], made("Vpc")),
        (["Perhaps", ref("Vpc"), ref("AWS::NoValue")], UNKNOWN),
        (["Perhaps", UNTOLD, UNTOLD], UNKNOWN),
        (["Missing", "a", "b"], UNKNOWN),
        (["Yes", {"Fn::If": ["No", "a", "b"]}, "c"], "b"),
        (["Yes", "a"], UNKNOWN),
        ("Yes", UNKNOWN),
        ([["Yes"], "a", "b"], UNKNOWN),
    ],
)
def test_a_choice_is_made_where_the_condition_is_known(argument: Any, value: Value) -> None:
    """Or where both come to the same."""
    sections: Body = {"Conditions": CONDITIONS, "Parameters": {"Name": STRING}}
    assert resolved({"Fn::If": argument}, resources=RESOURCES, **sections) == value


def test_what_has_no_value_is_not_given() -> None:
    """As a property, as an item of a list, and as what a choice comes to."""
    nothing = {"Fn::If": ["No", "a", ref("AWS::NoValue")]}
    node = {
        "a": nothing,
        "b": ["x", nothing, "y"],
        "c": {"d": ref("AWS::NoValue")},
        "e": {"Fn::Join": [",", ["x", nothing]]},
    }
    assert resolved(node, Conditions=CONDITIONS) == {"b": ["x", "y"], "c": {}, "e": "x"}
    assert resolved({"Fn::If": ["Perhaps", nothing, nothing]}, Conditions=CONDITIONS) == NO_VALUE


MAPPINGS: Body = {"Regions": {"eu-west-1": {"Cidr": "10.0.0.0/16", "Zones": ["a", "b"]}}}


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        (["Regions", "eu-west-1", "Cidr"], "10.0.0.0/16"),
        (["Regions", ref("AWS::Region"), "Cidr"], "10.0.0.0/16"),
        (["Regions", ref("AWS::Region"), "Zones"], ["a", "b"]),
        (["Regions", ref("Name"), "Cidr"], UNKNOWN),
        (["Regions", "us-east-1", "Cidr"], UNKNOWN),
        (["Other", "eu-west-1", "Cidr"], UNKNOWN),
        (["Regions", "eu-west-1", "Cidr", {"DefaultValue": "b"}], "10.0.0.0/16"),
        (["Regions", "us-east-1", "Cidr", {"DefaultValue": "b"}], UNKNOWN),
        ("Regions", UNKNOWN),
        ([], UNKNOWN),
    ],
)
def test_a_mapping_of_the_template_is_looked_up(argument: Any, value: Value) -> None:
    sections: Body = {"Mappings": MAPPINGS, "Parameters": {"Name": STRING}}
    assert resolved({"Fn::FindInMap": argument}, origin=HERE, **sections) == value


@pytest.mark.parametrize(
    ("argument", "origin", "region"),
    [
        ("", HERE, "eu-west-1"),
        (ref("AWS::Region"), HERE, "eu-west-1"),
        ("us-east-1", HERE, "us-east-1"),
        ("", None, "AWS::Region"),
        (ref("AWS::Region"), None, "AWS::Region"),
    ],
)
def test_the_zones_of_a_region_are_one_list(argument: Any, origin: Origin | None, region: str) -> None:
    """Of which each item is a reference, so that the first is the first everywhere, and not the second."""
    zones = {"Fn::GetAZs": argument}
    assert resolved(zones, origin=origin) == Reference("", f"zones of {region}")
    assert resolved({"Fn::Select": [1, zones]}, origin=origin) == Reference("", f"zones of {region}", "[1]")


def test_the_zones_of_a_region_that_is_not_known_are_no_list() -> None:
    """They are not even the same as themselves."""
    zones = resolved({"Fn::GetAZs": UNTOLD})
    assert same(zones, zones) is None


@pytest.mark.parametrize(
    "node", ["{{resolve:ssm:/net/vpc}}", "pods-{{resolve:ssm:/name}}", "{{resolve:secretsmanager:a:SecretString:b}}"]
)
def test_a_dynamic_reference_is_filled_in_by_a_deployment(node: str) -> None:
    """The same one gives the same."""
    assert resolved(node) == Reference("", node)
    assert resolved({"Fn::Join": ["", ["a", node]]}) == Text(("a", Reference("", node)))


@pytest.mark.parametrize("text", ["{{resolve:ssm:/net/${AWS::Region}/vpc}}", "{{resolve:ssm:/net/vpc}}"])
def test_a_dynamic_reference_in_substituted_text_is_one_as_well(text: str) -> None:
    """It is nearly always written this way."""
    assert not isinstance(resolved({"Fn::Sub": text}, origin=HERE), str)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ({"Type": "String", "Default": "a"}, "a"),
        ({"Default": "a"}, "a"),
        ({"Type": "String"}, Reference("stack", "P")),
        ({"Type": "String", "Default": ""}, Reference("stack", "P")),
        ({"Type": "Number", "Default": 5}, 5),
        ({"Type": "Number", "Default": "5"}, "5"),
        ({"Type": "CommaDelimitedList", "Default": "a, b,c"}, ["a", "b", "c"]),
        ({"Type": "CommaDelimitedList", "Default": "a"}, ["a"]),
        ({"Type": "List<Number>", "Default": "1,2"}, ["1", "2"]),
        ({"Type": "List<AWS::EC2::Subnet::Id>", "Default": "subnet-0a,subnet-0b"}, ["subnet-0a", "subnet-0b"]),
        ({"Type": "AWS::EC2::VPC::Id", "Default": "vpc-0a"}, "vpc-0a"),
        ({"Type": "AWS::EC2::VPC::Id"}, Reference("stack", "P")),
        ({"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/net/vpc"}, Reference("stack", "P")),
        ({"Type": "AWS::SSM::Parameter::Value<List<String>>", "Default": "/net/vpc"}, Reference("stack", "P")),
        ({"Type": "String", "Default": ["a"]}, Reference("stack", "P")),
        ({"Type": "String", "Default": {"a": "b"}}, Reference("stack", "P")),
        ({"Type": ["String"], "Default": "a"}, "a"),
        ({"Type": "String", "Default": "{{resolve:ssm:a}}"}, Reference("", "{{resolve:ssm:a}}")),
    ],
)
def test_a_parameter_is_its_default(parameter: Body, value: Value) -> None:
    """Read as its type has it; what stands in another store, or is not given, only a deployment knows."""
    assert resolved(ref("P"), Parameters={"P": parameter}) == value


def passed(value: Any, parameter: Body) -> Value:
    """What a parameter of a nested stack is, that its parent passes."""
    resources: Body = {"Vpc": of("EC2::VPC"), "Child": nested("child.yaml", **({} if value is None else {"P": value}))}
    conditions: Body = {"No": {"Fn::Equals": ["a", "b"]}}
    parent = a_stack(resources, name="parent", Parameters={"Name": STRING}, Conditions=conditions)
    child = nested_in(parent, "Child", Parameters={"P": parameter})
    return Resolver([parent, child]).resolve(child, ref("P"))


@pytest.mark.parametrize(
    ("value", "parameter", "result"),
    [
        ("a", STRING, "a"),
        ("", {"Type": "String", "Default": "a"}, ""),
        (None, {"Type": "String", "Default": "a"}, "a"),
        (None, {"Type": "String", "Default": ""}, ""),
        (None, STRING, Reference("parent/Child", "P")),
        (ref("Vpc"), {"Type": "AWS::EC2::VPC::Id"}, made("Vpc", stack="parent")),
        (ref("Name"), {"Type": "String", "Default": "a"}, Reference("parent", "Name")),
        ("a,b", {"Type": "CommaDelimitedList"}, ["a", "b"]),
        ({"Fn::Join": [",", ["a", "b"]]}, {"Type": "List<String>"}, ["a", "b"]),
        (["a", ref("Vpc")], {"Type": "List<AWS::EC2::VPC::Id>"}, ["a", made("Vpc", stack="parent")]),
        ({"Fn::Join": [",", [ref("Vpc"), "a"]]}, LIST, [made("Vpc", stack="parent"), "a"]),
        ({"Fn::Join": [", ", ["a", ref("Vpc"), ref("Vpc")]]}, LIST, ["a", *[made("Vpc", stack="parent")] * 2]),
        ({"Fn::Sub": "x-${Vpc}, ${Vpc} ,b"}, LIST, [Text(("x-", made("Vpc", stack="parent"))), made("Vpc", stack="parent"), "b"]),
        (ref("Vpc"), {"Type": "List<AWS::EC2::VPC::Id>"}, [made("Vpc", stack="parent")]),
        ({"Fn::Join": [",", [ref("Vpc"), ref("Name")]]}, LIST, Text((made("Vpc", stack="parent"), ",", Reference("parent", "Name")))),
        ({"Fn::Join": [",", [ref("Vpc"), "a"]]}, STRING, Text((made("Vpc", stack="parent"), ",a"))),
        (ref("Name"), LIST, Reference("parent", "Name")),
        (UNTOLD, LIST, UNKNOWN),
        (UNTOLD, {"Type": "String", "Default": "a"}, UNKNOWN),
        pytest.param("/net/vpc", {"Type": "AWS::SSM::Parameter::Value<String>"}, Reference("parent/Child", "P")),
        pytest.param({"Fn::If": ["No", "b", ref("AWS::NoValue")]}, {"Type": "String", "Default": "a"}, "a"),
    ],
)  # fmt: skip
def test_a_parameter_of_a_nested_stack_is_what_its_parent_passes(value: Any, parameter: Body, result: Value) -> None:
    """And its default where it passes none."""
    assert passed(value, parameter) == result


def exporting(
    name: str, export: Any, *, key: str = "", region: str = "", account: str = "", folder: str = "", **sections: Any
) -> Stack:
    outputs = {"Id": {"Value": ref("Vpc"), "Export": {"Name": export}}, "Other": {"Value": "x"}, "Odd": "y"}
    origin = Origin(name=name, key=key, region=region, account=account, folder=folder)
    return a_stack({"Vpc": of("EC2::VPC")}, origin=origin, Outputs=outputs, **sections)


@pytest.mark.parametrize(
    ("export", "asked", "value"),
    [
        ("net-vpc", "net-vpc", made("Vpc", stack="net")),
        ({"Fn::Sub": "${Prefix}-vpc"}, "core-vpc", made("Vpc", stack="net")),
        ("core-vpc", {"Fn::Sub": "${Prefix}-vpc"}, made("Vpc", stack="net")),
        ("net-vpc", "other", Reference("", "export other")),
        ("net-vpc", {"Fn::Sub": "${Open}-vpc"}, UNKNOWN),
        ("net-vpc", UNTOLD, UNKNOWN),
        (UNTOLD, "net-vpc", Reference("", "export net-vpc")),
        (UNTOLD, UNTOLD, UNKNOWN),
        (["net-vpc"], ["net-vpc"], UNKNOWN),
    ],
)
def test_an_export_is_the_value_that_another_stack_gives(export: Any, asked: Any, value: Value) -> None:
    """By its name; what no stack in hand exports is a reference of that name."""
    prefix: Body = {"Prefix": {"Type": "String", "Default": "core"}, "Open": STRING}
    net = exporting("net", export, Parameters=prefix)
    assert resolved({"Fn::ImportValue": asked}, net, Parameters=prefix) == value


def test_exports_that_are_named_after_something_unknown_are_not_one() -> None:
    """But those that are named after one reference are."""
    name = {"Fn::Sub": "${AWS::AccountId}-vpc"}
    assert resolved({"Fn::ImportValue": name}, exporting("net", name)) == made("Vpc", stack="net")


def test_an_export_with_an_unknown_part_in_its_name_is_not_found() -> None:
    name = {"Fn::Sub": ["${a}-vpc", {"a": UNTOLD}]}
    assert resolved({"Fn::ImportValue": name}, exporting("net", name)) is UNKNOWN


REGIONS = [exporting("net", "vpc", key=region, region=region) for region in ("eu-west-1", "us-east-1")]
"""One app in two regions, which exports one name twice."""


@pytest.mark.parametrize(
    ("region", "value"),
    [
        ("eu-west-1", made("Vpc", stack="eu-west-1")),
        ("us-east-1", made("Vpc", stack="us-east-1")),
        ("ap-south-1", Reference("", "export vpc")),
        ("", UNKNOWN),
    ],
)
def test_an_export_is_of_its_region(region: str, value: Value) -> None:
    """And of neither where the stack that imports it may be in both."""
    origin = Origin(name="stack", region=region)
    assert resolved({"Fn::ImportValue": "vpc"}, *REGIONS, origin=origin) == value


@pytest.mark.parametrize(
    ("origin", "value"),
    [
        (Origin(name="stack", folder="dev"), made("Vpc", stack="dev/net")),
        (Origin(name="stack", folder="dev", account="1"), made("Vpc", stack="dev/net")),
        (Origin(name="stack", folder="prod", account="2"), made("Vpc", stack="prod/net")),
        (Origin(name="stack", folder="other", account="2"), made("Vpc", stack="prod/net")),
        (Origin(name="stack", folder="other"), Reference("", "export vpc")),
    ],
)
def test_an_export_is_of_its_account(origin: Origin, value: Value) -> None:
    """Stages of an app may each be in one of its own."""
    dev = exporting("net", "vpc", key="dev/net", folder="dev")
    prod = exporting("net", "vpc", key="prod/net", folder="prod", account="2")
    assert resolved({"Fn::ImportValue": "vpc"}, dev, prod, origin=origin) == value


def test_an_export_that_is_named_after_an_import_is_no_trouble() -> None:
    """Whether CloudFormation takes it or not."""
    net = exporting("net", {"Fn::ImportValue": "prefix"})
    assert resolved({"Fn::ImportValue": "vpc"}, net) in {Reference("", "export vpc"), UNKNOWN}


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ({"StackName": "net", "OutputName": "Id"}, made("Vpc", stack="eu-west-1")),
        ({"StackName": "net", "OutputName": "Id", "Region": "eu-west-1"}, made("Vpc", stack="eu-west-1")),
        ({"StackName": "net", "OutputName": "Id", "Region": "us-east-1"}, made("Vpc", stack="us-east-1")),
        ({"StackName": "net", "OutputName": "Id", "Region": "ap-south-1"}, Reference("", "output Id of net")),
        ({"StackName": {"Fn::Sub": "n${e}"}, "OutputName": "Id"}, UNKNOWN),
        ({"StackName": "net", "OutputName": "Missing"}, Reference("", "output Missing of net")),
        ({"StackName": "net", "OutputName": "Odd"}, Reference("", "output Odd of net")),
        ({"StackName": "other", "OutputName": "Id"}, Reference("", "output Id of other")),
        ({"StackName": "net"}, UNKNOWN),
        ({"StackName": UNTOLD, "OutputName": "Id"}, UNKNOWN),
        ("net", UNKNOWN),
        (None, UNKNOWN),
    ],
)
def test_an_output_of_another_stack_is_found_by_its_names(argument: Any, value: Value) -> None:
    """And by its region, where two stacks have one name."""
    assert resolved({"Fn::GetStackOutput": argument}, *REGIONS, origin=HERE) == value


@pytest.mark.parametrize(
    ("region", "value"),
    [
        ("us-east-1", made("Vpc", stack="us-east-1")),
        ("ap-south-1", Reference("", "output Id of net")),
        ("", Reference("", "output Id of net")),
    ],
)
def test_an_output_is_of_the_region_of_the_stack_that_asks_for_it(region: str, value: Value) -> None:
    """Unless it says another."""
    node = {"Fn::GetStackOutput": {"StackName": "net", "OutputName": "Id"}}
    assert resolved(node, *REGIONS, origin=Origin(name="stack", region=region)) == value


def test_an_output_of_one_of_two_stacks_cannot_be_known() -> None:
    """Where both have the name and the region, in two accounts."""
    stacks = [exporting("net", "a", key=account, account=account) for account in "12"]
    assert resolved({"Fn::GetStackOutput": {"StackName": "net", "OutputName": "Id"}}, *stacks) is UNKNOWN


@pytest.mark.parametrize("argument", [["Child", "Outputs.Id"], "Child.Outputs.Id"])
def test_an_output_of_a_nested_stack_is_its_value(argument: Any) -> None:
    """A reference where that is not on this disk, or has no such output."""
    parent = a_stack({"Child": nested("child.yaml")}, name="parent")
    child = nested_in(parent, "Child", {"Vpc": of("EC2::VPC")}, Outputs={"Id": {"Value": ref("Vpc")}})
    node = {"Fn::GetAtt": argument}
    assert Resolver([parent, child]).resolve(parent, node) == made("Vpc", stack="parent/Child")
    bare = nested_in(parent, "Child", Outputs={"Id": {"Description": "no value"}})
    for stacks in ([parent], [parent, bare]):
        assert Resolver(stacks).resolve(parent, node) == Reference("parent", "Child", "Outputs.Id")


def test_values_go_through_nested_stacks_and_back() -> None:
    """From the output of one through the parent into the parameter of another."""
    parent = a_stack({"Net": nested("a.yaml"), "Pods": nested("b.yaml", VpcId=att("Net", "Outputs.Id"))}, name="parent")
    net = nested_in(parent, "Net", {"Vpc": of("EC2::VPC")}, Outputs={"Id": {"Value": ref("Vpc")}})
    pods = nested_in(parent, "Pods", Parameters={"VpcId": STRING})
    assert Resolver([parent, net, pods]).resolve(pods, {"Fn::Sub": "${VpcId}"}) == made("Vpc", stack="parent/Net")


def refusal(node: Any, *others: Stack, **sections: Any) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        resolved(node, *others, **sections)
    (problem,) = caught.value.diagnostics
    return str(problem.location), problem.message.partition("itself: ")[2]


@pytest.mark.parametrize(
    ("node", "sections", "place", "way"),
    [
        (ref("Role"), {"resources": {"Role": of("IAM::Role", RoleName=ref("Role"))}}, "Resources.Role", "Role -> Role"),
        (ref("A"), {"resources": {"A": of("IAM::Role", RoleName={"Fn::Sub": "${B}"}), "B": of("IAM::Role", RoleName=ref("A"))}}, "Resources.A", "A -> B -> A"),
        (att("A", "CidrBlock"), {"resources": {"A": of("EC2::VPC", CidrBlock=att("A", "CidrBlock"))}}, "Resources.A.Properties.CidrBlock", "A.Properties.CidrBlock -> A.Properties.CidrBlock"),
        ({"Fn::ImportValue": "x"}, {"Outputs": {"O": {"Value": {"Fn::ImportValue": "x"}, "Export": {"Name": "x"}}}}, "Outputs.O", "O -> O"),
        ({"Fn::GetStackOutput": {"StackName": "stack", "OutputName": "O"}}, {"Outputs": {"O": {"Value": {"Fn::GetStackOutput": {"StackName": "stack", "OutputName": "O"}}}}}, "Outputs.O", "O -> O"),
        (ref("P"), {"Parameters": {"P": {"Default": ref("P")}}}, None, None),
    ],
)  # fmt: skip
def test_a_value_that_refers_to_itself_is_refused(
    node: Any, sections: Body, place: str | None, way: str | None
) -> None:
    """With the way around; a default is plain text, and refers to nothing."""
    if place is None:
        assert resolved(node, **sections) == Reference("stack", "P")
    else:
        assert refusal(node, **sections) == (f"stack:1: {place}", way)


def test_two_outputs_that_are_each_others_are_refused() -> None:
    """Across two stacks."""
    outputs = {"O": {"Value": {"Fn::ImportValue": "b"}, "Export": {"Name": "a"}}}
    other = a_stack(name="other", Outputs={"P": {"Value": {"Fn::ImportValue": "a"}, "Export": {"Name": "b"}}})
    assert refusal({"Fn::ImportValue": "a"}, other, Outputs=outputs) == ("stack:1: Outputs.O", "O -> P -> O")


def test_a_parameter_that_comes_out_of_the_stack_it_goes_into_is_refused() -> None:
    """As the parent would have to wait for itself."""
    parent = a_stack({"Child": nested("child.yaml", P=att("Child", "Outputs.O"))}, name="parent")
    child = nested_in(parent, "Child", Parameters={"P": STRING}, Outputs={"O": {"Value": ref("P")}})
    with pytest.raises(InputError, match=r"parent/Child:1: Outputs\.O\n    must not refer to itself: O -> P -> O"):
        Resolver([parent, child]).resolve(parent, att("Child", "Outputs.O"))


def test_what_was_refused_once_is_refused_again_and_leaves_the_rest_alone() -> None:
    """Nothing of the first time is left behind."""
    stack = a_stack({"A": of("IAM::Role", RoleName=ref("A")), "B": of("IAM::Role", RoleName="b")})
    resolver = Resolver([stack])
    for _ in range(2):
        with pytest.raises(InputError):
            resolver.resolve(stack, ref("A"))
        assert resolver.resolve(stack, [ref("B"), ref("B")]) == ["b", "b"]


@pytest.mark.parametrize(
    "sections",
    [
        {"Parameters": "x", "Mappings": [], "Conditions": 5, "Outputs": None},
        {"Parameters": {"Name": "x"}, "Conditions": {"Yes": None}, "Outputs": {"O": 5}},
        {"Outputs": {"O": {"Export": "x"}, "P": {"Export": {}}, "Q": {"Export": {"Name": {"a": "b"}}}}},
    ],
)
def test_sections_of_another_form_are_no_trouble(sections: Body) -> None:
    """What is in them is not there."""
    node = [ref("Name"), {"Fn::If": ["Yes", "a", "b"]}, {"Fn::FindInMap": ["a", "b", "c"]}, {"Fn::ImportValue": "x"}]
    assert resolved(node, **sections) == [UNKNOWN, UNKNOWN, UNKNOWN, Reference("", "export x")]


@pytest.mark.parametrize("body", [{"Type": "AWS::IAM::Role"}, {"Type": "AWS::IAM::Role", "Properties": "text"}])
def test_a_role_without_properties_has_no_name(body: Body) -> None:
    assert resolved(ref("Role"), resources={"Role": body}) == made("Role")


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ({"Fn::Length": ["a", "b"]}, 2),
        ({"Fn::ToJsonString": {"a": 1}}, '{"a": 1}'),
        ({"Fn::Cidr": ["10.0.0.0/24", 2, 7]}, ["10.0.0.0/25", "10.0.0.128/25"]),
    ],
)
def test_functions_in_a_template_are_evaluated(node: Any, value: Value) -> None:
    assert resolved(node) == value
