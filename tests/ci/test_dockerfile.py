"""The Dockerfile, as far as it can be checked without building it."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.template import REPOSITORY


@dataclass
class Stage:
    """A stage of the Dockerfile: its base, its name and its instructions."""

    base: str
    name: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def arguments(self, instruction: str) -> list[str]:
        return [arguments for name, arguments in self.instructions if name == instruction]


def stages() -> list[Stage]:
    found: list[Stage] = []
    for line in (REPOSITORY / "Dockerfile").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        assert not line.endswith("\\"), "this test reads instructions of one line"
        instruction, _, arguments = line.partition(" ")
        if instruction == "FROM":
            base, _, name = arguments.partition(" AS ")
            found.append(Stage(base, name))
        else:
            found[-1].instructions.append((instruction, arguments))
    return found


def test_there_is_a_stage_that_builds_and_one_that_runs() -> None:
    build, run = stages()
    assert build.name
    assert run.arguments("COPY") == [f"--from={build.name} /opt/podspace /opt/podspace"]
    assert run.arguments("RUN") == []
    (entrypoint,) = run.arguments("ENTRYPOINT")
    assert json.loads(entrypoint) == ["podspace"]


def test_the_command_does_not_run_as_root() -> None:
    (user,) = stages()[-1].arguments("USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)


def test_bases_have_a_tag_that_names_versions() -> None:
    assert {stage.base for stage in stages()} == {stages()[0].base}
    assert re.fullmatch(r"python:3\.\d+-slim-[a-z]+", stages()[0].base)


def copied() -> list[str]:
    return [source for arguments in stages()[0].arguments("COPY") for source in arguments.split()[:-1]]


@pytest.mark.parametrize("source", copied())
def test_what_is_copied_exists_and_is_in_the_context(source: str) -> None:
    assert (REPOSITORY / source).exists()
    assert f"!{source}" in (REPOSITORY / ".dockerignore").read_text().splitlines()


def test_the_context_has_only_what_is_copied() -> None:
    lines = (REPOSITORY / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    assert sorted(line.removeprefix("!") for line in lines if line.startswith("!")) == sorted(copied())


def installed() -> str:
    """What the Dockerfile installs, as it is written for the shell."""
    found = [re.findall(r"pip install --no-cache-dir (.*)", line) for line in stages()[0].arguments("RUN")]
    (argument,) = (argument for line in found for argument in line)
    return str(argument)


@pytest.mark.parametrize(
    ("environment", "requirement"),
    [({}, "x.whl"), ({"EXTRAS": ""}, "x.whl"), ({"EXTRAS": "cluster"}, "x.whl[cluster]")],
)
def test_only_the_wheel_is_installed_and_the_extras_that_are_requested(
    tmp_path: Path, environment: dict[str, str], requirement: str
) -> None:
    """An extra, such as the one of CDK, would add hundreds of megabytes."""
    (tmp_path / "x.whl").touch()
    script = f"printf %s {installed().replace('/wheels', str(tmp_path))}"
    shown = subprocess.run(["/bin/sh", "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert shown.stdout == f"{tmp_path}/{requirement}"
    assert stages()[0].arguments("ARG") == ["EXTRAS"]
