"""Templates and manifests of any tool, read and judged, each by itself and both together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from podspace.api import ApiObject, changes, corrections, doubts_of, problems_in, read
from podspace.checks import (
    Acknowledged,
    Inputs,
    accepted_by,
    check,
    circular,
    construct_paths,
    pictures,
    read_inputs,
    reason_for,
)
from podspace.finding import Finding, Level
from podspace.manifest_reader import FoundObject, Reading, read_manifests
from podspace.problem import PlanError, Problem
from podspace.source_files import STDIN

API_RULES: Mapping[str, tuple[Level, str]] = {
    "refused-by-api-server": (
        "error",
        "The API server refuses the object, or a rule says that no node or pod would start.",
    ),
    "may-not-work": ("warning", "The API server may take it, and it may still not work."),
    "update-refused": ("error", "The object exists, and the API server refuses this change to it."),
    "update-replaces-nodes": ("warning", "The object exists, and this change replaces nodes."),
}
"""Levels and meanings of the rules that look at one manifest, by their ids."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Linted:
    """What came of a run.

    Attributes:
        findings: in the order of the files and lines.
        acknowledged: what was found and is accepted, each with the reason.
        unreadable: what could not be read; the rest is judged all the same.
        checked: how many stacks and objects of each kind were judged.
        passed_over: how many objects of other kinds there were.
    """

    findings: list[Finding] = field(default_factory=list)
    acknowledged: list[tuple[Finding, str]] = field(default_factory=list)
    unreadable: list[Problem] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)

    @property
    def errors(self) -> list[Finding]:
        """The findings that fail."""
        return [finding for finding in self.findings if finding.level == "error"]

    @property
    def exit_code(self) -> int:
        """0 if nothing is wrong, 1 if something is, 2 if something could not be read."""
        return 2 if self.unreadable else int(bool(self.errors))


def lint(paths: Iterable[Path], *, against: Iterable[Path] = ()) -> Linted:
    """Judge templates and manifests in files, folders, cloud assemblies and standard input (`-`).

    Args:
        paths: YAML or JSON; of folders every such file, at any depth, but for hidden ones.
        against: what is applied now; changes that would be refused, or replace nodes, are found too.
    """
    paths, against = tuple(paths), tuple(against)
    if (*paths, *against).count(STDIN) > 1:
        must, fix = "must be named once: standard input can be read once", "write one of the two to a file"
        return Linted(unreadable=[Problem(place=str(STDIN), must=must, fix=fix)])
    return judged(read_inputs(paths), against=read_manifests(against, of_any_provider=True))


def judged(inputs: Inputs, *, against: Reading | None = None) -> Linted:
    """Judge what was read."""
    old = against or Reading()
    result = Linted()
    circles = list(circular(inputs.stacks))
    result.unreadable.extend((*old.unreadable, *inputs.unreadable, *circles))
    result.passed_over.update(inputs.manifests.passed_over)
    if inputs.stacks:
        result.checked["stack"] += len(inputs.stacks)
    applied = {(found.kind, found.name): found for found in old.objects}
    findings: list[Finding] = []
    paths: dict[int, str] = {}
    try:
        both = pictures(inputs.stacks, inputs.manifests.objects, inputs.manifests.switches)
        paths = construct_paths(both)
        findings.extend(check(both))
    except PlanError as error:
        result.unreadable.extend(() if circles else error.problems)  # the same, from within
    except RecursionError:
        must = "must not have values that refer to each other this deeply"
        place = str(inputs.stacks[0].document.path) if inputs.stacks else ""
        result.unreadable.append(Problem(place=place, must=must))
    for found in inputs.manifests.objects:
        result.checked[found.kind.__name__] += 1
        of_object = _of_object(found, applied)
        findings.extend(replace(one, construct_path=paths.get(id(found), "")) for one in of_object)
    _sort_out(findings, inputs.acknowledged, result)
    return result


def _sort_out(findings: list[Finding], acknowledged: Acknowledged, result: Linted) -> None:
    files = {file: number for number, file in enumerate(dict.fromkeys(finding.file for finding in findings))}
    for finding in sorted(findings, key=lambda finding: (files[finding.file], finding.line)):
        reason = finding.accepted or reason_for(finding, acknowledged)
        if not reason:
            result.findings.append(finding)
        else:
            result.acknowledged.append((finding, reason))


def _of_object(found: FoundObject, applied: Mapping[tuple[type[ApiObject], str], FoundObject]) -> Iterator[Finding]:
    problems = problems_in(found.data)
    meant = {right: written for written, right in corrections(problems).items()}
    for problem in problems:
        yield _finding(found, "refused-by-api-server", problem, line=_line(found, problem.place, meant))
    if not problems:
        yield from (_finding(found, "may-not-work", doubt) for doubt in doubts_of(read(found.data)))
    old = applied.get((found.kind, found.name))
    for change in changes(old.data, found.data) if old else ():
        rule = "update-refused" if change.effect == "refused" else "update-replaces-nodes"
        yield _finding(found, rule, change.problem)


def _line(found: FoundObject, place: str, meant: Mapping[str, str]) -> int:
    """Where a place stands, or what was meant to stand there."""
    for right, written in meant.items():
        if place.startswith((f"{right}.", f"{right}[")):
            place = written + place.removeprefix(right)
    return found.document.line_of(place)


def _finding(found: FoundObject, rule: str, problem: Problem, *, line: int = 0) -> Finding:
    level, _ = API_RULES[rule]
    return Finding(
        file=str(found.document.path),
        line=line or found.document.line_of(problem.place),
        document=found.number,
        kind=found.kind.__name__,
        name=found.name,
        rule=rule,
        level=level,
        problem=problem,
        accepted=accepted_by(found.data, rule) if level == "warning" else "",  # what is refused no reason helps
    )
