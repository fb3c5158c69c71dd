"""Conditions of a CloudFormation template."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import JsonValue

from podspace.lint.value import Value, same


def holds(
    node: JsonValue, *, resolve: Callable[[JsonValue], Value], named: Callable[[str], bool | None]
) -> bool | None:
    """Whether a condition is true; None if unknown.

    Args:
        resolve: returns the values that are compared.
        named: returns the value of another condition of the template.
    """
    function, argument = next(iter(node.items())) if isinstance(node, dict) and len(node) == 1 else ("", None)
    if function == "Condition" and isinstance(argument, str):
        return named(argument)
    if not isinstance(argument, list):
        return None
    if function == "Fn::Equals":
        return same(resolve(argument[0]), resolve(argument[1])) if len(argument) == 2 else None  # noqa: PLR2004
    parts = [holds(part, resolve=resolve, named=named) for part in argument]
    if function == "Fn::Not":
        return None if len(parts) != 1 or parts[0] is None else not parts[0]
    if function in {"Fn::And", "Fn::Or"}:
        decisive = function == "Fn::Or"
        return decisive if decisive in parts else None if None in parts else not decisive
    return None
