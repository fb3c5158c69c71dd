"""CIDR blocks and subnets, and their free parts, as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network

from rich.console import RenderableType
from rich.text import Text

from podspace.address_plan.address_plan import AddressPlan
from podspace.address_plan.table import table
from podspace.capacity import SubnetRoom
from podspace.cidr import LARGEST
from podspace.planning.addresses.room import BlockRoom, Part


def addresses(plan: AddressPlan) -> Iterator[RenderableType]:
    """Every part of every CIDR block: pod subnets, other subnets, and free parts."""
    if ids := plan.plan.pods.subnet_ids:
        yield table(("zone", "existing pod subnets"), [(zone, ", ".join(each)) for zone, each in ids.items()])
        return
    subnets = {subnet.cidr: subnet for zone in plan.zones for subnet in zone.subnets}
    columns = ("CIDR block", "part", "for", ">addresses", ">/28 prefixes")
    rows = [_row(block, part, subnets) for block in plan.room.blocks for part in block.parts]
    total = sum(each.usable for each in subnets.values()), sum(each.prefixes for each in subnets.values())
    last = ("all pod subnets", "", "", *(f"{count:,}" for count in total))
    shown = 4 if plan.plan.cluster.ip_family == "ipv6" else 5  # pods with IPv6 addresses need no IPv4 prefix
    yield table(columns[:shown], [row[:shown] for row in rows], last=last[:shown])
    if plan.room.primary:
        rows = [_row(plan.room.primary, part, {})[:4] for part in plan.room.primary.parts]
        yield table(("CIDR block of the VPC", *columns[1:4]), rows)
    for subnet in plan.plan.pods.subnets:
        if subnet.ipv6_cidr:
            yield Text(f"{subnet.cidr} has {subnet.ipv6_cidr}, from which each node takes a /80")
        if subnet.reservations:
            yield Text(f"{subnet.cidr} reserves {', '.join(map(str, subnet.reservations))} for prefixes")
    yield Text("addresses: without the five that AWS reserves in each subnet; prefixes: whole ones only")


def _row(block: BlockRoom, part: Part, subnets: Mapping[IPv4Network, SubnetRoom]) -> tuple[str, ...]:
    purpose = {"pods": part.zone, "other": "other subnets", "free": "free"}.get(part.use, f"{part.zone}, {part.use}")
    subnet = subnets.get(part.cidr) if part.use == "pods" else None
    if part.use == "free":
        numbers = (f"{part.cidr.num_addresses:,}", "")
    else:
        numbers = (f"{part.cidr.num_addresses - 5:,}", f"{subnet.prefixes:,}" if subnet else "")
    state = "" if block.associated else " (new)"
    return f"{block.cidr}{state}", str(part.cidr), purpose, *numbers


def growth(plan: AddressPlan) -> Iterator[RenderableType]:
    """How many more zones and CIDR blocks fit."""
    room, quota = plan.room, plan.plan.vpc.cidr_quota
    if room.blocks:
        taken = f" by {room.limit}" if room.limit != "pods.cidrs" else ""
        if room.zones:
            zones = "1 more zone fits" if room.zones == 1 else f"{room.zones} more zones fit"
            takes = ", ".join(map(str, room.next_zone))
            yield Text(f"{zones}{taken}, each with a /{room.prefix} of a CIDR block; the next one takes {takes}")
        elif taken:
            yield Text(f"no more zone fits{taken}, which has no free slot")
        else:
            yield Text(f"no more zone fits: no CIDR block has a free /{room.prefix}; {_fix(plan)}")
    blocks = "1 more IPv4 CIDR block" if room.more_blocks == 1 else f"{room.more_blocks or 'no'} more IPv4 CIDR blocks"
    yield Text(f"the VPC can have {blocks}: its quota is {quota} (vpc.cidr_quota)")


def _fix(plan: AddressPlan) -> str:
    """What to do: zone number i takes slot i, so another CIDR block helps only if it has that many slots."""
    slots = 1 << (plan.room.prefix - LARGEST)
    if plan.plan.pods.layout.subnets is not None or len(plan.plan.pods.zones) < slots:
        return "add a CIDR block for one more zone"
    return f"a /{LARGEST} has {slots} such slots: list the subnets in pods.subnets, and add a CIDR block for the zone"
