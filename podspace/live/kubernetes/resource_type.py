"""The kinds of objects that are read, how the API server calls them, and what is kept of each object."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from podspace.live.kubernetes.disruption_budget import DisruptionBudget
from podspace.live.kubernetes.event import Event
from podspace.live.kubernetes.json_object import JsonObject
from podspace.live.kubernetes.node import Node, NodeClaim, NodeClass, NodePool
from podspace.live.kubernetes.pod import Pod
from podspace.live.kubernetes.volume import Volume, VolumeClaim

Record_co = TypeVar("Record_co", covariant=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class ResourceType(Generic[Record_co]):
    """A resource type of the Kubernetes API.

    Attributes:
        name: its `kind`, such as `NodePool`.
        plural: name in paths and roles, such as `nodepools`.
        group: API group, whose version v1 is read; empty for the core group.
        record: converts an object to the fields that podspace uses.
    """

    name: str
    plural: str
    group: str
    record: Callable[[JsonObject], Record_co]

    @property
    def path(self) -> str:
        """Where the API server lists all of them, without a leading slash."""
        return f"apis/{self.group}/v1/{self.plural}" if self.group else f"api/v1/{self.plural}"

    @property
    def api_version(self) -> str:
        """The apiVersion of its objects, such as `karpenter.sh/v1`."""
        return f"{self.group}/v1" if self.group else "v1"


PODS: Final = ResourceType(name="Pod", plural="pods", group="", record=Pod.of)
NODES: Final = ResourceType(name="Node", plural="nodes", group="", record=Node.of)
EVENTS: Final = ResourceType(name="Event", plural="events", group="", record=Event.of)
NODE_CLASSES: Final = ResourceType(
    name="NodeClass", plural="nodeclasses", group="eks.amazonaws.com", record=NodeClass.of
)
NODE_POOLS: Final = ResourceType(name="NodePool", plural="nodepools", group="karpenter.sh", record=NodePool.of)
NODE_CLAIMS: Final = ResourceType(name="NodeClaim", plural="nodeclaims", group="karpenter.sh", record=NodeClaim.of)

DISRUPTION_BUDGETS: Final = ResourceType(
    name="PodDisruptionBudget", plural="poddisruptionbudgets", group="policy", record=DisruptionBudget.of
)
VOLUME_CLAIMS: Final = ResourceType(
    name="PersistentVolumeClaim", plural="persistentvolumeclaims", group="", record=VolumeClaim.of
)
VOLUMES: Final = ResourceType(name="PersistentVolume", plural="persistentvolumes", group="", record=Volume.of)

ResourceTypes = tuple[ResourceType[object], ...]
RESOURCE_TYPES: Final[ResourceTypes] = (
    PODS,
    NODES,
    EVENTS,
    NODE_CLASSES,
    NODE_POOLS,
    NODE_CLAIMS,
    DISRUPTION_BUDGETS,
    VOLUME_CLAIMS,
    VOLUMES,
)
"""Every kind that a command reads."""


def kubectl_get(kinds: Iterable[ResourceType[object]]) -> str:
    """The command that prints all objects of some kinds."""
    return f"kubectl get {','.join(kind.plural for kind in kinds)} -A -o json"
