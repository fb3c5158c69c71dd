"""NodeClass of eks.amazonaws.com/v1 as a cdk8s construct."""

from __future__ import annotations

from collections.abc import Mapping

from constructs import Construct

from podspace import api

from .manifest import ManifestObject


class NodeClass(ManifestObject):
    """The subnets, security groups and role of the nodes of EKS Auto Mode, and the subnets of their pods."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        spec: api.NodeClassSpec,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
    ) -> None:
        """Define the NodeClass in a chart.

        Args:
            scope: the chart, or a construct in a chart.
            construct_id: the id of the construct, unique in the scope.
            name: `metadata.name`, which NodePools refer to.
            spec: `spec`, where nodes and pods get their addresses.
            labels: `metadata.labels`, in addition to the labels of the chart.
            annotations: `metadata.annotations`.

        Raises:
            pydantic.ValidationError: the spec is not of type NodeClassSpec, or the API server would refuse the object.
        """
        metadata = api.Metadata(name=name, labels=labels, annotations=annotations)
        super().__init__(scope, construct_id, manifest=api.NodeClass(metadata=metadata, spec=spec).manifest())
