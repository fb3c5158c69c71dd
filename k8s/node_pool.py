"""NodePool of karpenter.sh/v1 as a cdk8s construct."""

from __future__ import annotations

from collections.abc import Mapping

from constructs import Construct

from podspace import api

from .manifest import ManifestObject


class NodePool(ManifestObject):
    """Which nodes EKS Auto Mode may add to the cluster, and when it removes them."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        spec: api.NodePoolSpec,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
    ) -> None:
        """Define the NodePool in a chart.

        Args:
            scope: the chart, or a construct in a chart.
            construct_id: the id of the construct, unique in the scope.
            name: `metadata.name`.
            spec: `spec`, with the name of the NodeClass in `template.spec.node_class_ref`.
            labels: `metadata.labels`, in addition to the labels of the chart.
            annotations: `metadata.annotations`.

        Raises:
            pydantic.ValidationError: the spec is not of type NodePoolSpec, or the API server would refuse the object.
        """
        metadata = api.Metadata(name=name, labels=labels, annotations=annotations)
        super().__init__(scope, construct_id, manifest=api.NodePool(metadata=metadata, spec=spec).manifest())
