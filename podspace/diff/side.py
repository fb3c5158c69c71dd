"""One side of a comparison: a config file or folder, on the disk or at a git revision."""

from __future__ import annotations

import posixpath
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.diff.git_object import is_at, texts_at
from podspace.formats.text_file import not_read
from podspace.planning import NetworkFile, read_network_files
from podspace.planning.files.network_file import network_files_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """The networks of one side; `folder` if they are those of a folder, to which files may be added.

    There are none if a revision does not have the file or folder yet.
    """

    files: tuple[NetworkFile, ...]
    folder: bool


def stack_of(file: NetworkFile) -> tuple[str, ...]:
    """Account, region and name of a stack, which identify it."""
    return file.plan.stack.account, file.plan.region, file.plan.stack_name


def read_sides(old: str, new: str) -> tuple[Side, Side]:
    """Both sides of a comparison, each a path or `REVISION:PATH`; the old one may be only a revision of the new path.

    A name that is an existing path is read as a path.

    Raises:
        InputError: a side cannot be read or planned, or one is a file and one a folder; the exception has all errors of
            both.
    """
    sides: list[Side] = []
    problems: list[Diagnostic] = []
    for given, other in ((old, new), (new, "")):
        try:
            sides.append(_side(given, other=other))
        except InputError as error:
            problems += error.diagnostics
    if problems:
        raise InputError(problems)
    before, after = sides
    if before.folder != after.folder:
        where = Location(file=f"{old} and {new}")
        must = "must be two files, or two folders"
        raise InputError([Diagnostic(id="file-and-folder", location=where, message=must)])
    return before, after


def _side(given: str, *, other: str) -> Side:
    path = Path(given)
    if _is_there(path):
        return Side(files=read_network_files(path), folder=path.is_dir())
    if ":" in given:
        return _at_revision(given, folder=Path(), label=path)
    if ":" in other and not _is_there(Path(other)):
        path = Path(f"{given}:{other.partition(':')[2]}")
        return _at_revision(str(path), folder=Path(), label=path)
    if _is_there(Path(other or given)):
        real = Path(other).resolve()
        folder, name = (real, "") if real.is_dir() else (real.parent, real.name)
        label = Path(f"{given}:{other}")
        if not is_at(given, name or ".", folder=folder, label=label):
            return Side(files=() if real.is_dir() else _of_same_stack(given, real), folder=real.is_dir())
        return _at_revision(f"{given}:./{name}", folder=folder, label=label)
    raise not_read(other or given, "must be an existing file or folder, or REVISION:PATH of git")


def _of_same_stack(revision: str, path: Path) -> tuple[NetworkFile, ...]:
    """The network of the stack of a file in another file of its folder at a revision, as if the file was renamed."""
    folder, label = path.parent, Path(f"{revision}:{path.parent.name}")
    try:
        stacks = set(map(stack_of, read_network_files(path)))
        formers = texts_at(f"{revision}:./", folder=folder, label=label)
    except InputError:  # of the file, which the other side reports; or the revision has no such folder with YAML
        return ()
    found: list[NetworkFile] = []
    for former in formers:
        with suppress(InputError):  # the folder may have YAML of other kinds; a config that is wrong was not deployed
            found += _at_revision(f"{revision}:./{former.name}", folder=folder, label=former).files
    return tuple(file for file in found if stack_of(file) in stacks)


def _at_revision(name: str, *, folder: Path, label: Path) -> Side:
    """The networks that git has under a name; see `texts_at`.  Policy files are those of the same revision."""
    texts = texts_at(name, folder=folder, label=label)
    is_folder = label not in texts
    revision, _, inside = name.partition(":")
    base = inside if is_folder else posixpath.dirname(inside)

    def read(path: Path) -> str:
        relative = posixpath.relpath(path.as_posix(), (label if is_folder else label.parent).as_posix())
        wanted = posixpath.normpath(posixpath.join(base, relative))
        if path.is_absolute() and not label.is_absolute():
            raise not_read(path, "must be a path from the config file, because it is read at a revision of git")
        from_folder = inside.startswith("./") and not wanted.startswith("../")
        found = texts_at(f"{revision}:{'./' if from_folder else ''}{wanted}", folder=folder, label=path)
        if path not in found:
            raise not_read(path, "must be a file")
        return found[path]

    return Side(files=network_files_of(texts, read=read), folder=is_folder)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that is longer than names can be
        return False
