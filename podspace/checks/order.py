"""The order in which CloudFormation makes things."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from pydantic import JsonValue

from podspace.checks.stack import Resource, Stack


class Order:
    """Which resources wait for which, by DependsOn and by references."""

    def __init__(self, stacks: Iterable[Stack]) -> None:
        self._stacks = {stack.name: stack for stack in stacks}
        self._known: dict[str, dict[str, set[str]]] = {}

    def waits(self, resource: Resource, other: Resource) -> bool:
        """Whether a resource is made after another one; taken to be where stacks outside an assembly are concerned."""
        if resource.stack is other.stack:
            return other.id in self._all(resource.stack, resource.id)
        one, two = self._top(resource.stack), self._top(other.stack)
        if one is two:  # nested stacks: the parent's resources wait for each other
            names = [stack.origin.nested_as for stack in (resource.stack, other.stack)]
            return not all(names) or names[1] in self._all(one, names[0])
        return not one.origin.construct_path or two.name in self._stacks_before(one)

    def _top(self, stack: Stack) -> Stack:
        while stack.origin.parent:
            stack = self._stacks[stack.origin.parent]
        return stack

    def _stacks_before(self, stack: Stack) -> set[str]:
        found: set[str] = set()
        waiting = [stack.name]
        while waiting:
            for name in self._stacks[waiting.pop()].origin.waits_for:
                if name in self._stacks and name not in found:
                    found.add(name)
                    waiting.append(name)
        return found

    def _all(self, stack: Stack, id: str) -> set[str]:
        direct = self._known.setdefault(stack.name, {})
        found: set[str] = set()
        waiting = [id]
        while waiting:
            name = waiting.pop()
            if name not in direct:
                body = stack.section("Resources").get(name)
                direct[name] = set(_named_in(body, stack)) if isinstance(body, dict) else set()
            new = direct[name] - found
            found |= new
            waiting.extend(new)
        return found


def _named_in(body: dict[str, JsonValue], stack: Stack) -> Iterator[str]:
    """The resources that a resource names, in DependsOn or by a function."""
    depends = body.get("DependsOn")
    yield from (name for name in (depends if isinstance(depends, list) else [depends]) if isinstance(name, str))
    text = json.dumps(body.get("Properties"))
    for name in stack.section("Resources"):
        if f'"{name}"' in text or f"${{{name}}}" in text or f"${{{name}." in text or f'"{name}.' in text:
            yield name
