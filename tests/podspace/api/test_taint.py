"""A taint has a key, an effect, and perhaps a value and a time."""

from __future__ import annotations

import pytest

from podspace.api import Taint, problems_in, read
from tests.podspace.api.verdict import the_problem, the_ruled_problem, written
from tests.podspace.manifests import a_node_pool

TAINT: dict[str, object] = {"key": "example.com/agent", "effect": "NoExecute"}


@pytest.mark.parametrize(
    "given",
    [
        {"effect": "NoSchedule"},
        {"effect": "PreferNoSchedule"},
        {"effect": "NoExecute"},
        {"value": "a"},
        {"value": "a" * 63},
        {"timeAdded": "2026-11-24T10:00:00Z"},
        {"timeAdded": "2026-11-24T10:00:00.5+01:00"},
    ],
)
def test_a_taint_that_the_api_takes_is_taken(given: dict[str, object]) -> None:
    """Each effect; a time is what Kubernetes adds."""
    assert written(Taint, {**TAINT, **given}) == {**TAINT, **given}


@pytest.mark.parametrize(
    ("given", "place", "gist"),
    [
        ({"effect": "noSchedule"}, "effect", "'NoSchedule', 'PreferNoSchedule' or 'NoExecute'"),
        ({"effect": ""}, "effect", "'NoSchedule', 'PreferNoSchedule' or 'NoExecute'"),
        ({"value": ""}, "value", "at least 1 character"),
        ({"value": True}, "value", "text"),
        ({"timeAdded": 1}, "timeAdded", "text"),
        ({"operator": "Exists"}, "operator", "no such key"),
    ],
)
def test_a_value_of_another_form_is_refused(given: dict[str, object], place: str, gist: str) -> None:
    """Among them the key of a toleration."""
    problem = the_problem(Taint, {**TAINT, **given})
    assert problem.location.path == place
    assert gist in problem.message


@pytest.mark.parametrize(
    ("given", "place", "gist"),
    [
        ({"key": ""}, "key", "at most 63"),
        ({"key": "a b"}, "key", "at most 63"),
        ({"key": "a" * 64}, "key", "at most 63"),
        ({"value": "a" * 64}, "value", "at most 63"),
        ({"value": "a/b"}, "value", "at most 63"),
        ({"timeAdded": "yesterday"}, "timeAdded", "RFC 3339"),
        ({"timeAdded": "2026-11-24"}, "timeAdded", "RFC 3339"),
        ({"timeAdded": "2026-11-24T10:00:00"}, "timeAdded", "RFC 3339"),
        ({"timeAdded": "2026-02-30T10:00:00Z"}, "timeAdded", "a time of the calendar"),
    ],
)
def test_a_value_that_kubernetes_refuses_is_refused(given: dict[str, object], place: str, gist: str) -> None:
    """Each at its own place."""
    problem = the_ruled_problem(Taint, {**TAINT, **given})
    assert problem.location.path == place
    assert gist in problem.message
    assert not problem.inferred


@pytest.mark.parametrize("missing", ["key", "effect"])
def test_a_key_and_an_effect_are_required(missing: str) -> None:
    """A value is not."""
    given = {key: value for key, value in TAINT.items() if key != missing}
    problem = the_problem(Taint, given)
    assert (problem.location.path, problem.message) == (missing, "must be given")


@pytest.mark.parametrize("key", ["taints", "startupTaints"])
def test_nodes_have_taints_that_stay_and_taints_that_go(key: str) -> None:
    """Under the same rules, each in its own place."""
    disruption = {"consolidationPolicy": "WhenEmpty", "consolidateAfter": "1m"}
    template = {key: [TAINT, {**TAINT, "value": "a"}], "expireAfter": "336h"}
    manifest = a_node_pool(template=template, disruption=disruption)
    assert not problems_in(manifest)
    assert read(manifest).manifest() == manifest
    (problem,) = problems_in(a_node_pool(template={key: [TAINT, {**TAINT, "effect": "Evict"}]}))
    assert problem.location.path == f"spec.template.spec.{key}[1].effect"
    (not_a_list,) = problems_in(a_node_pool(template={key: TAINT}))
    assert (not_a_list.location.path, not_a_list.message) == (f"spec.template.spec.{key}", "must be a list")
