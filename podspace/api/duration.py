"""Times as Karpenter writes them: Go durations such as `336h` or `1h30m`, and cron schedules."""

from __future__ import annotations

import re
from typing import Annotated

from podspace.api.model import matching

NODE_POOLS = "https://karpenter.sh/docs/concepts/nodepools/"
DISRUPTION = "https://karpenter.sh/docs/concepts/disruption/"

_SECONDS = {"h": 3600, "m": 60, "s": 1}


def seconds_of(duration: str) -> int:
    """The length of a duration such as `1h30m`, in seconds."""
    return sum(int(number) * _SECONDS[unit] for number, unit in re.findall(r"([0-9]+)([hms])", duration))


def _rewritten(text: str) -> str:
    if days := re.fullmatch(r"([0-9]+)d", text):
        return f"write days as hours: {int(days.group(1)) * 24}h"
    if re.fullmatch(r"[0-9]+", text):
        return f"add the unit, such as {text}h or {text}m"
    return ""


Duration = Annotated[
    str,
    matching(
        "([0-9]+[smh])+",
        must="must be whole hours, minutes or seconds, such as 24h or 1h30m",
        fix=_rewritten,
        source=NODE_POOLS,
    ),
]
"""A length of time: a NodePool's schema takes `([0-9]+(s|m|h))+`, no days and no fractions (documented)."""

DurationOrNever = Annotated[
    str,
    matching(
        "([0-9]+[smh])+|Never",
        must="must be whole hours, minutes or seconds, such as 24h or 1h30m, or Never",
        fix=_rewritten,
        source=NODE_POOLS,
    ),
]
"""A length of time, or `Never` (documented)."""

BudgetDuration = Annotated[
    str,
    matching(
        "([0-9]+[hm]|[0-9]+h[0-9]+m)(0s)?",
        must="must be whole hours, minutes or both, such as 8h, 30m or 1h30m",
        fix=_rewritten,
        source=DISRUPTION,
    ),
]
"""How long a disruption budget is active: no seconds, as cron has none (documented)."""

Schedule = Annotated[
    str,
    matching(
        r"@(annually|yearly|monthly|weekly|daily|midnight|hourly)|[A-Za-z0-9*?/,-]+(\s+[A-Za-z0-9*?/,-]+){4}",
        must="must be a cron schedule of five fields, in UTC, or a word such as @daily",
        source=DISRUPTION,
    ),
]
"""When a disruption budget becomes active, in UTC (documented). The schema's pattern is looser than cron."""
