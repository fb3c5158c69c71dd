"""Sysctls that a NodeClass can set, each within the bounds that AWS documents.

The table is https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html#sysctls-supported; the API
server refuses any other name and any value outside (documented).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import pairwise
from typing import Annotated, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.config import JsonDict
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from podspace.api.json_rule import all_of, together
from podspace.api.refusal import refusal, shown
from podspace.api.selector import NODE_CLASS
from podspace.diagnostic import Diagnostic, Location, place_of

SUPPORTED = f"{NODE_CLASS}#sysctls-supported"

_RANGES: Final = {
    "fs.aio-max-nr": (65536, 4194304),
    "fs.inotify.max_user_instances": (8192, 1048576),
    "fs.inotify.max_user_watches": (8192, 1048576),
    "fs.nr_open": (1048576, 2147483584),
    "kernel.perf_event_paranoid": (-1, 2),
    "net.core.netdev_max_backlog": (1000, 3240000),
    "net.core.rmem_max": (212992, 134217728),
    "net.core.somaxconn": (4096, 3240000),
    "net.core.wmem_max": (212992, 134217728),
    "net.ipv4.neigh.default.gc_thresh1": (0, 262144),
    "net.ipv4.neigh.default.gc_thresh2": (512, 524288),
    "net.ipv4.neigh.default.gc_thresh3": (1024, 1048576),
    "net.ipv4.tcp_fin_timeout": (5, 120),
    "net.ipv4.tcp_keepalive_time": (30, 432000),
    "net.ipv4.tcp_max_syn_backlog": (128, 3240000),
    "net.ipv4.tcp_tw_reuse": (0, 2),
    "user.max_user_namespaces": (0, 2147483647),
    "vm.dirty_background_ratio": (1, 20),
    "vm.dirty_expire_centisecs": (0, 6000),
    "vm.dirty_ratio": (5, 40),
    "vm.dirty_writeback_centisecs": (0, 1000),
    "vm.max_map_count": (65530, 2147483647),
    "vm.swappiness": (0, 200),
    "vm.watermark_scale_factor": (10, 3000),
}
"""The least and the most of each number."""

_WORDS: Final = {"net.ipv4.tcp_congestion_control": ("cubic", "reno")}

_RISING: Final = (
    ("vm.dirty_background_ratio", "vm.dirty_ratio"),
    tuple(f"net.ipv4.neigh.default.gc_thresh{number}" for number in (1, 2, 3)),
)
"""Settings that are given all or none, each less than the next."""


def _value_problem(name: str, value: object) -> Diagnostic | None:
    place, must, fix = place_of((name,)), "", ""
    if name in _WORDS:
        must = "" if value in _WORDS[name] else f"must be one of {', '.join(_WORDS[name])}"
    elif name not in _RANGES:
        near = get_close_matches(name, [*_RANGES, *_WORDS], n=1, cutoff=0.9)
        must = "must be removed: a NodeClass of EKS Auto Mode cannot set this sysctl"
        fix = f"did you mean {near[0]}?" if near else "remove it"
    else:
        least, most = _RANGES[name]
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            must = f"must be a whole number from {least} to {most}"
            fix = "write it without quotes" if isinstance(value, str) and value.lstrip("-").isdecimal() else ""
    return (
        Diagnostic(location=Location(path=place), subject=shown(value), message=must, fix=fix, source=SUPPORTED)
        if must
        else None
    )


def _rising_problems(given: Mapping[str, object]) -> Iterator[Diagnostic]:
    for names in _RISING:
        missing = [name for name in names if name not in given]
        if missing and len(missing) < len(names):
            must = f"must be given: {', '.join(names)} are only valid together"
            fix = "give all of them, or none"
            yield from (
                Diagnostic(location=Location(path=place_of((name,))), message=must, fix=fix, source=SUPPORTED)
                for name in missing
            )
        values = [value for name in names if isinstance(value := given.get(name), int)]
        if len(values) == len(names) and any(one >= other for one, other in pairwise(values)):
            must = f"must be in ascending order: {' < '.join(names)}"
            yield Diagnostic(subject=", ".join(map(str, values)), message=must, source=SUPPORTED)


def _checked(given: object) -> Mapping[str, int | str]:
    if not isinstance(given, Mapping):
        raise refusal(Diagnostic(message="must be a mapping of sysctl names to values"))
    settings = {str(name): value for name, value in given.items() if value is not None}
    wrong = [problem for name, value in settings.items() if (problem := _value_problem(name, value))]
    if problems := [*wrong, *_rising_problems(settings)]:
        raise refusal(*problems)
    return settings


class _Checks:
    """Makes a type of the table above; in an Annotated type."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_checked, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        numbers: dict[str, JsonDict] = {
            name: {"type": "integer", "minimum": least, "maximum": most} for name, (least, most) in _RANGES.items()
        }
        words: dict[str, JsonDict] = {name: {"enum": list(choices)} for name, choices in _WORDS.items()}
        rules = all_of(*(together(*names) for names in _RISING))
        return {"type": "object", "properties": numbers | words, "additionalProperties": False, **rules}


Sysctls = Annotated[Mapping[str, int | str], _Checks()]
"""Sysctls by the kernel's names, such as `{"vm.swappiness": 30}`."""
