"""A YAML file as data, with the line each value stands on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import yaml
from pydantic import JsonValue

from podspace.diagnostic import Diagnostic, InputError, Location, place_in
from podspace.formats.kubectl_yaml import bare_value, merged_pairs
from podspace.formats.text_file import text_of, unreadable

DUPLICATE_KEY: Final = "duplicate-key"
"""The id of a diagnostic about a key that a mapping has twice."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """The contents of a YAML file.

    Attributes:
        path: path of the file.
        data: the data of its one document.
        lines: line numbers, from 1, by the path of the value (`place_of`).
    """

    path: Path
    data: JsonValue
    lines: Mapping[str, int]

    def located(self, problem: Diagnostic) -> Diagnostic:
        """A diagnostic with its file added, and the line of the nearest value on its path."""
        line = self.line_of(problem.location.path)
        return replace(problem, location=replace(problem.location, file=str(self.path), line=line))

    def line_of(self, place: str) -> int:
        """The line of the value at a place, or of the nearest around it that is there."""
        while place not in self.lines:
            place = place[: max(place.rfind("."), place.rfind("["), 0)]
        return self.lines[place]


def read_document(path: Path) -> Document:
    """The one YAML document of a file.

    Raises:
        InputError: the file cannot be read, is empty or not YAML, or a mapping in it has a key twice.
    """
    return parsed_document(text_of(path), path)


def parsed_document(text: str, path: Path) -> Document:
    """The one YAML document of a text; `path` is the file that errors name.

    Raises:
        InputError: the text is empty or not YAML, or a mapping in it has a key twice.
    """
    nodes = list(composed(text, path))
    if len(nodes) > 1:
        line = nodes[1].start_mark.line + 1
        raise unreadable(path, "must be one YAML document: expected a single document in the stream", line=line)
    if not nodes:
        raise unreadable(path, "must not be empty", fix="start from one of the files in config/")
    return document_of(nodes[0], path)


def composed(text: str, path: Path) -> Iterator[yaml.Node]:
    """The YAML documents of a text, as nodes that know their lines; those before a broken one too.

    Raises:
        InputError: it is not YAML, from where it is not.
    """
    try:
        yield from (node for node in yaml.compose_all(text, Loader=_Loader) if node is not None)
    except RecursionError:
        raise _too_deep(path) from None
    except _TooManyError:
        must, fix = f"must hold at most {_MOST_NODES:,} keys and values in a document", "split the document"
        raise unreadable(path, must, fix=fix) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        fix = "render the template first" if "{{" in text else ""
        raise unreadable(path, f"must be one YAML document: {error.problem}", line=line, fix=fix) from None
    except yaml.reader.ReaderError as error:
        character = error.character if isinstance(error.character, str) else chr(error.character)
        raise unreadable(path, f"must not contain {character!r}, which YAML does not allow") from None


def document_of(
    node: yaml.Node,
    path: Path,
    *,
    as_kubectl: bool = False,
    tagged: Callable[[str, JsonValue], JsonValue] | None = None,
) -> Document:
    """A YAML node as data.

    `as_kubectl` reads numbers and merge keys as kubectl does: 012 is ten there, and an account id where it is text
    to us. `tagged` gives the meaning of a value with a tag of its own, such as `!Ref`.

    Raises:
        InputError: a mapping in it has a key twice, or it is beyond reading.
    """
    reader = _Reader(path, as_kubectl=as_kubectl, tagged=tagged)
    try:
        data = reader.read(node, "")
    except RecursionError:
        raise _too_deep(path) from None
    if reader.problems:
        raise InputError(reader.problems)
    return Document(path=path, data=data, lines=reader.lines)


def _too_deep(path: Path) -> InputError:
    return unreadable(path, "must not be nested this deeply, nor contain itself")


_MOST_VALUES = 100_000
_MOST_NODES = 1_000_000
_DEEPEST = 50
_PLAIN = {"bool", "int", "float", "null"}
SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The loader of YAML in C, if PyYAML has it."""


class _TooManyError(ValueError):
    """A document has more keys and values than are composed."""


class Bounded:
    """Part of a loader that limits depth and size of documents: composing calls these before and after each node.

    libyaml composes by recursion in C, where depth ends the process; a node takes some 400 bytes.
    """

    _depth = 0
    _nodes = 0

    def descend_resolver(self, *_: object) -> None:
        self._depth += 1
        self._nodes = self._nodes + 1 if self._depth > 1 else 1
        if self._depth > _DEEPEST + 1:
            raise RecursionError
        if self._nodes > _MOST_NODES:
            raise _TooManyError

    def ascend_resolver(self) -> None:
        self._depth -= 1


class _Loader(Bounded, SafeLoader):  # type: ignore[misc, valid-type]
    """Composes YAML that is neither deep nor large."""


class _Reader:
    """Walks the nodes of a document, as PyYAML's own constructor lets a repeated key win in silence."""

    def __init__(self, path: Path, *, as_kubectl: bool, tagged: Callable[[str, JsonValue], JsonValue] | None) -> None:
        self._path = path
        self._as_kubectl = as_kubectl
        self._merges = as_kubectl or tagged is not None  # the AWS CLI merges, too, before it deploys
        self._tagged = tagged
        self._scalars = yaml.SafeLoader("")
        self.lines: dict[str, int] = {}
        self.problems: list[Diagnostic] = []

    def read(self, node: yaml.Node, place: str) -> JsonValue:
        if len(self.lines) > _MOST_VALUES:
            raise unreadable(self._path, f"must hold at most {_MOST_VALUES:,} values")
        self.lines[place] = node.start_mark.line + 1
        value = self._plain(node, place)
        return self._tagged(node.tag, value) if self._tagged and node.tag.startswith("!") else value

    def _plain(self, node: yaml.Node, place: str) -> JsonValue:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, f"{place}[{index}]") for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _scalar(self, node: yaml.Node) -> JsonValue:
        """A value, or its text where YAML 1.1 would read something else into it, such as an octal account id."""
        text = str(node.value)
        if self._as_kubectl and isinstance(node, yaml.ScalarNode) and (bare := bare_value(node)) is not None:
            return bare
        if node.tag.rpartition(":")[2] not in _PLAIN:
            return text
        try:
            value: JsonValue = self._scalars.construct_object(node)
        except (ValueError, LookupError, yaml.YAMLError):
            return text
        return text if isinstance(value, int) and not isinstance(value, bool) and str(value) != text else value

    def _mapping(self, node: yaml.MappingNode, outer: str) -> JsonValue:
        mapping: dict[str, JsonValue] = {}
        for key_node, value_node in merged_pairs(node) if self._merges else node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            place, line = place_in(outer, key), key_node.start_mark.line + 1
            if key in mapping:
                self.problems.append(
                    Diagnostic(
                        id=DUPLICATE_KEY,
                        location=Location(file=str(self._path), line=line, path=place),
                        message=f"must be listed once, but is also on line {self.lines[place]}",
                        fix="merge the two, or remove one",
                    )
                )
            mapping[key] = self.read(value_node, place)
            self.lines[place] = line
        return mapping
