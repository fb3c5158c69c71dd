"""Stacks and their resources, with values resolved as far as they can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pydantic import JsonValue

from podspace.formats.document import Document
from podspace.lint.value import UNKNOWN, Reference, Value, items, mapping

NESTED = "AWS::CloudFormation::Stack"
"""The type of a resource that is a stack."""

HARMLESS_TRANSFORMS = ("AWS::LanguageExtensions", "AWS::Serverless-2016-10-31")
"""Transforms that create no resources of a VPC, apart from loops by Fn::ForEach.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
"""

ID_ATTRIBUTES = frozenset(
    {
        ("AWS::EC2::InternetGateway", "InternetGatewayId"),
        ("AWS::EC2::NatGateway", "NatGatewayId"),
        ("AWS::EC2::NetworkAcl", "Id"),
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


LOOP = "Fn::ForEach::"
"""Beginning of the key of a loop; one that remains in a template is over unknown values."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where a stack comes from, and facts of its cloud assembly.

    Attributes:
        name: name of the stack in CloudFormation; for a single template, its file.
        key: unique key among the stacks of the input; empty for its name.
        folder: folder of its assembly; empty for a single template.
        construct_path: construct path in the CDK app; empty outside of one.
        region: such as `eu-west-1`; empty if unknown.
        account: account id of 12 digits; empty if unknown.
        tags: tags that CloudFormation adds to every resource of the stack.
        waits_for: keys of the stacks that are deployed before.
        parent: key of the parent of a nested stack; empty for others.
        nested_as: logical id of the nested stack in its parent.
    """

    name: str
    key: str = ""
    folder: str = ""
    construct_path: str = ""
    region: str = ""
    account: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    waits_for: frozenset[str] = frozenset()
    parent: str = ""
    nested_as: str = ""

    def may_share(self, other: Origin) -> bool:
        """Whether two stacks may be deployed to one account and region.

        Stacks of one assembly are, as far as they say nothing else; those of two stages only if both say so.
        """
        if self.folder != other.folder and not (self.account and self.account == other.account):
            return False
        accounts, regions = {self.account, other.account} - {""}, {self.region, other.region} - {""}
        return len(accounts) <= 1 and len(regions) <= 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Stack:
    """A template, and known facts about its stack.

    Attributes:
        construct_paths: construct paths of its resources by logical id, as far as the assembly has them.
    """

    origin: Origin
    document: Document
    construct_paths: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Unique key among the stacks of the input."""
        return self.origin.key or self.origin.name

    @property
    def whole(self) -> bool:
        """Whether it makes just the resources it lists; a macro may make more."""
        data = self.document.data
        loops = any(name.startswith("Fn::") for name in self.section("Resources"))
        kinds = [str(body["Type"]) for _, body in self.bodies()]
        elsewhere = any(kind.endswith("::MODULE") or kind == "AWS::CloudFormation::StackSet" for kind in kinds)
        return isinstance(data, dict) and self._only_harmless_transforms and not loops and not elsewhere

    @property
    def _only_harmless_transforms(self) -> bool:
        """Whether no transform of the whole template creates resources of a VPC."""
        data = self.document.data
        transforms = data.get("Transform", []) if isinstance(data, dict) else []
        return all(one in HARMLESS_TRANSFORMS for one in (transforms if isinstance(transforms, list) else [transforms]))

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
        stack: stack of the resource.
        id: logical id.
        type: such as `AWS::EC2::Subnet`.
        body: the resource as in the template.
        depends_on: unknown conditions under which it is created, each with the key of its stack.
        named: name in messages: logical id, with the stack or file if another stack has that id too.
    """

    def __init__(
        self,
        stack: Stack,
        id: str,
        body: Mapping[str, JsonValue],
        *,
        depends_on: frozenset[tuple[str, str]],
        resolve: Callable[[JsonValue], Value],
        named_with: str = "",
    ) -> None:
        self.stack = stack
        self.id = id
        self.named = f"{id} of {named_with}" if named_with else id
        self.type = str(body["Type"])
        self.body = body
        self.depends_on = depends_on
        self._resolve = resolve

    @property
    def certain(self) -> bool:
        """Whether it is certainly created with these properties, by conditions and macros."""
        return not self.depends_on and not self._by_macro

    @property
    def _by_macro(self) -> bool:
        """Whether a macro, or a loop over values that are not known, may give it more properties."""
        properties = self.body.get("Properties")
        return isinstance(properties, dict) and any(name.startswith(("Fn::Transform", LOOP)) for name in properties)

    @cached_property
    def properties(self) -> Mapping[str, Value]:
        """Resolved properties, without those of a loop over unknown values."""
        written = self.body.get("Properties")
        known = {name: value for name, value in mapping(written).items() if not name.startswith(LOOP)}  # type: ignore[arg-type]
        return mapping(self._resolve(known if isinstance(written, dict) else written))  # type: ignore[arg-type]

    def get(self, *path: str) -> Value:
        """A property, such as `("ResourcesVpcConfig", "SubnetIds")`; None if it is not given.

        Below a value that is not known it is that value.
        """
        value: Value = dict(self.properties)
        for name in path:
            if not isinstance(value, dict):
                return None if isinstance(value, bool | int | float | str | list) else value
            value = value.get(name)
        return UNKNOWN if value is None and self._by_macro else value

    @cached_property
    def reference(self) -> Reference:
        """The reference to its own id."""
        return Reference(self.stack.key, self.id, resource=True)

    @cached_property
    def tags(self) -> Mapping[str, Value]:
        """Tags by key, including those of the stack, without tags whose key is unknown."""
        entries = [mapping(entry) for entry in items(self.properties.get("Tags"))]
        own = {entry["Key"]: entry.get("Value") for entry in entries if isinstance(entry.get("Key"), str)}
        logical_id = {"aws:cloudformation:logical-id": self.id}
        return {**logical_id, **self.stack.origin.tags, **own}  # type: ignore[dict-item]

    @cached_property
    def tags_known(self) -> bool:
        """Whether those are all its tags."""
        tags = self.properties.get("Tags")
        entries = [mapping(entry) for entry in items(tags)]
        return tags is None or (isinstance(tags, list) and all(isinstance(e.get("Key"), str) for e in entries))

    @property
    def construct_path(self) -> str:
        """Construct path in the CDK app; empty outside of one."""
        path = self.metadata.get("aws:cdk:path")
        return path if isinstance(path, str) else self.stack.construct_paths.get(self.id, "")

    @property
    def metadata(self) -> Mapping[str, Value]:
        """Metadata of the resource, as in the template."""
        return mapping(self.body.get("Metadata"))  # type: ignore[arg-type]
