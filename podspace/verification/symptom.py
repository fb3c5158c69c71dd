"""What clusters say when a pod network is not right, and what is behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Symptom:
    """A message that is known.

    Attributes:
        id: in words, such as `no-pod-address`.
        says: a regular expression for what is in the message, in any case of letters.
        shown: the words of it to look for, for a person.
        kinds: of the objects that say it; empty for any.
        level: how bad it is while it lasts.
        cause: what is behind it.
        fix: what to do about it.
        source: the page or the report that says so, a URL.
        inferred: whether cause or fix are drawn from the source without being stated there.
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
        """Where an object of a kind says it."""
        if self.kinds and kind not in self.kinds:
            return None
        return re.search(self.says, text, re.IGNORECASE | re.DOTALL)
