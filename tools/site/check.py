"""What is wrong in a built site: links and anchors that lead nowhere, and what would be loaded from other hosts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import unquote

_LOADED: Final = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
_NOT_LOADED: Final = frozenset({"canonical", "next", "prev"})
"""Values of `rel` of a `link` that a browser does not load."""


@dataclass
class _Page(HTMLParser):
    """The ids of a page, its links, and what a browser loads for it."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif _LOADED.get(tag) in given and given.get("rel") not in _NOT_LOADED:
            self.loaded.append(given[_LOADED[tag]])


def problems(site: Path) -> list[str]:
    """A line for each link that leads nowhere, and each file that is missing or of another host."""
    pages = {file.resolve(): _parsed(file) for file in sorted(site.rglob("*.html"))}
    return [f"{file.relative_to(site.resolve())}: {what}" for file in pages for what in _of_page(file, pages, site)]


def _parsed(file: Path) -> _Page:
    page = _Page()
    page.feed(file.read_text(encoding="utf-8"))
    return page


def _of_page(file: Path, pages: dict[Path, _Page], site: Path) -> Iterator[str]:
    for loaded in pages[file].loaded:
        if loaded.startswith(("http:", "https:", "//")):
            yield f"{loaded} is loaded from another host"
        elif not loaded.startswith("data:") and not _target(file, loaded, site).is_file():
            yield f"{loaded} does not exist"
    for link in pages[file].links:
        if link.startswith(("http:", "https:", "mailto:", "javascript:")):
            continue
        target, anchor = _target(file, link, site), unquote(link.partition("#")[2])
        if not target.is_file():
            yield f"{link} does not exist"
        elif anchor and target in pages and anchor not in pages[target].ids:
            yield f"{link} has no heading"


def _target(file: Path, link: str, site: Path) -> Path:
    path = unquote(link.partition("#")[0].partition("?")[0])
    if not path:
        return file
    found = site / path.lstrip("/") if path.startswith("/") else file.parent / path
    return (found / "index.html" if found.is_dir() else found).resolve()
