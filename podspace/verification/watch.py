"""Looking again until it is so, or too late."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from podspace.live.failure import LiveError
from podspace.verdict import Verdict
from podspace.verification.verification import Verification
from podspace.wording import counted, plain


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
            return replace(found, verdicts=(*found.verdicts, _too_late(timeout)))
        tell(f"{_standing(found)}; {counted(round(left), 'second')} left")
        sleep(min(interval, left))


def _found(look: Callable[[], Verification]) -> Verification | LiveError:
    try:
        return look()
    except LiveError as error:
        return error


def _standing(found: Verification | LiveError) -> str:
    if isinstance(found, LiveError):
        return plain(f"{found.problem.place} {found.problem.must}")
    errors = sum(verdict.outcome == "error" for verdict in found.verdicts)
    return counted(errors, "error") if errors else "no pod proves it yet"


def _too_late(timeout: float) -> Verdict:
    text = f"must be proven by a pod, with nothing wrong, within {counted(round(timeout), 'second')}"
    fix = "mend what is wrong, start a pod on a NodePool of the file, or give a longer --timeout"
    return Verdict(check="watch", outcome="error", subject="--timeout", text=text, fix=fix)
