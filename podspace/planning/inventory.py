"""The inventory of a plan: every resource that its stack creates, as CloudFormation sees it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Final, TypeAlias

from podspace.planning.origin import PassedIn

_LONGEST: Final = 255
_LONGEST_HUMAN_PART: Final = 240
_HASH_LENGTH: Final = 8

ConstructPath = tuple[str, ...]
"""The ids of constructs, from the stack down to a resource, without the stack's own."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A property that refers to another resource of the inventory; `attribute` is for Fn::GetAtt, empty for Ref."""

    path: ConstructPath
    attribute: str = ""


Value: TypeAlias = "str | int | bool | Ref | PassedIn | tuple[Value, ...] | Mapping[str, Value]"
"""A property of a resource; references and what a CDK app passes in have no value yet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """One resource that the stack of a plan creates.

    CloudFormation replaces a resource if its logical id or a create-only property changes:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html

    Attributes:
        type: its CloudFormation type, or for the nested stacks of CDK's kubectl provider `Custom::KubectlProvider`.
        path: its construct path, which its logical id follows from.
        kind: what it is in words, such as `pod subnet`.
        name: what tells it from others of its kind; empty if there is one.
        note: what else to show of it, such as `in eu-west-1a`.
        create_only: its create-only properties, by their names in CloudFormation.
        properties: further properties, which change in place.
        refused: those of `properties` whose change the service refuses.
        addresses: the range that no other resource may have at the same time.
        vital: whether running nodes or pods depend on it, so that a deployment which removes it breaks them.
        retained: whether it stays in the account when it leaves the stack (DeletionPolicy Retain).
    """

    type: str
    path: ConstructPath
    kind: str
    name: str = ""
    note: str = ""
    create_only: Mapping[str, Value] = field(default_factory=dict)
    properties: Mapping[str, Value] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    addresses: IPv4Network | None = None
    vital: bool = False
    retained: bool = False

    @property
    def logical_id(self) -> str:
        """Its logical id in the template of `PodNetworkStack`."""
        return logical_id(self.path)

    @property
    def title(self) -> str:
        """Its kind and name."""
        return f"{self.kind} {self.name}".strip()


def logical_id(path: ConstructPath) -> str:
    """The logical id that CDK gives to the construct at a path below its stack.

    https://docs.aws.amazon.com/cdk/v2/guide/identifiers.html#identifiers-logical-ids; the details are those of
    `makeUniqueId` of aws-cdk-lib, whose ids may not change from version to version.
    """
    parts = [part for part in path if part != "Default"]
    if len(parts) == 1 and len(alone := _alphanumeric(parts[0])) <= _LONGEST:
        return alone
    digest = hashlib.md5("/".join(parts).encode(), usedforsecurity=False).hexdigest()[:_HASH_LENGTH].upper()
    kept: list[str] = []
    for part in parts:
        if not kept or not kept[-1].endswith(part):
            kept.append(part)
    human = "".join(_alphanumeric(part) for part in kept if part != "Resource")
    return human[:_LONGEST_HUMAN_PART] + digest


def _alphanumeric(text: str) -> str:
    return re.sub("[^A-Za-z0-9]", "", text)


def construct_id(text: object) -> str:
    """The id of a construct that is named after a CIDR or a prefix list: `100.64.0.0-18`."""
    return str(text).replace("/", "-")
