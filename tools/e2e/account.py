"""An account and region: its stacks, what has the tag of a run, and how that is deleted."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import boto3
from botocore.exceptions import ClientError

from tools.e2e.network import TAG, Template

_SESSION: Final = boto3.session.Session()
_LONGEST: Final = 45 * 60
"""Seconds that a stack may take."""
_EC2: Final = {
    "AWS::EC2::VPC": ("describe_vpcs", "Filters", "Vpcs", "VpcId"),
    "AWS::EC2::Subnet": ("describe_subnets", "Filters", "Subnets", "SubnetId"),
    "AWS::EC2::RouteTable": ("describe_route_tables", "Filters", "RouteTables", "RouteTableId"),
    "AWS::EC2::InternetGateway": ("describe_internet_gateways", "Filters", "InternetGateways", "InternetGatewayId"),
    "AWS::EC2::NatGateway": ("describe_nat_gateways", "Filter", "NatGateways", "NatGatewayId"),
    "AWS::EC2::EIP": ("describe_addresses", "Filters", "Addresses", "PublicIp"),
    "AWS::EC2::SecurityGroup": ("describe_security_groups", "Filters", "SecurityGroups", "GroupId"),
    "AWS::EC2::FlowLog": ("describe_flow_logs", "Filter", "FlowLogs", "FlowLogId"),
}
"""By type of EC2: the operation, its parameter for filters, the key of its answer, and the key of the physical id."""
_ABSENT: Final = {"NoSuchBucket", "NoSuchEntity", "NoSuchTagSet", "ResourceNotFoundException"}
"""Codes of errors if something has no tags, or was deleted a moment ago and is still listed."""
STACK: Final = "AWS::CloudFormation::Stack"
LOG_GROUP: Final = "AWS::Logs::LogGroup"
BUCKET: Final = "AWS::S3::Bucket"
ROLE: Final = "AWS::IAM::Role"
TYPES: Final = (*_EC2, LOG_GROUP, BUCKET, ROLE)
"""Types of resources that have the tag in a stack."""
Resources = Mapping[str, tuple[str, str]]
"""Type and physical id of each resource of a stack by its logical id."""
Tagged = dict[str, set[str]]
"""Physical ids by resource type; of stacks, their ARNs."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """The account of the credentials in the environment, in one region.

    Attributes:
        run: the id of the run.
        pause: seconds between two reads of something that changes.
    """

    region: str
    run: str
    pause: float
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:  # noqa: ANN401  boto3 makes it while it runs
        """A client of a service."""
        if service not in self._clients:
            self._clients[service] = _SESSION.client(service, region_name=self.region)
        return self._clients[service]

    def pages(self, service: str, operation: str, key: str, **given: Any) -> Iterator[Any]:  # noqa: ANN401  as of boto3
        """The items of all pages of an answer."""
        client = self.client(service)
        paged = client.can_paginate(operation)
        answers = client.get_paginator(operation).paginate if paged else lambda **_: [getattr(client, operation)(**_)]
        for answer in answers(**given):
            yield from answer.get(key, ())

    @property
    def stack_name(self) -> str:
        """The name of the run's stack; the names of its resources begin with it if AWS generates them."""
        return f"{TAG}-{self.run}"

    def zones(self) -> list[str]:
        """The names of the region's zones, without Local Zones and Wavelength Zones."""
        zones = self.pages("ec2", "describe_availability_zones", "AvailabilityZones")
        available = [each for each in zones if each["State"] == "available"]
        return sorted(each["ZoneName"] for each in available if each.get("ZoneType") == "availability-zone")

    # Stacks

    def create(self, name: str, template: Template) -> str:
        """Start to create a stack, and return its id."""
        return str(self._deploy("create_stack", name, template)["StackId"])

    def update(self, id_: str, template: Template) -> str:
        """Update a stack; its status afterwards, empty if there was nothing to update."""
        try:
            self._deploy("update_stack", id_, template)
        except ClientError as error:
            if "No updates are to be performed" in str(error):
                return ""
            raise
        return self.wait(id_)

    def delete(self, id_: str) -> str:
        """Delete a stack; its status afterwards."""
        self.client("cloudformation").delete_stack(StackName=id_)
        return self.wait(id_)

    def wait(self, id_: str) -> str:
        """The status of a stack once nothing is in progress."""
        deadline = time.monotonic() + _LONGEST
        while True:
            time.sleep(self.pause)  # also before the first one, which could be too early to show the operation
            (stack,) = self.pages("cloudformation", "describe_stacks", "Stacks", StackName=id_)
            if not (status := str(stack["StackStatus"])).endswith("_IN_PROGRESS"):
                return status
            if time.monotonic() > deadline:
                raise TimeoutError(f"stack {id_} is {status} after {_LONGEST // 60} minutes")

    def resources(self, id_: str) -> Resources:
        """The resources of a stack."""
        found = self.pages("cloudformation", "list_stack_resources", "StackResourceSummaries", StackName=id_)
        return {
            each["LogicalResourceId"]: (each["ResourceType"], each["PhysicalResourceId"])
            for each in found
            if each["ResourceStatus"] != "DELETE_COMPLETE"
        }

    def failures(self, id_: str) -> dict[str, str]:
        """The reasons of failed resources by their logical ids."""
        events = self.pages("cloudformation", "describe_stack_events", "StackEvents", StackName=id_)
        failed = [each for each in events if each["ResourceStatus"].endswith("_FAILED")]
        return {each["LogicalResourceId"]: each.get("ResourceStatusReason", "") for each in failed}

    def _deploy(self, operation: str, name: str, template: Template) -> Any:  # noqa: ANN401  as of boto3
        return getattr(self.client("cloudformation"), operation)(
            StackName=name,
            TemplateBody=json.dumps(template),
            Capabilities=["CAPABILITY_IAM"],
            Tags=[{"Key": TAG, "Value": self.run}],
        )

    # What has the tag

    def tagged(self) -> Tagged:
        """Everything that exists with the tag of the run; log groups, buckets and roles have the stack's name as well."""
        stacks = self.pages("cloudformation", "describe_stacks", "Stacks")
        found = {
            **{type_: set(self._of_ec2(*how)) for type_, how in _EC2.items()},
            STACK: {each["StackId"] for each in stacks if self._has_tag(each.get("Tags", ()))},
            LOG_GROUP: set(
                self._named("logs", "describe_log_groups", "logGroups", "logGroupName", self._log_group_tags)
            ),
            BUCKET: set(self._named("s3", "list_buckets", "Buckets", "Name", self._bucket_tags)),
            ROLE: set(self._named("iam", "list_roles", "Roles", "RoleName", self._role_tags)),
        }
        return {type_: ids for type_, ids in found.items() if ids}

    def _of_ec2(self, operation: str, filters: str, key: str, id_: str) -> Iterator[str]:
        given = {filters: [{"Name": f"tag:{TAG}", "Values": [self.run]}]}
        found = self.pages("ec2", operation, key, **given)
        return (each[id_] for each in found if each.get("State") != "deleted")  # as NAT gateways are for about an hour

    def _named(self, service: str, operation: str, key: str, name: str, tags: Callable[[Any], Any]) -> Iterator[str]:
        for each in self.pages(service, operation, key):
            if each[name].startswith(self.stack_name):
                try:
                    has_tag = self._has_tag(tags(each))
                except ClientError as error:
                    if error.response["Error"]["Code"] not in _ABSENT:
                        raise
                    continue
                if has_tag:
                    yield each[name]

    def _log_group_tags(self, group: Any) -> Any:  # noqa: ANN401  as of boto3
        tags = self.client("logs").list_tags_for_resource(resourceArn=group["arn"].removesuffix(":*"))["tags"]
        return [{"Key": key, "Value": value} for key, value in tags.items()]

    def _bucket_tags(self, bucket: Any) -> Any:  # noqa: ANN401  as of boto3
        return self.client("s3").get_bucket_tagging(Bucket=bucket["Name"])["TagSet"]

    def _role_tags(self, role: Any) -> Any:  # noqa: ANN401  as of boto3
        return self.client("iam").list_role_tags(RoleName=role["RoleName"])["Tags"]

    def _has_tag(self, tags: Any) -> bool:  # noqa: ANN401  as of boto3
        return {"Key": TAG, "Value": self.run} in tags

    # Clean-up

    def clean_up(self, report: Callable[[str], None]) -> Tagged:
        """Delete stacks, log groups and buckets with the tag of the run, and return what else is there."""
        for id_ in sorted(self.tagged().get(STACK, ())):
            status = self.wait(id_)
            report(f"stack {id_}: {status if status == 'DELETE_COMPLETE' else self.delete(id_)}")
        found = self.tagged()
        for group in sorted(found.get(LOG_GROUP, ())):
            self.client("logs").delete_log_group(logGroupName=group)
            report(f"log group {group}: deleted")
        for bucket in sorted(found.get(BUCKET, ())):
            for kind in ("Versions", "DeleteMarkers"):
                for each in list(self.pages("s3", "list_object_versions", kind, Bucket=bucket)):
                    self.client("s3").delete_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])
            self.client("s3").delete_bucket(Bucket=bucket)
            report(f"bucket {bucket}: deleted")
        return self.tagged()
