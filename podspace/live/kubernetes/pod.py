"""A pod: where it runs, and what addresses it has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from podspace.live.kubernetes.json_object import JsonObject, each, inner, number, said, text


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
    """A pod.

    Attributes:
        node: the name of its node; empty until it is scheduled.
        addresses: as its status has them, the first the one that Services use.
        created: an RFC 3339 time.
        waiting: what its containers wait for, and why it is not scheduled: reason and message of each.
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
    hostname: str = ""
    ended: tuple[EndedContainer, ...] = ()

    @classmethod
    def of(cls, data: JsonObject) -> Self:
        """From the object as the API server has it."""
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
            hostname=text(spec, "hostname"),
            ended=tuple(_ended(status)),
        )

    @property
    def finished(self) -> bool:
        """Whether its containers have ended for good, so that its address is free again."""
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
