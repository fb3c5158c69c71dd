"""Pictures of a terminal show what the commands print."""

from __future__ import annotations

import re
import shlex
from html import unescape

import pytest
from typer.testing import CliRunner

from podspace.cli import app
from tests.template import REPOSITORY
from tools.terminal import terminal_pictures, terminal_svg


def words(svg: str) -> list[str]:
    """The words of a picture, line by line; spaces are not compared, as long lines are wrapped."""
    shown = re.findall(r"<text [^>]*>(.*?)</text>", svg, re.DOTALL)
    return unescape(" ".join(shown)).replace("\xa0", " ").split()


@pytest.mark.parametrize("name", terminal_pictures())
def test_a_picture_has_the_output_of_its_command(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    svg = terminal_pictures()[name]
    (command,) = re.findall(r"<title>The output of (podspace .*)</title>", svg)
    printed = CliRunner().invoke(app, shlex.split(command)[1:]).stdout
    assert "".join(words(svg)) == "".join(f"$ {command} {printed}".split())


def test_a_picture_loads_nothing() -> None:
    svg = terminal_svg("podspace lint a.yaml", "\x1b[31merror\x1b[0m see https://example.com/")
    assert not re.search(r"@import|@font-face|url\((?!#)|href", svg)


def test_colors_are_kept_and_the_picture_is_the_same_each_time() -> None:
    plain, red = (terminal_svg("podspace plan a.yaml", text) for text in ("error", "\x1b[31merror\x1b[0m"))
    assert plain != red
    assert red == terminal_svg("podspace plan a.yaml", "\x1b[31merror\x1b[0m")
