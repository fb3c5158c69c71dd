"""Nodes, and the objects of EKS Auto Mode that make them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from podspace.live.kubernetes.condition import Condition, conditions_of
from podspace.live.kubernetes.json_object import JsonObject, each, inner, number, text
from podspace.live.kubernetes.placement import NodeRequirement, Taint

_AUTO_MODE: Final = "eks.amazonaws.com"


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A node of the cluster.

    Attributes:
        zone: zone name, from the node's label; `zone_id` is the zone id.
        pool: NodePool that created it; empty for other nodes.
        group: managed node group of the node; empty for other nodes.
        addresses: internal IP addresses.
        ready: condition Ready, if it has one.
        node_class: the NodeClass of EKS Auto Mode that its label names; empty for a node without this label (inferred
            from https://karpenter.sh/docs/concepts/nodeclasses/: Karpenter labels nodes with their class).
        compute_type: `auto` for a node of EKS Auto Mode, `fargate` or `hybrid`; empty for others.
        instance: the id of its EC2 instance, from `providerID` (`aws:///ZONE/ID`); empty if it has none.
    """

    name: str
    zone: str
    zone_id: str
    pool: str
    group: str
    addresses: tuple[str, ...]
    ready: Condition | None = None
    compute_type: str = ""
    node_class: str = ""
    instance: str = ""

    @property
    def created_by(self) -> str:
        """What created it, in words: such as `NodePool NAME` or `node group NAME`."""
        if self.pool:
            return f"NodePool {self.pool}"
        return f"node group {self.group}" if self.group else "other nodes"

    @classmethod
    def of(cls, data: JsonObject) -> Self:
        """A node from an object of the API server."""
        labels = inner(data, "metadata", "labels")
        listed = each(inner(data, "status"), "addresses")
        return cls(
            name=text(inner(data, "metadata"), "name"),
            zone=text(labels, "topology.kubernetes.io/zone"),
            zone_id=text(labels, "topology.k8s.aws/zone-id"),
            pool=text(labels, "karpenter.sh/nodepool"),
            group=text(labels, "eks.amazonaws.com/nodegroup"),
            addresses=tuple(text(item, "address") for item in listed if text(item, "type") == "InternalIP"),
            ready=next((condition for condition in conditions_of(data) if condition.type == "Ready"), None),
            compute_type=text(labels, "eks.amazonaws.com/compute-type"),
            node_class=text(labels, "eks.amazonaws.com/nodeclass"),
            instance=text(inner(data, "spec"), "providerID").rpartition("/")[2],
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeClass:
    """A NodeClass; `generation` counts the changes of its spec."""

    name: str
    generation: int
    conditions: tuple[Condition, ...]

    @classmethod
    def of(cls, data: JsonObject) -> Self:
        """A NodeClass from an object of the API server."""
        metadata = inner(data, "metadata")
        return cls(
            name=text(metadata, "name"), generation=number(metadata, "generation"), conditions=conditions_of(data)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class NodePool:
    """A NodePool.

    Attributes:
        generation: counts the changes of its spec.
        node_class: the name of the NodeClass of EKS Auto Mode that it refers to; empty for a class of another kind.
        labels: the labels and requirements of its nodes, as conditions; a label is `In` its value.
        taints: of its nodes, without those that another controller removes.
    """

    name: str
    generation: int
    conditions: tuple[Condition, ...]
    node_class: str
    labels: tuple[NodeRequirement, ...] = ()
    taints: tuple[Taint, ...] = ()

    @classmethod
    def of(cls, data: JsonObject) -> Self:
        """A NodePool from an object of the API server."""
        metadata, template = inner(data, "metadata"), inner(data, "spec", "template")
        reference, labels = inner(template, "spec", "nodeClassRef"), inner(template, "metadata", "labels")
        return cls(
            name=text(metadata, "name"),
            generation=number(metadata, "generation"),
            conditions=conditions_of(data),
            node_class=text(reference, "name") if text(reference, "group") == _AUTO_MODE else "",
            labels=(
                *(NodeRequirement(key=key, operator="In", values=(text(labels, key),)) for key in labels),
                *map(NodeRequirement.of, each(inner(template, "spec"), "requirements")),
            ),
            taints=tuple(map(Taint.of, each(inner(template, "spec"), "taints"))),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeClaim:
    """A NodeClaim: a node that is to be, or is there; `pool` is the NodePool that wants it."""

    name: str
    pool: str
    conditions: tuple[Condition, ...]

    @classmethod
    def of(cls, data: JsonObject) -> Self:
        """A NodeClaim from an object of the API server."""
        return cls(
            name=text(inner(data, "metadata"), "name"),
            pool=text(inner(data, "metadata", "labels"), "karpenter.sh/nodepool"),
            conditions=conditions_of(data),
        )
