"""Looking again until it is so, or too late."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from podspace.diagnostic import Diagnostic
from podspace.live.failure import LiveError
from podspace.reporting.wording import counted, plain
from podspace.verification.verification import Verification


def watched(
    look: Callable[[], Verification],
    *,
    timeout: float,
    interval: float,
    tell: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Verification:
    """What a look found that proved it, or the last one.

    Args:
        look: reads and judges.
        timeout: seconds until it is too late.
        interval: seconds between two looks.
        tell: is told how it stands after each look.
        clock: seconds, from anywhere.
        sleep: waits so many seconds.

    Raises:
        LiveError: the cluster cannot be read, and could not be until it was too late.
    """
    deadline = clock() + timeout
    while True:
        found = _found(look)
        if isinstance(found, Verification) and found.proven:
            return found
        left = deadline - clock()
        if left <= 0:
            if isinstance(found, LiveError):
                raise found
            return replace(found, diagnostics=(*found.diagnostics, _too_late(timeout)))
        tell(f"{_standing(found)}; {counted(round(left), 'second')} left")
        sleep(min(interval, left))


def _found(look: Callable[[], Verification]) -> Verification | LiveError:
    try:
        return look()
    except LiveError as error:
        return error


def _standing(found: Verification | LiveError) -> str:
    if isinstance(found, LiveError):
        return plain(f"{found.diagnostic.subject} {found.diagnostic.message}")
    errors = sum(diagnostic.severity == "error" for diagnostic in found.diagnostics)
    return counted(errors, "error") if errors else "no pod proves it yet"


def _too_late(timeout: float) -> Diagnostic:
    text = f"must be proven by a pod, with nothing wrong, within {counted(round(timeout), 'second')}"
    fix = "mend what is wrong, start a pod on a NodePool of the file, or give a longer --timeout"
    return Diagnostic(id="watch", severity="error", subject="--timeout", message=text, fix=fix)
