"""A file as text, and the errors of files that cannot be read or used."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from podspace.diagnostic import Diagnostic, InputError, Location

MOST_BYTES = 16 * 2**20
"""The largest file that is read at once."""


def text_of(path: Path, *, pipes: bool = False) -> str:
    """The text of a file; with `pipes`, also of a pipe or device.

    Raises:
        InputError: the file cannot be read, is too large, or is not text in UTF-8.
    """
    try:
        if path.is_dir() or (path.exists() and not path.is_file() and not pipes):
            raise not_read(path, "must be a file")
        with path.open("rb") as file:
            return text_from(file, path)
    except OSError as error:
        raise not_read(path, f"must be a file that can be read: {error.strerror}") from None
    except InputError:
        raise
    except ValueError as error:
        raise not_read(path, f"must be a file that can be read: {error}") from None


def text_from(file: BinaryIO, path: Path) -> str:
    """The text of an open file, device or pipe, with `\\n` at the ends of lines.

    Raises:
        InputError: it is too large, or not text in UTF-8.
    """
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise too_large(path)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        must = f"must be a text file in UTF-8, but has the byte {data[error.start]:#04x}"
        raise not_read(path, must, line=line) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def unreadable(path: Path | str, must: str, *, line: int = 0, fix: str = "") -> InputError:
    """An error about the text of a file as a whole, or from a line on: it was read, and is wrong."""
    where = Location(file=str(path), line=line)
    return InputError([Diagnostic(id="unreadable", location=where, message=must, fix=fix)])


def not_read(path: Path | str, must: str, *, line: int = 0, fix: str = "") -> InputError:
    """An error about a file or folder that could not be read, so that it is not known whether it is right."""
    where = Location(file=str(path), line=line)
    return InputError([Diagnostic(id="unreadable", severity="unknown", location=where, message=must, fix=fix)])


def too_large(path: Path) -> InputError:
    """The error for a file that is larger than `MOST_BYTES`."""
    must = f"must have at most {MOST_BYTES // 2**20} MB (a CloudFormation template: 1 MB)"
    return unreadable(path, must, fix="run kubectl get only for nodeclass,nodepool,eniconfig, or split the file")
