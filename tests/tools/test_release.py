"""A release has one version, and a licence."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import pytest

from tests.template import REPOSITORY
from tools.release import problems

APACHE = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
"""SHA-256 of https://www.apache.org/licenses/LICENSE-2.0.txt."""
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]


def a_repository(folder: Path, *, changelog: str) -> Path:
    (folder / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    (folder / "CHANGELOG.md").write_text(changelog)
    return folder


@pytest.mark.parametrize(
    ("tag", "changelog", "count"),
    [
        ("v1.2.3", "# Changelog\n\n## Unreleased\n\n## 1.2.3 - 2027-01-31\n", 0),
        ("v1.2.4", "# Changelog\n\n## Unreleased\n\n## 1.2.3 - 2027-01-31\n", 1),
        ("1.2.3", "# Changelog\n\n## 1.2.3 - 2027-01-31\n", 1),
        ("v1.2.3", "# Changelog\n\n## Unreleased\n\nSee 1.2.3.\n", 1),
        ("v1.2.3", "# Changelog\n\n## 1.2.3\n", 1),
        ("v1.2.3", "# Changelog\n\n## 1x2.3 - 2027-01-31\n", 1),
        ("v2", "# Changelog\n", 2),
    ],
)
def test_tag_version_and_changelog_agree(tag: str, changelog: str, count: int, tmp_path: Path) -> None:
    assert len(list(problems(tag, repository=a_repository(tmp_path, changelog=changelog)))) == count


def test_the_licence_is_the_text_of_apache_2_0() -> None:
    assert hashlib.sha256((REPOSITORY / "LICENSE").read_bytes()).hexdigest() == APACHE
    assert PROJECT["license"] == "Apache-2.0"
    assert all((REPOSITORY / name).is_file() for name in PROJECT["license-files"])


def test_the_package_names_no_address_that_is_not_set() -> None:
    assert "urls" not in PROJECT
    assert all(set(author) == {"name"} for author in PROJECT["authors"])
