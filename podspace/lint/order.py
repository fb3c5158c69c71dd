"""The order in which CloudFormation makes things."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from pydantic import JsonValue

from podspace.diagnostic import Diagnostic, Location
from podspace.lint.deployment import Deployment
from podspace.lint.stack import Resource, Stack

_NAMED_IN_SUB: Final = re.compile(r"\$\{([^{}!.]+)(?:\.[^{}]*)?\}")


class Order:
    """Which resources wait for which, by DependsOn and by references, and which stacks for which."""

    def __init__(self, deployment: Deployment) -> None:
        self._resolver = deployment.resolver
        self._stacks = {stack.key: stack for stack in deployment.stacks}
        self._known: dict[str, dict[str, set[str]]] = {}

    def waits(self, resource: Resource, other: Resource) -> bool:
        """Whether a resource is created after another one.

        Templates without a cloud assembly are assumed to be deployed in the correct order.
        """
        ours, theirs = self._way(resource), self._way(other)
        depth = 0
        while depth < min(len(ours), len(theirs)) and ours[depth] == theirs[depth]:
            depth += 1
        (stack, id), (other_stack, other_id) = ours[min(depth, len(ours) - 1)], theirs[min(depth, len(theirs) - 1)]
        if stack == other_stack:
            return other_id in self._all(self._stacks[stack], id)
        one = self._stacks[stack]
        return not one.origin.folder or other_stack in self._before(one)

    def _way(self, resource: Resource) -> list[tuple[str, str]]:
        """The stack and the id of a resource, and before it of everything that it is nested in."""
        way = [(resource.stack.key, resource.id)]
        stack = resource.stack
        while stack.origin.parent in self._stacks:
            way.insert(0, (stack.origin.parent, stack.origin.nested_as))
            stack = self._stacks[stack.origin.parent]
        return way

    def _before(self, stack: Stack) -> set[str]:
        """The keys of the stacks that are deployed before one."""
        found: set[str] = set()
        waiting = [stack.key]
        while waiting:
            one = self._stacks.get(waiting.pop())
            names = one.origin.waits_for | set(self._imported_from(one)) if one else set()
            new = {name for name in names if name in self._stacks} - found
            found |= new
            waiting.extend(new)
        return found

    def _imported_from(self, stack: Stack) -> Iterator[str]:
        """An export is there before the stack that imports it is made."""
        for name, argument in _functions(dict(stack.section("Resources"))):
            if name == "Fn::ImportValue":
                yield from (exporter.key for exporter, _ in self._resolver.exporters(stack, argument))

    def _all(self, stack: Stack, id: str) -> set[str]:
        direct = self._known.setdefault(stack.key, {})
        found: set[str] = set()
        waiting = [id]
        while waiting:
            name = waiting.pop()
            if name not in direct:
                body = stack.section("Resources").get(name)
                direct[name] = set(named_in(body)) if isinstance(body, dict) else set()
            new = direct[name] - found
            found |= new
            waiting.extend(new)
        return found


def circular(stacks: Iterable[Stack]) -> Iterator[Diagnostic]:
    """Resources that wait for themselves, which CloudFormation refuses; under a condition they may not be there."""
    for stack in stacks:
        bodies = {id: body for id, body in stack.bodies() if "Condition" not in body}
        waits_for = {
            id: [name for name in named_in(body, certain=True) if name in bodies] for id, body in bodies.items()
        }
        way = _circle(waits_for)
        if way:
            circle = Diagnostic(
                id="circular-dependency",
                location=Location(path=f"Resources.{way[0]}"),
                message=f"must not depend on itself: {' -> '.join(way)}",
            )
            yield stack.document.located(circle)


def _circle(waits_for: Mapping[str, Sequence[str]]) -> list[str]:
    """The first way that comes back to where it began; empty if there is none."""
    done: set[str] = set()
    for start in waits_for:
        way = [start] if start not in done else []
        left = [iter(waits_for[start])]
        while way:
            following = next(left[-1], None)
            if following is None:
                done.add(way.pop())
                left.pop()
            elif following in way:
                return [*way[way.index(following) :], following]
            elif following not in done:
                way.append(following)
                left.append(iter(waits_for[following]))
    return []


def named_in(body: Mapping[str, JsonValue], *, certain: bool = False) -> Iterator[str]:
    """Logical ids that a resource names in DependsOn or by a function, including parameters.

    With `certain`, without ids that are in only one branch of an Fn::If.
    """
    depends = body.get("DependsOn")
    yield from (name for name in (depends if isinstance(depends, list) else [depends]) if isinstance(name, str))
    for function, argument in _functions(body.get("Properties"), certain=certain):
        first = argument[0] if isinstance(argument, list) and argument else argument
        if not isinstance(first, str):
            continue
        if function == "Fn::Sub":
            yield from _NAMED_IN_SUB.findall(first)
        elif function in {"Ref", "Fn::GetAtt"}:
            yield first if isinstance(argument, list) else first.partition(".")[0]


def _functions(node: JsonValue, *, certain: bool = False) -> Iterator[tuple[str, JsonValue]]:
    """Every function in a part of a template, with its argument; with `certain` none inside of Fn::If."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "Ref" or name.startswith("Fn::"):
                yield name, value
            if not (certain and name == "Fn::If"):
                yield from _functions(value, certain=certain)
    elif isinstance(node, list):
        for item in node:
            yield from _functions(item, certain=certain)
