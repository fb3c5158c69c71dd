"""What hinders the move of a pod, with cause, fix and source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

_DISRUPTION: Final = "https://karpenter.sh/docs/concepts/disruption/"
_EVICTION: Final = "https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/"
_DRAIN: Final = "https://kubernetes.io/docs/reference/kubectl/generated/kubectl_drain/"
_SCHEDULING: Final = "https://karpenter.sh/docs/concepts/scheduling/"
_BUDGETS: Final = "https://kubernetes.io/docs/concepts/workloads/pods/disruptions/"


@dataclass(frozen=True, kw_only=True, slots=True)
class Hindrance:
    """One thing that hinders the move of a pod.

    Attributes:
        id: of its diagnostics.
        severity: `error` if the pod cannot be moved as it is, `note` if it can, `unknown` if that is not known.
        what: what it is, after its subject, with `{pods}` in the place of the number of pods.
        cause: why it hinders.
        fix: what to do.
        source: URL of the page that states it.
        inferred: whether it follows from the source without being stated there.
    """

    id: str
    severity: Literal["error", "note", "unknown"] = "error"
    what: str
    cause: str
    fix: str
    source: str
    inferred: bool = False

    @property
    def holds_back(self) -> bool:
        """Whether the nodes of its pods are drained last."""
        return self.severity != "note"


BUDGET: Final = Hindrance(
    id="disruption-budget",
    what="allows 0 disruptions of {pods}",
    cause="the API server refuses to evict its pods, so that draining their nodes does not end",
    fix="wait until more of its pods are ready, add replicas, or correct the budget; or, after the nodes are cordoned, "
    "run `kubectl rollout restart` for the workload, which budgets do not limit",
    source=_BUDGETS,
)
BUDGETS_OVERLAP: Final = Hindrance(
    id="disruption-budgets-overlap",
    what="select the same {pods}",
    cause="the API server refuses to evict a pod that several PodDisruptionBudgets select, whatever they allow",
    fix="correct their selectors or delete one of them; or, after the nodes are cordoned, run `kubectl rollout "
    "restart` for the workload",
    source=_EVICTION,
)
DO_NOT_DISRUPT: Final = Hindrance(
    id="do-not-disrupt",
    what="is set on {pods}",
    cause="Karpenter does not evict the pod until the terminationGracePeriod of its node ends; `kubectl drain` ignores "
    "the annotation and evicts it at once",
    fix="ask the owner of the pod; then wait until the pod ends, or remove the annotation and drain the node",
    source=_DISRUPTION,
    inferred=True,
)
NO_CONTROLLER: Final = Hindrance(
    id="no-controller",
    what="{pods} would be lost",
    cause="nothing starts them again after an eviction; without --force, `kubectl drain` evicts no pod of their nodes",
    fix="create them again on a NodePool of the config, by a Deployment or a Job, and delete the old pods",
    source=_DRAIN,
)
NODE_SELECTION: Final = Hindrance(
    id="node-selection",
    what="is required by {pods}, and no NodePool of the config satisfies it",
    cause="nodeSelector and required node affinity: the new pod would wait, as no node of these NodePools has such "
    "labels",
    fix="change the workload, or add the label or requirement to a NodePool of the config",
    source=_SCHEDULING,
)
TOLERATIONS: Final = Hindrance(
    id="tolerations",
    what="is not tolerated by {pods}",
    cause="each NodePool of the config that fits has a taint that the pod does not tolerate: the new pod would wait",
    fix="add the toleration to the workload, or a NodePool without the taint to the config",
    source=_SCHEDULING,
)
ZONAL_VOLUME: Final = Hindrance(
    id="zonal-volume",
    what="is required by volumes of {pods}, and no NodePool of the config satisfies it",
    cause="a volume can only be used on nodes that its node affinity names, such as those of its zone",
    fix="add the zone to the config (podspace add-zone), or restore the volume from a snapshot in a zone of the config",
    source=_SCHEDULING,
)
VOLUME_DRIVER: Final = Hindrance(
    id="volume-driver",
    what="is the CSI driver of volumes of {pods}",
    cause="EKS Auto Mode cannot mount volumes of the EBS CSI driver add-on",
    fix="migrate the volumes to a StorageClass with the provisioner ebs.csi.eks.amazonaws.com",
    source="https://docs.aws.amazon.com/eks/latest/userguide/migrate-auto.html",
)
VOLUME_UNKNOWN: Final = Hindrance(
    id="volume-unknown",
    severity="unknown",
    what="are used by {pods}: the PersistentVolumeClaim or PersistentVolume is not in the input",
    cause="a volume in a zone without a NodePool of the config would keep the new pod waiting",
    fix="read persistentvolumeclaims and persistentvolumes too, of all namespaces",
    source=_SCHEDULING,
)
HOST_PORTS: Final = Hindrance(
    id="host-ports",
    severity="note",
    what="is a host port of {pods}",
    cause="two pods with the same host port do not share a node, so each needs a node of its own",
    fix="no action needed if the NodePool may add as many nodes",
    source="https://kubernetes.io/docs/concepts/configuration/overview/",
)
LOCAL_DATA: Final = Hindrance(
    id="local-data",
    severity="note",
    what="are deleted with {pods}",
    cause="`kubectl drain` evicts pods with emptyDir volumes only with --delete-emptydir-data, which the commands have",
    fix="no action needed if the data may be lost",
    source=_DRAIN,
)
SINGLE_POD: Final = Hindrance(
    id="single-pod",
    severity="note",
    what="are not available while {pods} are evicted and start again",
    cause="an eviction deletes a pod before its replacement starts",
    fix="after the nodes are cordoned, run `kubectl rollout restart` for a Deployment: its new pod starts first",
    source="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/",
)

HINDRANCES: Final = (
    BUDGET,
    BUDGETS_OVERLAP,
    DO_NOT_DISRUPT,
    NO_CONTROLLER,
    NODE_SELECTION,
    TOLERATIONS,
    ZONAL_VOLUME,
    VOLUME_DRIVER,
    VOLUME_UNKNOWN,
    HOST_PORTS,
    LOCAL_DATA,
    SINGLE_POD,
)
"""Every hindrance, in the order of the report."""
