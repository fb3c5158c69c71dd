"""The pods to move and the order of the move, as text."""

from __future__ import annotations

from typing import Final

from podspace.migration.migration import Migration
from podspace.migration.move_census import Source
from podspace.reporting.step import step_lines
from podspace.reporting.wording import plain

_COLUMNS: Final = ("to move", "hindered", "stay", "nodes", "from")


def text_report(migration: Migration) -> str:
    """A table of the pods to move, by what created their nodes, and the steps that are left."""
    parts = [f"cluster: {plain(str(migration.facts['cluster']))}"]
    if migration.sources:
        rows = [_row(name, source) for name, source in sorted(migration.sources.items())]
        parts += ["", *_aligned([_COLUMNS, *rows])]
    if migration.steps:
        parts += ["", "order:", *step_lines(migration.steps), ""]
    return "\n".join(parts)


def _row(name: str, source: Source) -> tuple[str, ...]:
    kinds = ", ".join(
        f"{number:,} {plain(kind) or 'without controller'}" for kind, number in source.kinds.most_common()
    )
    numbers = (source.pods, source.hindered, source.stay, len(source.nodes))
    return (*(f"{number:,}" for number in numbers), plain(name) + (f": {kinds}" if kinds else ""))


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    *numbers, _ = zip(*rows, strict=True)
    widths = [max(map(len, column)) for column in numbers]
    return [
        "  ".join([*(f"{text:>{width}}" for text, width in zip(row, widths, strict=False)), row[-1]]) for row in rows
    ]
