"""The `node_classes` and `node_pools` sections."""

from __future__ import annotations

from podspace.api import NodeClassSettings, NodePoolSettings, ResourceName


class NodeClassConfig(NodeClassSettings):
    """A NodeClass; its role, subnets and groups follow from the rest of the config."""

    name: ResourceName


class NodePoolConfig(NodePoolSettings):
    """A NodePool; `node_class` may be left out if there is one NodeClass."""

    name: ResourceName
    node_class: ResourceName | None = None
