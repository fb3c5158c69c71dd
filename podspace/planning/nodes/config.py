"""The `node_classes` and `node_pools` sections."""

from __future__ import annotations

from pydantic import Field

from podspace.api import NodeClassSettings, NodePoolSettings, ResourceName


class NodeClassConfig(NodeClassSettings):
    """A NodeClass; its role, subnets and security groups follow from the rest of the config.

    Values are those of the API, and keys are in snake case:
    https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html.
    Sysctls have the names of the kernel.
    """

    name: ResourceName = Field(description="Name of the NodeClass, at most 63 characters; not `default`.")


class NodePoolConfig(NodePoolSettings):
    """A NodePool of EKS Auto Mode.

    Values are those of the API, and keys are in snake case, without the levels `template`, `metadata` and `spec`:
    https://karpenter.sh/docs/concepts/nodepools/
    """

    name: ResourceName = Field(description="Name of the NodePool, at most 63 characters.")
    node_class: ResourceName | None = Field(
        default=None, description="Name of a NodeClass of the config; optional if there is one NodeClass."
    )
