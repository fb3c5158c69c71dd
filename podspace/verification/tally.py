"""A count with the first examples."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from podspace.reporting.wording import plain

MOST_EXAMPLES: Final = 20


@dataclass(kw_only=True, slots=True)
class Tally:
    """A count and its first examples."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, example: str) -> None:
        """Count one more."""
        self.count += 1
        if len(self.examples) < MOST_EXAMPLES:
            self.examples.append(plain(example))
