"""A cluster as it can be read, wherever that is from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from pydantic import JsonValue

from podspace.live.failure import UnreadError
from podspace.live.kubernetes.kind import Kind, Record_co
from podspace.problem import Problem


class Cluster(Protocol):
    """The objects of a cluster: those of an API server, or those in files."""

    @property
    def name(self) -> str:
        """What is read, in words, such as `context prod`."""
        ...

    def records(self, kind: Kind[Record_co]) -> Iterator[Record_co]:
        """All objects of a kind in all namespaces, one at a time, each once.

        Raises:
            UnreadError: they cannot be read, or not all of them; those before were.
            LiveError: nothing can be read.
        """
        ...


def record_of(kind: Kind[Record_co], data: JsonValue, *, place: str) -> Record_co:
    """What is kept of an object.

    Raises:
        UnreadError: it is no object.
    """
    if not isinstance(data, dict):
        shown = type(data).__name__
        raise UnreadError(Problem(place=place, value=shown, must=f"must be an object of the kind {kind.name}"))
    return kind.record(data)
