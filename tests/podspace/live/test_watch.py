"""It is looked again until it is so, or too late."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from podspace.diagnostic import Diagnostic
from podspace.live.failure import LiveError
from podspace.live.watch import watched
from podspace.verification import Verification
from tests.podspace.cluster_objects import a_condition, a_node_class
from tests.podspace.verification.network import found, verified

RIGHT = verified()
NO_PODS = verified(pods=[])
WRONG = verified(nodeclasses=[a_node_class("class", a_condition("Ready", "False"))])
GONE = LiveError(Diagnostic(subject="https://x", message="must answer"))


class Time:
    """Time that passes only while somebody sleeps, and what was told meanwhile."""

    def __init__(self, *looks: Verification | LiveError) -> None:
        self.now = 1_000.0
        self.told: list[str] = []
        self.looked = 0
        self._looks: Iterator[Verification | LiveError] = iter(looks)
        self._last = looks[-1]

    def look(self) -> Verification:
        self.looked += 1
        found = next(self._looks, self._last)
        if isinstance(found, LiveError):
            raise found
        return found

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds

    def watch(self, *, timeout: float = 60, interval: float = 10) -> Verification:
        return watched(
            self.look,
            timeout=timeout,
            interval=interval,
            tell=self.told.append,
            clock=lambda: self.now,
            sleep=self.sleep,
        )


def test_what_is_so_at_once_is_not_watched() -> None:
    """Nothing is told, and no time passes."""
    time = Time(RIGHT)
    assert time.watch() is RIGHT
    assert (time.now, time.told) == (1_000, [])


def test_verification_is_repeated_until_it_is_proven() -> None:
    """After errors, without a proof, and while the cluster does not answer."""
    time = Time(GONE, WRONG, NO_PODS, RIGHT)
    assert time.watch() is RIGHT
    assert time.told == [
        "https://x must answer; 60 seconds left",
        "1 error; 50 seconds left",
        "not proven yet; 40 seconds left",
    ]


@pytest.mark.parametrize("last", [WRONG, NO_PODS])
def test_too_late_is_an_error(last: Verification) -> None:
    """Beside what was found last."""
    time = Time(last)
    verification = time.watch(timeout=25)
    (diagnostic,) = found(verification, "watch")
    assert diagnostic.severity == "error"
    assert "within 25 seconds" in diagnostic.message
    assert verification.diagnostics[:-1] == last.diagnostics
    assert time.looked == 4
    assert time.now == 1_025


def test_a_cluster_that_does_not_answer_in_time_is_reported() -> None:
    """With its reason."""
    with pytest.raises(LiveError, match="must answer"):
        Time(WRONG, GONE).watch()


def test_without_time_it_is_looked_once() -> None:
    """And that is too late."""
    time = Time(WRONG)
    assert found(time.watch(timeout=0), "watch")
    assert time.looked == 1
