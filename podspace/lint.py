"""Manifests of any tool, read and judged: what the API server would refuse, and what may not work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from podspace.api import ApiObject, changes, corrections, doubts_of, problems_in, read
from podspace.manifest_reader import STDIN, FoundObject, read_manifests
from podspace.problem import Problem

Level = Literal["error", "note"]
Rule = Literal["refused-by-api-server", "may-not-work", "update-refused", "update-replaces-nodes"]


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


Applied = Mapping[tuple[type[ApiObject], str], FoundObject]


def lint(paths: Iterable[Path], *, against: Iterable[Path] = ()) -> Linted:
    """Judge every NodeClass, NodePool and ENIConfig in files, folders and standard input (`-`).

    Args:
        paths: YAML or JSON; of folders every such file, at any depth, but for hidden ones.
        against: what is applied now; changes that would be refused, or replace nodes, are found too.
    """
    paths, against = tuple(paths), tuple(against)
    result = Linted()
    if (*paths, *against).count(STDIN) > 1:
        must, fix = "must be named once: standard input can be read once", "write one of the two to a file"
        result.unreadable.append(Problem(place=str(STDIN), must=must, fix=fix))
        return result
    old, new = read_manifests(against, of_any_provider=True), read_manifests(paths)
    result.unreadable.extend((*old.unreadable, *new.unreadable))
    result.passed_over.update(new.passed_over)
    applied = {(found.kind, found.name): found for found in old.objects}
    for found in new.objects:
        result.checked[found.kind.__name__] += 1
        result.findings.extend(sorted(_findings(found, applied), key=lambda finding: finding.line))
    return result


def _findings(found: FoundObject, applied: Applied) -> Iterator[Finding]:
    problems = problems_in(found.data)
    meant = {right: written for written, right in corrections(problems).items()}
    for problem in problems:
        yield _finding(found, "refused-by-api-server", "error", problem, line=_line(found, problem.place, meant))
    if not problems:
        yield from (_finding(found, "may-not-work", "note", doubt) for doubt in doubts_of(read(found.data)))
    old = applied.get((found.kind, found.name))
    for change in changes(old.data, found.data) if old else ():
        refused = change.effect == "refused"
        rule: Rule = "update-refused" if refused else "update-replaces-nodes"
        yield _finding(found, rule, "error" if refused else "note", change.problem)


def _line(found: FoundObject, place: str, meant: Mapping[str, str]) -> int:
    """Where a place stands, or what was meant to stand there."""
    for right, written in meant.items():
        if place.startswith((f"{right}.", f"{right}[")):
            place = written + place.removeprefix(right)
    return found.document.line_of(place)


def _finding(found: FoundObject, rule: Rule, level: Level, problem: Problem, *, line: int = 0) -> Finding:
    return Finding(
        file=str(found.document.path),
        line=line or found.document.line_of(problem.place),
        document=found.number,
        kind=found.kind.__name__,
        name=found.name,
        rule=rule,
        level=level,
        problem=problem,
    )
