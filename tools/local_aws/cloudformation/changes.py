"""What a new template changes in a stack, as far as that is known before it is deployed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from tools.local_aws.cloudformation.dependencies import creation_order
from tools.local_aws.cloudformation.failure import CloudFormationError
from tools.local_aws.cloudformation.functions import UNKNOWN, Scope
from tools.local_aws.cloudformation.resources import HANDLERS, Handler
from tools.local_aws.cloudformation.schema import create_only
from tools.local_aws.cloudformation.stack import Stack
from tools.local_aws.cloudformation.template import active


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A change to one resource.

    Attributes:
        replacement: True, False or Conditional for one that is modified; empty for others.
        properties: the names of the properties that change.
    """

    action: Literal["Add", "Modify", "Remove"]
    logical_id: str
    type: str
    physical_id: str = ""
    replacement: Literal["", "True", "False", "Conditional"] = ""
    properties: tuple[str, ...] = ()


class _AnyAttribute(dict[str, Any]):
    """The attributes of a resource that does not exist yet."""

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> str:
        return UNKNOWN


def changed_properties(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the properties that differ."""
    names = dict.fromkeys((*before, *after))
    return tuple(name for name in names if before.get(name, ...) != after.get(name, ...))


def replacing(handler: Handler, region: str) -> frozenset[str]:
    """The names of the properties whose change replaces a resource of a type."""
    return handler.create_only if handler.custom else create_only(handler.type, region)


def changes(stack: Stack, scope: Scope, *, tags: Mapping[str, str]) -> list[Change]:
    """The changes of a deployment, in no order of importance.

    Raises:
        CloudFormationError: a changed property is not emulated, or resources wait for each other.
    """
    wanted = active(scope)
    found = [
        Change(action="Remove", logical_id=name, type=resource.type, physical_id=resource.physical_id)
        for name, resource in stack.resources.items()
        if name not in wanted
    ]
    return [*found, *_kept_and_new(stack, scope, wanted, tags)]


def _kept_and_new(
    stack: Stack, scope: Scope, wanted: Mapping[str, Mapping[str, Any]], tags: Mapping[str, str]
) -> Iterator[Change]:
    ids = {name: resource.physical_id for name, resource in stack.resources.items()}
    attributes: dict[str, Mapping[str, Any]] = {name: each.attributes for name, each in stack.resources.items()}
    for name in creation_order(wanted, seed=0):
        type_ = wanted[name]["Type"]
        handler = HANDLERS[type_]
        deployed = stack.resources.get(name)
        with_ids = replace(scope, physical_ids=ids, attributes=attributes)
        after = handler.tagged(with_ids.evaluated(wanted[name].get("Properties", {})), tags)
        if deployed is None or deployed.type != type_:
            if deployed:
                raise CloudFormationError(f"Update of resource type is not permitted. The new template modifies {name}")
            ids[name], attributes[name] = UNKNOWN, _AnyAttribute()
            yield Change(action="Add", logical_id=name, type=type_)
            continue
        names = changed_properties(deployed.properties, after)
        anew = [each for each in names if each in replacing(handler, stack.region)]
        if unable := sorted(set(names) - set(anew) - handler.in_place):
            raise CloudFormationError(f"resource {name}: a change of {unable} of {type_} is not emulated")
        if not names:
            continue
        certain = any(UNKNOWN not in str(after.get(each)) for each in anew)
        if anew:
            ids[name], attributes[name] = UNKNOWN, _AnyAttribute()
        yield Change(
            action="Modify",
            logical_id=name,
            type=type_,
            physical_id=deployed.physical_id,
            replacement="False" if not anew else "True" if certain else "Conditional",
            properties=names,
        )
