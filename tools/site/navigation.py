"""Which pages there are, by task, from `docs/navigation.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from tools import REPOSITORY

FILE: Final = REPOSITORY / "docs" / "navigation.yaml"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A page: its path in the repository, its title in the navigation, and what a reader finds there."""

    page: Path
    title: str
    about: str


def navigation() -> dict[str, list[Entry]]:
    """The entries of each group, in order."""
    groups: dict[str, dict[str, tuple[str, str]]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        group: [Entry(page=_path(page), title=title, about=about) for page, (title, about) in pages.items()]
        for group, pages in groups.items()
    }


def _path(page: str) -> Path:
    return (FILE.parent / page).resolve().relative_to(REPOSITORY.resolve())
