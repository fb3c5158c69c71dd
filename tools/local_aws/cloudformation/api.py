"""The query API of CloudFormation: what the CDK CLI, the AWS CLI and boto3 call."""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from tools.local_aws.cloudformation.answer import answered, refused
from tools.local_aws.cloudformation.changes import Change, changes, replacing
from tools.local_aws.cloudformation.engine import Engine, comparable
from tools.local_aws.cloudformation.failure import CloudFormationError
from tools.local_aws.cloudformation.functions import Scope
from tools.local_aws.cloudformation.resources import HANDLERS
from tools.local_aws.cloudformation.stack import Stack, StackResource, now
from tools.local_aws.cloudformation.template import check, check_rules, parameter_values, parameters_given, parsed

Parameters = Mapping[str, str]
"""The parameters of a request, such as `Tags.member.1.Key`."""

_ZONES: Final = "abc"
_UPDATABLE: Final = {
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
}
_NO_CHANGES: Final = (
    "The submitted information didn't contain changes. Submit different information to create a change set."
)


@dataclass(kw_only=True)
class ChangeSet:
    """A change set.

    Attributes:
        scope: the new template, and the values of its parameters.
        body: the template as it was given.
        reason: why it cannot be executed; empty if it can.
    """

    id: str
    name: str
    stack: Stack
    scope: Scope
    body: str
    kind: str
    tags: Mapping[str, str]
    capabilities: tuple[str, ...]
    role: str
    changes: list[Change]
    reason: str = ""
    executed: bool = False
    created: datetime = field(default_factory=now)


_USUAL: Final[Mapping[str, str]] = {
    "DeletionMode": "STANDARD",
    "DisableRollback": "false",
    "OnFailure": "ROLLBACK",
    "OnStackFailure": "ROLLBACK",
    "RetainExceptOnCreate": "false",
}
"""Parameters that change what a deployment leaves, and the only value of each that is emulated.

ImportExistingResources is not among them: `cdk bootstrap` asks for it, and a resource that exists fails the creation.
"""
_NOT_EMULATED: Final = (
    "ResourceTypes.",
    "RetainResources.",
    "RollbackConfiguration.",
    "StackPolicy",
    "TimeoutInMinutes",
)
"""Beginnings of the names of parameters that are not emulated with any value."""


