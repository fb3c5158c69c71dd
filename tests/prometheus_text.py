"""A strict parser of the text format of Prometheus: it refuses what a server or a Pushgateway may refuse.

https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

Series = tuple[str, frozenset[tuple[str, str]]]
"""The name of a metric, and its labels."""

_NAME: Final = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_LABEL: Final = r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"'
_SAMPLE: Final = re.compile(rf"({_NAME})(?:\{{({_LABEL}(?:,{_LABEL})*)\}})? (\S+)")
_NUMBER: Final = re.compile(r"[+-]Inf|NaN|-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?")
_ESCAPES: Final = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


def series_of(text: str) -> Mapping[Series, float]:
    """The value of each series of a whole exposition."""
    assert text.endswith("\n"), "the last line must end with a line feed"
    assert "\r" not in text
    found: dict[Series, float] = {}
    helped: list[str] = []
    typed: list[str] = []
    for line in text[:-1].split("\n"):
        assert line, "an empty line is not written"
        if help_ := re.fullmatch(rf"# HELP ({_NAME}) (?:[^\\]|\\[\\n])+", line):
            helped.append(help_[1])
        elif type_ := re.fullmatch(rf"# TYPE ({_NAME}) gauge", line):
            typed.append(type_[1])
            assert typed == helped, f"{type_[1]} must have one HELP, before its TYPE"
        elif line.startswith("#"):
            assert line.startswith("# | "), line
        else:
            series, value = _sample(line)
            assert typed, line
            assert series[0] == typed[-1], f"{line} must come after the TYPE of its metric"
            assert series not in found, f"{line} is there twice"
            found[series] = value
    assert len(set(typed)) == len(typed), "a metric must be in one group"
    assert {name for name, _ in found} == set(typed), "a metric without samples is left out"
    return found


def _sample(line: str) -> tuple[Series, float]:
    sample = _SAMPLE.fullmatch(line)
    assert sample, line
    labels = [(name, _unescaped(value)) for name, value in re.findall(_LABEL, sample[2] or "")]
    assert len(dict(labels)) == len(labels), line
    assert _NUMBER.fullmatch(sample[sample.lastindex or 0]), line
    return (sample[1], frozenset(labels)), float(sample[sample.lastindex or 0])


def _unescaped(value: str) -> str:
    return re.sub(r"\\.", lambda escape: _ESCAPES[escape[0]], value)


def values(series: Mapping[Series, float], name: str, **labels: str) -> list[float]:
    """The values of the series of a metric that have these labels."""
    return [value for (each, have), value in series.items() if each == name and labels.items() <= dict(have).items()]


def value(series: Mapping[Series, float], name: str, **labels: str) -> float:
    """The value of the one series of a metric that has these labels."""
    (only,) = values(series, name, **labels)
    return only
