"""Resolves values of templates across all stacks of the input."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final

from pydantic import JsonValue

from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.lint.condition import holds
from podspace.lint.exports import Exports, exports_of, stacks_named
from podspace.lint.intrinsics import OF_RESOLVED, ZONES, found_in, joined_text, split, substituted, target, undecided
from podspace.lint.pseudo_parameter import NO_VALUE, pseudo_parameter
from podspace.lint.stack import ID_ATTRIBUTES, LOOP, NAMED_BY, NESTED, Stack
from podspace.lint.value import UNKNOWN, Reference, Text, Value, is_placed, items, mapping, same, shown

_LISTS: Final = ("List<", "CommaDelimitedList")


class Resolver:
    """Values of templates, as far as they can be known before a deployment.

    Raises, from each of its methods:
        InputError: a value refers to itself, which CloudFormation refuses.
    """

    def __init__(self, stacks: Iterable[Stack]) -> None:
        self._stacks = {stack.key: stack for stack in stacks}
        self._known: dict[tuple[str, str, str], Value] = {}
        self._nested = {(s.origin.parent, s.origin.nested_as): s for s in self._stacks.values() if s.origin.parent}
        self._exports: Exports | None = None
        self._resolving: list[tuple[str, str, str]] = []
        self._here: dict[str, Callable[[Stack, JsonValue], Value]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._attribute,
            "Fn::Sub": self._sub,
            "Fn::If": self._if,
            "Fn::FindInMap": self._in_map,
            "Fn::GetAZs": self._zones,
            "Fn::ImportValue": self._import,
            "Fn::GetStackOutput": self._stack_output,
        }

    def resolve(self, stack: Stack, node: JsonValue) -> Value:
        """The value of a part of a template after deployment; a reference or `Unknown` if it is not known yet."""
        if isinstance(node, dict):
            if len(node) == 1 and ((name := next(iter(node))) == "Ref" or name.startswith("Fn::")):
                return undecided(self._function(stack, name, node[name]))
            if any(name.startswith(LOOP) for name in node):
                return UNKNOWN  # a loop over values that are not known gives keys too
            resolved = {name: self.resolve(stack, value) for name, value in node.items()}
            return {name: value for name, value in resolved.items() if value != NO_VALUE}
        if isinstance(node, list):
            return [value for value in (self.resolve(stack, item) for item in node) if value != NO_VALUE]
        return undecided(node)

    def _function(self, stack: Stack, name: str, argument: JsonValue) -> Value:
        if name in self._here:
            return self._here[name](stack, argument)
        return OF_RESOLVED[name](self.resolve(stack, argument)) if name in OF_RESOLVED else UNKNOWN

    def condition(self, stack: Stack, name: JsonValue) -> bool | None:
        """Whether a condition of a template is true; None if unknown."""
        if not isinstance(name, str) or name not in stack.section("Conditions"):
            return None
        body = stack.section("Conditions")[name]
        tell = partial(holds, body, resolve=partial(self.resolve, stack), named=partial(self.condition, stack))
        answer = self._once(stack, "Conditions", name, tell)
        return answer if isinstance(answer, bool) else None

    def _ref(self, stack: Stack, argument: JsonValue) -> Value:
        if not isinstance(argument, str):
            return UNKNOWN
        if argument.startswith("AWS::"):
            return pseudo_parameter(argument, stack.origin)
        parameter = stack.section("Parameters").get(argument)
        if isinstance(parameter, dict):
            return self._once(stack, "Parameters", argument, lambda: self._parameter(stack, argument, parameter))
        body = stack.section("Resources").get(argument)
        if not isinstance(body, dict):
            return UNKNOWN
        name = stack.property(argument, NAMED_BY.get(str(body.get("Type")), ""))
        if name is not None:
            return self._once(stack, "Resources", argument, lambda: self.resolve(stack, name))
        return Reference(stack.key, argument, resource=True)

    def _parameter(self, stack: Stack, name: str, declared: Mapping[str, JsonValue]) -> Value:
        """What the parent passes, else the default, read as its type has it."""
        kind = str(declared.get("Type", "String"))
        parent = self._stacks.get(stack.origin.parent)
        passed = parent.property(stack.origin.nested_as, "Parameters") if parent else None
        value = self.resolve(parent, passed[name]) if parent and isinstance(passed, dict) and name in passed else None
        if kind.startswith("AWS::SSM::"):
            return Reference(stack.key, name)
        if value == NO_VALUE:
            value = None
        if value is None and not isinstance(declared.get("Default"), dict | list):
            value = self.resolve(stack, declared.get("Default"))
        if value is None or (value == "" and not parent):
            return Reference(stack.key, name)
        return _listed(value) if any(part in kind for part in _LISTS) else value

    def _attribute(self, stack: Stack, argument: JsonValue) -> Value:
        id, attribute = target(argument)
        body = stack.section("Resources").get(id)
        if not isinstance(body, dict) or not attribute:
            return UNKNOWN
        kind = str(body.get("Type"))
        if kind == NESTED and attribute.startswith("Outputs."):
            nested = self._nested.get((stack.key, id))
            found = self._output(nested, attribute.removeprefix("Outputs.")) if nested else None
            return found if found is not None else Reference(stack.key, id, attribute)
        cidr = stack.property(id, attribute) if attribute == "CidrBlock" else None
        if cidr is not None:
            return self._once(stack, "Resources", f"{id}.Properties.CidrBlock", lambda: self.resolve(stack, cidr))
        if (kind, attribute) in ID_ATTRIBUTES:
            return Reference(stack.key, id, resource=True)
        return Reference(stack.key, id, attribute, resource=True)

    def _output(self, stack: Stack, name: str) -> Value:
        """The value of an output; None if there is none."""
        output = stack.section("Outputs").get(name)
        if not isinstance(output, dict) or "Value" not in output:
            return None
        return self._once(stack, "Outputs", name, lambda: self.resolve(stack, output["Value"]))

    def _sub(self, stack: Stack, argument: JsonValue) -> Value:
        template, values = argument, {}
        if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], dict):  # noqa: PLR2004
            template, values = argument[0], argument[1]
        if not isinstance(template, str):
            return UNKNOWN

        def value_of(name: str) -> Value:
            if name in values:
                return self.resolve(stack, values[name])
            return self._attribute(stack, name) if "." in name else self._ref(stack, name)

        return substituted(template, value_of)

    def _if(self, stack: Stack, argument: JsonValue) -> Value:
        if not (isinstance(argument, list) and len(argument) == 3):  # noqa: PLR2004
            return UNKNOWN
        name, then, otherwise = argument
        holds = self.condition(stack, name)
        if holds is not None:
            return self.resolve(stack, then if holds else otherwise)
        one, other = self.resolve(stack, then), self.resolve(stack, otherwise)
        return one if same(one, other) else UNKNOWN

    def _in_map(self, stack: Stack, argument: JsonValue) -> Value:
        names = [self.resolve(stack, part) for part in argument[:3]] if isinstance(argument, list) else []
        found = found_in(stack.section("Mappings"), names)
        return UNKNOWN if found is None else self.resolve(stack, found)

    def _zones(self, stack: Stack, argument: JsonValue) -> Value:
        region = self.resolve(stack, argument) or pseudo_parameter("AWS::Region", stack.origin)
        return Reference("", ZONES + shown(region)) if isinstance(region, str | Reference) else UNKNOWN

    def exporters(self, stack: Stack, argument: JsonValue) -> list[tuple[Stack, str]]:
        """The stacks, with the outputs, that Fn::ImportValue may import from."""
        name = self.resolve(stack, argument)
        if self._exports is None:
            self._exports = {}  # names of exports that are imported themselves are not known
            self._exports = exports_of(self._stacks.values(), self.resolve)
        if not isinstance(name, str | Reference | Text):
            return []
        return [found for found in self._exports.get(name, ()) if stack.origin.may_share(found[0].origin)]

    def _import(self, stack: Stack, argument: JsonValue) -> Value:
        found = self.exporters(stack, argument)
        if len(found) == 1:
            return self._output(*found[0])
        name = self.resolve(stack, argument)
        return Reference("", f"export {name}") if isinstance(name, str) and not found else UNKNOWN

    def _stack_output(self, stack: Stack, argument: JsonValue) -> Value:
        """CDK's way to an output of another stack."""
        asked = mapping(self.resolve(stack, argument))
        of, name = asked.get("StackName"), asked.get("OutputName")
        if not isinstance(of, str) or not isinstance(name, str):
            return UNKNOWN
        there = stacks_named(of, asked.get("Region"), referring=stack, among=self._stacks.values())
        if len(there) > 1:
            return UNKNOWN
        found = self._output(there[0], name) if there else None
        return found if found is not None else Reference("", f"output {name} of {of}")

    def _once(self, stack: Stack, section: str, name: str, resolve: Callable[[], Value]) -> Value:
        """What is asked for, unless it is asked for in the course of that."""
        what = (stack.key, section, name)
        if what in self._known:
            return self._known[what]
        if what in self._resolving:
            circle = Diagnostic(
                id="circular-reference",
                location=Location(path=f"{section}.{name}"),
                message="must not refer to itself: " + " -> ".join(part[2] for part in (*self._resolving, what)),
            )
            raise InputError([stack.document.located(circle)])
        self._resolving.append(what)
        try:
            self._known[what] = resolve()
        finally:
            self._resolving.pop()
        return self._known[what]


def _listed(value: Value) -> Value:
    """The value of a list parameter as a list; as it is if something in it may be a list itself."""
    if isinstance(value, str):
        return [item.strip() for item in value.split(",")]
    parts = value.parts if isinstance(value, Text) else (value,)
    if not all(map(is_placed, parts)):
        return value
    return [_stripped(item) for item in items(split([",", value]) if isinstance(value, Text) else value)]


def _stripped(item: Value) -> Value:
    """An item without spaces around it."""
    if isinstance(item, Text):
        first, last = item.parts[0], item.parts[-1]
        begin = first.lstrip() if isinstance(first, str) else first
        end = last.rstrip() if isinstance(last, str) else last
        return joined_text([begin, *item.parts[1:-1], end])
    return item.strip() if isinstance(item, str) else item
