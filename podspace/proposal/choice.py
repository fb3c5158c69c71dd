"""A value chosen for a config."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import JsonValue


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A value for a key of the config, and the reason for it."""

    value: JsonValue
    why: str
