"""The scoreboard: what each tool finds of the planted faults, and in right deployments.

Run as `python -m benchmarks.defects.scoreboard`. A tool has found a fault if it says anything, an error or a warning,
that it does not say of the same deployment without the fault; checkov takes part where its command is there.
"""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.defects import rivals
from benchmarks.defects.corpus import Case, fault_cases, good_cases
from podspace.lint.linter import lint


@dataclass(kw_only=True)
class Score:
    """What one tool did.

    Attributes:
        found: faults that it told from the right deployment, by the rule of ours that finds them.
        missed: those that it did not.
        unread: cases that it could not read.
        said_of_good: right deployments of which it said anything.
        seconds: in all.
    """

    found: list[Case] = field(default_factory=list)
    missed: list[Case] = field(default_factory=list)
    unread: int = 0
    said_of_good: int = 0
    seconds: float = 0.0


Tool = Callable[[Path], rivals.Findings | None]


def podspace(folder: Path) -> rivals.Findings:
    """Our errors and warnings, each by its rule and what it names."""
    return frozenset(f"{one.id} {one.location.name} {one}" for one in lint([folder]).findings)


TOOLS: Final[dict[str, Tool]] = {
    "podspace lint": podspace,
    "cfn-lint": rivals.cfn_lint,
    "CDK's validation": rivals.cdk_validation,
    "cdk-nag": rivals.cdk_nag,
}


def score(tool: Tool, folder: Path) -> Score:
    """Run a tool over the whole corpus, written to a folder."""
    result = Score()
    began = time.perf_counter()
    of_base: dict[Path, rivals.Findings | None] = {}
    for case in good_cases():
        said = tool(folder / "good" / case.name)
        if not case.change:
            of_base[case.folder] = said
        result.unread += said is None
        result.said_of_good += bool(said)
    for case in fault_cases():
        said, before = tool(folder / "faults" / case.name), of_base[case.folder]
        result.unread += said is None
        (result.found if said and said - (before or frozenset()) else result.missed).append(case)
    result.seconds = time.perf_counter() - began
    return result


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for case in good_cases():
            case.write(folder / "good")
        for case in fault_cases():
            case.write(folder / "faults")
        tools = TOOLS | ({"checkov": rivals.checkov} if rivals.is_installed("checkov") else {})
        scores: dict[str, Score] = {}
        for title, tool in tools.items():
            with contextlib.redirect_stderr(io.StringIO()):
                scores[title] = score(tool, folder)
    faults, good = len(list(fault_cases())), len(list(good_cases()))
    print(f"{faults} planted faults, {good} right deployments\n")
    print(f"{'tool':18}{'found':>7}{'missed':>8}{'of good':>9}{'unread':>8}{'seconds':>9}")
    for title, one in scores.items():
        row = f"{len(one.found):>7}{len(one.missed):>8}{one.said_of_good:>9}{one.unread:>8}{one.seconds:>9.1f}"
        print(f"{title:18}{row}")
    for title, one in scores.items():
        rules = sorted({case.rule for case in one.found})
        if title != "podspace lint" and rules:
            print(f"\n{title} found faults of: {', '.join(rules)}")
    missed = [case.name for case in scores["podspace lint"].missed]
    if missed or scores["podspace lint"].said_of_good:
        print(f"\nmissed by podspace: {', '.join(missed) or 'none'}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
