"""Cron schedules of disruption budgets: five fields in UTC, or a word such as @daily."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from podspace.api.duration import DISRUPTION
from podspace.api.refusal import refusal
from podspace.diagnostic import Diagnostic

_WORDS: Final = "annually|yearly|monthly|weekly|daily|midnight|hourly"
_MONTHS: Final = dict(
    zip(("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), range(1, 13), strict=True)
)
_DAYS: Final = dict(zip(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), range(7), strict=True))
_FIELDS: Final[tuple[tuple[str, int, int, dict[str, int]], ...]] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of the month", 1, 31, {}),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 6, _DAYS),
)
_PART: Final = re.compile(r"(?:[*?]|(\w+)(?:-(\w+))?)(?:/([0-9]+))?")


def _part_is_right(part: str, least: int, most: int, names: dict[str, int]) -> bool:
    match = _PART.fullmatch(part)
    if not match:
        return False
    first, last, step = match.groups()
    words = [end.upper() for end in (first, last) if end is not None]
    if not all(word in names or re.fullmatch("[0-9]{1,2}", word) for word in words):
        return False
    ends = [names[word] if word in names else int(word) for word in words]
    return all(least <= end <= most for end in ends) and ends == sorted(ends) and (step is None or int(step) > 0)


def _schedule(text: str) -> str:
    """What the schema takes is looser: any five words. Karpenter then fails to read them, as cron does."""
    if re.fullmatch(rf"@({_WORDS})\s*", text):
        return text
    parts = text.split()
    if len(parts) != len(_FIELDS):
        must = "must be a cron schedule of five fields, in UTC, or a word such as @daily"
        raise refusal(Diagnostic(message=must, source=DISRUPTION))
    for field, (name, least, most, names) in zip(parts, _FIELDS, strict=True):
        if not all(_part_is_right(part, least, most, names) for part in field.split(",")):
            words = f", or {' '.join(names)}" if names else ""
            must = f"must have a {name} that is valid for cron, {least} to {most}{words}, but has {field}"
            raise refusal(Diagnostic(message=must, source=DISRUPTION, inferred=True))
    return text


Schedule = Annotated[
    str,
    AfterValidator(_schedule),
    Field(
        title="cron schedule",
        examples=["0 22 * * 6"],
        json_schema_extra={"pattern": f"^(@({_WORDS})|\\s*[A-Za-z0-9*?/,-]+(\\s+[A-Za-z0-9*?/,-]+){{4}})\\s*$"},
    ),
]
"""When a disruption budget becomes active, in UTC (documented), such as `0 22 * * 6`; the bounds of the fields are
those of cron (inferred)."""
