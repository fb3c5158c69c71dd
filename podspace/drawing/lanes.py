"""Zones as lanes: node subnets, pod subnets, route tables, and the ways out these lead to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from podspace.drawing.box import PAD, Box, draw_box, height_of
from podspace.drawing.columns import Column, columns
from podspace.drawing.lead import Lead, draw_leads, leads
from podspace.drawing.scene import Lane, Scene, Way
from podspace.drawing.sheet import MARGIN, ZONE_COLORS, Point, Sheet
from podspace.planning import Route

_GAP: Final = 12.0
_HEAD: Final = 30.0
_GHOST: Final = 34.0
"""Height of what stands for a route table that is not the plan's."""
_ELSEWHERE: Final = ("in another file",)
_YOURS: Final = {True: "yours: nodes and pods", False: "yours: nodes only", None: "a table of yours"}
"""A route table of node subnets that is not the plan's, by whether pods leave by it."""


def draw_lanes(sheet: Sheet, scene: Scene, *, top: float) -> float:
    """All lanes, and lines to the ways out; where they end."""
    return _Lanes(sheet, scene).draw(top)


class _Lanes:
    """The lanes of one picture, drawn from top to bottom; lines come last, once every way has its place."""

    def __init__(self, sheet: Sheet, scene: Scene) -> None:
        self._sheet, self._scene = sheet, scene
        self._columns = columns(scene)
        self._leads: list[Lead] = []
        self._ways: dict[str, Box] = {}

    def draw(self, top: float) -> float:
        first = top
        for index, lane in enumerate(self._scene.lanes):
            top = self._lane(lane, f"{index % len(ZONE_COLORS)}", top) + _GAP
        for name, routes in self._scene.further:
            top = self._further(name, routes, top) + _GAP
        top = self._shared(first, top)
        for name, box in self._ways.items():
            found = [lead for lead in self._leads if lead.way == name]
            draw_leads(self._sheet, found, box, own=self._columns.own)
        return top

    def _lane(self, lane: Lane, color: str, top: float) -> float:
        """A row for what pods send by their own subnets, and below it one for what they send by those of the nodes."""
        sheet, at = self._sheet, self._columns
        own = [way for way in self._scene.ways if way.zone == lane.zone]
        ways = sum(height_of(way.notes) + _GAP for way in own) - _GAP
        upper = max(height_of(lane.pods), height_of(_destinations(lane.pod_routes)), ways)
        lower = height_of(_destinations(lane.node_routes)) if lane.node_routes is not None else _GHOST
        y, below = top + _HEAD, _GAP * (2 if self._passes(lane) else 1)
        height = upper + below + lower
        self._ground(lane, color, top, _HEAD + height + PAD)
        middle, under = y + upper / 2, y + upper + below / 2
        nodes = lane.nodes or _ELSEWHERE
        draw_box(sheet, at.nodes, y + height / 2, title="node subnets", lines=nodes, color=color, height=height)
        draw_box(sheet, at.pods, middle, title="pod subnets", lines=lane.pods, color=color)
        sheet.arrow((at.nodes.right, middle), (at.pods.x, middle), color=color, carries=True)
        start = (at.pods.right, middle)
        title = "pods' route table" if lane.pod_routes is not None else _YOURS[None]
        self._table(title, lane.pod_routes, start, color=color, under=under, carries=lane.pods_carry)
        start = (at.nodes.right, y + upper + below + lower / 2)
        title = "nodes' route table" if lane.node_routes is not None else _YOURS[lane.nodes_carry]
        self._table(title, lane.node_routes, start, color=color, under=under, carries=True)
        above = middle - ways / 2
        for way in own:
            self._way(way, at.own, above + height_of(way.notes) / 2, color=color)
            above += height_of(way.notes) + _GAP
        return y + height + PAD

    def _ground(self, lane: Lane, color: str, top: float, height: float) -> None:
        at = self._columns
        self._sheet.box(MARGIN, top, at.lane - MARGIN, height, style=f"f{color} faint", radius=9)
        self._sheet.box(MARGIN, top, 5, height, style=f"f{color}", radius=2.5)
        self._sheet.text(at.nodes.x, top + 20, lane.zone, style=f"f{color} head")

    def _passes(self, lane: Lane) -> bool:
        """Whether a route of a zone leads past ways of its own."""
        shared = {way.name for way in self._scene.ways if not way.zone}
        own = any(way.zone == lane.zone for way in self._scene.ways)
        return own and any(route.gateway in shared for route in (*(lane.pod_routes or ()), *(lane.node_routes or ())))

    def _table(
        self,
        title: str,
        routes: Sequence[Route] | None,
        start: Point,
        *,
        color: str,
        under: float,
        carries: bool | None,
    ) -> None:
        """A route table of the plan, or the place of one that is not, at the end of the line that comes to it."""
        at, middle = self._columns.tables, start[1]
        if routes is None:
            self._sheet.box(at.x, middle - _GHOST / 2, at.width, _GHOST, style="ghost", dashed=True)
            self._sheet.text(at.x + 10, middle + 4, title, style="soft")
        else:
            box = draw_box(self._sheet, at, middle, title=title, lines=_destinations(routes), color=color)
            self._leads += leads(routes, box, color=color, under=under)
        self._sheet.arrow(start, (at.x, middle), color=color, carries=carries)

    def _further(self, name: str, routes: Sequence[Route], top: float) -> float:
        at, lines = self._columns, _destinations(routes)
        height = height_of(lines) + 2 * PAD
        middle = top + height / 2
        self._sheet.box(MARGIN, top, at.lane - MARGIN, height, style="box", radius=9)
        self._sheet.text(at.nodes.x, middle + 4, f"{name}, of routable subnets", style="soft")
        box = draw_box(self._sheet, at.tables, middle, title="route table", lines=lines, color="")
        self._leads += leads(routes, box, color="", under=middle)
        return top + height

    def _shared(self, top: float, bottom: float) -> float:
        """The ways of several zones share the whole height, so that lines from each lane come in straight."""
        shared = [way for way in self._scene.ways if not way.zone]
        tallest = max((height_of(way.notes) for way in shared), default=0)
        each = max((bottom - top) / max(len(shared), 1), tallest + _GAP)
        for index, way in enumerate(shared):
            middle = top + each * (index + 0.5) - _GAP / 2
            self._way(way, self._columns.shared, middle, color="", height=each - _GAP)
        return max(bottom, top + each * len(shared))

    def _way(self, way: Way, column: Column, middle: float, *, color: str, height: float = 0) -> None:
        idle = self._scene.idle(way.name)
        self._ways[way.name] = draw_box(
            self._sheet,
            column,
            middle,
            title=way.title,
            lines=way.notes,
            color=color,
            height=height,
            mono=False,
            dashed=idle,
        )
        if way.onward:
            start = (column.right, middle)
            self._leads.append(Lead(start=start, way=way.onward, color=color, carries=not idle, under=middle))


def _destinations(routes: Sequence[Route] | None) -> Sequence[str]:
    return tuple(route.destination for route in routes or ()) or ("inside the VPC only",)
