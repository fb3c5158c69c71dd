"""What the pages refer to is there: files, headings, commands, modules and names in them; no placeholder is left."""

from __future__ import annotations

import importlib
import re
import subprocess
from pathlib import Path

import pytest
import typer.main

from podspace.cli import app
from tests.template import REPOSITORY
from tools.site.sources import anchors

PAGES = [*sorted(REPOSITORY.glob("*.md")), *sorted((REPOSITORY / "docs").rglob("*.md"))]
PLACEHOLDER = re.compile(r"OWNER/REPOSITORY|\bTODO\b|\bFIXME\b|\bXXX\b|\bTBD\b|lorem ipsum", re.IGNORECASE)
FILE = re.compile(r"`([\w./-]*\w\.(?:py|md|yaml|json|toml|svg))`")
NAME = re.compile(r"`((?:podspace|constructs_lib|tools|benchmarks|tests)(?:\.\w+)+)`")
COMMAND = re.compile(r"`podspace ([a-z][a-z-]*)")
ELSEWHERE = frozenset(
    {
        *("cdk.context.json", "manifest.json", "tree.json", "cdk.out/manifest.json", "kustomization.yaml"),
        *(".podspace.yaml", ".pre-commit-config.yaml", "podspace-config.schema.json"),
        *(
            "pyproject.toml",
            "CHANGELOG.md",
            "cdk.out/validation-report.json",
            "validation-report.json",
            "template.json",
        ),
    }
)
"""Names of files that CDK, Kustomize and others write, or that a reader's own repository has."""


def files() -> list[str]:
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    return subprocess.run(listed, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_a_link_with_an_anchor_has_a_heading(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"(?:\]\(|^\[[^]]+\]: )([^):\s]*)#([\w-]+)", text, re.MULTILINE)
    dead = [
        f"{path}#{anchor}"
        for path, anchor in targets
        if path.endswith(".md") or not path
        if anchor not in set(anchors((page.parent / path if path else page).read_text(encoding="utf-8")))
    ]
    assert dead == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_files_commands_and_names_of_a_page_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    known = files()
    missing = {
        name
        for name in FILE.findall(text)
        if name not in ELSEWHERE
        and not name.startswith(("cdk.out/", "dist/"))
        and not re.search("KIND|PART", name)  # of CONTRIBUTING.md, for a file that a contributor adds
        and page.name != "public-templates.md"
        and not any(file == name or file.endswith(f"/{name}") for file in known)
    }
    commands = set(typer.main.get_group(app).commands)
    missing |= {f"podspace {command}" for command in COMMAND.findall(text)} - {f"podspace {each}" for each in commands}
    missing |= {name for name in NAME.findall(text) if not is_there(name)}
    assert missing == set()


def is_there(name: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:end]))
        except ImportError:
            continue
        for part in parts[end:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_no_page_has_a_placeholder(page: Path) -> None:
    assert PLACEHOLDER.findall(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("podspace.lint", True),
        ("podspace.lint.linter.lint", True),
        ("podspace.lint.nothing", False),
        ("podspace.none", False),
    ],
)
def test_a_name_is_a_module_or_something_in_one(name: str, expected: bool) -> None:
    assert is_there(name) is expected
