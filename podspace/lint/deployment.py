"""A deployment: its stacks, and the manifests that belong to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final

from pydantic import JsonValue

from podspace.formats.document import Document
from podspace.formats.manifest_reader import FoundObject
from podspace.lint.applied import applied_objects
from podspace.lint.resolver import Resolver
from podspace.lint.stack import NESTED, Resource, Stack
from podspace.lint.value import Reference, Value, leaves, references


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """A Kubernetes object.

    Attributes:
        kind: such as `NodeClass`.
        data: the whole of it.
        found: where it was read; None where a template holds it.
        applied_by: the resource of the template that holds it.
    """

    kind: str
    data: Mapping[str, Value]
    found: FoundObject | None = None
    applied_by: Resource | None = None

    @property
    def name(self) -> str:
        """Name of the object; empty if it has none, or it is unknown."""
        name = self.get("metadata", "name")
        return name if isinstance(name, str) else ""

    @property
    def folder(self) -> str:
        """Where it was read, or the stack that applies it."""
        if self.applied_by:
            return self.applied_by.stack.key
        return str(self.found.document.path.parent) if self.found else ""

    def get(self, *path: str) -> Value:
        """A value in it, such as `("spec", "role")`; None if it is not given."""
        if not path:
            return dict(self.data)
        value = self.data.get(path[0])
        for key in path[1:]:
            value = value.get(key) if isinstance(value, dict) else None
        return value


Conditions = frozenset[tuple[str, str]]

_HARMLESS: Final = (
    "Custom::VpcRestrictDefaultSG",
    "Custom::AWSCDK-EKS",
    "Custom::S3AutoDelete",
    "Custom::LogRetention",
)
"""Custom resources of CDK that make nothing a rule asks about."""


class Deployment:
    """Stacks and manifests that belong together.

    Attributes:
        stacks: all stacks.
        manifests: NodeClasses, NodePools and ENIConfigs, of files and in templates.
        switches: ConfigMaps that may switch network policies on.
        resolver: resolves values of the stacks.

    Raises:
        InputError: a value of a template refers to itself.
    """

    def __init__(
        self,
        stacks: Iterable[Stack],
        objects: Iterable[FoundObject] = (),
        switches: Iterable[Document] = (),
        *,
        resolver: Resolver | None = None,
    ) -> None:
        """Combine stacks and manifests.

        Args:
            stacks: all stacks.
            objects: Kubernetes objects of files.
            switches: ConfigMaps that may switch network policies on.
            resolver: resolves values of these stacks, and of others that they refer to.
        """
        self.stacks = tuple(stacks)
        self.resolver = resolver or Resolver(self.stacks)
        self.switches: list[Mapping[str, Value]] = [dict(d.data) for d in switches if isinstance(d.data, dict)]  # type: ignore[arg-type]
        self.manifests = [Manifest(kind=o.kind.__name__, data=o.data, found=o) for o in objects]  # type: ignore[arg-type]
        for resource in self.resources:
            for data in applied_objects(resource):
                kind = str(data.get("kind"))
                if kind == "ConfigMap":
                    self.switches.append(data)
                self.manifests.append(Manifest(kind=kind, data=data, applied_by=resource))

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """The resources of all stacks, but for those whose condition does not hold."""
        return tuple(self._resources())

    def _resources(self) -> Iterator[Resource]:
        stacks_with = Counter(id for stack in self.stacks for id, _ in stack.bodies())
        stacks_called = Counter(stack.origin.name for stack in self.stacks)
        for stack in self.stacks:
            above = self._conditions_above(stack)
            if above is None:
                continue
            stack_name = stack.origin.name if stacks_called[stack.origin.name] == 1 else stack.key
            resolve = partial(self.resolver.resolve, stack)
            for id, body in stack.bodies():
                conditions = self._conditions(stack, body)
                if conditions is not None:
                    depends_on, other = above | conditions, stack_name if stacks_with[id] > 1 else ""
                    yield Resource(stack, id, body, depends_on=depends_on, resolve=resolve, named_with=other)

    def _conditions(self, stack: Stack, body: Mapping[str, JsonValue]) -> Conditions | None:
        """The condition of a resource, if it cannot be told; None if it does not hold."""
        if "Condition" not in body:
            return frozenset()
        holds = self.resolver.condition(stack, body["Condition"])
        return None if holds is False else frozenset() if holds else frozenset({(stack.key, str(body["Condition"]))})

    def _conditions_above(self, stack: Stack) -> Conditions | None:
        """The same for everything that a stack is nested in."""
        parent = next((other for other in self.stacks if other.key == stack.origin.parent), None)
        if not parent:
            return frozenset()
        body = dict(parent.bodies()).get(stack.origin.nested_as, {})
        own, above = self._conditions(parent, body), self._conditions_above(parent)
        return None if own is None or above is None else own | above

    @cached_property
    def told(self) -> tuple[Value, ...]:
        """Values in the properties of custom resources: text, numbers, references."""
        custom = [
            resource
            for resource in self.resources
            if resource.type.startswith(("Custom::", "AWS::CloudFormation::CustomResource"))
            and not resource.type.startswith(_HARMLESS)
        ]
        return tuple(leaf for resource in custom for leaf in leaves(dict(resource.properties)))

    @cached_property
    def customised(self) -> frozenset[Reference]:
        """Resources to which custom resources refer, and which they may change in ways that no template shows."""
        return frozenset(references(list(self.told)))

    @cached_property
    def _by_type(self) -> dict[str, list[Resource]]:
        by_type: dict[str, list[Resource]] = {}
        for resource in self.resources:
            by_type.setdefault(resource.type, []).append(resource)
        return by_type

    def of_type(self, *types: str) -> list[Resource]:
        """The resources of types, such as `AWS::EC2::Subnet`."""
        return [resource for one in types for resource in self._by_type.get(one, ())]

    def of_kind(self, kind: str) -> list[Manifest]:
        """The objects of a kind, such as `NodePool`."""
        return [manifest for manifest in self.manifests if manifest.kind == kind]

    @cached_property
    def whole(self) -> bool:
        """Whether the input has every resource of the stacks and of their nested stacks."""
        nested = {(stack.origin.parent, stack.origin.nested_as) for stack in self.stacks}
        here = all((one.stack.key, one.id) in nested for one in self.of_type(NESTED))
        return here and all(stack.whole for stack in self.stacks)
