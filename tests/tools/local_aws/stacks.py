"""Stacks of an account of a local AWS, by boto3."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tools.local_aws import LocalAws
from tools.local_aws.clients import AccountClients
from tools.local_aws.cloudformation.engine import Action, Fault

Resources = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Stacks:
    """The stacks of an account; each call waits until the deployment has ended, and returns the status of the stack."""

    local: LocalAws
    aws: AccountClients

    def create(self, name: str, resources: Resources, *, tags: Mapping[str, str] | None = None, **parts: Any) -> str:
        """Create a stack; `parts` are further sections of the template."""
        self.aws("cloudformation").create_stack(StackName=name, TemplateBody=body(resources, **parts), **_tags(tags))
        return self.status(name)

    def update(self, name: str, resources: Resources, *, tags: Mapping[str, str] | None = None, **parts: Any) -> str:
        self.aws("cloudformation").update_stack(StackName=name, TemplateBody=body(resources, **parts), **_tags(tags))
        return self.status(name)

    def delete(self, name: str) -> str:
        id_ = self.described(name)["StackId"]
        self.aws("cloudformation").delete_stack(StackName=name)
        return self.status(id_)

    def fail(self, action: Action, logical_id: str, *, after: bool = False) -> None:
        """Make an action on a resource fail once."""
        self.local.engine.faults.append(Fault(action=action, logical_id=logical_id, after=after))

    def status(self, name: str) -> str:
        self.local.cloudformation.wait()
        return str(self.described(name)["StackStatus"])

    def described(self, name: str) -> dict[str, Any]:
        (stack,) = self.aws("cloudformation").describe_stacks(StackName=name)["Stacks"]
        assert isinstance(stack, dict)
        return stack

    def ids(self, name: str) -> dict[str, str]:
        """The physical ids of the resources by their logical ids."""
        found = self.aws("cloudformation").describe_stack_resources(StackName=name)["StackResources"]
        return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found}

    def events(self, name: str) -> list[tuple[str, str]]:
        """Logical ids and statuses, the oldest first."""
        events = self.aws("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
        return [(each["LogicalResourceId"], each["ResourceStatus"]) for each in reversed(events)]

    def failures(self, name: str) -> list[str]:
        """Why resources failed, the last first."""
        events = self.aws("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
        return [
            f"{each['LogicalResourceId']}: {each.get('ResourceStatusReason')}"
            for each in events
            if each["ResourceStatus"].endswith("_FAILED")
        ]

    def drifts(self, name: str) -> dict[str, str]:
        """The drift of each resource."""
        drifts = self.aws("cloudformation").describe_stack_resource_drifts(StackName=name)["StackResourceDrifts"]
        return {each["LogicalResourceId"]: each["StackResourceDriftStatus"] for each in drifts}

    def parameters(self) -> dict[str, str]:
        """The values of the parameters of Systems Manager by their names."""
        pages = self.aws("ssm").get_paginator("get_parameters_by_path").paginate(Path="/", Recursive=True)
        return {each["Name"]: each["Value"] for page in pages for each in page["Parameters"]}

    def parameter(self, name: str) -> str | None:
        """The value of a parameter of Systems Manager; None if it does not exist."""
        try:
            return str(self.aws("ssm").get_parameter(Name=name)["Parameter"]["Value"])
        except ClientError as error:
            assert code_of(error) == "ParameterNotFound"
            return None


def body(resources: Resources, **parts: Any) -> str:
    """A template of CloudFormation."""
    return json.dumps({"Resources": resources, **parts})


def parameter(name: str, value: Any = "one", **attributes: Any) -> dict[str, Any]:
    """A parameter of Systems Manager: its name is create-only, and its value changes in place."""
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Name": name, "Type": "String", "Value": value}, **attributes}


def vpc(cidr: str, **attributes: Any) -> dict[str, Any]:
    return {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": cidr}, **attributes}


def subnet(of: str, cidr: str, **attributes: Any) -> dict[str, Any]:
    """A subnet of the VPC of a logical id."""
    properties = {"VpcId": {"Ref": of}, "CidrBlock": cidr, "AvailabilityZone": "eu-west-1a"}
    return {"Type": "AWS::EC2::Subnet", "Properties": properties, **attributes}


def code_of(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])


@contextmanager
def refused(code: str) -> Iterator[None]:
    """A call that is refused with a code."""
    with pytest.raises(ClientError) as error:
        yield
    assert code_of(error.value) == code


def _tags(tags: Mapping[str, str] | None) -> dict[str, Any]:
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]} if tags else {}
