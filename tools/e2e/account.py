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


@dataclass(kw_only=True)
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

    def __call__(self, service: str) -> Any:  # noqa: ANN401  boto3 makes it while it runs
        """A client of a service."""
        if service not in self._clients:
            self._clients[service] = boto3.session.Session(region_name=self.region).client(service)
        return self._clients[service]

    @property
    def stack_name(self) -> str:
        """The name of the run's stack; the names of its resources begin with it if AWS generates them."""
        return f"{TAG}-{self.run}"

    def zones(self) -> list[str]:
        """The names of the region's zones, without Local Zones and Wavelength Zones."""
        found = self("ec2").describe_availability_zones()["AvailabilityZones"]
        own = [each for each in found if each.get("ZoneType", "availability-zone") == "availability-zone"]
        return sorted(each["ZoneName"] for each in own if each["State"] == "available")

    def pages(self, service: str, operation: str, key: str, **given: Any) -> Iterator[Any]:  # noqa: ANN401  as of boto3
        """The items of all pages of an answer."""
        client = self(service)
        if not client.can_paginate(operation):
            yield from getattr(client, operation)(**given)[key]
            return
        for page in client.get_paginator(operation).paginate(**given):
            yield from page[key]

    # Stacks

    def create(self, name: str, template: Template) -> str:
        """Create a stack, and return its id; its status is that of `wait`."""
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
        self("cloudformation").delete_stack(StackName=id_)
        return self.wait(id_)

    def wait(self, id_: str) -> str:
        """The status of a stack once nothing is in progress."""
        deadline = time.monotonic() + _LONGEST
        while True:
            (stack,) = self("cloudformation").describe_stacks(StackName=id_)["Stacks"]
            status = str(stack["StackStatus"])
            if not status.endswith("_IN_PROGRESS"):
                return status
            if time.monotonic() > deadline:
                raise TimeoutError(f"stack {id_} is {status} after {_LONGEST // 60} minutes")
            time.sleep(self.pause)

    def resources(self, id_: str) -> Resources:
        """Type and physical id of each resource of a stack by its logical id."""
        found = self.pages("cloudformation", "list_stack_resources", "StackResourceSummaries", StackName=id_)
        return {each["LogicalResourceId"]: (each["ResourceType"], each["PhysicalResourceId"]) for each in found}

    def failures(self, id_: str) -> dict[str, str]:
        """The reasons of failed resources by their logical ids."""
        events = self.pages("cloudformation", "describe_stack_events", "StackEvents", StackName=id_)
        failed = [each for each in events if each["ResourceStatus"].endswith("_FAILED")]
        return {each["LogicalResourceId"]: each.get("ResourceStatusReason", "") for each in failed}

    def _deploy(self, operation: str, name: str, template: Template) -> Any:  # noqa: ANN401  as of boto3
        return getattr(self("cloudformation"), operation)(
            StackName=name,
            TemplateBody=json.dumps(template),
            Capabilities=["CAPABILITY_IAM"],
            Tags=[{"Key": TAG, "Value": self.run}],
        )

    # What has the tag

    def tagged(self) -> Tagged:
        """Everything that exists and has the tag of the run; roles, log groups and buckets also have its stack's name."""
        found = {type_: set(self._of_ec2(*how)) for type_, how in _EC2.items()}
        found[STACK] = {
            each["StackId"]
            for each in self.pages("cloudformation", "describe_stacks", "Stacks")
            if self._has_tag(each.get("Tags", []))
        }
        found[LOG_GROUP] = set(self._log_groups())
        found[BUCKET] = set(self._buckets())
        found[ROLE] = set(self._roles())
        return {type_: ids for type_, ids in found.items() if ids}

    def _of_ec2(self, operation: str, filters: str, key: str, id_: str) -> Iterator[str]:
        given = {filters: [{"Name": f"tag:{TAG}", "Values": [self.run]}]}
        for each in self.pages("ec2", operation, key, **given):
            if each.get("State") != "deleted":  # NAT gateways are listed for about an hour
                yield each[id_]

    def _log_groups(self) -> Iterator[str]:
        for each in self.pages("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=self.stack_name):
            tags = self("logs").list_tags_for_resource(resourceArn=each["arn"].removesuffix(":*"))["tags"]
            if tags.get(TAG) == self.run:
                yield each["logGroupName"]

    def _buckets(self) -> Iterator[str]:
        for each in self("s3").list_buckets()["Buckets"]:
            if each["Name"].startswith(self.stack_name):
                try:
                    tags = self("s3").get_bucket_tagging(Bucket=each["Name"])["TagSet"]
                except ClientError:  # it has no tags
                    continue
                if self._has_tag(tags):
                    yield each["Name"]

    def _roles(self) -> Iterator[str]:
        for each in self.pages("iam", "list_roles", "Roles"):
            name = each["RoleName"]
            if name.startswith(self.stack_name) and self._has_tag(self("iam").list_role_tags(RoleName=name)["Tags"]):
                yield name

    def _has_tag(self, tags: list[Mapping[str, str]]) -> bool:
        return {"Key": TAG, "Value": self.run} in tags

    # Clean-up

    def clean_up(self, report: Callable[[str], None]) -> Tagged:
        """Delete stacks, log groups and buckets with the tag of the run, and return what else is there."""
        found = self.tagged()
        for id_ in sorted(found.get(STACK, ())):
            self.wait(id_)
            report(f"stack {id_}: {self.delete(id_)}")
        found = self.tagged()
        for group in sorted(found.get(LOG_GROUP, ())):
            self("logs").delete_log_group(logGroupName=group)
            report(f"log group {group}: deleted")
        for bucket in sorted(found.get(BUCKET, ())):
            self._empty(bucket)
            self("s3").delete_bucket(Bucket=bucket)
            report(f"bucket {bucket}: deleted")
        return self.tagged()

    def _empty(self, bucket: str) -> None:
        for page in self("s3").get_paginator("list_object_versions").paginate(Bucket=bucket):
            versions = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
            objects = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in versions]
            if objects:
                self("s3").delete_objects(Bucket=bucket, Delete={"Objects": objects})
