"""What commands have in common: formats, colours, progress, and telling what went wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated

import typer

from podspace.diagnostic import InputError
from podspace.live.failure import LiveError

UNREADABLE = 2
"""The exit status where something could not be read."""


Region = Annotated[str | None, typer.Option(help="The AWS region; that of the profile or environment by default.")]
Profile = Annotated[
    str | None, typer.Option(help="A profile of the AWS configuration; boto3's usual order by default.")
]


class Format(StrEnum):
    """For a person, or for a program."""

    TEXT = "text"
    JSON = "json"


class VerdictFormat(StrEnum):
    """For a person, a program, or a CI system that shows tests."""

    TEXT = "text"
    JSON = "json"
    JUNIT = "junit"


def colored() -> bool:
    """Whether standard output is a terminal that wants colours."""
    return bool(sys.stdout and sys.stdout.isatty()) and "NO_COLOR" not in os.environ


@contextmanager
def told(place: object = "", *, status: int = 1) -> Iterator[None]:
    """Say what went wrong, without a traceback, and exit: with `status`, or 2 where nothing could be read.

    Args:
        place: what was read or written, for errors of the system that do not name it.
        status: the exit status of a file that is wrong or missing.
    """
    try:
        yield
    except InputError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(status) from None
    except LiveError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(UNREADABLE) from None
    except OSError as error:
        typer.echo(f"{error.filename or place}: {error.strerror or error}", err=True)
        raise typer.Exit(status) from None


@contextmanager
def progress(what: str) -> Iterator[Callable[[str], None]]:
    """Show on a terminal that something is being done, and what is told of it.

    Nothing is shown where standard error is piped.
    """
    if not (sys.stderr and sys.stderr.isatty()):
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415  commands that are quick start without

    with Console(stderr=True).status(what) as status:
        yield lambda told: status.update(f"{what}: {told}")
