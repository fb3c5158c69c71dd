"""What is wrong with an input, said once and the same way everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing wrong with an input.

    Attributes:
        place: where it stands, as a path inside its file, such as `pods.cidrs[0]`.
        value: what was given there, as text; empty where nothing was given.
        must: what must hold.
        why: that matters; empty where `must` already says it.
        fix: what to do about it; empty where `must` already says it.
        source: the page that states the rule, a URL; empty for rules of our own.
        inferred: whether the rule is drawn from the source, or from a kind alike, without being stated there.
    """

    place: str
    value: str = ""
    must: str
    why: str = ""
    fix: str = ""
    source: str = ""
    inferred: bool = False

    def within(self, place: str) -> Problem:
        """The same problem, seen from one level further out."""
        if not self.place:
            return replace(self, place=place)
        return replace(self, place=joined(place, self.place))

    def __str__(self) -> str:
        head = ": ".join(part for part in (self.place, self.value) if part)
        lines = [head, f"    {self.must}"]
        if self.why:
            lines.append(f"    why: {self.why}")
        if self.fix:
            lines.append(f"    -> {self.fix}")
        if self.source:
            lines.append(f"    see {self.source}{' (inferred)' if self.inferred else ''}")
        return "\n".join(lines)


class PlanError(ValueError):
    """What was asked for cannot be planned; carries every problem found, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def joined(outer: str, inner: str) -> str:
    """A place inside another place: `pods` and `[0]`, or `pods` and `zones`."""
    return outer + inner if inner.startswith("[") else f"{outer}.{inner}"


def place_of(loc: Iterable[str | int]) -> str:
    """Where a value stands, written as a person would: `pods.cidrs[0]`, `tags["a.b/c"]`."""
    place = ""
    for part in loc:
        if isinstance(part, int):
            place += f"[{part}]"
        elif re.fullmatch(r"[\w-]+", part):
            place += f".{part}" if place else part
        else:
            place += f'["{part}"]'
    return place
