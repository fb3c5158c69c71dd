"""ENIConfig of crd.k8s.amazonaws.com/v1alpha1: the subnet and security groups of pods on managed node groups.

Fields and rules: https://docs.aws.amazon.com/eks/latest/userguide/cni-custom-network-tutorial.html and the
custom resource definition of https://github.com/aws/amazon-vpc-cni-k8s. EKS Auto Mode does not read it.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from podspace.api.metadata import ApiObject, Metadata
from podspace.api.model import ApiModel, ListOf
from podspace.api.selector import SecurityGroupId, SubnetId

CUSTOM_NETWORKING = "https://docs.aws.amazon.com/eks/latest/userguide/cni-custom-network-tutorial.html"


class ENIConfigSpec(ApiModel):
    """The subnet of the pods of one zone, and their security groups."""

    subnet: SubnetId = Field(description="The subnet's ID; in the zone of the nodes that use it.")
    security_groups: Annotated[ListOf[SecurityGroupId], Field(max_length=16)] | None = Field(
        default=None,
        description="At most 16 IDs, EC2's limit for an interface; without any, pods have the groups of their node.",
    )


class ENIConfig(ApiObject):
    """An ENIConfig of a cluster; it has no namespace, and its name is the value of the label that selects it."""

    page: ClassVar[str] = CUSTOM_NETWORKING

    api_version: Literal["crd.k8s.amazonaws.com/v1alpha1"] = "crd.k8s.amazonaws.com/v1alpha1"
    kind: Literal["ENIConfig"] = "ENIConfig"
    metadata: Metadata
    spec: ENIConfigSpec
