"""Where the columns of a picture stand: nodes, pods, route tables, ways out of one zone, and those of several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from podspace.drawing.scene import Scene
from podspace.drawing.sheet import MARGIN, WIDTH

_INSIDE: Final = 14
"""Between the edge of a lane and its first column."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column, in pixels."""

    x: float
    width: float

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.x + self.width


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """All of them, from left to right; `own` and `shared` are one where there are ways of one sort only.

    `lane` is where the lanes of the zones end.
    """

    nodes: Column
    pods: Column
    tables: Column
    own: Column
    shared: Column
    lane: float


def columns(scene: Scene) -> Columns:
    """Columns as wide as the number of them allows."""
    own, shared = any(way.zone for way in scene.ways), any(not way.zone for way in scene.ways)
    widths = [150.0, 142.0, 168.0, 158.0, 160.0] if own and shared else [176.0, 216.0, 200.0, 188.0]
    left = float(MARGIN + _INSIDE)
    gap = (WIDTH - MARGIN - _INSIDE - left - sum(widths)) / (len(widths) - 1)
    placed = []
    for width in widths:
        placed.append(Column(x=left, width=width))
        left += width + gap
    end = placed[-1 if not shared else -2].right + _INSIDE
    return Columns(nodes=placed[0], pods=placed[1], tables=placed[2], own=placed[3], shared=placed[-1], lane=end)
