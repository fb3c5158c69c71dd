"""How the engine refuses a request."""

from __future__ import annotations


class CloudFormationError(Exception):
    """A request that CloudFormation refuses, or a resource that it cannot create, update or delete."""

    def __init__(self, message: str, *, code: str = "ValidationError") -> None:
        super().__init__(message)
        self.code = code
