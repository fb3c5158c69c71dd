"""Texts of a config file or folder at a git revision."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from podspace.diagnostic import InputError
from podspace.formats.text_file import MOST_BYTES, not_read, too_large, unreadable

_SECONDS: Final = 60
_LINK: Final = "120000"
_CONFIGS: Final = (".yaml", ".yml")
_ENVIRONMENT: Final = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}


def texts_at(name: str, *, folder: Path, label: Path) -> Mapping[Path, str]:
    """The text of a file at a git revision, or of every YAML file of a folder, by their names in messages.

    Args:
        name: argument of `git show`: `main:config/prod.yaml` from the root, `HEAD~2:./prod.yaml` from `folder`.
        folder: working directory of git.
        label: name in messages; of a folder, the beginning of the names of its files.

    Raises:
        InputError: git is not installed, the revision or file does not exist, or the file is not text.
    """
    if name.startswith("-"):
        raise not_read(label, "must be a revision of git, none of which begins with a hyphen")
    git = _Git(folder, label)
    kind, id = git.line("cat-file", "-t", name), git.line("rev-parse", name)
    if kind != "tree":
        return {label: git.text(id)}
    texts = {label / path: git.text(blob) for path, blob in git.configs(id)}
    if not texts:
        raise unreadable(label, "must be a config file, or a folder with at least one (*.yaml or *.yml)")
    return texts


def is_at(revision: str, name: str, *, folder: Path, label: Path) -> bool:
    """Whether a revision has a file or folder; `name` is relative to `folder`, and `.` is the folder itself.

    Raises:
        InputError: there is no git, or no such revision.
    """
    if revision.startswith("-"):
        raise not_read(label, "must be a revision of git, none of which begins with a hyphen")
    return bool(_Git(folder, label).line("ls-tree", "--name-only", revision, "--", name))


class _Git:
    """Git in one folder; objects are asked for by their ids, which no option is mistaken for."""

    def __init__(self, folder: Path, label: Path) -> None:
        self._folder, self._label = folder, label

    def line(self, *arguments: str) -> str:
        return self._output(*arguments).decode(errors="replace").strip()

    def text(self, id: str) -> str:
        content = self._output("cat-file", "blob", id)
        if len(content) > MOST_BYTES:
            raise too_large(self._label)
        try:
            return content.decode()
        except UnicodeDecodeError:
            raise not_read(self._label, "must be a text file in UTF-8") from None

    def configs(self, tree: str) -> Iterator[tuple[str, str]]:
        """The names and ids of the config files in a folder."""
        listed = self._output("ls-tree", "-z", "--full-tree", tree).decode(errors="surrogateescape")
        for entry in filter(None, listed.split("\0")):
            about, _, name = entry.partition("\t")
            mode, kind, id = about.split()
            if kind == "blob" and PurePosixPath(name).suffix in _CONFIGS:
                if mode == _LINK:
                    raise not_read(self._label / name, "must be a file: git stores only the path of a symbolic link")
                yield name, id

    def _output(self, *arguments: str) -> bytes:
        try:
            done = subprocess.run(
                ["git", "-C", str(self._folder), *arguments],
                capture_output=True,
                check=True,
                env={**os.environ, **_ENVIRONMENT},
                timeout=_SECONDS,
            )
        except FileNotFoundError:
            raise self._refusal("git is not installed") from None
        except subprocess.TimeoutExpired:
            raise self._refusal(f"git took longer than {_SECONDS} seconds") from None
        except subprocess.CalledProcessError as error:
            reported: str = error.stderr.decode(errors="replace").strip().partition("\n")[0]
            raise self._refusal(reported.removeprefix("fatal: ")) from None
        return done.stdout

    def _refusal(self, reason: str) -> InputError:
        return not_read(
            self._label,
            f"must be an existing file or folder, or one that git has at a revision: {reason}",
            fix="write PATH or REVISION:PATH, or for the old side REVISION alone, such as main",
        )
