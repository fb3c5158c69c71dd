"""YAML as it is written: where each value begins and ends, and aliases as themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from podspace.formats.document import SafeLoader  # that of config files: the other one may accept other text


@dataclass(frozen=True, kw_only=True, slots=True)
class YamlNode:
    """A value of a YAML document.

    Attributes:
        event: first event of the value; a `yaml.AliasEvent` if it refers to another value.
        end: index after the value; for block collections and block scalars, after the empty lines and comments that
            follow.
        items: values of a list; keys and values of a mapping, in turn.
    """

    event: yaml.NodeEvent
    end: int
    items: tuple[YamlNode, ...] = ()

    @property
    def start(self) -> int:
        """The index of its first character."""
        return _mark(self.event)[0]

    @property
    def column(self) -> int:
        """The column of its first character, from 0."""
        return _mark(self.event)[1]

    @property
    def is_mapping(self) -> bool:
        """Whether it has keys."""
        return isinstance(self.event, yaml.MappingStartEvent)

    @property
    def is_list(self) -> bool:
        """Whether it is a sequence."""
        return isinstance(self.event, yaml.SequenceStartEvent)

    @property
    def is_flow(self) -> bool:
        """Whether it is written in brackets or braces."""
        return isinstance(self.event, yaml.CollectionStartEvent) and bool(self.event.flow_style)

    @property
    def quote(self) -> str:
        """The quotation mark of a text, if it has one."""
        return self.event.style if isinstance(self.event, yaml.ScalarEvent) and self.event.style in ("'", '"') else ""

    @property
    def last(self) -> YamlNode | None:
        """The last value in it."""
        return self.items[-1] if self.items else None

    def get(self, step: str | int) -> YamlNode | None:
        """The value of a key of a mapping, or a number of a list."""
        if self.is_list and isinstance(step, int):
            return self.items[step]
        keys = [key.event.value if isinstance(key.event, yaml.ScalarEvent) else None for key in self.items[::2]]
        return self.items[2 * keys.index(str(step)) + 1] if self.is_mapping and step in keys else None


def yaml_node(text: str) -> YamlNode:
    """The one document of a text that can be read."""
    events = iter(yaml.parse(text, Loader=SafeLoader))
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            break
    return _node(next(events), events)


def _node(event: yaml.Event, events: Iterator[yaml.Event]) -> YamlNode:
    items: list[YamlNode] = []
    end = event
    if isinstance(event, yaml.CollectionStartEvent):
        while not isinstance(end := next(events), yaml.CollectionEndEvent):
            items.append(_node(end, events))
    assert isinstance(event, yaml.NodeEvent)
    return YamlNode(event=event, end=end.end_mark.index if end.end_mark else 0, items=tuple(items))


def marks(text: str, kind: type[yaml.Token]) -> tuple[tuple[int, int], ...]:
    """Index and column of all tokens of a kind, such as the commas between values in brackets."""
    return tuple(_mark(token) for token in yaml.scan(text, Loader=SafeLoader) if isinstance(token, kind))


def _mark(of: yaml.Event | yaml.Token) -> tuple[int, int]:
    mark = of.start_mark
    assert mark is not None
    return mark.index, mark.column
