"""A template as it is given: read, its parameters given values, and refused if the engine cannot do what it says."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import yaml

from tools.local_aws.cloudformation.failure import CloudFormationError
from tools.local_aws.cloudformation.functions import Scope
from tools.local_aws.cloudformation.resources import HANDLERS
from tools.local_aws.cloudformation.schema import properties

_SECTIONS: Final = {
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Mappings",
    "Conditions",
    "Rules",
    "Resources",
    "Outputs",
}
_PARTS: Final = {"Type", "Properties", "DependsOn", "Condition", "Metadata", "DeletionPolicy", "UpdateReplacePolicy"}
_POLICIES: Final = {
    "DeletionPolicy": {"Delete", "Retain", "RetainExceptOnCreate"},
    "UpdateReplacePolicy": {"Delete", "Retain"},
}
_LIST: Final = "CommaDelimitedList"
_SSM: Final = "AWS::SSM::Parameter::Value<String>"
_MOST_RESOURCES: Final = 500
Template = Mapping[str, Any]


class _Loader(yaml.SafeLoader):
    """YAML with the short forms of functions, such as `!Ref`."""


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Mapping[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        return {name: value.split(".", 1) if suffix == "GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _short_form)


def parsed(body: str) -> Template:
    """A template in JSON or YAML as data."""
    try:
        data = json.loads(body) if body.lstrip().startswith("{") else yaml.load(body, _Loader)
    except (ValueError, yaml.YAMLError) as error:
        raise CloudFormationError(f"Template format error: {error}") from None
    if not isinstance(data, Mapping) or not isinstance(data.get("Resources"), Mapping) or not data["Resources"]:
        raise CloudFormationError("Template format error: At least one Resources member must be defined.")
    return data


def check(scope: Scope, region: str) -> None:
    """Refuse what the engine does not emulate, rather than ignore it; resources whose condition does not hold may be any.

    Raises:
        CloudFormationError: a section, a type, a property or a policy is not known or not emulated.
    """
    template = scope.template
    _only(template, _SECTIONS, "Template format error: section")
    resources = active(scope)
    if len(resources) > _MOST_RESOURCES:
        raise CloudFormationError(f"Template format error: {len(resources)} resources, at most {_MOST_RESOURCES}")
    types = {name: each.get("Type", "a resource without Type") for name, each in resources.items()}
    if unknown := [f"{type_} (resource {name})" for name, type_ in types.items() if type_ not in HANDLERS]:
        raise CloudFormationError(f"the local AWS does not emulate {', '.join(unknown)}")
    for name, resource in resources.items():
        _only(resource, _PARTS, f"Template format error: resource {name}: attribute")
        handler = HANDLERS[resource["Type"]]
        known = handler.properties if handler.custom else properties(handler.type, region)
        given = resource.get("Properties", {}).keys()
        if wrong := sorted(given - known):
            raise CloudFormationError(f"Properties validation failed for resource {name}: extraneous key {wrong}")
        if missing := sorted(given - handler.properties):
            raise CloudFormationError(f"resource {name}: the properties {missing} of {handler.type} are not emulated")
        for policy, known_values in _POLICIES.items():
            if resource.get(policy, "Delete") not in known_values:
                raise CloudFormationError(f"resource {name}: {policy} {resource[policy]} is not emulated")


def _only(given: Mapping[str, Any], known: set[str], what: str) -> None:
    if wrong := sorted(given.keys() - known):
        raise CloudFormationError(f"{what} {wrong} is not known or not emulated")


def parameters_given(
    template: Template, given: Mapping[str, str | None], *, previous: Mapping[str, str]
) -> dict[str, str]:
    """The parameters of a template as texts: of the request, of the deployed stack, or the defaults.

    Args:
        template: with the parameters and their defaults.
        given: by the request; None keeps the previous text.
        previous: of the deployed stack.

    Raises:
        CloudFormationError: a parameter has no value, or none that is allowed, or is not in the template.
    """
    parameters = template.get("Parameters", {})
    if unknown := sorted(given.keys() - parameters.keys()):
        raise CloudFormationError(f"Parameters: {unknown} do not exist in the template")
    texts = {}
    for name, parameter in parameters.items():
        value = given[name] if given.get(name) is not None else parameter.get("Default")
        if name in given and given[name] is None:
            value = previous.get(name)
        if value is None:
            raise CloudFormationError(f"Parameters: [{name}] must have values")
        texts[name] = str(value)
        allowed = [str(each) for each in parameter.get("AllowedValues", ())]
        items = _items(texts[name]) if parameter.get("Type") == _LIST else [texts[name]]
        if allowed and not set(items) <= set(allowed):
            raise CloudFormationError(f"Parameter '{name}' must be one of AllowedValues")
    return texts


def parameter_values(
    template: Template, texts: Mapping[str, str], *, ssm_parameter: Callable[[str], str]
) -> dict[str, Any]:
    """The values that references to the parameters of a template have.

    Args:
        template: with the types of the parameters.
        texts: the parameters as they are given.
        ssm_parameter: reads a parameter of Systems Manager.

    Raises:
        CloudFormationError: a type is not emulated.
    """
    values: dict[str, Any] = {}
    for name, text in texts.items():
        match template["Parameters"][name].get("Type"):
            case "String" | "Number":
                values[name] = text
            case type_ if type_ == _LIST:
                values[name] = _items(text)
            case type_ if type_ == _SSM:
                values[name] = ssm_parameter(text)
            case other:
                raise CloudFormationError(f"Template format error: parameter {name}: type {other} is not emulated")
    return values


def _items(text: str) -> list[str]:
    return [each.strip() for each in text.split(",")] if text else []


def check_rules(scope: Scope) -> None:
    """Refuse values of parameters that the rules of a template do not allow."""
    for name, rule in scope.template.get("Rules", {}).items():
        if "RuleCondition" in rule and not scope.holds(rule["RuleCondition"]):
            continue
        for assertion in rule["Assertions"]:
            if not scope.holds(assertion["Assert"]):
                text = assertion.get("AssertDescription", "it does not hold")
                raise CloudFormationError(f"Template validation error: rule {name} failed: {text}")


def active(scope: Scope) -> dict[str, Mapping[str, Any]]:
    """The resources of a template whose conditions hold, none of which waits for one whose condition does not."""
    resources: Mapping[str, Mapping[str, Any]] = scope.template["Resources"]
    off = {name for name, each in resources.items() if "Condition" in each and not scope.holds(each["Condition"])}
    found: dict[str, Mapping[str, Any]] = {}
    for name, resource in resources.items():
        if name not in off:
            stated = resource.get("DependsOn", [])
            waits = [each for each in ([stated] if isinstance(stated, str) else stated) if each not in off]
            found[name] = {**resource, "DependsOn": waits}
    return found
