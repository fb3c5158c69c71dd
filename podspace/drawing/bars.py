"""CIDR blocks as bars to scale: subnets in the colour of their zone, other subnets grey, and free parts hatched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from podspace.drawing.sheet import MARGIN, WIDTH, ZONE_COLORS, Sheet, fits
from podspace.planning.addresses.room import BlockRoom, Part, Room
from podspace.planning.addresses.slot import slot

_LABEL: Final = 168
_LEFT: Final = MARGIN + _LABEL
_LENGTH: Final = WIDTH - MARGIN - _LEFT
_HEIGHT: Final = 28
_ROW: Final = 40
_MOST_SLOTS: Final = 32


def zone_style(zones: Sequence[str], zone: str) -> int:
    """The number of a zone's colour."""
    return zones.index(zone) % len(ZONE_COLORS)


def draw_bars(sheet: Sheet, room: Room, *, zones: Sequence[str], top: float) -> float:
    """Draw the CIDR blocks of the pods on one scale, then that of a new VPC, and return the y coordinate of their
    end.
    """
    largest = max((block.cidr.num_addresses for block in room.blocks), default=1)
    for block in room.blocks:
        state = "existing" if block.associated else "new"
        top = _draw_bar(sheet, block, zones=zones, top=top, scale=largest, state=state, prefix=room.prefix)
    if room.primary:
        scale = room.primary.cidr.num_addresses
        top = _draw_bar(sheet, room.primary, zones=zones, top=top, scale=scale, state="of the new VPC", prefix=0)
    return top


def _draw_bar(
    sheet: Sheet, block: BlockRoom, *, zones: Sequence[str], top: float, scale: int, state: str, prefix: int
) -> float:
    sheet.text(MARGIN, top + 12, str(block.cidr), style="ink mono bold")
    sheet.text(MARGIN, top + 26, f"{block.cidr.num_addresses:,}, {state}", style="soft")
    for part in block.parts:
        offset = int(part.cidr.network_address) - int(block.cidr.network_address)
        x, width = _LEFT + _LENGTH * offset / scale, _LENGTH * part.cidr.num_addresses / scale
        _draw_part(sheet, part, zones=zones, x=x + 1, y=top, width=max(width - 2, 1), prefix=prefix)
    return top + _ROW


def _draw_part(
    sheet: Sheet, part: Part, *, zones: Sequence[str], x: float, y: float, width: float, prefix: int
) -> None:
    if part.use == "free":
        sheet.free(x, y, width, _HEIGHT)
        _draw_slots(sheet, part, x=x, y=y, width=width, prefix=prefix)
        name, style = "free", "soft"
    elif part.use == "other":
        sheet.box(x, y, width, _HEIGHT, style="box", radius=4)
        name, style = "others", "soft"
    else:
        color = zone_style(zones, part.zone)
        sheet.box(x, y, width, _HEIGHT, style=f"f{color} s{color} tint", radius=4)
        name, style = part.zone, "ink"
        if part.use != "pods":
            sheet.text(x + width / 2, y + 24, part.use, style="soft tiny", anchor="middle")
            y -= 5
    labels = (f"{name}  {part.cidr}", str(part.cidr), name, part.zone[-2:])
    label = next((each for each in labels if each and fits(each, width=width - 8)), "")
    if label and part.use == "free" and fits(label, width=width - 24):
        wide = len(label) * 7.2 + 10
        sheet.box(x + width / 2 - wide / 2, y + 5, wide, _HEIGHT - 10, style="ground", radius=4)
    if label and (part.use != "free" or fits(label, width=width - 24)):
        sheet.text(x + width / 2, y + 18, label, style=f"{style} mono", anchor="middle")


def _draw_slots(sheet: Sheet, part: Part, *, x: float, y: float, width: float, prefix: int) -> None:
    """A line between the slots of further zones, if there are few enough."""
    count = 1 << max(prefix - part.cidr.prefixlen, 0) if prefix else 1
    for index in range(1, count if count <= _MOST_SLOTS else 1):
        if slot(part.cidr, prefix=prefix, index=index):
            at = x + width * index / count
            sheet.line((at, y), (at, y + _HEIGHT), style="softline")
