"""Events: messages of components about an object, which Kubernetes keeps for about an hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from podspace.live.kubernetes.json_object import JsonObject, inner, number, text


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """An event of Kubernetes.

    Attributes:
        kind: kind of the object that it is about; `namespace` and `name` are those of the object.
        count: number of occurrences, at least 1.
        last: time of the last occurrence, in RFC 3339; empty if unknown.
    """

    kind: str
    namespace: str
    name: str
    reason: str
    message: str
    count: int
    last: str

    @classmethod
    def of(cls, data: JsonObject) -> Self:
        """An event from an object of the API server, of the core group or of events.k8s.io."""
        about, series = inner(data, "involvedObject") or inner(data, "regarding"), inner(data, "series")
        times = (
            text(series, "lastObservedTime"),
            text(data, "lastTimestamp"),
            text(data, "eventTime"),
            text(inner(data, "metadata"), "creationTimestamp"),
        )
        return cls(
            kind=text(about, "kind"),
            namespace=text(about, "namespace"),
            name=text(about, "name"),
            reason=text(data, "reason"),
            message=text(data, "message") or text(data, "note"),
            count=max(number(series, "count"), number(data, "count"), 1),
            last=next(filter(None, times), ""),
        )
