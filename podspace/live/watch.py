"""A cluster read again and again until it is as it should be, or until a timeout."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol, Self, TypeVar

from podspace.live.failure import LiveError
from podspace.reporting.wording import counted, plain


class Observation(Protocol):
    """What was seen of a cluster at one time."""

    @property
    def final(self) -> bool:
        """Whether watching ends: the cluster is as it should be, or what is seen does not change."""
        ...

    @property
    def state(self) -> str:
        """How far it is from that, in a few words."""
        ...

    def timed_out(self, seconds: float) -> Self:
        """The observation with an error, because it was not final within a number of seconds."""
        ...


_Seen = TypeVar("_Seen", bound=Observation)


def watched(
    look: Callable[[], _Seen],
    *,
    timeout: float,
    interval: float,
    tell: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> _Seen:
    """The first observation that is final, or the last one before the timeout, with an error.

    Args:
        look: reads the cluster once.
        timeout: in seconds.
        interval: seconds between two observations.
        tell: called with the state after each observation.
        clock: returns a time in seconds.
        sleep: waits for a number of seconds.

    Raises:
        LiveError: the cluster could not be read until the timeout.
    """
    deadline = clock() + timeout
    while True:
        found = _found(look)
        if not isinstance(found, LiveError) and found.final:
            return found
        left = deadline - clock()
        if left <= 0:
            if isinstance(found, LiveError):
                raise found
            return found.timed_out(timeout)
        tell(f"{_state(found)}; {counted(round(left), 'second')} left")
        sleep(min(interval, left))


def _found(look: Callable[[], _Seen]) -> _Seen | LiveError:
    try:
        return look()
    except LiveError as error:
        return error


def _state(found: Observation | LiveError) -> str:
    if isinstance(found, LiveError):
        return plain(f"{found.diagnostic.subject} {found.diagnostic.message}")
    return found.state
