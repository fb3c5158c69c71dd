"""Manifests of any tool, read and judged: what the API server would refuse, and what may not work."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import yaml
from pydantic import JsonValue

from podspace.api import ApiObject, changes, doubts_of, kind_of, problems_in, read
from podspace.document import Document, composed, document_of, text_of, unreadable
from podspace.problem import PlanError, Problem

Level = Literal["error", "note"]
Rule = Literal["refused-by-api-server", "may-not-work", "update-refused", "update-replaces-nodes"]

_SUFFIXES: Final = (".yaml", ".yml", ".json")
STDIN: Final = Path("-")


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing to know about one object.

    Attributes:
        file: where it stands, `-` for standard input.
        line: from 1.
        document: the number of the YAML document in the file, from 1.
        kind: such as `NodePool`.
        name: of the object; empty if it has none.
        rule: what sort of thing it is.
        level: only errors fail.
        problem: what it is, its place inside the object.
    """

    file: str
    line: int
    document: int
    kind: str
    name: str
    rule: Rule
    level: Level
    problem: Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class Linted:
    """What came of a run.

    Attributes:
        findings: in the order of the files and lines.
        unreadable: what could not be read; the rest is judged all the same.
        checked: how many objects of each kind were judged.
        passed_over: how many objects of other kinds there were.
    """

    findings: list[Finding] = field(default_factory=list)
    unreadable: list[Problem] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)

    @property
    def exit_code(self) -> int:
        """0 if nothing is wrong, 1 if something is, 2 if something could not be read."""
        return 2 if self.unreadable else int(any(finding.level == "error" for finding in self.findings))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """An object of a known kind, with where it stands."""

    document: Document
    number: int
    data: Mapping[str, JsonValue]
    kind: type[ApiObject]

    @property
    def name(self) -> str:
        metadata = self.data.get("metadata")
        name = metadata.get("name") if isinstance(metadata, dict) else None
        return name if isinstance(name, str) else ""


def lint(paths: Iterable[Path], *, against: Iterable[Path] = ()) -> Linted:
    """Judge every NodeClass, NodePool and ENIConfig in files, folders and standard input (`-`).

    Args:
        paths: YAML or JSON; of folders every such file, at any depth, but for hidden ones.
        against: what is applied now; changes that would be refused, or replace nodes, are found too.
    """
    result = Linted()
    applied = {(found.kind, found.name): found for found in _objects(against, Linted(unreadable=result.unreadable))}
    for found in _objects(paths, result):
        result.checked[found.kind.__name__] += 1
        result.findings.extend(sorted(_findings(found, applied), key=lambda finding: finding.line))
    return result


def _findings(found: _Found, applied: Mapping[tuple[type[ApiObject], str], _Found]) -> Iterator[Finding]:
    if problems := problems_in(found.data):
        yield from (_finding(found, "refused-by-api-server", "error", problem) for problem in problems)
        return
    new = read(found.data)
    yield from (_finding(found, "may-not-work", "note", doubt) for doubt in doubts_of(new))
    old = applied.get((found.kind, found.name))
    if old and not problems_in(old.data):
        for change in changes(read(old.data), new):
            refused = change.effect == "refused"
            rule: Rule = "update-refused" if refused else "update-replaces-nodes"
            yield _finding(found, rule, "error" if refused else "note", change.problem)


def _finding(found: _Found, rule: Rule, level: Level, problem: Problem) -> Finding:
    return Finding(
        file=str(found.document.path),
        line=found.document.line_of(problem.place),
        document=found.number,
        kind=found.kind.__name__,
        name=found.name,
        rule=rule,
        level=level,
        problem=problem,
    )


def _objects(paths: Iterable[Path], result: Linted) -> Iterator[_Found]:
    for path in _files(paths, result):
        try:
            text = sys.stdin.read() if path == STDIN else text_of(path)
            nodes = composed(text.expandtabs() if text.lstrip().startswith(("{", "[")) else text, path)
        except PlanError as error:
            result.unreadable.extend(error.problems)
            continue
        except UnicodeDecodeError:
            result.unreadable.append(Problem(place=str(path), must="must be text in UTF-8"))
            continue
        for number, node in enumerate(nodes, start=1):
            yield from _objects_in(node, path, number, result)


def _files(paths: Iterable[Path], result: Linted) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        inside = (file.relative_to(path) for file in path.rglob("*") if file.suffix in _SUFFIXES and file.is_file())
        files = sorted(file for file in inside if not any(part.startswith(".") for part in file.parts))
        if not files:
            must = "must have at least one YAML or JSON file in it"
            result.unreadable.extend(unreadable(path, must).problems)
        yield from (path / file for file in files)


def _objects_in(node: yaml.Node, path: Path, number: int, result: Linted) -> Iterator[_Found]:
    """The objects of a document, of which a List has several; only those of our kinds are read in full."""
    head = _head(node)
    if head.get("kind", "").endswith("List") and isinstance(items := _value(node, "items"), yaml.SequenceNode):
        for item in items.value:
            yield from _objects_in(item, path, number, result)
        return
    if kind_of(head) is None:
        result.passed_over[head.get("kind") or "no kind"] += 1
        return
    try:
        document = document_of(node, path, as_kubectl=True)
    except PlanError as error:
        result.unreadable.extend(error.problems)
        return
    kind = kind_of(document.data) if isinstance(document.data, dict) else None
    if kind is None or not isinstance(document.data, dict):
        result.passed_over[f"{head['kind']} of another provider"] += 1
        return
    yield _Found(document=document, number=number, data=document.data, kind=kind)


def _head(node: yaml.Node) -> dict[str, str]:
    """Kind and API version of an object that is not read yet."""
    values = {key: _value(node, key) for key in ("apiVersion", "kind")}
    return {key: str(value.value) for key, value in values.items() if isinstance(value, yaml.ScalarNode)}


def _value(node: yaml.Node, key: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for name, value in pairs if isinstance(name, yaml.ScalarNode) and name.value == key), None)
