"""The columns of a picture: nodes, pods, route tables, gateways of one zone, and gateways of several zones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from podspace.drawing.picture import Picture
from podspace.drawing.sheet import MARGIN, WIDTH

_INSIDE: Final = 14
"""Between the edge of a lane and its first column."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """Position and width of a column of the drawing, in pixels."""

    x: float
    width: float

    @property
    def right(self) -> float:
        """The x coordinate of its right edge, in pixels."""
        return self.x + self.width


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """All columns of a drawing, from left to right.

    Attributes:
        own: column of the gateways of one zone; equal to `shared` if all gateways, or none, serve one zone.
        shared: column of the gateways of several zones.
        lane: x coordinate of the end of the lanes of the zones.
    """

    nodes: Column
    pods: Column
    tables: Column
    own: Column
    shared: Column
    lane: float


def columns(picture: Picture) -> Columns:
    """The columns, as wide as their number allows."""
    shared = bool(picture.shared_gateways)
    own = any(gateway.zone for gateway in picture.gateways)
    widths = [148.0, 142.0, 160.0, 158.0, 194.0] if own and shared else [176.0, 216.0, 200.0, 188.0]
    left = float(MARGIN + _INSIDE)
    gap = (WIDTH - MARGIN - _INSIDE - left - sum(widths)) / (len(widths) - 1)
    placed = []
    for width in widths:
        placed.append(Column(x=left, width=width))
        left += width + gap
    end = placed[-1 if not shared else -2].right + _INSIDE
    return Columns(nodes=placed[0], pods=placed[1], tables=placed[2], own=placed[3], shared=placed[-1], lane=end)
