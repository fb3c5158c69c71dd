"""The distribution, installed as users install it: from a wheel, with what it needs from the package index."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.checkout import checkout
from tests.template import REPOSITORY

_UV: Final = [sys.executable, "-m", "uv"]
_OWN: Final = ("PATH", "HOME", "LANG", "TMPDIR", "UV_CACHE_DIR", "SSL_CERT_FILE", "PIP_CERT", "UV_INDEX_URL")
"""Variables that an environment has from the one that runs the tests; nothing of Python, AWS or CDK is among them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Installation:
    """An environment of its own with the distribution and some extras.

    Attributes:
        folder: of the environment.
        work: a folder outside this repository, in which commands run.
    """

    folder: Path
    work: Path

    @property
    def python(self) -> str:
        """Its interpreter."""
        return str(self.folder / "bin" / "python")

    def run(self, *command: str | Path, path: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment in its work folder; `path` is whether others, such as node, are found."""
        first, *arguments = map(str, command)
        own = {key: value for key, value in os.environ.items() if key in _OWN}
        own["PATH"] = str(self.folder / "bin") + (os.pathsep + own["PATH"] if path else "")
        return subprocess.run(
            [str(self.folder / "bin" / first), *arguments],
            cwd=self.work,
            env={**own, "AWS_EC2_METADATA_DISABLED": "true", "COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=False,
        )

    def megabytes(self) -> int:
        """The size of what is installed."""
        return sum(file.stat().st_size for file in self.folder.rglob("*") if not file.is_symlink()) // 1_000_000


Install = Callable[..., Installation]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by way of the source distribution, so that the latter is whole too."""
    work = tmp_path_factory.mktemp("build")
    source = checkout(work / "source", tools=False)
    subprocess.run([*_UV, "build", "--quiet", "--out-dir", work / "dist", source], check=True)
    (built,) = (work / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="session")
def install(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Install:
    """Install the wheel with some extras, and further packages, in a new environment."""

    def installed(*extras: str, further: Sequence[str] = (), python: str = sys.executable) -> Installation:
        work = tmp_path_factory.mktemp("installed")
        folder = work / "environment"
        (work / "work").mkdir()
        subprocess.run([*_UV, "venv", "--quiet", "--python", python, folder], check=True)
        named = f"eks-podspace[{','.join(extras)}] @ {wheel.as_uri()}"
        subprocess.run(
            [*_UV, "pip", "install", "--quiet", "--python", folder, "--constraint", REPOSITORY / "requirements-dev.txt",
             named, *further],
            check=True,
        )  # fmt: skip
        return Installation(folder=folder, work=work / "work")

    return installed
