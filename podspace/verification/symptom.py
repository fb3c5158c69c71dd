"""Known messages of clusters with a broken pod network, with their causes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Symptom:
    """A known message of a cluster.

    Attributes:
        id: such as `no-pod-address`.
        says: a regular expression that matches it, case-insensitive.
        shown: its characteristic words, for documentation.
        kinds: the kinds of objects that have it; empty for any.
        level: the severity while it lasts.
        cause: cause of the message.
        fix: what to do.
        source: URL of the page or report that documents it.
        inferred: whether cause or fix follow from the source without being stated there.
    """

    id: str
    says: str
    shown: str
    kinds: tuple[str, ...] = ()
    level: Literal["error", "warning"] = "error"
    cause: str
    fix: str
    source: str
    inferred: bool = False

    def found_in(self, text: str, *, kind: str) -> re.Match[str] | None:
        """The match in a text of an object of a kind; None if there is none."""
        if self.kinds and kind not in self.kinds:
            return None
        return re.search(self.says, text, re.IGNORECASE | re.DOTALL)
