"""ENIConfig of crd.k8s.amazonaws.com/v1alpha1 as a cdk8s construct."""

from __future__ import annotations

from collections.abc import Mapping

from constructs import Construct

from podspace import api

from .manifest import ManifestObject


class ENIConfig(ManifestObject):
    """The subnet and security groups that the VPC CNI uses for pods on managed node groups in one zone."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        spec: api.ENIConfigSpec,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
    ) -> None:
        """Define the ENIConfig in a chart.

        Args:
            scope: the chart, or a construct in a chart.
            construct_id: the id of the construct, unique in the scope.
            name: `metadata.name`: the value of the node label that selects it, by default the zone, such as eu-west-1a.
            spec: `spec`, the pod subnet and the security groups of the pods.
            labels: `metadata.labels`, in addition to the labels of the chart.
            annotations: `metadata.annotations`.

        Raises:
            pydantic.ValidationError: the spec is not of type ENIConfigSpec, or the API server would refuse the object.
        """
        metadata = api.Metadata(name=name, labels=labels, annotations=annotations)
        super().__init__(scope, construct_id, manifest=api.ENIConfig(metadata=metadata, spec=spec).manifest())
