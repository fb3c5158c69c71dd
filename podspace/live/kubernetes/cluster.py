"""A cluster as it can be read, wherever that is from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from podspace.live.kubernetes.resource_type import Record_co, ResourceType


class Cluster(Protocol):
    """The objects of a cluster: those of an API server, or those in files."""

    @property
    def name(self) -> str:
        """The source of the objects in words, such as `context prod`."""
        ...

    @property
    def context(self) -> str:
        """The context of the kubeconfig that is read; empty for files, and for the service account of a pod."""
        ...

    @property
    def is_complete(self) -> bool:
        """Whether a kind without objects is known to have none; files may lack those that the cluster has."""
        ...

    def records(self, kind: ResourceType[Record_co]) -> Iterator[Record_co]:
        """All objects of a kind in all namespaces, one at a time, each once.

        Raises:
            UnreadError: not all objects can be read; those before the error were returned.
            LiveError: no object of any kind can be read.
        """
        ...
