"""A YAML file as data, with the line each value stands on."""

from __future__ import annotations

import re
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
            nearest = re.sub(r"(\.?[^.\[\]]+|\[[^\]]*\])$", "", nearest)
        where = f"{self.path}:{self.lines[nearest]}"
        return replace(problem, place=f"{where}: {problem.place}" if problem.place else where)


def read_document(path: Path) -> Document:
    """The one YAML document of a file.

    Raises:
        PlanError: the file cannot be read, is empty or not YAML, or a mapping in it has a key twice.
    """
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_SafeLoader)
        if node is None:
            raise _unreadable(path, "must not be empty", fix="start from one of the files in config/")
        reader = _Reader(path)
        data = reader.read(node, ())
    except OSError as error:
        raise _unreadable(path, f"must be a file that can be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise _unreadable(path, "must be a text file in UTF-8") from None
    except RecursionError:
        raise _unreadable(path, "must not be nested this deeply, nor contain itself") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _unreadable(f"{path}:{line}", f"must be one YAML document: {error.problem}") from None
    except yaml.YAMLError as error:
        raise _unreadable(path, f"must be one YAML document: {error}") from None
    if reader.problems:
        raise PlanError(reader.problems)
    return Document(path=path, data=data, lines=reader.lines)


def _unreadable(place: Path | str, must: str, *, fix: str = "") -> PlanError:
    return PlanError([Problem(place=str(place), must=must, fix=fix)])


_MOST_VALUES = 100_000
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
        if node.tag.rpartition(":")[2] not in _PLAIN:
            return str(node.value)
        value: JsonValue = self._scalars.construct_object(node)
        return value

    def _mapping(self, node: yaml.MappingNode, loc: tuple[str | int, ...]) -> JsonValue:
        mapping: dict[str, JsonValue] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
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
