"""Stacks and their resources, with values resolved as far as they can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pydantic import JsonValue

from podspace.checks.value import Reference, Value, items, mapping
from podspace.document import Document

ID_ATTRIBUTES = frozenset(
    {
        ("AWS::EC2::InternetGateway", "InternetGatewayId"),
        ("AWS::EC2::NatGateway", "NatGatewayId"),
        ("AWS::EC2::RouteTable", "RouteTableId"),
        ("AWS::EC2::SecurityGroup", "GroupId"),
        ("AWS::EC2::Subnet", "SubnetId"),
        ("AWS::EC2::TransitGateway", "Id"),
        ("AWS::EC2::TransitGatewayAttachment", "Id"),
        ("AWS::EC2::TransitGatewayVpcAttachment", "Id"),
        ("AWS::EC2::VPC", "VpcId"),
        ("AWS::EC2::VPCCidrBlock", "Id"),
        ("AWS::EC2::VPCEndpoint", "Id"),
    }
)
"""Attributes that are what `Ref` gives."""

NAMED_BY = {
    "AWS::EKS::Cluster": "Name",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
}
"""Properties that `Ref` gives back where they are written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where a stack comes from, and what its assembly says of it.

    Attributes:
        name: of the stack, as CloudFormation knows it; of a template by itself its file, of a nested one its path.
        construct_path: in the CDK app; empty outside of one.
        region: such as `eu-west-1`; empty if it is not known.
        account: twelve digits; empty if it is not known.
        tags: that CloudFormation puts on every resource of the stack.
        waits_for: the names of the stacks that are deployed before.
        parent: the name of the stack that this is nested in; empty if in none.
        nested_as: the logical id of that in the parent.
    """

    name: str
    construct_path: str = ""
    region: str = ""
    account: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    waits_for: frozenset[str] = frozenset()
    parent: str = ""
    nested_as: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stack:
    """A template, and what is known of the stack that it makes."""

    origin: Origin
    document: Document

    @property
    def name(self) -> str:
        """The stack's name."""
        return self.origin.name

    @property
    def whole(self) -> bool:
        """Whether it makes just the resources it lists; a macro may make more."""
        data = self.document.data
        loops = any(name.startswith("Fn::") for name in self.section("Resources"))
        return isinstance(data, dict) and "Transform" not in data and not loops

    def section(self, name: str) -> Mapping[str, JsonValue]:
        """A section of the template, such as `Resources`; empty if it has none."""
        data = self.document.data
        section = data.get(name) if isinstance(data, dict) else None
        return section if isinstance(section, dict) else {}

    def property(self, id: str, name: str) -> JsonValue:
        """A property of a resource as the template has it; None if it has none."""
        body = self.section("Resources").get(id)
        properties = body.get("Properties") if isinstance(body, dict) else None
        return properties.get(name) if isinstance(properties, dict) else None

    def bodies(self) -> Iterator[tuple[str, Mapping[str, JsonValue]]]:
        """The resources as the template has them, by logical id."""
        for id, body in self.section("Resources").items():
            if isinstance(body, dict) and isinstance(body.get("Type"), str):
                yield id, body


class Resource:
    """A resource of a template.

    Attributes:
        stack: it belongs to.
        id: its logical id.
        type: such as `AWS::EC2::Subnet`.
        body: as the template has it.
        certain: whether it is made for certain, rather than under a condition that cannot be told.
    """

    def __init__(
        self,
        stack: Stack,
        id: str,
        body: Mapping[str, JsonValue],
        *,
        certain: bool,
        resolve: Callable[[JsonValue], Value],
    ) -> None:
        self.stack = stack
        self.id = id
        self.type = str(body["Type"])
        self.body = body
        self.certain = certain
        self._resolve = resolve

    @cached_property
    def properties(self) -> Mapping[str, Value]:
        """Its properties, resolved."""
        return mapping(self._resolve(self.body.get("Properties")))

    def get(self, *path: str) -> Value:
        """A property, such as `("ResourcesVpcConfig", "SubnetIds")`; None if it is not given.

        Below a value that is not known it is that value.
        """
        value: Value = dict(self.properties)
        for name in path:
            if not isinstance(value, dict):
                return None if isinstance(value, bool | int | float | str | list) else value
            value = value.get(name)
        return value

    @cached_property
    def reference(self) -> Reference:
        """The reference to its own id."""
        return Reference(self.stack.name, self.id, resource=True)

    @cached_property
    def tags(self) -> Mapping[str, Value]:
        """Its tags by key, those of the stack among them; what has no key that is known is left out."""
        entries = [mapping(entry) for entry in items(self.properties.get("Tags"))]
        own = {entry["Key"]: entry.get("Value") for entry in entries if isinstance(entry.get("Key"), str)}
        return {**self.stack.origin.tags, **own}  # type: ignore[dict-item]

    @property
    def tags_known(self) -> bool:
        """Whether those are all its tags."""
        tags = self.properties.get("Tags")
        return tags is None or (isinstance(tags, list) and all(isinstance(entry, dict) for entry in tags))

    @property
    def construct_path(self) -> str:
        """Its path in the CDK app; empty outside of one."""
        path = self.metadata.get("aws:cdk:path")
        return path if isinstance(path, str) else ""

    @property
    def metadata(self) -> Mapping[str, Value]:
        """Its metadata, as the template has it."""
        return mapping(self.body.get("Metadata"))  # type: ignore[arg-type]
