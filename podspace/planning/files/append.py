"""Items that are appended to a config file, and their places."""

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
"""Path of a list or mapping: keys and indexes, from the outermost."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Append:
    """An item to append to a list, or with a key an entry to append to a mapping."""

    place: Place
    value: JsonValue
    key: str | None = None

    def to(self, data: JsonValue) -> JsonValue:
        """A copy of the data with the item; it must have a list or mapping at the path."""
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
    """A zone or CIDR block to append to a config."""

    def appends(self, network: Network) -> tuple[Append, ...]:
        """What to append to the file of this network.

        Raises:
            InputError: the config has it already, or a value is missing or superfluous.
        """


def appends_to(text: str, path: Path, addition: Addition) -> tuple[NetworkFile, tuple[Append, ...]]:
    """The pod network of the text of a config, and the items to append to the text.

    Raises:
        InputError: the config has an error, has the item already, or a value is missing or superfluous. Errors of the
            text have its line, errors of an option have none.
    """
    file, network, document = resolved_text(text, path)
    try:
        return file, addition.appends(network)
    except InputError as error:
        raise InputError(
            document.located(problem) if re.split(r"[.[]", problem.location.path)[0] in document.lines else problem
            for problem in error.diagnostics
        ) from None
