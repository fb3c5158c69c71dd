"""What came of holding a plan against the real thing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Outcome = Literal["ok", "warning", "error", "unknown"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """One thing that was looked at, and how it stands.

    Attributes:
        check: its id in words, such as `nat-gateway-zone`.
        outcome: only an `error` fails; `unknown` is what could not be read.
        subject: what it is about, such as an id, a name or a place in the config.
        text: what was found, in one sentence; in an error or warning with what must hold.
        cause: why it is so, where that is known.
        fix: what to do about it.
        source: the page that states the rule, a URL.
        inferred: whether the rule is drawn from the source without being stated there.
    """

    check: str
    outcome: Outcome
    subject: str
    text: str
    cause: str = ""
    fix: str = ""
    source: str = ""
    inferred: bool = False


def exit_code(verdicts: Iterable[Verdict]) -> int:
    """1 if anything is wrong, else 2 if anything could not be read, else 0."""
    outcomes = {verdict.outcome for verdict in verdicts}
    if "error" in outcomes:
        return 1
    return 2 if "unknown" in outcomes else 0


def ok(check: str, subject: str, text: str) -> Verdict:
    """It is as it must be."""
    return Verdict(check=check, outcome="ok", subject=subject, text=text)


def warning(check: str, subject: str, text: str, *, fix: str = "", source: str = "", inferred: bool = False) -> Verdict:
    """It may surprise."""
    return Verdict(
        check=check, outcome="warning", subject=subject, text=text, fix=fix, source=source, inferred=inferred
    )


def error(check: str, subject: str, text: str, *, fix: str = "", source: str = "", inferred: bool = False) -> Verdict:
    """It fails, or will."""
    return Verdict(check=check, outcome="error", subject=subject, text=text, fix=fix, source=source, inferred=inferred)


def unknown(check: str, subject: str, reason: str) -> Verdict:
    """It could not be read, by an action of AWS."""
    fix = "allow it, as docs/aws.md lists, or look by hand"
    return Verdict(check=check, outcome="unknown", subject=subject, text=f"could not be read: {reason}", fix=fix)
