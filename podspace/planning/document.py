"""A YAML file as data, with the line each value stands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import yaml
from pydantic import JsonValue

from podspace.problem import PlanError, Problem, place_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """What a YAML file says.

    Attributes:
        path: the file.
        data: its one document.
        lines: line numbers, from 1, by the place of the value as `place_of` writes it.
    """

    path: Path
    data: JsonValue
    lines: Mapping[str, int]

    def located(self, problem: Problem) -> Problem:
        """The same problem, with its file and the line of the nearest value that stands there."""
        nearest = problem.place
        while nearest not in self.lines:
            nearest = nearest[: max(nearest.rfind("."), nearest.rfind("["), 0)]
        where = f"{self.path}:{self.lines[nearest]}"
        return replace(problem, place=f"{where}: {problem.place}" if problem.place else where)


def read_document(path: Path) -> Document:
    """The one YAML document of a file.

    Raises:
        PlanError: the file cannot be read, is empty or not YAML, or a mapping in it has a key twice.
    """
    try:
        node = _composed(path)
        if node is None:
            raise unreadable(path, "must not be empty", fix="start from one of the files in config/")
        reader = _Reader(path)
        data = reader.read(node, ())
    except PlanError:
        raise
    except OSError as error:
        raise unreadable(path, f"must be a file that can be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise unreadable(path, "must be a text file in UTF-8") from None
    except ValueError as error:
        raise unreadable(path, f"must be a file that can be read: {error}") from None
    except RecursionError:
        raise unreadable(path, "must not be nested this deeply, nor contain itself") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise unreadable(f"{path}:{line}", f"must be one YAML document: {error.problem}") from None
    except yaml.reader.ReaderError as error:
        character = error.character if isinstance(error.character, str) else chr(error.character)
        raise unreadable(path, f"must be text as YAML takes it, and has {character!r} in it") from None
    if reader.problems:
        raise PlanError(reader.problems)
    return Document(path=path, data=data, lines=reader.lines)


def _composed(path: Path) -> yaml.Node | None:
    if path.exists() and not path.is_file():
        raise unreadable(path, "must be a file")
    text = path.read_text(encoding="utf-8")
    depth = 0
    # libyaml composes by recursion in C, where depth ends the process; its events come one by one.
    for event in yaml.parse(text, Loader=_SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise RecursionError
    node: yaml.Node | None = yaml.compose(text, Loader=_SafeLoader)
    return node


def unreadable(place: Path | str, must: str, *, fix: str = "") -> PlanError:
    """The refusal of a file as a whole."""
    return PlanError([Problem(place=str(place), must=must, fix=fix)])


_MOST_VALUES = 100_000
_DEEPEST = 50
_PLAIN = {"bool", "int", "float", "null"}
_SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Reader:
    """Walks the nodes of a document, as PyYAML's own constructor lets a repeated key win in silence."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._scalars = yaml.SafeLoader("")
        self.lines: dict[str, int] = {}
        self.problems: list[Problem] = []

    def read(self, node: yaml.Node, loc: tuple[str | int, ...]) -> JsonValue:
        if len(self.lines) > _MOST_VALUES:
            raise PlanError([Problem(place=str(self._path), must=f"must hold at most {_MOST_VALUES:,} values")])
        self.lines[place_of(loc)] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, loc)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*loc, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _scalar(self, node: yaml.Node) -> JsonValue:
        """A value, or its text where YAML 1.1 would read something else into it, such as an octal account id."""
        text = str(node.value)
        if node.tag.rpartition(":")[2] not in _PLAIN:
            return text
        try:
            value: JsonValue = self._scalars.construct_object(node)
        except (ValueError, LookupError):
            return text
        return text if isinstance(value, int) and not isinstance(value, bool) and str(value) != text else value

    def _mapping(self, node: yaml.MappingNode, loc: tuple[str | int, ...]) -> JsonValue:
        mapping: dict[str, JsonValue] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            place, line = place_of((*loc, key)), key_node.start_mark.line + 1
            if key in mapping:
                self.problems.append(
                    Problem(
                        place=f"{self._path}:{line}: {place}",
                        must=f"must be written once, but stands on line {self.lines[place]} already",
                        fix="merge the two, or remove one",
                    )
                )
            mapping[key] = self.read(value_node, (*loc, key))
            self.lines[place] = line
        return mapping
