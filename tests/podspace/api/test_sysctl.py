"""A sysctl is one of those that AWS names, and within the bounds that it names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import TypeAdapter

from podspace.api.sysctl import Sysctls
from tests.podspace.api.verdict import problems, the_ruled_problem, written

SYSCTLS: TypeAdapter[Mapping[str, int | str]] = TypeAdapter(Sysctls)

THRESHOLD = "net.ipv4.neigh.default.gc_thresh"
ARP = {f"{THRESHOLD}1": 1, f"{THRESHOLD}2": 600, f"{THRESHOLD}3": 1200}
BOUNDS = [
    ("fs.aio-max-nr", 65536, 4194304),
    ("fs.inotify.max_user_instances", 8192, 1048576),
    ("fs.inotify.max_user_watches", 8192, 1048576),
    ("fs.nr_open", 1048576, 2147483584),
    ("kernel.perf_event_paranoid", -1, 2),
    ("net.core.netdev_max_backlog", 1000, 3240000),
    ("net.core.rmem_max", 212992, 134217728),
    ("net.core.somaxconn", 4096, 3240000),
    ("net.core.wmem_max", 212992, 134217728),
    ("net.ipv4.neigh.default.gc_thresh1", 0, 262144),
    ("net.ipv4.neigh.default.gc_thresh2", 512, 524288),
    ("net.ipv4.neigh.default.gc_thresh3", 1024, 1048576),
    ("net.ipv4.tcp_fin_timeout", 5, 120),
    ("net.ipv4.tcp_keepalive_time", 30, 432000),
    ("net.ipv4.tcp_max_syn_backlog", 128, 3240000),
    ("net.ipv4.tcp_tw_reuse", 0, 2),
    ("user.max_user_namespaces", 0, 2147483647),
    ("vm.dirty_background_ratio", 1, 20),
    ("vm.dirty_expire_centisecs", 0, 6000),
    ("vm.dirty_ratio", 5, 40),
    ("vm.dirty_writeback_centisecs", 0, 1000),
    ("vm.max_map_count", 65530, 2147483647),
    ("vm.swappiness", 0, 200),
    ("vm.watermark_scale_factor", 10, 3000),
]
GOES_WITH: dict[str, dict[str, int]] = {
    "vm.dirty_background_ratio": {"vm.dirty_ratio": 40},
    "vm.dirty_ratio": {"vm.dirty_background_ratio": 1},
    f"{THRESHOLD}1": {f"{THRESHOLD}2": 524288, f"{THRESHOLD}3": 1048576},
    f"{THRESHOLD}2": {f"{THRESHOLD}1": 0, f"{THRESHOLD}3": 1048576},
    f"{THRESHOLD}3": {f"{THRESHOLD}1": 0, f"{THRESHOLD}2": 512},
}


def with_its_company(name: str, value: object) -> dict[str, object]:
    return {name: value, **GOES_WITH.get(name, {})}


@pytest.mark.parametrize(("name", "least", "most"), BOUNDS)
def test_a_number_is_taken_at_both_ends_and_refused_outside(name: str, least: int, most: int) -> None:
    """The problem stands at the setting, shows what was given and names the bounds."""
    for value in (least, most):
        given = with_its_company(name, value)
        assert written(SYSCTLS, given) == given
    for value in (least - 1, most + 1):
        problem = the_ruled_problem(SYSCTLS, with_its_company(name, value))
        assert (problem.location.path, problem.subject) == (f'["{name}"]', str(value))
        assert problem.message == f"must be a whole number from {least} to {most}"
        assert not problem.inferred


def test_there_are_25_of_them() -> None:
    """No more, as the API server takes no other, and no fewer."""
    names = {name for name, _, _ in BOUNDS} | {"net.ipv4.tcp_congestion_control"}
    assert len(names) == 25
    assert set(SYSCTLS.json_schema()["properties"]) == names


@pytest.mark.parametrize("word", ["cubic", "reno"])
def test_a_congestion_control_is_one_of_two_words(word: str) -> None:
    """The only setting that is text."""
    assert written(SYSCTLS, {"net.ipv4.tcp_congestion_control": word})


@pytest.mark.parametrize("word", ["bbr", "Cubic", "", 1, True, ["cubic"]])
def test_no_other_congestion_control_is_taken(word: object) -> None:
    """Among them one that Linux has."""
    problem = the_ruled_problem(SYSCTLS, {"net.ipv4.tcp_congestion_control": word})
    assert problem.location.path == '["net.ipv4.tcp_congestion_control"]'
    assert problem.message == "must be one of cubic, reno"


@pytest.mark.parametrize(
    ("name", "value", "fix"),
    [
        ("vm.swappiness", "30", "write it without quotes"),
        ("kernel.perf_event_paranoid", "-1", "write it without quotes"),
        ("vm.swappiness", "low", ""),
        ("vm.swappiness", "", ""),
        ("vm.swappiness", 30.5, ""),
        ("vm.swappiness", True, ""),
        ("vm.swappiness", [30], ""),
    ],
)
def test_a_number_is_a_whole_one_without_quotes(name: str, value: object, fix: str) -> None:
    """Nothing is converted, and true is no 1."""
    problem = the_ruled_problem(SYSCTLS, {name: value})
    assert (problem.location.path, problem.fix) == (f'["{name}"]', fix)
    assert "must be a whole number from" in problem.message


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("vm.swapiness", "did you mean vm.swappiness?"),
        ("net.ipv4.tcp_congestion_contrl", "did you mean net.ipv4.tcp_congestion_control?"),
        ("kernel.hostname", "remove it"),
    ],
)
def test_no_other_sysctl_is_taken(name: str, fix: str) -> None:
    """A misspelt one comes with the one that was meant."""
    problem = the_ruled_problem(SYSCTLS, {name: 1})
    assert (problem.location.path, problem.subject, problem.fix) == (f'["{name}"]', "1", fix)
    assert "cannot set this sysctl" in problem.message
    assert not problem.inferred


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"vm.dirty_ratio": 20}, ["vm.dirty_background_ratio"]),
        ({"vm.dirty_background_ratio": 10}, ["vm.dirty_ratio"]),
        ({f"{THRESHOLD}1": 1}, [f"{THRESHOLD}2", f"{THRESHOLD}3"]),
        ({f"{THRESHOLD}1": 1, f"{THRESHOLD}2": 600}, [f"{THRESHOLD}3"]),
        ({f"{THRESHOLD}1": 1, f"{THRESHOLD}3": 1200}, [f"{THRESHOLD}2"]),
        ({f"{THRESHOLD}2": 600, f"{THRESHOLD}3": 1200}, [f"{THRESHOLD}1"]),
    ],
)
def test_some_are_given_all_or_none(given: dict[str, object], missing: list[str]) -> None:
    """The problem stands where one is missing."""
    found = problems(SYSCTLS, given)
    assert [problem.location.path for problem in found] == [f'["{name}"]' for name in missing]
    for problem in found:
        assert "only valid together" in problem.message
        assert problem.fix == "give all of them, or none"
        assert problem.source.startswith("https://")
        assert not problem.inferred


@pytest.mark.parametrize(
    "given",
    [
        {"vm.dirty_background_ratio": 19, "vm.dirty_ratio": 20},
        {f"{THRESHOLD}1": 599, f"{THRESHOLD}2": 600, f"{THRESHOLD}3": 1024},
        {f"{THRESHOLD}1": 0, f"{THRESHOLD}2": 1023, f"{THRESHOLD}3": 1024},
    ],
)
def test_those_that_rise_are_taken(given: dict[str, int]) -> None:
    """One is enough."""
    assert written(SYSCTLS, given) == given


@pytest.mark.parametrize(
    "given",
    [
        {"vm.dirty_background_ratio": 20, "vm.dirty_ratio": 20},
        {"vm.dirty_background_ratio": 20, "vm.dirty_ratio": 19},
        {f"{THRESHOLD}1": 600, f"{THRESHOLD}2": 600, f"{THRESHOLD}3": 1200},
        {f"{THRESHOLD}1": 601, f"{THRESHOLD}2": 600, f"{THRESHOLD}3": 1200},
        {f"{THRESHOLD}1": 1, f"{THRESHOLD}2": 1200, f"{THRESHOLD}3": 1200},
        {f"{THRESHOLD}1": 1, f"{THRESHOLD}2": 1201, f"{THRESHOLD}3": 1200},
    ],
)
def test_those_that_do_not_rise_are_refused(given: dict[str, int]) -> None:
    """Two alike do not; the problem shows the values in their order."""
    problem = the_ruled_problem(SYSCTLS, given)
    assert (problem.location.path, problem.subject) == ("", ", ".join(map(str, given.values())))
    assert problem.message == f"must be in ascending order: {' < '.join(given)}"
    assert not problem.inferred


def test_every_problem_is_reported() -> None:
    """Those of the values, and those between them."""
    found = problems(SYSCTLS, {"vm.swappiness": 201, "vm.dirty_ratio": 4, "kernel.hostname": "a"})
    assert [problem.location.path for problem in found] == [
        '["vm.swappiness"]',
        '["vm.dirty_ratio"]',
        '["kernel.hostname"]',
        '["vm.dirty_background_ratio"]',
    ]


def test_a_null_is_a_setting_left_out() -> None:
    """As the API server drops it."""
    given: dict[str, Any] = {**ARP, "vm.swappiness": None, "vm.dirty_ratio": None, "kernel.hostname": None}
    assert written(SYSCTLS, given) == ARP


@pytest.mark.parametrize("given", [[], "vm.swappiness", 1, None])
def test_settings_are_a_mapping(given: object) -> None:
    """Of names to values."""
    (problem,) = problems(SYSCTLS, given)
    assert problem.message == "must be a mapping of sysctl names to values"
