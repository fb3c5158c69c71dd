"""Boxes with a title and lines of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from podspace.drawing.columns import Column
from podspace.drawing.sheet import Sheet, shortened

LINE: Final = 16.0
"""Height of a line of text, in pixels."""
PAD: Final = 9.0
"""Between an edge and what is inside it."""
MOST_LINES: Final = 6
"""Maximum number of lines of a box below its title."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """The place of a box."""

    column: Column
    y: float
    height: float

    def row(self, index: float) -> float:
        """The y coordinate of a line of text below the title, in pixels; a fraction is between two lines."""
        return self.y + PAD + 8 + LINE * (min(index, MOST_LINES - 1) + 1)


def height_of(lines: Sequence[str]) -> float:
    """The height of a box with a title and these lines."""
    return 2 * PAD + 14 + LINE * len(_limited(lines))


def draw_box(
    sheet: Sheet,
    column: Column,
    middle: float,
    *,
    title: str,
    lines: Sequence[str],
    color: str,
    height: float = 0,
    mono: bool = True,
    dashed: bool = False,
) -> Box:
    """Draw a box in a column.

    Args:
        sheet: sheet to draw on.
        column: column whose width the box has.
        middle: y coordinate of the middle of the box.
        title: title, in bold.
        lines: lines below the title, as many as fit; a tooltip has the whole text of a shortened line.
        color: number of a zone's color; empty for none.
        height: height in pixels; by default that of its text.
        mono: whether the lines are addresses and ids, in a monospaced font.
        dashed: whether its edge is dashed.
    """
    height = height or height_of(lines)
    y, first = middle - height / 2, middle - height_of(lines) / 2 + PAD + 12
    sheet.box(column.x, y, column.width, height, style="ground")
    style = f"f{color} s{color} tint" if color else "ground"
    sheet.box(column.x, y, column.width, height, style=style, dashed=dashed)
    shown = shortened(title, width=column.width - 16, size=11.6)
    sheet.text(column.x + 10, first, shown, style="ink bold", whole=title)
    for index, line in enumerate(_limited(lines)):
        shown = shortened(line, width=column.width - 18)
        sheet.text(column.x + 10, first + LINE * (index + 1), shown, style="soft mono" if mono else "soft", whole=line)
    return Box(column=column, y=y, height=height)


def _limited(lines: Sequence[str]) -> Sequence[str]:
    if len(lines) <= MOST_LINES:
        return lines
    return (*lines[: MOST_LINES - 1], f"and {len(lines) - MOST_LINES + 1} more")
