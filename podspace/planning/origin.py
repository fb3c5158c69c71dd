"""Where a resource of a plan comes from, which is also how one resource of a plan names another."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Existing:
    """It exists already: `id` is its id, or the name of an IAM role."""

    id: str


@dataclass(frozen=True, slots=True)
class Created:
    """The plan creates it: `name` is its name in the plan, such as the CIDR of a subnet."""

    name: str


@dataclass(frozen=True, slots=True)
class PassedIn:
    """A CDK app passes it to the construct, as an id, a token or a CDK object, under its `name` in the plan."""

    name: str


Origin = Existing | Created | PassedIn
"""Where a resource of a plan comes from: it exists, the stack creates it, or a CDK app passes it in."""


def id_of(origin: Origin | None) -> str:
    """The id of a resource that exists; empty for others."""
    return origin.id if isinstance(origin, Existing) else ""


def described(origin: Origin | None) -> str:
    """An origin in words, such as `nat-0123…`, `new 100.64.0.0/18` or `passed in as eu-west-1a`."""
    match origin:
        case Existing(id):
            return id
        case Created(name):
            return f"new {name}"
        case PassedIn(name):
            return f"passed in as {name}"
        case None:
            return "none"
