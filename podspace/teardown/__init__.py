"""The deletion of a pod network: its steps in order, and the dependencies that prevent it."""

from podspace.teardown.dependencies import dependencies
from podspace.teardown.step import Step, steps

__all__ = ["Step", "dependencies", "steps"]
