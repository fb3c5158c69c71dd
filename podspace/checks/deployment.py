"""Everything in hand at once: the stacks of a deployment, and the manifests that belong to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

from podspace.checks.applied import applied_objects
from podspace.checks.resolver import Resolver
from podspace.checks.stack import Resource, Stack
from podspace.checks.value import Value
from podspace.document import Document
from podspace.manifest_reader import FoundObject


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
        """Its name; empty if it has none that is known."""
        name = self.get("metadata", "name")
        return name if isinstance(name, str) else ""

    def get(self, *path: str) -> Value:
        """A value in it, such as `("spec", "role")`; None if it is not given."""
        value: Value = dict(self.data)
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return value


class Deployment:
    """Stacks and manifests that belong together.

    Attributes:
        stacks: all of them.
        manifests: NodeClasses, NodePools and ENIConfigs, those in templates among them.
        switches: ConfigMaps that may switch network policies on.
        resolver: of values in the stacks.

    Raises:
        PlanError: a value of a template refers to itself.
    """

    def __init__(
        self, stacks: Iterable[Stack], objects: Iterable[FoundObject] = (), switches: Iterable[Document] = ()
    ) -> None:
        self.stacks = tuple(stacks)
        self.resolver = Resolver(self.stacks)
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
        for stack in self.stacks:
            resolve = partial(self.resolver.resolve, stack)
            for id, body in stack.bodies():
                holds = self.resolver.condition(stack, body["Condition"]) if "Condition" in body else True
                if holds is not False:
                    yield Resource(stack, id, body, certain=holds is True, resolve=resolve)

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
        """Whether the stacks make just the resources that are in hand."""
        return all(stack.whole for stack in self.stacks)
