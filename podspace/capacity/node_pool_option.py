"""NodePools that the option --node-pool of a command names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from podspace.diagnostic import Diagnostic, Location


def node_pool_problems(names: Sequence[str], *, known: Sequence[str]) -> Iterator[Diagnostic]:
    """Names that are none of the known NodePools, each with similar ones."""
    for name in names:
        if name not in known:
            near = get_close_matches(name.lower(), known, n=3)
            yield Diagnostic(
                id="node-pool-unknown",
                location=Location(path="--node-pool"),
                subject=name,
                message=f"must be a NodePool of the config: {', '.join(known)}",
                fix=f"did you mean {' or '.join(near)}?" if near else "",
            )
