"""What the generator of the site reads: the pages with links and anchors that work in the site, and its settings.

A linked file that is no page, such as a config, becomes a page with its text; a linked folder becomes text.
Headings get the anchors that GitHub gives them, so that a link works in both.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from tools import REPOSITORY
from tools.overviews import llms_txt
from tools.site.navigation import Entry, navigation

_BLOCK: Final = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)
_LINK: Final = re.compile(r"(?P<text>!?\[(?:[^][]|\[[^][]*\])*\])\((?P<target>[^)\s]+)\)")
_DEFINITION: Final = re.compile(r"^(?P<start>\[[^]]+\]: )(?P<target>\S+)$", re.MULTILINE)
_HEADING: Final = re.compile(r"^#+ +(.*)$", re.MULTILINE)
_LANGUAGES: Final = {".py": "python", ".yaml": "yaml", ".yml": "yaml", ".json": "json", ".sh": "sh"}
_MERMAID: Final = "```mermaid\n"
_IN_FULL_SIZE: Final = '%%{init: {"flowchart": {"useMaxWidth": false}}}%%\n'
_PICTURES: Final = (".svg", ".png")


def without_blocks(page: str) -> str:
    """The Markdown of a page without its code blocks."""
    return _BLOCK.sub("", page)


def anchors(page: str) -> Iterator[str]:
    """The anchor that GitHub gives each heading of a page."""
    seen: dict[str, int] = {}
    for heading in _HEADING.findall(without_blocks(page)):
        text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", text).strip().replace(" ", "-")
        count = seen[slug] = seen.get(slug, -1) + 1
        yield f"{slug}-{count}" if count else slug


def sources() -> dict[Path, str]:
    """The text of every file of the site's sources, relative to their folder."""
    entries = [entry for group in navigation().values() for entry in group]
    pages = [Path("README.md"), *(entry.page for entry in entries), *_decisions()]
    for page in pages:  # which gets longer meanwhile
        pages += [file for file in sorted(set(_linked_files(page))) if file.suffix == ".md" and file not in pages]
    about = {entry.page: entry.about for entry in entries}
    made: dict[Path, str] = {}
    for page in pages:
        made[_staged(page)] = _front_matter(about.get(page)) + _page(page)
    for file in sorted({file for page in pages for file in _linked_files(page)} - set(pages)):
        made[_staged(file)] = _text(file) if file.suffix in _PICTURES else _file_page(file)
    return {**made, Path("llms.txt"): llms_txt(lambda page: str(_staged(page)))}


def settings() -> str:
    """The settings of the generator, with the navigation."""
    text = (Path(__file__).parent / "zensical.toml").read_text(encoding="utf-8")
    groups = [f"  {{ {json.dumps(group)} = [{_items(entries)}] }},\n" for group, entries in navigation().items()]
    nav = "".join(['nav = [\n  { "Overview" = "index.md" },\n', *groups, "]\n"])
    return text.replace("[project]\n", f"[project]\n{nav}", 1)


def _items(entries: list[Entry]) -> str:
    return ", ".join(f"{{ {json.dumps(entry.title)} = {json.dumps(str(_staged(entry.page)))} }}" for entry in entries)


def _decisions() -> list[Path]:
    return [file.relative_to(REPOSITORY) for file in sorted((REPOSITORY / "docs" / "decisions").glob("0*.md"))]


def _staged(file: Path) -> Path:
    """Where a file of the repository is among the sources: pages of docs/ at the top, files of other folders in files/."""
    if file == Path("README.md"):
        return Path("index.md")
    if file.suffix == ".md" and file.parent == Path():
        return Path(file.name.lower())
    if file.parts[0] == "docs" and file.suffix in (".md", *_PICTURES):
        inside = file.relative_to("docs")
        return inside.with_name("index.md") if inside.name == "README.md" else inside
    return Path("files", f"{file}.md")


def _text(file: Path) -> str:
    return (REPOSITORY / file).read_text(encoding="utf-8")


def _front_matter(about: str | None) -> str:
    return f"---\ndescription: {json.dumps(about)}\n---\n\n" if about else ""


def _page(page: Path) -> str:
    text, names = _text(page), anchors(_text(page))
    text = _outside_blocks(text, lambda part: _HEADING.sub(lambda found: f"{found[0]} {{#{next(names)}}}", part))
    text = _outside_blocks(text, lambda part: _with_links(page, part)).replace(_MERMAID, _MERMAID + _IN_FULL_SIZE)
    return with_indented_items(text)


def with_indented_items(text: str) -> str:
    """The text with paragraphs, lists and code blocks of list items indented by four spaces, as Python-Markdown needs."""
    lines, fence, shift = [], False, ""
    for line in text.splitlines(keepends=True):
        indent = len(line) - len(line.lstrip(" "))
        if not fence:
            shift = " " * (4 - indent) if indent in (2, 3) else ""
        if line.lstrip(" ").startswith("```"):
            fence = not fence
        lines.append(shift + line if line.strip() else line)
    return "".join(lines)


def _outside_blocks(text: str, change: Callable[[str], str]) -> str:
    """The text with everything changed that is not in a code block."""
    parts, end = [], 0
    for block in _BLOCK.finditer(text):
        parts += [change(text[end : block.start()]), block[0]]
        end = block.end()
    return "".join([*parts, change(text[end:])])


def _with_links(page: Path, text: str) -> str:
    text = _LINK.sub(lambda found: _link(page, found["text"], found["target"]), text)
    return _DEFINITION.sub(lambda found: found["start"] + (_address(page, found["target"]) or found["target"]), text)


def _link(page: Path, text: str, target: str) -> str:
    address = _address(page, target)
    return f"{text}({address})" if address else text.strip("[]")


def _address(page: Path, target: str) -> str | None:
    """What a link of a page says in the site, or None for a folder, which has no page."""
    path, mark, anchor = target.partition("#")
    if not path or "://" in target or target.startswith("mailto:"):
        return target
    file = _file(page, path)
    if file is None:
        return None
    return os.path.relpath(_staged(file), _staged(page).parent) + mark + anchor


def _file(page: Path, path: str) -> Path | None:
    found = (REPOSITORY / page.parent / path).resolve()
    if found.is_dir():
        found /= "README.md"
    return found.relative_to(REPOSITORY.resolve()) if found.is_file() else None


def _linked_files(page: Path) -> Iterator[Path]:
    text = without_blocks(_text(page))
    for found in [*_LINK.finditer(text), *_DEFINITION.finditer(text)]:
        path = found["target"].partition("#")[0]
        if path and "://" not in path and (file := _file(page, path)):
            yield file


def _file_page(file: Path) -> str:
    return f"# `{file}`\n\n````{_LANGUAGES.get(file.suffix, 'text')}\n{_text(file)}````\n"
