"""Metrics: numbers of a report for monitoring systems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """A value of a metric.

    Attributes:
        value: the value; `inf` for no limit.
        labels: what it is the value of, by label name; an empty label is the same as none.
    """

    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """A gauge: a number that can rise and fall.

    Attributes:
        name: with its unit at the end, such as `podspace_read_timestamp_seconds`.
        help: what it is, in one sentence.
        samples: its values, each with other labels; without one the metric is left out.
    """

    name: str
    help: str
    samples: Sequence[Sample]
