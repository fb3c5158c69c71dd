"""Exports of stacks, and outputs that other stacks refer to by the stack's name."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pydantic import JsonValue

from podspace.lint.stack import Stack
from podspace.lint.value import UNKNOWN, Reference, Text, Value

Exports = dict[str | Reference | Text, list[tuple[Stack, str]]]
"""Stacks and the names of their outputs, by the name of the export as far as that is known."""


def exports_of(stacks: Iterable[Stack], resolve: Callable[[Stack, JsonValue], Value]) -> Exports:
    """All exports of the stacks, without those whose names are partly unknown."""
    exports: Exports = {}
    for stack in stacks:
        for output, body in stack.section("Outputs").items():
            export = body.get("Export") if isinstance(body, dict) else None
            name = resolve(stack, export["Name"]) if isinstance(export, dict) and "Name" in export else None
            if isinstance(name, str | Reference) or (isinstance(name, Text) and UNKNOWN not in name.parts):
                exports.setdefault(name, []).append((stack, output))
    return exports


def stacks_named(name: str, region: Value, *, referring: Stack, among: Iterable[Stack]) -> list[Stack]:
    """The stacks with a name, in a region or in that of the referring stack, of the same assembly."""
    region = referring.origin.region if region is None else region
    return [
        stack
        for stack in among
        if stack.origin.name == name
        and stack.origin.folder == referring.origin.folder
        and stack.origin.region == region
    ]
