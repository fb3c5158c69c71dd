"""Built-in node pools of a deployed cluster are not switched on or off, because EKS creates their role's access entry."""

from __future__ import annotations

from typing import Any

import pytest

from podspace.diff.comparison import compare
from tests.mother import A_NEW_CLUSTER, Changes, a_plan


def pools(*names: str, **cluster: Any) -> Changes:
    return {
        **A_NEW_CLUSTER,
        "cluster.create": {"version": "1.36", "built_in_node_pools": list(names)},
        **{f"cluster.{key}": value for key, value in cluster.items()},
    }


def named(*names: str) -> Changes:
    return pools(*names, node_role={"name": "nodes", "access_entry": not names})


@pytest.mark.parametrize("of_role", [pools, named], ids=["a new role", "an existing role"])
@pytest.mark.parametrize(("old", "new"), [((), ("system",)), (("system", "general-purpose"), ())])
def test_switching_built_in_node_pools_on_or_off_is_refused_once(
    of_role: Any, old: tuple[str, ...], new: tuple[str, ...]
) -> None:
    """The changed access entry follows from it, and is not reported by itself."""
    changes = compare(a_plan(of_role(*old)), a_plan(of_role(*new)))
    (refused,) = (change for change in changes if change.loses)
    assert (refused.kind, refused.effect) == ("built-in node pools", "refused")
    assert refused.advice.keep
    assert refused.advice.steps
    assert refused.advice.inferred
    assert not [change for change in changes if change.kind == "access entry"]


@pytest.mark.parametrize(
    ("old", "new"),
    [(("system",), ("system", "general-purpose")), (("system", "general-purpose"), ("system",)), ((), ())],
)
def test_a_cluster_that_keeps_a_built_in_node_pool_or_none_is_changed_in_place(
    old: tuple[str, ...], new: tuple[str, ...]
) -> None:
    changes = compare(a_plan(pools(*old)), a_plan(pools(*new)))
    assert {change.effect for change in changes} <= {"updated"}
    assert not any(change.loses for change in changes)


def test_a_new_cluster_may_have_them() -> None:
    changes = compare(a_plan(), a_plan(pools("system")))
    assert not [change for change in changes if change.kind == "built-in node pools"]


def test_the_access_entry_of_a_changed_role_is_still_reported() -> None:
    role = {"name": "nodes", "access_entry": True}
    changes = compare(a_plan(pools()), a_plan(pools(node_role=role)))
    assert [change.effect for change in changes if change.kind == "access entry"] == ["replaced"]


def test_another_role_of_built_in_node_pools_is_refused() -> None:
    def of(name: str, *names: str) -> Changes:
        return pools(*names, node_role={"name": name, "access_entry": not names})

    changes = compare(a_plan(of("one", "system")), a_plan(of("two", "system")))
    assert [change.effect for change in changes if change.kind == "built-in node pools"] == ["refused"]
    changes = compare(a_plan(of("one")), a_plan(of("two")))
    assert not [change for change in changes if change.kind == "built-in node pools"]
