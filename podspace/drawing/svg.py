"""A plan as an SVG drawing: its CIDR blocks to scale, and the routes of each zone."""

from __future__ import annotations

from typing import Final

from podspace.drawing.bars import draw_bars
from podspace.drawing.picture import Picture, picture
from podspace.drawing.sheet import MARGIN, WIDTH, Sheet
from podspace.drawing.zone_lanes import draw_lanes
from podspace.planning import Plan
from podspace.planning.addresses.room import Room, room

_SECTION: Final = 26


def svg(plan: Plan) -> str:
    """The drawing of a plan as an SVG document, 1000 pixels wide, for light and dark themes."""
    blocks, shown = room(plan), picture(plan)
    sheet = Sheet(title=f"Pod network {plan.name}", description=_description(plan, blocks, shown))
    zones = len(plan.pods.zones)
    sheet.text(MARGIN, 44, plan.name, style="ink title")
    where = f"pods of cluster {plan.cluster_name} in {plan.region}, {zones} zone{'' if zones == 1 else 's'}"
    addresses = sum(subnet.usable for zone in plan.zone_rooms for subnet in zone.subnets)
    sheet.text(MARGIN, 66, f"{where}, {addresses:,} addresses" if addresses else where, style="soft")
    top = 86.0
    if blocks.blocks:
        sheet.text(MARGIN, top + 12, "CIDR blocks", style="ink head")
        top = draw_bars(sheet, blocks, zones=plan.pods.zones, top=top + _SECTION)
        top = _other_blocks(sheet, plan, top)
    else:
        sheet.text(MARGIN, top + 4, "the pod subnets exist already; their sizes are not in the file", style="soft")
        top += 18
    sheet.text(MARGIN, top + 18, "Subnets, route tables and gateways", style="ink head")
    top = draw_lanes(sheet, shown, top=top + _SECTION + 4)
    top = _endpoints(sheet, plan, top)
    return sheet.document(_legend(sheet, shown, top) + 18)


def _other_blocks(sheet: Sheet, plan: Plan, top: float) -> float:
    of_pods = {block.cidr for block in plan.pods.blocks}
    others = ", ".join(str(cidr) for cidr in plan.vpc.cidrs if cidr not in of_pods)
    if plan.vpc.new or not others:
        return top + 8
    sheet.text(MARGIN, top + 10, f"other CIDR blocks of the VPC: {others}", style="soft")
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


def _legend(sheet: Sheet, shown: Picture, top: float) -> float:
    sheet.line((MARGIN, top + 6), (WIDTH - MARGIN, top + 6), style="hatch")
    x, y = float(MARGIN), top + 26
    for used, words, width in (
        (True, "used by pods", 150),
        (None, "depends on the NodeClasses", 240),
        (False, "not used by pods", 170),
    ):
        if used is not None or shown.pods_use_own_routes is None:
            sheet.arrow((x, y), (x + 40, y), color="0", used=used)
            sheet.text(x + 48, y + 4, words, style="soft")
            x += width
    sheet.free(x, y - 8, 32, 16)
    sheet.text(x + 40, y + 4, "free", style="soft")
    sheet.text(WIDTH - MARGIN, y + 4, "drawn by podspace plan", style="soft", anchor="end")
    return y + 10


def _description(plan: Plan, blocks: Room, shown: Picture) -> str:
    """The contents of the picture in words, for screen readers."""
    sentences = [
        f"CIDR block {block.cidr}: "
        + ", ".join(f"{part.cidr} {f'for {part.zone}' if part.zone else part.use}" for part in block.parts)
        for block in (*blocks.blocks, *((blocks.primary,) if blocks.primary else ()))
    ]
    for lane in shown.lanes:
        routes = ", ".join(f"{route.destination} by {route.gateway}" for route in lane.pod_routes or ())
        subnets = ", ".join(lane.pod_subnets)
        sentences.append(f"Zone {lane.zone}: pods in {subnets}, routes {routes or 'inside the VPC only'}")
    return f"Pod network {plan.name} of cluster {plan.cluster_name}. {'. '.join(sentences)}."
