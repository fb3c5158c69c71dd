"""Errors that prevent reading an account or a cluster, in full or in part."""

from __future__ import annotations

from podspace.diagnostic import Diagnostic


class LiveError(Exception):
    """The account or the cluster cannot be read: no credentials, no connection, nothing of that name."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(str(diagnostic))


class UnreadError(LiveError):
    """An error that prevents reading one kind of data; other kinds may be readable."""


class KindMissingError(UnreadError):
    """There is no such kind in the cluster, which is known rather than unread."""
