"""A static pool has as many nodes as it says, and no priority."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.api import doubts_of, problems_in, read
from podspace.diagnostic import Diagnostic
from tests.podspace.manifests import Manifest, a_node_pool


def doubts(**spec: Any) -> list[Diagnostic]:
    return list(doubts_of(read(a_node_pool(**spec))))


@pytest.mark.parametrize(
    "spec",
    [
        {"replicas": 0},
        {"replicas": 3, "limits": {}},
        {"replicas": 3, "limits": {"nodes": 4}},
        {"replicas": 2**63 - 1},
        {"weight": 1},
        {"weight": 100, "limits": {"cpu": 1000, "memory": "1000Gi", "nodes": 10}},
    ],
)
def test_a_pool_is_static_or_not(spec: Manifest) -> None:
    """A static one has replicas, and at most a limit of nodes; any other a weight and all limits."""
    assert not problems_in(a_node_pool(**spec))


@pytest.mark.parametrize(
    ("spec", "place", "gist"),
    [
        ({"replicas": -1}, "spec.replicas", "greater than or equal to 0"),
        ({"replicas": "3"}, "spec.replicas", "whole number"),
        ({"replicas": 1.5}, "spec.replicas", "whole number"),
        ({"replicas": 2**63}, "spec.replicas", "less than or equal to 9223372036854775807"),
        ({"weight": 0}, "spec.weight", "greater than or equal to 1"),
        ({"weight": 101}, "spec.weight", "less than or equal to 100"),
    ],
)
def test_a_number_out_of_its_bounds_is_refused(spec: Manifest, place: str, gist: str) -> None:
    """Each at its own place."""
    (problem,) = problems_in(a_node_pool(**spec))
    assert problem.location.path == place
    assert gist in problem.message


@pytest.mark.parametrize("replicas", [0, 3])
def test_a_static_pool_has_no_weight(replicas: int) -> None:
    """Even one of no nodes."""
    (problem,) = problems_in(a_node_pool(replicas=replicas, weight=10))
    assert (problem.location.path, problem.subject, problem.fix) == ("spec.weight", "10", "remove it")
    assert "removed if replicas is given" in problem.message
    assert problem.source.startswith("https://")
    assert not problem.inferred


def test_a_static_pool_has_no_limits_but_of_nodes() -> None:
    """Each other is told."""
    found = problems_in(a_node_pool(replicas=0, limits={"cpu": 1, "nodes": 4, "memory": "1Gi"}))
    assert [problem.subject for problem in found] == ["cpu", "memory"]
    for problem in found:
        assert problem.location.path.startswith("spec.limits")
        assert "must be only of nodes if replicas is given" in problem.message
        assert problem.fix == "remove it"
        assert problem.source.startswith("https://")
        assert not problem.inferred


@pytest.mark.parametrize(("replicas", "nodes"), [(3, 3), (3, 2), (0, 0)])
def test_a_limit_that_leaves_no_room_for_a_replacement_is_doubtful(replicas: int, nodes: int) -> None:
    """A replacement is a node more for a while."""
    (doubt,) = doubts(replicas=replicas, limits={"nodes": nodes})
    assert (doubt.location.path, doubt.subject) == ("spec.limits.nodes", str(nodes))
    assert f"should be more than replicas, {replicas}" in doubt.message
    assert doubt.source.startswith("https://")


@pytest.mark.parametrize(
    "spec", [{"replicas": 3, "limits": {"nodes": 4}}, {"replicas": 3}, {"limits": {"nodes": 0}}, {"replicas": 3, "limits": {}}]
)  # fmt: skip
def test_any_other_limit_is_not(spec: Manifest) -> None:
    """One more is enough, and a pool that is not static has its own reasons."""
    assert not doubts(**spec)


def test_a_limit_in_quotes_is_doubtful_as_well() -> None:
    """It is the same number."""
    assert doubts(replicas=3, limits={"nodes": "3"})


def test_a_number_that_python_does_not_convert_is_compared_too() -> None:
    assert not doubts(replicas=3, limits={"nodes": "9" * 5000})
