"""The query API of CloudFormation: change sets, outputs, parameters, tags, protection and refusals."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.tools.local_aws.stacks import Stacks, body, code_of, parameter, subnet, vpc
from tools.local_aws import LocalAws

SSM = "AWS::SSM::Parameter::Value<String>"


def change_set(stacks: Stacks, stack: str, template: str, **given: Any) -> dict[str, Any]:
    """A new change set, as DescribeChangeSet has it."""
    aws = stacks.aws("cloudformation")
    aws.create_change_set(**{"StackName": stack, "ChangeSetName": "change", "TemplateBody": template, **given})
    found = aws.describe_change_set(StackName=stack, ChangeSetName="change")
    assert isinstance(found, dict)
    return found


def test_a_change_set_creates_a_stack_when_it_is_executed(stacks: Stacks) -> None:
    aws, template = stacks.aws("cloudformation"), body({"A": parameter("/set/a")})
    found = change_set(stacks, "set", template, ChangeSetType="CREATE", Tags=[{"Key": "team", "Value": "a"}])
    assert (found["Status"], found["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE")
    assert found["Tags"] == [{"Key": "team", "Value": "a"}]
    (change,) = found["Changes"]
    assert change["ResourceChange"]["Action"] == "Add"
    assert stacks.status("set") == "REVIEW_IN_PROGRESS"
    assert stacks.parameter("/set/a") is None
    aws.execute_change_set(ChangeSetName=found["ChangeSetId"])
    assert stacks.status("set") == "CREATE_COMPLETE"
    assert stacks.parameter("/set/a") == "one"
    assert stacks.described("set")["ChangeSetId"] == found["ChangeSetId"]
    assert aws.get_template(StackName="set")["TemplateBody"] == json.loads(template)


def test_a_change_set_shows_what_changes(stacks: Stacks) -> None:
    stacks.create(
        "shows", {"Vpc": vpc("10.1.0.0/16"), "Subnet": subnet("Vpc", "10.1.0.0/24"), "A": parameter("/shows/a")}
    )
    ids = stacks.ids("shows")
    template = body({"Vpc": vpc("10.2.0.0/16"), "Subnet": subnet("Vpc", "10.1.0.0/24"), "B": parameter("/shows/b")})
    found = {
        each["ResourceChange"]["LogicalResourceId"]: each["ResourceChange"]
        for each in change_set(stacks, "shows", template)["Changes"]
    }
    assert {name: (each["Action"], each.get("Replacement")) for name, each in found.items()} == {
        "Vpc": ("Modify", "True"),
        "Subnet": ("Modify", "Conditional"),
        "A": ("Remove", None),
        "B": ("Add", None),
    }
    assert found["Vpc"]["PhysicalResourceId"] == ids["Vpc"]
    (detail,) = found["Vpc"]["Details"]
    assert detail["Target"] == {"Attribute": "Properties", "Name": "CidrBlock", "RequiresRecreation": "Always"}


def test_a_change_set_without_changes_fails_as_the_cdk_cli_expects(stacks: Stacks) -> None:
    stacks.create("same", {"A": parameter("/same/a")})
    found = change_set(stacks, "same", body({"A": parameter("/same/a")}))
    assert (found["Status"], found["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert found["StatusReason"].startswith("The submitted information didn't contain changes.")
    with pytest.raises(ClientError) as refused:
        stacks.aws("cloudformation").execute_change_set(StackName="same", ChangeSetName="change")
    assert code_of(refused.value) == "InvalidChangeSetStatus"
    with pytest.raises(ClientError, match="No updates are to be performed"):
        stacks.update("same", {"A": parameter("/same/a")})


@pytest.mark.parametrize(
    "given",
    [
        {"TemplateBody": body({"A": parameter("/differs/a")}, Outputs={"O": {"Value": "o"}})},
        {"TemplateBody": body({"A": vpc("10.3.0.0/16")}), "Tags": [{"Key": "team", "Value": "a"}]},
    ],
    ids=["outputs", "tags"],
)
def test_outputs_and_tags_are_changes_too(stacks: Stacks, given: Mapping[str, Any]) -> None:
    resource = parameter("/differs/a") if "differs" in given["TemplateBody"] else vpc("10.3.0.0/16")
    stacks.create("differs", {"A": resource})
    stacks.aws("cloudformation").update_stack(StackName="differs", **given)
    assert stacks.status("differs") == "UPDATE_COMPLETE"
    stacks.delete("differs")


def test_a_change_set_is_executed_once_and_deleted_with_the_stack(stacks: Stacks) -> None:
    aws = stacks.aws("cloudformation")
    change_set(stacks, "once", body({"A": parameter("/once/a")}), ChangeSetType="CREATE")
    aws.execute_change_set(StackName="once", ChangeSetName="change")
    assert stacks.status("once") == "CREATE_COMPLETE"
    with pytest.raises(ClientError) as refused:
        aws.execute_change_set(StackName="once", ChangeSetName="change")
    assert code_of(refused.value) == "InvalidChangeSetStatus"
    stacks.delete("once")
    with pytest.raises(ClientError) as missing:
        aws.describe_change_set(StackName="once", ChangeSetName="change")
    assert code_of(missing.value) == "ChangeSetNotFound"


def test_a_deleted_change_set_is_not_found_and_deleted_without_an_error(stacks: Stacks) -> None:
    aws = stacks.aws("cloudformation")
    stacks.create("forget", {"A": parameter("/forget/a")})
    change_set(stacks, "forget", body({"A": parameter("/forget/a", "two")}))
    for _ in range(2):
        aws.delete_change_set(StackName="forget", ChangeSetName="change")
    with pytest.raises(ClientError) as missing:
        aws.describe_change_set(StackName="forget", ChangeSetName="change")
    assert code_of(missing.value) == "ChangeSetNotFound"


def test_a_change_set_has_the_type_for_a_new_or_an_existing_stack(stacks: Stacks) -> None:
    stacks.create("typed", {"A": parameter("/typed/a")})
    with pytest.raises(ClientError) as existing:
        change_set(stacks, "typed", body({"A": parameter("/typed/b")}), ChangeSetType="CREATE")
    assert code_of(existing.value) == "AlreadyExistsException"
    with pytest.raises(ClientError):
        change_set(stacks, "not-there", body({"A": parameter("/typed/b")}), ChangeSetType="UPDATE")
    with pytest.raises(ClientError):
        change_set(stacks, "typed", body({"A": parameter("/typed/b")}), ChangeSetType="IMPORT")


def test_a_change_that_is_not_emulated_is_refused_before_anything_is_done(stacks: Stacks) -> None:
    stacks.create("refuse", {"A": parameter("/refuse/a")})
    other = {
        "A": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/refuse/a", "Type": "StringList", "Value": "1"}}
    }
    with pytest.raises(ClientError):
        change_set(stacks, "refuse", body(other))
    with pytest.raises(ClientError):
        stacks.update("refuse", other)
    assert stacks.status("refuse") == "CREATE_COMPLETE"


def test_outputs_have_descriptions_conditions_and_exports(stacks: Stacks) -> None:
    stacks.create(
        "exports",
        {"A": parameter("/exports/a")},
        Conditions={"No": {"Fn::Equals": ["a", "b"]}},
        Outputs={
            "Id": {
                "Value": {"Ref": "A"},
                "Description": "its name",
                "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-id"}},
            },
            "Plain": {"Value": {"Fn::GetAtt": ["A", "Value"]}},
            "Off": {"Value": {"Ref": "Missing"}, "Condition": "No"},
        },
    )
    assert {each["OutputKey"]: each for each in stacks.described("exports")["Outputs"]} == {
        "Id": {
            "OutputKey": "Id",
            "OutputValue": "/exports/a",
            "Description": "its name",
            "ExportName": "exports-id",
        },
        "Plain": {"OutputKey": "Plain", "OutputValue": "one"},
    }
    assert {"Name": "exports-id", "Value": "/exports/a"} in [
        {"Name": each["Name"], "Value": each["Value"]}
        for each in stacks.aws("cloudformation").list_exports()["Exports"]
    ]


def test_an_export_is_imported_and_gone_with_its_stack(stacks: Stacks) -> None:
    stacks.create("exporting", {"A": parameter("/x/a")}, Outputs={"O": {"Value": "given", "Export": {"Name": "x"}}})
    importing = {"B": parameter("/x/b", {"Fn::ImportValue": "x"})}
    assert stacks.create("importing", importing) == "CREATE_COMPLETE"
    assert stacks.parameter("/x/b") == "given"
    stacks.delete("importing")
    stacks.delete("exporting")
    with pytest.raises(ClientError, match="No export named x"):
        stacks.create("importing", importing)


def test_an_output_without_a_value_rolls_the_creation_back(stacks: Stacks) -> None:
    outputs = {"O": {"Value": {"Fn::GetAtt": ["A", "Unknown"]}}}
    assert stacks.create("output", {"A": parameter("/output/a")}, Outputs=outputs) == "ROLLBACK_COMPLETE"
    assert stacks.parameter("/output/a") is None


def test_parameters_are_given_kept_and_read_from_systems_manager(stacks: Stacks) -> None:
    stacks.aws("ssm").put_parameter(Name="/version", Value="21", Type="String")
    parts = {
        "Parameters": {
            "Text": {"Type": "String", "Default": "default"},
            "List": {"Type": "CommaDelimitedList"},
            "Version": {"Type": SSM, "Default": "/version"},
        }
    }
    value = {"Fn::Sub": ["${Text} ${Second} ${Version}", {"Second": {"Fn::Select": [1, {"Ref": "List"}]}}]}
    template = body({"A": parameter("/parameters/a", value)}, **parts)
    aws = stacks.aws("cloudformation")
    given = [{"ParameterKey": "List", "ParameterValue": "a,b"}, {"ParameterKey": "Text", "ParameterValue": "text"}]
    aws.create_stack(StackName="parameters", TemplateBody=template, Parameters=given)
    assert stacks.status("parameters") == "CREATE_COMPLETE"
    assert stacks.parameter("/parameters/a") == "text b 21"
    assert {each["ParameterKey"]: each["ParameterValue"] for each in stacks.described("parameters")["Parameters"]} == {
        "Text": "text",
        "List": "a,b",
        "Version": "/version",
    }
    stacks.aws("ssm").put_parameter(Name="/version", Value="22", Type="String", Overwrite=True)
    kept = [{"ParameterKey": key, "UsePreviousValue": True} for key in ("List", "Version")]
    aws.update_stack(StackName="parameters", UsePreviousTemplate=True, Parameters=kept)
    assert stacks.status("parameters") == "UPDATE_COMPLETE"
    assert stacks.parameter("/parameters/a") == "default b 22"


@pytest.mark.parametrize(
    ("parts", "given"),
    [
        ({"Parameters": {"P": {"Type": "String"}}}, []),
        ({"Parameters": {"P": {"Type": SSM, "Default": "/missing"}}}, []),
        ({}, [{"ParameterKey": "P", "ParameterValue": "p"}]),
        (
            {
                "Parameters": {"P": {"Type": "String", "Default": "1"}},
                "Rules": {"R": {"Assertions": [{"Assert": {"Fn::Contains": [["2"], {"Ref": "P"}]}}]}},
            },
            [],
        ),
        ({"Resources": {"A": {"Type": "AWS::EC2::SubnetCidrReservation"}}}, []),
    ],
    ids=["no value", "not in Systems Manager", "not in the template", "rule", "type not in the region"],
)
def test_what_a_template_does_not_allow_creates_no_stack(
    stacks: Stacks, parts: Mapping[str, Any], given: list[Mapping[str, str]]
) -> None:
    template = body(**{"resources": {"A": parameter("/not-allowed/a")}, **parts})
    with pytest.raises(ClientError) as refused:
        stacks.aws("cloudformation").create_stack(StackName="no", TemplateBody=template, Parameters=given)
    assert code_of(refused.value) == "ValidationError"
    with pytest.raises(ClientError):
        stacks.described("no")


def test_tags_of_a_stack_reach_resources_and_change_with_it(stacks: Stacks) -> None:
    own = {**vpc("10.4.0.0/16")["Properties"], "Tags": [{"Key": "team", "Value": "own"}]}
    resources = {
        "Vpc": vpc("10.5.0.0/16"),
        "Own": {"Type": "AWS::EC2::VPC", "Properties": own},
        "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/tags"}},
        "Name": parameter("/tags/a"),
    }
    stacks.create("tags", resources, tags={"team": "a", "cost": "1"})

    def of(name: str) -> dict[str, str]:
        (found,) = stacks.aws("ec2").describe_vpcs(VpcIds=[stacks.ids("tags")[name]])["Vpcs"]
        return {each["Key"]: each["Value"] for each in found.get("Tags", [])}

    def of_logs() -> Any:
        return stacks.aws("logs").list_tags_log_group(logGroupName="/tags")["tags"]

    assert of("Vpc") == of_logs() == {"team": "a", "cost": "1"}
    assert of("Own") == {"team": "own", "cost": "1"}
    assert stacks.update("tags", resources, tags={"team": "b"}) == "UPDATE_COMPLETE"
    assert of("Vpc") == of_logs() == {"team": "b"}
    assert of("Own") == {"team": "own"}


def test_a_protected_stack_is_not_deleted(stacks: Stacks) -> None:
    aws = stacks.aws("cloudformation")
    stacks.create("protected", {"A": parameter("/protected/a")})
    aws.update_termination_protection(StackName="protected", EnableTerminationProtection=True)
    with pytest.raises(ClientError, match="TerminationProtection"):
        aws.delete_stack(StackName="protected")
    assert stacks.described("protected")["EnableTerminationProtection"] is True
    aws.update_termination_protection(StackName="protected", EnableTerminationProtection=False)
    assert stacks.delete("protected") == "DELETE_COMPLETE"


def test_protection_is_given_at_the_creation(stacks: Stacks) -> None:
    aws = stacks.aws("cloudformation")
    template = body({"A": parameter("/early/a")})
    aws.create_stack(StackName="early", TemplateBody=template, EnableTerminationProtection=True)
    stacks.status("early")
    with pytest.raises(ClientError, match="TerminationProtection"):
        aws.delete_stack(StackName="early")


def test_a_second_operation_at_once_is_refused(stacks: Stacks, monkeypatch: pytest.MonkeyPatch) -> None:
    aws, engine = stacks.aws("cloudformation"), stacks.local.engine
    stacks.create("busy", {"A": parameter("/busy/a")})
    change_set(stacks, "busy", body({"A": parameter("/busy/a", "three")}))
    goes_on, known = threading.Event(), engine.fail

    def fail(*given: Any, **more: Any) -> None:
        assert goes_on.wait(10)
        known(*given, **more)

    monkeypatch.setattr(engine, "fail", fail)
    aws.update_stack(StackName="busy", TemplateBody=body({"A": parameter("/busy/a", "two")}))
    try:
        for call in (
            lambda: aws.update_stack(StackName="busy", TemplateBody=body({"A": parameter("/busy/a", "four")})),
            lambda: aws.delete_stack(StackName="busy"),
            lambda: aws.execute_change_set(StackName="busy", ChangeSetName="change"),
            lambda: change_set(stacks, "busy", body({"A": parameter("/busy/a", "five")}), ChangeSetName="other"),
        ):
            with pytest.raises(ClientError) as refused:
                call()
            assert code_of(refused.value) == "OperationInProgressException"
        assert stacks.described("busy")["StackStatus"] == "UPDATE_IN_PROGRESS"
    finally:
        goes_on.set()
    assert stacks.status("busy") == "UPDATE_COMPLETE"
    assert stacks.parameter("/busy/a") == "two"


def test_a_template_is_read_from_s3(stacks: Stacks) -> None:
    s3 = stacks.aws("s3")
    s3.create_bucket(Bucket="templates", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket="templates", Key="a.json", Body=body({"A": parameter("/from-s3/a")}))
    url = f"{stacks.local.clients.url}/templates/a.json"
    stacks.aws("cloudformation").create_stack(StackName="from-s3", TemplateURL=url)
    assert stacks.status("from-s3") == "CREATE_COMPLETE"


def test_the_summary_of_a_template(stacks: Stacks) -> None:
    template = body({"A": parameter("/summary/a"), "V": vpc("10.6.0.0/16")}, Parameters={"P": {"Type": "String"}})
    found = stacks.aws("cloudformation").get_template_summary(TemplateBody=template)
    assert found["ResourceTypes"] == ["AWS::EC2::VPC", "AWS::SSM::Parameter"]
    assert [each["ParameterKey"] for each in found["Parameters"]] == ["P"]


def test_stacks_are_listed_with_the_deleted_ones_and_only_of_the_account_and_region(stacks: Stacks) -> None:
    stacks.create("listed", {"A": parameter("/listed/a")})
    stacks.delete("listed")
    summaries = stacks.aws("cloudformation").list_stacks()["StackSummaries"]
    assert ("listed", "DELETE_COMPLETE") in {(each["StackName"], each["StackStatus"]) for each in summaries}
    resources = stacks.create("rows", {"A": parameter("/rows/a")})
    assert resources == "CREATE_COMPLETE"
    rows = stacks.aws("cloudformation").list_stack_resources(StackName="rows")["StackResourceSummaries"]
    assert [(each["LogicalResourceId"], each["ResourceStatus"]) for each in rows] == [("A", "CREATE_COMPLETE")]
    for account, region in ((stacks.aws.account, "us-east-1"), ("219999999999", "eu-west-1")):
        other = stacks.local.clients.of(account, region)("cloudformation")
        assert other.list_stacks()["StackSummaries"] == other.describe_stacks()["Stacks"] == []


def test_an_action_and_a_service_that_are_not_emulated_are_refused(stacks: Stacks) -> None:
    with pytest.raises(ClientError) as action:
        stacks.aws("cloudformation").list_stack_sets()
    assert code_of(action.value) == "InvalidAction"
    with pytest.raises(ClientError) as service:
        stacks.aws("sqs").list_queues()
    assert "sqs" in str(service.value)


def test_the_environment_of_a_process_reaches_the_account(local: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in local.environment(account="210123456789", region="eu-central-1").items():
        monkeypatch.setenv(key, value)
    client = boto3.session.Session().client("sts", config=Config(retries={"total_max_attempts": 1}))
    assert client.get_caller_identity()["Account"] == "210123456789"
    assert client.meta.region_name == "eu-central-1"


@pytest.mark.parametrize(
    "given",
    [{"OnFailure": "DO_NOTHING"}, {"DisableRollback": True}, {"TimeoutInMinutes": 5}, {"StackPolicyBody": "{}"}],
)
def test_a_request_for_another_outcome_is_refused(stacks: Stacks, given: Mapping[str, Any]) -> None:
    aws, template = stacks.aws("cloudformation"), body({"A": parameter("/outcome/a")})
    with pytest.raises(ClientError, match="not emulated"):
        aws.create_stack(StackName="outcome", TemplateBody=template, **given)
    with pytest.raises(ClientError, match="does not exist"):
        aws.describe_stacks(StackName="outcome")
