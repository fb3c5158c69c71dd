"""The inventory of a plan lists what the synthesized template has: resources, create-only properties, references."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from podspace.planning import Config, PassedIn, Plan, plan_network, read_network_file
from podspace.planning.inventory import KUBECTL_PROVIDER, Ref, Resource, Value, logical_id
from tests.stacks.configs import configs
from tests.template import CONFIGS, resources, template_of, template_of_file
from tools.identities import create_only

PROVIDER = logical_id(("Manifests", "Kubectl"))
_OF_EC2 = re.compile(r"arn:.*:ec2:.*:(vpc|subnet)/")
Template = Mapping[str, Mapping[str, Any]]


def known_as(id: str) -> str:
    """The entry of the inventory that a logical id of a template is in."""
    return PROVIDER if id.startswith("ManifestsKubectl") else id


def normal(value: Any) -> Any:
    """A property of a template: text with pseudo parameters as Fn::Sub writes it, tags as a mapping."""
    match value:
        case {"Ref": id}:
            return f"${{{id}}}" if "::" in id else {"Ref": known_as(id)}
        case {"Fn::GetAtt": [id, attribute]}:
            return {"Fn::GetAtt": [known_as(id), attribute]}
        case {"Fn::Join": ["", parts]}:
            return joined([normal(part) for part in parts])
        case [{"Key": _, "Value": _}, *_]:
            return {tag["Key"]: tag["Value"] for tag in value}
        case list():
            return [normal(item) for item in value]
    return {key: normal(item) for key, item in value.items()} if isinstance(value, dict) else value


def joined(parts: list[Any]) -> Any:
    """A text of several parts: as text without references, as an object if it is JSON, else its parts.

    Of an ARN of EC2 the inventory has the id.
    """
    if all(isinstance(part, str) for part in parts):
        return _OF_EC2.sub("", "".join(parts))
    if all(isinstance(part, str) for part in parts[:-1]) and _OF_EC2.fullmatch("".join(parts[:-1])):
        return parts[-1]
    if str(parts[0]).startswith('{"'):
        return json.loads("".join(part if isinstance(part, str) else as_text(part) for part in parts))
    return parts


def as_text(reference: Any) -> str:
    return json.dumps(reference).replace('"', "'")


def in_template(value: Value) -> Any:
    """A property of the inventory as a template has it."""
    match value:
        case Ref(path, ""):
            return {"Ref": logical_id(path)}
        case Ref(path, attribute):
            return {"Fn::GetAtt": [logical_id(path), attribute]}
        case PassedIn():
            raise AssertionError("everything in a config file has an id")
        case tuple():
            return [in_template(item) for item in value]
        case Mapping():
            return {key: in_template(item) for key, item in value.items()}
    return value


def references(value: Any) -> Iterator[tuple[str, str]]:
    """What a property of a template refers to: logical id and attribute."""
    match value:
        case {"Ref": id}:
            if "::" not in id:
                yield known_as(id), ""
        case {"Fn::GetAtt": [id, attribute]}:
            yield known_as(id), attribute
        case str():
            for quoted in re.findall(r"\{'.*?\}", value):
                yield from references(json.loads(quoted.replace("'", '"')))
        case list():
            for item in value:
                yield from references(item)
        case dict():
            for item in value.values():
                yield from references(item)


def pairs(resource: Resource) -> set[tuple[str, str]]:
    return {(logical_id(ref.path), ref.attribute) for ref in resource.references}


def comparable(value: Any) -> Any:
    """A value in which embedded references are text, as in the configuration of an add-on."""
    match value:
        case {"Ref": _} | {"Fn::GetAtt": _}:
            return as_text(value)
        case list():
            return [comparable(item) for item in value]
        case dict():
            return {key: comparable(item) for key, item in value.items()}
    return value


def check(plan: Plan, template: Template) -> None:
    entries = {entry.logical_id: entry for entry in plan.resources()}
    assert len(entries) == len(plan.resources()), "two entries have one logical id"
    provided = {id: each for id, each in template.items() if known_as(id) == PROVIDER}
    assert sum(entry.count for entry in plan.resources()) == len(template)
    types = {known_as(id): each["Type"] for id, each in template.items()}
    if provided:
        types[PROVIDER] = KUBECTL_PROVIDER
        outside = {pair for each in provided.values() for pair in references(each["Properties"])}
        assert {pair for pair in outside if pair[0] != PROVIDER} == pairs(entries[PROVIDER])
    assert {id: entry.type for id, entry in entries.items()} == types
    for id, resource in template.items():
        if id not in provided:
            check_resource(entries[id], resource)


def check_resource(entry: Resource, resource: Mapping[str, Any]) -> None:
    properties = resource.get("Properties", {})
    fixed = {name: normal(value) for name, value in properties.items() if name in create_only(entry.type)}
    assert in_template(entry.create_only) == fixed, entry.title
    assert pairs(entry) == set(references({name: normal(value) for name, value in properties.items()})), entry.title
    assert entry.retained == resource.get("DeletionPolicy", "").startswith("Retain"), entry.title
    for name, value in entry.properties.items():
        if name[0].isupper() and not (refers(value) and name in ("Policies", "PolicyDocument", "ResourceArns")):
            assert comparable(in_template(value)) == comparable(normal(properties[name])), f"{entry.title}: {name}"


def refers(value: Value) -> bool:
    return isinstance(value, Ref) or (isinstance(value, tuple) and all(isinstance(item, Ref) for item in value))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_the_inventory_of_every_example_is_its_template(path: Path) -> None:
    check(read_network_file(path).plan, resources(template_of_file(path)))


@given(configs())
@settings(max_examples=40, deadline=None)
def test_the_inventory_of_a_generated_config_is_its_template(config: Config) -> None:
    check(plan_network(config), resources(template_of(config)))
