"""Tables of text that are as neat in a file as on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rich import box
from rich.table import Table
from rich.text import Text

Cell = str | Text

_RULES: Final = box.Box("    \n    \n ── \n    \n    \n ── \n    \n    \n")
"""A rule under the head and one above the sum, and nothing between columns but room."""


def table(
    columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, last: Sequence[str] = (), wrapped: str = ""
) -> Table:
    """A table; the names of columns of numbers begin with `>`, those of all may have two lines, and `last` is the sum.

    A cell of the first column that equals the one above is left empty.

    Args:
        wrapped: the only column whose text is wrapped if there is too little room; every one if empty.
    """
    made = Table(
        box=_RULES, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), show_footer=bool(last), header_style="bold",
        footer_style="",
    )  # fmt: skip
    for index, name in enumerate(columns):
        made.add_column(
            name.lstrip(">"),
            footer=last[index] if last else "",
            justify="right" if name.startswith(">") else "left",
            overflow="fold",
            no_wrap=bool(wrapped) and name != wrapped,
        )
    above: Cell = ""
    for first, *rest in rows:
        made.add_row("" if first == above else first, *rest)
        above = first
    return made
