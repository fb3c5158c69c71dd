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
    """What a deployment will fill in, known only by where it comes from; equal references are equal values.

    Attributes:
        stack: of the resource or parameter; empty for what no stack in hand has, such as an export of another app.
        id: a logical id, the name of a parameter, or what else it is called.
        attribute: of the resource, such as `Arn`; empty for its own id, however it is written.
        resource: whether it is made by a stack in hand, and so differs from everything else that is.
    """

    stack: str
    id: str
    attribute: str = ""
    resource: bool = False


@dataclass(frozen=True, slots=True)
class Part(Reference):
    """One of the CIDR blocks that Fn::Cidr cuts from a block of which only the reference is known.

    Attributes:
        start: the number of addresses of the block before its first one.
        bits: the number of its host bits.
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
        """What it is known to end with."""
        last = self.parts[-1] if self.parts else ""
        return last if isinstance(last, str) else ""


@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """A value that cannot be known; it is not even the same as itself."""


UNKNOWN: Final = Unknown()

CLUSTER_GROUP: Final = "ClusterSecurityGroupId"
"""The attribute of a cluster that is the group EKS makes for it."""

Value: TypeAlias = "bool | int | float | str | Reference | Text | Unknown | list[Value] | dict[str, Value] | None"
Known: TypeAlias = "str | Reference"
"""What can be the key of a thing: its name or id, or the reference to it."""


def same(one: Value, other: Value) -> bool | None:
    """Whether two values are the same once deployed.

    An id that is written out may be the id of something made here, in a deployment before this one, so it is not
    known to be another.
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
    """Everything in a value that is neither a list nor a mapping."""
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
    """What names a thing: its literal id or name, or the reference to it; None if that is not known."""
    return value if isinstance(value, str | Reference) and value != "" else None


def is_placed(id: Value) -> bool:
    """Whether it is known which thing an id is of: one that is made here, or one by its literal id.

    A parameter, an export or an attribute may be the id of anything, of what is made here too.
    """
    if isinstance(id, Reference):
        return id.resource and id.attribute in {"", CLUSTER_GROUP}
    return isinstance(id, str)


def is_made_here(value: Value) -> bool:
    """Whether a value is of something that is made here."""
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
    """The items of a list; a single value stands for a list of one, as CloudFormation has it."""
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
