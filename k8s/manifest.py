"""Conversion between manifests, which are plain data, and cdk8s."""

from __future__ import annotations

from typing import Final, cast

from cdk8s import ApiObject, Chart, JsonPatch
from constructs import Construct
from pydantic import JsonValue

from podspace.formats.manifest_files import Manifest, identity

_HEAD: Final = ("apiVersion", "kind", "metadata")


class ManifestObject(ApiObject):
    """The cdk8s ApiObject of one manifest.

    The constructor of ApiObject takes no `spec` and no `data` in Python, so JSON patches add them.
    Labels and the namespace of the chart are added to the metadata, as cdk8s does for every ApiObject.
    """

    def __init__(self, scope: Construct, construct_id: str, *, manifest: Manifest) -> None:
        """Define the object in a chart.

        Args:
            scope: the chart, or a construct in a chart.
            construct_id: the id of the construct, unique in the scope.
            manifest: the whole object. Its metadata may have the keys name, namespace, labels and annotations.

        Raises:
            ValueError: the manifest has no kind or no metadata.name.
        """
        identity(manifest)
        super().__init__(
            scope,
            construct_id,
            api_version=str(manifest["apiVersion"]),
            kind=str(manifest["kind"]),
            metadata=cast("dict[str, JsonValue]", manifest["metadata"]),
        )
        self.add_json_patch(*(JsonPatch.add(f"/{key}", manifest[key]) for key in manifest if key not in _HEAD))


def manifests_of(chart: Chart) -> list[dict[str, JsonValue]]:
    """Every Kubernetes object of a cdk8s chart, as plain data."""
    return list(chart.to_json())
