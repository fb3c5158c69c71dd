"""The deletion of a pod network: its steps in order, and the dependencies that prevent it."""

from podspace.teardown.dependencies import dependencies
from podspace.teardown.steps import steps

__all__ = ["dependencies", "steps"]
