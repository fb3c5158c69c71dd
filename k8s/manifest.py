"""Between plain objects and cdk8s, in both directions."""

from __future__ import annotations

from cdk8s import ApiObject, Chart, JsonPatch
from constructs import Construct
from pydantic import JsonValue

from podspace.formats.manifest_files import Manifest, identity


def define(scope: Construct, manifest: Manifest) -> ApiObject:
    """The ApiObject of a manifest, under its kind and name.

    In Python the constructor of ApiObject takes no `spec` and no `data`, so the whole object is patched in.
    """
    made = ApiObject(
        scope,
        "-".join(identity(manifest)),
        api_version=str(manifest["apiVersion"]),
        kind=str(manifest["kind"]),
    )
    made.add_json_patch(JsonPatch.replace("", dict(manifest)))
    return made


def manifests_of(chart: Chart) -> list[dict[str, JsonValue]]:
    """Every object of a chart, as plain data."""
    return list(chart.to_json())
