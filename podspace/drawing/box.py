"""Boxes with a title and lines of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from podspace.drawing.columns import Column
from podspace.drawing.sheet import Sheet, shortened

LINE: Final = 16.0
"""From one line of text to the next."""
PAD: Final = 9.0
"""Between an edge and what is inside it."""
MOST_LINES: Final = 6
"""Of a box, below its title."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """The place of a box."""

    column: Column
    y: float
    height: float

    def row(self, index: float) -> float:
        """The middle of a line of text, of those below the title; between two of them too."""
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
    """A box in a column around a middle.

    Args:
        sheet: what it is drawn on.
        column: what it is as wide as.
        middle: of its height, and of its text.
        title: in bold.
        lines: below it, as many as fit; what is shortened is shown whole by a pointer on it.
        color: the number of a zone's colour; empty for none.
        height: that of its text where left out.
        mono: whether the lines are addresses and ids.
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
