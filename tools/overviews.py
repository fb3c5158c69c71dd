"""What coding agents and language models read first, and the list of decisions: made from the pages, by `make pages`."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tools import REPOSITORY
from tools.site.navigation import navigation

DECISIONS: Final = Path("docs", "decisions")


def overviews() -> dict[Path, str]:
    """The text of each file, by its path."""
    made = {Path("AGENTS.md"): _agents(), Path("llms.txt"): llms_txt(str), DECISIONS / "README.md": _decisions()}
    return {REPOSITORY / path: text for path, text in made.items()}


def llms_txt(address: Callable[[Path], str]) -> str:
    """Every page with a line about it, in the format of llmstxt.org; `address` gives the link to a page."""
    summary = " ".join(_introduction().partition("\n")[0].split())
    lines = ["# podspace", "", f"> {summary}", "", f"[README]({address(Path('README.md'))}) shows what it does."]
    for group, entries in navigation().items():
        lines += ["", f"## {group}", ""]
        lines += [f"- [{entry.title}]({address(entry.page)}): {entry.about}" for entry in entries]
    return "\n".join(lines) + "\n"


def _agents() -> str:
    commands = re.findall(r"^([a-z-]+):.*?## (.*)$", _read("Makefile"), re.MULTILINE)
    return "\n".join(
        [
            "# podspace for coding agents",
            "",
            "Made from the README, the pages and the Makefile, by `make pages`.",
            "[llms.txt](llms.txt) lists every page with a line about it.",
            "",
            re.sub(r"\n+!\[.*", "", _introduction(), flags=re.DOTALL),
            "",
            "## Set up, test, and what a change needs",
            "",
            _section("CONTRIBUTING.md", "Set up and test"),
            "[Contributing](CONTRIBUTING.md) has the steps of three frequent additions.",
            "",
            "## Commands",
            "",
            *(f"- `make {name}`: {about}" for name, about in commands),
            "",
            "## Folders",
            "",
            *(f"- {folder}: {_short(holds)}" for folder, holds in _folders()),
            "",
        ]
    )


def _decisions() -> str:
    files = sorted((REPOSITORY / DECISIONS).glob("0*.md"))
    titles = [
        (file.name, *file.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ").split(". ", 1))
        for file in files
    ]
    lines = [f"| {number} | [{title}]({name}) |" for name, number, title in titles]
    head = ["# Decisions", "", "A record for each: its context, the decision, and its consequences."]
    return "\n".join([*head, "", "| | decision |", "|---|---|", *lines]) + "\n"


def _read(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")


def _introduction() -> str:
    """The README between its title and its first section."""
    return _read("README.md").partition("\n## ")[0].partition("\n")[2].strip()


def _section(page: str, heading: str) -> str:
    return _read(page).partition(f"\n## {heading}\n")[2].partition("\n## ")[0].strip()


def _folders() -> list[tuple[str, str]]:
    """The rows of the table of folders: the folder, and what it holds."""
    rows = re.findall(r"^\| (`.*?) \| (.*?) \|", _section("docs/architecture.md", "Folders"), re.MULTILINE)
    return [(folder, holds) for folder, holds in rows]


def _short(text: str) -> str:
    """The text up to its first colon or semicolon, without links and parentheses."""
    plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text)
    return re.split("[:;]", re.sub(r" \([^()]*\)", "", plain))[0].strip()
