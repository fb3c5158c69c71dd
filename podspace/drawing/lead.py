"""Lines from route tables to the ways out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from podspace.drawing.box import PAD, Box
from podspace.drawing.columns import Column
from podspace.drawing.sheet import Point, Sheet
from podspace.planning import Route


@dataclass(frozen=True, kw_only=True, slots=True)
class Lead:
    """A line that leads to a way out.

    Attributes:
        way: the name of that.
        color: the number of a zone's colour; empty for none.
        carries: whether traffic takes it; None where that is said in another file.
        under: the height at which it passes the ways out of its own zone.
    """

    start: Point
    way: str
    color: str
    carries: bool | None
    under: float


def leads(routes: Sequence[Route], table: Box, *, color: str, under: float) -> Iterator[Lead]:
    """A line for each way that routes of a table lead to, from the middle of those routes."""
    for way in dict.fromkeys(route.gateway for route in routes):
        rows = [index for index, route in enumerate(routes) if route.gateway == way]
        start = (table.column.right, table.row(sum(rows) / len(rows)))
        carries = next(route.carries_traffic for route in routes if route.gateway == way)
        yield Lead(start=start, way=way, color=color, carries=carries, under=under)


def draw_leads(sheet: Sheet, found: Sequence[Lead], way: Box, *, own: Column) -> None:
    """The lines to one way out, around the column of ways that zones have of their own."""
    ordered = sorted(found, key=lambda lead: lead.start[1])
    past = [lead.start[0] < own.x < own.right < way.column.x for lead in ordered]
    heights = [lead.under if by else lead.start[1] for lead, by in zip(ordered, past, strict=True)]
    for lead, by, y in zip(ordered, past, _arrivals(heights, way), strict=True):
        via = ((own.x, lead.under), (own.right, lead.under)) if by else ()
        sheet.arrow(lead.start, (way.column.x, y), color=lead.color, carries=lead.carries, via=via)


def _arrivals(heights: Sequence[float], way: Box) -> Sequence[float]:
    """Where lines that come in at some heights meet a box: straight ahead if they can, and apart from each other."""
    inside = [min(max(y, way.y + PAD), way.y + way.height - PAD) for y in heights]
    if all(after - before >= PAD for before, after in pairwise(inside)):
        return inside
    return [way.y + way.height * (index + 1) / (len(heights) + 1) for index in range(len(heights))]
