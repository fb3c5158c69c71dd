"""What CloudFormation's schemas say of a resource type, as cfn-lint bundles them."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError

from tools.local_aws.cloudformation.failure import CloudFormationError

_PREFIX: Final = "/properties/"


@cache
def properties(type_: str, region: str) -> frozenset[str]:
    """The names of the properties that a type has."""
    return frozenset(_schema(type_, region)["properties"])


@cache
def create_only(type_: str, region: str) -> frozenset[str]:
    """The names of the properties whose change replaces the resource, also if only a part of one does."""
    paths = _schema(type_, region).get("createOnlyProperties", ())
    return frozenset(path.removeprefix(_PREFIX).split("/")[0] for path in paths)


def _schema(type_: str, region: str) -> dict[str, Any]:
    try:
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, type_).schema
    except ResourceNotFoundError:
        text = f"Template format error: Unrecognized resource types: [{type_}], which {region} does not have"
        raise CloudFormationError(text) from None
    assert isinstance(schema, dict)
    return schema
