"""Differences between YAML in kubectl and in PyYAML: bare numbers and letters, merge keys, and JSON."""

from __future__ import annotations

import re
from typing import Final

import yaml
from pydantic import JsonValue

Pairs = list[tuple[yaml.Node, yaml.Node]]

_MERGE: Final = "tag:yaml.org,2002:merge"
_NUMBER: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_LETTERS: Final = {"y": True, "Y": True, "n": False, "N": False}
_STARTS: Final = tuple("0123456789+-._yYnN")
"""What a number or one of the letters begins with."""
_LONGEST: Final = 400
_SURROGATES: Final = re.compile(r"(?<!\\)((?:\\\\)*)(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})")


def bare_value(node: yaml.ScalarNode) -> JsonValue:
    """The value in Go's YAML of a bare word or number that is text in PyYAML; None for other texts.

    A leading zero means octal if all digits are below 8, so an account id without quotes is a number.
    """
    text = str(node.value)
    if node.style or len(text) > _LONGEST or not text.startswith(_STARTS):
        return None
    if text in _LETTERS:
        return _LETTERS[text]
    plain = text.replace("_", "")
    if re.fullmatch("[-+]?0o?[0-7]+", plain):
        return int(plain.replace("o", ""), 8)
    if re.fullmatch("[-+]?0(x[0-9a-fA-F]+|b[01]+)", plain):
        return int(plain, 0)
    if re.fullmatch("[-+]?[0-9]+", plain):
        return int(plain)
    return float(plain) if _NUMBER.fullmatch(plain) else None


def merged_pairs(node: yaml.MappingNode, known: dict[int, Pairs] | None = None) -> Pairs:
    """The pairs of a mapping, with those that `<<` merges in; of two pairs with one key the later one counts, as in Go.

    A key that the mapping itself has twice is in the result twice, so that it can be reported.

    Raises:
        RecursionError: the mapping merges itself in.
    """
    known = {} if known is None else known
    if all(key.tag != _MERGE for key, _ in node.value):
        return list(node.value)
    if id(node) in known:
        return known[id(node)]
    pairs: dict[str, tuple[yaml.Node, yaml.Node]] = {}
    own: dict[str, tuple[yaml.Node, yaml.Node]] = {}
    twice: Pairs = []
    for key, value in node.value:
        name = str(key.value)
        if key.tag != _MERGE:
            twice += [own[name]] if name in own else []
            own[name] = pairs[name] = (key, value)
            continue
        for other in value.value[::-1] if isinstance(value, yaml.SequenceNode) else [value]:
            merged = merged_pairs(other, known) if isinstance(other, yaml.MappingNode) else []
            pairs.update({str(pair[0].value): pair for pair in merged})
    known[id(node)] = [*twice, *pairs.values()]
    return known[id(node)]


def yaml_of(text: str) -> str:
    """The text, converted to YAML if it is JSON: YAML has no tabs between values, and no surrogate pairs."""
    if not text.lstrip().startswith(("{", "[")):
        return text
    return _SURROGATES.sub(_beyond_16_bits, text.expandtabs())


def _beyond_16_bits(match: re.Match[str]) -> str:
    high, low = (int(match[2][start : start + 4], 16) for start in (2, 8))
    return match[1] + chr(0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF))
