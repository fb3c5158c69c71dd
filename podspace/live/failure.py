"""What stands in the way of reading anything at all, or some of it."""

from __future__ import annotations

from podspace.diagnostic import Diagnostic


class LiveError(Exception):
    """The account or the cluster cannot be read: no credentials, no connection, nothing of that name."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(str(diagnostic))


class UnreadError(LiveError):
    """One thing cannot be read, such as a kind of objects; what else there is may be."""


class KindMissingError(UnreadError):
    """There is no such kind in the cluster, which is known rather than unread."""
