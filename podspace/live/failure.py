"""What stands in the way of reading anything at all."""

from __future__ import annotations

from podspace.problem import Problem


class LiveError(Exception):
    """The account or the cluster cannot be read: no credentials, no connection, nothing of that name."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))
