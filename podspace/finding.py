"""What was found in a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from podspace.problem import Problem

PLUGIN: Final = "Podspace"
"""What the checks are called where findings are accepted: `Podspace::<rule>` in CDK, and in a template's Metadata."""

Level = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing to know about one object or resource.

    Attributes:
        file: where it stands, `-` for standard input.
        line: from 1.
        document: the number of the YAML document in the file, from 1.
        kind: such as `NodePool` or `AWS::EC2::Subnet`.
        name: of the object, or the logical id of the resource; empty if it has none.
        rule: its id, such as `subnet-outside-blocks`.
        level: only errors fail.
        problem: what it is, its place inside the object.
        construct_path: of the resource in its CDK app, or of the stack that an object belongs to; empty outside of one.
        accepted: why it is accepted, as the resource or object itself says; empty if it does not.
    """

    file: str
    line: int
    document: int = 1
    kind: str
    name: str
    rule: str
    level: Level
    problem: Problem
    construct_path: str = ""
    accepted: str = ""

    @property
    def of_template(self) -> bool:
        """Whether it is about a resource of a template, rather than a Kubernetes object."""
        return "::" in self.kind
