"""A pod: where it runs and may run, what addresses it has, and what its eviction would lose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from podspace.live.kubernetes.json_object import JsonObject, each, inner, number, said, text
from podspace.live.kubernetes.placement import Placement

_DO_NOT_DISRUPT: Final = "karpenter.sh/do-not-disrupt"
_TEMPLATE_HASH: Final = "pod-template-hash"

_ANYWHERE: Final = Placement(selector=(), terms=None, tolerations=())


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """The controller of a pod; `kind` is such as `StatefulSet`, `Job`, or `Node` for a static pod."""

    kind: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EndedContainer:
    """A container that has ended.

    Attributes:
        exit_code: of its process.
        reason: such as `Completed`, `Error` or `OOMKilled`.
        message: its termination message, as it is: any text, of at most 4,096 bytes if the kubelet wrote it
            (https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/).
    """

    name: str
    exit_code: int
    reason: str
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Pod:
    """A pod of the cluster.

    Attributes:
        node: name of its node; empty until it is scheduled.
        addresses: IP addresses of its status; Services use the first.
        created: creation time, in RFC 3339.
        waiting: reasons and messages of waiting containers, and of a pod that is not scheduled.
        owner: its controller; for a ReplicaSet of a Deployment, the Deployment; None for a pod without one.
        ready: whether its condition Ready is True.
        deleted: whether it is being deleted.
        do_not_disrupt: the value of the annotation karpenter.sh/do-not-disrupt; empty without one.
        claims: the PersistentVolumeClaims that it uses, without those that are deleted with it.
        host_ports: such as `8080/TCP`.
        local_data: whether it has an emptyDir volume.
        placement: what it asks of its node.
        hostname: the host name that its spec has; empty if it is the pod's name.
        ended: its containers that have ended, without init containers.
    """

    namespace: str
    name: str
    node: str
    phase: str
    host_network: bool
    addresses: tuple[str, ...]
    created: str = ""
    waiting: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    owner: Owner | None = None
    ready: bool = False
    deleted: bool = False
    do_not_disrupt: str = ""
    claims: tuple[str, ...] = ()
    host_ports: tuple[str, ...] = ()
    local_data: bool = False
    placement: Placement = _ANYWHERE
    hostname: str = ""
    ended: tuple[EndedContainer, ...] = ()

    @classmethod
    def of(cls, data: JsonObject) -> Self:
        """A pod from an object of the API server."""
        metadata, spec, status = inner(data, "metadata"), inner(data, "spec"), inner(data, "status")
        listed = tuple(filter(None, (text(item, "ip") for item in each(status, "podIPs"))))
        return cls(
            namespace=text(metadata, "namespace"),
            name=text(metadata, "name"),
            node=text(spec, "nodeName"),
            phase=text(status, "phase"),
            host_network=spec.get("hostNetwork") is True,
            addresses=listed or tuple(filter(None, (text(status, "podIP"),))),
            created=text(metadata, "creationTimestamp"),
            waiting=tuple(_waiting(status)),
            labels={key: value for key, value in inner(metadata, "labels").items() if isinstance(value, str)},
            owner=_owner(metadata),
            ready=any(
                item.get("type") == "Ready" and item.get("status") == "True" for item in each(status, "conditions")
            ),
            deleted=bool(text(metadata, "deletionTimestamp")),
            do_not_disrupt=text(inner(metadata, "annotations"), _DO_NOT_DISRUPT),
            claims=tuple(_claims(spec)),
            host_ports=tuple(_host_ports(spec)),
            local_data=any(isinstance(volume.get("emptyDir"), dict) for volume in each(spec, "volumes")),
            placement=Placement.of(spec),
            hostname=text(spec, "hostname"),
            ended=tuple(_ended(status)),
        )

    @property
    def finished(self) -> bool:
        """Whether all its containers have ended and will not restart, so that its address is free again."""
        return self.phase in {"Succeeded", "Failed"}

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


def _ended(status: JsonObject) -> Iterator[EndedContainer]:
    for container in each(status, "containerStatuses"):
        ended = inner(container, "state", "terminated")
        if ended:
            yield EndedContainer(
                name=text(container, "name"),
                exit_code=number(ended, "exitCode"),
                reason=text(ended, "reason"),
                message=text(ended, "message"),
            )


def _waiting(status: JsonObject) -> Iterator[str]:
    for key in ("initContainerStatuses", "containerStatuses"):
        for container in each(status, key):
            waiting = inner(container, "state", "waiting")
            if waiting:
                yield said(text(waiting, "reason"), text(waiting, "message"))
    for item in each(status, "conditions"):
        if text(item, "type") == "PodScheduled" and text(item, "status") == "False":
            yield said(text(item, "reason"), text(item, "message"))


def _owner(metadata: JsonObject) -> Owner | None:
    """The controller of a pod.

    The name of a ReplicaSet is that of its Deployment and the hash that its pods have as a label (inferred from
    https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pod-template-hash-label).
    """
    found = next((item for item in each(metadata, "ownerReferences") if item.get("controller") is True), None)
    if found is None:
        return None
    kind, name, made_of = text(found, "kind"), text(found, "name"), text(inner(metadata, "labels"), _TEMPLATE_HASH)
    if kind == "ReplicaSet" and made_of and name.endswith(f"-{made_of}"):
        return Owner(kind="Deployment", name=name.removesuffix(f"-{made_of}"))
    return Owner(kind=kind, name=name)


def _claims(spec: JsonObject) -> Iterator[str]:
    for volume in each(spec, "volumes"):
        if name := text(inner(volume, "persistentVolumeClaim"), "claimName"):
            yield name


def _host_ports(spec: JsonObject) -> Iterator[str]:
    for key in ("initContainers", "containers"):
        for container in each(spec, key):
            for port in each(container, "ports"):
                if number(port, "hostPort"):
                    yield f"{number(port, 'hostPort')}/{text(port, 'protocol') or 'TCP'}"
