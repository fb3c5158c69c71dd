"""The errors and remarks of planning, as tests compare them: without sentences, which may be reworded."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from podspace.diagnostic import Diagnostic
from podspace.planning import InputError
from tests.config_paths import exists
from tests.mother import Changes, a_plan

Error = tuple[str, str, str]
"""The id, the path and the subject of an error."""


def identified(diagnostics: Iterable[Diagnostic]) -> list[Error]:
    """Diagnostics without their sentences; each has an id, and its path is one that a config can have."""
    found = [(each.id, each.location.path, each.subject) for each in diagnostics]
    for id, path, _ in found:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id), (id, path)
        assert not path or exists(path), (id, path)
    return found


def errors(changes: Changes) -> list[Error]:
    """Every error of a config with these changes, in the order in which they are reported."""
    with pytest.raises(InputError) as refused:
        a_plan(changes)
    return identified(refused.value.diagnostics)


def remarks(changes: Changes) -> dict[str, str]:
    """The severity of every remark of a config with these changes, by its id."""
    return {remark.id: remark.severity for remark in a_plan(changes).remarks}
