"""Reads a cluster as far as it can be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from podspace.diagnostic import Diagnostic
from podspace.live.failure import KindMissingError, UnreadError
from podspace.live.kubernetes import NODE_CLAIMS, Cluster, ResourceType
from podspace.reporting.wording import counted, plain

_Record = TypeVar("_Record")


class Reading:
    """Reads objects by kind, and collects diagnostics of what cannot be read."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._read: dict[str, int] = {}
        self._broken: set[str] = set()
        self._missing: set[str] = set()
        self._diagnostics: dict[Diagnostic, Diagnostic] = {}

    def of(self, kind: ResourceType[_Record]) -> Iterator[_Record]:
        """The objects of a kind, as many as can be read."""
        self._read[kind.name] = 0
        try:
            for record in self._cluster.records(kind):
                self._read[kind.name] += 1
                yield record
        except UnreadError as error:
            self._broken.add(kind.name)
            if isinstance(error, KindMissingError):
                self._missing.add(kind.name)
            if not (
                isinstance(error, KindMissingError) and kind.name == NODE_CLAIMS.name
            ):  # that of NodePools reports it
                self._diagnostics.setdefault(error.diagnostic, self._diagnostic(kind, error))

    def is_whole(self, kind: ResourceType[object]) -> bool:
        """Whether all objects of a kind were read."""
        return kind.name not in self._broken

    def is_readable(self, kind: ResourceType[object]) -> bool:
        """Whether all objects of a kind were read, or the cluster is known to have no such kind."""
        return self.is_whole(kind) or kind.name in self._missing

    def has_any(self, kind: ResourceType[object]) -> bool:
        """Whether at least some objects of a kind were read, or there are none."""
        return self.is_whole(kind) or self._read[kind.name] > 0

    def diagnostics(self) -> Iterator[Diagnostic]:
        """A diagnostic for each distinct reason why something could not be read."""
        yield from self._diagnostics.values()

    def _diagnostic(self, kind: ResourceType[object], error: UnreadError) -> Diagnostic:
        problem, read = error.diagnostic, self._read[kind.name]
        after = f"; {counted(read, kind.name)} had been read" if read else ""
        return Diagnostic(
            id="readable",
            severity="error" if isinstance(error, KindMissingError) else "unknown",
            subject=plain(problem.subject),
            message=plain(problem.message) + after,
            fix=problem.fix,
            source=problem.source,
            inferred=problem.inferred,
        )
