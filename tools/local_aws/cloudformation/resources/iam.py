"""Roles and policies of IAM."""

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
    tag_list,
)


def _documents(policies: list[Mapping[str, Any]]) -> dict[str, str]:
    return {policy["PolicyName"]: json.dumps(policy["PolicyDocument"]) for policy in policies}


class Role(Handler):
    """AWS::IAM::Role."""

    type = "AWS::IAM::Role"
    properties = names(
        "RoleName Description AssumeRolePolicyDocument ManagedPolicyArns Policies PermissionsBoundary Tags"
    )
    in_place = names("Description AssumeRolePolicyDocument ManagedPolicyArns Policies PermissionsBoundary Tags")

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        role = aws("iam").create_role(
            RoleName=wanted.get("RoleName", name),
            AssumeRolePolicyDocument=json.dumps(wanted["AssumeRolePolicyDocument"]),
            **only(wanted, "Description PermissionsBoundary Tags"),
        )["Role"]
        self._set_policies(aws, role["RoleName"], {}, wanted)
        return Created(physical_id=role["RoleName"], attributes={"Arn": role["Arn"], "RoleId": role["RoleId"]})

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        iam = aws("iam")
        iam.update_assume_role_policy(
            RoleName=physical_id, PolicyDocument=json.dumps(after["AssumeRolePolicyDocument"])
        )
        iam.update_role(RoleName=physical_id, Description=after.get("Description", ""))
        if boundary := after.get("PermissionsBoundary"):
            iam.put_role_permissions_boundary(RoleName=physical_id, PermissionsBoundary=boundary)
        elif before.get("PermissionsBoundary"):
            iam.delete_role_permissions_boundary(RoleName=physical_id)
        self._set_policies(aws, physical_id, before, after)
        gone, tags = tag_changes(before, after)
        if gone:
            iam.untag_role(RoleName=physical_id, TagKeys=gone)
        if tags:
            iam.tag_role(RoleName=physical_id, Tags=tag_list(tags))
        return {}

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        self._set_policies(aws, physical_id, properties, {})
        aws("iam").delete_role(RoleName=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        role = aws("iam").get_role(RoleName=physical_id)["Role"]
        attached = aws("iam").list_attached_role_policies(RoleName=physical_id)["AttachedPolicies"]
        read = {"ManagedPolicyArns": [policy["PolicyArn"] for policy in attached], "Tags": role.get("Tags", [])}
        return {key: value for key, value in read.items() if key in properties}

    def _set_policies(self, aws: Aws, name: str, before: Properties, after: Properties) -> None:
        iam = aws("iam")
        old, new = set(before.get("ManagedPolicyArns", [])), set(after.get("ManagedPolicyArns", []))
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        for arn in sorted((old - new) & {each["PolicyArn"] for each in attached}):
            iam.detach_role_policy(RoleName=name, PolicyArn=arn)
        for arn in sorted(new - old):
            iam.attach_role_policy(RoleName=name, PolicyArn=arn)
        had, has = _documents(before.get("Policies", [])), _documents(after.get("Policies", []))
        for policy in had.keys() - has.keys():
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
        for policy, document in has.items():
            iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=document)


class Policy(Handler):
    """AWS::IAM::Policy: an inline policy of roles."""

    type = "AWS::IAM::Policy"
    properties = names("PolicyName PolicyDocument Roles")
    in_place = names("PolicyDocument Roles")
    tags = ""

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        self._put(aws, wanted)
        return Created(physical_id=name)

    def update(self, aws: Aws, physical_id: str, before: Properties, after: Properties) -> Mapping[str, Any]:
        for role in set(before["Roles"]) - set(after["Roles"]):
            aws("iam").delete_role_policy(RoleName=role, PolicyName=before["PolicyName"])
        self._put(aws, after)
        return {}

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        for role in properties["Roles"]:
            aws("iam").delete_role_policy(RoleName=role, PolicyName=properties["PolicyName"])

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        for role in properties["Roles"]:
            if properties["PolicyName"] not in aws("iam").list_role_policies(RoleName=role)["PolicyNames"]:
                return None
        return only(properties, "PolicyName")

    def _put(self, aws: Aws, wanted: Properties) -> None:
        document = json.dumps(wanted["PolicyDocument"])
        for role in wanted["Roles"]:
            aws("iam").put_role_policy(RoleName=role, PolicyName=wanted["PolicyName"], PolicyDocument=document)


class ManagedPolicy(Handler):
    """AWS::IAM::ManagedPolicy."""

    type = "AWS::IAM::ManagedPolicy"
    properties = names("ManagedPolicyName Description Path PolicyDocument Roles")
    tags = ""

    def create(self, aws: Aws, wanted: Properties, name: str) -> Created:
        policy = aws("iam").create_policy(
            PolicyName=wanted.get("ManagedPolicyName", name),
            PolicyDocument=json.dumps(wanted["PolicyDocument"]),
            **only(wanted, "Description Path"),
        )["Policy"]
        for role in wanted.get("Roles", []):
            aws("iam").attach_role_policy(RoleName=role, PolicyArn=policy["Arn"])
        return Created(physical_id=policy["Arn"], attributes={"PolicyArn": policy["Arn"]})

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        for role in properties.get("Roles", []):
            aws("iam").detach_role_policy(RoleName=role, PolicyArn=physical_id)
        aws("iam").delete_policy(PolicyArn=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
        aws("iam").get_policy(PolicyArn=physical_id)
        return {}
