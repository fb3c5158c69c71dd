"""Where a resource of a plan comes from, which is also how one resource of a plan refers to another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass


@dataclass(frozen=True, slots=True)
class Existing:
    """An existing resource: `id` is its id, or the name of an IAM role.

    Attributes:
        id: its id, or the name of an IAM role.
    """

    id: str


@dataclass(frozen=True, slots=True)
class Created:
    """A resource that the plan creates: `name` is its name in the plan, such as the CIDR block of a subnet.

    Attributes:
        name: its name in the plan.
    """

    name: str


@dataclass(frozen=True, slots=True)
class PassedIn:
    """A resource that a CDK app passes in, as an id, a token or a CDK object, by its `name` in the plan.

    Attributes:
        name: its name in the plan.
    """

    name: str


Origin = Existing | Created | PassedIn
"""Where a resource of a plan comes from: it exists, the stack creates it, or a CDK app passes it in."""


def existing_ids(plan: object) -> Iterator[str]:
    """Ids and names of all existing resources of a plan or of a part of it."""
    if isinstance(plan, Existing):
        yield plan.id
    elif is_dataclass(plan):
        yield from existing_ids([getattr(plan, each.name) for each in fields(plan)])
    elif isinstance(plan, Mapping):
        yield from existing_ids(list(plan.values()))
    elif isinstance(plan, list | tuple | set | frozenset):  # not networks, which iterate over their addresses
        for each in plan:
            yield from existing_ids(each)


def id_of(origin: Origin | None) -> str:
    """Id of an existing resource; empty for others."""
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
