"""Kubelet settings keep to what AWS lets a NodeClass change."""

from __future__ import annotations

import pytest

from podspace.api import doubts_of
from podspace.api.kubelet import Kubelet
from tests.podspace.api.verdict import problems, the_problem, the_ruled_problem, written

SIGNALS = [
    "memory.available",
    "nodefs.available",
    "nodefs.inodesFree",
    "imagefs.available",
    "imagefs.inodesFree",
    "pid.available",
]
MEMORY = 'eviction.{}["memory.available"]'


def soft(threshold: str, hard: str | None = None, signal: str = "memory.available") -> dict[str, object]:
    eviction: dict[str, object] = {"soft": {signal: threshold}, "softGracePeriod": {signal: "1m"}}
    return {"eviction": {**({"hard": {signal: hard}} if hard else {}), **eviction}}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"maxPods": 1},
        {"maxPods": 110},
        {"podPidsLimit": -1},
        {"podPidsLimit": 100},
        {"podPidsLimit": 4096},
        {"idsPerPod": 65536},
        {"idsPerPod": 131072},
        {"idsPerPod": 65535 * 65536},
        {"singleProcessOOMKill": True},
        {"singleProcessOOMKill": False},
        {"eviction": {}},
        {"eviction": {"maxPodGracePeriod": 0}},
        {"eviction": {"maxPodGracePeriod": 60}},
        {"logging": {}},
        {"logging": {"containerLogMaxFiles": 2}},
        {"logging": {"containerLogMaxSize": "1"}},
        {"logging": {"containerLogMaxSize": "10Mi"}},
        {"logging": {"containerLogMaxSize": "100M"}},
        {"logging": {"containerLogMaxSize": "1k"}},
        {"logging": {"containerLogMaxSize": "1Ki"}},
        {"allowedUnsafeSysctls": []},
        {"allowedUnsafeSysctls": ["net.core.somaxconn"] * 64},
    ],
)
def test_what_aws_takes_is_taken(given: dict[str, object]) -> None:
    """Both ends of each range."""
    assert written(Kubelet, given) == given


@pytest.mark.parametrize(
    ("given", "place", "gist"),
    [
        ({"maxPods": 0}, "maxPods", "greater than or equal to 1"),
        ({"maxPods": 111}, "maxPods", "less than or equal to 110"),
        ({"maxPods": "60"}, "maxPods", "whole number"),
        ({"maxPods": True}, "maxPods", "whole number"),
        ({"podPidsLimit": "-1"}, "podPidsLimit", "whole number"),
        ({"idsPerPod": 0}, "idsPerPod", "greater than or equal to 65536"),
        ({"idsPerPod": -65536}, "idsPerPod", "greater than or equal to 65536"),
        ({"idsPerPod": 65535}, "idsPerPod", "multiple of 65536"),
        ({"idsPerPod": 65537}, "idsPerPod", "multiple of 65536"),
        ({"idsPerPod": 65536 * 65536}, "idsPerPod", "less than or equal to 4294967295"),
        ({"singleProcessOOMKill": "true"}, "singleProcessOOMKill", "true or false"),
        ({"singleProcessOomKill": True}, "singleProcessOomKill", "no such key"),
        ({"eviction": {"maxPodGracePeriod": -1}}, "eviction.maxPodGracePeriod", "greater than or equal to 0"),
        ({"eviction": {"maxPodGracePeriod": "60s"}}, "eviction.maxPodGracePeriod", "whole number"),
        ({"eviction": {"hard": {"memory.free": "1Gi"}}}, 'eviction.hard["memory.free"]', "'memory.available'"),
        ({"eviction": {"hard": {"memory.available": 100}}}, MEMORY.format("hard"), "text"),
        ({"logging": {"containerLogMaxFiles": 1}}, "logging.containerLogMaxFiles", "greater than or equal to 2"),
        ({"allowedUnsafeSysctls": ["kernel.sem"] * 65}, "allowedUnsafeSysctls", "at most 64 items"),
        ({"allowedUnsafeSysctls": "kernel.sem"}, "allowedUnsafeSysctls", "a list"),
        ({"clusterDNS": ["10.0.0.10"]}, "clusterDNS", "no such key"),
    ],
)
def test_a_setting_out_of_its_bounds_is_refused(given: object, place: str, gist: str) -> None:
    """Each at its own place."""
    problem = the_problem(Kubelet, given)
    assert problem.location.path == place
    assert gist in problem.message


