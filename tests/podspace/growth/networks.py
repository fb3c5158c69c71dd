"""Networks to compare: a test names only what it changes."""

from __future__ import annotations

from pathlib import Path

from podspace.planning import NetworkFile, plan_network
from tests.mother import Changes, a_config


def a_network(changes: Changes | None = None, /, *, path: str = "net.yaml") -> NetworkFile:
    """A network in a file that is nowhere."""
    config = a_config(changes)
    return NetworkFile(path=Path(path), config=config, plan=plan_network(config))
