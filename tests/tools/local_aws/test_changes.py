"""What a new template changes is known before it is deployed, and a change that is not emulated is refused."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.tools.local_aws.stacks import Resources, parameter, subnet, vpc
from tools.local_aws.cloudformation.changes import Change, changes
from tools.local_aws.cloudformation.failure import CloudFormationError
from tools.local_aws.cloudformation.functions import Scope
from tools.local_aws.cloudformation.resources import HANDLERS
from tools.local_aws.cloudformation.schema import create_only, properties
from tools.local_aws.cloudformation.stack import Stack, StackResource

REGION = "us-east-1"
"""It has every type, of which some are in few regions."""

NOT_CHANGED = {
    "AWS::EC2::EIP": {"Domain"},
    "AWS::EC2::Subnet": {"Ipv6CidrBlock"},
    "AWS::EC2::VPCGatewayAttachment": {"InternetGatewayId"},
    "AWS::EKS::Cluster": {"StorageConfig"},
    "AWS::IAM::ManagedPolicy": {"PolicyDocument", "Roles"},
    "AWS::IAM::Policy": {"PolicyName"},
    "AWS::Logs::DeliverySource": {"LogType", "ResourceArn"},
    "AWS::Logs::LogGroup": {"KmsKeyId"},
    "AWS::S3::Bucket": {"AccessControl"},
    "AWS::SSM::Parameter": {"Type"},
}
"""Properties that AWS changes in place and the engine does not: a change of them is refused."""

VPC = vpc("10.0.0.0/16")
DEPLOYED = {
    "Vpc": ("AWS::EC2::VPC", "vpc-1", VPC["Properties"], {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}),
    "Subnet": (
        "AWS::EC2::Subnet",
        "subnet-1",
        {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "eu-west-1a"},
        {"SubnetId": "subnet-1"},
    ),
    "Name": ("AWS::SSM::Parameter", "name", parameter("name")["Properties"], {"Value": "one"}),
}
UNCHANGED = {"Vpc": VPC, "Subnet": subnet("Vpc", "10.0.0.0/24"), "Name": parameter("name")}


def deployed() -> Stack:
    found = {
        name: StackResource(logical_id=name, type=type_, physical_id=id_, properties=given, attributes=attributes)
        for name, (type_, id_, given, attributes) in DEPLOYED.items()
    }
    return Stack(account="111122223333", region="eu-west-1", name="stack", resources=found)


def changed(resources: Resources, tags: Mapping[str, str] | None = None) -> dict[str, Change]:
    scope = Scope(template={"Resources": resources}, values={"AWS::Region": "eu-west-1"})
    return {each.logical_id: each for each in changes(deployed(), scope, tags=tags or {})}


def test_the_same_template_changes_nothing() -> None:
    assert changed(UNCHANGED) == {}


def test_a_new_resource_is_added_and_a_missing_one_is_removed() -> None:
    found = changed({"Vpc": VPC, "Name": parameter("name"), "More": parameter("more", {"Ref": "Vpc"})})
    assert found == {
        "Subnet": Change(action="Remove", logical_id="Subnet", type="AWS::EC2::Subnet", physical_id="subnet-1"),
        "More": Change(action="Add", logical_id="More", type="AWS::SSM::Parameter"),
    }


def test_a_change_in_place_replaces_nothing() -> None:
    (found,) = changed({**UNCHANGED, "Name": parameter("name", "two")}).values()
    assert (found.action, found.logical_id, found.physical_id) == ("Modify", "Name", "name")
    assert (found.replacement, found.properties) == ("False", ("Value",))


def test_a_change_of_a_create_only_property_replaces() -> None:
    (found,) = changed({**UNCHANGED, "Name": parameter("other", "two")}).values()
    assert (found.replacement, set(found.properties)) == ("True", {"Name", "Value"})


def test_a_resource_that_refers_to_a_replaced_one_is_conditionally_replaced() -> None:
    found = changed({**UNCHANGED, "Vpc": vpc("10.1.0.0/16"), "Name": parameter("name", {"Ref": "Subnet"})})
    assert {name: each.replacement for name, each in found.items()} == {
        "Vpc": "True",
        "Subnet": "Conditional",
        "Name": "False",
    }


def test_a_resource_with_another_change_of_its_own_is_certainly_replaced() -> None:
    found = changed({**UNCHANGED, "Vpc": vpc("10.1.0.0/16"), "Subnet": subnet("Vpc", "10.1.0.0/24")})
    assert found["Subnet"].replacement == "True"


def test_tags_of_the_stack_change_resources_that_have_tags() -> None:
    found = changed(UNCHANGED, tags={"team": "orders"})
    assert {name: (each.replacement, each.properties) for name, each in found.items()} == {
        "Vpc": ("False", ("Tags",)),
        "Subnet": ("False", ("Tags",)),
    }


@pytest.mark.parametrize(
    "resources",
    [
        {
            **UNCHANGED,
            "Name": {**parameter("name"), "Properties": {"Name": "name", "Type": "StringList", "Value": "one"}},
        },
        {**UNCHANGED, "Name": vpc("10.1.0.0/16")},
        {**UNCHANGED, "A": parameter("a", {"Ref": "B"}), "B": parameter("b", {"Ref": "A"})},
        {**UNCHANGED, "A": parameter("a", {"Ref": "Unknown"})},
    ],
    ids=["property not changed by the engine", "other type", "circle", "unknown reference"],
)
def test_a_change_that_cannot_be_done_is_refused(resources: Resources) -> None:
    with pytest.raises(CloudFormationError):
        changed(resources)


def test_a_value_selected_of_an_unknown_list_is_unknown() -> None:
    block = {"Fn::Select": [0, {"Fn::GetAtt": ["Subnet", "Ipv6CidrBlocks"]}]}
    first = {"Fn::Select": [1, {"Fn::Split": ["|", {"Ref": "Subnet"}]}]}
    found = changed({**UNCHANGED, "Vpc": vpc("10.1.0.0/16"), "A": parameter("a", block), "B": parameter("b", first)})
    assert {found["A"].action, found["B"].action} == {"Add"}


@pytest.mark.parametrize("type_", HANDLERS)
def test_properties_of_a_handler_are_in_the_schema_and_change_in_place_or_replace(type_: str) -> None:
    handler = HANDLERS[type_]
    known = handler.properties if handler.custom else properties(type_, REGION)
    replaces = handler.create_only if handler.custom else create_only(type_, REGION)
    assert handler.properties <= known
    assert handler.in_place <= handler.properties
    assert not handler.in_place & replaces
    assert handler.properties - handler.in_place - replaces == NOT_CHANGED.get(type_, set())


@pytest.mark.parametrize("type_", HANDLERS)
def test_tags_of_a_handler_are_a_property_that_changes_in_place(type_: str) -> None:
    handler = HANDLERS[type_]
    if handler.tags in handler.properties:
        assert handler.tags in handler.in_place


def test_a_type_is_handled_once() -> None:
    assert all(handler.type == type_ for type_, handler in HANDLERS.items())
    assert NOT_CHANGED.keys() <= HANDLERS.keys()
