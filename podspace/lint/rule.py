"""A rule: what it finds, why that matters, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from podspace.lint.deployment import Manifest
from podspace.lint.picture import Picture
from podspace.lint.stack import Resource

PLUGIN: Final = "Podspace"
"""The name under which findings are accepted: `Podspace::<rule>` in CDK, and a key of a template's Metadata."""

Level = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What one rule found in one place; with the texts of its rule it becomes a `Diagnostic`.

    Attributes:
        at: the resource or the manifest that is to be changed.
        place: inside of it, such as `Properties.CidrBlock` or `spec.role`.
        value: what is there, as text; empty where nothing is.
        must: what must hold here, in the words of who wrote it.
        fix: what to do, if there is more to say than the rule says.
        depends_on: what there is to know that is not in hand, because of which this is a warning.
    """

    at: Resource | Manifest
    place: str = ""
    value: str = ""
    must: str
    fix: str = ""
    depends_on: str = ""


Look = Callable[[Picture], Iterator[Fault]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A rule over both halves of a deployment.

    Attributes:
        id: in words, such as `subnet-outside-blocks`; acknowledged as `Podspace::<id>`.
        level: an error will fail or cut pods off; a warning works, but costs or depends on something to know.
        what: is wrong, in a sentence.
        why: it matters.
        fix: what to do about it.
        source: the page that says so, a URL.
        inferred: whether that is drawn from the page without being stated there.
        look: finds the faults in a picture.
    """

    id: str
    level: Level
    what: str
    why: str
    fix: str
    source: str
    inferred: bool
    look: Look


def rule(
    id: str, *, level: Level = "error", why: str, fix: str, source: str, inferred: bool = False
) -> Callable[[Look], Rule]:
    """Make a rule of a function that looks for faults; its docstring says what is wrong."""

    def made(look: Look) -> Rule:
        what = " ".join((look.__doc__ or "").split())
        return Rule(id=id, level=level, what=what, why=why, fix=fix, source=source, inferred=inferred, look=look)

    return made
