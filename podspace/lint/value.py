"""Values of a template as far as they can be known before it is deployed.

A value is plain data, a reference to something whose value only a deployment knows, text with such references in it,
or not known at all. Two questions about values have three answers: yes, no, and None for "cannot tell".
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Final, TypeAlias


@dataclass(frozen=True, slots=True)
class Reference:
    """A value that is known only after deployment, by its origin; equal references are equal values.

    Attributes:
        stack: key of the stack of the resource or parameter; empty for values of other stacks, such as an export of
            another app.
        id: logical id, name of a parameter, or another name.
        attribute: attribute of the resource, such as `Arn`; empty for its id.
        resource: whether a stack of the input creates it, so that it differs from all other resources.
    """

    stack: str
    id: str
    attribute: str = ""
    resource: bool = False


@dataclass(frozen=True, slots=True)
class Part(Reference):
    """A CIDR block that Fn::Cidr cuts from one of which only the reference is known.

    Attributes:
        start: number of addresses before its first one.
        bits: number of host bits.
    """

    start: int = 0
    bits: int = 0

    @property
    def end(self) -> int:
        """The number of addresses of the block up to its last one."""
        return self.start + (1 << self.bits)

    @property
    def whole(self) -> Reference:
        """The block that it is cut from."""
        return Reference(self.stack, self.id, self.attribute, self.resource)


@dataclass(frozen=True, slots=True)
class Text:
    """Text of which some parts are not known.

    Attributes:
        parts: plain text, references, and UNKNOWN, in their order.
    """

    parts: tuple[str | Reference | Unknown, ...]

    @property
    def tail(self) -> str:
        """The known end of the text."""
        last = self.parts[-1] if self.parts else ""
        return last if isinstance(last, str) else ""


@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """An unknown value, which is not equal to any value, not even itself."""


UNKNOWN: Final = Unknown()

CLUSTER_GROUP: Final = "ClusterSecurityGroupId"
"""The attribute of a cluster that is the group EKS makes for it."""

Value: TypeAlias = "bool | int | float | str | Reference | Text | Unknown | list[Value] | dict[str, Value] | None"
Known: TypeAlias = "str | Reference"
"""A value that identifies a resource: its name or id, or a reference to it."""


def same(one: Value, other: Value) -> bool | None:
    """Whether two values are equal after deployment; None if unknown.

    A literal id may be that of a resource of the templates from an earlier deployment, so it is not certainly
    different.
    """
    if isinstance(one, str) and isinstance(other, str):  # most values
        return one == other
    if any(isinstance(value, Reference | Text | Unknown) for value in (one, other)):
        return _same_text(deque(_characters(one)), deque(_characters(other)))
    if isinstance(one, list | dict) or isinstance(other, list | dict):
        return None if has_unknown(one) or has_unknown(other) else one == other
    return _as_text(one) == _as_text(other)


def _characters(value: Value) -> Iterator[str | Reference | Unknown]:
    """What a value is written with; what is no text is not known."""
    parts = value.parts if isinstance(value, Text) else (value,)
    for part in parts:
        if isinstance(part, Reference | Unknown):
            yield part
        else:
            yield from [UNKNOWN] if isinstance(part, list | dict | None) else plain(part)


def _same_text(one: deque[str | Reference | Unknown], other: deque[str | Reference | Unknown]) -> bool | None:
    """Whether two texts are the same, whatever the references in them are: what they begin or end with tells."""
    for end, drop in ((0, deque.popleft), (-1, deque.pop)):
        while one and other and one[end] == other[end] and one[end] is not UNKNOWN:
            drop(one)
            drop(other)
        if one and other and isinstance(one[end], str) and isinstance(other[end], str):
            return False
    rest = [*one, *other]
    if not one or not other:
        return not rest or (False if any(isinstance(part, str) for part in rest) else None)
    ids = [part for part in rest if isinstance(part, Reference) and part.resource and not part.attribute]
    return False if len(ids) == len(rest) == 2 else None  # noqa: PLR2004


def _as_text(value: Value) -> str | None:
    return plain(value) if isinstance(value, bool | int | float | str) else None


def leaves(value: Value) -> Iterator[Value]:
    """Values inside a value that are neither lists nor mappings."""
    if isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from leaves(inner)
    else:
        yield value


def has_unknown(value: Value) -> bool:
    """Whether any part of a value is not plain data."""
    return any(isinstance(leaf, Reference | Text | Unknown) for leaf in leaves(value))


def references(value: Value) -> Iterator[Reference]:
    """Every reference in a value."""
    for leaf in leaves(value):
        parts = leaf.parts if isinstance(leaf, Text) else (leaf,)
        yield from (part for part in parts if isinstance(part, Reference))


def plain(value: bool | int | float | str) -> str:
    """A scalar as CloudFormation writes it into text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def text(value: Value) -> str | None:
    """A value that is plain text, else None."""
    return value if isinstance(value, str) else None


def key(value: Value) -> Known | None:
    """The name or id of a resource, or the reference to it; None if unknown."""
    return value if isinstance(value, str | Reference) and value != "" else None


def is_placed(id: Value) -> bool:
    """Whether the resource of an id is known: one of the templates, or one with a literal id.

    A parameter, an export or an attribute may be the id of any resource.
    """
    if isinstance(id, Reference):
        return id.resource and id.attribute in {"", CLUSTER_GROUP}
    return isinstance(id, str)


def is_made_here(value: Value) -> bool:
    """Whether a value refers to a resource that the templates create."""
    return isinstance(value, Reference) and value.resource


def number(value: Value) -> int | None:
    """A value that is a whole number, written as one or as text."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        return int(value)
    except ValueError:
        return None


def true(value: Value) -> bool | None:
    """A value that is true or false, written as one or as text; None if it is not known, or neither."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else None


def network(value: Value) -> IPv4Network | None:
    """An IPv4 CIDR, its host bits cleared as EC2 clears them; None if it is not known, or none."""
    if not isinstance(value, str) or "/" not in value:
        return None
    try:
        return IPv4Network(value, strict=False)
    except ValueError:
        return None


def mapping(value: Value) -> Mapping[str, Value]:
    """A value that is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Value) -> list[Value]:
    """Items of a list; a single value counts as a list of one item, as in CloudFormation."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def shown(value: Value) -> str:
    """A value as a person would name it."""
    if isinstance(value, Reference):
        name = f"{value.id}.{value.attribute}" if value.attribute else value.id
        return f"{name} from address {value.start} on, {value.bits} host bits" if isinstance(value, Part) else name
    if isinstance(value, Text):
        return "".join(part if isinstance(part, str) else f"<{shown(part)}>" for part in value.parts)
    if isinstance(value, Unknown):
        return "?"
    return plain(value) if isinstance(value, bool | int | float | str) else str(value)
