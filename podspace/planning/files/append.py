"""What is appended to a config file, and where."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import JsonValue

from podspace.diagnostic import InputError, place_of
from podspace.planning.files.network_file import NetworkFile, resolved_text
from podspace.planning.network import Network

Place = tuple[str | int, ...]
"""The place of a list or a mapping: keys and indexes from the outermost in."""


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


def appends_to(text: str, path: Path, addition: Addition) -> tuple[NetworkFile, tuple[Append, ...]]:
    """The pod network that a text describes, and what to append to the text.

    Raises:
        InputError: the text is wrong, or something is there already, missing or superfluous; a problem of the text is
            reported with its line, one of an option without.
    """
    file, network, document = resolved_text(text, path)
    try:
        return file, addition.appends(network)
    except InputError as error:
        raise InputError(
            document.located(problem) if re.split(r"[.[]", problem.location.path)[0] in document.lines else problem
            for problem in error.diagnostics
        ) from None
