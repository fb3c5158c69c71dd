"""Shared code of the commands: options, colors, progress, output of reports, and errors."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated, Final, NoReturn

import typer

from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.extras import missing
from podspace.live.failure import LiveError
from podspace.reporting import Format, Report, written
from podspace.reporting.wording import cleaned

_LONGEST: Final = 24 * 3600
"""The longest time that an option may give, in seconds."""
_MOST_DIGITS: Final = 9

Region = Annotated[
    str | None, typer.Option(help=("The AWS region; by default, the region of the profile or environment."))
]
Profile = Annotated[
    str | None, typer.Option(help="A profile of the AWS configuration; by default, boto3's search order.")
]
FormatOption = Annotated[
    Format,
    typer.Option(
        "--format",
        help=(
            "text to read, json for programs, junit and sarif for CI systems, github for annotations, "
            "prometheus for monitoring."
        ),
    ),
]


def colored() -> bool:
    """Whether standard output is a terminal that wants colors."""
    return bool(sys.stdout and sys.stdout.isatty()) and "NO_COLOR" not in os.environ


def finish(report: Report, format_: Format, notes: Iterable[str] = ()) -> NoReturn:
    """Print a report, and notes such as `wrote FILE` on standard error, and exit with the status of the report."""
    typer.echo(written(report, format_=format_, color=colored()))
    for note in notes:
        typer.echo(cleaned(note), err=True)
    raise typer.Exit(report.exit_status)


@contextmanager
def failures_reported(command: str, format_: Format = Format.TEXT, *, path: object = "") -> Iterator[None]:
    """Report invalid input, unreadable files and a missing extra without a traceback, and exit.

    The text format is written to standard error; other formats are a whole report on standard output.

    Args:
        command: name of the command.
        format_: format of the report.
        path: file or folder that is read or written, for errors of the system that do not name it.
    """
    try:
        yield
    except InputError as error:
        found = [replace(each, id=each.id or "invalid-input") for each in error.diagnostics]
    except LiveError as error:
        found = [replace(error.diagnostic, id=error.diagnostic.id or "unreadable", severity="unknown")]
    except ModuleNotFoundError as error:
        found = [missing(error)]
    except OSError as error:
        where = Location(file=str(error.filename or path))
        found = [Diagnostic(id="system-error", location=where, message=error.strerror or str(error))]
    else:
        return
    report = Report(command=command, diagnostics=found)
    typer.echo(written(report, format_=format_), err=format_ is Format.TEXT)
    raise typer.Exit(report.exit_status)


@contextmanager
def progress(what: str) -> Iterator[Callable[[str], None]]:
    """Show on a terminal what is being done, and each state that the function is called with.

    Nothing is shown if standard error is piped.
    """
    if not (sys.stderr and sys.stderr.isatty()):
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415  commands that are quick start without

    with Console(stderr=True).status(what) as status:
        yield lambda state: status.update(f"{what}: {state}")


def seconds(text: str, option: str) -> float:
    """The seconds of an option such as `90`, `90s` or `1h30m`.

    Raises:
        BadParameter: it is something else, or longer than 24 hours.
    """
    from podspace.api.duration import seconds_of  # noqa: PLC0415

    if not re.fullmatch(r"[0-9]+|([0-9]+[hms])+", text):
        raise typer.BadParameter(f"must be seconds, or a duration such as 90s, 10m or 1h30m: {text}", param_hint=option)
    too_long = any(len(number) > _MOST_DIGITS for number in re.findall("[0-9]+", text))
    found = _LONGEST + 1 if too_long else seconds_of(text if text[-1] in "hms" else f"{text}s")
    if found > _LONGEST:
        raise typer.BadParameter(f"must be at most 24h: {text[:40]}", param_hint=option)
    return found
