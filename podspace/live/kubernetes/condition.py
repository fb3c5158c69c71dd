"""Conditions in the status of an object."""

from __future__ import annotations

from dataclasses import dataclass

from podspace.live.kubernetes.json_object import JsonObject, each, inner, number, said, text


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """A condition in the status of an object.

    Attributes:
        status: `True`, `False` or `Unknown`.
        observed_generation: generation of the object that the condition is about; 0 if unknown.
        since: when the status last changed, an RFC 3339 time.
    """

    type: str
    status: str
    reason: str = ""
    message: str = ""
    observed_generation: int = 0
    since: str = ""

    def __str__(self) -> str:
        why = said("" if self.reason == self.type else self.reason, self.message)
        return f"{self.type} is {self.status}{f' ({why})' if why else ''}"


def conditions_of(data: JsonObject) -> tuple[Condition, ...]:
    """The conditions in the status of an object, in its order."""
    return tuple(
        Condition(
            type=text(item, "type"),
            status=text(item, "status"),
            reason=text(item, "reason"),
            message=text(item, "message"),
            observed_generation=number(item, "observedGeneration"),
            since=text(item, "lastTransitionTime"),
        )
        for item in each(inner(data, "status"), "conditions")
    )
