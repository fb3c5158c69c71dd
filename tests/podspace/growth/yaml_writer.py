"""Writes data as YAML, in another style each time."""

from __future__ import annotations

from random import Random

import yaml
from pydantic import JsonValue


class YamlWriter:
    """Every choice that YAML leaves is made at random: blocks or brackets, quotes, comments, indents, line ends."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def file(self, data: JsonValue) -> str:
        """Data as a file."""
        text = self._some("", "# first\n\n", "---\n") + self._block(data, 0) + self._some("", "# last\n", "...\n")
        text = self._some(text, text, text.rstrip("\n"))
        return self._some("", "\ufeff") + text.replace("\n", self._some("\n", "\r\n"))

    def _some(self, *choices: str) -> str:
        return self._random.choice(choices)

    def _comment(self) -> str:
        return self._some("", "", " # [why, not: {", "   # ünï 😀 - ]")

    def _scalar(self, value: JsonValue) -> str:
        if not isinstance(value, str):
            return yaml.safe_dump(value).split("\n")[0]
        quoted = [f'"{value}"', f"'{value}'"]
        return self._some(*quoted, value, value) if yaml.safe_load(value) == value else self._some(*quoted)

    def _in_brackets(self, value: JsonValue) -> bool:
        return not isinstance(value, list | dict) or not value or self._random.random() < 0.4

    def _block(self, value: JsonValue, indent: int) -> str:
        margin = " " * indent
        if isinstance(value, dict):
            entries = [
                f"{margin}{self._scalar(key)}:{self._after_colon(inner, indent)}" for key, inner in value.items()
            ]
            return "".join(entries)
        assert isinstance(value, list)
        return "".join(f"{margin}-{self._after_dash(item, indent)}" for item in value)

    def _after_colon(self, value: JsonValue, indent: int) -> str:
        if self._in_brackets(value):
            return f" {self._flow(value, indent)}{self._comment()}\n"
        step = self._random.choice([0, 2, 3] if isinstance(value, list) else [1, 2, 4])
        return self._comment() + self._some("\n", "\n# between\n") + self._block(value, indent + step)

    def _after_dash(self, item: JsonValue, indent: int) -> str:
        if self._in_brackets(item):
            return f" {self._flow(item, indent)}{self._comment()}\n"
        inside = self._block(item, indent + 2)
        return self._some(f" {inside[indent + 2 :]}", f"{self._comment()}\n{inside}")

    def _flow(self, value: JsonValue, indent: int) -> str:
        if isinstance(value, dict):
            items = [f"{self._scalar(key)}: {self._flow(inner, indent + 2)}" for key, inner in value.items()]
            return f"{{{self._joined(items, indent)}}}"
        if isinstance(value, list):
            return f"[{self._joined([self._flow(item, indent + 2) for item in value], indent)}]"
        return self._scalar(value)

    def _joined(self, items: list[str], indent: int) -> str:
        if not items:
            return self._some("", " ")
        newline = f"{self._comment()}\n{' ' * (indent + 2)}"
        between = self._some(", ", f",{newline}")
        return self._some("", " ", newline) + between.join(items) + self._some("", ",") + self._some("", " ", newline)
