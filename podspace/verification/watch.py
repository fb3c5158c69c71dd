"""Verification repeated until a pod proves the network, or until a timeout."""

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
    """The first verification that is proven or settled, or the last one before the timeout.

    Args:
        look: verifies once.
        timeout: in seconds.
        interval: seconds between two verifications.
        tell: called with the state after each verification.
        clock: returns a time in seconds.
        sleep: waits for a number of seconds.

    Raises:
        LiveError: the cluster could not be read until the timeout.
    """
    deadline = clock() + timeout
    while True:
        found = _found(look)
        if isinstance(found, Verification) and (found.proven or found.settled):
            return found
        left = deadline - clock()
        if left <= 0:
            if isinstance(found, LiveError):
                raise found
            return replace(found, diagnostics=(*found.diagnostics, _timed_out(timeout)))
        tell(f"{_state(found)}; {counted(round(left), 'second')} left")
        sleep(min(interval, left))


def _found(look: Callable[[], Verification]) -> Verification | LiveError:
    try:
        return look()
    except LiveError as error:
        return error


def _state(found: Verification | LiveError) -> str:
    if isinstance(found, LiveError):
        return plain(f"{found.diagnostic.subject} {found.diagnostic.message}")
    errors = sum(diagnostic.severity == "error" for diagnostic in found.diagnostics)
    return counted(errors, "error") if errors else "not proven yet"


def _timed_out(timeout: float) -> Diagnostic:
    text = f"the network is not proven within {counted(round(timeout), 'second')}: it needs a pod with an address of a "
    text += "pod subnet, no error and, with --smoke, the result of every probe"
    fix = "correct the errors, start a pod on a NodePool of the config, or give a longer --timeout"
    return Diagnostic(id="watch", severity="error", subject="--timeout", message=text, fix=fix)