class CloudFormationApi:
    """Stacks and change sets of all accounts and regions."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.stacks: list[Stack] = []
        self._change_sets: dict[str, ChangeSet] = {}
        self._drifts: dict[str, tuple[Stack, str]] = {}
        self._lock = threading.RLock()
        self._threads: list[threading.Thread] = []

    def answer(self, parameters: Parameters, *, account: str, region: str) -> tuple[int, str]:
        """Status and body of the answer to a request."""
        action = parameters.get("Action", "")
        known = _ACTIONS.get(action)
        try:
            if known is None:
                raise CloudFormationError(f"the action {action} is not emulated", code="InvalidAction")
            _refuse_other_outcomes(parameters)
            with self._lock:
                return 200, answered(action, known(self, parameters, account, region))
        except CloudFormationError as error:
            return 400, refused(error)

    def wait(self) -> None:
        """Wait until no deployment is under way."""
        for thread in list(self._threads):
            thread.join()

    # Stacks

    def describe_stacks(self, given: Parameters, account: str, region: str) -> Mapping[str, Any]:
        if "StackName" in given:
            return {"Stacks": [_stack(self.found(given["StackName"], account, region))]}
        return {"Stacks": [_stack(each) for each in self._of(account, region) if not each.deleted]}

    def list_stacks(self, given: Parameters, account: str, region: str) -> Mapping[str, Any]:
        return {
            "StackSummaries": [
                {"StackName": each.name, "StackId": each.id, "StackStatus": each.status, "CreationTime": each.created}
                for each in self._of(account, region)
            ]
        }

    def describe_stack_events(self, given: Parameters, account: str, region: str) -> Mapping[str, Any]:
        stack = self.found(given["StackName"], account, region)
        return {
            "StackEvents": [
                {
                    "StackId": stack.id,
                    "EventId": event.id,
                    "StackName": stack.name,
                    "LogicalResourceId": event.logical_id,
                    "PhysicalResourceId": event.physical_id,
                    "ResourceType": event.type,
                    "Timestamp": event.time,
                    "ResourceStatus": event.status,
                    "ResourceStatusReason": event.reason,
                }
                for event in reversed(stack.events)
            ]
        }

    def describe_stack_resources(self, given: Parameters, account: str, region: str) -> Mapping[str, Any]:
        stack = self.found(given["StackName"], account, region)
        chosen = given.get("LogicalResourceId")
        return {
            "StackResources": [
                {"StackId": stack.id, "StackName": stack.name, **_resource(each), "Timestamp": each.changed}
                for each in stack.resources.values()
                if chosen in (None, each.logical_id)
            ]
        }

    def list_stack_resources(self, given: Parameters, account: str, region: str) -> Mapping[str, Any]:
        stack = self.found(given["StackName"], account, region)
        return {
            "StackResourceSummaries": [
                {**_resource(each), "LastUpdatedTimestamp": each.changed} for each in stack.resources.values()
            ]
        }

    def get_template(self, given: Parameters, account: str, region: str) -> Mapping[str, Any]:
        return {"TemplateBody": self.found(given["StackName"], account, region).body}

    def get_template_summary(self, given: Parameters, account: str, region: str) -> Mapping[str, Any]:
        _, template = self._template(given, account, region)
        parameters = template.get("Parameters", {}).items()
        return {
            "Parameters": [
                {"ParameterKey": key, "ParameterType": each["Type"], "DefaultValue": each.get("Default")}
                for key, each in parameters
            ],
            "ResourceTypes": sorted({each["Type"] for each in template["Resources"].values()}),
        }

    def create_stack(self, given: Parameters, account: str, region: str) -> Mapping[str, Any]:
        if any(each.name == given["StackName"] and not each.deleted for each in self._of(account, region)):
            raise CloudFormationError(f"Stack [{given['StackName']}] already exists", code="AlreadyExistsException")
        locked = given.get("EnableTerminationProtection") == "true"
        stack = Stack(account=account, region=region, name=given["StackName"], locked=locked)
        body, scope = self._wanted(given, stack)
        changes(stack, scope, tags=_tags(given))
        self.stacks.append(stack)
        self._start(stack, scope, body, given, "CREATE")
        return {"StackId": stack.id}

    def update_stack(self, given: Parameters, account: str, region: str) -> Mapping[str, Any]:
        stack = self._updatable(given["StackName"], account, region)
        body, scope = self._wanted(given, stack)
        if not self._differs(stack, scope, _tags(given)):
            raise CloudFormationError("No updates are to be performed.")
        self._start(stack, scope, body, given, "UPDATE")
        return {"StackId": stack.id}

    def delete_stack(self, given: Parameters, account: str, region: str) -> Mapping[str, Any]:
        try:
            stack = self.found(given["StackName"], account, region)
        except CloudFormationError:
            return {}
        if stack.locked:
            raise CloudFormationError(f"Stack [{stack.id}] cannot be deleted while TerminationProtection is enabled")
        self._refuse_busy(stack)
        if not stack.deleted:
            for id_ in [id_ for id_, each in self._change_sets.items() if each.stack is stack]:
                del self._change_sets[id_]
            stack.status = "DELETE_IN_PROGRESS"
            self._run(lambda: self.engine.delete(stack))
        return {}

    def update_termination_protection(self, given: Parameters, account: str, region: str) -> Mapping[str, Any]:
        stack = self.found(given["StackName"], account, region)
        stack.locked = given["EnableTerminationProtection"] == "true"
        return {"StackId": stack.id}

    def list_exports(self, given: Parameters, account: str, region: str) -> Mapping[str, Any]:
        exports = self._exports(account, region).items()
        return {"Exports": [{"Name": name, "Value": value} for name, value in exports]}

    # Change sets

    def create_change_set(self, given: Parameters, account: str, region: str) -> Mapping[str, Any]:
        kind, name = given.get("ChangeSetType", "UPDATE"), given["StackName"]
        new = False
        if kind == "CREATE":
            live = [each for each in self._of(account, region) if each.name == name and not each.deleted]
            if live and live[0].status != "REVIEW_IN_PROGRESS":
                raise CloudFormationError(f"Stack [{name}] already exists", code="AlreadyExistsException")
            new = not live
            stack = live[0] if live else Stack(account=account, region=region, name=name)
        elif kind != "UPDATE":
            raise CloudFormationError(f"change sets of the type {kind} are not emulated")
        else:
            stack = self._updatable(name, account, region)
        tags = _tags(given)
        body, scope = self._wanted(given, stack)
        differs = kind == "CREATE" or self._differs(stack, scope, tags)
        change_set = ChangeSet(
            id=f"arn:aws:cloudformation:{region}:{account}:changeSet/{given['ChangeSetName']}/{uuid.uuid4()}",
            name=given["ChangeSetName"],
            stack=stack,
            scope=scope,
            body=body,
            kind=kind,
            tags=tags,
            capabilities=tuple(_members(given, "Capabilities")),
            role=given.get("RoleARN", ""),
            changes=changes(stack, scope, tags=tags),
            reason="" if differs else _NO_CHANGES,
        )
        if new:
            self.stacks.append(stack)
            stack.turn("REVIEW_IN_PROGRESS", "User Initiated")
        self._change_sets[change_set.id] = change_set
        return {"Id": change_set.id, "StackId": stack.id}

    def describe_change_set(self, given: Parameters, account: str, region: str) -> Mapping[str, Any]:
        found = self._change_set(given, account, region)
        return {
            "ChangeSetName": found.name,
            "ChangeSetId": found.id,
            "StackId": found.stack.id,
            "StackName": found.stack.name,
            "CreationTime": found.created,
            "ExecutionStatus": "UNAVAILABLE" if found.reason else "EXECUTE_COMPLETE" if found.executed else "AVAILABLE",
            "Status": "FAILED" if found.reason else "CREATE_COMPLETE",
            "StatusReason": found.reason,
            "Capabilities": list(found.capabilities),
            "Tags": [{"Key": key, "Value": value} for key, value in found.tags.items()],
            "Changes": [_change(each, region) for each in found.changes],
        }

    def delete_change_set(self, given: Parameters, account: str, region: str) -> Mapping[str, Any]:
        with suppress(CloudFormationError):  # there is none
            del self._change_sets[self._change_set(given, account, region).id]
        return {}

    def execute_change_set(self, given: Parameters, account: str, region: str) -> Mapping[str, Any]:
        found = self._change_set(given, account, region)
        self._refuse_busy(found.stack)
        if found.reason or found.executed:
            raise CloudFormationError(f"ChangeSet [{found.id}] cannot be executed", code="InvalidChangeSetStatus")
        found.executed = True
        stack = found.stack
        stack.change_set, stack.capabilities, stack.role = found.id, found.capabilities, found.role
        self._deploy(stack, found.scope, found.body, found.tags, found.kind)
        return {}

    # Drift

    def detect_stack_drift(self, given: Parameters, account: str, region: str) -> Mapping[str, Any]:
        stack = self.found(given["StackName"], account, region)
        id_ = str(uuid.uuid4())
        drifted = [each for each in stack.resources.values() if self.engine.drift(stack, each)[0] != "IN_SYNC"]
        self._drifts[id_] = (stack, "DRIFTED" if drifted else "IN_SYNC")
        return {"StackDriftDetectionId": id_}

    def describe_stack_drift_detection_status(self, given: Parameters, account: str, region: str) -> Mapping[str, Any]:
        stack, status = self._drifts[given["StackDriftDetectionId"]]
        return {
            "StackId": stack.id,
            "StackDriftDetectionId": given["StackDriftDetectionId"],
            "StackDriftStatus": status,
            "DetectionStatus": "DETECTION_COMPLETE",
            "Timestamp": now(),
        }

    def describe_stack_resource_drifts(self, given: Parameters, account: str, region: str) -> Mapping[str, Any]:
        stack = self.found(given["StackName"], account, region)
        return {"StackResourceDrifts": [self._drift(stack, each) for each in stack.resources.values()]}

    def _drift(self, stack: Stack, resource: StackResource) -> Mapping[str, Any]:
        status, actual = self.engine.drift(stack, resource)
        differing = [key for key in actual if comparable(actual[key]) != comparable(resource.properties.get(key))]
        return {
            "StackId": stack.id,
            "LogicalResourceId": resource.logical_id,
            "PhysicalResourceId": resource.physical_id,
            "ResourceType": resource.type,
            "StackResourceDriftStatus": status,
            "PropertyDifferences": [
                {
                    "PropertyPath": f"/{key}",
                    "ExpectedValue": str(resource.properties.get(key)),
                    "ActualValue": str(actual[key]),
                    "DifferenceType": "NOT_EQUAL",
                }
                for key in differing
            ],
            "Timestamp": now(),
        }

    # What the actions have in common

    def found(self, name: str, account: str, region: str) -> Stack:
        """The stack of a name or id; a deleted one by its id only.

        Raises:
            CloudFormationError: there is none.
        """
        for stack in reversed(self._of(account, region)):
            if stack.id == name or (stack.name == name and not stack.deleted):
                return stack
        raise CloudFormationError(f"Stack with id {name} does not exist")

    def _of(self, account: str, region: str) -> list[Stack]:
        return [each for each in self.stacks if (each.account, each.region) == (account, region)]

    def _updatable(self, name: str, account: str, region: str) -> Stack:
        stack = self.found(name, account, region)
        self._refuse_busy(stack)
        if stack.status not in _UPDATABLE:
            raise CloudFormationError(f"Stack:{stack.id} is in {stack.status} state and can not be updated.")
        return stack

    def _refuse_busy(self, stack: Stack) -> None:
        if stack.busy:
            text = f"Stack [{stack.id}] is in {stack.status} state, and another operation is under way"
            raise CloudFormationError(text, code="OperationInProgressException")

    def _template(self, given: Parameters, account: str, region: str) -> tuple[str, Mapping[str, Any]]:
        if body := given.get("TemplateBody"):
            return body, parsed(body)
        if url := given.get("TemplateURL"):
            *_, bucket, key = re.split(r"/", url, maxsplit=url.count("/"))
            body = self.engine.clients(account, region)("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode()
            return body, parsed(body)
        stack = self.found(given["StackName"], account, region)
        return stack.body, stack.template

    def _wanted(self, given: Parameters, stack: Stack) -> tuple[str, Scope]:
        """The new template as text, and as a scope with the values of its parameters."""
        body, template = self._template(given, stack.account, stack.region)
        texts = parameters_given(template, _parameters(given), previous=stack.parameters)
        values = parameter_values(template, texts, ssm_parameter=lambda name: self._ssm_parameter(name, stack))
        pseudo = {
            "AWS::AccountId": stack.account,
            "AWS::Region": stack.region,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackId": stack.id,
            "AWS::StackName": stack.name,
        }
        scope = Scope(
            template=template,
            values={**pseudo, **values},
            parameters=texts,
            exports=self._exports(stack.account, stack.region),
            zones=tuple(f"{stack.region}{letter}" for letter in _ZONES),
        )
        check(scope, stack.region)
        check_rules(scope)
        return body, scope

    def _ssm_parameter(self, name: str, stack: Stack) -> str:
        try:
            answer = self.engine.clients(stack.account, stack.region)("ssm").get_parameter(Name=name)
        except ClientError:
            raise CloudFormationError(f"Unable to fetch parameters [{name}] from parameter store") from None
        return str(answer["Parameter"]["Value"])

    def _exports(self, account: str, region: str) -> dict[str, str]:
        outputs = [each for stack in self._of(account, region) if not stack.deleted for each in stack.outputs.values()]
        return {name: value for value, _, name in outputs if name}

    def _differs(self, stack: Stack, scope: Scope, tags: Mapping[str, str]) -> bool:
        outputs = scope.template.get("Outputs") != stack.template.get("Outputs")
        return outputs or dict(tags) != dict(stack.tags) or bool(changes(stack, scope, tags=tags))

    def _change_set(self, given: Parameters, account: str, region: str) -> ChangeSet:
        name = given["ChangeSetName"]
        for each in reversed(list(self._change_sets.values())):
            if each.id == name or (each.name == name and given.get("StackName") in (each.stack.name, each.stack.id)):
                return each
        raise CloudFormationError(f"ChangeSet [{name}] does not exist", code="ChangeSetNotFound")

    def _start(self, stack: Stack, scope: Scope, body: str, given: Parameters, kind: str) -> None:
        stack.capabilities, stack.role = tuple(_members(given, "Capabilities")), given.get("RoleARN", "")
        self._deploy(stack, scope, body, _tags(given), kind)

    def _deploy(self, stack: Stack, scope: Scope, body: str, tags: Mapping[str, str], kind: str) -> None:
        stack.status = f"{kind}_IN_PROGRESS"
        if kind == "UPDATE":
            stack.updated = now()
        else:
            stack.tags = dict(tags)  # also of a stack whose creation fails
        self._run(lambda: self.engine.deploy(stack, scope, body=body, tags=tags))

    def _run(self, work: Callable[[], None]) -> None:
        """Work in a thread of its own, as the caller asks for the status again and again."""
        thread = threading.Thread(target=work, daemon=True)
        self._threads = [each for each in self._threads if each.is_alive()] + [thread]
        thread.start()


def _refuse_other_outcomes(parameters: Parameters) -> None:
    """Refuse what would have another outcome on AWS than here."""
    for name, value in parameters.items():
        if name.startswith(_NOT_EMULATED) or _USUAL.get(name, value) != value:
            raise CloudFormationError(f"{name} with the value {value} is not emulated")


def _tags(given: Parameters) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in _structures(given, "Tags")}


def _parameters(given: Parameters) -> dict[str, str | None]:
    return {
        each["ParameterKey"]: None if each.get("UsePreviousValue") == "true" else each.get("ParameterValue", "")
        for each in _structures(given, "Parameters")
    }


def _members(given: Parameters, name: str) -> Iterator[str]:
    number = 1
    while (value := given.get(f"{name}.member.{number}")) is not None:
        yield value
        number += 1


def _structures(given: Parameters, name: str) -> Iterator[dict[str, str]]:
    number = 1
    while found := {
        key.rpartition(".")[2]: value for key, value in given.items() if key.startswith(f"{name}.member.{number}.")
    }:
        yield found
        number += 1


def _stack(stack: Stack) -> Mapping[str, Any]:
    return {
        "StackId": stack.id,
        "StackName": stack.name,
        "ChangeSetId": stack.change_set,
        "Description": stack.template.get("Description"),
        "Parameters": [{"ParameterKey": key, "ParameterValue": text} for key, text in stack.parameters.items()],
        "CreationTime": stack.created,
        "LastUpdatedTime": stack.updated,
        "DeletionTime": stack.deleted,
        "StackStatus": stack.status,
        "StackStatusReason": stack.reason,
        "DisableRollback": False,
        "Capabilities": list(stack.capabilities),
        "Outputs": [
            {"OutputKey": key, "OutputValue": value, "Description": text, "ExportName": export}
            for key, (value, text, export) in stack.outputs.items()
        ],
        "RoleARN": stack.role,
        "Tags": [{"Key": key, "Value": value} for key, value in stack.tags.items()],
        "EnableTerminationProtection": stack.locked,
        "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
    }


def _resource(resource: StackResource) -> dict[str, Any]:
    return {
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type,
        "ResourceStatus": resource.status,
    }


def _change(change: Change, region: str) -> Mapping[str, Any]:
    recreate = replacing(HANDLERS[change.type], region)
    details = [
        {
            "Target": {
                "Attribute": "Properties",
                "Name": name,
                "RequiresRecreation": "Always" if name in recreate else "Never",
            },
            "Evaluation": "Static",
            "ChangeSource": "DirectModification",
        }
        for name in change.properties
    ]
    return {
        "Type": "Resource",
        "ResourceChange": {
            "Action": change.action,
            "LogicalResourceId": change.logical_id,
            "PhysicalResourceId": change.physical_id,
            "ResourceType": change.type,
            "Replacement": change.replacement,
            "Scope": ["Properties"] if details else [],
            "Details": details,
        },
    }


_Action = Callable[[CloudFormationApi, Parameters, str, str], Mapping[str, Any]]
_ACTIONS: Final[Mapping[str, _Action]] = {
    "CreateChangeSet": CloudFormationApi.create_change_set,
    "CreateStack": CloudFormationApi.create_stack,
    "DeleteChangeSet": CloudFormationApi.delete_change_set,
    "DeleteStack": CloudFormationApi.delete_stack,
    "DescribeChangeSet": CloudFormationApi.describe_change_set,
    "DescribeStackDriftDetectionStatus": CloudFormationApi.describe_stack_drift_detection_status,
    "DescribeStackEvents": CloudFormationApi.describe_stack_events,
    "DescribeStackResourceDrifts": CloudFormationApi.describe_stack_resource_drifts,
    "DescribeStackResources": CloudFormationApi.describe_stack_resources,
    "DescribeStacks": CloudFormationApi.describe_stacks,
    "DetectStackDrift": CloudFormationApi.detect_stack_drift,
    "ExecuteChangeSet": CloudFormationApi.execute_change_set,
    "GetTemplate": CloudFormationApi.get_template,
    "GetTemplateSummary": CloudFormationApi.get_template_summary,
    "ListExports": CloudFormationApi.list_exports,
    "ListStackResources": CloudFormationApi.list_stack_resources,
    "ListStacks": CloudFormationApi.list_stacks,
    "UpdateStack": CloudFormationApi.update_stack,
    "UpdateTerminationProtection": CloudFormationApi.update_termination_protection,
}
