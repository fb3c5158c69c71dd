"""Steps that a person takes: what to run in which order, and when the next step can begin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from podspace.reporting.wording import counted, printable

if TYPE_CHECKING:
    from pydantic import JsonValue

_MOST_COMMANDS: Final = 5
"""The most commands of a step that text shows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step.

    Attributes:
        what: what it does, and how.
        commands: what to run; podspace runs none of them.
        done: how to see that the next step can begin.
    """

    what: str
    commands: tuple[str, ...]
    done: str


def step_lines(steps: Iterable[Step]) -> list[str]:
    """Steps as text, numbered, with the first commands of each."""
    lines = []
    for number, step in enumerate(steps, 1):
        more = len(step.commands) - _MOST_COMMANDS
        lines.append(printable(f"{number}. {step.what}"))
        lines += [printable(f"       {command}") for command in step.commands[:_MOST_COMMANDS]]
        lines += [f"       … and {counted(more, 'command')} with --format json"] if more > 0 else []
        lines.append(printable(f"   until {step.done}"))
    return lines


def step_facts(steps: Iterable[Step]) -> list[JsonValue]:
    """Steps as JSON, with all of their commands."""
    return [{"what": step.what, "commands": [*step.commands], "done": step.done} for step in steps]
