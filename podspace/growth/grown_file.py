"""A config file that grows: appended to, planned, compared, and only then written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.formats.atomic_write import write_atomically
from podspace.formats.document import Document, parsed_document
from podspace.formats.text_file import text_of, unreadable
from podspace.growth.append import Append
from podspace.growth.change import Advice, Change
from podspace.growth.network_comparison import NetworkComparison, compared
from podspace.growth.yaml_text import appended
from podspace.planning import Config
from podspace.planning.network_file import network_files_of


@dataclass(frozen=True, kw_only=True, slots=True)
class GrownFile:
    """A config file, and the text it shall have.

    Attributes:
        comparison: what deploying it does to what is live.
        remarks: what there is to know about the plan that there was not before.
    """

    path: Path
    before: str
    after: str
    comparison: NetworkComparison
    remarks: tuple[Diagnostic, ...]

    def difference(self) -> Iterator[str]:
        """What is appended, as the lines of a unified diff."""
        old, new = self.before.splitlines(), self.after.splitlines()
        return unified_diff(old, new, fromfile=str(self.path), tofile=str(self.path), lineterm="")

    def write(self) -> None:
        """Put the new text in place of the old one, whole or not at all, with the permissions of the file.

        Raises:
            OSError: it cannot be written; then the file is as it was.
        """
        write_atomically(self.path, self.after)


def grown(path: Path, appends: Callable[[Config], Sequence[Append]]) -> GrownFile:
    """The file with what is appended to it, which nothing that lives is lost by.

    Raises:
        InputError: the file cannot be read, planned or appended to, or not so that nothing is lost.
    """
    if path.is_dir():
        raise unreadable(path, "must be one config file, not a folder", fix="name the file of the network that grows")
    text_of(path)  # says what is wrong with it, but has no other line ends than those of Unix
    before = path.read_bytes().decode()
    (old,) = network_files_of({path: before})
    after = before
    for addition in _additions(old.config, appends, parsed_document(before, path)):
        after = appended(after, addition, path=path)
    (new,) = network_files_of({path: after})
    comparison = compared(old, new)
    if problems := [_lost(change, path) for change in comparison.changes if change.loses]:
        raise InputError(problems)
    remarks = tuple(remark for remark in new.plan.remarks if remark not in old.plan.remarks)
    return GrownFile(path=path, before=before, after=after, comparison=comparison, remarks=remarks)


def _lost(change: Change, path: Path) -> Diagnostic:
    advice = change.advice or Advice(why="")
    return Diagnostic(
        location=Location(file=str(path)),
        subject=f"{change.what} {change.name}".strip(),
        message=f"must not be {change.effect} by what is appended",
        cause=advice.why,
        fix=advice.instead,
        source=advice.source,
        inferred=advice.inferred,
    )


def _additions(config: Config, appends: Callable[[Config], Sequence[Append]], document: Document) -> Sequence[Append]:
    """What to append; problems of the file come with its lines, and those of an option by themselves."""
    try:
        return appends(config)
    except InputError as error:
        raise InputError(
            document.located(problem) if re.split(r"[.[]", problem.location.path)[0] in document.lines else problem
            for problem in error.diagnostics
        ) from None
