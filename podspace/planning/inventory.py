"""The inventory of a plan: every CloudFormation resource of its stack."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Final, TypeAlias

from podspace.diagnostic import Diagnostic, Location
from podspace.planning.origin import Created, Existing, Origin, PassedIn

_LONGEST: Final = 255
_LONGEST_HUMAN_PART: Final = 240
_HASH_LENGTH: Final = 8
MOST_RESOURCES: Final = 500
"""Maximum number of resources of a CloudFormation template, a quota that cannot be raised: see _QUOTA_PAGE."""
_QUOTA_PAGE: Final = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"
_KINDS_NAMED: Final = 3

ConstructPath = tuple[str, ...]
"""Ids of the constructs from the stack down to a resource, without the id of the stack."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A property that refers to another resource of the inventory: Fn::GetAtt of `attribute`, or Ref if it is empty."""

    path: ConstructPath
    attribute: str = ""


Value: TypeAlias = "str | int | float | bool | Ref | PassedIn | tuple[Value, ...] | Mapping[str, Value]"
"""Value of a property of a CloudFormation resource.

References, and objects that a CDK app passes in, have no value yet. Tags are a mapping from key to value. Pseudo
parameters are written as in Fn::Sub, `${AWS::Partition}`. ARNs that contain an id are the id or the reference alone,
and policies that name another resource are the reference alone.
"""

KUBECTL_PROVIDER: Final = "Custom::KubectlProvider"
KUBERNETES_OBJECT: Final = "Custom::AWSCDK-EKS-KubernetesResource"


@dataclass(frozen=True, kw_only=True, slots=True)
class HourlyCost:
    """A cost by the hour.

    Attributes:
        what: what is paid, in words, such as `NAT gateway`.
        units: number of them, or of their zones.
        price: key in the `prices` section, such as `nat_gateway_hour`.
        new: whether the plan creates the resource.
        at_least: whether there may be more than the config says.
    """

    what: str
    units: int
    price: str
    new: bool
    at_least: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """One resource that the stack of a plan creates.

    CloudFormation replaces a resource if its logical id or a create-only property changes:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html

    Everything that CDK creates for its kubectl provider (the functions, their layers, log groups and role, all of whose
    logical ids begin with `ManifestsKubectl`) is one entry of the type `KUBECTL_PROVIDER`. Every other resource of a
    template has its own entry.

    Attributes:
        type: its CloudFormation type.
        path: construct path, from which the logical id follows.
        kind: kind in words, such as `pod subnet`.
        name: what distinguishes it from others of its kind; empty if there is one.
        note: another fact to show, such as `in eu-west-1a`.
        keys: keys of the config that decide it, such as `pods.cidrs[0]`.
        create_only: create-only properties by their CloudFormation names.
        properties: other properties, which change in place: those that follow from the config, and references.
        refused: properties, or facts in words, that the service refuses to change.
        part_of: path of the resource that it is created and deleted with; reports name only that one.
        addresses: range that no other resource can have at the same time.
        exclusive: resources that only one resource can be associated with, such as Elastic IP addresses.
        vital: whether running nodes or pods depend on it, so that a deployment that removes it breaks them.
        vital_values: the values that pods or other networks depend on in a vital resource, although its properties
            change in place, such as the target of a route; in words if AWS chooses the value.
        hourly: its costs by the hour.
        count: number of resources in the template.
        retained: whether it stays in the account when it leaves the stack (DeletionPolicy Retain, or
            RetainExceptOnCreate, which keeps nothing of a failed creation).
    """

    type: str
    path: ConstructPath
    kind: str
    name: str = ""
    note: str = ""
    keys: tuple[str, ...] = ()
    create_only: Mapping[str, Value] = field(default_factory=dict)
    properties: Mapping[str, Value] = field(default_factory=dict)
    refused: Mapping[str, Value] = field(default_factory=dict)
    part_of: ConstructPath = ()
    addresses: IPv4Network | None = None
    exclusive: tuple[Value, ...] = ()
    vital: bool = False
    vital_values: tuple[Value, ...] = ()
    hourly: tuple[HourlyCost, ...] = ()
    count: int = 1
    retained: bool = False

    @property
    def logical_id(self) -> str:
        """Logical id in the template of `PodNetworkStack`."""
        return logical_id(self.path)

    @property
    def title(self) -> str:
        """Kind and name, such as `pod subnet 100.64.0.0/18`."""
        return f"{self.kind} {self.name}".strip()

    @property
    def references(self) -> frozenset[Ref]:
        """References in its properties."""
        return frozenset(references((*self.create_only.values(), *self.properties.values())))


def size_problems(resources: Sequence[Resource]) -> Iterator[Diagnostic]:
    """An error if a template has more resources than CloudFormation allows."""
    total = sum(resource.count for resource in resources)
    if total > MOST_RESOURCES:
        kinds = Counter(resource.kind for resource in resources).most_common(_KINDS_NAMED)
        most = ", ".join(f"{kind} {count}" for kind, count in kinds)
        yield Diagnostic(
            id="too-many-resources",
            location=Location(path="stack"),
            subject=f"{total} resources",
            message=f"must be at most {MOST_RESOURCES}, the quota of resources in a CloudFormation template; most of "
            f"them are {most}",
            fix="use fewer and larger CIDR blocks, or fewer rules, or plan a second pod network in a file of its own",
            source=_QUOTA_PAGE,
        )


def references(value: Value) -> Iterator[Ref]:
    """Every reference in a value."""
    match value:
        case Ref():
            yield value
        case tuple():
            for item in value:
                yield from references(item)
        case Mapping():
            for item in value.values():
                yield from references(item)


def value_of(origin: Origin, path: ConstructPath, attribute: str = "") -> Value:
    """Id of a resource as a property of another one, or a reference to the new resource at the construct path
    `path`.
    """
    match origin:
        case Existing(id):
            return id
        case Created():
            return Ref(path, attribute)
        case PassedIn():
            return origin


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
    """Construct id from a CIDR block or prefix list: `100.64.0.0-18`."""
    return str(text).replace("/", "-")
