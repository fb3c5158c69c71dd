"""Inputs of a command: files, files of folders, CDK cloud assemblies, and standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from podspace.diagnostic import Diagnostic, InputError
from podspace.formats.text_file import not_read, text_from, text_of

STDIN: Final = Path("-")

_SUFFIXES: Final = (".yaml", ".yml", ".json", ".template")
_ASSEMBLY: Final = "manifest.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A file, cloud assembly or standard input to read.

    Attributes:
        path: path of a file or of an assembly's folder; `-` for standard input.
        assembly: whether it is a cloud assembly.
        found: whether it was found in a folder, so that it may be a file of another type.
    """

    path: Path
    assembly: bool = False
    found: bool = False

    def text(self) -> str:
        """The text of the file or of standard input.

        Raises:
            InputError: the file cannot be read, or is too large.
        """
        return _standard_input() if self.path == STDIN else text_of(self.path, pipes=True).removeprefix("\ufeff")


def sources(path: Path, *, may_be_empty: bool = False) -> list[Source]:
    """Inputs at a path: for a folder, every YAML and JSON file and every assembly, at any depth.

    Hidden files and folders, folders of package managers, and files inside an assembly are left out.

    Raises:
        InputError: a folder cannot be read, or has no input and must not be empty.
    """
    try:
        if path.name == _ASSEMBLY and is_assembly(path.parent):
            return [Source(path=path.parent, assembly=True)]
        found = list(_inside(path)) if path.is_dir() else [Source(path=path)]
    except OSError as error:
        raise not_read(path, f"must be a file or folder that can be read: {error.strerror}") from None
    except ValueError as error:
        raise not_read(path, f"must be a file that can be read: {error}") from None
    if not (found or may_be_empty):
        raise not_read(path, "must have at least one YAML or JSON file in it")
    return sorted(found, key=lambda source: source.path)


def _inside(folder: Path) -> Iterator[Source]:
    for root, folders, names in os.walk(folder, onerror=_fail, followlinks=False):
        here = Path(root)
        if is_assembly(here):
            folders.clear()
            yield Source(path=here, assembly=True)
            continue
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not _is_foreign(here / name))
        named = (here / name for name in names if not name.startswith("."))
        yield from (Source(path=path, found=True) for path in named if _is_read(path))


def _is_read(path: Path) -> bool:
    """Whether a file of a folder is read: pipes, sockets and devices are not; a link to nothing is reported."""
    return path.suffix.lower() in _SUFFIXES and (path.is_file() or not path.exists())


def _is_foreign(folder: Path) -> bool:
    """Whether a folder holds what a package manager put there."""
    return folder.name == "node_modules" or (folder / "pyvenv.cfg").is_file()


def is_assembly(folder: Path) -> bool:
    """Whether a folder is what `cdk synth` writes."""
    return (folder / _ASSEMBLY).is_file() and ((folder / "cdk.out").is_file() or any(folder.glob("*.template.json")))


def _fail(error: OSError) -> None:
    raise error


def _standard_input() -> str:
    try:
        text = text_from(sys.stdin.buffer, STDIN).removeprefix("\ufeff")
    except InputError:
        raise
    except (AttributeError, OSError, ValueError):  # it may be closed
        raise not_read(STDIN, "must be open") from None
    if not text.strip():
        raise not_read(STDIN, "must not be empty", fix="check whether the command before it failed")
    return text


def each_source(paths: Iterable[Path], unreadable: list[Diagnostic], *, may_be_empty: bool = False) -> Iterator[Source]:
    """Inputs at several paths; errors of paths that cannot be read are added to `unreadable`."""
    for path in paths:
        try:
            yield from sources(path, may_be_empty=may_be_empty)
        except InputError as error:
            unreadable.extend(error.diagnostics)
