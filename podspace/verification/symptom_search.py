"""The known messages of objects and events, counted by symptom, kind and NodePool."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from typing import Final

from podspace.diagnostic import Diagnostic, Severity
from podspace.live.kubernetes import Event, NodeClaim, Pod
from podspace.reporting.wording import counted, plain, plural, quoted, such_as
from podspace.verification.known_symptoms import SYMPTOMS, symptom_of
from podspace.verification.symptom import Symptom

_MOST_NAMES: Final = 10_000


@dataclass(kw_only=True, slots=True)
class _Case:
    """A symptom of one kind of objects, in one pool.

    Attributes:
        lasting: whether it still holds for one of the objects; events are kept for an hour, even if it does not.
        names: of the objects, each once, ten thousand at most.
        last: the time of the last message, RFC 3339.
        text: the last message, preferably one that still holds.
    """

    times: int = 0
    names: dict[str, None] = field(default_factory=dict)
    lasting: bool = False
    last: str = ""
    text: str = ""

    def add(self, name: str, text: str, *, times: int, last: str, lasting: bool) -> None:
        self.times += times
        if len(self.names) < _MOST_NAMES:
            self.names[name] = None
        if not self.text or (lasting, last) >= (self.lasting, self.last):
            self.text = text
        self.lasting = self.lasting or lasting
        self.last = max(self.last, last)


class SymptomSearch:
    """Searches messages for known ones, in memory that grows with symptoms, kinds and NodePools only."""

    def __init__(self, *, pools: Container[str]) -> None:
        """
        Args:
            pools: the NodePools of the plan; a message of another one is a warning at most.
        """
        self._pools = pools
        self._cases: dict[tuple[str, str, str], _Case] = {}

    def look_at_claim(self, claim: NodeClaim) -> None:
        """Search the conditions of a NodeClaim that are not True."""
        for each in claim.conditions:
            if each.status != "True":
                self._look("NodeClaim", claim.name, str(each), pool=claim.pool, last=each.since)

    def look_at_pod(self, pod: Pod, *, pool: str) -> None:
        """Search what a pod waits for; `pool` is the NodePool of its node, empty for none."""
        for text in () if pod.finished else pod.waiting:
            self._look("Pod", str(pod), text, pool=pool)

    def look_at_event(self, event: Event, *, pool: str, lasting: bool) -> None:
        """Search an event about an object of a NodePool, empty for none; `lasting` if the object is still stuck."""
        name = f"{event.namespace}/{event.name}" if event.namespace else event.name
        text = f"{event.reason}: {event.message}"
        self._look(event.kind, name, text, pool=pool, times=event.count, last=event.last, lasting=lasting)

    def _look(
        self, kind: str, name: str, text: str, *, pool: str, times: int = 1, last: str = "", lasting: bool = True
    ) -> None:
        if symptom := symptom_of(text, kind=kind):
            case = self._cases.setdefault((symptom.id, kind, pool), _Case())
            case.add(name, text, times=times, last=last, lasting=lasting)

    def diagnostics(self) -> Iterator[Diagnostic]:
        """The known messages; those that do not last, or are of another NodePool, are warnings."""
        for symptom in SYMPTOMS:
            for (id, kind, pool), case in sorted(self._cases.items(), key=lambda each: each[0]):
                if id == symptom.id:
                    serious = case.lasting and (not pool or pool in self._pools)
                    yield _diagnostic(
                        symptom, case, kind=kind, pool=pool, severity=symptom.level if serious else "warning"
                    )


def _diagnostic(symptom: Symptom, case: _Case, *, kind: str, pool: str, severity: Severity) -> Diagnostic:
    last = f", last at {plain(case.last)}" if case.last else ""
    over = "" if case.lasting else "; none of them is known to be stuck now"
    names = such_as([*map(plain, case.names)], of=len(case.names))
    said = symptom.found_in(case.text, kind=kind)
    words = quoted(case.text, at=said.start() if said else 0)
    return Diagnostic(
        id=symptom.id,
        severity=severity,
        subject=f"{plural(kind)} of {plain(pool)}" if pool else plural(kind),
        message=f"{words}, {counted(case.times, 'time')}{last}, of {names}{over}",
        cause=symptom.cause,
        fix=symptom.fix,
        source=symptom.source,
        inferred=symptom.inferred,
    )
