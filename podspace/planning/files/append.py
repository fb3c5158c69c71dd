"""What is appended to a config file, and where."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Protocol

from pydantic import JsonValue

from podspace.diagnostic import place_of
from podspace.planning.network import Network

Place = tuple[str | int, ...]
"""Where a list or a mapping stands: keys and indexes from the outermost in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Append:
    """One more item of a list, or with a key one more entry of a mapping."""

    place: Place
    value: JsonValue
    key: str | None = None

    def to(self, data: JsonValue) -> JsonValue:
        """The data with it, which has a list or a mapping at its place."""
        grown = deepcopy(data)
        into = grown
        for step in self.place:
            into = into[step]  # type: ignore[index]
        if isinstance(into, dict) and self.key is not None:
            into[self.key] = self.value
        else:
            assert isinstance(into, list)
            into.append(self.value)
        return grown

    def __str__(self) -> str:
        return place_of(self.place)


class Addition(Protocol):
    """What is to be appended to a config, such as a zone or a CIDR block."""

    def appends(self, network: Network) -> tuple[Append, ...]:
        """What to append to the file of this network.

        Raises:
            InputError: it is there already, or something is missing or superfluous.
        """
