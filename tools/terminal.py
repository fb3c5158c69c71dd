"""Pictures of a terminal with the output of a command, for the pages: `make pages` writes them to `docs/pictures`."""

from __future__ import annotations

from contextlib import chdir
from io import StringIO
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

from podspace.address_plan import address_plan, text_report
from podspace.lint.linter import lint
from podspace.lint.report import lint_report
from podspace.planning import read_network_files
from podspace.reporting import Format, Report, written
from tools import REPOSITORY

_WIDTH: Final = 100
"""Columns of the terminal: at the width of a page, letters then are about as large as those of a text block."""
_FORMAT: Final = """<svg role="img" viewBox="0 0 {{width}} {{height}}" xmlns="http://www.w3.org/2000/svg">
<title>The output of {command}</title>
<style>
.{{unique_id}}-matrix {{{{
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace;
  font-size: {{char_height}}px;
}}}}
{{styles}}
</style>
<defs>
<clipPath id="{{unique_id}}-clip-terminal"><rect width="{{terminal_width}}" height="{{terminal_height}}"/></clipPath>
{{lines}}
</defs>
{{chrome}}
<g transform="translate({{terminal_x}}, {{terminal_y}})" clip-path="url(#{{unique_id}}-clip-terminal)">
{{backgrounds}}
<g class="{{unique_id}}-matrix">
{{matrix}}
</g>
</g>
</svg>
"""
"""What rich fills in; unlike its own format, it loads no font from another site."""


def terminal_pictures() -> dict[str, str]:
    """The SVG of each picture, by its name."""
    with chdir(REPOSITORY):
        return {
            "terminal-plan": terminal_svg("podspace plan config/article.yaml", _plan(Path("config/article.yaml"))),
            "terminal-lint": terminal_svg("podspace lint tests/article.yaml", _lint(Path("tests/article.yaml"))),
        }


def _plan(path: Path) -> str:
    plans = [address_plan(file) for file in read_network_files(path)]
    report = Report(
        command="plan",
        diagnostics=[diagnostic for each in plans for diagnostic in each.diagnostics],
        file=str(path),
        text=text_report(plans, color=True, width=_WIDTH) + "\n",
    )
    return written(report, format_=Format.TEXT, color=True)


def _lint(path: Path) -> str:
    return written(lint_report(lint([path])), format_=Format.TEXT, color=True)


def terminal_svg(command: str, output: str) -> str:
    """A terminal in which a command printed text with colors (ANSI escape sequences); `command` has no `<`, `&`, `{`."""
    console = Console(record=True, width=_WIDTH, file=StringIO(), force_terminal=True, color_system="standard")
    console.print(Text(f"$ {command}", style="bold"))
    console.print(Text.from_ansi(output))
    return console.export_svg(title="", code_format=_FORMAT.format(command=command), unique_id="terminal")
