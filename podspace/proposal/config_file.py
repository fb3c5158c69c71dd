"""A proposed config, put into its file once it is known to be right."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from podspace.planning.network_file import network_files_of
from podspace.problem import PlanError, Problem
from podspace.proposal.proposal import Proposal
from podspace.whole_file import write_whole


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
    if path.is_dir():
        raise PlanError([Problem(place=str(path), must="must be a file, not a folder", fix="name one in it with --to")])
    if path.exists() and not overwrite:
        must = "must not exist: it is not written over unless you say so"
        raise PlanError([Problem(place=str(path), must=must, fix="give --force, or another file with --to")])
    try:
        network_files_of({path: proposal.text})
    except PlanError as error:
        raise PlanError(_as_proposed(problem, path) for problem in error.problems) from None
    write_whole(path, proposal.text)


def _as_proposed(problem: Problem, path: Path) -> Problem:
    """The problem without the line of a file that nobody sees."""
    place = problem.place.removeprefix(f"{path}:").lstrip("0123456789").removeprefix(": ")
    return replace(problem, place=place)
