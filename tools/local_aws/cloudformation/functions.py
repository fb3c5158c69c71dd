"""The functions and conditions of a template, evaluated.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tools.local_aws.cloudformation.failure import CloudFormationError

Json = Any
"""A value of a template, which has no narrower type."""

UNKNOWN: Final = "{{known after the deployment}}"
"""The value of what a resource has once it is created, before that."""
_REFERENCE: Final = re.compile(r"\$\{(!?)([^}]+)\}")


class _Nothing:
    """The value of AWS::NoValue, which leaves out what has it."""


_NOTHING: Final = _Nothing()


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What the references of a template have as values.

    Attributes:
        template: the whole template.
        values: of parameters and pseudo parameters.
        parameters: the parameters as they are given, before Systems Manager is asked and lists are split.
        physical_ids: of the resources that exist, by their logical ids.
        attributes: of the same resources, for Fn::GetAtt.
        exports: of the other stacks.
        zones: the zones of the region, for Fn::GetAZs.
    """

    template: Mapping[str, Json]
    values: Mapping[str, Json]
    parameters: Mapping[str, str] = field(default_factory=dict)
    physical_ids: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    exports: Mapping[str, str] = field(default_factory=dict)
    zones: tuple[str, ...] = ()

    def evaluated(self, value: Json) -> Json:
        """A value without functions.

        Raises:
            CloudFormationError: a reference has no value, or the engine does not know a function.
        """
        if isinstance(value, list):
            return [each for each in map(self.evaluated, value) if each is not _NOTHING]
        if not isinstance(value, Mapping):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if function := _FUNCTIONS.get(name):
                return function(self, argument)
            if name.startswith("Fn::") or name == "Condition":
                raise CloudFormationError(f"Template error: the function {name} is not emulated")
        found = {key: self.evaluated(inner) for key, inner in value.items()}
        return {key: inner for key, inner in found.items() if inner is not _NOTHING}

    def holds(self, condition: Json) -> bool:
        """Whether a condition holds: the name of one, or a function."""
        if isinstance(condition, bool):
            return condition
        if isinstance(condition, str):
            conditions = self.template.get("Conditions", {})
            if condition not in conditions:
                raise CloudFormationError(f"Template error: no condition {condition}")
            return self.holds(conditions[condition])
        ((name, argument),) = condition.items()
        if function := _CONDITIONS.get(name):
            return function(self, argument)
        raise CloudFormationError(f"Template error: the condition function {name} is not emulated")

    def reference(self, name: str) -> Json:
        """The value of Ref."""
        if name == "AWS::NoValue":
            return _NOTHING
        for values in (self.values, self.physical_ids):
            if name in values:
                return values[name]
        raise CloudFormationError(f"Template format error: Unresolved resource dependencies [{name}]")

    def attribute(self, name: str, attribute: str) -> Json:
        """The value of Fn::GetAtt."""
        if name not in self.attributes:
            raise CloudFormationError(f"Template error: instance of Fn::GetAtt references undefined resource {name}")
        if attribute not in self.attributes[name]:
            raise CloudFormationError(f"Template error: {name} has no attribute {attribute} that is emulated")
        return self.attributes[name][attribute]


def _get_att(scope: Scope, argument: Json) -> Json:
    name, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
    return scope.attribute(name, scope.evaluated(attribute))


def _sub(scope: Scope, argument: Json) -> str:
    text, own = (argument, {}) if isinstance(argument, str) else (argument[0], scope.evaluated(argument[1]))

    def replaced(found: re.Match[str]) -> str:
        literal, name = found.groups()
        if literal:
            return f"${{{name}}}"
        if name in own:
            return str(own[name])
        return str(scope.attribute(*name.split(".", 1)) if "." in name else scope.reference(name))

    return _REFERENCE.sub(replaced, text)


def _if(scope: Scope, argument: Json) -> Json:
    condition, then, otherwise = argument
    return scope.evaluated(then if scope.holds(condition) else otherwise)


def _select(scope: Scope, argument: Json) -> Json:
    index, values = scope.evaluated(argument)
    if UNKNOWN in values:
        return UNKNOWN
    if not 0 <= int(index) < len(values):
        raise CloudFormationError(f"Template error: Fn::Select cannot select nonexistent value at index {index}")
    return values[int(index)]


def _import_value(scope: Scope, argument: Json) -> str:
    name = scope.evaluated(argument)
    if name not in scope.exports:
        raise CloudFormationError(f"No export named {name} found.")
    return scope.exports[name]


def _find_in_map(scope: Scope, argument: Json) -> Json:
    found: Json = scope.template.get("Mappings", {})
    for key in scope.evaluated(argument):
        if key not in found:
            raise CloudFormationError(f"Template error: Unable to get mapping for {argument}")
        found = found[key]
    return found


def _zones(scope: Scope, argument: Json) -> list[str]:
    if scope.evaluated(argument) not in ("", scope.values["AWS::Region"]):
        raise CloudFormationError(f"Template error: Fn::GetAZs of another region, {argument}, is not emulated")
    return list(scope.zones)


def _join(scope: Scope, argument: Json) -> str:
    separator, parts = scope.evaluated(argument)
    return UNKNOWN if UNKNOWN in parts else str(separator).join(map(str, parts))


def _split(scope: Scope, argument: Json) -> list[str] | str:
    separator, text = scope.evaluated(argument)
    return UNKNOWN if UNKNOWN in text else str(text).split(separator)


def _base64(scope: Scope, argument: Json) -> str:
    return base64.b64encode(str(scope.evaluated(argument)).encode()).decode()


_FUNCTIONS: Final[Mapping[str, Callable[[Scope, Json], Json]]] = {
    "Ref": Scope.reference,
    "Fn::GetAtt": _get_att,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::If": _if,
    "Fn::Sub": _sub,
    "Fn::Base64": _base64,
    "Fn::GetAZs": _zones,
    "Fn::FindInMap": _find_in_map,
    "Fn::ImportValue": _import_value,
}


_CONDITIONS: Final[Mapping[str, Callable[[Scope, Json], bool]]] = {
    "Condition": Scope.holds,
    "Fn::Equals": lambda scope, both: bool(scope.evaluated(both[0]) == scope.evaluated(both[1])),
    "Fn::Not": lambda scope, inner: not scope.holds(inner[0]),
    "Fn::And": lambda scope, inner: all(map(scope.holds, inner)),
    "Fn::Or": lambda scope, inner: any(map(scope.holds, inner)),
    "Fn::Contains": lambda scope, both: scope.evaluated(both[1]) in scope.evaluated(both[0]),
}


def references(value: Json) -> Iterator[str]:
    """The names that a value refers to: parameters, pseudo parameters and logical ids."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, Mapping):
        for name, argument in value.items():
            if name == "Ref":
                yield argument
            elif name == "Fn::GetAtt":
                yield argument.split(".")[0] if isinstance(argument, str) else argument[0]
            elif name == "Fn::Sub":
                text, own = (argument, {}) if isinstance(argument, str) else argument
                found = [name for literal, name in _REFERENCE.findall(text) if not literal and name not in own]
                yield from (name.split(".")[0] for name in found)
                yield from references(own)
            else:
                yield from references(argument)
