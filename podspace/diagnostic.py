"""Diagnostics, which every command reports: severity, location, message, cause, fix and source."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

_WORD: Final = re.compile(r"[\w-]+")

Severity = Literal["ok", "note", "warning", "error", "unknown"]
SEVERITIES: Final[tuple[Severity, ...]] = ("ok", "note", "warning", "error", "unknown")
"""Severities. `ok`: as expected; `note` and `warning`: do not fail; `error`: fails; `unknown`: could not be read."""
FailOn = Literal["error", "warning"]
"""The lowest severity that fails, as a user can choose it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Location:
    """The place of a diagnostic; unknown parts are empty.

    Attributes:
        file: a path, or `-` for standard input.
        line: the line in that file, from 1; 0 if it is not known.
        document: the number of the YAML document in that file, from 1.
        kind: kind of the object or type of the resource, such as `NodePool` or `AWS::EC2::Subnet`.
        name: name of the object, or logical id of the resource.
        path: path of the value, inside the object or the config file, such as `pods.cidrs[0]`.
        construct_path: construct path of the resource in its CDK app, or of the stack of an object.
    """

    file: str = ""
    line: int = 0
    document: int = 1
    kind: str = ""
    name: str = ""
    path: str = ""
    construct_path: str = ""

    @property
    def in_template(self) -> bool:
        """Whether it is in a resource of a CloudFormation template, rather than in a Kubernetes object."""
        return "::" in self.kind

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.file and self.line else self.file
        return ": ".join(part for part in (where, self.path) if part)


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnostic:
    """A finding, an error or a note of a command.

    Attributes:
        id: id of the rule or check, such as `cidr-overlap`; stable from one version to the next.
        severity: only an `error` fails, unless a run also fails on a `warning`.
        subject: the value, AWS id or name that it is about; may be empty.
        location: where the subject is written.
        message: what is expected or what was found, in one sentence.
        cause: why it matters or why it is so; empty if the message says it.
        fix: what to do; empty if the message says it.
        source: URL of the page that states the rule; empty for rules of podspace itself.
        inferred: whether the rule follows from the source, or from a similar one, without being stated there.
        accepted: the reason with which its file or its app accepts it; empty if neither does.
    """

    id: str = ""
    severity: Severity = "error"
    subject: str = ""
    location: Location = Location()
    message: str
    cause: str = ""
    fix: str = ""
    source: str = ""
    inferred: bool = False
    accepted: str = ""

    def within(self, path: str) -> Diagnostic:
        """This diagnostic with its path below an outer one: `cidrs[0]` within `pods` is at `pods.cidrs[0]`."""
        inner = self.location.path
        return self.at(joined(path, inner) if inner else path)

    def at(self, path: str) -> Diagnostic:
        """This diagnostic at another path of its file."""
        return replace(self, location=replace(self.location, path=path))

    def __str__(self) -> str:
        return "\n".join([": ".join(part for part in (str(self.location), self.subject) if part), *self.details()])

    def details(self, *, indent: str = "    ") -> list[str]:
        """The message, cause, fix and source, a line each."""
        lines = [f"{indent}{self.message}"]
        if self.cause:
            lines.append(f"{indent}why: {self.cause}{' (inferred)' if self.inferred and not self.source else ''}")
        if self.fix:
            lines.append(f"{indent}-> {self.fix}")
        if self.source:
            lines.append(f"{indent}see {self.source}{' (inferred)' if self.inferred else ''}")
        return lines


class InputError(ValueError):
    """Input that cannot be used, such as a config file; `diagnostics` has every error found, not only the first."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(dict.fromkeys(diagnostics))
        super().__init__("\n".join(map(str, self.diagnostics)))


def exit_status(diagnostics: Iterable[Diagnostic], *, fail_on: FailOn = "error") -> int:
    """1 if there is an error, or a warning and `fail_on` is `warning`, else 2 if something is unknown, else 0."""
    severities = {diagnostic.severity for diagnostic in diagnostics}
    if severities & {"error", fail_on}:
        return 1
    return 2 if "unknown" in severities else 0


def ok(id: str, subject: str, message: str) -> Diagnostic:
    """A diagnostic of severity ok."""
    return Diagnostic(id=id, severity="ok", subject=subject, message=message)


def warning(
    id: str, subject: str, message: str, *, fix: str = "", source: str = "", inferred: bool = False
) -> Diagnostic:
    """A diagnostic of severity warning: it works, and may surprise or cost."""
    return Diagnostic(
        id=id, severity="warning", subject=subject, message=message, fix=fix, source=source, inferred=inferred
    )


def error(
    id: str, subject: str, message: str, *, fix: str = "", source: str = "", inferred: bool = False
) -> Diagnostic:
    """A diagnostic of something that fails, or that will fail."""
    return Diagnostic(
        id=id, severity="error", subject=subject, message=message, fix=fix, source=source, inferred=inferred
    )


def invalid(path: str, message: str, *, subject: str = "", fix: str = "", source: str = "") -> Diagnostic:
    """An error about the value at a path of the input; its file or its object is added where that is known."""
    return Diagnostic(location=Location(path=path), subject=subject, message=message, fix=fix, source=source)


def unknown(id: str, subject: str, reason: str) -> Diagnostic:
    """A diagnostic of something that could not be read; `subject` is the call to AWS or the kind of object."""
    return Diagnostic(
        id=id,
        severity="unknown",
        subject=subject,
        message=f"could not be read: {reason}",
        fix="allow the call (docs/aws.md lists the permissions), or check this by hand",
    )


def joined(outer: str, inner: str) -> str:
    """A path inside another one: `pods` and `[0]`, or `pods` and `zones`."""
    return outer + inner if inner.startswith("[") else f"{outer}.{inner}"


def place_of(loc: Iterable[str | int]) -> str:
    """The path of a value, as a person writes it: `pods.cidrs[0]`, `tags["a.b/c"]`."""
    place = ""
    for part in loc:
        place = place_in(place, part)
    return place


def place_in(outer: str, part: str | int) -> str:
    """The path of an item of a list, or of the value of a key, inside the path of the list or mapping."""
    if isinstance(part, int):
        return f"{outer}[{part}]"
    if _WORD.fullmatch(part):
        return f"{outer}.{part}" if outer else part
    return f'{outer}["{part}"]'
