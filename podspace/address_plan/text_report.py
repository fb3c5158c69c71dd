"""An address plan as text: a section for each topic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Final

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.segment import Segment, Segments
from rich.table import Table
from rich.text import Text

from podspace.address_plan.address_plan import AddressPlan
from podspace.address_plan.address_tables import addresses, growth
from podspace.address_plan.capacity_tables import answers, capacity, limits, ranking, ranking_title, units
from podspace.address_plan.egress_tables import costs, routes
from podspace.address_plan.group_rules import security_groups
from podspace.reporting.wording import cleaned

WIDTH: Final = 100
"""Columns of text that goes to no terminal."""
_INDENT: Final = (0, 0, 0, 2)


def text_report(plans: Sequence[AddressPlan], *, color: bool = False, width: int = WIDTH) -> str:
    """Each plan in turn, without a newline at the end."""
    stream = StringIO()
    console = Console(
        file=stream,
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        highlight=False,
        emoji=False,
        markup=False,
    )
    for plan in plans:
        for renderable in _report(plan):
            parts = (Segment(cleaned(part.text), part.style) for part in console.render(renderable))
            console.print(Segments(parts))
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()).strip("\n")


def _report(plan: AddressPlan) -> Iterator[RenderableType]:
    zones = len(plan.plan.pods.zones)
    yield Text.assemble(
        "\n", (plan.plan.name, "bold"), f", pods of cluster {plan.plan.cluster_name} in {plan.plan.region}, "
        f"{zones} zone{'' if zones == 1 else 's'} ({plan.path})"
    )  # fmt: skip
    for title, parts in (
        ("Addresses", addresses(plan)),
        ("Room for growth", growth(plan)),
        ("Capacity", capacity(plan)),
        ("Limits from capacity", limits(plan)),
        *((ranking_title(each), ranking(each)) for each in plan.rankings),
        (_asked(plan), answers(plan)),
        ("Network Address Usage", units(plan)),
        ("Routes", routes(plan)),
        ("Security groups", security_groups(plan)),
        ("Cost of egress and endpoints", costs(plan)),
    ):
        shown = list(parts)
        if shown:
            yield Text(f"\n{title}", style="bold")
            for index, part in enumerate(shown):
                if index and isinstance(part, Table) and isinstance(shown[index - 1], Table):
                    yield ""
                yield Padding(part, _INDENT)


def _asked(plan: AddressPlan) -> str:
    if plan.question is None:
        return ""
    pods, nodes = plan.question.pods, plan.question.nodes
    if pods is None:
        return f"Will {nodes:,} full nodes fit?"
    return f"Will {pods:,} pods fit?" if nodes is None else f"Will {pods:,} pods on {nodes:,} nodes fit?"
