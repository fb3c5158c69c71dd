"""A section of a config file that is written anew, without another byte of the file being touched."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from pydantic import JsonValue

from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.formats.document import parsed_document
from podspace.growth.yaml_node import YamlNode, yaml_node
from podspace.growth.yaml_text import BYTE_ORDER_MARK, newline


def with_section(text: str, key: str, section: Mapping[str, str | float], *, path: Path) -> str:
    """The text of a config with a section replaced, or appended if there is none.

    Args:
        text: one YAML document with a mapping.
        key: top-level key of the section.
        section: keys and values of the section.
        path: path of the file, for messages.

    Raises:
        InputError: the document is written in braces, or an alias refers to the section.
    """
    before = parsed_document(text, path)
    wanted: dict[str, JsonValue] = {**(before.data if isinstance(before.data, dict) else {}), key: dict(section)}
    mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""  # counts for no character
    bare = text.removeprefix(mark)
    node = yaml_node(bare)
    if node.is_mapping and not node.is_flow:
        with suppress(InputError):
            new = mark + _replaced(bare, node, key, _lines(key, section))
            if parsed_document(new, path).data == wanted:
                return new
    problem = Diagnostic(
        id="section-not-writable",
        location=Location(path=key),
        message="must be on lines of its own, and no alias may refer to it",
        fix=f"remove {key}, or write the section by hand",
    )
    raise InputError([before.located(problem)])


def _replaced(text: str, document: YamlNode, key: str, lines: list[str]) -> str:
    end = newline(text)
    written = "".join(f"{line}{end}" for line in lines)
    value = document.get(key)
    if value is None:
        return f"{text}{'' if text.endswith(end) else end}{end}{written}"
    name = document.items[document.items.index(value) - 1]
    last = value
    while last.last and not last.is_flow:  # a block ends only where what follows it begins
        last = last.last
    _, found, rest = text[last.end :].partition(end)
    return f"{text[: name.start]}{written if found else written.removesuffix(end)}{rest}"


def _lines(key: str, section: Mapping[str, str | float]) -> list[str]:
    return [f"{key}:", *(f"  {name}: {value}" for name, value in section.items())]
