"""A config file that is appended to: planned, compared, and only then written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import unified_diff
from pathlib import Path

from podspace.diagnostic import Diagnostic, InputError
from podspace.diff.comparison_report import diagnostics
from podspace.diff.network_comparison import NetworkComparison, compared
from podspace.formats.atomic_write import write_atomically
from podspace.formats.text_file import text_of, unreadable
from podspace.growth.yaml_text import appended
from podspace.planning.files.append import Addition, appends_to
from podspace.planning.files.network_file import network_files_of


@dataclass(frozen=True, kw_only=True, slots=True)
class GrownFile:
    """A config file, and its text with the appended items.

    Attributes:
        comparison: effects of its deployment on the deployed network.
        remarks: new notes and warnings about the plan.
    """

    path: Path
    before: str
    after: str
    comparison: NetworkComparison
    remarks: tuple[Diagnostic, ...]

    def difference(self) -> Iterator[str]:
        """The appended lines as a unified diff."""
        old, new = self.before.splitlines(), self.after.splitlines()
        return unified_diff(old, new, fromfile=str(self.path), tofile=str(self.path), lineterm="")

    def write(self) -> None:
        """Put the new text in place of the old one, whole or not at all, with the permissions of the file.

        Raises:
            OSError: it cannot be written; then the file is as it was.
        """
        write_atomically(self.path, self.after)


def grown(path: Path, addition: Addition) -> GrownFile:
    """The file with what is appended to it, by which no deployed resource is lost.

    Raises:
        InputError: the file cannot be read, planned or appended to, or something would be lost.
    """
    if path.is_dir():
        fix = "give the file of the network to append to"
        raise unreadable(path, "must be one config file, not a folder", fix=fix)
    text_of(path)  # reports what is wrong with the file, but returns the line ends of Unix
    before = path.read_bytes().decode()
    old, appends = appends_to(before, path, addition)
    after = before
    for append in appends:
        after = appended(after, append, path=path)
    (new,) = network_files_of({path: after})
    comparison = compared(old, new)
    lost = [change for change in comparison.changes if change.loses]
    if lost:
        problems = diagnostics(replace(comparison, changes=tuple(lost)))
        raise InputError(
            replace(each, message=f"{each.message}; the appended part must not cause that") for each in problems
        )
    remarks = tuple(remark for remark in new.plan.remarks if remark not in old.plan.remarks)
    return GrownFile(path=path, before=before, after=after, comparison=comparison, remarks=remarks)
