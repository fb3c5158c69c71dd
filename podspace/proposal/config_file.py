"""A proposed config, put into its file once it is known to be right."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from podspace.planning import read_network_files
from podspace.problem import PlanError, Problem
from podspace.proposal.proposal import Proposal


def write_config(path: Path, proposal: Proposal, *, overwrite: bool) -> None:
    """Write the file, whole or not at all.

    Args:
        path: where to.
        proposal: what.
        overwrite: whether a file that exists is written over.

    Raises:
        PlanError: a file is there already, or the config cannot be planned; nothing is written.
        OSError: it cannot be written.
    """
    if path.exists() and not overwrite:
        must = "must not exist: it is not written over unless you say so"
        raise PlanError([Problem(place=str(path), must=must, fix="give --force, or another file with --to")])
    with TemporaryDirectory() as folder:
        draft = Path(folder) / path.name
        draft.write_text(proposal.text, encoding="utf-8")
        try:
            read_network_files(draft)
        except PlanError as error:
            raise PlanError(_as_proposed(problem, draft) for problem in error.problems) from None
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        half.write_text(proposal.text, encoding="utf-8")
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def _as_proposed(problem: Problem, draft: Path) -> Problem:
    """The problem without the place of a file that nobody sees."""
    place = problem.place.removeprefix(f"{draft}:").lstrip("0123456789").removeprefix(": ")
    return replace(problem, place=place)
