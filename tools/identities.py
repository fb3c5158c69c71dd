"""The logical ids and create-only properties of every example: what an upgrade of podspace must not change.

`make identities` records them anew.  Read the diff: a change here replaces resources of people who upgrade.
"""

from __future__ import annotations

import json
from typing import Any

from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from tests.template import CONFIGS, resources, template_of_file
from tools import REPOSITORY

RECORD = REPOSITORY / "tests" / "identities.json"
REGION = "us-east-1"
"""Of the bundled resource schemas, which are the same in every region for the types we make."""

Identities = dict[str, dict[str, dict[str, Any]]]


def create_only(kind: str) -> set[str]:
    """The properties of a resource type whose change replaces the resource, from CloudFormation's own schema."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema
    return {pointer.split("/")[2] for pointer in schema.get("createOnlyProperties", [])}


def properties_of(kind: str) -> dict[str, Any]:
    """The properties a resource type has."""
    properties: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema["properties"]
    return properties


def identities() -> Identities:
    """By example and logical id: the type of each resource and its create-only properties."""
    return {
        path.stem: {
            id: {
                "Type": resource["Type"],
                **{
                    name: value
                    for name, value in sorted(resource["Properties"].items())
                    if name in create_only(resource["Type"])
                },
            }
            for id, resource in sorted(resources(template_of_file(path)).items())
        }
        for path in CONFIGS
    }


if __name__ == "__main__":
    RECORD.write_text(json.dumps(identities(), indent=1) + "\n")
