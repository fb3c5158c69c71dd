"""In which order resources are created: by their dependencies, and otherwise as adverse as it can be."""

from __future__ import annotations

from collections.abc import Mapping, Set
from random import Random
from typing import Any

from tools.local_aws.cloudformation.failure import CloudFormationError
from tools.local_aws.cloudformation.functions import references


def dependencies(resources: Mapping[str, Mapping[str, Any]]) -> dict[str, set[str]]:
    """The logical ids that each resource waits for: those it refers to, and those of DependsOn."""
    found = {}
    for name, resource in resources.items():
        stated = resource.get("DependsOn", [])
        waits = {stated} if isinstance(stated, str) else set(stated)
        if unknown := sorted(waits - resources.keys()):
            raise CloudFormationError(f"Template format error: Unresolved resource dependencies {unknown}")
        found[name] = (waits | set(references(resource.get("Properties", {})))) & resources.keys()
    return found


def creation_order(resources: Mapping[str, Mapping[str, Any]], *, seed: int) -> list[str]:
    """Every logical id once, after all that it waits for.

    A resource at random is wanted first, and what it waits for is created just before it.  So something at the end of a
    long chain comes as early as it can, and a dependency that the template does not state is missing.

    Args:
        resources: of a template, by their logical ids.
        seed: of the choice; one seed always gives the same order.

    Raises:
        CloudFormationError: resources wait for each other.
    """
    waits, random = dependencies(resources), Random(seed)
    order: dict[str, None] = {}
    for name in _shuffled(waits.keys(), random):
        _add(name, waits, order, random, ())
    return list(order)


def _add(
    name: str, waits: Mapping[str, Set[str]], order: dict[str, None], random: Random, path: tuple[str, ...]
) -> None:
    if name in order:
        return
    if name in path:
        circle = ", ".join(sorted(path[path.index(name) :]))
        raise CloudFormationError(f"Circular dependency between resources: [{circle}]")
    for other in _shuffled(waits[name], random):
        _add(other, waits, order, random, (*path, name))
    order[name] = None


def _shuffled(names: Set[str], random: Random) -> list[str]:
    found = sorted(names)
    random.shuffle(found)
    return found
