"""Rules of the linter: what each finds, why it matters, and the fix."""

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
    """One finding of a rule, which becomes a `Diagnostic` with the texts of the rule.

    Attributes:
        at: resource or manifest to change.
        place: path inside it, such as `Properties.CidrBlock` or `spec.role`.
        value: value at the path, as text; empty if there is none.
        must: what is expected, with the names and values of the input.
        fix: what to do, if the fix of the rule is not enough.
        depends_on: a value that is not in the input, because of which an error becomes a warning.
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
    """A rule about templates and manifests of a deployment.

    Attributes:
        id: such as `subnet-outside-blocks`; CDK apps acknowledge it as `Podspace::<id>`.
        level: an error makes the deployment or pods fail; a warning is about a cost or a condition to check.
        what: what it finds, in a sentence.
        why: why it matters.
        fix: what to do about it.
        source: URL of the page that documents it.
        inferred: whether it follows from the page without being stated there.
        look: returns the findings in a `Picture`.
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