@pytest.mark.parametrize("limit", [-2, 0, 1, 99])
def test_process_ids_are_unlimited_or_at_least_100(limit: int) -> None:
    """Fewer would not start a pod."""
    problem = the_ruled_problem(Kubelet, {"podPidsLimit": limit})
    assert (problem.location.path, problem.subject) == ("podPidsLimit", str(limit))
    assert "must be -1 (no limit), or at least 100" in problem.message


@pytest.mark.parametrize("signal", SIGNALS)
def test_each_signal_has_thresholds(signal: str) -> None:
    """Hard ones, soft ones and their grace periods."""
    given = soft("20%", "10%", signal)
    assert written(Kubelet, given) == given


@pytest.mark.parametrize(
    "threshold",
    ["0", "100Mi", "1.5Gi", "500m", "1e3", "1000", "0%", "5%", "99.99%", "10.5%", "100%", "100.0%", "100.00%"],
)
def test_a_threshold_is_a_quantity_or_a_percentage(threshold: str) -> None:
    """From 0% to 100%."""
    given = {"eviction": {"hard": {"memory.available": threshold}}}
    assert written(Kubelet, given) == given


@pytest.mark.parametrize(
    ("threshold", "fix"),
    [
        ("-1Mi", "not negative"),
        ("-1%", "not negative"),
        ("+1Mi", ""),
        ("100.01%", ""),
        ("101%", ""),
        ("1000%", ""),
        ("5.555%", ""),
        ("5 %", ""),
        ("%", ""),
        ("", ""),
        ("100MB", ""),
        ("100Mi\n", ""),
    ],
)
def test_no_other_threshold_is_taken(threshold: str, fix: str) -> None:
    """Its form is Karpenter's, so the rule is inferred."""
    for which in ("hard", "soft"):
        problem = the_ruled_problem(Kubelet, {"eviction": {which: {"memory.available": threshold}}})
        assert problem.location.path == MEMORY.format(which)
        assert "a quantity or a percentage" in problem.message
        assert fix in problem.fix
        assert bool(fix) == bool(problem.fix)
        assert problem.inferred


@pytest.mark.parametrize("period", ["1m30s", "2m", "0s", "1.5h", "100ms", "10us", "5ns"])
def test_a_grace_period_is_a_duration(period: str) -> None:
    """As Go writes it."""
    given = {"eviction": {"soft": {"pid.available": "5%"}, "softGracePeriod": {"pid.available": period}}}
    assert written(Kubelet, given) == given


@pytest.mark.parametrize(
    ("period", "fix"), [("90", "add the unit, such as 90s"), ("1d", ""), ("-1m", ""), ("m", ""), ("", ""), ("1 m", "")]
)
def test_no_other_grace_period_is_taken(period: str, fix: str) -> None:
    """A bare number comes with its unit; the rule is inferred."""
    problem = the_ruled_problem(
        Kubelet, {"eviction": {"soft": {"pid.available": "5%"}, "softGracePeriod": {"pid.available": period}}}
    )
    assert problem.location.path == 'eviction.softGracePeriod["pid.available"]'
    assert "must be a duration" in problem.message
    assert problem.fix == fix
    assert problem.inferred


@pytest.mark.parametrize("given", [{}, {"softGracePeriod": {}}, {"softGracePeriod": {"pid.available": "1m"}}])
def test_a_soft_threshold_has_its_grace_period(given: dict[str, object]) -> None:
    """Of its own signal; the problem stands where it is missing."""
    eviction = {"soft": {"memory.available": "1Gi"}, "maxPodGracePeriod": 60, **given}
    found = problems(Kubelet, {"eviction": eviction})
    assert found[0].location.path == MEMORY.format("softGracePeriod")
    assert "must be given: a soft threshold needs its grace period" in found[0].message
    assert found[0].source.startswith("https://")
    assert not found[0].inferred
    assert len(found) == (2 if given.get("softGracePeriod") else 1)


@pytest.mark.parametrize("soft_ones", [{}, {"soft": {}}])
def test_a_grace_period_has_its_soft_threshold(soft_ones: dict[str, object]) -> None:
    """Or it would do nothing; that it is refused is inferred."""
    eviction = {"softGracePeriod": {"memory.available": "1m"}, **soft_ones}
    problem = the_ruled_problem(Kubelet, {"eviction": eviction})
    assert problem.location.path == MEMORY.format("softGracePeriod")
    assert "no soft threshold" in problem.message
    assert problem.inferred


@pytest.mark.parametrize(
    ("threshold", "hard"),
    [("101Mi", "100Mi"), ("1Gi", "1G"), ("1Gi", "1023Mi"), ("1e3", "999"), ("10.01%", "10%"), ("100%", "99.99%")],
)
def test_a_soft_threshold_that_comes_first_is_taken(threshold: str, hard: str) -> None:
    """Whatever the units."""
    assert written(Kubelet, soft(threshold, hard)) == soft(threshold, hard)


