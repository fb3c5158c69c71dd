"""Flow logs and where they go, as CloudFormation is told to make them."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk.assertions import Match, Template
from cdk_nag import AwsSolutionsChecks

from constructs_lib import FlowLogs
from tests.mother import a_plan
from tests.template import a_stack, canonical, properties, resources, target, the

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1b2c3d4e"
SUBNETS = {"100.64.0.0/18": "subnet-a", "100.64.64.0/18": "subnet-b"}


def synthesised(asked: dict[str, Any]) -> Template:
    stack = a_stack()
    plan = a_plan({"flow_logs": asked}).flow_logs
    assert plan
    FlowLogs(stack, "FlowLogs", plan=plan, vpc="vpc-1", pod_subnets=SUBNETS)
    assert not AwsSolutionsChecks().validate_scope(stack).violations
    return Template.from_stack(stack)


def logs(template: Template) -> list[dict[str, Any]]:
    return properties(template, "AWS::EC2::FlowLog")


def test_each_pod_subnet_is_recorded_or_the_vpc() -> None:
    assert {(log["ResourceType"], log["ResourceId"]) for log in logs(synthesised({}))} == {
        ("Subnet", "subnet-a"),
        ("Subnet", "subnet-b"),
    }
    assert [(log["ResourceType"], log["ResourceId"]) for log in logs(synthesised({"of": "vpc"}))] == [("VPC", "vpc-1")]


@pytest.mark.parametrize("asked", [{}, {"to": "s3"}, {"to": "arn:aws:s3:::logs"}])
def test_pods_are_seen_behind_a_nat_gateway(asked: dict[str, Any]) -> None:
    for log in logs(synthesised(asked)):
        assert {"${pkt-srcaddr}", "${pkt-dstaddr}", "${srcaddr}", "${dstaddr}", "${flow-direction}"} <= set(
            log["LogFormat"].split()
        )


def test_a_log_group_keeps_records_as_long_as_asked_and_survives_the_stack() -> None:
    template = synthesised({"retention_days": 90, "key_arn": KEY})
    id = template.get_resource_id(
        "AWS::Logs::LogGroup",
        {
            "Properties": {"RetentionInDays": 90, "KmsKeyId": KEY},
            "DeletionPolicy": "RetainExceptOnCreate",
            "UpdateReplacePolicy": "Retain",
        },
    )
    template.resource_count_is("AWS::Logs::LogGroup", 1)
    template.all_resources_properties(
        "AWS::EC2::FlowLog",
        {
            "LogDestinationType": "cloud-watch-logs",
            "LogGroupName": {"Ref": id},
            "LogDestination": Match.absent(),  # EC2 finds no log group by the attribute Arn, which ends in `:*`
        },
    )
    assert "KmsKeyId" not in the(synthesised({}), "AWS::Logs::LogGroup")


def test_the_role_that_delivers_may_write_to_that_log_group_and_nothing_else() -> None:
    template = synthesised({})
    ((id, role),) = resources(template, "AWS::IAM::Role").items()
    assert {target(log["DeliverLogsPermissionArn"]) for log in logs(template)} == {id}
    (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    (policy,) = role["Properties"]["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert target(statement["Resource"]) in resources(template, "AWS::Logs::LogGroup")
    assert statement["Effect"] == "Allow"
    assert set(statement["Action"]) == {"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"}


def test_a_bucket_is_private_encrypted_and_forgets_in_time() -> None:
    template = synthesised({"to": "s3", "retention_days": 400, "key_arn": KEY})
    ((id, bucket),) = resources(template, "AWS::S3::Bucket").items()
    assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    by_default = Match.object_equals({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY})
    encryption = {"ServerSideEncryptionByDefault": by_default, "BucketKeyEnabled": True}
    template.has_resource_properties(
        "AWS::S3::Bucket",
        {
            "BucketEncryption": {"ServerSideEncryptionConfiguration": [encryption]},
            "LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "ExpirationInDays": 400}]},
            "OwnershipControls": {"Rules": [Match.object_equals({"ObjectOwnership": "BucketOwnerEnforced"})]},
        },
    )
    template.all_resources_properties("AWS::EC2::FlowLog", {"LogDestinationType": "s3"})
    assert {target(log["LogDestination"]) for log in logs(template)} == {id}
    (plain,) = the(synthesised({"to": "s3"}), "AWS::S3::Bucket")["BucketEncryption"][
        "ServerSideEncryptionConfiguration"
    ]
    assert plain["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_only_the_log_service_of_this_account_writes_to_the_bucket_and_only_by_tls() -> None:
    template = synthesised({"to": "s3"})
    ((id, policy),) = resources(template, "AWS::S3::BucketPolicy").items()
    statements = policy["Properties"]["PolicyDocument"]["Statement"]
    for statement in statements:
        if statement["Effect"] == "Allow":
            assert statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
            assert statement["Condition"]["StringEquals"]["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}
    allowed = {s["Sid"]: s for s in statements if s["Effect"] == "Allow"}
    assert {sid: s["Action"] for sid, s in allowed.items()} == {
        "DeliverFlowLogs": "s3:PutObject",
        "CheckBucket": "s3:GetBucketAcl",
    }
    put = allowed["DeliverFlowLogs"]
    assert put["Condition"]["StringEquals"]["s3:x-amz-acl"] == "bucket-owner-full-control"
    assert [part for part in put["Resource"]["Fn::Join"][1] if isinstance(part, str)] == ["/AWSLogs/", "/*"]
    (denied,) = (s for s in statements if s["Effect"] == "Deny")
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    # the log service is refused before the bucket lets it in
    template.all_resources("AWS::EC2::FlowLog", {"DependsOn": [id]})


def test_an_existing_bucket_is_left_as_it_is() -> None:
    template = synthesised({"to": "arn:aws:s3:::logs/vpc", "traffic": "REJECT", "aggregation_seconds": 60})
    assert {resource["Type"] for resource in resources(template).values()} == {"AWS::EC2::FlowLog"}
    template.all_resources_properties(
        "AWS::EC2::FlowLog",
        {
            "LogDestination": "arn:aws:s3:::logs/vpc",
            "LogDestinationType": "s3",
            "TrafficType": "REJECT",
            "MaxAggregationInterval": 60,
            "DeliverLogsPermissionArn": Match.absent(),
        },
    )


def test_everything_is_recorded_unless_said_otherwise() -> None:
    synthesised({}).all_resources_properties("AWS::EC2::FlowLog", {"TrafficType": "ALL"})
    assert "pods" not in canonical(logs(synthesised({"of": "vpc"})))
