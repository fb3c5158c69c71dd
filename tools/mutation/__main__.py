"""Mutation tests: changes one expression of the source at a time and runs the tests that execute it.

`python -m tools.mutation podspace/lint --count 220 --seed 1` draws 220 mutants of a folder at random and prints how many
of them the tests kill, by module, and every survivor with its line and its edit. The source is copied to a temporary
folder and mutated in memory, so the checkout stays as it is and may be edited meanwhile.  Tests that start a process of
their own run the source without the mutation there.

A survivor that no test can kill is recorded in `tools/mutation/equivalent.yaml` with the reason.  It still counts as
survived, and the report marks it.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import yaml

from tools import REPOSITORY
from tools.mutation.edits import Mutant
from tools.mutation.report import report
from tools.mutation.runs import all_mutants, judged

EQUIVALENT: Final = REPOSITORY / "tools" / "mutation" / "equivalent.yaml"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Mutate the source in a folder, and count the mutants that tests kill."
    )
    parser.add_argument("folder", help="a folder of the repository, such as podspace/lint")
    parser.add_argument("--count", type=int, default=220, help="how many mutants to draw (default 220)")
    parser.add_argument("--seed", type=int, default=1, help="of the draw (default 1)")
    parser.add_argument("--tests", nargs="+", help="files or folders; by default the folder's own under tests/")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time (default 2)")
    parser.add_argument("--at", nargs="+", help="all mutants of these lines instead, such as podspace/lint/vpc.py:12")
    parser.add_argument("--measurements", type=Path, help="a file that keeps which test executes which line")
    parser.add_argument("--list", action="store_true", help="list the mutants, and run nothing")
    parser.add_argument("--root", type=Path, default=REPOSITORY, help="a checkout; this repository by default")
    return parser.parse_args()


def main() -> None:
    """Draw mutants, run the tests, and print the report."""
    arguments = _arguments()
    folder = str(arguments.folder).rstrip("/")

    def choose(mutants: list[Mutant]) -> Sequence[Mutant]:
        if arguments.at:
            return [mutant for mutant in mutants if f"{mutant.path}:{mutant.line}" in arguments.at]
        return random.Random(arguments.seed).sample(mutants, min(arguments.count, len(mutants)))

    root = arguments.root.resolve()
    if arguments.list:
        print(*choose(all_mutants(root, folder)), sep="\n")
        return
    tests = arguments.tests or [f"tests/{folder}"]
    kept = arguments.measurements.resolve() if arguments.measurements else None
    outcomes = judged(root, folder, tests=tests, choose=choose, jobs=arguments.jobs, measurements=kept)
    equivalent = yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8")) or []
    print(report(outcomes, equivalent))


if __name__ == "__main__":
    main()
