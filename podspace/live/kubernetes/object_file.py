"""A file of kubectl's output: JSON of any size, or YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml
from pydantic import JsonValue

from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.formats.document import composed
from podspace.formats.text_file import MOST_BYTES, text_of
from podspace.live.failure import LiveError, UnreadError
from podspace.live.kubernetes.json_object import JsonObject, text
from podspace.live.kubernetes.json_stream import json_objects

_HEAD: Final = 2**12
_TABLE: Final = re.compile(rb"(NAME|NAMESPACE|LAST SEEN)\b")


@dataclass(frozen=True, kw_only=True, slots=True)
class ObjectFile:
    """A file with objects in it.

    Attributes:
        path: path of the file.
        name: name in messages, `-` for standard input.
    """

    path: Path
    name: str

    def objects(self) -> Iterator[tuple[str, JsonObject]]:
        """Each object, with its kind.

        Raises:
            UnreadError: it is not what kubectl prints, or breaks off; the objects before have been given.
            LiveError: it cannot be opened, or there is nothing in it.
        """
        head = self._head()
        if head.startswith((b"{", b"[")):
            with self.path.open("rb") as stream:
                yield from json_objects(stream, name=self.name)
        elif _TABLE.match(head):
            raise self._unread("must be JSON or YAML, but is a table", fix="add `-o json` to the command")
        else:
            yield from self._yaml_objects()

    def _head(self) -> bytes:
        try:
            with self.path.open("rb") as stream:
                head = stream.read(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
        except OSError as error:
            must = f"must be a file that can be read: {error.strerror}"
            raise LiveError(Diagnostic(location=Location(file=self.name), message=must)) from None
        if not head:
            fix = "check whether the command that wrote it failed"
            raise LiveError(Diagnostic(location=Location(file=self.name), message="must not be empty", fix=fix))
        return head

    def _yaml_objects(self) -> Iterator[tuple[str, JsonObject]]:
        if self.path.stat().st_size > MOST_BYTES:
            must = f"must have at most {MOST_BYTES // 2**20} MB as YAML, which is read at once"
            raise self._unread(must, fix="use `-o json`, which may have any size")
        try:
            for node in composed(text_of(self.path), self.path):
                yield from _listed(yaml.SafeLoader("").construct_document(node))
        except InputError as error:
            raise self._unread(error.diagnostics[0].message, fix="use `-o json` or `-o yaml`") from None
        except (yaml.YAMLError, ValueError) as error:
            raise self._unread(f"must be YAML: {str(error).splitlines()[0]}", fix="use `-o json`") from None

    def _unread(self, must: str, *, fix: str) -> UnreadError:
        return UnreadError(Diagnostic(subject=self.name, message=must, fix=fix))


def _listed(data: JsonValue) -> Iterator[tuple[str, JsonObject]]:
    items = data.get("items") if isinstance(data, dict) else None
    for item in items if isinstance(items, list) else [data]:
        if not isinstance(item, dict) or not text(item, "kind"):
            raise ValueError("must be an object with a kind, or a list of them")
        yield text(item, "kind"), item
