"""What CloudFormation's schemas say of a resource type, as cfn-lint bundles them."""

from __future__ import annotations

from functools import cache
from typing import Final

from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

_PREFIX: Final = "/properties/"


@cache
def properties(type_: str, region: str) -> frozenset[str]:
    """The names of the properties that a type has."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, type_).schema
    return frozenset(schema["properties"])


@cache
def create_only(type_: str, region: str) -> frozenset[str]:
    """The names of the properties whose change replaces the resource, also if only a part of one does."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, type_).schema
    return frozenset(path.removeprefix(_PREFIX).split("/")[0] for path in schema.get("createOnlyProperties", ()))
