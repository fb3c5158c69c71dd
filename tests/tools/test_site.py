"""The sources of the site: every page is in the navigation, links keep their targets, and the check finds what is dead."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.template import REPOSITORY
from tools.site.check import problems
from tools.site.navigation import navigation
from tools.site.sources import anchors, settings, sources, with_indented_items


def test_the_navigation_has_every_page_once() -> None:
    listed = [entry.page for entries in navigation().values() for entry in entries]
    pages = {file.relative_to(REPOSITORY) for file in (REPOSITORY / "docs").glob("*.md")}
    assert {page for page in listed if page.parent == Path("docs")} == pages
    assert [page for page in listed if not (REPOSITORY / page).is_file()] == []
    assert len(listed) == len(set(listed))


def test_the_settings_list_every_group_and_existing_sources() -> None:
    overview, *groups = tomllib.loads(settings())["project"]["nav"]
    assert overview == {"Overview": "index.md"}
    assert [name for group in groups for name in group] == list(navigation())
    listed = {
        Path(page) for group in groups for entries in group.values() for entry in entries for page in entry.values()
    }
    assert listed <= set(sources())


def test_every_link_of_a_source_has_a_target() -> None:
    written = sources()
    for page, text in written.items():
        for link in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", re.sub(r"`[^`\n]*`", "", text)):
            if page.suffix == ".md" and page.parts[0] != "files":
                target = Path(*(page.parent / link).parts)
                assert (Path("/") / target).resolve().relative_to("/") in written, (page, link)


def test_headings_keep_the_anchors_that_github_gives_them() -> None:
    assert list(anchors("# `a` and [b](c.md)\n```sh\n# no heading\n```\n## Twice\n## Twice, two\n## Twice\n")) == [
        "a-and-b",
        "twice",
        "twice-two",
        "twice-1",
    ]


def test_what_is_in_a_list_item_is_indented_by_four_spaces() -> None:
    page = "1. one\n\n   ```sh\n   a\n     b\n   ```\n\n   two\n- three\n  - four\n\n```yaml\na:\n  b: c\n```\n"
    assert with_indented_items(page) == (
        "1. one\n\n    ```sh\n    a\n      b\n    ```\n\n    two\n- three\n    - four\n\n```yaml\na:\n  b: c\n```\n"
    )


@pytest.mark.parametrize(
    ("html", "about"),
    [
        ('<a href="other.html#there">', None),
        ('<a href="other.html#elsewhere">', "other.html#elsewhere"),
        ('<a href="missing.html">', "missing.html"),
        ('<a href="#here">', "#here"),
        ('<a href="https://example.com/">', None),
        ('<link rel="canonical" href="https://example.com/">', None),
        ('<link rel="stylesheet" href="https://example.com/font.css">', "https://example.com/font.css"),
        ('<script src="//example.com/script.js"></script>', "//example.com/script.js"),
        ('<script src="script.js"></script>', "script.js"),
        ('<img src="data:image/png;base64,AA==">', None),
    ],
)
def test_the_check_finds_dead_links_and_other_hosts(html: str, about: str | None, tmp_path: Path) -> None:
    (tmp_path / "other.html").write_text('<h2 id="there"></h2>')
    (tmp_path / "index.html").write_text(html)
    found = problems(tmp_path)
    assert len(found) == (about is not None)
    assert all(line.startswith(f"index.html: {about} ") for line in found)