@pytest.mark.parametrize(
    ("threshold", "hard"),
    [("100Mi", "100Mi"), ("99Mi", "100Mi"), ("1024Mi", "1Gi"), ("1G", "1Gi"), ("10%", "10%"), ("9.99%", "10%"), ("9%", "10%")],
)  # fmt: skip
def test_a_soft_threshold_that_comes_last_is_refused(threshold: str, hard: str) -> None:
    """It must leave more than the hard one, and the same is not more."""
    problem = the_ruled_problem(Kubelet, soft(threshold, hard))
    assert (problem.location.path, problem.subject) == (MEMORY.format("soft"), f'"{threshold}"')
    assert f"must be more than the hard threshold, {hard}" in problem.message
    assert not problem.inferred


def test_thresholds_of_different_signals_are_not_compared() -> None:
    """Nor those of which there is only one."""
    eviction = {
        "hard": {"memory.available": "20%"},
        "soft": {"nodefs.available": "10%"},
        "softGracePeriod": {"nodefs.available": "1m"},
    }
    assert written(Kubelet, {"eviction": eviction}) == {"eviction": eviction}


@pytest.mark.parametrize(("threshold", "hard"), [("10%", "100Mi"), ("100Mi", "10%")])
def test_a_percentage_and_an_amount_leave_a_doubt(threshold: str, hard: str) -> None:
    """Which is more depends on the instance type."""
    (doubt,) = doubts_of(Kubelet.model_validate(soft(threshold, hard)))
    assert (doubt.location.path, doubt.subject) == (MEMORY.format("soft"), f'"{threshold}"')
    assert f"with the hard threshold, {hard}, for each instance type" in doubt.message
    assert doubt.source.startswith("https://")
    assert not doubt.inferred


@pytest.mark.parametrize("given", [soft("20%", "10%"), soft("2Gi", "1Gi"), soft("10%"), {}])
def test_thresholds_that_can_be_compared_leave_none(given: object) -> None:
    """Nor does one alone."""
    assert not list(doubts_of(Kubelet.model_validate(given)))


@pytest.mark.parametrize("threshold", ["1e1.5", "1e999999999999999999999"])
def test_no_threshold_is_too_odd_to_be_compared(threshold: str) -> None:
    """What the form lets through is compared, or refused."""
    problem = the_problem(Kubelet, soft("1Gi", threshold))
    assert "memory.available" in problem.location.path


@pytest.mark.parametrize("size", ["0", "0Mi", "00", "", "-1Mi", "1.5Mi", "10MB", "10m", "1e3", "Mi"])
def test_no_other_log_size_is_taken(size: str) -> None:
    """Whole and above zero; its form is inferred."""
    problem = the_ruled_problem(Kubelet, {"logging": {"containerLogMaxSize": size}})
    assert problem.location.path == "logging.containerLogMaxSize"
    assert "a quantity above zero" in problem.message
    assert problem.inferred


@pytest.mark.parametrize(
    "name",
    ["kernel.shm*", "kernel.shmmax", "kernel.shm_rmid_forced", "kernel.msg*", "kernel.msgmnb", "kernel.sem", "fs.mqueue.*", "fs.mqueue.msg_max", "fs.mqueue.msg*", "net.*", "net.core.somaxconn", "net.ipv4.*", "net.ipv4.conf.eth0/1.rp_filter"],
)  # fmt: skip
def test_a_sysctl_of_a_namespace_may_be_allowed(name: str) -> None:
    """By its name, or by a pattern that ends in a star."""
    assert written(Kubelet, {"allowedUnsafeSysctls": [name]})


@pytest.mark.parametrize(
    "name",
    [
        "kernel.*",
        "kernel.sem*",
        "kernel.semaphore",
        "kernel.panic",
        "fs.*",
        "fs.mqueue",
        "fs.mqueue.",
        "fs.file-max",
        "vm.swappiness",
        "net",
        "net.",
        "net.*.x",
        "*",
        "",
        "kernel.shm*x",
        "xnet.core.somaxconn",
        "kernelxshmmax",
    ],
)
def test_no_other_sysctl_may_be_allowed(name: str) -> None:
    """Not the node's own, nor a star elsewhere."""
    problem = the_ruled_problem(Kubelet, {"allowedUnsafeSysctls": ["net.*", name]})
    assert (problem.location.path, problem.subject) == ("allowedUnsafeSysctls[1]", f'"{name}"')
    assert "kernel.shm*, kernel.msg*, kernel.sem, fs.mqueue.* or net.*" in problem.message
    assert not problem.inferred
