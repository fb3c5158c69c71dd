"""A git repository with a config in it, for a test."""

from __future__ import annotations

import subprocess
from pathlib import Path

import yaml

from tests.mother import Changes, a_file

_ME = ["-c", "user.name=me", "-c", "user.email=me@example.com", "-c", "commit.gpgsign=false"]


class Repository:
    """A repository in a folder of its own, on the branch `main`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> None:
        """Run git in it."""
        subprocess.run(["git", *_ME, *arguments], cwd=self.folder, check=True, capture_output=True)

    def write(self, name: str, changes: Changes | None = None) -> Path:
        """A config file in it, not committed."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(a_file(changes), sort_keys=False))
        return path

    def commit(self, name: str, changes: Changes | None = None) -> Path:
        """A config file in it, committed."""
        path = self.write(name, changes)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", name)
        return path
