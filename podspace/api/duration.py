"""Times (RFC 3339), and durations as Karpenter writes them, such as `336h` or `1h30m`."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator

from podspace.api.model import Matching
from podspace.api.refusal import refusal
from podspace.diagnostic import Diagnostic

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
    Matching(
        "([0-9]+[smh])+",
        must="must be whole hours, minutes or seconds, such as 24h or 1h30m",
        fix=_rewritten,
        source=NODE_POOLS,
        title="duration",
        example="24h",
    ),
]
"""A duration such as `24h` or `1h30m`: the schema of NodePools accepts `([0-9]+(s|m|h))+`, no days and no fractions
(documented)."""

DurationOrNever = Annotated[
    str,
    Matching(
        "([0-9]+[smh])+|Never",
        must="must be whole hours, minutes or seconds, such as 24h or 1h30m, or Never",
        fix=_rewritten,
        source=NODE_POOLS,
        title="duration",
        example="336h",
    ),
]
"""A duration such as `336h`, or `Never` (documented)."""

BudgetDuration = Annotated[
    str,
    Matching(
        "([0-9]+[hm]|[0-9]+h[0-9]+m)(0s)?",
        must="must be whole hours, minutes or both, such as 8h, 30m or 1h30m",
        fix=_rewritten,
        source=DISRUPTION,
        title="duration",
        example="8h",
    ),
]
"""How long a disruption budget is active, such as `8h`: without seconds, as cron has none (documented)."""


def _time(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        must = "must be a time of the calendar, such as 2026-11-24T10:00:00Z"
        raise refusal(Diagnostic(message=must, source=_RFC_3339)) from None
    return text


_RFC_3339 = "https://www.rfc-editor.org/rfc/rfc3339"

Time = Annotated[
    str,
    Matching(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})",
        must="must be an RFC 3339 time, such as 2026-11-24T10:00:00Z",
        source=_RFC_3339,
    ),
    AfterValidator(_time),
]
"""A time in the format of RFC 3339, such as `2026-11-24T10:00:00Z` (in the schema)."""
