"""Lines from route tables to gateways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from podspace.drawing.box import PAD, Box
from podspace.drawing.columns import Column
from podspace.drawing.picture import any_used
from podspace.drawing.sheet import Point, Sheet
from podspace.planning import Route


@dataclass(frozen=True, kw_only=True, slots=True)
class RouteLine:
    """A line to a gateway.

    Attributes:
        gateway: its name.
        color: the number of a zone's colour; empty for none.
        used: whether the route is used; None if that depends on another file.
        under: the height at which it passes the gateways of its own zone.
    """

    start: Point
    gateway: str
    color: str
    used: bool | None
    under: float


def route_lines(routes: Sequence[Route], table: Box, *, color: str, under: float) -> Iterator[RouteLine]:
    """A line to each gateway that routes of a table have, from the middle of those routes."""
    for gateway in dict.fromkeys(route.gateway for route in routes):
        rows = [index for index, route in enumerate(routes) if route.gateway == gateway]
        start = (table.column.right, table.row(sum(rows) / len(rows)))
        used = any_used(routes[index].used for index in rows)
        yield RouteLine(start=start, gateway=gateway, color=color, used=used, under=under)


def draw_route_lines(sheet: Sheet, lines: Sequence[RouteLine], gateway: Box, *, own: Column) -> None:
    """The lines to one gateway, around the column of the gateways that serve one zone."""
    ordered = sorted(lines, key=lambda line: line.start[1])
    past = [line.start[0] < own.x < own.right < gateway.column.x for line in ordered]
    heights = [line.under if by else line.start[1] for line, by in zip(ordered, past, strict=True)]
    for line, by, y in zip(ordered, past, _arrivals(heights, gateway), strict=True):
        via = ((own.x, line.under), (own.right, line.under)) if by else ()
        sheet.arrow(line.start, (gateway.column.x, y), color=line.color, used=line.used, via=via)


def _arrivals(heights: Sequence[float], gateway: Box) -> Sequence[float]:
    """The heights at which lines meet a box: straight ahead if possible, else evenly spaced."""
    inside = [min(max(y, gateway.y + PAD), gateway.y + gateway.height - PAD) for y in heights]
    if all(after - before >= PAD for before, after in pairwise(inside)):
        return inside
    return [gateway.y + gateway.height * (index + 1) / (len(heights) + 1) for index in range(len(heights))]
