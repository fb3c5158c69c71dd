"""How a pod network is taken away again: in which order, and what still holds it."""

from podspace.teardown.remains import remains
from podspace.teardown.step import Step, steps

__all__ = ["Step", "remains", "steps"]
