"""Templates and manifests of any tool, checked one by one and together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from podspace.api import ApiObject, changes, corrections, doubts_of, examined
from podspace.diagnostic import Diagnostic, InputError, Location, exit_status
from podspace.formats.document import DUPLICATE_KEY
from podspace.formats.manifest_reader import FoundObject, Reading, read_manifests
from podspace.formats.source_files import STDIN
from podspace.lint.api_rules import API_RULES
from podspace.lint.assembly import Acknowledged
from podspace.lint.checker import accepted_by, check
from podspace.lint.environment import construct_paths, pictures
from podspace.lint.inputs import Inputs, read_inputs, reason_for
from podspace.lint.order import circular
from podspace.lint.unjudged import related, sorted_objects


@dataclass(frozen=True, kw_only=True, slots=True)
class Linted:
    """The result of a run of the linter.

    Attributes:
        findings: findings in the order of files and lines.
        acknowledged: findings that are accepted; `accepted` of each is the reason.
        unreadable: files that could not be read, with severity `unknown`; the others are checked.
        checked: number of checked stacks, and of objects of each kind.
        passed_over: number of skipped objects of other kinds.
    """

    findings: list[Diagnostic] = field(default_factory=list)
    acknowledged: list[Diagnostic] = field(default_factory=list)
    unreadable: list[Diagnostic] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)

    @property
    def exit_status(self) -> int:
        """1 if there is an error, else 2 if something could not be read, else 0."""
        return exit_status(self.diagnostics)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Findings that are not accepted, and errors of files that could not be read."""
        return (*self.unreadable, *self.findings)


def lint(
    paths: Iterable[Path],
    *,
    against: Iterable[Path] = (),
    kubernetes: int | None = None,
    allow_empty: bool = True,
    any_file: bool = False,
) -> Linted:
    """Check templates and manifests in files, folders, cloud assemblies and standard input (`-`).

    Args:
        paths: paths of YAML or JSON files; of folders, every such file at any depth that is not hidden.
        against: applied manifests; changes to them that would be refused, or replace nodes, are findings too.
        kubernetes: the minor version of Kubernetes 1 of every cluster; None for that of the clusters in the templates.
        allow_empty: whether an empty input is valid; otherwise it is reported as `unknown`.
        any_file: whether paths may be files of any content, as those of a folder may: files that are neither templates
            nor manifests are skipped.
    """
    paths, against = tuple(paths), tuple(against)
    if (*paths, *against).count(STDIN) > 1:
        must, fix = "must be given once: standard input can be read only once", "write one of the two to a file"
        return Linted(
            unreadable=[
                _unknown(Diagnostic(id="unreadable", location=Location(file=str(STDIN)), message=must, fix=fix))
            ]
        )
    inputs = read_inputs(paths, any_file=any_file)
    result = judged(inputs, against=read_manifests(against, of_any_provider=True), kubernetes=kubernetes)
    in_error = any(finding.severity == "error" for finding in result.findings)
    if not (allow_empty or result.checked or result.unreadable or in_error):
        result.unreadable.append(_nothing_to_check(paths))
    return result


def _nothing_to_check(paths: Iterable[Path]) -> Diagnostic:
    must = "must have a template, a NodeClass, a NodePool of EKS Auto Mode or an ENIConfig to check, but has none"
    fix = "give other files, or use --allow-empty if this is intended"
    where = Location(file=" ".join(map(str, paths)))
    return _unknown(Diagnostic(id="nothing-to-check", location=where, message=must, fix=fix))


def judged(inputs: Inputs, *, against: Reading | None = None, kubernetes: int | None = None) -> Linted:
    """Judge what was read."""
    old = against or Reading()
    result = Linted()
    circles = list(circular(inputs.stacks))
    objects = sorted_objects(inputs.manifests)
    unread = (*old.unreadable, *objects.unreadable, *circles)
    result.unreadable.extend(_unknown(each) for each in unread if each.id != DUPLICATE_KEY)
    result.passed_over.update(inputs.manifests.passed_over)
    result.passed_over.update(f"{found.kind.__name__} of another provider" for found in objects.of_karpenter)
    result.passed_over.update(f"{found.kind.__name__} to render first" for found, _ in objects.unrendered)
    if inputs.stacks:
        result.checked["stack"] += len(inputs.stacks)
    applied = {(found.kind, found.name): found for found in old.objects}
    findings = [each for each in unread if each.id == DUPLICATE_KEY]
    paths: dict[int, str] = {}
    try:
        both = pictures(inputs.stacks, related(objects), inputs.manifests.switches, kubernetes=kubernetes)
        paths = construct_paths(both)
        findings.extend(check(both))
    except InputError as error:
        result.unreadable.extend(() if circles else map(_unknown, error.diagnostics))  # the same, from within
    except RecursionError:
        must = "must not have values that refer to each other this deeply"
        place = str(inputs.stacks[0].document.path) if inputs.stacks else ""
        result.unreadable.append(_unknown(Diagnostic(id="unreadable", location=Location(file=place), message=must)))
    findings.extend(_finding(found, "render-first", message) for found, message in objects.unrendered)
    findings.extend(_finding(found, message.id, message) for found, message in objects.unclear)
    result.checked.update(found.kind.__name__ for found, _ in objects.unclear)
    for found in objects.judged:
        result.checked[found.kind.__name__] += 1
        of_object = _of_object(found, applied)
        findings.extend(
            replace(one, location=replace(one.location, construct_path=paths.get(id(found), ""))) for one in of_object
        )
    _sort_out(findings, inputs.acknowledged, result)
    return result


def _unknown(diagnostic: Diagnostic) -> Diagnostic:
    """What cannot be read is not judged."""
    return replace(diagnostic, severity="unknown")


def _sort_out(findings: list[Diagnostic], acknowledged: Acknowledged, result: Linted) -> None:
    files = {file: number for number, file in enumerate(dict.fromkeys(each.location.file for each in findings))}
    for finding in sorted(findings, key=lambda each: (files[each.location.file], each.location.line)):
        if reason := finding.accepted or reason_for(finding, acknowledged):
            result.acknowledged.append(replace(finding, accepted=reason))
        else:
            result.findings.append(finding)


def _of_object(found: FoundObject, applied: Mapping[tuple[type[ApiObject], str], FoundObject]) -> Iterator[Diagnostic]:
    problems, checked = examined(found.data)
    meant = {right: written for written, right in corrections(problems).items()}
    for problem in problems:
        yield _finding(found, "refused-by-api-server", problem, line=_line(found, problem.location.path, meant))
    if checked and not problems:
        yield from (_finding(found, "may-not-work", doubt) for doubt in doubts_of(checked))
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


def _finding(found: FoundObject, rule: str, problem: Diagnostic, *, line: int = 0) -> Diagnostic:
    level = API_RULES[rule].severity
    path = problem.location.path
    return replace(
        problem,
        id=rule,
        severity=level,
        location=Location(
            file=str(found.document.path),
            line=line or found.document.line_of(path),
            document=found.number,
            kind=found.kind.__name__,
            name=found.name,
            path=path,
        ),
        accepted=accepted_by(found.data, rule) if level != "error" else "",  # what is refused no reason helps
    )
