"""Runs the linter over checkouts of other people's repositories, and counts what it finds per rule.

Run as `python -m benchmarks.checkouts FOLDER…`; with `--format json` every finding is listed too. It reads a checkout
as its users deploy it: each template by itself, each cloud assembly as one deployment, and the manifests of each folder
together. The exit status is 1 if the linter crashed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from podspace.diagnostic import Diagnostic, InputError
from podspace.formats.manifest_reader import Reading, manifests_in
from podspace.formats.source_files import Source, each_source
from podspace.lint.inputs import Inputs
from podspace.lint.linter import Linted, judged, lint
from podspace.lint.template import template_document

What = Literal["template", "assembly", "manifest"]
NOTHING: Final = "no template, NodeClass, NodePool of EKS Auto Mode or ENIConfig"
SLOWEST: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """What is judged in one run of the linter.

    Attributes:
        what: it is made of.
        paths: of a template, of an assembly's folder, or of the other YAML and JSON files of one folder.
        texts: of those files, in their order.
    """

    what: What
    paths: tuple[Path, ...]
    texts: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Measured:
    """What came of all runs.

    Attributes:
        judged: how many templates, assemblies and files of manifests.
        skipped: how many files, by the reason.
        crashed: the units on which the linter raised an exception, with the exception.
        findings: errors, warnings and notes.
        seconds: of each run, by the path of its unit.
    """

    judged: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    crashed: list[str] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def rules(self) -> dict[tuple[str, str], list[Diagnostic]]:
        """The findings by severity and rule, errors first and the most frequent rule first."""
        found: dict[tuple[str, str], list[Diagnostic]] = {}
        for finding in self.findings:
            found.setdefault((finding.severity, finding.id), []).append(finding)
        order = ["error", "warning", "note"]
        return dict(sorted(found.items(), key=lambda each: (order.index(each[0][0]), -len(each[1]), each[0][1])))


def units(checkout: Path, skipped: Counter[str]) -> Iterator[Unit]:
    """What is judged of a checkout; what cannot be read is counted."""
    unreadable: list[Diagnostic] = []
    of_folder: dict[Path, list[tuple[Path, str]]] = {}
    for source in each_source([checkout], unreadable):
        if source.assembly:
            yield Unit(what="assembly", paths=(source.path,))
        elif (text := _text(source, skipped)) is None:
            continue
        elif _is_template(text, source.path):
            yield Unit(what="template", paths=(source.path,))
        else:
            of_folder.setdefault(source.path.parent, []).append((source.path, text))
    skipped.update(f"unreadable: {one.message}" for one in unreadable)
    for files in of_folder.values():
        paths, texts = zip(*files, strict=True)
        yield Unit(what="manifest", paths=paths, texts=texts)


def _text(source: Source, skipped: Counter[str]) -> str | None:
    try:
        return source.text()
    except InputError as error:
        skipped.update([f"unreadable: {error.diagnostics[0].message}"])
        return None


def _is_template(text: str, path: Path) -> bool:
    """Whether a file is a template, or would be one if it could be read."""
    try:
        return template_document(text, path) is not None
    except InputError:
        return True


def measure(checkouts: Sequence[Path], *, run: Callable[[Unit], tuple[Linted, int]] | None = None) -> Measured:
    """Run the linter over each unit of each checkout; `run` takes its place in tests."""
    result = Measured()
    for checkout in checkouts:
        for unit in units(checkout, result.skipped):
            began = time.perf_counter()
            try:
                linted, files = (run or judge)(unit)
            except Exception as error:  # any exception is a crash of the linter
                result.crashed.append(f"{unit.paths[0]}: {type(error).__name__}: {error}")
                continue
            finally:
                result.seconds[str(unit.paths[0])] = time.perf_counter() - began
            _add(result, unit, linted, files)
    return result


def judge(unit: Unit) -> tuple[Linted, int]:
    """What the linter finds in a unit, and how many of its files it judges."""
    if unit.what != "manifest":
        linted = lint(unit.paths)
        return linted, 1 if linted.checked or linted.findings else 0
    reading = Reading()
    for path, text in zip(unit.paths, unit.texts, strict=True):
        try:
            manifests_in(text, path, reading, strict=False)
        except InputError as error:
            reading.unreadable.extend(error.diagnostics)
    linted = judged(Inputs(manifests=reading))
    unrendered = {one.location.file for one in linted.findings if one.id == "render-first"}
    files = {str(found.document.path) for found in reading.objects} - unrendered
    return linted, len(files) if linted.checked else 0


def _add(result: Measured, unit: Unit, linted: Linted, files: int) -> None:
    result.judged[unit.what] += files
    result.findings.extend(linted.findings)
    unread = {one.location.file: one.message for one in linted.unreadable}
    unrendered = {one.location.file for one in linted.findings if one.id == "render-first"}
    result.skipped.update(f"unreadable: {message}" for message in unread.values())
    result.skipped["to render first"] += len(unrendered - unread.keys())
    result.skipped[NOTHING] += max(len(unit.paths) - files - len(unrendered | unread.keys()), 0)


def as_text(measured: Measured) -> str:
    """The counts as tables."""
    lines = [f"{sum(measured.judged.values()):,} files judged in {sum(measured.seconds.values()):.1f} s"]
    lines += [f"{count:>8,}  {what}" for what, count in measured.judged.most_common() if count]
    lines += ["", f"{sum(measured.skipped.values()):,} files skipped"]
    lines += [f"{count:>8,}  {reason}" for reason, count in measured.skipped.most_common() if count]
    lines += ["", f"{len(measured.crashed):,} crashed"]
    lines += [f"          {crash}" for crash in measured.crashed]
    lines += ["", f"{len(measured.findings):,} findings", f"{'findings':>8}  {'files':>6}  rule"]
    for (severity, rule), found in measured.rules().items():
        files = len({one.location.file for one in found})
        lines.append(f"{len(found):>8,}  {files:>6,}  {severity}[{rule}]")
    slowest = sorted(measured.seconds.items(), key=lambda each: -each[1])[:SLOWEST]
    return "\n".join([*lines, "", "slowest", *(f"{seconds:>8.2f}  {path}" for path, seconds in slowest)])


def as_json(measured: Measured) -> str:
    """The counts and each finding, as JSON."""
    rules = [
        {"rule": rule, "severity": severity, "findings": len(found), "files": len({one.location.file for one in found})}
        for (severity, rule), found in measured.rules().items()
    ]
    findings = [
        {
            "rule": one.id,
            "severity": one.severity,
            "file": one.location.file,
            "line": one.location.line,
            "name": one.location.name,
            "text": str(one),
        }
        for one in measured.findings
    ]
    report = {
        "judged": dict(measured.judged),
        "skipped": dict(+measured.skipped),
        "crashed": measured.crashed,
        "seconds": round(sum(measured.seconds.values()), 2),
        "rules": rules,
        "findings": findings,
    }
    return json.dumps(report, indent=2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report; 1 if the linter crashed, else 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.checkouts", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="A checkout, or a folder of several.")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    options = parser.parse_args(arguments)
    measured = measure(options.folders)
    print(as_json(measured) if options.format == "json" else as_text(measured))
    return 1 if measured.crashed else 0


if __name__ == "__main__":
    sys.exit(main())
