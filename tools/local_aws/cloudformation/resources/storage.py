"""Log groups, buckets, parameters, repositories and functions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tools.local_aws.cloudformation.resources.handler import (
    Aws,
    Created,
    Handler,
    Properties,
    names,
    only,
    tag_changes,
    tag_map,
)


class LogGroup(Handler):
    """AWS::Logs::LogGroup."""

    type = "AWS::Logs::LogGroup"
    properties = names("LogGroupName RetentionInDays KmsKeyId Tags")
    in_place = names("RetentionInDays Tags")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        group = wanted.get("LogGroupName", name)
        tags = tag_map(wanted.get("Tags"))
        key = {"kmsKeyId": wanted["KmsKeyId"]} if "KmsKeyId" in wanted else {}
        aws("logs").create_log_group(logGroupName=group, **({"tags": tags} if tags else {}), **key)
        self._set_retention(aws, group, wanted)
        arn = f"arn:aws:logs:{aws.region}:{aws.account}:log-group:{group}:*"
        return Created(physical_id=group, attributes={"Arn": arn})

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        self._set_retention(aws, physical_id, after)
        gone, tags = tag_changes(before, after)
        if gone:
            aws("logs").untag_log_group(logGroupName=physical_id, tags=gone)
        if tags:
            aws("logs").tag_log_group(logGroupName=physical_id, tags=tags)
        return {}

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("logs").delete_log_group(logGroupName=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        for group in aws("logs").describe_log_groups(logGroupNamePrefix=physical_id)["logGroups"]:
            if group["logGroupName"] == physical_id:
                return {"RetentionInDays": group["retentionInDays"]} if "retentionInDays" in group else {}
        return None

    def _set_retention(self, aws: Aws, group: str, wanted: Properties) -> None:
        if "RetentionInDays" in wanted:
            aws("logs").put_retention_policy(logGroupName=group, retentionInDays=int(wanted["RetentionInDays"]))
        else:
            aws("logs").delete_retention_policy(logGroupName=group)


class Bucket(Handler):
    """AWS::S3::Bucket.  Of its settings, only that they are accepted is emulated."""

    type = "AWS::S3::Bucket"
    properties = names(
        "AccessControl BucketName BucketEncryption LifecycleConfiguration OwnershipControls PublicAccessBlockConfiguration"
        " VersioningConfiguration Tags"
    )
    in_place = names(
        "BucketEncryption LifecycleConfiguration OwnershipControls PublicAccessBlockConfiguration"
        " VersioningConfiguration Tags"
    )

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        bucket = wanted.get("BucketName", name.lower())[:63]
        where = {} if aws.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": aws.region}}
        aws("s3").create_bucket(Bucket=bucket, **where)
        attributes = {
            "Arn": f"arn:aws:s3:::{bucket}",
            "DomainName": f"{bucket}.s3.amazonaws.com",
            "RegionalDomainName": f"{bucket}.s3.{aws.region}.amazonaws.com",
        }
        return Created(physical_id=bucket, attributes=attributes)

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        return {}

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("s3").delete_bucket(Bucket=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        buckets = aws("s3").list_buckets()["Buckets"]
        return only(properties, "BucketName") if physical_id in {each["Name"] for each in buckets} else None


class BucketPolicy(Handler):
    """AWS::S3::BucketPolicy.  Statements that deny under a condition are kept out of moto, which ignores conditions."""

    type = "AWS::S3::BucketPolicy"
    properties = names("Bucket PolicyDocument")
    in_place = names("PolicyDocument")
    tags = ""

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        self._put(aws, wanted)
        return Created(physical_id=wanted["Bucket"])

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        self._put(aws, after)
        return {}

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("s3").delete_bucket_policy(Bucket=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        aws("s3").get_bucket_policy(Bucket=physical_id)
        return only(properties, "Bucket")

    def _put(self, aws: Aws, wanted: Properties) -> None:
        document = wanted["PolicyDocument"]
        kept = [each for each in document["Statement"] if not (each["Effect"] == "Deny" and "Condition" in each)]
        text = json.dumps({**document, "Statement": kept})
        aws("s3").put_bucket_policy(Bucket=wanted["Bucket"], Policy=text)


class Parameter(Handler):
    """AWS::SSM::Parameter."""

    type = "AWS::SSM::Parameter"
    properties = names("Name Type Value Description")
    in_place = names("Value Description")
    tags = ""

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        given = {"Name": wanted.get("Name", name), **only(wanted, "Type Value Description")}
        aws("ssm").put_parameter(**given)
        return Created(physical_id=given["Name"], attributes={"Type": wanted["Type"], "Value": wanted["Value"]})

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        aws("ssm").put_parameter(Name=physical_id, Overwrite=True, **only(after, "Type Value Description"))
        return {"Value": after["Value"]}

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("ssm").delete_parameter(Name=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        return only(aws("ssm").get_parameter(Name=physical_id)["Parameter"], "Type Value")


class Repository(Handler):
    """AWS::ECR::Repository, of CDK's bootstrap stack.  Of its settings, only that they are accepted is emulated."""

    type = "AWS::ECR::Repository"
    properties = names(
        "RepositoryName ImageTagMutability ImageScanningConfiguration LifecyclePolicy RepositoryPolicyText"
    )
    in_place = names("ImageTagMutability ImageScanningConfiguration LifecyclePolicy RepositoryPolicyText")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        repository = aws("ecr").create_repository(repositoryName=wanted["RepositoryName"])["repository"]
        attributes = {"Arn": repository["repositoryArn"], "RepositoryUri": repository["repositoryUri"]}
        return Created(physical_id=repository["repositoryName"], attributes=attributes)

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        return {}

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("ecr").delete_repository(repositoryName=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        aws("ecr").describe_repositories(repositoryNames=[physical_id])
        return only(properties, "RepositoryName")


class LayerVersion(Handler):
    """AWS::Lambda::LayerVersion."""

    type = "AWS::Lambda::LayerVersion"
    properties = names("Content Description LicenseInfo")
    tags = ""

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        answer = aws("lambda").publish_layer_version(LayerName=name, **wanted)
        return Created(physical_id=answer["LayerVersionArn"], attributes={"LayerVersionArn": answer["LayerVersionArn"]})

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        layer, _, version = physical_id.rpartition(":")
        aws("lambda").delete_layer_version(LayerName=layer.rpartition(":")[2], VersionNumber=int(version))

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        layer, _, version = physical_id.rpartition(":")
        aws("lambda").get_layer_version(LayerName=layer.rpartition(":")[2], VersionNumber=int(version))
        return {}


class Function(Handler):
    """AWS::Lambda::Function.  It is created, and never run."""

    type = "AWS::Lambda::Function"
    properties = names(
        "Code Description Environment Handler Layers LoggingConfig MemorySize Role Runtime Timeout VpcConfig Tags"
    )
    in_place = names(
        "Code Description Environment Handler Layers LoggingConfig MemorySize Role Runtime Timeout VpcConfig Tags"
    )

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        given = {key: value for key, value in wanted.items() if key != "Tags"}
        if tags := tag_map(wanted.get("Tags")):
            given["Tags"] = tags
        function = aws("lambda").create_function(FunctionName=name[-64:], **given)
        return Created(physical_id=function["FunctionName"], attributes={"Arn": function["FunctionArn"]})

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        if before["Code"] != after["Code"]:
            aws("lambda").update_function_code(FunctionName=physical_id, **after["Code"])
        kept = names("Description Environment Handler Layers MemorySize Role Runtime Timeout VpcConfig")
        settings = {key: value for key, value in after.items() if key in kept}
        aws("lambda").update_function_configuration(FunctionName=physical_id, **settings)
        return {}

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        aws("lambda").delete_function(FunctionName=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        found = aws("lambda").get_function_configuration(FunctionName=physical_id)
        return only(found, "Runtime Handler Role")
