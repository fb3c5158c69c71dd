"""A pod: where it runs, and what addresses it has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from podspace.live.kubernetes.json_object import JsonObject, each, inner, said, text


@dataclass(frozen=True, kw_only=True, slots=True)
class Pod:
    """A pod of the cluster.

    Attributes:
        node: name of its node; empty until it is scheduled.
        addresses: IP addresses of its status; Services use the first.
        created: creation time, in RFC 3339.
        waiting: reasons and messages of waiting containers, and of a pod that is not scheduled.
    """

    namespace: str
    name: str
    node: str
    phase: str
    host_network: bool
    addresses: tuple[str, ...]
    created: str = ""
    waiting: tuple[str, ...] = ()

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
        )

    @property
    def finished(self) -> bool:
        """Whether all its containers have ended and will not restart, so that its address is free again."""
        return self.phase in {"Succeeded", "Failed"}

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


def _waiting(status: JsonObject) -> Iterator[str]:
    for key in ("initContainerStatuses", "containerStatuses"):
        for container in each(status, key):
            waiting = inner(container, "state", "waiting")
            if waiting:
                yield said(text(waiting, "reason"), text(waiting, "message"))
    for item in each(status, "conditions"):
        if text(item, "type") == "PodScheduled" and text(item, "status") == "False":
            yield said(text(item, "reason"), text(item, "message"))
