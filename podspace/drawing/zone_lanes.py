"""Zones as lanes: node subnets, pod subnets, route tables, and the gateways that these route to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from podspace.drawing.box import PAD, Box, draw_box, height_of
from podspace.drawing.columns import Column, columns
from podspace.drawing.picture import Picture, PictureGateway, ZoneLane
from podspace.drawing.route_line import RouteLine, draw_route_lines, route_lines
from podspace.drawing.sheet import MARGIN, ZONE_COLORS, Point, Sheet
from podspace.planning import Route, RouteTable

_GAP: Final = 12.0
_HEAD: Final = 30.0
_EXISTING_HEIGHT: Final = 34.0
"""Height of the box of a route table that the plan does not change."""
_IN_ANOTHER_FILE: Final = ("in another file",)
_EXISTING: Final = "existing route table"
_EXISTING_OF_NODES: Final = {True: "existing: nodes and pods", False: "existing: nodes only", None: _EXISTING}
"""The title of an existing route table of node subnets, by whether pods use it too."""


def draw_lanes(sheet: Sheet, picture: Picture, *, top: float) -> float:
    """Draws all lanes, and lines to the gateways; returns the height at which they end."""
    return _ZoneLanes(sheet, picture).draw(top)


class _ZoneLanes:
    """The lanes of one picture, drawn from top to bottom; lines are drawn last, when every gateway has its place."""

    def __init__(self, sheet: Sheet, picture: Picture) -> None:
        self._sheet, self._picture = sheet, picture
        self._columns = columns(picture)
        self._lines: list[RouteLine] = []
        self._gateways: dict[str, Box] = {}

    def draw(self, top: float) -> float:
        first = top
        for index, lane in enumerate(self._picture.lanes):
            top = self._lane(lane, f"{index % len(ZONE_COLORS)}", top) + _GAP
        for table in self._picture.other_tables:
            top = self._other_table(table, top) + _GAP
        top = self._shared(first, top)
        for name, box in self._gateways.items():
            lines = [line for line in self._lines if line.gateway == name]
            draw_route_lines(self._sheet, lines, box, own=self._columns.own)
        self._lines_down()
        return top

    def _lines_down(self) -> None:
        """From gateways of a zone to those of the same zone that their traffic goes on to, which are below them."""
        for index, lane in enumerate(self._picture.lanes):
            color = f"{index % len(ZONE_COLORS)}"
            for gateway in filter(self._is_above, self._picture.own_gateways(lane.zone)):
                start, end = self._gateways[gateway.name], self._gateways[gateway.onward]
                x = start.column.x + start.column.width / 2
                self._sheet.arrow_down((x, start.y + start.height), (x, end.y), color=color, used=gateway.used)

    def _is_above(self, gateway: PictureGateway) -> bool:
        """Whether the gateway that its traffic goes on to serves the same zone, so that it is in the same column."""
        return bool(gateway.zone) and gateway.onward in {each.name for each in self._picture.own_gateways(gateway.zone)}

    def _lane(self, lane: ZoneLane, color: str, top: float) -> float:
        """A row for the route table of the pod subnets, and below it one for that of the node subnets."""
        sheet, at = self._sheet, self._columns
        own = self._picture.own_gateways(lane.zone)
        own_height = sum(height_of(gateway.lines) + _GAP for gateway in own) - _GAP
        upper = max(height_of(lane.pod_subnets), height_of(_destinations(lane.pod_routes)), own_height)
        lower = height_of(_destinations(lane.node_routes)) if lane.node_routes is not None else _EXISTING_HEIGHT
        y, below = top + _HEAD, _GAP * (2 if self._passes(lane) else 1)
        height = upper + below + lower
        self._ground(lane, color, top, _HEAD + height + PAD)
        middle, under = y + upper / 2, y + upper + below / 2
        nodes = lane.node_subnets or _IN_ANOTHER_FILE
        draw_box(sheet, at.nodes, y + height / 2, title="node subnets", lines=nodes, color=color, height=height)
        draw_box(sheet, at.pods, middle, title="pod subnets", lines=lane.pod_subnets, color=color)
        sheet.arrow((at.nodes.right, middle), (at.pods.x, middle), color=color, used=True)
        start = (at.pods.right, middle)
        title = "pods' route table" if lane.pod_routes is not None else _EXISTING
        used = self._picture.pods_use_own_routes
        self._table(title, lane.pod_routes, start, color=color, under=under, used=used)
        start = (at.nodes.right, y + upper + below + lower / 2)
        existing = _EXISTING_OF_NODES[self._picture.pods_use_node_routes]
        title = "nodes' route table" if lane.node_routes is not None else existing
        self._table(title, lane.node_routes, start, color=color, under=under, used=True)
        above = middle - own_height / 2
        for gateway in own:
            self._gateway(gateway, at.own, above + height_of(gateway.lines) / 2, color=color)
            above += height_of(gateway.lines) + _GAP
        return y + height + PAD

    def _ground(self, lane: ZoneLane, color: str, top: float, height: float) -> None:
        at = self._columns
        self._sheet.box(MARGIN, top, at.lane - MARGIN, height, style=f"f{color} faint", radius=9)
        self._sheet.box(MARGIN, top, 5, height, style=f"f{color}", radius=2.5)
        self._sheet.text(at.nodes.x, top + 20, lane.zone, style=f"f{color} head")

    def _passes(self, lane: ZoneLane) -> bool:
        """Whether a line of a zone passes gateways of the zone."""
        shared = {gateway.name for gateway in self._picture.shared_gateways}
        routes = (*(lane.pod_routes or ()), *(lane.node_routes or ()))
        return bool(self._picture.own_gateways(lane.zone)) and any(route.gateway in shared for route in routes)

    def _table(
        self,
        title: str,
        routes: Sequence[Route] | None,
        start: Point,
        *,
        color: str,
        under: float,
        used: bool | None,
    ) -> None:
        """A route table of the plan, or an existing one, at the end of the line that goes to it."""
        at, middle = self._columns.tables, start[1]
        if routes is None:
            y = middle - _EXISTING_HEIGHT / 2
            self._sheet.box(at.x, y, at.width, _EXISTING_HEIGHT, style="outline", dashed=True)
            self._sheet.text(at.x + 10, middle + 4, title, style="soft")
        else:
            box = draw_box(self._sheet, at, middle, title=title, lines=_destinations(routes), color=color)
            self._lines += route_lines(routes, box, color=color, under=under)
        self._sheet.arrow(start, (at.x, middle), color=color, used=used)

    def _other_table(self, table: RouteTable, top: float) -> float:
        at, lines = self._columns, _destinations(table.routes)
        height = height_of(lines) + 2 * PAD
        middle = top + height / 2
        self._sheet.box(MARGIN, top, at.lane - MARGIN, height, style="box", radius=9)
        self._sheet.text(at.nodes.x, middle + 4, f"{table.name}, of {table.of}", style="soft")
        zones = [lane.zone for lane in self._picture.lanes]
        color = f"{zones.index(table.zone) % len(ZONE_COLORS)}" if table.zone else ""
        box = draw_box(self._sheet, at.tables, middle, title="route table", lines=lines, color="")
        self._lines += route_lines(table.routes, box, color=color, under=middle)
        return top + height

    def _shared(self, top: float, bottom: float) -> float:
        """The gateways of several zones share the whole height, so that lines from each lane are straight."""
        shared = self._picture.shared_gateways
        tallest = max((height_of(gateway.lines) for gateway in shared), default=0)
        each = max((bottom - top) / max(len(shared), 1), tallest + _GAP)
        for index, gateway in enumerate(shared):
            middle = top + each * (index + 0.5) - _GAP / 2
            self._gateway(gateway, self._columns.shared, middle, color="", height=each - _GAP)
        return max(bottom, top + each * len(shared))

    def _gateway(
        self, gateway: PictureGateway, column: Column, middle: float, *, color: str, height: float = 0
    ) -> None:
        self._gateways[gateway.name] = draw_box(
            self._sheet,
            column,
            middle,
            title=gateway.title,
            lines=gateway.lines,
            color=color,
            height=height,
            mono=False,
            dashed=gateway.used is False,
        )
        if gateway.onward and not self._is_above(gateway):
            start = (column.right, middle)
            self._lines.append(
                RouteLine(start=start, gateway=gateway.onward, color=color, used=gateway.used, under=middle)
            )


def _destinations(routes: Sequence[Route] | None) -> Sequence[str]:
    return tuple(route.destination for route in routes or ()) or ("inside the VPC only",)
