"""A cluster in files: the output of `kubectl get -o json` or `-o yaml`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, cast

from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.formats.source_files import STDIN, sources
from podspace.live.failure import LiveError, UnreadError
from podspace.live.kubernetes.json_object import JsonObject, text
from podspace.live.kubernetes.object_file import ObjectFile
from podspace.live.kubernetes.resource_type import (
    DISRUPTION_BUDGETS,
    EVENTS,
    NODE_CLAIMS,
    PODS,
    RESOURCE_TYPES,
    VOLUME_CLAIMS,
    VOLUMES,
    Record_co,
    ResourceType,
    ResourceTypes,
    kubectl_get,
)

_STREAMED: Final = frozenset({PODS.name, EVENTS.name})
"""Kinds of which there may be too many to keep: their files are read again."""
_MAY_BE_NONE: Final = frozenset(kind.name for kind in (EVENTS, NODE_CLAIMS, DISRUPTION_BUDGETS, VOLUME_CLAIMS, VOLUMES))
"""Kinds that a cluster in order may have nothing of, so that a file without them may be whole."""


class ClusterFiles:
    """The objects in files, which are read once, at creation."""

    context: Final = ""
    is_complete: Final = False

    def __init__(self, files: Sequence[ObjectFile], kinds: ResourceTypes) -> None:
        """
        Args:
            files: what kubectl printed.
            kinds: those to keep; others are passed over.
        """
        self.name = ", ".join(file.name for file in files)
        self._files = files
        self._kinds = kinds
        self._kept: dict[str, list[object]] = {kind.name: [] for kind in kinds}
        self._in: dict[str, dict[ObjectFile, None]] = {kind.name: {} for kind in kinds}
        self._broken: Diagnostic | None = None
        for file in files:
            try:
                self._look_into(file)
            except UnreadError as error:
                self._broken = self._broken or error.diagnostic

    def _look_into(self, file: ObjectFile) -> None:
        by_name = {kind.name: kind for kind in self._kinds}
        for name, data in file.objects():
            kind = by_name.get(name)
            if kind and _is_of(kind.group, data):
                self._in[name][file] = None
                if name not in _STREAMED:
                    self._kept[name].append(kind.record(data))

    def records(self, kind: ResourceType[Record_co]) -> Iterator[Record_co]:
        """All objects of a kind, one at a time; errors are those of `Cluster.records`."""
        if kind.name in _STREAMED:
            for file in self._in[kind.name]:
                yield from _streamed(kind, file)
        else:
            yield from cast("list[Record_co]", self._kept[kind.name])
        if self._broken:
            raise UnreadError(self._broken)
        if not self._in[kind.name] and kind.name not in _MAY_BE_NONE:
            must = f"must be in {self.name}"
            raise UnreadError(
                Diagnostic(subject=kind.plural, message=must, fix=f"give the output of `{kubectl_get(self._kinds)}`")
            )


def _streamed(kind: ResourceType[Record_co], file: ObjectFile) -> Iterator[Record_co]:
    try:
        for name, data in file.objects():
            if name == kind.name and _is_of(kind.group, data):
                yield kind.record(data)
    except UnreadError:
        return  # it was met the first time too, and is told after all files


def _is_of(group: str, data: JsonObject) -> bool:
    """Whether an object is of an API group; items of the server's own lists do not say, and are."""
    version = text(data, "apiVersion")
    return not version or version.rpartition("/")[0] in {group, "events.k8s.io"}


@contextmanager
def open_files(paths: Sequence[Path], *, kinds: ResourceTypes = RESOURCE_TYPES) -> Iterator[ClusterFiles]:
    """The objects of some kinds in files, in the YAML and JSON files of folders, and in standard input, `-`.

    What can be read only once, such as a pipe, is copied to a temporary file first.

    Raises:
        LiveError: a file cannot be opened, or there is nothing in it.
    """
    try:
        found = [source.path for path in paths for source in sources(path) if not source.assembly]
    except InputError as error:
        raise LiveError(error.diagnostics[0]) from None
    with tempfile.TemporaryDirectory() as folder:
        files = [
            ObjectFile(path=_copy(path, Path(folder) / str(number)) if _once(path) else path, name=str(path))
            for number, path in enumerate(dict.fromkeys(found))
        ]
        yield ClusterFiles(files, kinds)


def _once(path: Path) -> bool:
    return path == STDIN or path.is_fifo()


def _copy(path: Path, copy: Path) -> Path:
    try:
        with copy.open("wb") as target:
            if path == STDIN:
                shutil.copyfileobj(sys.stdin.buffer, target)
            else:
                with path.open("rb") as pipe:
                    shutil.copyfileobj(pipe, target)
    except (AttributeError, OSError, ValueError) as error:  # standard input may be closed
        raise LiveError(
            Diagnostic(location=Location(file=str(path)), message=f"must be open to be read: {error}")
        ) from None
    return copy
