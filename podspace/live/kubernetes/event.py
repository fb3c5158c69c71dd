"""An event: what a component said of an object, kept for about an hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from podspace.live.kubernetes.json_object import JsonObject, inner, number, text


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """An event.

    Attributes:
        kind: of the object it is about, with its `namespace` and `name`.
        count: how often it was said, at least once.
        last: when it was last said, an RFC 3339 time; empty where that is not known.
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
        """From the object as the API server has it, of the core group or of events.k8s.io."""
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
