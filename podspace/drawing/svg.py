"""A plan as a picture of its own: blocks to scale, and below them zone by zone the way from a node to the world."""

from __future__ import annotations

from typing import Final

from podspace.capacity import Room, room, zone_rooms
from podspace.drawing.bars import draw_bars
from podspace.drawing.lanes import draw_lanes
from podspace.drawing.scene import Scene, scene
from podspace.drawing.sheet import MARGIN, WIDTH, Sheet
from podspace.planning import Config, Plan

_SECTION: Final = 26


def svg(config: Config, plan: Plan) -> str:
    """The picture as an SVG document, 1000 pixels wide, for light and dark grounds."""
    left, shown = room(config, plan), scene(config, plan)
    sheet = Sheet(title=f"Pod network {plan.name}", description=_description(plan, left, shown))
    zones = len(plan.pods.zones)
    sheet.text(MARGIN, 44, plan.name, style="ink title")
    where = f"pods of cluster {plan.cluster_name} in {plan.region}, {zones} zone{'' if zones == 1 else 's'}"
    addresses = sum(subnet.usable for zone in zone_rooms(config, plan) for subnet in zone.subnets)
    sheet.text(MARGIN, 66, f"{where}, {addresses:,} addresses" if addresses else where, style="soft")
    top = 86.0
    if left.blocks:
        sheet.text(MARGIN, top + 12, "Address blocks", style="ink head")
        top = draw_bars(sheet, left, zones=plan.pods.zones, top=top + _SECTION)
        top = _others(sheet, config, top)
    else:
        sheet.text(MARGIN, top + 4, "the pod subnets exist; their sizes are not in the file", style="soft")
        top += 18
    sheet.text(MARGIN, top + 18, "From nodes to the world", style="ink head")
    top = draw_lanes(sheet, shown, top=top + _SECTION + 4)
    top = _endpoints(sheet, plan, top)
    return sheet.document(_legend(sheet, shown, top) + 18)


def _others(sheet: Sheet, config: Config, top: float) -> float:
    ours = {block.cidr for block in config.pods.cidrs}
    others = ", ".join(str(cidr) for cidr in config.vpc.cidrs if cidr not in ours)
    if config.vpc.create or not others:
        return top + 8
    sheet.text(MARGIN, top + 10, f"beside other blocks of the VPC: {others}", style="soft")
    return top + 26


def _endpoints(sheet: Sheet, plan: Plan, top: float) -> float:
    if plan.endpoints is None:
        return top
    names = [name.rpartition(f".{plan.region}.")[2] for name in plan.endpoints.gateways]
    lines = [f"gateway endpoints: {', '.join(names)}"] if names else []
    names = [name.rpartition(f".{plan.region}.")[2] for name in plan.endpoints.interfaces]
    lines += [f"interface endpoints in {', '.join(plan.endpoints.zones)}: {', '.join(names)}"] if names else []
    for line in lines:
        sheet.text(MARGIN, top + 10, line, style="soft")
        top += 18
    return top + (6 if lines else 0)


def _legend(sheet: Sheet, shown: Scene, top: float) -> float:
    sheet.line((MARGIN, top + 6), (WIDTH - MARGIN, top + 6), style="hatch")
    x, y = float(MARGIN), top + 26
    unknown = any(lane.pods_carry is None for lane in shown.lanes)
    for carries, words, width in (
        (True, "carries traffic", 160),
        (None, "depends on the NodeClasses", 240),
        (False, "carries none", 150),
    ):
        if carries is not None or unknown:
            sheet.arrow((x, y), (x + 40, y), color="0", carries=carries)
            sheet.text(x + 48, y + 4, words, style="soft")
            x += width
    sheet.free(x, y - 8, 32, 16)
    sheet.text(x + 40, y + 4, "free", style="soft")
    sheet.text(WIDTH - MARGIN, y + 4, "drawn by podspace plan", style="soft", anchor="end")
    return y + 10


def _description(plan: Plan, left: Room, shown: Scene) -> str:
    """The same in words, for who cannot see it."""
    said = [
        f"Block {block.cidr}: "
        + ", ".join(f"{part.cidr} {f'for {part.zone}' if part.zone else part.use}" for part in block.parts)
        for block in (*left.blocks, *((left.primary,) if left.primary else ()))
    ]
    for lane in shown.lanes:
        routes = ", ".join(f"{route.destination} by {route.gateway}" for route in lane.pod_routes or ())
        said.append(f"Zone {lane.zone}: pods in {', '.join(lane.pods)}, routes {routes or 'inside the VPC only'}")
    return f"Pod network {plan.name} of cluster {plan.cluster_name}. {'. '.join(said)}."
